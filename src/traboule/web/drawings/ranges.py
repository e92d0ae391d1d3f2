"""Ranges, parts and steps as thin bars; a range is filled to the value, and paler from the least to the most.

In: numbers and the greatest of the scale. Out: positions in the units of the drawing. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 160.0
LEAST_WIDTH = 2.0  # A range of one value is still seen.


@dataclass(frozen=True, slots=True)
class RangeBar:
    """Positions along a drawing of :data:`WIDTH` units: where the range begins, how wide it is, where the value is."""

    start: float
    width: float
    value: float


def range_bar(low: int, value: int, high: int, scale: int) -> RangeBar:
    """Return the bar of a range on a scale from nought to ``scale``."""
    start, end = low / scale * WIDTH, high / scale * WIDTH
    start = min(start, WIDTH - LEAST_WIDTH)
    return RangeBar(round(start, 1), round(max(end - start, LEAST_WIDTH), 1), round(value / scale * WIDTH, 1))


def part_bar(value: int, scale: int) -> RangeBar:
    """Return a bar from nought to ``value`` on a scale from nought to ``scale``, without a range."""
    return RangeBar(0.0, 0.0, round(max(value / scale * WIDTH, LEAST_WIDTH), 1))


def step_bar(before: int, after: int, scale: tuple[int, int]) -> RangeBar:
    """Return the step of a waterfall: where it begins and how wide it is, and where it ends, on a scale of its own."""
    least, most = scale
    unit = WIDTH / max(most - least, 1)
    start = (min(before, after) - least) * unit
    width = max(abs(after - before) * unit, LEAST_WIDTH)
    return RangeBar(round(min(start, WIDTH - LEAST_WIDTH), 1), round(width, 1), round((after - least) * unit, 1))
