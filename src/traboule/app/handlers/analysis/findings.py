"""Gather everything the links show in one pass over the reader's network.

In: an operation. Out: groups with their actions, who holds them together, corridors, crimes that share more than chance
explains, what recurs, and offers. Guaranteed: the same rows as the verbs of each kind, computed for the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.analysis.convergence import Shared, convergence
from traboule.analysis.facilitators import facilitators
from traboule.analysis.groups import STABLE, Groups, find_groups
from traboule.analysis.network import Network, NodeKind
from traboule.analysis.recruitment.offers import Offer, offers
from traboule.analysis.recurrence import Recurrent, recurrence
from traboule.analysis.routes import Corridor, corridors
from traboule.app.dispatch import Call
from traboule.app.handlers.analysis.networks import FacilitatorLine
from traboule.app.handlers.analysis.reading import view_of
from traboule.app.handlers.opening import the_operation


@dataclass(frozen=True, slots=True)
class GroupActions:
    """A group by number: the records of its actions, and whether it is found again."""

    number: int
    actions: Sequence[str]
    stable: bool


@dataclass(frozen=True, slots=True)
class NetworkFindings:
    """What the links show. ``pairs``: the pairs of crimes that chance is an unlikely explanation of."""

    operation: str
    groups: Sequence[GroupActions]
    facilitators: Sequence[FacilitatorLine]
    corridors: Sequence[Corridor]
    pairs: Sequence[Shared]
    seen: Sequence[Recurrent]
    offers: Sequence[Offer]

    def to_json(self) -> dict[str, Any]:
        """Return plain values; a pair of crimes by its names, what it shares and its q."""
        rows = {name: [asdict(row) for row in getattr(self, name)] for name in _PLAIN}
        pairs = [{name: getattr(pair, name) for name in _OF_PAIR} for pair in self.pairs]
        return {"operation": self.operation, **rows, "pairs": pairs}


_PLAIN = ("groups", "facilitators", "corridors", "seen", "offers")
_OF_PAIR = ("left", "right", "over", "observed", "expected", "q")


def show_findings(call: Call, *, operation: str | None = None) -> NetworkFindings:
    """Return everything that the links show to the reader. Raises NotFound before records were linked."""
    chosen = the_operation(operation)
    view = view_of(call, chosen)
    network = view.network
    groups = find_groups(network)
    names = network.nodes.name
    return NetworkFindings(
        chosen.code,
        _groups(network, groups),
        [
            FacilitatorLine(str(names[row.node]), row.group + 1, row.parts, row.apart)
            for row in facilitators(network, groups)
        ],
        corridors(view.tables, network),
        [pair for pair in convergence(network, groups) if pair.significant],
        recurrence(network),
        offers(view.identifiers, view.tables, network),
    )


def _groups(network: Network, groups: Groups) -> list[GroupActions]:
    actions: list[list[str]] = [[] for _ in range(len(groups))]
    for node in network.of_kind(NodeKind.ACTION).nonzero()[0].tolist():
        if groups.group[node] >= 0:
            actions[groups.group[node]].append(str(network.nodes.name[node]))
    return [
        GroupActions(number + 1, sorted(names), bool(groups.stability[number] >= STABLE))
        for number, names in enumerate(actions)
    ]
