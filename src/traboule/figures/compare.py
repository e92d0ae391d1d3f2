"""Why a figure changed: old value, new value, and reasons that sum exactly to the difference (rule 24).

Comes in: two sets of inputs, or a sequence of figure sets. Goes out: a waterfall per figure.
Promises: what was old is turned into what is new one reason at a time and counted after each, so that the steps
sum exactly whatever the reasons do to each other; their order is fixed: late returns, corrections, withdrawals, links,
judgements, and last what only errors of ours can explain. Everything is counted once; each step after that costs what
it changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, cast

import numpy as np
import pyarrow as pa

from traboule.figures.figure import FigureSet
from traboule.figures.incremental.change import (
    BETWEEN,
    LINKS,
    UNKEYED_TABLES,
    Change,
    Renewal,
    applied,
    change,
    joined,
    row_names,
)
from traboule.figures.incremental.counted import RunningCount
from traboule.figures.resolved import columns, partition
from traboule.figures.resolved.columns import Flags, Texts
from traboule.figures.resolved.inputs import COLUMNS, Inputs, column_type
from traboule.operation.operation import Operation


class Reason(StrEnum):
    """Why a figure may change. ``locale/<language>/communique.yaml`` has a sentence for each."""

    LATE = "late"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    LINKS = "links"  # Records found to speak of the same person, or no longer: what linked them is stopped, say.
    JUDGEMENTS = "judgements"  # Verdicts given or undone.
    ERRORS = "errors"  # The dictionary or the program: what no input explains.


@dataclass(frozen=True, slots=True)
class Step:
    """One reason's part in a change; ``state`` where it is one state's doing, else empty."""

    reason: Reason
    state: str
    change: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure between two instants. The steps that change nothing are left out; the rest sum to new - old."""

    figure: str
    old: int
    new: int
    steps: tuple[Step, ...]

    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Return the changes by reason alone, states added up, in the order of reasons."""
        sums = {reason: sum(one.change for one in self.steps if one.reason is reason) for reason in Reason}
        return tuple((str(reason), change) for reason, change in sums.items() if change)

    def by_state(self, reason: Reason) -> Mapping[str, int]:
        """Return what each state did for one reason."""
        return {one.state: one.change for one in self.steps if one.reason is reason and one.state}


def read_difference(data: Mapping[str, Any]) -> Difference:
    """Return the difference that was kept as plain data."""
    steps = tuple(Step(Reason(one["reason"]), one["state"], one["change"]) for one in data["steps"])
    return Difference(data["figure"], data["old"], data["new"], steps)


@dataclass(frozen=True, slots=True)
class Stage:
    """The figures once a reason has been applied."""

    reason: Reason
    state: str
    figures: FigureSet


def waterfall(start: FigureSet, stages: Sequence[Stage]) -> tuple[Difference, ...]:
    """Return for each figure of ``start`` how the stages, one after the other, change it."""
    differences = []
    for name, figure in start.figures.items():
        before, steps = figure.value, []
        for stage in stages:
            after = stage.figures.figure(name).value
            if after != before:
                steps.append(Step(stage.reason, stage.state, after - before))
            before = after
        differences.append(Difference(name, figure.value, before, tuple(steps)))
    return tuple(differences)


def difference(
    old: Inputs,
    new: Inputs,
    operation: Operation,
    *,
    published: tuple[FigureSet, FigureSet] | None = None,
    by_state: bool = False,
) -> tuple[Difference, ...]:
    """Explain the figures of ``new`` by those of ``old``.

    Everything is counted once and carried on from reason to reason; ``by_state`` parts late returns, corrections and
    withdrawals state by state too. With ``published``, the sets once computed from the two, whatever a recount does not
    give again is an error's doing.
    """
    start, way = between(old, new, by_state=by_state)
    kept = RunningCount(start, operation, detail=False)
    counted = kept.figures()
    stages = [Stage(reason, state, kept.update(made)) for reason, state, made in way]
    if published is None:
        return waterfall(counted, stages)
    stages.insert(0, Stage(Reason.ERRORS, "", counted))
    return waterfall(published[0], [*stages, Stage(Reason.ERRORS, "", published[1])])


def between(old: Inputs, new: Inputs, *, by_state: bool = False) -> tuple[Inputs, list[tuple[Reason, str, Change]]]:
    """Return ``old`` in the form in which it is changed, and what changes it into ``new``: one change after the other
    for each reason that changed anything, ``by_state`` for each state that did.
    """
    changes = {name: _changes(name, old.table(name), new.table(name)) for name in _TABLES}
    tables = {name: one.old for name, one in changes.items()}
    start = replace(old, tables={**old.tables, **tables}, births=_together(old.births, new.births))
    current, way = start, []
    for reason in (Reason.LATE, Reason.CORRECTION, Reason.WITHDRAWAL):
        states = sorted({state for one in changes.values() for state in one.states(reason)})
        for state in states if by_state else [""] if states else []:
            made = _made(changes, current, reason, state)
            current = applied(current, made)
            way.append((reason, state, made))
    plain = replace(current, births=new.births, tables=new.tables, held=new.rows_held(), as_of=new.as_of)
    linked = _unjudged(plain, new)
    way.append((Reason.CORRECTION, "", change(current, plain)))
    way.append((Reason.LINKS, "", change(plain, linked)))
    way.append((Reason.JUDGEMENTS, "", change(linked, replace(new, held=new.rows_held()))))
    return start, way


def _made(changes: Mapping[str, _Changes], current: Inputs, reason: Reason, state: str) -> Change:
    """Return the changes that one state (all where ``state`` is empty) made for one reason."""
    renewed = {name: one.renewal(reason, state) for name, one in changes.items() if name not in UNKEYED_TABLES}
    returns = changes["returns"].applied(current.tables["returns"], reason, state)
    renewed = {name: one for name, one in renewed.items() if len(one.names)}
    return Change(renewed, {"returns": returns}, current.held, current.as_of)


_TABLES = tuple(name for name in COLUMNS if name != "held")


@dataclass(frozen=True, slots=True)
class _Changes:
    """One table twice: rows by key, and by reason the keys that it concerns with their states."""

    old: pa.Table
    new: pa.Table
    keys: Mapping[Reason, Texts]
    owners: Mapping[Reason, Texts]

    def states(self, reason: Reason) -> set[str]:
        """Return the states whose rows changed for a reason."""
        return {str(state) for state in self.owners[reason].to_pylist()}

    def renewal(self, reason: Reason, state: str) -> Renewal:
        """Return one state's changes for one reason by the rows they concern."""
        mine = self.mine(reason, state)
        return Renewal(mine, self.new.filter(pa.array(columns.is_among(_keys(self.new), mine))))

    def mine(self, reason: Reason, state: str) -> Texts:
        """Return the keys of the rows that one state changed for one reason."""
        mine = self.keys[reason]
        return mine.filter(pa.array(columns.among(self.owners[reason], (state,)))) if state else mine

    def applied(self, table: pa.Table, reason: Reason, state: str) -> pa.Table:
        """Return ``table`` once one state's changes (all states' where ``state`` is empty) for one reason are made: old
        rows out, new rows in.
        """
        mine = self.mine(reason, state)
        if not len(mine):
            return table
        rest = table.filter(pa.array(~columns.is_among(_keys(table), mine)))
        return pa.concat_tables([rest, self.new.filter(pa.array(columns.is_among(_keys(self.new), mine)))])


