"""Returns: write the template, check, preview, receive, withdraw.

In: a file as bytes, or what a template needs. Out: a workbook, the findings of the check, what filing would change, or
a receipt. Guaranteed: checking and previewing store nothing; receiving stores a whole return or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.faults import own_headers, spoken
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import NotFound, Refused
from traboule.core.findings import Finding
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor
from traboule.linkage.names.writing.placeholders import names_somebody
from traboule.operation.operation import Operation, shipped
from traboule.operation.read import opened, opened_codes
from traboule.register import agency_state, enter
from traboule.register.plan import EntryPlan
from traboule.returns.check import check as checking
from traboule.returns.checked import CheckedReturn, ReturnBarred
from traboule.returns.form import COVER, form
from traboule.returns.models import ReturnReceived
from traboule.returns.raw import RawReturn
from traboule.returns.read import read, read_many
from traboule.returns.reading.marking import MOST_COLOURED, mark_apart
from traboule.returns.receipt import Receipt
from traboule.returns.receive import agencies, identifier
from traboule.returns.receive import receive as receiving
from traboule.returns.subjects.file_names import open_file_name
from traboule.returns.withdraw import ReturnWithdrawal
from traboule.returns.withdraw import withdraw as withdrawing
from traboule.returns.workbook import template as writing

_LISTED = ("unit", "agency", "version", "kind", "status", "file_name", "received_at", "received_by", "receipt")


@dataclass(frozen=True, slots=True)
class Written:
    """A workbook to download."""

    name: str
    content: bytes = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return name and size."""
        return {"name": self.name, "bytes": len(self.content)}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: counts and findings, and the file back with its faults marked, in ``language``.

    ``outcome`` is ReturnBarred where nothing of the return could be entered; ``raw`` then still says what was filed.
    """

    outcome: CheckedReturn | ReturnBarred
    raw: RawReturn
    language: str
    marked: Written

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, in the order of the file, what is too much of one kind as a sum."""
        return self.outcome.findings

    def to_json(self) -> dict[str, Any]:
        """Return counts and every finding with message and advice in the language asked for."""
        outcome = self.outcome
        lettered = any(column.letter for sheet in self.raw.sheets.values() for column in sheet.columns.values())
        is_coloured = lettered and self.raw.count_filled() <= MOST_COLOURED
        plain: dict[str, Any] = {"findings": spoken(outcome.findings, self.language), "cells_marked": is_coloured}
        plain["headers_read"] = own_headers(self.raw, self.language)
        if isinstance(outcome, ReturnBarred):
            filed = sum(len(sheet.rows) for table, sheet in self.raw.sheets.items() if table != COVER)
            cover = {name: str(_cover(self.raw).get(name, "")) for name in ("state", "agency", "version")}
            plain |= {"error": outcome.code, "message": outcome.sentence(self.language)}
            return plain | cover | {"kind": "refused", "filed": filed, "entered": 0, "held": 0, "refused": filed}
        plain |= {name: getattr(outcome, name) for name in ("kind", "filed", "entered", "held", "refused")}
        return plain | {name: getattr(outcome.cover, name) for name in ("state", "agency", "version")}


@dataclass(frozen=True, slots=True)
class Preview:
    """What receiving a file would change, row by row; held rows change nothing."""

    plan: EntryPlan
    checked: CheckedReturn

    def to_json(self) -> dict[str, Any]:
        """Return lists of [table, row_id], sorted."""
        lists = {
            name: [list(key) for key in sorted(getattr(self.plan, name))]
            for name in ("new", "changed", "withdrawn", "unchanged", "superseded")
        }
        held_rows = [[table, row.row_id] for table, rows in self.checked.tables.items() for row in rows if row.held]
        return {**lists, "held": sorted(held_rows)}


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Files as read, in order, not yet checked."""

    raws: tuple[RawReturn, ...]

    def to_json(self) -> dict[str, Any]:
        """Return their names."""
        return {"files": [raw.file_name for raw in self.raws]}


@dataclass(frozen=True, slots=True)
class CoverSummary:
    """For whom a file was filled in."""

    state: str
    agency: str
    version: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Received:
    """A receipt, with the findings of the check and the file as read. The receipt is stored; all else is shown."""

    receipt: Receipt
    checked: CheckedReturn
    raw: RawReturn = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the receipt."""
        return self.receipt.to_json()

    def with_proof(self, proof: Mapping[str, Any]) -> Received:
        """Return the receipt with the proof that the ledger recorded it."""
        return replace(self, receipt=self.receipt.with_proof(proof))


@dataclass(frozen=True, slots=True)
class ReturnList:
    """Returns as filed, each with its receipt."""

    rows: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"returns": [{**row, "received_at": row["received_at"].isoformat()} for row in self.rows]}


def template(
    call: Call,
    *,
    state: str,
    language: str,
    operation: str | None = None,
    cover: Mapping[str, object] | None = None,
    rows: Mapping[str, Sequence[Mapping[str, object]]] | None = None,
) -> Written:
    """Return the workbook that ``state`` fills in, in ``language``, with ``cover`` and ``rows`` filled in already.

    A growing language gets English: what a form lists must be read again in a return.
    Raises NotFound for a state that takes no part.
    """
    chosen = _operation_for_preparing(operation)
    if state not in chosen.states:
        raise NotFound("state-not-taking-part", state=state, operation=chosen.code)
    language = language if language in LANGUAGES else "en"
    content = writing(form(), operation=chosen, state=state, language=language, cover=cover or {}, rows=rows or {})
    return Written(f"{chosen.code}.{state}.{language}.xlsx", content)


