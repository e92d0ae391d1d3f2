"""Which breakdown may be published, and how coarse (rule 23; first version: one release, world level).

Comes in: a breakdown and the operation's policy. Goes out: cells that may be said aloud, or none. Promises: no cell
shows fewer than the threshold; what is merged or unspecified stands in one cell that meets it too; where that
cannot be reached nothing is published. Protection across several releases and tables has its own issue, and until
then only the last release of an operation carries breakdowns.
"""

from __future__ import annotations

from collections.abc import Mapping

from traboule.figures.resolved.breakdown import UNSPECIFIED, Cell
from traboule.operation.operation import Policy

OTHER = "other"


def publishable(cells: Mapping[str, Cell], whole: int, policy: Policy) -> tuple[tuple[str, int], ...]:
    """Return (code, count) for each cell that may stand, in the order of ``cells``, ``other`` last; empty where
    none may.

    ``cells`` must not overlap: their values sum to ``whole``. Counts are rounded to the policy's base; ``other``
    takes the rest, so that the published cells still sum to the whole.
    """
    counts = {code: cell[0] for code, cell in cells.items() if code != UNSPECIFIED}
    if sum(counts.values()) > whole:
        return ()
    shown = sorted((code for code, count in counts.items() if count >= policy.threshold), key=lambda c: (counts[c], c))
    rest = whole - sum(counts[code] for code in shown)
    while shown and 0 < rest < policy.threshold:
        rest += counts[shown.pop(0)]
    if len(shown) < 2:
        return ()
    base = max(1, policy.rounding)
    published = [(code, base * round(counts[code] / base)) for code in counts if code in shown]
    other = whole - sum(count for _, count in published)
    if rest == 0:
        # Nothing was merged: rounding alone must not invent an "other" that holds nobody, so the cells stay exact.
        return tuple((code, counts[code]) for code, _ in published)
    return (*published, (OTHER, other)) if other >= policy.threshold else ()
