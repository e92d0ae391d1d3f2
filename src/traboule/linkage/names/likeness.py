"""How alike two names are, over arrays of pairs: a level from 0 (different) to 6 (the same, as written).

In comes a :class:`NameTable` (distinct names with their tokens) and two arrays of name numbers; out goes an array of
levels. It promises: symmetric; indifferent to the order of tokens; the level of two names depends on these two alone,
whatever else stands in the table; each distinct pair is compared once, in compiled code (rapidfuzz) and arrays.

    6  the same tokens as written, or the same letters however divided
    5  every token sounds the same
    4  every token of the shorter name is in the longer one (a patronymic or second family name left out)
    3  as 4, but some tokens are only close (a slip of the keyboard, another romanisation)
    2  two tokens agree and others do not; or one agrees and another is its initial; or one name of a one-name person is
       in the longer
    1  one token agrees (relatives look like this)
    0  different
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from traboule.linkage.names.sounds import folded, loose_sound, skeleton
from traboule.linkage.names.tokens import MOST_TOKENS, VOWELLESS, script, standing_for, tokens

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]

FORMS = 3  # as romanised by the filer, as written in the native script, other names
_OTHER_NAMES = 2
_CHUNK = 100_000
_INITIAL, _CLOSE, _SOUND, _SAME = 1, 2, 3, 4
_BEGINNING = 3  # Classes of consonants.
_LETTERS_TELL = 6  # Shorter names share their letters by chance.


@dataclass(frozen=True, slots=True)
class FiledName:
    """The fields of one person's name as filed; each may be empty."""

    family: str = ""
    given: str = ""
    family_romanised: str = ""
    given_romanised: str = ""
    other: str = ""


@dataclass(frozen=True)
class NameTable:
    """Distinct names, numbered in the order of their spelling, and the tokens they are made of.

    ``forms``: (names, FORMS, MOST_TOKENS) token numbers, -1 where there is none. ``written`` and ``sound``: one text a
    name, its first form's tokens and skeletons, sorted, for frequencies and keys. ``several``: names of two tokens or
    more. The rest is by token: numbers that are equal where tokens agree in sound, loosely, or as spellings of a name.
    """

    forms: npt.NDArray[np.int32]
    letters: npt.NDArray[np.int64]
    written: tuple[str, ...]
    sound: tuple[str, ...]
    texts: npt.NDArray[np.object_]
    sounds: npt.NDArray[np.int64]
    loose: npt.NDArray[np.int64]
    beginnings: npt.NDArray[np.int64]
    firsts: npt.NDArray[np.int64]
    families: npt.NDArray[np.int64]
    folds: npt.NDArray[np.int64]
    marks: npt.NDArray[np.uint32]
    bare: npt.NDArray[np.bool_]
    classes: Integers
    sizes: Integers
    initials: Integers
    several: npt.NDArray[np.bool_]


def name_table(filed: Sequence[FiledName]) -> tuple[NameTable, Integers]:
    """Return the table of the distinct names in ``filed``, and for each of ``filed`` its number (-1 without tokens)."""
    as_forms = [_forms(name) for name in filed]
    distinct = sorted({forms for forms in as_forms if any(forms)})
    number = {forms: place for place, forms in enumerate(distinct)}
    numbers = np.array([number.get(forms, -1) for forms in as_forms], dtype=np.int64)
    words = sorted({word for forms in distinct for form in forms for word in form})
    place_of = {word: place for place, word in enumerate(words)}
    shape = np.full((len(distinct), FORMS, MOST_TOKENS), -1, dtype=np.int32)
    letters = np.full((len(distinct), FORMS), -1, dtype=np.int64)
    spelt: dict[str, int] = {}
    for row, forms in enumerate(distinct):
        for column, form in enumerate(forms):
            shape[row, column, : len(form)] = [place_of[word] for word in form]
            joined = "".join(sorted("".join(text for text, _ in form)))
            if len(joined) >= _LETTERS_TELL:
                letters[row, column] = spelt.setdefault(joined, len(spelt))
    texts = [text for text, _ in words]
    sounds = [skeleton(text) for text in texts]
    first = [next(form for form in forms if form) for forms in distinct]
    return NameTable(
        forms=shape,
        letters=letters,
        written=tuple(" ".join(text for text, _ in form) for form in first),
        sound=tuple(" ".join(sorted(skeleton(text) for text, _ in form)) for form in first),
        texts=np.array(texts, dtype=object),
        sounds=_numbered(sounds),
        loose=_numbered([loose_sound(text) for text in texts]),
        beginnings=_numbered([loose_sound(text)[:_BEGINNING] for text in texts]),
        firsts=_numbered([loose_sound(text)[:1] for text in texts]),
        families=_numbered([standing_for(text) for text in texts]),
        folds=_numbered([folded(text) for text in texts]),
        marks=np.array([_marks(text) for text in texts], dtype=np.uint32),
        bare=np.array([is_bare for _, is_bare in words], dtype=np.bool_),
        classes=np.array([len(sound.split("_")[0]) for sound in sounds], dtype=np.int64),
        sizes=np.array([len(text) for text in texts], dtype=np.int64),
        several=(shape >= 0).sum(2).max(1, initial=0) >= 2,
        initials=np.array([ord(text[0]) for text in texts], dtype=np.int64),
    ), numbers


