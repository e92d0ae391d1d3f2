"""Keep the links and the count of one operation in memory, and update both by what an agency filed.

In: the register once, then the rows of the agencies that filed since, and the judgements. Out: the figures after each.
Guaranteed: links, clusters and figures are those that linking and counting the whole register would give with the same
model and stop list; but the figures lack the 90 % intervals, which are shown to nobody and cost most of a count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.record_names import agency_prefix
from traboule.figures.figure import FigureSet
from traboule.figures.incremental.change import BETWEEN, CLUSTERS, LINKS, InputChange, Renewal, change, renewal
from traboule.figures.incremental.counted import RunningCount
from traboule.figures.resolved.inputs import Inputs
from traboule.linkage.live.matcher import Changed, LiveMatcher
from traboule.linkage.live.record_reader import ArrivedReturn
from traboule.linkage.prepare import prepare
from traboule.linkage.resolve import resolve_prepared
from traboule.linkage.run import Personal, encounters, link_inputs
from traboule.linkage.stop_list import stops_of
from traboule.linkage.store.links import CLUSTERS_SCHEMA, LINKS_SCHEMA
from traboule.linkage.verdicts import JudgedPair
from traboule.linkage.weights.model import LinkModel
from traboule.operation.operation import Operation
from traboule.register.plan import Agency

_COUNTED = pa.schema([LINKS_SCHEMA.field(name) for name in ("left", "right", "probability", "status")])
_UNKEYED = ("returns", "held")
Pair = tuple[str, str]


@dataclass(frozen=True)
class RegisterRows:
    """The register's tables in force and its personal tables, of all agencies or of some."""

    tables: Mapping[str, pa.Table]
    personal: Personal

    @property
    def births(self) -> pa.Table:
        """The birth date of each record."""
        return self.personal.identities.select(["record", "birth_date"])

    def inputs(self, clusters: pa.Table, links: pa.Table, as_of: datetime) -> Inputs:
        """Return what counting reads."""
        return Inputs(self.tables, clusters, links, self.births, as_of=as_of)

    def of(self, agencies: Collection[Agency]) -> RegisterRows:
        """Return the rows of some agencies; returns and held rows stay whole."""
        return self._filtered(lambda table: table.filter(_filed_by(table, agencies)))

    def renewed(self, agencies: Collection[Agency], now: RegisterRows) -> RegisterRows:
        """Return these rows with those of some agencies as they are ``now``."""
        others = self._filtered(lambda table: table.filter(pc.invert(_filed_by(table, agencies))))
        tables = {
            name: table if name in _UNKEYED else pa.concat_tables([others.tables[name], table])
            for name, table in now.tables.items()
        }
        identities, identifiers = (
            pa.concat_tables([getattr(rows.personal, name) for rows in (others, now)])
            for name in ("identities", "identifiers")
        )
        return RegisterRows(tables, replace(self.personal, identities=identities, identifiers=identifiers))

    def _filtered(self, chosen: Any) -> RegisterRows:
        tables = {name: table if name in _UNKEYED else chosen(table) for name, table in self.tables.items()}
        identities, identifiers = (chosen(getattr(self.personal, name)) for name in ("identities", "identifiers"))
        return RegisterRows(tables, replace(self.personal, identities=identities, identifiers=identifiers))


