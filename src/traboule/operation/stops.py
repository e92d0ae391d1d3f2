"""The verbs ``stop`` and ``let link``: what the desk learns of identifiers while an operation runs (rule 12).

In comes an identifier that links nothing, such as a shelter's telephone, with its reason; out goes the entry as signed.
It promises: the operation's file stays as it was opened; an entry is never changed, and undoing it is another row; what
is kept is the form in which filings are compared, behind a wall that only the desk and its engine pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.identifiers import normalise
from traboule.core.identifiers.validity import Reason, Verdict
from traboule.core.language.spelling import nearest
from traboule.core.permissions import Actor
from traboule.operation.models import StopSigned
from traboule.operation.operation import Operation, StopEntry

_NO_SUCH = (Reason.FORMAT, Reason.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Stop:
    """One entry of the desk's: ``number`` names it; ``lifted`` is the row that undid it, where one did."""

    number: int
    entry: StopEntry
    signed: StopSigned
    lifted: StopSigned | None = None


def read(kind: str, value: str, *, state: str | None = None) -> str:
    """Return ``value`` as filings of it are compared; a telephone without its country's prefix is read in ``state``.

    Raises Refused for a kind or state that is not known, a telephone of no country, and what can be nobody's number:
    that links nothing as it is.
    """
    if kind not in vocabulary("identifier_kinds"):
        codes = vocabulary("identifier_kinds").codes
        raise Refused("stop-kind-unknown", kind=kind, known=", ".join(codes), near=nearest(kind, codes))
    if state is not None and state not in vocabulary("countries"):
        raise Refused("stop-state-unknown", state=state)
    found = normalise(kind, value, region=state)
    if found.reason is Reason.NO_REGION:
        raise Refused("stop-value-without-state")
    if found.placeholder or not found.normal or (found.verdict is Verdict.FAILED and found.reason in _NO_SUCH):
        raise Refused("stop-value-nobodys", kind=kind)
    return found.normal


def stop(operation: Operation, kind: str, value: str, *, reason: str, by: Actor, at: datetime) -> Stop:
    """Keep that ``value``, as :func:`read` gives it, links nothing from the next run on.

    Raises Refused without a reason, Conflict where it is stopped already.
    """
    said = _reasoned(reason)
    for each in operation.stop_list:
        if each.kind == kind and normalise(kind, each.value).normal == value:
            raise Conflict("stop-in-file", reason=each.reason)
    known = stops(operation.code)
    for one in known:
        if one.lifted is None and (one.entry.kind, one.entry.value) == (kind, value):
            raise Conflict("stop-standing", number=one.number, reason=one.entry.reason)
    row = _signed(operation.code, len(known) + 1, StopEntry(kind, value, said), (by, at), lifts=False)
    return _stop(row)


def let_link(operation: Operation, number: int, *, reason: str, by: Actor, at: datetime) -> Stop:
    """Undo entry ``number``: from the next run on it links again.

    Raises Refused without a reason, NotFound where there is no such entry, Conflict where it is undone already.
    """
    said = _reasoned(reason)
    found = next((one for one in stops(operation.code) if one.number == number), None)
    if found is None:
        raise NotFound("stop-unknown", number=number)
    if found.lifted is not None:
        raise Conflict("stop-lifted", number=number)
    entry = replace(found.entry, reason=said)
    return replace(found, lifted=_signed(operation.code, number, entry, (by, at), lifts=True))


def stops(operation: str) -> list[Stop]:
    """Return all that the desk has ever stopped, in the order of its numbers."""
    found: dict[int, Stop] = {}
    for row in StopSigned.objects.filter(operation=operation).order_by("number", "lifts"):
        found[row.number] = replace(found[row.number], lifted=row) if row.lifts else _stop(row)
    return list(found.values())


def as_it_stands(operation: Operation) -> Operation:
    """Return ``operation`` with what the desk has stopped beside the stop-list of its file."""
    added = [one.entry for one in stops(operation.code) if one.lifted is None]
    return replace(operation, stop_list=(*operation.stop_list, *added))


def _stop(row: StopSigned) -> Stop:
    return Stop(row.number, StopEntry(row.kind, row.value, row.reason), row)


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise Refused("stop-without-reason")
    return reason.strip()


def _signed(
    operation: str, number: int, entry: StopEntry, signature: tuple[Actor, datetime], *, lifts: bool
) -> StopSigned:
    by, at = signature
    row = StopSigned(operation=operation, number=number, lifts=lifts, by=by.name, at=at)
    row.kind, row.value, row.reason = entry.kind, entry.value, entry.reason
    row.save(force_insert=True)
    return row
