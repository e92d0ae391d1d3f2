"""Reduce a romanised token to its phonetic key (skeleton): the classes of its consonants, in order.

Mohamed, muhammad and محمد all give "NNT". A key is never empty. Vowels do not count where two consonants or more
remain: Arabic and Hebrew write few vowels, so consonants are what scripts have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.arrays.jit import compiled, inner
from traboule.linkage.arrays.text_encoding import (
    Column,
    Flags,
    Integers,
    TextList,
    as_arrow,
    index_in,
    is_filled,
    join_texts,
    map_lines,
    replace_all,
    replace_all_in,
)
from traboule.linkage.names.tokens import canonical_by_spelling, canonical_spelling, listed_names

Letters = npt.NDArray[np.uint8]
_LONGEST = 1024  # The most letters of a word.
_C, _E, _I, _J, _K, _L, _N, _S, _V, _W, _X, _Y = map(np.uint8, map(ord, "ceijklnsvwxy"))

# Letters that together are one sound, longest first.
_DIGRAPHS: tuple[tuple[str, str], ...] = (
    ("schtsch", "s"),
    ("tsch", "s"),
    ("shch", "s"),
    ("dsch", "s"),
    ("tch", "s"),
    ("sch", "s"),
    ("dzh", "s"),
    ("ssh", "s"),
    ("zh", "s"),
    ("ch", "s"),
    ("sh", "s"),
    ("cz", "s"),
    ("ts", "s"),
    ("tz", "s"),
    ("dz", "s"),
    ("dj", "s"),
    ("hs", "s"),
    ("ph", "f"),
    ("th", "t"),
    ("kh", "k"),
    ("gh", "k"),
    ("ck", "k"),
    ("qu", "k"),
)
_DIGRAPH_SOUND = dict(_DIGRAPHS)
_DIGRAPH_PATTERN = re.compile("|".join(letters for letters, _ in _DIGRAPHS))
_CONSONANT_CLASS = {
    **dict.fromkeys("bpfv", "P"),
    **dict.fromkeys("ckgq", "K"),
    **dict.fromkeys("szj", "S"),
    **dict.fromkeys("dt", "T"),
    **dict.fromkeys("lr", "L"),
    **dict.fromkeys("mn", "N"),
}
_SOFT_C = re.compile(r"c(?=[eiy])|(?<=[vnjl]i)c$")
# In these endings of Polish and German spelling w is the consonant; elsewhere it is a vowel or silent.
_SLAVIC_ENDINGS = ("ski", "sky", "ska", "icz", "ow", "ew", "owa", "ewa", "wna", "owic", "owich")
_SAME_LETTER = re.compile(r"([a-z])\1+")
_VOWEL_SPELLINGS = (
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("ow", "u"),
    ("ie", "i"),
    ("y", "i"),
    ("ii", "i"),
    ("uu", "u"),
)
_SILENT_LAST_H, _SILENT_H = re.compile("h(?<=.[aeiou]h)$", re.MULTILINE), re.compile("h(?<=[aeiou]h)(?![aeiouy])")


@lru_cache(maxsize=400_000)
def skeleton(token: str) -> str:
    """Return the consonant classes of ``token``; with fewer than two, also the token with folded vowels, after an
    underscore.

    A doubled letter counts once, so that Mohammed and Mohamed agree.
    """
    spelling = canonical_spelling(token)
    classes = _consonant_classes(spelling)
    return classes if len(classes) >= 2 else f"{classes}_{fold_vowels(spelling)}"


def name_skeleton(tokens: Iterable[str]) -> str:
    """Return the phonetic key of a name from its tokens, in any order."""
    return " ".join(sorted(map(skeleton, tokens)))


def loose_skeleton(token: str) -> str:
    """Return a skeleton that merges sounds which some countries write with one letter (Jamal, Gamal).

    With fewer than two classes it also says whether the token begins with a vowel: Alaoui and العلوي agree.
    """
    spelling = canonical_spelling(token)
    classes = _consonant_classes(spelling)
    if len(classes) >= 2:
        return classes.replace("S", "K")
    if not classes:
        return f"_{fold_vowels(spelling)}"
    return f"{classes.replace('S', 'K')}_{'A' if spelling[0] in 'aeiou' else ''}"


def _consonant_classes(spelling: str) -> str:
    if spelling.endswith(_SLAVIC_ENDINGS):
        spelling = spelling.replace("w", "v")
    sound = _DIGRAPH_PATTERN.sub(lambda match: _DIGRAPH_SOUND[match.group()], _SAME_LETTER.sub(r"\1", spelling))
    sound = _SOFT_C.sub("s", sound)
    sound = ("s" + sound[1:] if sound.startswith("x") else sound).replace("x", "ks")
    return "".join(_CONSONANT_CLASS.get(letter, "") for letter in sound)


@lru_cache(maxsize=400_000)
def fold_vowels(token: str) -> str:
    """Return ``token`` with the common spellings of each vowel unified: lee and li, youssef and yusuf agree."""
    return _fold_vowels(token)


def _fold_vowels(lines: str) -> str:
    return _SILENT_LAST_H.sub("", replace_all(lines, _VOWEL_SPELLINGS))


def canonical_spellings(tokens: Column) -> Column:
    """Return :func:`~traboule.linkage.names.tokens.canonical_spelling` of each token."""
    if isinstance(tokens, TextList):
        return TextList(map(canonical_spelling, tokens))
    variants, canonical = _canonical_columns()
    place: Column = pc.index_in(tokens, value_set=variants)
    return pc.coalesce(canonical.take(place), tokens)


@cache
def _canonical_columns() -> tuple[Column, Column]:
    """Return all listed spellings, and the canonical spelling of each."""
    spelling, canonical = (as_arrow(side) for side in zip(*sorted(canonical_by_spelling().items()), strict=True))
    return spelling, canonical


def are_listed(tokens: Column) -> Flags:
    """Tell which of ``tokens`` are listed spellings of a name."""
    if isinstance(tokens, TextList):
        return np.array([token in canonical_by_spelling() for token in tokens], dtype=np.bool_)
    return index_in(tokens, _canonical_columns()[0]) >= 0


def listed_name_numbers(families: Column) -> Integers:
    """Return for each canonical spelling the number of its listed name; -1 for none."""
    if isinstance(families, TextList):
        return np.array([listed_names().get(family, -1) for family in families], dtype=np.int64)
    names, numbers = _listed_name_columns()
    return numbers[index_in(families, names)]


@cache
def _listed_name_columns() -> tuple[Column, Integers]:
    """Return all listed names, and their numbers followed by -1."""
    return as_arrow([*listed_names()]), np.array([*listed_names().values(), -1], dtype=np.int64)


def class_counts(skeletons: Column) -> Integers:
    """Return how many consonant classes each skeleton has."""
    if isinstance(skeletons, TextList):
        return np.array([len(text.partition("_")[0]) for text in skeletons], dtype=np.int64)
    separators = np.asarray(pc.find_substring(skeletons, "_")).astype(np.int64)
    return np.where(separators < 0, np.asarray(pc.binary_length(skeletons)), separators)


def skeletons_of(tokens: Column) -> tuple[Column, Column]:
    """Return the skeleton and the loose skeleton of each token."""
    if isinstance(tokens, TextList):
        return TextList(map(skeleton, tokens)), TextList(map(loose_skeleton, tokens))
    canonical = canonical_spellings(tokens)
    classes = _all_consonant_classes(canonical)
    loose = replace_all_in(classes, (("S", "K"),))
    # With fewer than two classes, vowels count as well.
    short: Column = pa.array(np.asarray(pc.binary_length(classes)) < 2)
    canonical, short_classes, short_loose = (column.filter(short) for column in (canonical, classes, loose))
    folds = folded_vowels(canonical)
    first: Column = pc.if_else(pc.match_substring_regex(canonical, "^[aeiou]"), "A", "")
    vowels = pc.if_else(pa.array(is_filled(short_classes)), first, folds)
    return (
        pc.replace_with_mask(classes, short, join_texts([short_classes, folds], "_")),
        pc.replace_with_mask(loose, short, join_texts([short_loose, vowels], "_")),
    )


def folded_vowels(tokens: Column) -> Column:
    """Return each of ``tokens`` as :func:`fold_vowels` gives it."""
    return map_lines(tokens, fold_vowels if isinstance(tokens, TextList) else _fold_vowels)


# By letter, or end of a line.
_VOWEL_CLASSES = str.maketrans(
    dict.fromkeys(map(chr, range(128)), ".") | dict(zip("aeiyou\n", "aiiiuu\n", strict=True))
)
# Applied in this order, each until nothing changes.
_VOWEL_MERGES = (("..", "."), ("ii", "i"), ("ia", "a"), ("iu", "u"), ("aa", "a"), ("uu", "u"))


def vowels_of(tokens: Column) -> Column:
    """Return the vowels of each token in three classes, with consonants as dots. A vowel that glides into the next
    counts with it."""
    return map_lines(tokens, _vowels)


def _vowels(lines: str) -> str:
    classes = _SILENT_H.sub("", lines).translate(_VOWEL_CLASSES)
    for pair, merged in _VOWEL_MERGES:
        while pair in classes:
            classes = classes.replace(pair, merged)
    return classes


class _SpellingTables(NamedTuple):
    """The tables of :func:`_consonant_classes` as bytes: digraphs and their sounds, Slavic endings, and the class of
    each letter (0 for none)."""

    together: Letters
    sizes: Integers
    sounds: Letters
    endings: Letters
    ending_sizes: Integers
    classes: Letters


@cache
def _spelling_tables() -> _SpellingTables:
    together, sounds = zip(*_DIGRAPHS, strict=True)
    classes = np.zeros(128, dtype=np.uint8)
    for letter, of_class in _CONSONANT_CLASS.items():
        classes[ord(letter)] = ord(of_class)
    return _SpellingTables(
        *_as_bytes(together), np.frombuffer("".join(sounds).encode(), np.uint8), *_as_bytes(_SLAVIC_ENDINGS), classes
    )


def _as_bytes(texts: tuple[str, ...]) -> tuple[Letters, Integers]:
    """Return ``texts`` as rows of bytes, and their lengths."""
    rows = np.array([text.encode() for text in texts])
    return rows.view(np.uint8).reshape(len(texts), -1), np.array([len(text) for text in texts], dtype=np.int64)


def _all_consonant_classes(tokens: Column) -> Column:
    """Return the consonant classes of each spelling."""
    _, offsets, data = tokens.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)[tokens.offset : tokens.offset + len(tokens) + 1]
    letters = np.frombuffer(data, dtype=np.uint8)
    out = np.empty(2 * int(starts[-1] - starts[0]) + 1, dtype=np.uint8)
    ends = np.zeros(len(starts), dtype=np.int32)
    _write_classes(letters, starts, _spelling_tables(), np.empty(_LONGEST, dtype=np.uint8), out, ends)
    return pa.StringArray.from_buffers(len(tokens), pa.py_buffer(ends.data), pa.py_buffer(out.data))


@compiled
def _write_classes(
    letters: Letters,
    starts: npt.NDArray[np.int32],
    tables: _SpellingTables,
    text: Letters,
    out: Letters,
    ends: npt.NDArray[np.int32],
) -> None:
    """Write what :func:`_consonant_classes` gives for each text. ``ends``: where each ends in ``out``, from the second
    place. ``text``: a buffer for one text."""
    at = 0
    for token in range(len(starts) - 1):
        size = _undoubled(letters[starts[token] : starts[token + 1]], tables, text)
        size = _merge_digraphs(text, size, tables)
        for place in range(size):
            letter = text[place]
            if letter == _C and (
                (place + 1 < size and text[place + 1] in (_E, _I, _Y))
                or (place + 1 == size and place >= 2 and text[place - 1] == _I and text[place - 2] in (_V, _N, _J, _L))
            ):
                letter = _S
            if letter == _X:
                if place > 0:
                    out[at] = tables.classes[_K]
                    at += 1
                letter = _S
            if tables.classes[letter]:
                out[at] = tables.classes[letter]
                at += 1
        ends[token + 1] = at


@inner
def _stands_at(letters: Letters, width: int, text: Letters, place: int, size: int) -> bool:
    """Tell whether ``width`` letters stand at ``place`` of the first ``size`` letters of a text."""
    if place < 0 or place + width > size:
        return False
    step = 0
    while step < width and text[place + step] == letters[step]:
        step += 1
    return step == width


@inner
def _undoubled(token: Letters, tables: _SpellingTables, text: Letters) -> int:
    """Write ``token`` with doubled letters once, and w as v where the ending is Slavic; return the number of
    letters."""
    slavic = False
    for ending in range(len(tables.endings)):
        width = tables.ending_sizes[ending]
        slavic |= _stands_at(tables.endings[ending], width, token, len(token) - width, len(token))
    size = 0
    for place in range(len(token)):
        letter = _V if slavic and token[place] == _W else token[place]
        if size == 0 or text[size - 1] != letter:
            text[size] = letter
            size += 1
    return size


@inner
def _merge_digraphs(text: Letters, size: int, tables: _SpellingTables) -> int:
    """Write one letter for each digraph; return how many letters remain."""
    place, written = 0, 0
    while place < size:
        digraph = -1
        for candidate in range(len(tables.together)):
            width = tables.sizes[candidate]
            if _stands_at(tables.together[candidate], width, text, place, size):
                digraph = candidate
                break
        text[written] = text[place] if digraph < 0 else tables.sounds[digraph]
        place += 1 if digraph < 0 else tables.sizes[digraph]
        written += 1
    return written
