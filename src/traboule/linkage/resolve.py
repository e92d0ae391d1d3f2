"""The whole of linkage as one pure function: tables in, links and clusters out.

In come the register's tables, judgements, a model (or none: then one is learned) and a stop-list; out goes a
:class:`LinkResult`. It promises: pure; the same inputs in any order give the same result; every person record is in
exactly one cluster; nothing stopped is silent, no skipped key uncounted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.core.parallel import both, each_of
from traboule.linkage.arrays.uncollected import uncollected
from traboule.linkage.cluster import Clusters, Links, cluster
from traboule.linkage.evidence import (
    AUTOMATIC,
    CODE,
    JUDGED_MATCH,
    JUDGED_NO_MATCH,
    SIDE_BY_SIDE,
    STATUS_OF_VERDICT,
    STATUSES,
    TIERS,
    Evidence,
    is_kept,
    weigh,
)
from traboule.linkage.explain import Told, evidence_texts
from traboule.linkage.fields.sides import Sides, sides
from traboule.linkage.fields.texts import column_of, places_in, taken
from traboule.linkage.kept.links import CLUSTERS_SCHEMA, LINKS_SCHEMA
from traboule.linkage.matching.batch import Found, match
from traboule.linkage.matching.compare import contradict
from traboule.linkage.matching.packed import Packed
from traboule.linkage.names.likeness import compare
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.score import Scores, prior_bits, scored, tables
from traboule.linkage.stop_list import StopList, stop_list
from traboule.linkage.training import train
from traboule.linkage.verdicts import Judged, Verdict, in_force
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]

_AT_ONCE = 400_000  # Links.


@dataclass(frozen=True)
class LinkInputs:
    """What the register gives: people and their identities, identifiers and, where known, encounters (from arrests).

    ``on``: the day on which age bands are read, the first of the operation.
    """

    people: pa.Table
    identities: pa.Table
    identifiers: pa.Table
    on: date
    encounters: pa.Table | None = None


@dataclass(frozen=True)
class _Weighed:
    """The pairs compared, and what was found of each. ``status``: the CODE of each, judgements put in."""

    pairs: tuple[Integers, Integers]
    scores: Scores
    evidence: Evidence
    status: npt.NDArray[np.int8]


@dataclass(frozen=True)
class LinkResult:
    """What was found. ``links``: LINKS_SCHEMA, sorted. ``clusters``: CLUSTERS_SCHEMA, one row a record. ``stopped``:
    kind, value_hash, reason, records. ``skipped``: kind of key to records that a key too common left out.
    ``compared``: how many pairs. ``cut``: links left out of clusters (left, right, reason). ``watched``: clusters
    unusually large."""

    model: Model
    links: pa.Table
    clusters: pa.Table
    stopped: pa.Table
    compared: int
    skipped: Mapping[str, int]
    cut: tuple[tuple[str, str, str], ...] = ()
    watched: tuple[str, ...] = field(default=())

    @property
    def model_hash(self) -> str:
        """The hash of the model that weighed these links."""
        return self.model.hash


def resolve(
    inputs: LinkInputs,
    *,
    judgements: Iterable[Judged] = (),
    model: Model | None = None,
    listed: StopList | None = None,
    seed: int = 1,
) -> LinkResult:
    """Return the links and clusters of all person records in ``inputs``."""
    records = prepare(
        inputs.people,
        inputs.identities,
        inputs.identifiers,
        listed if listed is not None else stop_list(),
        on=inputs.on,
        encounters=inputs.encounters,
    )
    return resolve_prepared(records, judgements=judgements, model=model, seed=seed)


def resolve_prepared(
    records: PersonRecords, *, judgements: Iterable[Judged] = (), model: Model | None = None, seed: int = 1
) -> LinkResult:
    """Return the same of records that are prepared, for whoever goes on with these afterwards."""
    weights = model if model is not None else train(records, seed=seed)
    return _resolved(records, _numbered(in_force(judgements), records), weights)


@uncollected()
def _resolved(records: PersonRecords, verdicts: Mapping[tuple[int, int], Verdict], weights: Model) -> LinkResult:
    found = match(records, weights)
    left, right, named = _with_judged(found, verdicts, records)
    scores = scored(found.packed, named, found.common, tables(weights), (left, right))
    evidence = weigh(records, scores, left, right)
    status = _judged(evidence, left, right, verdicts, len(records))
    names = records.records
    weighed = _Weighed((left, right), scores, evidence, status)
    clusters, links = both(lambda: _clusters(found.packed, weighed), lambda: _links(records, weighed, weights))
    return LinkResult(
        model=weights,
        links=links,
        clusters=_cluster_table(names, clusters.label),
        stopped=records.stopped,
        compared=found.compared,
        skipped=found.skipped,
        cut=tuple((names[one], names[other], reason) for one, other, reason in clusters.cut),
        watched=tuple(names[label] for label in clusters.watched),
    )


def _cluster_table(names: Sequence[str], label: Integers) -> pa.Table:
    record = pa.array(names, pa.string())
    return pa.table({"record": record, "cluster": record.take(pa.array(label, pa.int64()))}, schema=CLUSTERS_SCHEMA)


def _numbered(verdicts: Mapping[tuple[str, str], Verdict], records: PersonRecords) -> dict[tuple[int, int], Verdict]:
    """Return the verdicts by record number; those on records no longer in force are left out."""
    column, judged = records.records.column, {record for pair in verdicts for record in pair}
    found = np.flatnonzero(places_in(column, column_of(sorted(judged))) >= 0)
    number = dict(zip(taken(column, found).to_pylist(), found.tolist(), strict=True))
    return {
        (number[left], number[right]): verdict
        for (left, right), verdict in verdicts.items()
        if left in number and right in number and left != right
    }


def _with_judged(
    found: Found, verdicts: Mapping[tuple[int, int], Verdict], records: PersonRecords
) -> tuple[Integers, Integers, npt.NDArray[np.int8]]:
    """Return the pairs found together with the pairs judged, sorted, each once, and the levels of their names."""
    if not verdicts:
        return found.left, found.right, found.names
    size = np.int64(len(records))
    known, judged = found.left * size + found.right, np.array([one * size + other for one, other in verdicts])
    missing = np.setdiff1d(judged, known)
    left, right = np.divmod(missing, size)
    codes = np.concatenate([known, missing])
    names = np.concatenate([found.names, compare(records.names, records.name[left], records.name[right])])
    order = np.argsort(codes)
    left, right = np.divmod(codes[order], size)
    return left, right, names[order]


def _judged(
    evidence: Evidence,
    left: Integers,
    right: Integers,
    verdicts: Mapping[tuple[int, int], Verdict],
    count: int,
) -> npt.NDArray[np.int8]:
    """Return the code of each pair's status with the verdicts put in; what was judged unsure is open."""
    status = evidence.status.copy()
    codes = left * np.int64(max(count, 1)) + right
    for (one, other), verdict in verdicts.items():
        status[np.searchsorted(codes, one * count + other)] = CODE[STATUS_OF_VERDICT[verdict]]
    return status


