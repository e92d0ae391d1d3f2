"""Texts read as the lines of one, or as one row of signs, are what they are one by one."""

from __future__ import annotations

import re
from itertools import pairwise

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples

from traboule.linkage.arrays.code_points import code_points_of
from traboule.linkage.arrays.text_encoding import map_lines
from traboule.linkage.names.phonetics import vowels_of
from traboule.linkage.names.writing.cleaning import (
    SCRIPTS,
    all_to_persian,
    clean,
    script,
    script_of,
    scripts_of,
    to_persian,
)
from traboule.linkage.names.writing.romanisation import romanise, romanise_all


def vowels(token: str) -> str:
    """Return the vowels of a token by expressions, one after the other."""
    for pattern, one in (
        ("([aeiou])h([^aeiouy]|$)", r"\1\2"),
        *(("[^aeiouy]+", "."), ("y", "i"), ("e", "i"), ("o", "u"), ("i+([au])", r"\1")),
        *(("a+", "a"), ("i+", "i"), ("u+", "u")),
    ):
        token = re.sub(pattern, one, token)
    return token


@given(st.lists(st.text("aeiouyhhtk", max_size=12), max_size=100))
@settings(max_examples=examples(100), deadline=None)
def test_vowels_are_counted_once(tokens: list[str]) -> None:
    assert vowels_of(pa.array(tokens, pa.string())).to_pylist() == [*map(vowels, tokens)]


@given(st.lists(st.text("a\U0001f642ي王\x00", max_size=5), max_size=8), st.data())
def test_points_of_a_column_are_those_of_its_texts(texts: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(texts)))
    for given_texts in (texts[start:], pa.array(texts, pa.string())[start:]):
        points, starts = code_points_of(given_texts)
        assert ["".join(map(chr, points[at:to].tolist())) for at, to in pairwise(starts.tolist())] == texts[start:]


@given(st.lists(st.text("aي王 ", max_size=5), max_size=8))
def test_lines_of_one_text_are_the_texts_of_a_column(texts: list[str]) -> None:
    for column in (pa.array(texts, pa.string()), pa.array(["a", *texts], pa.string())[1:]):
        assert map_lines(column, lambda lines: lines.replace("a", "王王").replace(" ", "")).to_pylist() == [
            text.replace("a", "王王").replace(" ", "") for text in texts
        ]


@given(st.lists(st.text(max_size=12) | st.text(st.sampled_from("aбяő王あ한ي٣یضविกરאᄒ "), max_size=6), max_size=12))
@settings(max_examples=examples(200), deadline=None)
def test_scripts_and_sounds_of_a_column_are_those_of_its_texts(texts: list[str]) -> None:
    cleaned = [*map(clean, texts)]
    column = pa.array(cleaned, pa.string())
    scripts, one = scripts_of(column)
    assert [SCRIPTS[number] for number in scripts.tolist()] == [*map(script, cleaned)]
    assert one.tolist() == [len({*map(script_of, text)} - {""}) < 2 for text in cleaned]
    persian, sounds = all_to_persian(column)
    assert [*zip(persian.tolist(), sounds.to_pylist(), strict=True)] == [*map(to_persian, cleaned)]
    assert romanise_all(column, scripts).to_pylist() == [*map(romanise, cleaned)]
