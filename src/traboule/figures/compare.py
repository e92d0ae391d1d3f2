"""Explain why a figure changed by reasons that sum exactly to the difference (rule 24).

In: two sets of inputs, or a sequence of figure sets. Out: a waterfall for each figure. Guaranteed: the old inputs are
changed into the new ones by one reason after the other and counted after each, so that the steps sum exactly, however
the reasons interact. Their order is fixed: late returns, corrections, withdrawals, links, judgements, and last what
only errors of ours explain. Everything is counted once; each further step costs what it changes.
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
    InputChange,
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


class ChangeReason(StrEnum):
    """Why a figure may change. ``locale/<language>/communique.yaml`` has a sentence for each."""

    LATE = "late"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"
    LINKS = "links"  # Records linked, or linked no longer, as after a value entered the stop list.
    JUDGEMENTS = "judgements"  # Verdicts given or undone.
    ERRORS = "errors"  # The dictionary or the program: what no input explains.


@dataclass(frozen=True, slots=True)
class ChangeStep:
    """The part of a change that has a given reason; ``state`` where a single state caused it, else empty."""

    reason: ChangeReason
    state: str
    change: int


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of a figure between two instants. Its steps, without those of 0, sum to new - old."""

    figure: str
    old: int
    new: int
    steps: tuple[ChangeStep, ...]

    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Return the changes by reason, summed over states, in the order of reasons."""
        sums = {reason: sum(step.change for step in self.steps if step.reason is reason) for reason in ChangeReason}
        return tuple((str(reason), total) for reason, total in sums.items() if total)

    def by_state(self, reason: ChangeReason) -> Mapping[str, int]:
        """Return the change that each state caused for one reason."""
        return {step.state: step.change for step in self.steps if step.reason is reason and step.state}


def read_difference(data: Mapping[str, Any]) -> Difference:
    """Return the difference that was stored as plain data."""
    steps = tuple(ChangeStep(ChangeReason(step["reason"]), step["state"], step["change"]) for step in data["steps"])
    return Difference(data["figure"], data["old"], data["new"], steps)


@dataclass(frozen=True, slots=True)
class Stage:
    """The figures once a reason has been applied."""

    reason: ChangeReason
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
                steps.append(ChangeStep(stage.reason, stage.state, after - before))
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

    Everything is counted once and then updated from reason to reason; ``by_state`` splits late returns, corrections and
    withdrawals by state. With ``published``, the sets once computed from the two, whatever a recount does not reproduce
    counts as an error.
    """
    start, path = between(old, new, by_state=by_state)
    running = RunningCount(start, operation, detail=False)
    start_figures = running.figures()
    stages = [Stage(reason, state, running.update(step)) for reason, state, step in path]
    if published is None:
        return waterfall(start_figures, stages)
    stages.insert(0, Stage(ChangeReason.ERRORS, "", start_figures))
    return waterfall(published[0], [*stages, Stage(ChangeReason.ERRORS, "", published[1])])


def between(
    old: Inputs, new: Inputs, *, by_state: bool = False
) -> tuple[Inputs, list[tuple[ChangeReason, str, InputChange]]]:
    """Return ``old`` in the form to be changed, and the changes that turn it into ``new``: one for each reason that
    changed anything, with ``by_state`` one for each state that did.
    """
    changes = {name: _changes(name, old.table(name), new.table(name)) for name in _TABLES}
    tables = {name: table_changes.old for name, table_changes in changes.items()}
    start = replace(old, tables={**old.tables, **tables}, births=_merge_births(old.births, new.births))
    current, path = start, []
    for reason in (ChangeReason.LATE, ChangeReason.CORRECTION, ChangeReason.WITHDRAWAL):
        states = sorted({state for table_changes in changes.values() for state in table_changes.states(reason)})
        for state in states if by_state else [""] if states else []:
            step = _change_of(changes, current, reason, state)
            current = applied(current, step)
            path.append((reason, state, step))
    plain = replace(current, births=new.births, tables=new.tables, held_rows=new.rows_held(), as_of=new.as_of)
    linked = _without_verdicts(plain, new)
    path.append((ChangeReason.CORRECTION, "", change(current, plain)))
    path.append((ChangeReason.LINKS, "", change(plain, linked)))
    path.append((ChangeReason.JUDGEMENTS, "", change(linked, replace(new, held_rows=new.rows_held()))))
    return start, path


