"""Link returns as they arrive: compare each with everything before it, insert it, and update links and clusters.

Input: returns and judgements, one after another. Output: the links that are new, changed or gone. After any sequence of
returns, links and clusters equal those of a batch over all of them (see :func:`traboule.linkage.resolve.resolve`),
whatever the order. An undone judgement leaves no trace. A new record can also change earlier pairs: a number that too
many hold stops linking its holders, and a key that is too common stops bringing records together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.errors import NotFound
from traboule.linkage.arrays.growable import GrowableArray
from traboule.linkage.cluster_history import ClusterHistory, HoldingLink, build_history
from traboule.linkage.decisions import AUTOMATIC, CODE, JUDGED_MATCH, SIDE_BY_SIDE, STATUS_OF_VERDICT, STATUSES, TIERS
from traboule.linkage.evidence import Evidence, is_stored, judge_evidence
from traboule.linkage.explain import EvidenceConstants, evidence_json, with_sides
from traboule.linkage.live.cluster_updates import LinkLookup, LiveClusters
from traboule.linkage.live.edges import Edge, Edges, Pair
from traboule.linkage.live.index_updates import LiveIndex
from traboule.linkage.live.record_reader import ArrivedReturn
from traboule.linkage.live.record_reader import read_persons as read
from traboule.linkage.live.store import RecordStore, StoreChange
from traboule.linkage.matching.batch import fill_index
from traboule.linkage.matching.candidates import (
    IndexReader,
    ProbedPairs,
    new_pair_buffer,
    pairs_sharing_keys,
    probe_pairs,
    pruning_model,
)
from traboule.linkage.matching.score import Scores, model_tables, prior_bits, score_pairs
from traboule.linkage.names.comparison import similarity_levels
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.resolve import LinkResult
from traboule.linkage.stop_list import IdentifierStopList, stop_list
from traboule.linkage.verdicts import JudgedPair, LinkVerdict, in_force
from traboule.linkage.weights.model import LinkModel

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Changed:
    """What a return or a judgement changed. ``updated``: new or reweighed links (left, right). ``gone``: links that no
    longer exist. ``moved``: records whose cluster changed."""

    updated: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    moved: tuple[str, ...]


@dataclass
class LiveMatcher:
    """Match returns as they arrive; one writer. ``model``: fixed, so that weights do not move. ``on``: the day on which
    age bands are read.

    ``stops``, the stop list, may grow while an operation runs: later returns are read with it; links between earlier
    records fall with the next batch.
    """

    model: LinkModel
    on: date
    stops: IdentifierStopList = field(default_factory=stop_list)

    def __post_init__(self) -> None:
        self.store = RecordStore(self.stops, self.model)
        self.keyed = LiveIndex(self.store)
        self._links = Edges()
        self._judgements: dict[tuple[str, str], LinkVerdict] = {}
        self._verdicts: dict[Pair, LinkVerdict] = {}
        self._judged_with: dict[int, set[int]] = {}
        self._besides: dict[Pair, Edge] = {}
        self._groups = LiveClusters(self.store)
        self._how = pruning_model(self.model)
        self._known = model_tables(self.model)
        self._told = EvidenceConstants(self.model.hash, prior_bits(self.model))
        self._into = new_pair_buffer()
        self._seen = GrowableArray(np.dtype(np.bool_))

    @classmethod
    def after(
        cls,
        records: PersonRecords,
        result: LinkResult,
        *,
        on: date,
        stops: IdentifierStopList | None = None,
        judgements: Iterable[JudgedPair] = (),
    ) -> LiveMatcher:
        """Return a matcher that continues from a batch: ``result`` was found for ``records`` with these ``judgements``,
        and ``records`` were prepared with the stop list ``stops``."""
        live = cls(result.model, on, stops if stops is not None else stop_list())
        live.store.settle(records)
        packed = live.store.packed
        fill_index(live.keyed.index, packed, live.store.words, len(records))
        names, links = pa.array(records.records, pa.string()), result.links
        left, right, label = (
            pc.index_in(column, value_set=names).to_numpy().astype(np.int64)
            for column in (links["left"], links["right"], result.clusters["cluster"])
        )
        holding = np.flatnonzero(pc.is_in(links["status"], value_set=pa.array([AUTOMATIC, JUDGED_MATCH])).to_numpy())
        live._links = Edges.of_batch(left, right, links)
        live._groups.settle(label, (left[holding], right[holding]), result.cut)
        live._judgements = dict(in_force(judgements))
        live._weigh_unjudged(live._numbered_verdicts())
        live._read_verdicts()
        return live

    def receive(self, arrived: ArrivedReturn) -> Changed:
        """Take in the rows of one return. A known record is filed again, and its earlier content no longer counts."""
        return self._follow(self.store.add(read(arrived, self.stops, on=self.on)))

    def withdraw(self, records: Iterable[str]) -> Changed:
        """Withdraw records that a state takes back; unknown ones are ignored."""
        return self._follow(self.store.withdraw(sorted({*records} & self.store.number.keys())))

    def _follow(self, altered: StoreChange) -> Changed:
        """Update keys, links and clusters after a change of the records."""
        key_changes = self.keyed.follow(altered)
        affected = altered.affected | key_changes.freed
        before = self._links_without_keys(key_changes.shared)
        before.update(_pair(number, partner) for number in affected for partner in self._links.partners(number))
        touched = set(affected)
        for pair in before:
            touched |= self._joined_records(pair)
            self._links.drop(pair)
        fresh = [*range(altered.first, len(self.store))]
        edges = self._score_pairs(*self._probe(fresh, sorted(affected.difference(fresh))))
        for pair, edge in edges.items():
            self._links.set_link(pair, edge)
            touched |= self._joined_records(pair)
        if self._judgements:
            self._read_verdicts()
            touched |= {number for pair in self._verdicts for number in pair}
        return self._changed(edges, before, touched)

    def judge(self, judgements: Iterable[JudgedPair]) -> Changed:
        """Put exactly these judgements in force."""
        before, self._judgements = self._verdicts, dict(in_force(judgements))
        self._read_verdicts()
        differing = {*before.items()} ^ {*self._verdicts.items()}
        return self._changed({}, [], {number for pair, _ in differing for number in pair})

    def reader(self) -> IndexReader:
        """Return a reader's view: the records present now, and none that come later."""
        return IndexReader(self.store.packed, self.store.words, self.store.rarity, self.keyed.index.chains, self._how)

    def links(self) -> Iterator[tuple[str, str, Edge]]:
        """Yield all links (left, right, edge), with judgements applied, sorted by record.

        Links to be judged, or judged, say what both records hold.
        """
        pairs = sorted((self._record_names(pair), self._edge_of(pair)[0]) for pair in {*self._links, *self._verdicts})
        named_edges = [
            (names, edge) for names, edge in pairs if is_stored(CODE[edge.status], edge.tier, edge.probability)
        ]
        shown_records = [
            [self.store.number[record] for record in names]
            for names, edge in named_edges
            if edge.status in SIDE_BY_SIDE
        ]
        numbers, place = np.unique(np.array(shown_records, dtype=np.int64).reshape(-1, 2), return_inverse=True)
        summaries: Iterator[Any] = iter(self.store.sides(numbers).texts(*place.reshape(-1, 2).T).to_pylist())
        for (left, right), edge in named_edges:
            evidence = with_sides(edge.evidence, next(summaries)) if edge.status in SIDE_BY_SIDE else edge.evidence
            yield left, right, replace(edge, evidence=evidence)

    def link(self, left: str, right: str) -> Edge | None:
        """Return the link of two records as a run stores it, judgements applied; None where it stores none."""
        numbers = (self.store.number.get(left), self.store.number.get(right))
        if numbers[0] is None or numbers[1] is None:
            return None
        pair = _pair(numbers[0], numbers[1])
        if not (self._links.get(pair) or pair in self._besides):
            return None
        edge = self._edge_of(pair)[0]
        return edge if is_stored(CODE[edge.status], edge.tier, edge.probability) else None

    def cluster(self, record: str) -> str | None:
        """Return the cluster (its smallest record) of a record; None where it is not, or no longer, known."""
        number = self.store.number.get(record)
        return None if number is None else self.store.records[self._groups.label.get(number, number)]

    @property
    def judged(self) -> frozenset[tuple[str, str]]:
        """The pairs of present records with a verdict in force."""
        return frozenset(map(self._record_names, self._verdicts))

    @property
    def stopped(self) -> pa.Table:
        """The table of stopped identifiers."""
        return self.store.stopped_table()

    def clusters(self) -> dict[str, str]:
        """Return the cluster (its smallest record) of every record."""
        label, records = self._groups.label, self.store.records
        return {record: records[label.get(number, number)] for record, number in sorted(self.store.number.items())}

    def history(self, record: str) -> ClusterHistory:
        """Return how the cluster of ``record`` was built, step by step. Raises NotFound for an unknown record."""
        number = self.store.number.get(record)
        if number is None:
            raise NotFound("link-cluster-unknown", cluster=record)
        component = self._groups.components.get(number)
        if component is None:
            return build_history([record], [], ())
        label, lookup = self._groups.label, self._lookup()
        members = [right for right in component.members if label[right] == label[number]]
        pairs = {_pair(left, right) for left in members for right in lookup.partners(left) if right in members}
        holding = [(*self._record_names(pair), *lookup.edge(pair)) for pair in sorted(pairs)]
        return build_history(
            [self.store.records[member] for member in members],
            [
                HoldingLink(left, right, edge.weight, TIERS[edge.tier], by_person)
                for left, right, edge, by_person in holding
            ],
            component.cut,
        )

    @property
    def skipped(self) -> dict[str, int]:
        """By kind of key, how many records had a key that is too common."""
        return self.keyed.index.skipped()

    def _links_without_keys(self, shared: Iterable[set[int]]) -> set[Pair]:
        """Return the links whose last common key became too common; ``shared``: the holders of each such key."""
        lost = {
            (left, right)
            for members in shared
            for left in members
            for right in self._links.partners(left) & members
            if left < right
        }
        return lost - self._sharing(lost) if lost else lost

    def _probe(self, fresh: list[int], affected: list[int]) -> tuple[Integers, Integers, Levels]:
        """Return the pairs worth keeping, and the levels of their names: of ``fresh`` records with all before them, of
        ``affected`` ones with all others."""
        parts: list[ProbedPairs] = []
        reader, seen, size = self.reader(), self._unseen(), max(len(self.store), 1)
        for numbers, everyone in ((fresh, False), (affected, True)):
            probing, at = np.array(numbers, dtype=np.int64), 0
            while at < len(probing):
                probed = probe_pairs(reader, probing, (at, len(self.store), everyone), seen, self._into)
                at = probed.at
                parts.append(probed)
        if len(parts) == 1 and not affected:
            return parts[0].left, parts[0].right, parts[0].names
        if not parts:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int8)
        left, right, names = (np.concatenate(column) for column in list(zip(*parts, strict=True))[:3])
        codes, first = np.unique(np.minimum(left, right) * size + np.maximum(left, right), return_index=True)
        return codes // size, codes % size, names[first]

    def _sharing(self, pairs: Iterable[Pair]) -> set[Pair]:
        """Return all pairs, of the records in ``pairs`` with any others, that share a key that is not too common."""
        return pairs_sharing_keys(
            self.reader(), np.array(sorted({record for record, _ in pairs}), dtype=np.int64), self._unseen()
        )

    def _unseen(self) -> npt.NDArray[np.bool_]:
        """Return one unset flag per record; a caller unsets what it sets."""
        self._seen.extend(np.zeros(len(self.store) - len(self._seen), dtype=np.bool_))
        flags: npt.NDArray[np.bool_] = self._seen.array
        return flags

    def _score_pairs(
        self, left: Integers, right: Integers, names: Levels, *, keep_all: bool = False
    ) -> dict[Pair, Edge]:
        """Return the edges of pairs with these levels of the names: those worth storing, or all where ``keep_all``."""
        if not len(left):
            return {}
        packed = self.store.packed
        scores = score_pairs(packed, names, self.store.rarity, self._known, (left, right))
        evidence = judge_evidence(scores, (packed.rows["several"][left] & packed.rows["several"][right]) > 0)
        places = np.flatnonzero(is_stored(evidence.status, evidence.tier, scores.probability) | keep_all)
        return {(int(left[place]), int(right[place])): self._edge(scores, evidence, place) for place in places.tolist()}

    def _edge(self, scores: Scores, evidence: Evidence, place: int) -> Edge:
        return Edge(
            weight=float(scores.weight[place]),
            probability=float(scores.probability[place]),
            tier=int(evidence.tier[place]),
            status=STATUSES[evidence.status[place]],
            evidence=evidence_json(scores, evidence, place, self._told),
        )

    def _joined_records(self, pair: Pair) -> set[int]:
        """Return both records of a pair where its link joins clusters, else none."""
        return {*pair} if pair[1] in self._links.automatic(pair[0]) else set()

    def _read_verdicts(self) -> None:
        """Number the judgements on present records; score their pairs where they have no link of their own."""
        self._verdicts = self._numbered_verdicts()
        self._judged_with = {}
        for left_record, right_record in self._verdicts:
            self._judged_with.setdefault(left_record, set()).add(right_record)
            self._judged_with.setdefault(right_record, set()).add(left_record)
        lacking = np.array(
            sorted(pair for pair in self._verdicts if not self._links.get(pair)), dtype=np.int64
        ).reshape(-1, 2)
        left, right = lacking.T
        self._besides = self._score_pairs(left, right, self._name_levels(left, right), keep_all=True)

    def _numbered_verdicts(self) -> dict[Pair, LinkVerdict]:
        """Return the judgements on present records."""
        number = self.store.number
        return {
            _pair(number[left], number[right]): verdict
            for (left, right), verdict in self._judgements.items()
            if left in number and right in number and left != right
        }

    def _name_levels(self, left: Integers, right: Integers) -> Levels:
        name = self.store.packed.rows["name"]
        return similarity_levels(self.store.words, name[left], name[right])

    def _weigh_unjudged(self, pairs: Iterable[Pair]) -> None:
        """Give pairs the link they have without judgement, whatever a batch stored because they were judged."""
        numbers = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        left, right = numbers.T
        edges, still_sharing = self._score_pairs(left, right, self._name_levels(left, right)), self._sharing(pairs)
        for left_record, right_record in numbers.tolist():
            if self._links.get((left_record, right_record)):
                self._links.drop((left_record, right_record))
            if (left_record, right_record) in edges and (left_record, right_record) in still_sharing:
                self._links.set_link((left_record, right_record), edges[left_record, right_record])

    def _edge_of(self, pair: Pair) -> tuple[Edge, bool]:
        """Return the link of a pair with its verdict applied, and whether a person judged it a match."""
        edge = self._links.get(pair) or self._besides[pair]
        verdict = self._verdicts.get(pair)
        if verdict is None:
            return edge, False
        return replace(edge, status=STATUS_OF_VERDICT[verdict]), verdict is LinkVerdict.MATCH

    def _lookup(self) -> LinkLookup:
        def partners(number: int) -> list[int]:
            judged_records = self._judged_with.get(number, ())
            matched = {
                record for record in judged_records if self._verdicts[_pair(number, record)] is LinkVerdict.MATCH
            }
            return sorted(self._links.automatic(number).difference(judged_records) | matched)

        def forbidden(number: int) -> list[int]:
            judged_records = self._judged_with.get(number, ())
            return [
                record for record in judged_records if self._verdicts[_pair(number, record)] is LinkVerdict.NO_MATCH
            ]

        return LinkLookup(partners, lambda pair: self._edge_of(_pair(*pair)), forbidden)

    def _changed(self, pairs: Iterable[Pair], before: Iterable[Pair], touched: set[int]) -> Changed:
        """Recluster the touched records. ``before``: removed links, some of which may have been found again."""
        present = set(map(self._record_names, pairs))
        gone = set(map(self._record_names, before)) - present
        moved = (record for record in self._groups.regroup(touched, self._lookup()) if record in self.store.number)
        return Changed(tuple(sorted(present)), tuple(sorted(gone)), tuple(moved))

    def _record_names(self, pair: Pair) -> tuple[str, str]:
        left, right = (self.store.records[number] for number in pair)
        return (left, right) if left < right else (right, left)


def _pair(left: int, right: int) -> Pair:
    return (left, right) if left < right else (right, left)
