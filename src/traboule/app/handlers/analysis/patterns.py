"""Show convergence, recurrence and routes in the reader's network.

In: an operation. Out: crimes that share more than chance explains, what was seen again, corridors. Guaranteed:
computed for the reader from what the reader may see; no count of shared things goes without what chance gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.analysis.convergence import Shared, convergence
from traboule.analysis.groups import find_groups
from traboule.analysis.network import Network
from traboule.analysis.recurrence import Recurrent, recurrence
from traboule.analysis.routes import Corridor, Flow, corridors, flows
from traboule.app.dispatch import Call
from traboule.app.handlers.analysis.reading import view_of
from traboule.app.handlers.opening import the_operation


@dataclass(frozen=True, slots=True)
class Convergences:
    """Pairs of crimes, those first that chance explains least, out of ``tested`` in all; ``significant`` of them.

    ``actions``: node to name of the actions behind the counts.
    """

    operation: str
    tested: int
    significant: int
    pairs: Sequence[Shared]
    network: Network

    def to_json(self) -> dict[str, Any]:
        """Return plain values; behind each pair the names of its actions."""
        names = self.network.nodes.name
        pairs = [
            {
                **asdict(pair),
                "expected": round(pair.expected, 2),
                "p": float(f"{pair.p:.3g}"),
                "q": float(f"{pair.q:.3g}"),
                "significant": pair.significant,
                "actions": sorted(str(names[node]) for node in pair.actions),
            }
            for pair in self.pairs
        ]
        counts = {"tested": self.tested, "significant": self.significant}
        return {"operation": self.operation, **counts, "pairs": pairs}


@dataclass(frozen=True, slots=True)
class Recurrences:
    """What was seen in several actions, of ``total`` in all."""

    operation: str
    total: int
    seen: Sequence[Recurrent]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Routes:
    """Corridors and flows, of ``total`` corridors in all."""

    operation: str
    total: int
    corridors: Sequence[Corridor]
    flows: Sequence[Flow]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def show_convergence(call: Call, *, operation: str | None = None) -> Convergences:
    """Return every pair of crimes that was tested, with the measure of chance."""
    chosen = the_operation(operation)
    network = view_of(call, chosen).network
    pairs = convergence(network, find_groups(network))
    return Convergences(chosen.code, len(pairs), sum(pair.significant for pair in pairs), pairs, network)


def show_recurrence(
    call: Call, *, operation: str | None = None, kind: str | None = None, limit: int = 50
) -> Recurrences:
    """Return what was seen in several actions, those first that were seen most; of one ``kind`` where one is named."""
    chosen = the_operation(operation)
    rows = [row for row in recurrence(view_of(call, chosen).network) if kind in (None, row.kind)]
    return Recurrences(chosen.code, len(rows), rows[: max(limit, 0)])


def show_routes(call: Call, *, operation: str | None = None, limit: int = 100) -> Routes:
    """Return the corridors with most persons, and the flows from origin to destination."""
    chosen = the_operation(operation)
    view = view_of(call, chosen)
    rows, most = corridors(view.tables, view.network), max(limit, 0)
    return Routes(chosen.code, len(rows), rows[:most], flows(view.tables, view.network)[:most])
