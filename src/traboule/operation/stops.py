"""The verbs ``stop`` and ``let link``: what the desk learns of identifiers while an operation runs (rule 12).

In: an identifier that links nothing, such as a shelter's telephone, with its reason. Out: the entry as signed.
Guaranteed: the operation's file stays as it was opened; an entry is never changed, and undoing it is another row; the
value is kept in the form in which filings are compared, sealed, where only the desk and its engine may read it.
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
from traboule.database.keys.sealed_texts import open_text, seal_text
from traboule.database.keys.unit_keys import DESK
from traboule.operation.models import StopSigned
from traboule.operation.operation import Operation, StopEntry

_NO_SUCH = (Reason.FORMAT, Reason.UNREADABLE)
_SEALED_FIELDS = ("value", "reason")


@dataclass(frozen=True, slots=True)
class Stop:
    """One entry of the desk: ``number`` names it; ``lifted`` is the row that undid it, where one did."""

    number: int
    entry: StopEntry
    signed: StopSigned
    lifted: StopSigned | None = None


def read(kind: str, value: str, *, state: str | None = None) -> str:
    """Return ``value`` as filings of it are compared; a telephone without its country's prefix is read in ``state``.

    Raises Refused for an unknown kind or state, a telephone without a country, and a value that is nobody's number,
    which links nothing anyway.
    """
    if kind not in vocabulary("identifier_kinds"):
        codes = vocabulary("identifier_kinds").codes
        raise Refused("stop-kind-unknown", kind=kind, known=", ".join(codes), near=nearest(kind, codes))
    if state is not None and state not in vocabulary("countries"):
        raise Refused("stop-state-unknown", state=state)
    identifier = normalise(kind, value, region=state)
    if identifier.reason is Reason.NO_REGION:
        raise Refused("stop-value-without-state")
    if (
        identifier.placeholder
        or not identifier.normal
        or (identifier.verdict is Verdict.FAILED and identifier.reason in _NO_SUCH)
    ):
        raise Refused("stop-value-nobodys", kind=kind)
    return identifier.normal


def stop(operation: Operation, kind: str, value: str, *, reason: str, by: Actor, at: datetime) -> Stop:
    """Record that ``value``, as :func:`read` gives it, links nothing from the next run on.

    Raises Refused without a reason, Conflict where it is stopped already.
    """
    signed_reason = _required_reason(reason)
    for entry in operation.stop_list:
        if entry.kind == kind and normalise(kind, entry.value).normal == value:
            raise Conflict("stop-in-file", reason=entry.reason)
    earlier = stops(operation.code)
    for earlier_stop in earlier:
        if earlier_stop.lifted is None and (earlier_stop.entry.kind, earlier_stop.entry.value) == (kind, value):
            raise Conflict("stop-standing", number=earlier_stop.number, reason=earlier_stop.entry.reason)
    row = _sign(operation.code, len(earlier) + 1, StopEntry(kind, value, signed_reason), (by, at), lifts=False)
    return _stop(row)


def let_link(operation: Operation, number: int, *, reason: str, by: Actor, at: datetime) -> Stop:
    """Undo entry ``number``: from the next run on it links again.

    Raises Refused without a reason, NotFound where there is no such entry, Conflict where it is undone already.
    """
    signed_reason = _required_reason(reason)
    target = next((candidate for candidate in stops(operation.code) if candidate.number == number), None)
    if target is None:
        raise NotFound("stop-unknown", number=number)
    if target.lifted is not None:
        raise Conflict("stop-lifted", number=number)
    entry = replace(target.entry, reason=signed_reason)
    return replace(target, lifted=_sign(operation.code, number, entry, (by, at), lifts=True))


def stops(operation: str) -> list[Stop]:
    """Return all that the desk has ever stopped, in the order of its numbers."""
    by_number: dict[int, Stop] = {}
    for stored in StopSigned.objects.filter(operation=operation).order_by("number", "lifts"):
        row = _opened(stored)
        by_number[row.number] = replace(by_number[row.number], lifted=row) if row.lifts else _stop(row)
    return list(by_number.values())


def with_current_stops(operation: Operation) -> Operation:
    """Return ``operation`` with what the desk has stopped added to the stop-list of its file."""
    added = [added_stop.entry for added_stop in stops(operation.code) if added_stop.lifted is None]
    return replace(operation, stop_list=(*operation.stop_list, *added))


def _stop(row: StopSigned) -> Stop:
    return Stop(row.number, StopEntry(row.kind, row.value, row.reason), row)


def _required_reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("stop-without-reason")
    return reason.strip()


def _sign(
    operation: str, number: int, entry: StopEntry, signature: tuple[Actor, datetime], *, lifts: bool
) -> StopSigned:
    by, at = signature
    row = StopSigned(operation=operation, number=number, lifts=lifts, by=by.name, at=at, kind=entry.kind)
    for name in _SEALED_FIELDS:
        setattr(row, name, seal_text(DESK, getattr(entry, name), _place(row, name)))
    row.save(force_insert=True)
    return _opened(row)


def _opened(row: StopSigned) -> StopSigned:
    """Return a row with its value and reason as they were signed; one from before they were sealed has them so."""
    for name in _SEALED_FIELDS:
        setattr(row, name, open_text(DESK, getattr(row, name), _place(row, name)))
    return row


def _place(row: StopSigned, field: str) -> bytes:
    return f"operation.stop.{field}\x1f{row.operation}\x1f{row.number}\x1f{row.lifts}\x1f{row.kind}".encode()