def _changes(name: str, old: pa.Table | None, new: pa.Table | None) -> _Changes:
    """Find which rows came, changed and went between two versions of a table."""
    before, after = (_keyed(name, one) for one in (old, new))
    old_keys, new_keys = _keys(before), _keys(after)
    kept = columns.places_in(new_keys, old_keys)
    came = kept < 0
    went = ~columns.is_among(old_keys, new_keys)
    same = columns.taken(_contents(before), kept[~came])
    differs = np.zeros(len(came), dtype=np.bool_)
    differs[~came] = columns.kernels.not_equal(same, _contents(after).filter(pa.array(~came))).to_numpy(
        zero_copy_only=False
    )
    withdrawn = np.zeros(len(came), dtype=np.bool_)
    if name == "returns":
        # A return that withdraws others, and one that is no longer in force, are withdrawals and no corrections.
        withdrawn = columns.among(columns.texts(after, "status"), ("withdrawn",)) | differs
    owners = (columns.texts(before, "unit"), columns.texts(after, "unit"))
    rows = {Reason.LATE: came & ~withdrawn, Reason.CORRECTION: differs & ~withdrawn}
    keys = {reason: new_keys.filter(pa.array(chosen)) for reason, chosen in rows.items()}
    by = {reason: owners[1].filter(pa.array(chosen)) for reason, chosen in rows.items()}
    leaving = (went, withdrawn & (came | differs))
    keys[Reason.WITHDRAWAL] = _concatenated(old_keys, new_keys, leaving)
    by[Reason.WITHDRAWAL] = _concatenated(*owners, leaving)
    return _Changes(before, after, keys, by)


def _concatenated(old: Texts, new: Texts, chosen: tuple[Flags, Flags]) -> Texts:
    parts = [one.filter(pa.array(flags)) for one, flags in zip((old, new), chosen, strict=True)]
    return pa.concat_arrays(parts)


