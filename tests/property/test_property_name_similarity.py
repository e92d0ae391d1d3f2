"""Compare names in compiled code: letters as rapidfuzz does, bounds as the full bits, one by one as all at once."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, JaroWinkler
from tests.examples import examples

from traboule.linkage.arrays.jit import compiled
from traboule.linkage.names.comparison import compare
from traboule.linkage.names.equivalents import PackedTokens
from traboule.linkage.names.similarity.edit_similarity import (
    CLOSE_FROM,
    jaro_winkler,
    may_be_close,
    single_edit,
    span_order,
)
from traboule.linkage.names.similarity.growable_table import GrowableTokenTable
from traboule.linkage.names.similarity.name_similarity import level_pairs
from traboule.linkage.names.similarity.token_similarity import bits_of_pairs, grade_pairs
from traboule.linkage.names.similarity.token_table import TokenTable, pack_tokens
from traboule.linkage.names.similarity.transliteration import alignment_weights, features, script_model
from traboule.linkage.names.symbols import LEARNED, SignNumbers, latin_symbols
from traboule.linkage.names.table import FiledName, forms_of, name_table
from traboule.linkage.names.tokens import Word

NAMES = (
    *(("محمد", "عبد الرحمن"), ("Abdurrahman", "Mohamed"), ("Щербаков", "Юрий"), ("Schtscherbakow", "Juri")),
    *(("王", "小明"), ("Wang", "Xiaoming"), ("陈", "志强"), ("Chan", "Zhiqiang"), ("김", "민수"), ("Kim", "Min-su")),
    *(("スズキ", "ハナコ"), ("Suzuki", "Hanako"), ("渡邊", "太郎"), ("Watanabe", "Taro"), ("כהן", "דוד")),
    *(("Cohen", "D"), ("ใจดี", "สมชาย"), ("Jaidee", "Somchai"), ("García Márquez López", "José María")),
    ("Garcia", "Jose M L"),
)
LETTERS = st.text("abc", min_size=1, max_size=12) | st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=40)


@compiled
def likeness(letters: np.ndarray, many: int, more: int) -> float:
    return jaro_winkler(letters, 0, many, many, more)


@compiled
def slip(letters: np.ndarray, many: int, more: int) -> bool:
    return single_edit(letters, 0, many, many, more) >= 0


@compiled
def order(letters: np.ndarray, many: int, more: int) -> int:
    return span_order(letters, 0, many, many, more)


@compiled
def close(tokens: np.ndarray) -> bool:
    return may_be_close(tokens[0], tokens[1])


def edited(text: str, edits: list[tuple[int, int, str]]) -> str:
    """Return ``text`` with letters put in, left out, changed or exchanged."""
    marks = list(text)
    for kind, place, letter in edits:
        at = place % len(marks)
        if kind == 0 and len(marks) > 1:
            del marks[at]
        elif kind == 1:
            marks.insert(at, letter)
        elif kind == 2:
            marks[at] = letter
        else:
            marks[at - 1], marks[at] = marks[at], marks[at - 1]
    return "".join(marks[:40])


EDITS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 39), st.sampled_from("abc")), max_size=3)


@given(LETTERS, LETTERS | EDITS)
@settings(max_examples=examples(2_000), deadline=None)
def test_letters_are_compared_as_rapidfuzz_compares_them(one: str, two: str | list[tuple[int, int, str]]) -> None:
    other = two if isinstance(two, str) else edited(one, two)
    letters = np.frombuffer((one + other).encode(), dtype=np.uint8)
    found = likeness(letters, len(one), len(other))
    assert np.float32(found) == np.float32(JaroWinkler.similarity(one, other))
    if one != other:
        assert slip(letters, len(one), len(other)) == (OSA.distance(one, other) == 1)
    assert order(letters, len(one), len(other)) == (one > other) - (one < other)


@given(LETTERS, LETTERS | EDITS)
@settings(max_examples=examples(1_000), deadline=None)
def test_no_close_pair_is_told_apart_by_its_letters(one: str, two: str | list[tuple[int, int, str]]) -> None:
    other = two if isinstance(two, str) else edited(one, two)
    found = close(pack_tokens([Word(one), Word(other)], np.zeros((0, 3, 6), dtype=np.int32)).tokens)
    letters = len({*one} & {*other}) * 10 >= max(len({*one}), len({*other})) * 6
    if np.float32(JaroWinkler.similarity(one, other)) >= CLOSE_FROM:
        assert found == letters
    assert not found or letters


@given(st.lists(st.tuples(LETTERS, st.sampled_from([w for name in NAMES for w in name])), min_size=1, max_size=5))
@settings(max_examples=examples(200), deadline=None)
def test_bounds_are_reached_where_the_bits_reach_them(pairs: list[tuple[str, str]]) -> None:
    """Most strangers are told from a bound alone; the grade must be the one that the bits in full would give."""
    known = sorted({*(Word(one) for one, _ in pairs), *native_words()})
    words = pack_tokens(known, np.zeros((0, 3, 6), dtype=np.int32))
    one, two = (np.array(side) for side in zip(*product(range(len(known)), repeat=2), strict=True))
    bits, grades = np.empty(len(one), dtype=np.float32), np.empty(len(one), dtype=np.int8)
    bits_of_pairs(words, alignment_weights(), one, two, bits)
    grade_pairs(words, alignment_weights(), one, two, grades)
    across = np.isfinite(bits)
    tokens = words.tokens
    named = across & (tokens["family"][one] != tokens["family"][two]) & (tokens["korean"][one] != tokens["korean"][two])
    # Characters may deny what the weights say, and readings say what they deny; other scripts know neither. Who is told
    # by a woman's ending, by what is known of both, or by the spelling of one language is not asked here.
    told = tokens["fits"][one] | tokens["fits"][two] | (tokens["well_known"][one] & tokens["well_known"][two])
    told |= (tokens["line"][one] >= 0) & (tokens["line"][two] >= 0)
    plain = named & (tokens["script"][one] != 4) & (tokens["script"][two] != 4) & ~nearly(known, one, two) & (told == 0)
    closely = closely_of(known, one, two)
    assert (grades[plain & (closely >= 0.0) & (bits >= 3.0)] >= 3).all()
    assert (grades[plain & (closely >= -4.0) & (bits >= 0.5)] >= 2).all()
    assert (grades[plain & (closely < -7.0)] == 0).all()
    assert (grades[plain & (bits < -3.5)] == 0).all()


def test_two_words_agree_alike_in_either_order() -> None:
    """Whoever comes first: what was found of a pair is remembered for both orders."""
    listed = [("لي", "كيم"), ("Lee", "Kim"), ("مارتين", "Martin"), ("ריבקה", "Rivka"), ("Rebecca", "Rebekah")]
    table, _ = name_table([FiledName(*name) for name in (*NAMES, *listed)])
    one, two = (np.ascontiguousarray(side) for side in np.triu_indices(len(table.tokens), 1))
    forth, back = np.empty(len(one), dtype=np.int8), np.empty(len(one), dtype=np.int8)
    grade_pairs(table.words, alignment_weights(), one, two, forth)
    grade_pairs(table.words, alignment_weights(), two, one, back)
    np.testing.assert_array_equal(forth, back)
    assert {0, 2, 3, 4} <= set(forth.tolist())


def nearly(known: list[Word], one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Tell which pairs have all letters of the shorter one in common, or all but the last."""
    texts = [(known[a].text, known[b].text) for a, b in zip(one.tolist(), two.tolist(), strict=True)]
    return np.array([a[:cut] == b[:cut] for a, b in texts for cut in [min(len(a), len(b)) - 1]])


