"""Turn adverts into offers: the same text posted again, who and what stands behind it, and signs of deception.

In: the reader's identifiers, tables and network. Out: :class:`Offer` rows, those first that were posted most.
Guaranteed: two adverts are one offer where a fair part of their shingles is shared (Jaccard, exact, by an inverted
index; contacts and numbers left aside); no text and no contact of an advert is in the result, only words of a rule.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

from traboule.analysis.columns import Ints, days, handling_levels, iso, texts
from traboule.analysis.network import EdgeKind, Network
from traboule.analysis.recruitment.deception import Indicator, indicators
from traboule.analysis.sightings import incidence
from traboule.core.record_names import unit_of
from traboule.linkage.cluster import components
from traboule.linkage.things.adverts import advert_text

NEAR = 0.5  # Of the shingles of two texts of one offer.
_WIDTH = 4  # Characters of a shingle.
_COMMONEST = 400  # Texts; a shingle of more says nothing, and would cost the square of their number.


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee that several persons paid."""

    amount: str
    currency: str
    persons: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer by the record of its first advert: how often and in how many wordings, where and when it was seen.

    ``similarity``: the least share of shingles by which a wording joins. ``agencies``: companies, ``telephones``:
    numbers seen in the same actions, by the record of their first row; ``related``: offers that share one of them or a
    contact.
    """

    number: int
    record: str
    adverts: tuple[str, ...]
    wordings: int
    similarity: float
    actions: tuple[str, ...]
    states: tuple[str, ...]
    first: str
    last: str
    contacts: int
    agencies: tuple[str, ...]
    telephones: tuple[str, ...]
    fees: tuple[Fee, ...]
    related: tuple[int, ...]
    indicators: tuple[Indicator, ...]
    handling: str


def offers(identifiers: pa.Table, tables: Mapping[str, pa.Table], network: Network) -> list[Offer]:
    """Return the offers that the reader's adverts make."""
    table = identifiers.filter(pc.equal(identifiers["kind"], pa.scalar("advert"))).sort_by("record")
    values = texts(table, "value").tolist()
    if not values:
        return []
    read = {value: advert_text(value) for value in dict.fromkeys(values)}
    words = list(dict.fromkeys(text.words for text in read.values()))
    label, similarity = _same_offer(words)
    number = {text: place for place, text in enumerate(words)}
    offer_of = np.array([label[number[read[value].words]] for value in values], dtype=np.int64)
    context = _AdvertContext(table, tables, network)
    rows, contacts = [], []
    for offer in np.unique(offer_of).tolist():
        place = np.flatnonzero(offer_of == offer)
        own = [values[row] for row in place.tolist()]
        contacts.append({contact for value in own for contact in read[value].contacts})
        spellings = len({read[value].words for value in own})
        rows.append(
            replace(
                context.offer(place),
                wordings=spellings,
                similarity=round(float(similarity[offer]), 2),
                contacts=len(contacts[-1]),
                indicators=indicators(own),
            )
        )
    order = sorted(range(len(rows)), key=lambda row: (-len(rows[row].adverts), rows[row].record))
    ties = [contacts[row] | {*rows[row].agencies, *rows[row].telephones} for row in order]
    return [
        replace(
            rows[row],
            number=place + 1,
            related=tuple(peer + 1 for peer, tied in enumerate(ties) if peer != place and tied & ties[place]),
        )
        for place, row in enumerate(order)
    ]


def _same_offer(words: Sequence[str]) -> tuple[Ints, Any]:
    """Return the offer of each text, and by offer the least similarity by which one of its texts joins."""
    pairs = [(row, text[at : at + _WIDTH]) for row, text in enumerate(words) for at in range(len(text) - _WIDTH + 1)]
    row = np.array([row for row, _ in pairs], dtype=np.int64)
    _, column = np.unique(np.array([shingle for _, shingle in pairs], dtype=object), return_inverse=True)
    has = incidence(row, column.reshape(-1), len(words), int(column.max(initial=-1)) + 1)
    has.sum_duplicates()
    has.data[:] = 1
    sizes = np.diff(has.indptr)
    frequent = np.asarray(has.sum(axis=0)).reshape(-1) > _COMMONEST
    indexed: csr_matrix = has[:, np.flatnonzero(~frequent)]
    shared = (indexed @ indexed.T).tocoo()
    left, right = shared.row.astype(np.int64), shared.col.astype(np.int64)
    jaccard = shared.data / (sizes[left] + sizes[right] - shared.data)
    is_near = (jaccard >= NEAR) & (left != right)
    label = components(len(words), left[is_near], right[is_near])
    best = np.zeros(len(words))
    np.maximum.at(best, left[is_near], jaccard[is_near])
    similarity = np.ones(int(label.max(initial=-1)) + 1)
    is_joined = best > 0
    np.minimum.at(similarity, label[is_joined], best[is_joined])
    return label, similarity


