"""List the groups in the reader's network, and show one of them.

In: an operation, the number of a group. Out: groups with what is specific to them, who holds them together, and what is
uncertain. Guaranteed: computed for the reader from what the reader may see; groups are numbered from the one with most
actions; a group that falls apart over seeds and resolutions is called unstable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.analysis.facilitators import Facilitator, facilitators
from traboule.analysis.group_sheet import GroupLine, GroupWriter, SheetNode, sorted_nodes
from traboule.analysis.groups import RESOLUTIONS, SEEDS, STABLE, find_groups
from traboule.analysis.network import Network, NodeKind
from traboule.analysis.routes import Corridor, corridors
from traboule.app.dispatch import Call
from traboule.app.handlers.analysis.reading import view_of
from traboule.app.handlers.opening import the_operation
from traboule.core.errors import NotFound
from traboule.linkage.store.runs import open_pairs

_PICTURED = 60  # Members of a group's picture; the tables have all.


@dataclass(frozen=True, slots=True)
class FacilitatorLine:
    """A person by first record: the group, how many parts the person ties, and how many actions would fall off."""

    record: str
    group: int
    parts: int
    apart: int


@dataclass(frozen=True, slots=True)
class GroupList:
    """The groups of ``total`` in all, and who holds them together; ``nodes``: by kind, ``edges``: in the network."""

    operation: str
    nodes: Mapping[str, int]
    edges: int
    total: int
    stable: int
    groups: Sequence[GroupLine]
    facilitators: Sequence[FacilitatorLine]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "seeds": SEEDS, "resolutions": list(RESOLUTIONS)}


@dataclass(frozen=True, slots=True)
class GroupShown:
    """One group. ``open_links``: links not yet judged that would tie members to each other or to others.

    ``picture``: the members that tie, and their edges by ``id``.
    """

    line: GroupLine
    persons: Sequence[SheetNode]
    things: Sequence[SheetNode]
    actions: Sequence[SheetNode]
    facilitators: Sequence[FacilitatorLine]
    corridors: Sequence[Corridor]
    open_links: int
    pictured: frozenset[int]
    edges: Sequence[tuple[int, int]]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        parts = {name: [asdict(row) for row in getattr(self, name)] for name in ("persons", "things", "actions")}
        more = {name: [asdict(row) for row in getattr(self, name)] for name in ("facilitators", "corridors")}
        picture = {"nodes": sorted(self.pictured), "edges": [list(edge) for edge in self.edges]}
        return {**self.line.to_json(), **parts, **more, "open_links": self.open_links, "picture": picture}


def list_groups(call: Call, *, operation: str | None = None, limit: int = 50) -> GroupList:
    """Return the groups of the reader's network, the largest first, and who holds groups together.

    Raises NotFound before records were linked.
    """
    chosen = the_operation(operation)
    network = view_of(call, chosen).network
    groups = find_groups(network)
    writer, most = GroupWriter(network, groups), max(limit, 0)
    kinds = {kind.name.lower(): int(network.of_kind(kind).sum()) for kind in NodeKind}
    lines = [writer.line(number) for number in range(min(len(groups), most))]
    ties = [_line(network, row) for row in facilitators(network, groups)[:most]]
    stable = int((groups.stability >= STABLE).sum())
    return GroupList(chosen.code, kinds, len(network.edges), len(groups), stable, lines, ties)


def show_group(call: Call, *, number: int, operation: str | None = None) -> GroupShown:
    """Return everything about a group of the reader's network. Raises NotFound for a number that no group has."""
    chosen = the_operation(operation)
    view = view_of(call, chosen)
    network = view.network
    groups = find_groups(network)
    if not 1 <= number <= len(groups):
        raise NotFound("group-unknown", number=number, count=len(groups))
    sheet = GroupWriter(network, groups).sheet(number - 1)
    persons = sorted_nodes(sheet.nodes, "person")
    things = [node for node in sheet.nodes if node.kind in ("identifier", "company")]
    actions = sorted_nodes(sheet.nodes, "action")
    member = {record for record, node in network.person_of.items() if node >= 0 and groups.group[node] == number - 1}
    pairs = open_pairs(chosen.code, protected=call.by.sees_protected)
    drawing = [*actions, *(node for node in (*things, *persons) if node.core)]
    pictured = frozenset(node.id for node in drawing[:_PICTURED])
    return GroupShown(
        line=sheet.line,
        persons=persons,
        things=[node for node in things if node.core],
        actions=actions,
        facilitators=[_line(network, row) for row in facilitators(network, groups) if row.group == number - 1],
        corridors=corridors(view.tables, network, only=member),
        open_links=sum(left in member or right in member for left, right in pairs),
        pictured=pictured,
        edges=[edge for edge in sheet.edges if {*edge} <= pictured],
    )


def _line(network: Network, row: Facilitator) -> FacilitatorLine:
    return FacilitatorLine(str(network.nodes.name[row.node]), row.group + 1, row.parts, row.apart)
