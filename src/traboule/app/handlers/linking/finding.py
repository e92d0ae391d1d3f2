"""Link the records in force, twice: all of them, and those that the desk may see.

In: an operation. Out: what the run found, as counts. Guaranteed: the models are trained at the operation's first run
and then stay; the judgements in force bind. The desk's run and its counts are computed from nothing that touches a
protected person; the counts of all records are for the engine and the protection officer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.parallel import both
from traboule.core.record_names import unit_of
from traboule.hits.records import record_changes
from traboule.linkage import judge as judging
from traboule.linkage.decisions import AUTOMATIC, JUDGED_MATCH
from traboule.linkage.matching.precompile import precompile
from traboule.linkage.run import LinkOutcome, Personal, find, hash_key, latest_model, store
from traboule.operation.operation import Operation
from traboule.operation.stops import with_current_stops
from traboule.register import history, personal
from traboule.register.personal import Purpose
from traboule.register.protected import protected_records, rows_without, without_protected

MOST_TOGETHER = 200_000  # Person records up to which the memory of two runs at the same time is no matter.


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run of linkage found, in numbers; ``across`` counts certain links between records of two states."""

    run: LinkOutcome

    def to_json(self) -> dict[str, Any]:
        """Return counts and the model's hash; ``things`` by kind of thing and status."""
        result = self.run.persons
        links, clusters = result.links, result.clusters
        statuses = Counter(links["status"].to_pylist())
        ends = zip(*(links[name].to_pylist() for name in ("left", "right", "status")), strict=True)
        across = sum(unit_of(left) != unit_of(right) for left, right, status in ends if status == "automatic")
        return {
            "records": clusters.num_rows,
            "persons": len(clusters["cluster"].unique()),
            "automatic": statuses["automatic"],
            "across": across,
            "open": statuses["open"],
            "judged": statuses["judged_match"] + statuses["judged_no_match"],
            "stopped": result.stopped.num_rows,
            "skipped": dict(result.skipped),
            "model": result.model_hash[:12],
            "things": {kind: _statuses(table) for kind, table in sorted(self.run.things.links.items())},
        }


def link(call: Call, *, operation: str | None = None) -> Linked:
    """Link the records in force and store the runs; the models are trained at the operation's first run."""
    chosen = the_operation(operation)
    precompile(partial(call.progress, "compile"))
    tables = history.tables(chosen.code, at=None, context=call.context)
    personal_tables = personal.read(chosen.code, at=None, context=call.context, purpose=Purpose.LINKAGE)
    whole = Personal(personal_tables["identities"], personal_tables["identifiers"])
    protected = protected_records(tables, whole.identities, chosen.start)
    seen = Personal(
        rows_without(whole.identities, "record", protected),
        rows_without(whole.identifiers, "person_record", protected),
        protected=False,
    )
    # Neither run reads the database or the other's results.
    finding = _finding(chosen, tables, whole), _finding(chosen, without_protected(tables, protected), seen)
    together = tables["people"].num_rows <= MOST_TOGETHER
    everything, desks = both(*finding) if together else (finding[0](), finding[1]())
    desks_pairs = linked_pairs(desks.persons.links)
    pairs = {False: desks_pairs, True: linked_pairs(everything.persons.links) - desks_pairs}
    for outcome, read_by in ((everything, whole), (desks, seen)):
        kind = read_by.protected
        run = store(outcome, chosen, protected=kind, by=call.by, at=call.at)
        record_changes(chosen.code, run.run_id, pairs[kind], protected=kind, at=call.at)
    return Linked(everything if call.by.sees_protected else desks)


def _finding(operation: Operation, tables: Mapping[str, pa.Table], read: Personal) -> Callable[[], LinkOutcome]:
    """Return a run of linkage over ``tables``, for which everything has been read from the database."""
    return partial(
        find,
        tables,
        read,
        judgements=judging.judgements(operation.code, protected=read.protected),
        model=latest_model(operation.code, protected=read.protected),
        operation=with_current_stops(operation),
        key=hash_key(),
    )


def linked_pairs(links: pa.Table) -> frozenset[tuple[str, str]]:
    """Return the pairs of records that a run takes for one person."""
    columns = (links[name].to_pylist() for name in ("left", "right", "status"))
    return frozenset(
        (str(left), str(right))
        for left, right, status in zip(*columns, strict=True)
        if status in (AUTOMATIC, JUDGED_MATCH)
    )


def _statuses(links: pa.Table) -> dict[str, int]:
    statuses = Counter(links["status"].to_pylist())
    return {name: statuses[name] for name in ("automatic", "open", "judged_match", "judged_no_match")}
