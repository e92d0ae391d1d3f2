"""Resolve records as one pure function: tables in, links and clusters out.

Input: the register's tables, judgements, a stop list, and a model (if none is given, one is learned). Output: a
:class:`LinkResult`, the same whatever the order of the inputs. Every person record is in exactly one cluster. Every
stopped identifier and every skipped blocking key is reported.
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
from traboule.linkage.arrays.gc_pause import gc_paused
from traboule.linkage.arrays.text_encoding import as_column, index_in, take_texts
from traboule.linkage.cluster import Clusters, Links, cluster
from traboule.linkage.decisions import (
    AUTOMATIC,
    CODE,
    JUDGED_MATCH,
    JUDGED_NO_MATCH,
    SIDE_BY_SIDE,
    STATUS_OF_VERDICT,
    STATUSES,
    TIERS,
)
from traboule.linkage.evidence import Evidence, is_stored, weigh
from traboule.linkage.explain import EvidenceConstants, evidence_texts
from traboule.linkage.field_summaries import FieldSummaries, field_summaries
from traboule.linkage.matching.batch import MatchedPairs, match
from traboule.linkage.matching.compare import contradictions
from traboule.linkage.matching.packed_records import PackedRecords
from traboule.linkage.matching.score import Scores, model_tables, prior_bits, score_pairs
from traboule.linkage.names.comparison import compare
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.stop_list import IdentifierStopList, stop_list
from traboule.linkage.store.links import CLUSTERS_SCHEMA, LINKS_SCHEMA
from traboule.linkage.verdicts import JudgedPair, LinkVerdict, in_force
from traboule.linkage.weights.model import LinkModel
from traboule.linkage.weights.training import train

Integers = npt.NDArray[np.int64]

_AT_ONCE = 400_000  # Links.


@dataclass(frozen=True)
class LinkInputs:
    """The register's tables: people, their identities and identifiers and, where known, encounters (from arrests).

    ``on``: the day on which age bands are read, the first of the operation.
    """

    people: pa.Table
    identities: pa.Table
    identifiers: pa.Table
    on: date
    encounters: pa.Table | None = None


@dataclass(frozen=True)
class _WeighedPairs:
    """The compared pairs with their scores and evidence. ``status``: the CODE of each, with judgements applied."""

    pairs: tuple[Integers, Integers]
    scores: Scores
    evidence: Evidence
    status: npt.NDArray[np.int8]


@dataclass(frozen=True)
class LinkResult:
    """The result of linkage. ``links``: LINKS_SCHEMA, sorted. ``clusters``: CLUSTERS_SCHEMA, one row per record.
    ``stopped``: kind, value_hash, reason, records. ``skipped``: kind of key to records skipped because a key was too
    common. ``compared``: the number of pairs. ``cut``: links cut from clusters (left, right, reason). ``watched``:
    unusually large clusters."""

    model: LinkModel
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
    judgements: Iterable[JudgedPair] = (),
    model: LinkModel | None = None,
    stops: IdentifierStopList | None = None,
    seed: int = 1,
    key: bytes = b"",
) -> LinkResult:
    """Return the links and clusters of all person records in ``inputs``. ``key``: that of the hashes in a model that is
    to be stored."""
    records = prepare(
        inputs.people,
        inputs.identities,
        inputs.identifiers,
        stops if stops is not None else stop_list(),
        on=inputs.on,
        encounters=inputs.encounters,
    )
    return resolve_prepared(records, judgements=judgements, model=model, seed=seed, key=key)


def resolve_prepared(
    records: PersonRecords,
    *,
    judgements: Iterable[JudgedPair] = (),
    model: LinkModel | None = None,
    seed: int = 1,
    key: bytes = b"",
) -> LinkResult:
    """Return the same for prepared records, for callers that use these afterwards."""
    weights = model if model is not None else train(records, seed=seed)
    weights = weights.keyed(key) if key else weights
    return _resolved(records, _numbered(in_force(judgements), records), weights)


@gc_paused()
def _resolved(
    records: PersonRecords, verdicts: Mapping[tuple[int, int], LinkVerdict], weights: LinkModel
) -> LinkResult:
    matched = match(records, weights)
    left, right, name_levels = _with_judged(matched, verdicts, records)
    scores = score_pairs(matched.packed, name_levels, matched.common, model_tables(weights), (left, right))
    evidence = weigh(records, scores, left, right)
    status = _with_verdicts(evidence, left, right, verdicts, len(records))
    names = records.records
    scored_pairs = _WeighedPairs((left, right), scores, evidence, status)
    clusters, links = both(
        lambda: _clusters(matched.packed, scored_pairs), lambda: _links(records, scored_pairs, weights)
    )
    return LinkResult(
        model=weights,
        links=links,
        clusters=_cluster_table(names, clusters.label),
        stopped=records.stopped,
        compared=matched.compared,
        skipped=matched.skipped,
        cut=tuple((names[i], names[j], reason) for i, j, reason in clusters.cut),
        watched=tuple(names[label] for label in clusters.watched),
    )


def _cluster_table(names: Sequence[str], label: Integers) -> pa.Table:
    record = pa.array(names, pa.string())
    return pa.table({"record": record, "cluster": record.take(pa.array(label, pa.int64()))}, schema=CLUSTERS_SCHEMA)


def _numbered(
    verdicts: Mapping[tuple[str, str], LinkVerdict], records: PersonRecords
) -> dict[tuple[int, int], LinkVerdict]:
    """Return the verdicts by record number; those on records no longer in force are left out."""
    column, judged_records = records.records.column, {record for pair in verdicts for record in pair}
    places = np.flatnonzero(index_in(column, as_column(sorted(judged_records))) >= 0)
    number = dict(zip(take_texts(column, places).to_pylist(), places.tolist(), strict=True))
    return {
        (number[left], number[right]): verdict
        for (left, right), verdict in verdicts.items()
        if left in number and right in number and left != right
    }


def _with_judged(
    matched: MatchedPairs, verdicts: Mapping[tuple[int, int], LinkVerdict], records: PersonRecords
) -> tuple[Integers, Integers, npt.NDArray[np.int8]]:
    """Return the matched and the judged pairs, sorted and distinct, and the levels of their names."""
    if not verdicts:
        return matched.left, matched.right, matched.names
    size = np.int64(len(records))
    matched_codes, judged_codes = matched.left * size + matched.right, np.array([i * size + j for i, j in verdicts])
    missing = np.setdiff1d(judged_codes, matched_codes)
    left, right = np.divmod(missing, size)
    codes = np.concatenate([matched_codes, missing])
    names = np.concatenate([matched.names, compare(records.names, records.name[left], records.name[right])])
    order = np.argsort(codes)
    left, right = np.divmod(codes[order], size)
    return left, right, names[order]


def _with_verdicts(
    evidence: Evidence,
    left: Integers,
    right: Integers,
    verdicts: Mapping[tuple[int, int], LinkVerdict],
    count: int,
) -> npt.NDArray[np.int8]:
    """Return the code of each pair's status with the verdicts applied; a verdict of unsure leaves it open."""
    status = evidence.status.copy()
    codes = left * np.int64(max(count, 1)) + right
    for (i, j), verdict in verdicts.items():
        status[np.searchsorted(codes, i * count + j)] = CODE[STATUS_OF_VERDICT[verdict]]
    return status