class _AdvertContext:
    """Where the adverts of a table were seen, and with whom and what."""

    def __init__(self, table: pa.Table, tables: Mapping[str, pa.Table], network: Network) -> None:
        self._network = network
        self._names, self._units = texts(table, "record"), texts(table, "unit")
        self._day, self._handling = days(table, "first_seen"), handling_levels(table)
        self._action, self._person = texts(table, "action_record"), texts(table, "person_record")
        edges = network.edges
        self._seen_in = _neighbours(network, EdgeKind.USED_IN)
        self._persons_in = _neighbours(network, EdgeKind.TOOK_PART)
        self._shows = _neighbours(network, EdgeKind.SHOWN_BY)
        self._actions_of = _neighbours(network, EdgeKind.TOOK_PART, forward=True)
        placed = edges.kind == EdgeKind.TOOK_PLACE
        self._day_of = dict(zip(edges.left[placed].tolist(), edges.first[placed].tolist(), strict=True))
        self._fees = _fees(tables, network)

    def offer(self, place: Ints) -> Offer:
        """Return the offer of the adverts at ``place``, without what its texts say."""
        nodes = self._network.nodes
        actions = self._actions(place)
        items = {item for action in actions for item in self._seen_in.get(action, ())}
        persons = {person for action in actions for person in self._persons_in.get(action, ())}
        holders_of = Counter(item for person in persons for item in self._shows.get(person, ()))
        items |= {item for item, holders in holders_of.items() if holders > 1}
        fees = Counter(fee for person in persons for fee in self._fees.get(person, ()))
        seen = [day for day in (*self._day[place].tolist(), *map(self._day_of.get, actions)) if day and day >= 0]
        handling = max([*self._handling[place].tolist(), *nodes.handling[list(actions)].tolist()])
        return Offer(
            number=0,
            record=str(self._names[place[0]]),
            adverts=tuple(self._names[place].tolist()),
            wordings=0,
            similarity=0.0,
            actions=tuple(sorted(str(nodes.name[action]) for action in actions)),
            states=tuple(sorted({unit_of(str(name)) for name in self._names[place].tolist()})),
            first=iso(min(seen)) if seen else "",
            last=iso(max(seen)) if seen else "",
            contacts=0,
            agencies=self._of_kind(items, "company"),
            telephones=self._of_kind(items, "phone"),
            fees=tuple(Fee(*fee, count) for fee, count in sorted(fees.items()) if count > 1),
            related=(),
            indicators=(),
            handling=f"H{handling}",
        )

    def _actions(self, place: Ints) -> list[int]:
        nodes = {self._network.action_of.get(str(name), -1) for name in self._action[place].tolist()}
        for name in self._person[place].tolist():
            nodes |= set(self._actions_of.get(self._network.person_of.get(str(name), -1), ()))
        return sorted(nodes - {-1})

    def _of_kind(self, items: set[int], kind: str) -> tuple[str, ...]:
        nodes = self._network.nodes
        return tuple(sorted(str(nodes.name[item]) for item in items if nodes.detail[item] == kind))


def _neighbours(network: Network, kind: EdgeKind, *, forward: bool = False) -> Mapping[int, list[int]]:
    """Return for each right end of the edges of ``kind`` their left ends; ``forward`` the other way about."""
    chosen = network.edges.kind == kind
    ends = (network.edges.left[chosen].tolist(), network.edges.right[chosen].tolist())
    neighbours: defaultdict[int, list[int]] = defaultdict(list)
    for left, right in zip(*(ends if forward else ends[::-1]), strict=True):
        neighbours[left].append(right)
    return neighbours


def _fees(tables: Mapping[str, pa.Table], network: Network) -> Mapping[int, set[tuple[str, str]]]:
    """Return what each person paid, of the tables that say so."""
    fees: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for name in ("victims", "legs"):
        table = tables[name]
        columns = (texts(table, column).tolist() for column in ("person_record", "fee", "fee_currency"))
        for record, amount, currency in zip(*columns, strict=True):
            if amount and record in network.person_of:
                fees[network.person_of[record]].add((f"{float(amount):.10g}", currency))
    return fees
