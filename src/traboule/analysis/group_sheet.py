"""Describe groups: members by handle, countries, crimes, shared things, time, and what is specific to each.

In: a network, its groups, a number. Out: plain rows. Guaranteed: handles alone; no value of an identifier. A group is
a hypothesis: how firmly it holds together is always beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from traboule.analysis.columns import Flags, Ints, iso
from traboule.analysis.groups import STABLE, Groups
from traboule.analysis.network import EdgeKind, Network, NodeKind
from traboule.core.record_names import unit_of

_LIFT = 2.0  # A crime or country is specific where it is twice as frequent as in the operation,
_OFTEN = 2  # and is there more than once.
_MOST_NAMED = 3  # So many specific codes name a group.


@dataclass(frozen=True, slots=True)
class Specific:
    """A crime or country that is ``lift`` times as frequent in a group's actions as in all."""

    kind: str
    code: str
    lift: float


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group: counts of its members, where and when it acts, what is specific, and how firmly it holds together.

    ``states`` are those that filed its actions; ``shared`` counts the things and persons that tie its actions.
    """

    number: int
    actions: int
    persons: int
    shared: int
    states: tuple[str, ...]
    countries: tuple[str, ...]
    crimes: tuple[str, ...]
    specific: tuple[Specific, ...]
    first: str
    last: str
    handling: str
    stability: float
    stable: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SheetNode:
    """One member of a group's picture and tables. ``actions`` and ``persons``: how many it is tied to."""

    id: int
    kind: str
    name: str
    detail: str
    actions: int
    persons: int
    day: str
    crimes: tuple[str, ...]
    handling: str
    core: bool


@dataclass(frozen=True, slots=True)
class GroupSheet:
    """A group with its members, those first that tie most, and the edges between them by the members' ``id``."""

    line: GroupLine
    nodes: tuple[SheetNode, ...]
    edges: tuple[tuple[int, int], ...]


class GroupWriter:
    """Describe the groups of one network; what all of them are compared with is computed once."""

    def __init__(self, network: Network, groups: Groups) -> None:
        self._network, self._groups = network, groups
        edges = network.edges
        concerns, placed = edges.kind == EdgeKind.CONCERNS, edges.kind == EdgeKind.TOOK_PLACE
        self._crimes = _codes_by_action(network, concerns)
        self._countries = _codes_by_action(network, placed)
        self._day = _days_of(network)
        self._usual = {
            kind: Counter(code for codes in by_action.values() for code in codes)
            for kind, by_action in (("crime", self._crimes), ("country", self._countries))
        }
        self._all = max(int(network.of_kind(NodeKind.ACTION).sum()), 1)
        order = np.argsort(groups.group, kind="stable")
        bounds = np.searchsorted(groups.group[order], np.arange(len(groups) + 1))
        self._members = [order[start:end] for start, end in pairwise(bounds.tolist())]

    def line(self, number: int) -> GroupLine:
        """Return the line of a group in a list."""
        network, groups = self._network, self._groups
        members = self._members[number]
        kind = network.nodes.kind[members]
        actions = members[kind == NodeKind.ACTION]
        is_thing = np.isin(kind, (NodeKind.PERSON, NodeKind.IDENTIFIER, NodeKind.COMPANY))
        crimes, countries = (
            Counter(code for action in actions.tolist() for code in by_action.get(action, ()))
            for by_action in (self._crimes, self._countries)
        )
        days = self._day[actions][self._day[actions] >= 0]
        stability = float(groups.stability[number])
        specific = [
            *self._specific("crime", crimes, len(actions)),
            *self._specific("country", countries, len(actions)),
        ]
        specific.sort(key=lambda code: (-code.lift, code.code))
        return GroupLine(
            number=number + 1,
            actions=len(actions),
            persons=int((kind == NodeKind.PERSON).sum()),
            shared=int((groups.core[members] & is_thing).sum()),
            states=tuple(sorted({unit_of(str(network.nodes.name[action])) for action in actions.tolist()})),
            countries=_ranked(countries),
            crimes=_ranked(crimes),
            specific=tuple(specific[:_MOST_NAMED]) if stability >= STABLE else (),
            first=iso(int(days.min())) if len(days) else "",
            last=iso(int(days.max())) if len(days) else "",
            handling=f"H{int(network.nodes.handling[members].max(initial=0))}",
            stability=round(stability, 3),
            stable=stability >= STABLE,
        )

    def lines(self) -> list[GroupLine]:
        """Return the lines of all groups."""
        return [self.line(number) for number in range(len(self._groups))]

    def sheet(self, number: int) -> GroupSheet:
        """Return everything about a group, by its place among the groups."""
        network, members = self._network, self._members[number]
        edges, nodes = network.edges, network.nodes
        inside = np.zeros(len(nodes), dtype=np.bool_)
        inside[members] = True
        joins = (edges.kind <= EdgeKind.TOOK_PART) & inside[edges.left] & inside[edges.right]
        left, right = edges.left[joins], edges.right[joins]
        tied = {
            kind: _neighbours(left, right, nodes.kind == kind, len(nodes))
            for kind in (NodeKind.ACTION, NodeKind.PERSON)
        }
        rows = [
            SheetNode(
                id=node,
                kind=NodeKind(nodes.kind[node]).name.lower(),
                name=str(nodes.name[node]),
                detail=str(nodes.detail[node]),
                actions=int(tied[NodeKind.ACTION][node]),
                persons=int(tied[NodeKind.PERSON][node]),
                day=iso(int(self._day[node])),
                crimes=tuple(sorted(self._crimes.get(node, ()))),
                handling=f"H{int(nodes.handling[node])}",
                core=bool(self._groups.core[node]),
            )
            for node in members.tolist()
        ]
        rows.sort(key=lambda row: (row.kind, not row.core, -row.actions, -row.persons, row.name))
        return GroupSheet(self.line(number), tuple(rows), tuple(zip(left.tolist(), right.tolist(), strict=True)))

    def _specific(self, kind: str, codes: Counter[str], actions: int) -> list[Specific]:
        usual = self._usual[kind]
        lifts = [
            (code, count / actions / (usual[code] / self._all)) for code, count in codes.items() if count >= _OFTEN
        ]
        return [Specific(kind, code, round(lift, 1)) for code, lift in lifts if lift >= _LIFT]


def _ranked(codes: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: (-codes[code], code)))


def _codes_by_action(network: Network, chosen: Flags) -> dict[int, list[str]]:
    edges = network.edges
    by_action: dict[int, list[str]] = {}
    for left, right in zip(edges.left[chosen].tolist(), edges.right[chosen].tolist(), strict=True):
        by_action.setdefault(left, []).append(str(network.nodes.name[right]))
    return by_action


def _days_of(network: Network) -> Ints:
    """Return the first day on which each action took place, -1 for any other node."""
    edges = network.edges
    placed = edges.kind == EdgeKind.TOOK_PLACE
    day = np.full(len(network.nodes), -1, dtype=np.int64)
    day[edges.left[placed]] = edges.first[placed]
    return day


def _neighbours(left: Ints, right: Ints, chosen: Flags, size: int) -> Ints:
    """Return how many neighbours of ``chosen`` each node has."""
    return np.bincount(left, weights=chosen[right], minlength=size).astype(np.int64) + np.bincount(
        right, weights=chosen[left], minlength=size
    ).astype(np.int64)


def sorted_nodes(nodes: Sequence[SheetNode], kind: str) -> list[SheetNode]:
    """Return the members of one kind in their order."""
    return [node for node in nodes if node.kind == kind]
