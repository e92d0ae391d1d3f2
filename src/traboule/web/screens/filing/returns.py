"""An officer's returns: the template to fill in, what was filed with its receipts, and withdrawing it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.core.language.languages import LANGUAGES, how_written
from traboule.web.downloads import download
from traboule.web.failures import NO_OPERATION
from traboule.web.visit import Visit

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(visit: Visit) -> HttpResponse:
    """Show what the officer's states have filed, and how to file."""
    try:
        returns = visit.perform("return.list", instant=visit.as_of).to_json()["returns"]
    except (NotFound, Refused) as none:
        if none.code not in NO_OPERATION:
            raise
        return visit.page("filing/returns.html", {"closed": True})
    languages = [(code, how_written(code).name) for code in LANGUAGES]
    agencies = sorted({(row["unit"], row["agency"]) for row in returns if row["kind"] != "withdrawn"})
    values = {"returns": returns, "states": visit.states, "template_languages": languages, "agencies": agencies}
    return visit.page("filing/returns.html", values)


def template(visit: Visit) -> HttpResponse:
    """Give the workbook that a state fills in."""
    state, language = visit.request.GET.get("state", ""), visit.request.GET.get("in", visit.language)
    written = visit.perform("return.template", state=state, language=language)
    return download(written.content, written.name, WORKBOOK)


def receipt(visit: Visit, receipt: str) -> HttpResponse:
    """Give a receipt as a file. Raises NotFound for one of somebody else."""
    for row in visit.perform("return.list").to_json()["returns"]:
        if row["receipt"]["receipt_id"] == receipt:
            return receipt_file(row["receipt"])
    raise NotFound("receipt-unknown")


def withdraw(visit: Visit) -> HttpResponse:
    """Withdraw what an agency has filed."""
    state, _, agency = visit.request.POST.get("of", "").partition("/")
    visit.perform("return.withdraw", states=frozenset({state}), state=state, agency=agency)
    return visit.to("returns", done="withdrawn")


def receipt_file(receipt: Mapping[str, Any]) -> HttpResponse:
    """Return a receipt as a file."""
    content = json.dumps(receipt, ensure_ascii=False, sort_keys=True, indent=2).encode() + b"\n"
    return download(content, f"{receipt['receipt_id']}.receipt.json", "application/json")
