"""What changed since the last release: each figure from what to what, and why where the reasons sum to the change."""

from __future__ import annotations

from dataclasses import replace

from tests.builders import full_statement

from traboule.release.statement import FigureChange, Kind, Past
from traboule.web.screens.publishing.differences import differences


def test_a_difference_has_its_reasons_where_they_sum_to_it() -> None:
    before = full_statement()
    first, second, *_ = before.lines
    values = {line.figure: line.value for line in before.lines} | {first.figure: first.value - 3}
    values.pop(second.figure)
    changes = (FigureChange(first.figure, first.value - 3, first.value, (("late", 3),)),)
    past = Past(1, Kind.PRELIMINARY, before.issued_on, values, {})
    number, changed, same = differences(replace(before, history=(past,), changes=changes))
    assert (number, same) == (1, len(before.definitions) - 2)
    assert [(line.before, line.after, line.change, line.reasons) for line in changed] == [
        (first.value - 3, first.value, 3, (("late", 3),)),
        (None, second.value, None, ()),
    ]
    assert differences(replace(before, history=(), changes=())) == (None, [], 0)