class LiveCount:
    """One operation's links and figures. ``operation`` with the stop list in force; ``model`` does not change."""

    def __init__(
        self,
        rows: RegisterRows,
        operation: Operation,
        model: LinkModel,
        judgements: Iterable[JudgedPair],
        as_of: datetime,
    ) -> None:
        self._rows, self._judgements = rows, tuple(judgements)
        inputs, stops = link_inputs(rows.tables, rows.personal, operation), stops_of(operation)
        records = prepare(
            inputs.people, inputs.identities, inputs.identifiers, stops, on=inputs.on, encounters=inputs.encounters
        )
        result = resolve_prepared(records, judgements=self._judgements, model=model)
        self._live = LiveMatcher.after(records, result, on=inputs.on, stops=stops, judgements=self._judgements)
        links = result.links.select(_COUNTED.names)
        self._count = RunningCount(rows.inputs(result.clusters, links, as_of), operation, draws=False)
        self.figures: FigureSet = self._count.figures()

    @property
    def links(self) -> pa.Table:
        """The links as counting reads them, sorted."""
        rows = [(left, right, edge.probability, edge.status) for left, right, edge in self._live.links()]
        return _table(_COUNTED, rows)

    @property
    def clusters(self) -> pa.Table:
        """The cluster of every record, sorted."""
        return _table(CLUSTERS_SCHEMA, sorted(self._live.clusters().items()))

    @property
    def tables(self) -> Mapping[str, pa.Table]:
        """The register's tables as last read."""
        return self._rows.tables

    def update(
        self, now: RegisterRows, agencies: Collection[Agency], judgements: Iterable[JudgedPair], as_of: datetime
    ) -> bool:
        """Take in the rows of ``agencies`` as they are ``now``, and exactly these judgements. Tell whether anything
        changed."""
        before, nothing = self._rows.of(agencies), (CLUSTERS_SCHEMA.empty_table(), _COUNTED.empty_table())
        made = change(before.inputs(*nothing, as_of), now.inputs(*nothing, as_of))
        judged = tuple(judgements)
        touched = _touched_persons(before, now)
        if not (made.renewed or touched or judged != self._judgements or self._awaits(made)):
            return False
        pairs, moved = self._relink(now, touched, judged)
        self._rows, self._judgements = self._rows.renewed(agencies, now), judged
        linked = {CLUSTERS: self._cluster_renewal(moved | touched), LINKS: self._link_renewal(pairs)}
        linked = {name: part for name, part in linked.items() if len(part.names)}
        self.figures = self._count.update(replace(made, renewed={**made.renewed, **linked}))
        return True

    def _awaits(self, made: InputChange) -> bool:
        return any(not table.equals(self._rows.tables[name]) for name, table in made.complete.items())

    def _relink(
        self, now: RegisterRows, touched: frozenset[str], judged: tuple[JudgedPair, ...]
    ) -> tuple[set[Pair], set[str]]:
        """Link what changed; return the pairs whose links may have changed, and the records whose cluster did."""
        pairs, changes = set(self._live.judged), list[Changed]()
        present = set(now.tables["people"]["record"].to_pylist())
        if gone := touched - present:
            changes.append(self._live.withdraw(gone))
        if stays := touched & present:
            changes.append(self._live.receive(_arrived(now, stays)))
        if judged != self._judgements:
            changes.append(self._live.judge(judged))
        for part in changes:
            pairs |= {*part.updated, *part.gone}
        moved = {record for part in changes for record in part.moved}
        return pairs | self._live.judged, moved

    def _cluster_renewal(self, records: Iterable[str]) -> Renewal:
        named = sorted(records)
        clusters = [(record, self._live.cluster(record)) for record in named]
        rows = [(record, cluster) for record, cluster in clusters if cluster is not None]
        return Renewal(pa.array(named, pa.string()), _table(CLUSTERS_SCHEMA, rows))

    def _link_renewal(self, pairs: Iterable[Pair]) -> Renewal:
        named = sorted(pairs)
        edges = [(pair, self._live.link(*pair)) for pair in named]
        rows = [(*pair, edge.probability, edge.status) for pair, edge in edges if edge is not None]
        return Renewal(pa.array(map(BETWEEN.join, named), pa.string()), _table(_COUNTED, rows))


def _filed_by(table: pa.Table, agencies: Collection[Agency]) -> Any:
    """Tell of each row of a table whether one of ``agencies`` filed it."""
    chosen: Any = pa.array(np.zeros(table.num_rows, dtype=np.bool_))
    for agency in sorted(agencies):
        chosen = pc.or_(chosen, pc.starts_with(table["record"], agency_prefix(*agency)))
    return chosen


def _touched_persons(before: RegisterRows, now: RegisterRows) -> frozenset[str]:
    """Return the records of persons of whom linkage reads anything else than before."""
    touched: set[str] = set()
    parts = (
        ("people", before.tables["people"], now.tables["people"], "record"),
        ("identities", before.personal.identities, now.personal.identities, "record"),
        ("identifiers", before.personal.identifiers, now.personal.identifiers, "person_record"),
        ("arrests", before.tables["arrests"], now.tables["arrests"], "person_record"),
    )
    for name, old, new, owner in parts:
        differing = renewal(name, old, new)
        if differing is not None:
            earlier = old.filter(pc.is_in(old["record"], value_set=differing.names))
            owners = (*earlier[owner].to_pylist(), *differing.rows[owner].to_pylist())
            touched.update(record for record in owners if record)
    return frozenset(touched)


def _arrived(now: RegisterRows, persons: Iterable[str]) -> ArrivedReturn:
    """Return what ``persons`` filed, as linkage reads a return."""
    records = pa.array(sorted(persons), pa.string())

    def theirs(table: pa.Table, owner: str) -> pa.Table:
        return table.filter(pc.is_in(table[owner], value_set=records))

    return ArrivedReturn(
        theirs(now.tables["people"], "record"),
        theirs(now.personal.identities, "record"),
        theirs(now.personal.identifiers, "person_record"),
        theirs(encounters(now.tables["arrests"]), "person_record"),
    )


def _table(schema: pa.Schema, rows: Iterable[tuple[object, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [() for _ in schema.names]
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
