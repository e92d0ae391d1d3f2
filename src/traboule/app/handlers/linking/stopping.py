"""Stop an identifier while an operation runs: a hotline's number, a shelter's telephone, an interpreter's.

In: an identifier and why it links nobody, or the number of an entry. Out: entries with their signatures and reasons.
Guaranteed: no value is shown again, not even as a hash, because the list would name shelters. The next run of linkage
removes or restores the links.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.codes import vocabulary
from traboule.core.errors import Conflict
from traboule.core.language.messages import catalogue, fill
from traboule.linkage.models import LinkRun
from traboule.linkage.stop_list import stop_list
from traboule.linkage.store.runs import last_run
from traboule.operation import stops
from traboule.operation.models import StopSigned
from traboule.operation.stops import Stop


@dataclass(frozen=True, slots=True)
class Stopping:
    """An entry as it stands: ``kind`` in words; ``undone_*`` empty while it stands; ``waits``: said after the latest
    run of linkage, so that no link shows it yet."""

    number: int
    kind: str
    reason: str
    by: str
    at: str
    undone_by: str
    undone_at: str
    undone_reason: str
    waits: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class StopListing:
    """What an operation stops besides what always is: ``in_file`` entries of its file, and those of the desk."""

    in_file: int
    entries: tuple[Stopping, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"in_file": self.in_file, "entries": [entry.to_json() for entry in self.entries]}


def add(
    call: Call,
    *,
    kind: str,
    value: str,
    reason: str,
    state: str | None = None,
    operation: str | None = None,
    language: str = "en",
) -> Stopping:
    """Let an identifier link nothing from the next run on; a national telephone number is read in ``state``.

    Raises Refused without a reason or for what is no identifier, Conflict where it is stopped already.
    """
    chosen = the_operation(operation)
    normal = stops.read(kind, value, state=state)
    if shipped := stop_list().of_persons(kind, normal):
        listed_as = catalogue("traboule.linkage", "words.yaml")["stopped"][shipped]
        raise Conflict("stop-in-file", reason=fill(listed_as, language, {}))
    stopped = stops.stop(chosen, kind, normal, reason=reason, by=call.by, at=call.at)
    return _stopping(stopped, last_run(chosen.code, protected=False), language)


def undo(call: Call, *, number: int, reason: str, operation: str | None = None, language: str = "en") -> Stopping:
    """Undo entry ``number``: from the next run on it links again. Raises NotFound, or Conflict where it is undone."""
    chosen = the_operation(operation)
    lifted = stops.let_link(chosen, number, reason=reason, by=call.by, at=call.at)
    return _stopping(lifted, last_run(chosen.code, protected=False), language)


def list_stops(call: Call, *, operation: str | None = None, language: str = "en") -> StopListing:
    """Return what the desk has stopped in this operation and what it has undone, with reasons and signatures."""
    chosen = the_operation(operation)
    run = last_run(chosen.code, protected=False)
    entries = tuple(_stopping(stop, run, language) for stop in stops.stops(chosen.code))
    return StopListing(len(chosen.stop_list), entries)


def _stopping(stop: Stop, run: LinkRun | None, language: str) -> Stopping:
    last = stop.lifted or stop.signed
    return Stopping(
        number=stop.number,
        kind=vocabulary("identifier_kinds").label(stop.entry.kind, language),
        reason=stop.entry.reason,
        by=stop.signed.by,
        at=stop.signed.at.isoformat(),
        undone_by=_field_of(stop.lifted, "by"),
        undone_at=stop.lifted.at.isoformat() if stop.lifted else "",
        undone_reason=_field_of(stop.lifted, "reason"),
        waits=run is None or last.at > run.at,
    )


def _field_of(row: StopSigned | None, field: str) -> str:
    return str(getattr(row, field)) if row else ""