def _clusters(packed: Packed, weighed: _Weighed) -> Clusters:
    """Return the clusters from the links that hold, the verdicts of no match and what was verified."""
    (left, right), status = weighed.pairs, weighed.status
    judged = status == CODE[JUDGED_MATCH]
    kept = np.flatnonzero((status == CODE[AUTOMATIC]) | judged)
    links = Links(
        left=left[kept],
        right=right[kept],
        weight=weighed.scores.weight[kept],
        sure=judged[kept] | (weighed.evidence.tier[kept] == 2),
        judged=judged[kept],
    )
    against = np.flatnonzero(status == CODE[JUDGED_NO_MATCH])
    forbidden = set(zip(left[against].tolist(), right[against].tolist(), strict=True))
    return cluster(len(packed.rows), links, forbidden, lambda one, other: contradict(packed, one, other))


def _links(records: PersonRecords, weighed: _Weighed, weights: Model) -> pa.Table:
    """Return the table of links.

    Each rejected pair that is kept is unlikely, but together they hold a few persons; figures allow for that.
    """
    kept = np.flatnonzero(is_kept(weighed.status, weighed.evidence.tier, weighed.scores.probability))
    told, held, names = Told(weights.hash, prior_bits(weights)), sides(records), pa.array(records.records, pa.string())
    # Part by part: what is needed on the way is small, and no column of texts grows past what Arrow can hold.
    parts = np.array_split(kept, -(-len(kept) // _AT_ONCE) or 1)
    return pa.concat_tables(each_of(parts, lambda part: _linked(names, weighed, part, told, held))).unify_dictionaries()


def _linked(names: pa.Array[Any], weighed: _Weighed, kept: Integers, told: Told, held: Sides) -> pa.Table:
    """Return the links of the pairs at the places ``kept``."""
    scores, evidence, status = weighed.scores, weighed.evidence, weighed.status[kept]
    left, right = (side[kept] for side in weighed.pairs)
    beside = np.flatnonzero(np.isin(status, [CODE[each] for each in SIDE_BY_SIDE]))
    shown, which = held.told_once(left[beside], right[beside])
    place = np.full(len(kept), -1, dtype=np.int64)
    place[beside] = which
    rows = {
        "left": names.take(left),
        "right": names.take(right),
        "weight": scores.weight[kept],
        "probability": scores.probability[kept],
        "tier": pa.array(TIERS).take(evidence.tier[kept]),
        "status": pa.array(STATUSES).take(status),
        "evidence": evidence_texts(scores, evidence, kept, told, (shown, place)),
    }
    return pa.table(rows, schema=LINKS_SCHEMA)
