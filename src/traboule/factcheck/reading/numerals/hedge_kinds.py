"""Say which true numbers a hedge admits: "nearly 18,000" lies just below, "over 2,500" above.

In: a kind of hedge, the number said and the true one. Out: whether the hedge admits it. The kinds, with their sides and
widths, stand in ``lexicons/hedges.yaml``, as do the words of each language.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from traboule.core.language.messages import catalogue

_PACKAGE = "traboule.factcheck"
_UNBOUNDED = "any"
# However coarse the number, the true one lies within a tenth of it: nearly 5,000 is never 4,414.
_WIDEST = 0.1
# "A dozen or so" is coarser than its digits.
_LEAST_APPROXIMATE_STEP = 5


@dataclass(frozen=True, slots=True)
class HedgeKind:
    """How far the true number may lie ``below`` and ``above`` the one said, in steps of its precision.

    ``math.inf`` where nothing bounds it, 0 where it may not lie there; ``closed`` where it may be the number said.
    """

    below: float
    above: float
    closed: bool

    @property
    def bounds(self) -> bool:
        """Tell whether the hedge is a mere bound: "more than", "up to"."""
        return math.inf in (self.below, self.above)


@cache
def hedge_kinds() -> dict[str, HedgeKind]:
    """Return every kind of hedge by its name."""
    kinds = catalogue(_PACKAGE, "lexicons/hedges.yaml")["kinds"]
    return {
        name: HedgeKind(_width(kind, "below"), _width(kind, "above"), bool(kind.get("closed", False)))
        for name, kind in kinds.items()
    }


def admits(hedge: str, value: float, right: float, *, approximate: bool = False) -> bool:
    """Tell whether ``value`` said with ``hedge`` is true of ``right``; ``approximate`` ones are round in themselves."""
    kind = hedge_kinds()[hedge]
    distance = abs(value - right)
    if not distance:
        return kind.closed
    width = kind.below if right < value else kind.above
    if math.isinf(width):
        return True
    step = precision(value)
    if approximate:
        step = max(step, _LEAST_APPROXIMATE_STEP)
    reach = width * step
    # Half a step away a number may be rounded either way; a whole step away it is the next one.
    within = distance < reach or (width < 1 and distance == reach)
    return within and distance <= _WIDEST * value


def excludes_itself(hedge: str) -> bool:
    """Tell whether the true number cannot be the one said: "over 2,517" is not 2,517."""
    return bool(hedge) and not hedge_kinds()[hedge].closed


def precision(value: float) -> float:
    """Return the place value of the last non-zero digit: 1,000 for 18,000, 0.1 for 7.5."""
    if float(value).is_integer():
        digits = str(int(value))
        return float(10 ** (len(digits) - len(digits.rstrip("0")))) if value else 1.0
    return float(10 ** -len(str(round(value, 6)).partition(".")[2]))


def _width(kind: dict[str, Any], side: str) -> float:
    width = kind.get(side, 0)
    return math.inf if width == _UNBOUNDED else float(width)


@cache
def hedges_above() -> frozenset[str]:
    """Return the kinds that say the true number is at least the stated one."""
    return frozenset(name for name, kind in hedge_kinds().items() if kind.above and not kind.below)


@cache
def hedges_below() -> frozenset[str]:
    """Return the kinds that say the true number is at most the stated one."""
    return frozenset(name for name, kind in hedge_kinds().items() if kind.below and not kind.above)
