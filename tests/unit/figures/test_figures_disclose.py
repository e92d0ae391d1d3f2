"""What may be published of a breakdown: no small cell, and nothing by which one could be worked out."""

from __future__ import annotations

import pytest

from traboule.figures.disclose import OTHER, publishable
from traboule.figures.resolved.breakdown import UNSPECIFIED
from traboule.operation.operation import Policy

POLICY = Policy(threshold=10, rounding=5, minimum_incidents=3, minors_threshold=20, languages=("en",))


def cells(**counts: int) -> dict[str, tuple[int, int, int]]:
    return {code: (count, count, count) for code, count in counts.items()}


def test_cells_above_the_threshold_stand_rounded_and_sum_to_the_whole() -> None:
    shown = publishable(cells(female=203, male=98, unspecified=40), 341, POLICY)
    assert shown == (("female", 205), ("male", 100), (OTHER, 36))


def test_a_small_cell_is_merged() -> None:
    shown = publishable(cells(female=203, male=98, non_conforming=3, unspecified=40), 344, POLICY)
    assert dict(shown).keys() == {"female", "male", OTHER}


def test_a_merged_rest_that_is_small_takes_another_cell_along() -> None:
    shown = publishable(cells(a=200, b=100, c=12, d=4), 316, POLICY)
    assert dict(shown).keys() == {"a", "b", OTHER}
    assert dict(shown)[OTHER] >= POLICY.threshold


@pytest.mark.parametrize(("counts", "whole"), [({"a": 200, "b": 4}, 204), ({"a": 3}, 3), ({}, 0)])
def test_nothing_is_published_where_it_cannot_be_protected(counts: dict[str, int], whole: int) -> None:
    assert publishable(cells(**counts), whole, POLICY) == ()


def test_cells_that_overlap_are_refused() -> None:
    assert publishable(cells(a=200, b=180), 300, POLICY) == ()


def test_every_outcome_keeps_the_threshold_and_the_sum() -> None:
    for a in range(0, 60, 3):
        for b in range(0, 60, 7):
            for rest in range(0, 25, 4):
                shown = publishable(cells(a=a, b=b, c=50, **{UNSPECIFIED: rest}), a + b + 50 + rest, POLICY)
                assert all(count >= POLICY.threshold for _, count in shown)
                assert not shown or sum(count for _, count in shown) == a + b + 50 + rest
