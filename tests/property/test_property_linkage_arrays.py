"""What is alike found by number, and values in their order, are what plain Python makes."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from traboule.linkage.arrays.unique import first_occurrences
from traboule.linkage.matching.packed_records import _by_record


@settings(deadline=None)
@given(st.lists(st.integers(-3, 3) | st.integers(-(2**62), 2**62), max_size=60))
def test_each_code_is_where_it_comes_first(codes: list[int]) -> None:
    first, number = first_occurrences(np.array(codes, dtype=np.int64))
    assert first.tolist() == sorted({code: codes.index(code) for code in codes}.values())
    assert [codes[first[each]] for each in number.tolist()] == codes


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from((1, 2, 3, 2**62, 2**62 + 1, 2**64 - 1))), max_size=40))
def test_values_are_sorted_by_record_and_mark_also_where_marks_begin_alike(rows: list[tuple[int, int]]) -> None:
    record = np.array([row for row, _ in rows], dtype=np.int64)
    value = np.array([mark for _, mark in rows], dtype=np.uint64)
    order = _by_record(record, value).tolist()
    assert sorted(order) == [*range(len(rows))]
    assert [rows[place] for place in order] == sorted(rows)
