"""Linking as returns arrive: each is probed against all before it and inserted; links and clusters follow at once.

In come returns, one after another, and judgements; out go the links that are new, changed or gone. It promises: after
any sequence of returns, the links and clusters are those of a batch over all of them (see
:func:`traboule.linkage.resolve.resolve`), whatever the order; a judgement undone leaves no trace. What a new record
does to old pairs is done too: a number too many hold stops linking those who shared it, a key too common stops bringing
records together.
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
from traboule.linkage.arrays.grown import Grown
from traboule.linkage.built import Built, Holding, built
from traboule.linkage.evidence import (
    AUTOMATIC,
    CODE,
    JUDGED_MATCH,
    SIDE_BY_SIDE,
    STATUS_OF_VERDICT,
    STATUSES,
    TIERS,
    Evidence,
    is_kept,
    judge_evidence,
)
from traboule.linkage.explain import Told, evidence_json, with_sides
from traboule.linkage.live.edges import Edge, Edges, Pair
from traboule.linkage.live.groups import Groups, Holds
from traboule.linkage.live.keyed import Keyed
from traboule.linkage.live.reading import Arrived
from traboule.linkage.live.reading import persons as read
from traboule.linkage.live.store import Altered, Store
from traboule.linkage.matching.batch import fill
from traboule.linkage.matching.probe import Probed, Reader, kept, room_for_pairs, sharing, weighing
from traboule.linkage.names.likeness import levels_of
from traboule.linkage.prepare import PersonRecords
from traboule.linkage.resolve import LinkResult
from traboule.linkage.score import Scores, prior_bits, scored, tables
from traboule.linkage.stop_list import StopList, stop_list
from traboule.linkage.verdicts import Judged, Verdict, in_force
from traboule.linkage.weights.model import Model

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Changed:
    """What a return or a judgement changed. ``found``: links new or weighed anew (left, right); ``gone``: links that no
    longer are; ``moved``: records whose cluster is another than before."""

    found: tuple[tuple[str, str], ...]
    gone: tuple[tuple[str, str], ...]
    moved: tuple[str, ...]


@dataclass
class LiveMatcher:
    """One writer. ``model``: fixed, so that weights do not move. ``on``: the day on which age bands are read.

    ``listed`` may grow while an operation runs: what arrives or is looked up from then on is read with it, and links
    between records that are here fall with the next batch.
    """

    model: Model
    on: date
    listed: StopList = field(default_factory=stop_list)

    def __post_init__(self) -> None:
        self.store = Store(self.listed, self.model)
        self.keyed = Keyed(self.store)
        self._links = Edges()
        self._judgements: dict[tuple[str, str], Verdict] = {}
        self._verdicts: dict[Pair, Verdict] = {}
        self._judged_with: dict[int, set[int]] = {}
        self._besides: dict[Pair, Edge] = {}
        self._groups = Groups(self.store)
        self._how = weighing(self.model)
        self._known = tables(self.model)
        self._told = Told(self.model.hash, prior_bits(self.model))
        self._into = room_for_pairs()
        self._seen = Grown(np.dtype(np.bool_))

    @classmethod
    def after(
        cls,
        records: PersonRecords,
        result: LinkResult,
        *,
        on: date,
        listed: StopList | None = None,
        judgements: Iterable[Judged] = (),
    ) -> LiveMatcher:
        """Return a matcher that goes on from a batch: ``result`` is what it found of ``records`` with these
        ``judgements``, and ``listed`` the stop-list that ``records`` were prepared with."""
        live = cls(result.model, on, listed if listed is not None else stop_list())
        live.store.settle(records)
        packed = live.store.packed
        fill(live.keyed.index, packed, live.store.words, len(records))
        names, links = pa.array(records.records, pa.string()), result.links
        left, right, label = (
            pc.index_in(column, value_set=names).to_numpy().astype(np.int64)
            for column in (links["left"], links["right"], result.clusters["cluster"])
        )
        holds = np.flatnonzero(pc.is_in(links["status"], value_set=pa.array([AUTOMATIC, JUDGED_MATCH])).to_numpy())
        live._links = Edges.of_batch(left, right, links)
        live._groups.settle(label, (left[holds], right[holds]), result.cut)
        live._judgements = dict(in_force(judgements))
        live._weigh_unjudged(live._in_force())
        live._read_verdicts()
        return live

    def receive(self, arrived: Arrived) -> Changed:
        """Take in the rows of one return. A record that is known is filed again: what it said before counts no more."""
        return self._follow(self.store.add(read(arrived, self.listed, on=self.on)))

    def withdraw(self, records: Iterable[str]) -> Changed:
        """Let records count no more, as a state withdraws what it filed; one that is not known is passed over."""
        return self._follow(self.store.withdraw(sorted({*records} & self.store.number.keys())))

    def _follow(self, altered: Altered) -> Changed:
        """Follow with keys, links and clusters what was done to the records."""
        turned = self.keyed.follow(altered)
        affected = altered.affected | turned.freed
        before = self._parted(turned.shared)
        before.update(_pair(number, other) for number in affected for other in self._links.partners(number))
        touched = set(affected)
        for pair in before:
            touched |= self._held_by(pair)
            self._links.drop(pair)
        fresh = [*range(altered.first, len(self.store))]
        found = self._weighed(*self._probed(fresh, sorted(affected.difference(fresh))))
        for pair, edge in found.items():
            self._links.keep(pair, edge)
            touched |= self._held_by(pair)
        if self._judgements:
            self._read_verdicts()
            touched |= {number for pair in self._verdicts for number in pair}
        return self._changed(found, before, touched)

    def judge(self, judgements: Iterable[Judged]) -> Changed:
        """Let exactly these judgements be in force, and no others."""
        before, self._judgements = self._verdicts, dict(in_force(judgements))
        self._read_verdicts()
        differing = {*before.items()} ^ {*self._verdicts.items()}
        return self._changed({}, [], {number for pair, _ in differing for number in pair})

    def reader(self) -> Reader:
        """Return what a reader needs to probe; it sees the records that are there now, and none that come later."""
        return Reader(self.store.packed, self.store.words, self.store.rarity, self.keyed.index.chains, self._how)

    def links(self) -> Iterator[tuple[str, str, Edge]]:
        """Yield all links (left, right, what was found), judgements put in, sorted by their records.

        Those that somebody is to judge or has judged say what both records hold.
        """
        pairs = sorted((self._named(pair), self._edge_of(pair)[0]) for pair in {*self._links, *self._verdicts})
        found = [(named, edge) for named, edge in pairs if is_kept(CODE[edge.status], edge.tier, edge.probability)]
        opened = [[self.store.number[each] for each in named] for named, edge in found if edge.status in SIDE_BY_SIDE]
        numbers, place = np.unique(np.array(opened, dtype=np.int64).reshape(-1, 2), return_inverse=True)
        shown: Iterator[Any] = iter(self.store.sides(numbers).texts(*place.reshape(-1, 2).T).to_pylist())
        for (left, right), edge in found:
            evidence = with_sides(edge.evidence, next(shown)) if edge.status in SIDE_BY_SIDE else edge.evidence
            yield left, right, replace(edge, evidence=evidence)

    @property
    def stopped(self) -> pa.Table:
        """The table of stopped identifiers."""
        return self.store.stopped_table()

    def clusters(self) -> dict[str, str]:
        """Return the cluster (its smallest record) of every record."""
        label, records = self._groups.label, self.store.records
        return {record: records[label.get(number, number)] for record, number in sorted(self.store.number.items())}

    def how(self, record: str) -> Built:
        """Return how the cluster of ``record`` was built, step by step. Raises NotFound where it is not known."""
        number = self.store.number.get(record)
        if number is None:
            raise NotFound("link-cluster-unknown", cluster=record)
        component = self._groups.components.get(number)
        if component is None:
            return built([record], [], ())
        label, holds = self._groups.label, self._holds()
        members = [other for other in component.members if label[other] == label[number]]
        pairs = {_pair(one, other) for one in members for other in holds.partners(one) if other in members}
        holding = [(*self._named(pair), *holds.edge(pair)) for pair in sorted(pairs)]
        return built(
            [self.store.records[member] for member in members],
            [Holding(one, other, edge.weight, TIERS[edge.tier], judged) for one, other, edge, judged in holding],
            component.cut,
        )

    @property
    def skipped(self) -> dict[str, int]:
        """By kind of key, how many records had a key too common."""
        return self.keyed.index.skipped()

    def _parted(self, shared: Iterable[set[int]]) -> set[Pair]:
        """Return the links whose last common key became too common; ``shared``: who has each such key."""
        found = {
            (one, other)
            for members in shared
            for one in members
            for other in self._links.partners(one) & members
            if one < other
        }
        return found - self._sharing(found) if found else found

    def _probed(self, fresh: list[int], affected: list[int]) -> tuple[Integers, Integers, Levels]:
        """Return the pairs worth keeping of the records given, and the levels of their names: of fresh ones with all
        before, of affected ones with all."""
        parts: list[Probed] = []
        reader, seen, size = self.reader(), self._unseen(), max(len(self.store), 1)
        for numbers, everyone in ((fresh, False), (affected, True)):
            probing, at = np.array(numbers, dtype=np.int64), 0
            while at < len(probing):
                found = kept(reader, probing, (at, len(self.store), everyone), seen, self._into)
                at = found.at
                parts.append(found)
        if len(parts) == 1 and not affected:
            return parts[0].left, parts[0].right, parts[0].names
        if not parts:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int8)
        left, right, names = (np.concatenate(column) for column in list(zip(*parts, strict=True))[:3])
        codes, first = np.unique(np.minimum(left, right) * size + np.maximum(left, right), return_index=True)
        return codes // size, codes % size, names[first]

    def _sharing(self, pairs: Iterable[Pair]) -> set[Pair]:
        """Return all pairs, of one of ``pairs`` with others, that share a key not too common."""
        return sharing(self.reader(), np.array(sorted({one for one, _ in pairs}), dtype=np.int64), self._unseen())

    def _unseen(self) -> npt.NDArray[np.bool_]:
        """Return one place a record, unset; whoever sets some unsets them."""
        self._seen.extend(np.zeros(len(self.store) - len(self._seen), dtype=np.bool_))
        found: npt.NDArray[np.bool_] = self._seen.array
        return found

    def _weighed(self, left: Integers, right: Integers, names: Levels, *, every: bool = False) -> dict[Pair, Edge]:
        """Return what was found of pairs whose names are so alike, those worth keeping (or ``every`` one)."""
        if not len(left):
            return {}
        packed = self.store.packed
        scores = scored(packed, names, self.store.rarity, self._known, (left, right))
        evidence = judge_evidence(scores, (packed.rows["several"][left] & packed.rows["several"][right]) > 0)
        kept = np.flatnonzero(is_kept(evidence.status, evidence.tier, scores.probability) | every)
        return {(int(left[place]), int(right[place])): self._edge(scores, evidence, place) for place in kept.tolist()}

    def _edge(self, scores: Scores, evidence: Evidence, place: int) -> Edge:
        return Edge(
            weight=float(scores.weight[place]),
            probability=float(scores.probability[place]),
            tier=int(evidence.tier[place]),
            status=STATUSES[evidence.status[place]],
            evidence=evidence_json(scores, evidence, place, self._told),
        )

    def _held_by(self, pair: Pair) -> set[int]:
        """Return the two records of a pair whose link joins clusters, none where it does not."""
        return {*pair} if pair[1] in self._links.automatic(pair[0]) else set()

    def _read_verdicts(self) -> None:
        """Number the judgements on records that are here; weigh their pairs where they are no links by themselves."""
        self._verdicts = self._in_force()
        self._judged_with = {}
        for one, other in self._verdicts:
            self._judged_with.setdefault(one, set()).add(other)
            self._judged_with.setdefault(other, set()).add(one)
        lacking = np.array(
            sorted(pair for pair in self._verdicts if not self._links.get(pair)), dtype=np.int64
        ).reshape(-1, 2)
        left, right = lacking.T
        self._besides = self._weighed(left, right, self._likeness(left, right), every=True)

    def _in_force(self) -> dict[Pair, Verdict]:
        """Return the judgements on records that are here."""
        number = self.store.number
        return {
            _pair(number[left], number[right]): verdict
            for (left, right), verdict in self._judgements.items()
            if left in number and right in number and left != right
        }

    def _likeness(self, left: Integers, right: Integers) -> Levels:
        name = self.store.packed.rows["name"]
        return levels_of(self.store.words, name[left], name[right])

    def _weigh_unjudged(self, pairs: Iterable[Pair]) -> None:
        """Let pairs have the link they have by themselves, whatever a batch kept of them for having been judged."""
        judged = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        left, right = judged.T
        found, sharing = self._weighed(left, right, self._likeness(left, right)), self._sharing(pairs)
        for one, other in judged.tolist():
            if self._links.get((one, other)):
                self._links.drop((one, other))
            if (one, other) in found and (one, other) in sharing:
                self._links.keep((one, other), found[one, other])

    def _edge_of(self, pair: Pair) -> tuple[Edge, bool]:
        """Return the link of a pair with its verdict put in, and whether a person judged it a match."""
        edge = self._links.get(pair) or self._besides[pair]
        verdict = self._verdicts.get(pair)
        if verdict is None:
            return edge, False
        return replace(edge, status=STATUS_OF_VERDICT[verdict]), verdict is Verdict.MATCH

    def _holds(self) -> Holds:
        def partners(number: int) -> list[int]:
            judged = self._judged_with.get(number, ())
            matched = {other for other in judged if self._verdicts[_pair(number, other)] is Verdict.MATCH}
            return sorted(self._links.automatic(number).difference(judged) | matched)

        def forbidden(number: int) -> list[int]:
            others = self._judged_with.get(number, ())
            return [other for other in others if self._verdicts[_pair(number, other)] is Verdict.NO_MATCH]

        return Holds(partners, lambda pair: self._edge_of(_pair(*pair)), forbidden)

    def _changed(self, found: Iterable[Pair], before: Iterable[Pair], touched: set[int]) -> Changed:
        """Cluster anew what was touched. ``before``: links that were dropped, some of which may be found again."""
        here = set(map(self._named, found))
        gone = set(map(self._named, before)) - here
        moved = (record for record in self._groups.regroup(touched, self._holds()) if record in self.store.number)
        return Changed(tuple(sorted(here)), tuple(sorted(gone)), tuple(moved))

    def _named(self, pair: Pair) -> tuple[str, str]:
        one, other = (self.store.records[number] for number in pair)
        return (one, other) if one < other else (other, one)


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