def _clusters(packed: PackedRecords, scored_pairs: _WeighedPairs) -> Clusters:
    """Return the clusters from the links, the "no match" verdicts and the contradictions of verified evidence."""
    (left, right), status = scored_pairs.pairs, scored_pairs.status
    by_person = status == CODE[JUDGED_MATCH]
    holding = np.flatnonzero((status == CODE[AUTOMATIC]) | by_person)
    links = Links(
        left=left[holding],
        right=right[holding],
        weight=scored_pairs.scores.weight[holding],
        sure=by_person[holding] | (scored_pairs.evidence.tier[holding] == 2),
        by_person=by_person[holding],
    )
    against = np.flatnonzero(status == CODE[JUDGED_NO_MATCH])
    forbidden = set(zip(left[against].tolist(), right[against].tolist(), strict=True))
    return cluster(len(packed.rows), links, forbidden, lambda i, j: contradictions(packed, i, j))


def _links(records: PersonRecords, scored_pairs: _WeighedPairs, weights: LinkModel) -> pa.Table:
    """Return the table of links.

    A stored rejected pair is improbable, but together they hold a few matches, which the figures allow for.
    """
    stored = np.flatnonzero(is_stored(scored_pairs.status, scored_pairs.evidence.tier, scored_pairs.scores.probability))
    constants, summaries, names = (
        EvidenceConstants(weights.hash, prior_bits(weights)),
        field_summaries(records),
        pa.array(records.records, pa.string()),
    )
    # In parts, so that temporary arrays stay small and no text column exceeds Arrow's limit.
    parts = np.array_split(stored, -(-len(stored) // _AT_ONCE) or 1)
    return pa.concat_tables(
        each_of(parts, lambda part: _link_rows(names, scored_pairs, part, constants, summaries))
    ).unify_dictionaries()


def _link_rows(
    names: pa.Array[Any],
    scored_pairs: _WeighedPairs,
    stored: Integers,
    constants: EvidenceConstants,
    summaries: FieldSummaries,
) -> pa.Table:
    """Return the links of the pairs at the places ``stored``."""
    scores, evidence, status = scored_pairs.scores, scored_pairs.evidence, scored_pairs.status[stored]
    left, right = (side[stored] for side in scored_pairs.pairs)
    side_by_side = np.flatnonzero(np.isin(status, [CODE[name] for name in SIDE_BY_SIDE]))
    summary_texts, text_number = summaries.distinct_texts(left[side_by_side], right[side_by_side])
    place = np.full(len(stored), -1, dtype=np.int64)
    place[side_by_side] = text_number
    rows = {
        "left": names.take(left),
        "right": names.take(right),
        "weight": scores.weight[stored],
        "probability": scores.probability[stored],
        "tier": pa.array(TIERS).take(evidence.tier[stored]),
        "status": pa.array(STATUSES).take(status),
        "evidence": evidence_texts(scores, evidence, stored, constants, (summary_texts, place)),
    }
    return pa.table(rows, schema=LINKS_SCHEMA)
