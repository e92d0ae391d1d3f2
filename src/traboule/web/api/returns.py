"""Returns for programs: check a file, file it, list what was filed, each with its receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_header_parameters

from traboule.app.faults import spoken
from traboule.core.errors import NotFound, Refused
from traboule.web.api.caller import ApiCall, answered, as_bytes
from traboule.web.api.limits import Answer
from traboule.web.forms import MOST_RETURN_BYTES, expect_size, file_given

_LONGEST_NAME = 255
_ENDINGS = {
    "application/json": "json",
    "text/csv": "csv",
    "application/zip": "zip",
    "application/vnd.ms-excel": "xls",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}


def listed(call: ApiCall) -> HttpResponse:
    """Give what the states of whose token it is have filed, the last first."""
    rows = call.perform("return.list", states=call.states, operation=call.operation).to_json()["returns"]
    return call.page_of("returns", [_return(row) for row in rows], "id")


def shown(call: ApiCall, receipt: str) -> HttpResponse:
    """Give a return with its receipt. Raises NotFound for one of somebody else."""
    for row in call.perform("return.list", states=call.states, operation=call.operation).to_json()["returns"]:
        if row["receipt"]["receipt_id"] == receipt:
            return answered(_return(row))
    raise NotFound("receipt-unknown")


def check(call: ApiCall) -> HttpResponse:
    """Check a file and store nothing."""
    name, content = _sent(call)

    def perform() -> Answer:
        checked = call.perform(
            "return.check", name=name, content=content, language=call.language, operation=call.operation
        )
        return Answer(200, as_bytes(checked.to_json()))

    return call.once(_digest(name, content), perform)


def file(call: ApiCall) -> HttpResponse:
    """File a return, and give its receipt and its faults."""
    name, content = _sent(call)

    def perform() -> Answer:
        wanted: dict[str, Any] = {"name": name, "content": content, "operation": call.operation}
        checked = call.perform("return.check", language=call.language, **wanted)
        state = checked.to_json()["state"]
        states = frozenset({state} if state else ())
        received = call.perform("return.receive", states=states, raw=checked.raw, **wanted)
        findings = spoken(received.checked.findings, call.language)
        plain = {"receipt": received.to_json(), "findings": findings}
        return Answer(200 if received.receipt.again else 201, as_bytes(plain))

    return call.once(_digest(name, content), perform)


def _return(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["receipt"]["receipt_id"], **row}


def _digest(name: str, content: bytes) -> str:
    return f"{name} {hashlib.sha256(content).hexdigest()}"


def _sent(call: ApiCall) -> tuple[str, bytes]:
    """Return name and bytes of the file sent, as a part called ``file`` or as the whole body."""
    headers = call.request.headers
    kind, _ = parse_header_parameters(headers.get("content-type", ""))
    if kind == "multipart/form-data":
        given = file_given(call.request, MOST_RETURN_BYTES)
        if given is None:
            raise Refused("upload-none")
        name, content = given
    else:
        expect_size(call.request, MOST_RETURN_BYTES)
        _, named = parse_header_parameters(headers.get("content-disposition", ""))
        name = named.get("filename") or f"return.{_ENDINGS.get(kind, 'xlsx')}"
        content = call.request.read(MOST_RETURN_BYTES)
    if not content:
        raise Refused("upload-none")
    return name[:_LONGEST_NAME] or "return", content
