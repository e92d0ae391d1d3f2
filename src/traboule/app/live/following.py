"""The verbs of the process that links and counts as returns arrive: look what changed, and store the figures.

In: what the process keeps in memory. Out: which operations changed, and their figures. Guaranteed: ``look`` reads the
whole register only for an operation that it does not know yet, or where the model or the stop list changed; otherwise
the rows of the agencies that filed since. Nothing is linked live before the first run of linkage: its model is learned
when the desk asks for it, not from the first few records that arrive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from traboule.app.dispatch import Call
from traboule.app.handlers.counting import open_returns
from traboule.app.live.live_count import LiveCount, RegisterRows
from traboule.core.errors import NotFound
from traboule.core.record_names import agency_of, unit_of
from traboule.figures.compute import latest, store_live
from traboule.linkage import judge as judging
from traboule.linkage.matching.precompile import precompile
from traboule.linkage.models import LinkRun
from traboule.linkage.run import Personal, hash_key
from traboule.linkage.store.runs import last_run
from traboule.linkage.verdicts import JudgedPair
from traboule.linkage.weights.model import read_model
from traboule.operation.operation import Operation
from traboule.operation.read import opened, opened_codes
from traboule.operation.stops import with_current_stops
from traboule.register import history, personal
from traboule.register.personal import Purpose
from traboule.register.plan import Agency
from traboule.returns.models import ReturnReceived, Tombstone


@dataclass(frozen=True)
class Position:
    """How far the database has been read: the agency of each return, who was erased, what was judged; and what an
    update cannot follow: the operation with its stop list, and the model."""

    returns: Mapping[UUID, Agency]
    erased: frozenset[str]
    judgements: tuple[JudgedPair, ...]
    operation: Operation
    model: str

    def agencies_since(self, earlier: Position) -> frozenset[Agency]:
        """Return the agencies whose rows may have changed since an earlier position."""
        filed = {self.returns[return_id] for return_id in self.returns.keys() - earlier.returns.keys()}
        return frozenset(filed | {(unit_of(record), agency_of(record)) for record in self.erased - earlier.erased})


@dataclass
class OperationCount:
    """What is kept of one operation: the count, how far it has read, the last run of linkage that is stored, when the
    count last changed, and whether its figures are to be stored, or its links, by a run over everything."""

    position: Position
    count: LiveCount
    link_run: UUID
    changed_at: datetime
    waits: bool
    is_stale: bool

    def agrees(self, figures: Sequence[Mapping[str, Any]], at: datetime) -> bool:
        """Tell whether ``figures``, counted anew from ``at`` on, are those counted live. What arrived since then can be
        in one of them alone: that is no difference."""
        if self.changed_at >= at:
            return True
        live = self.count.figures.figures
        return all(
            (figure["value"], figure["low"], figure["high"])
            == (live[figure["id"]].value, live[figure["id"]].low, live[figure["id"]].high)
            for figure in figures
        )


@dataclass
class LiveCounts:
    """What the process keeps: the count of each operation by its code."""

    operations: dict[str, OperationCount] = field(default_factory=dict)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The operations whose figures are to be stored."""
        return tuple(sorted(code for code, followed in self.operations.items() if followed.waits))

    @property
    def stale(self) -> tuple[str, ...]:
        """The operations whose stored links are older than their count."""
        return tuple(sorted(code for code, followed in self.operations.items() if followed.is_stale))


@dataclass(frozen=True, slots=True)
class Looked:
    """The operations whose figures changed."""

    changed: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"changed": list(self.changed)}


def look(call: Call, *, counts: LiveCounts) -> Looked:
    """Bring ``counts`` up to what is in the database, and return the operations whose figures are to be stored."""
    for code in opened_codes():
        run = last_run(code)
        if run is not None:
            _follow(call, counts, code, run)
    return Looked(counts.waiting)


def store(call: Call, *, counts: LiveCounts) -> Looked:
    """Store the figures of the operations that changed."""
    changed = counts.waiting
    for code in changed:
        followed = counts.operations[code]
        waiting = open_returns(followed.position.operation, followed.count.tables)
        figures = followed.count.figures
        at = datetime.fromisoformat(figures.as_of)
        store_live(figures, link_run=followed.link_run, at=at, open_returns=tuple(waiting))
        followed.waits = False
    return Looked(changed)


def _follow(call: Call, counts: LiveCounts, code: str, run: LinkRun) -> None:
    known = counts.operations.get(code)
    # Read before the rows: what comes in between is read twice, and changes nothing the second time.
    position = _position(code, run)
    if known is None or (known.position.operation, known.position.model) != (position.operation, position.model):
        counts.operations.pop(code, None)
        precompile(partial(call.progress, "compile"))
        model = read_model(run.model, key=hash_key())
        count = LiveCount(_read(call, code), position.operation, model, position.judgements, call.at)
        waits, is_stale = (_stored_hash(code, live=live) != count.figures.inputs_hash for live in (True, False))
        counts.operations[code] = OperationCount(position, count, run.run_id, call.at, waits, is_stale)
        return
    agencies = position.agencies_since(known.position)
    if agencies or position.judgements != known.position.judgements:
        del counts.operations[code]  # Half an update is none: where it fails, the next look begins anew.
        if known.count.update(_read(call, code, agencies), agencies, position.judgements, call.at):
            known.waits = known.is_stale = True
            known.changed_at = call.at
        counts.operations[code] = known
    known.position, known.link_run = position, run.run_id
    known.is_stale &= run.at <= known.changed_at


def _stored_hash(code: str, *, live: bool) -> str:
    """Return the hash of what was counted last; empty before anything was. ``live``: as a return arrived too."""
    try:
        return latest(code, live=live).figures.inputs_hash
    except NotFound:
        return ""


def _position(code: str, run: LinkRun) -> Position:
    filed = ReturnReceived.objects.filter(operation=code).values_list("return_id", "unit", "agency")
    return Position(
        returns={return_id: (unit, agency) for return_id, unit, agency in filed},
        erased=frozenset(Tombstone.objects.filter(operation=code).values_list("subject", flat=True)),
        judgements=tuple(judging.judgements(code).persons),
        operation=with_current_stops(opened(code)),
        model=run.model_hash,
    )


def _read(call: Call, code: str, agencies: frozenset[Agency] | None = None) -> RegisterRows:
    tables = history.tables(code, at=None, context=call.context, agencies=agencies)
    read = personal.read(code, at=None, context=call.context, purpose=Purpose.LINKAGE, agencies=agencies)
    return RegisterRows(tables, Personal(read["identities"], read["identifiers"]))
