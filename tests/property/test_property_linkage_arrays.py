"""Texts written from pieces, what is alike found by number, and values in their order, are what plain Python makes."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from traboule.linkage.arrays.distinct import first_of_each
from traboule.linkage.arrays.pieces import one_after_other
from traboule.linkage.matching.packed import _by_record

COLUMN = st.lists(st.text(max_size=20), min_size=1, max_size=5)


@settings(deadline=None)
@given(st.lists(COLUMN, min_size=1, max_size=6), st.integers(0, 40), st.randoms(use_true_random=False))
def test_pieces_stand_one_after_the_other(columns: list[list[str]], rows: int, rng: random.Random) -> None:
    which = [np.array([rng.randrange(len(texts)) for _ in range(rows)], dtype=np.int64) for texts in columns]
    written = one_after_other([*zip(columns, which, strict=True)])
    written.validate(full=True)
    assert written.type == pa.string()
    assert written.to_pylist() == [
        "".join(texts[places[row]] for texts, places in zip(columns, which, strict=True)) for row in range(rows)
    ]


@settings(deadline=None)
@given(st.lists(st.integers(-3, 3) | st.integers(-(2**62), 2**62), max_size=60))
def test_each_code_is_where_it_comes_first(codes: list[int]) -> None:
    first, number = first_of_each(np.array(codes, dtype=np.int64))
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