def closely_of(known: list[Word], one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return by how many bits pairs across scripts are likelier one name than look-alikes; infinity for all others.

    The pairs of a script are computed in one call, each once: it has the same bits in either order.
    """
    bits = np.full((len(known), len(known)), np.inf)
    latin = np.array([place for place, word in enumerate(known) if word.script == "latin"], dtype=np.int64)
    packed = PackedTokens.of([latin_symbols(known[place].text) for place in latin])
    for script in LEARNED:
        native = np.array([i for i, word in enumerate(known) if word.script == script and word.native], dtype=np.int64)
        model = script_model(script)
        numbers = SignNumbers(script, model.numbers)
        own = PackedTokens.of([numbers.of(known[place].native) for place in native])
        a, b = (side.ravel() for side in np.meshgrid(np.arange(len(latin)), np.arange(len(native)), indexing="ij"))
        against_alike = features(model, packed, own, a, b)[1] @ model.parameters.closely
        bits[latin[a], native[b]] = bits[native[b], latin[a]] = against_alike
    return bits[one, two]


@cache
def native_words() -> list[Word]:
    table, _ = name_table([FiledName(*name) for name in NAMES])
    return [token for token in table.tokens if token.script in ("arabic", "cyrillic", "hebrew", "hangul", "kana")]


@pytest.mark.parametrize("reverse", [False, True])
def test_names_added_one_by_one_are_compared_as_all_at_once(reverse: bool) -> None:
    filed = [FiledName(*name) for name in NAMES]
    filed += [FiledName(*a, *b) for a, b in pairwise(NAMES)]
    table, numbers = name_table(filed)
    growing, places = GrowableTokenTable(), {}
    for place in sorted(range(len(filed)), reverse=reverse):
        places[place] = growing.add([forms_of(filed[place])])
    one, two = (np.array(side) for side in zip(*product(range(len(filed)), repeat=2), strict=True))
    found = np.empty(len(one), dtype=np.int8)
    number = np.array([places[place] for place in range(len(filed))])
    level_pairs(growing.words, alignment_weights(), (number[one], number[two]), np.zeros_like(found), found)
    np.testing.assert_array_equal(found, compare(table, numbers[one], numbers[two]))
    assert isinstance(growing.words, TokenTable)
    assert len(growing.words.tokens) == len(table.words.tokens)
    assert len(set(found.tolist())) > 4


def test_code_is_compiled_once_for_names_at_once_and_one_by_one() -> None:
    """Arrays of one kind and another that cannot be written to are two kinds to the compiler."""
    table, _ = name_table([FiledName("Σωκράτης", "محمد"), FiledName("Diallo", "Awa")])
    growing = GrowableTokenTable()
    growing.add([forms_of(FiledName("Σωκράτης", "محمد"))])
    for one, other in zip(table.words, growing.words, strict=True):
        assert one.dtype == other.dtype
        assert one.flags.writeable
        assert other.flags.writeable
        assert one.flags.c_contiguous
        assert other.flags.c_contiguous


def test_a_level_is_right_from_the_least_that_was_asked_for() -> None:
    filed = [FiledName(*name) for name in NAMES] + [FiledName(*a, *b) for a, b in pairwise(NAMES)]
    table, numbers = name_table(filed)
    names = tuple(numbers[np.array(side)] for side in zip(*product(range(len(filed)), repeat=2), strict=True))
    exact, found = compare(table, *names), np.empty(len(names[0]), dtype=np.int8)
    for least in range(7):
        level_pairs(table.words, alignment_weights(), names, np.full_like(found, least), found)
        np.testing.assert_array_equal(found[exact >= least], exact[exact >= least])
        assert (found[exact < least] < max(least, 1)).all()
        assert (exact >= least).any()
        assert (exact < least).any() or not least