def _change_of(changes: Mapping[str, _TableChanges], current: Inputs, reason: ChangeReason, state: str) -> InputChange:
    """Return the changes of one state (of all where ``state`` is empty) for one reason."""
    keyed = {name: table for name, table in changes.items() if name not in UNKEYED_TABLES}
    renewals = {name: table.renewal(reason, state) for name, table in keyed.items()}
    returns = changes["returns"].applied(current.tables["returns"], reason, state)
    renewals = {name: renewal for name, renewal in renewals.items() if len(renewal.names)}
    return InputChange(renewals, {"returns": returns}, current.held_rows, current.as_of)


_TABLES = tuple(name for name in COLUMNS if name != "held")


@dataclass(frozen=True, slots=True)
class _TableChanges:
    """Two versions of a table: rows by key, and for each reason the keys that it concerns, with their states."""

    old: pa.Table
    new: pa.Table
    keys: Mapping[ChangeReason, Texts]
    owners: Mapping[ChangeReason, Texts]

    def states(self, reason: ChangeReason) -> set[str]:
        """Return the states whose rows changed for a reason."""
        return {str(state) for state in self.owners[reason].to_pylist()}

    def renewal(self, reason: ChangeReason, state: str) -> Renewal:
        """Return one state's changes for one reason by the rows they concern."""
        mine = self.mine(reason, state)
        return Renewal(mine, self.new.filter(pa.array(columns.is_among(_keys(self.new), mine))))

    def mine(self, reason: ChangeReason, state: str) -> Texts:
        """Return the keys of the rows that one state changed for one reason."""
        mine = self.keys[reason]
        return mine.filter(pa.array(columns.among(self.owners[reason], (state,)))) if state else mine

    def applied(self, table: pa.Table, reason: ChangeReason, state: str) -> pa.Table:
        """Return ``table`` with the changes of one state (of all where ``state`` is empty) for one reason: old rows
        removed, new rows added.
        """
        mine = self.mine(reason, state)
        if not len(mine):
            return table
        unchanged = table.filter(pa.array(~columns.is_among(_keys(table), mine)))
        return pa.concat_tables([unchanged, self.new.filter(pa.array(columns.is_among(_keys(self.new), mine)))])


def _changes(name: str, old: pa.Table | None, new: pa.Table | None) -> _TableChanges:
    """Find which rows were added, changed and removed between two versions of a table."""
    before, after = (_keyed(name, table) for table in (old, new))
    old_keys, new_keys = _keys(before), _keys(after)
    old_place = columns.places_in(new_keys, old_keys)
    came = old_place < 0
    went = ~columns.is_among(old_keys, new_keys)
    same = columns.taken(_contents(before), old_place[~came])
    differs = np.zeros(len(came), dtype=np.bool_)
    differs[~came] = columns.kernels.not_equal(same, _contents(after).filter(pa.array(~came))).to_numpy(
        zero_copy_only=False
    )
    withdrawn = np.zeros(len(came), dtype=np.bool_)
    if name == "returns":
        # A return that withdraws others, and a return no longer in force, count as withdrawals, not as corrections.
        withdrawn = columns.among(columns.texts(after, "status"), ("withdrawn",)) | differs
    owners = (columns.texts(before, "unit"), columns.texts(after, "unit"))
    rows = {ChangeReason.LATE: came & ~withdrawn, ChangeReason.CORRECTION: differs & ~withdrawn}
    keys = {reason: new_keys.filter(pa.array(chosen)) for reason, chosen in rows.items()}
    by = {reason: owners[1].filter(pa.array(chosen)) for reason, chosen in rows.items()}
    leaving = (went, withdrawn & (came | differs))
    keys[ChangeReason.WITHDRAWAL] = _concatenated(old_keys, new_keys, leaving)
    by[ChangeReason.WITHDRAWAL] = _concatenated(*owners, leaving)
    return _TableChanges(before, after, keys, by)


def _concatenated(old: Texts, new: Texts, chosen: tuple[Flags, Flags]) -> Texts:
    parts = [keys.filter(pa.array(flags)) for keys, flags in zip((old, new), chosen, strict=True)]
    return pa.concat_arrays(parts)


def _keyed(name: str, table: pa.Table | None) -> pa.Table:
    """Return the columns of a table that counting reads, each of one type, with a permanent key for each row."""
    read: dict[str, Any] = {
        column: columns.of_type(table, column, column_type(name, column)) for column in COLUMNS[name]
    }
    if name == "actions":
        read["unit"] = columns.kernels.list_element(columns.kernels.split_pattern(read["record"], "/"), 0)
    key = read.get("record")
    if key is None:
        parts = [
            columns.kernels.coalesce(columns.as_text(read[column]), "") for column in ("unit", "agency", "version")
        ]
        key = columns.kernels.binary_join_element_wise(*parts, "/")
    return pa.table({"__key": key, **read})