def _keyed(name: str, table: pa.Table | None) -> pa.Table:
    """Return what counting reads of a table, each column of one type, with a key that names the row for good."""
    read: dict[str, Any] = {one: columns.of_type(table, one, column_type(name, one)) for one in COLUMNS[name]}
    if name == "actions":
        read["unit"] = columns.kernels.list_element(columns.kernels.split_pattern(read["record"], "/"), 0)
    key = read.get("record")
    if key is None:
        parts = [columns.kernels.coalesce(columns.as_text(read[one]), "") for one in ("unit", "agency", "version")]
        key = columns.kernels.binary_join_element_wise(*parts, "/")
    return pa.table({"__key": key, **read})


def _keys(table: pa.Table) -> Texts:
    return columns.texts(table, "__key")


def _contents(table: pa.Table) -> Texts:
    """Return each row as one text: two rows are equal for counting where these are."""
    if not table.num_rows:
        return pa.array([], pa.string())
    parts = [columns.kernels.coalesce(columns.as_text(table.column(name)), "\x00") for name in table.column_names]
    joined = columns.kernels.binary_join_element_wise(*parts, "\x1f")
    return columns.texts(pa.table({"content": joined}), "content")


def _together(old: pa.Table | None, new: pa.Table | None) -> pa.Table | None:
    """Return the old birth dates, and the new ones of records that had none."""
    if old is None or new is None:
        return new if old is None else old
    fresh = new.filter(pa.array(~columns.is_among(columns.texts(new, "record"), columns.texts(old, "record"))))
    parts = [pa.table({one: columns.texts(table, one) for one in ("record", "birth_date")}) for table in (old, fresh)]
    return pa.concat_tables(parts)


def _unjudged(old: Inputs, new: Inputs) -> Inputs:
    """Return ``old`` with the new links and clusters but for what verdicts did: pairs judged since, or judged no more,
    are what they were, and so are the persons that such a pair concerns; who is new among these joins one of them.
    """
    judged = _judged_anew(old.links, new.links)
    before, after = (columns.is_among(row_names(LINKS, links), judged) for links in (old.links, new.links))
    links = joined([new.links.filter(pa.array(~after)), old.links.filter(pa.array(before))])
    together = _joined(old.clusters, new.clusters)
    whole, records = columns.texts(together, "cluster"), columns.texts(together, "record")
    ends = pa.array([end for name in judged.to_pylist() for end in str(name).split(BETWEEN)], pa.string())
    place = columns.places_in(ends, records)
    concerned = columns.is_among(whole, columns.taken(whole, place[place >= 0]))
    cluster = _as_before(old.clusters, new.clusters, concerned)
    return replace(old, clusters=pa.table({"record": records, "cluster": cluster}), links=links)


def _as_before(old: pa.Table, new: pa.Table, concerned: Flags) -> Texts:
    """Return the new cluster of each record of ``new``, of those ``concerned`` the old one; of a record that had none
    the first that another of its new cluster had.
    """
    cluster = columns.texts(new, "cluster")
    was = columns.places_in(columns.texts(new, "record"), columns.texts(old, "record"))
    known = pa.array(np.where(concerned & (was >= 0), was, 0), mask=~(concerned & (was >= 0)))
    before: Any = columns.kernels.take(columns.texts(old, "cluster"), known)
    rows = pa.table({"cluster": cluster, "before": before}).filter(pa.array(concerned))
    first = rows.group_by("cluster").aggregate([("before", "min")])
    place = columns.places_in(cluster, columns.texts(first, "cluster"))
    joining = columns.kernels.take(columns.texts(first, "before_min"), pa.array(np.maximum(place, 0), mask=place < 0))
    return cast(Texts, columns.kernels.coalesce(before, joining, cluster))


def _judged_anew(old: pa.Table, new: pa.Table) -> Texts:
    """Return the names of the pairs whose verdict is another in ``new`` than in ``old``."""
    told = []
    for links in (old, new):
        verdict = columns.texts(links, "status")
        chosen = pa.array(columns.among(verdict, ("judged_match", "judged_no_match")))
        pairs = zip(row_names(LINKS, links).filter(chosen).to_pylist(), verdict.filter(chosen).to_pylist(), strict=True)
        told.append(set(pairs))
    return pa.array(sorted({str(name) for name, _ in told[0] ^ told[1]}), pa.string())


def _joined(old: pa.Table, new: pa.Table) -> pa.Table:
    """Return the finest clusters of the new records that break neither the old clusters nor the new."""
    records = columns.texts(new, "record")
    people, (before,) = partition.identify(new, [columns.texts(old, "record")])
    representative = columns.places_in(columns.texts(old, "cluster"), people.records)
    known = representative >= 0
    label = partition.joined(people, people.node[before[known]], people.node[representative[known]])
    mine = label[people.node[: len(records)]]
    return pa.table({"record": records, "cluster": columns.taken(people.names, mine)})