def check(call: Call, *, name: str, content: bytes, language: str, operation: str | None = None) -> Checked:
    """Return everything the check finds in a file, an agency's name included that is nearly one of the caller's own
    state. Raises Refused for a file that cannot be read.
    """
    raw = read(content, file_name=name)
    chosen = _operation_named_in(raw, operation)
    state = next(iter(call.by.units)) if len(call.by.units) == 1 else None
    filed_before = agencies(chosen.code, state) if state is not None else ()
    outcome: CheckedReturn | ReturnBarred
    try:
        outcome = checking(raw, form(), chosen, somebody=names_somebody, agencies=filed_before)
    except ReturnBarred as barred:
        outcome = barred
    marked = mark_apart(
        content,
        outcome.findings,
        language,
        counts=outcome.counts,
        list_alone=raw.count_filled() > MOST_COLOURED,
        file_name=name,
    )
    return Checked(outcome, raw, language, Written(name, marked))


def read_all(call: Call, *, files: Sequence[tuple[str, bytes]]) -> ReadFiles:
    """Read many files, several at once, for bulk intake. Raises the first refusal, which names its file."""
    raws = []
    for done, raw in enumerate(read_many(files)):
        call.progress("read", done, len(files))
        if isinstance(raw, Refused):
            raise raw
        raws.append(raw)
    call.progress("read", len(files), len(files))
    return ReadFiles(tuple(raws))


def cover(call: Call, *, name: str, content: bytes, operation: str | None = None) -> CoverSummary:
    """Return the state, agency and version on a file's cover."""
    raw = read(content, file_name=name)
    filled = checking(raw, form(), _operation_named_in(raw, operation)).cover
    return CoverSummary(filled.state, filled.agency, filled.version)


def preview(
    call: Call, *, name: str, content: bytes, operation: str | None = None, raw: RawReturn | None = None
) -> Preview:
    """Return what receiving a file would change; ``raw`` is the file read already."""
    checked = _checked(raw or read(content, file_name=name), call.by, operation)
    return_id = identifier(checked.cover.operation, checked.cover.state, checked.content_hash)
    return Preview(enter.foresee(checked, return_id=return_id), checked)


def receive(
    call: Call, *, name: str, content: bytes, operation: str | None = None, raw: RawReturn | None = None
) -> Received:
    """Receive a file for the state the caller speaks for; ``raw`` is the file read already.

    Raises Refused or Invalid for a file that is not acceptable at all; then nothing of it is stored.
    """
    raw = raw or read(content, file_name=name)
    checked = _checked(raw, call.by, operation)
    receipt = receiving(
        checked,
        content,
        file_name=name,
        by=call.by,
        at=call.at,
        operation=checked.cover.operation,
        enter=partial(enter.enter, at=call.at),
    )
    return Received(receipt, checked, raw)


def list_returns(call: Call, *, operation: str | None = None, instant: datetime | None = None) -> ReturnList:
    """Return what the caller's states have filed, now or by ``instant``, the last first, each with its receipt. Row
    security shows no other state's."""
    rows = ReturnReceived.objects.filter(operation=the_operation(operation).code).order_by("-received_at", "-id")
    if instant is not None:
        rows = rows.filter(received_at__lte=instant)
    listed = rows.values("return_id", *_LISTED)
    return ReturnList(tuple(_with_file_name(row) for row in listed))


def _with_file_name(row: dict[str, Any]) -> dict[str, Any]:
    return_id = row.pop("return_id")
    return row | {"file_name": open_file_name(row["unit"], return_id, row["file_name"])}


def withdraw(call: Call, *, state: str, agency: str, up_to: int | None = None, operation: str | None = None) -> Receipt:
    """Withdraw what ``agency`` of ``state`` has filed, up to version ``up_to`` or all of it."""
    code = the_operation(operation).code
    return withdrawing(
        ReturnWithdrawal(code, state, agency, up_to),
        by=call.by,
        at=call.at,
        enter=partial(enter.enter, at=call.at),
    )


def _checked(raw: RawReturn, by: Actor, operation: str | None) -> CheckedReturn:
    """Check a file that is about to be filed: the operation must be open, the state the caller's own."""
    chosen = the_operation(operation)
    state = next(iter(by.units)) if len(by.units) == 1 else None
    in_force: defaultdict[str, set[str]] = defaultdict(set)
    agency = str(_cover(raw).get("agency", "")).strip()
    if state is not None and agency:
        for table, row_id in agency_state.current(chosen.code, state, agency):
            in_force[table].add(row_id)
    return checking(
        raw,
        form(),
        chosen,
        filing_state=state,
        in_force=dict(in_force),
        somebody=names_somebody,
        agencies=agencies(chosen.code, state) if state is not None else (),
    )


def _cover(raw: RawReturn) -> Mapping[str, object]:
    sheet = raw.sheets.get(COVER)
    return sheet.rows[0].cells if sheet and sheet.rows else {}


def _operation_named_in(raw: RawReturn, operation: str | None) -> Operation:
    """Return the operation meant: the one asked for, the one open, or the shipped one the cover names."""
    cover_code = str(_cover(raw).get("operation", "")).strip()
    return _operation_for_preparing(operation or (cover_code if cover_code in opened_codes() else None))


def _operation_for_preparing(code: str | None) -> Operation:
    """Return an operation for work that stores nothing: an open one, else a shipped one."""
    codes = opened_codes()
    if code is None and len(codes) == 1:
        return opened(codes[0])
    if code is not None and code in codes:
        return opened(code)
    return shipped(code or "liberterra-ii")