def _keys(table: pa.Table) -> Texts:
    return columns.texts(table, "__key")


def _contents(table: pa.Table) -> Texts:
    """Return each row as one text: two rows are equal for counting where their texts are."""
    if not table.num_rows:
        return pa.array([], pa.string())
    parts = [columns.kernels.coalesce(columns.as_text(table.column(name)), "\x00") for name in table.column_names]
    joined = columns.kernels.binary_join_element_wise(*parts, "\x1f")
    return columns.texts(pa.table({"content": joined}), "content")


def _merge_births(old: pa.Table | None, new: pa.Table | None) -> pa.Table | None:
    """Return the old birth dates, and the new ones of records that had none."""
    if old is None or new is None:
        return new if old is None else old
    fresh = new.filter(pa.array(~columns.is_among(columns.texts(new, "record"), columns.texts(old, "record"))))
    parts = [
        pa.table({column: columns.texts(table, column) for column in ("record", "birth_date")})
        for table in (old, fresh)
    ]
    return pa.concat_tables(parts)


def _without_verdicts(old: Inputs, new: Inputs) -> Inputs:
    """Return ``old`` with the new links and clusters, without the effect of changed verdicts: pairs whose verdict
    changed, and the persons of such pairs, are as before; a new record of such a person joins one of them.
    """
    changed_pairs = _changed_verdicts(old.links, new.links)
    before, after = (columns.is_among(row_names(LINKS, links), changed_pairs) for links in (old.links, new.links))
    links = joined([new.links.filter(pa.array(~after)), old.links.filter(pa.array(before))])
    joint = _joined_clusters(old.clusters, new.clusters)
    joint_cluster, records = columns.texts(joint, "cluster"), columns.texts(joint, "record")
    ends = pa.array([end for name in changed_pairs.to_pylist() for end in str(name).split(BETWEEN)], pa.string())
    place = columns.places_in(ends, records)
    concerned = columns.is_among(joint_cluster, columns.taken(joint_cluster, place[place >= 0]))
    cluster = _previous_clusters(old.clusters, new.clusters, concerned)
    return replace(old, clusters=pa.table({"record": records, "cluster": cluster}), links=links)


def _previous_clusters(old: pa.Table, new: pa.Table, concerned: Flags) -> Texts:
    """Return the new cluster of each record of ``new``, for those ``concerned`` the old one; for a record that had none
    the first old cluster of its new cluster.
    """
    cluster = columns.texts(new, "cluster")
    was = columns.places_in(columns.texts(new, "record"), columns.texts(old, "record"))
    old_place = pa.array(np.where(concerned & (was >= 0), was, 0), mask=~(concerned & (was >= 0)))
    before: Any = columns.kernels.take(columns.texts(old, "cluster"), old_place)
    rows = pa.table({"cluster": cluster, "before": before}).filter(pa.array(concerned))
    first = rows.group_by("cluster").aggregate([("before", "min")])
    place = columns.places_in(cluster, columns.texts(first, "cluster"))
    joining = columns.kernels.take(columns.texts(first, "before_min"), pa.array(np.maximum(place, 0), mask=place < 0))
    return cast(Texts, columns.kernels.coalesce(before, joining, cluster))


def _changed_verdicts(old: pa.Table, new: pa.Table) -> Texts:
    """Return the names of the pairs whose verdict differs between ``old`` and ``new``."""
    judged_pairs = []
    for links in (old, new):
        verdict = columns.texts(links, "status")
        chosen = pa.array(columns.among(verdict, ("judged_match", "judged_no_match")))
        pairs = zip(row_names(LINKS, links).filter(chosen).to_pylist(), verdict.filter(chosen).to_pylist(), strict=True)
        judged_pairs.append(set(pairs))
    return pa.array(sorted({str(name) for name, _ in judged_pairs[0] ^ judged_pairs[1]}), pa.string())


def _joined_clusters(old: pa.Table, new: pa.Table) -> pa.Table:
    """Return the finest clusters of the new records of which both the old and the new clusters are refinements."""
    records = columns.texts(new, "record")
    people, (before,) = partition.identify(new, [columns.texts(old, "record")])
    representative = columns.places_in(columns.texts(old, "cluster"), people.records)
    has_representative = representative >= 0
    label = partition.joined(
        people, people.node[before[has_representative]], people.node[representative[has_representative]]
    )
    mine = label[people.node[: len(records)]]
    return pa.table({"record": records, "cluster": columns.taken(people.names, mine)})
