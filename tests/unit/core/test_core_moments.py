"""A clock that has gone backwards is refused, and what is not yet recorded stops nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from traboule.core.errors import Refused
from traboule.core.moments import check_order

NOON = datetime(2024, 10, 9, 12, tzinfo=UTC)


def test_a_moment_before_the_last_one_is_refused_and_both_are_named():
    with pytest.raises(Refused) as refusal:
        check_order(NOON - timedelta(seconds=1), [NOON - timedelta(days=1), None, NOON])
    assert refusal.value.code == "clock-behind"
    assert "2024-10-09 11:59:59" in refusal.value.sentence("en")
    assert "2024-10-09 12:00:00" in refusal.value.sentence("en")


@pytest.mark.parametrize("earlier", [[], [None], [NOON], [NOON - timedelta(days=3)]])
def test_the_same_moment_and_later_ones_pass(earlier):
    check_order(NOON, earlier)