Form = tuple[tuple[str, bool], ...]


def _forms(name: FiledName) -> tuple[Form, ...]:
    """Return up to three forms of a name, each a sorted tuple of (token, written without vowels)."""
    romanised = _form(name.family_romanised, name.given_romanised)
    native = _form(name.family, name.given)
    if not romanised:
        romanised, native = native, ()
    return romanised, (() if native == romanised else native), _form("", name.other)


def _form(family: str, given: str) -> Form:
    bare = script(family + given) in VOWELLESS
    return tuple((token, bare) for token in tokens(family, given))


def _numbered(texts: Sequence[str]) -> Integers:
    number = {text: place for place, text in enumerate(sorted(set(texts)))}
    return np.array([number[text] for text in texts], dtype=np.int64)


def _marks(text: str) -> int:
    """Return the set of letters in ``text`` as bits."""
    bits = 0
    for letter in text:
        bits |= 1 << (ord(letter) - 97)
    return bits


def compare(table: NameTable, left: Integers, right: Integers) -> Levels:
    """Return the level of likeness of each pair of names; -1 where either has no name.

    ``left`` and ``right``: name numbers of the same length.
    """
    low, high = np.minimum(left, right), np.maximum(left, right)
    levels = np.full(len(low), -1, dtype=np.int8)
    known = low >= 0
    codes, back = np.unique(low[known] * np.int64(len(table.written)) + high[known], return_inverse=True)
    found = np.zeros(len(codes), dtype=np.int8)
    for start in range(0, len(codes), _CHUNK):
        part = codes[start : start + _CHUNK]
        pair = part // len(table.written), part % len(table.written)
        found[start : start + _CHUNK] = _best_of_forms(table, *pair)
    levels[known] = found[back]
    return levels


def _best_of_forms(table: NameTable, left: Integers, right: Integers) -> Levels:
    """Return the highest level over all pairs of forms of distinct names."""
    best = np.zeros(len(left), dtype=np.int8)
    for one in range(FORMS):
        for other in range(FORMS):
            first, second = table.forms[left, one], table.forms[right, other]
            both = np.flatnonzero((first[:, 0] >= 0) & (second[:, 0] >= 0))
            if not len(both):
                continue
            level = _level(table, first[both], second[both])
            same = table.letters[left[both], one]
            several = (first[both, 1] >= 0) | (second[both, 1] >= 0)
            level[several & (same >= 0) & (same == table.letters[right[both], other])] = 6
            if _OTHER_NAMES in (one, other):
                level = np.minimum(level, 4)
            best[both] = np.maximum(best[both], level)
    return best


def _level(table: NameTable, first: npt.NDArray[np.int32], second: npt.NDArray[np.int32]) -> Levels:
    """Return the level of two forms from how many of their tokens can be paired, and how well."""
    width = max(int((first >= 0).sum(1).max()), int((second >= 0).sum(1).max()))
    first, second = first[:, :width], second[:, :width]
    grades = _grades(table, first, second)
    # Most pairs of strangers have no token in common, and are done.
    some = np.flatnonzero(grades.any((1, 2)))
    levels = np.zeros(len(first), dtype=np.int8)
    if len(some):
        levels[some] = _level_of_grades(grades[some], (first[some] >= 0).sum(1), (second[some] >= 0).sum(1))
    return levels


def _level_of_grades(grades: npt.NDArray[np.int8], one: Integers, two: Integers) -> Levels:
    """Return the level from the grades of every pair of tokens and the number of tokens on each side."""
    initial, close, sound, same = _paired(grades)
    short, long = np.minimum(one, two), np.maximum(one, two)
    full = same + sound
    whole = short >= 2
    single = short == 1
    choices = [
        whole & (one == two) & (same == short),
        whole & (one == two) & (full == short),
        (whole & (full == short)) | (single & (long == 1) & (full == 1)),
        (whole & (full + close == short)) | (single & (long == 1) & (close == 1)),
        (full >= 2) | (single & (full == 1)) | (whole & (full >= 1) & (full + close + initial == short)),
        full == 1,
    ]
    return np.select(choices, [6, 5, 4, 3, 2, 1], default=0).astype(np.int8)


def _grades(table: NameTable, first: npt.NDArray[np.int32], second: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
    """Return the grade of every pair of tokens: (pairs, width, width), 0 different to 4 the same."""
    a = np.broadcast_to(first[:, :, None], (len(first), first.shape[1], second.shape[1]))
    b = np.broadcast_to(second[:, None, :], a.shape)
    grades = np.zeros(a.shape, dtype=np.int8)
    cells = np.flatnonzero((a >= 0) & (b >= 0))
    codes = np.minimum(a, b).ravel()[cells].astype(np.int64) * len(table.texts) + np.maximum(a, b).ravel()[cells]
    distinct, back = np.unique(codes, return_inverse=True)
    grades.ravel()[cells] = _grade(table, distinct // len(table.texts), distinct % len(table.texts))[back]
    return grades


def _grade(table: NameTable, a: Integers, b: Integers) -> Levels:
    """Return the grade of distinct pairs of tokens."""
    short = np.minimum(table.sizes[a], table.sizes[b])
    bare = table.bare[a] | table.bare[b]
    same = (table.folds[a] == table.folds[b]) & ~(bare & (short <= 1))
    common = np.bitwise_count(table.marks[a] & table.marks[b]).astype(np.int64)
    most = np.maximum(np.bitwise_count(table.marks[a]), np.bitwise_count(table.marks[b])).astype(np.int64)
    sounds = table.sounds[a] == table.sounds[b]
    loose = table.loose[a] == table.loose[b]
    likeness = np.zeros(len(a), dtype=np.float32)
    worth = np.flatnonzero(~same & (short >= 2) & ((common * 10 >= most * 6) | sounds | loose))
    if len(worth):
        likeness[worth] = process.cpdist(
            table.texts[a[worth]].tolist(),
            table.texts[b[worth]].tolist(),
            scorer=JaroWinkler.similarity,
            dtype=np.float32,
            workers=1,
        )
    initial = (short == 1) & (table.initials[a] == table.initials[b])
    # Few consonants agree by chance: Kane and Kone must be alike in their vowels as well.
    enough = np.where(np.minimum(table.classes[a], table.classes[b]) >= 3, 0.8, 0.9)
    heard = (sounds & (bare | (likeness >= enough))) | (loose & bare & (likeness >= 0.75))
    sound = heard | (table.families[a] == table.families[b])
    close = ((likeness >= 0.88) & (short >= 4)) | (loose & (bare | (likeness >= 0.7)) & (short >= 2))
    return np.select([same, sound, close, initial], [_SAME, _SOUND, _CLOSE, _INITIAL], default=0).astype(np.int8)


def _paired(grades: npt.NDArray[np.int8]) -> tuple[Integers, Integers, Integers, Integers]:
    """Pair each token with at most one other, the best first; return how many pairs there are of each grade, from 1.

    Among equals, the pair with the fewest other choices goes first, so that none is left without a partner.
    """
    pairs, height, width = grades.shape
    counts = {grade: np.zeros(pairs, np.int64) for grade in (_INITIAL, _CLOSE, _SOUND, _SAME)}
    left = grades.astype(np.int16)
    for _ in range(min(height, width)):
        choices = (left > 0).sum(2)[:, :, None] + (left > 0).sum(1)[:, None, :]
        rank = np.where(left > 0, left * 64 - choices, -1).reshape(pairs, -1)
        best = rank.argmax(1)
        grade = left.reshape(pairs, -1)[np.arange(pairs), best]
        for value in counts:
            counts[value] += grade == value
        row, column = best // width, best % width
        left[np.arange(pairs), row, :] = 0
        left[np.arange(pairs), :, column] = 0
    return counts[_INITIAL], counts[_CLOSE], counts[_SOUND], counts[_SAME]
