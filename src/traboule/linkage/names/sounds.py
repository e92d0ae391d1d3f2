"""How a romanised token sounds, as far as every script agrees: classes of consonants, in order.

In comes a token of small Latin letters; out goes its skeleton, such as "NNT" for mohamed, muhammad and محمد alike. It
promises: pure, never empty, vowels never count where two consonants or more remain. Arabic and Hebrew write few
vowels, so a skeleton is the most that two scripts can share.
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

from traboule.linkage.arrays.compiled import compiled, inner
from traboule.linkage.fields.texts import (
    Column,
    Few,
    Flags,
    Integers,
    arrow,
    by_lines,
    filled,
    joined,
    places_in,
    replaced,
    respelled,
)
from traboule.linkage.names.tokens import lines, spellings, standing_for

Letters = npt.NDArray[np.uint8]
_LONGEST = 1024  # Letters of a word at most.
_C, _E, _I, _J, _K, _L, _N, _S, _V, _W, _X, _Y = map(np.uint8, map(ord, "ceijklnsvwxy"))

# Letters written together that are one sound; longest first.
_TOGETHER: tuple[tuple[str, str], ...] = (
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
_REPLACED = dict(_TOGETHER)
_PATTERN = re.compile("|".join(letters for letters, _ in _TOGETHER))
_CLASSES = {
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
_HELD_LAST, _HELD = re.compile("h(?<=.[aeiou]h)$", re.MULTILINE), re.compile("h(?<=[aeiou]h)(?![aeiouy])")


@lru_cache(maxsize=400_000)
def skeleton(token: str) -> str:
    """Return the consonant classes of ``token``; with fewer than two, the folded token itself behind a sign.

    A doubled letter counts once, so that Mohammed and Mohamed agree.
    """
    spelling = standing_for(token)
    classes = _classes(spelling)
    return classes if len(classes) >= 2 else f"{classes}_{folded(spelling)}"


def sound_of(tokens: Iterable[str]) -> str:
    """Return how a name of these tokens sounds, in whatever order they stand."""
    return " ".join(sorted(map(skeleton, tokens)))


def loose_sound(token: str) -> str:
    """Return a skeleton in which sounds that countries write with one letter are one (Jamal, Gamal).

    With fewer than two classes, it says only whether the token begins with a vowel: Alaoui and العلوي agree.
    """
    spelling = standing_for(token)
    classes = _classes(spelling)
    if len(classes) >= 2:
        return classes.replace("S", "K")
    if not classes:
        return f"_{folded(spelling)}"
    return f"{classes.replace('S', 'K')}_{'A' if spelling[0] in 'aeiou' else ''}"


def _classes(spelling: str) -> str:
    if spelling.endswith(_SLAVIC_ENDINGS):
        spelling = spelling.replace("w", "v")
    sound = _PATTERN.sub(lambda found: _REPLACED[found.group()], _SAME_LETTER.sub(r"\1", spelling))
    sound = _SOFT_C.sub("s", sound)
    sound = ("s" + sound[1:] if sound.startswith("x") else sound).replace("x", "ks")
    return "".join(_CLASSES.get(letter, "") for letter in sound)


@lru_cache(maxsize=400_000)
def folded(token: str) -> str:
    """Return ``token`` with the commonest spellings of one vowel made one: lee and li, youssef and yusuf agree."""
    return _folded(token)


def _folded(lines: str) -> str:
    return _HELD_LAST.sub("", replaced(lines, _VOWEL_SPELLINGS))


def standing_for_all(tokens: Column) -> Column:
    """Return :func:`~traboule.linkage.names.tokens.standing_for` of each of ``tokens``."""
    if isinstance(tokens, Few):
        return Few(map(standing_for, tokens))
    listed, standing = _listed()
    where: Column = pc.index_in(tokens, value_set=listed)
    return pc.coalesce(standing.take(where), tokens)


@cache
def _listed() -> tuple[Column, Column]:
    """Return all listed spellings, and what stands for each."""
    spelling, standing = (arrow(side) for side in zip(*sorted(spellings().items()), strict=True))
    return spelling, standing


def are_listed(tokens: Column) -> Flags:
    """Tell which of ``tokens`` are listed spellings of a name."""
    if isinstance(tokens, Few):
        return np.array([token in spellings() for token in tokens], dtype=np.bool_)
    return places_in(tokens, _listed()[0]) >= 0


def listed_lines(families: Column) -> Integers:
    """Return which of the listed names each of ``families``, the spellings that stand for all, is; -1 for none."""
    if isinstance(families, Few):
        return np.array([lines().get(family, -1) for family in families], dtype=np.int64)
    names, numbers = _numbered_lines()
    return numbers[places_in(families, names)]


@cache
def _numbered_lines() -> tuple[Column, Integers]:
    """Return all listed names, and the number of each; behind these -1."""
    return arrow([*lines()]), np.array([*lines().values(), -1], dtype=np.int64)


def classes_in(skeletons: Column) -> Integers:
    """Return how many classes of consonants each skeleton has."""
    if isinstance(skeletons, Few):
        return np.array([len(each.partition("_")[0]) for each in skeletons], dtype=np.int64)
    found = np.asarray(pc.find_substring(skeletons, "_")).astype(np.int64)
    return np.where(found < 0, np.asarray(pc.binary_length(skeletons)), found)


def sounds_of(tokens: Column) -> tuple[Column, Column]:
    """Return the skeleton and the loose sound of each of ``tokens``."""
    if isinstance(tokens, Few):
        return Few(map(skeleton, tokens)), Few(map(loose_sound, tokens))
    spelled = standing_for_all(tokens)
    classes = _all_classes(spelled)
    loose = respelled(classes, (("S", "K"),))
    # Some are told by their vowels too.
    few: Column = pa.array(np.asarray(pc.binary_length(classes)) < 2)
    spelled, one, one_loose = (column.filter(few) for column in (spelled, classes, loose))
    folds = folds_of(spelled)
    first: Column = pc.if_else(pc.match_substring_regex(spelled, "^[aeiou]"), "A", "")
    vowels = pc.if_else(pa.array(filled(one)), first, folds)
    return (
        pc.replace_with_mask(classes, few, joined([one, folds], "_")),
        pc.replace_with_mask(loose, few, joined([one_loose, vowels], "_")),
    )


def folds_of(tokens: Column) -> Column:
    """Return each of ``tokens`` :func:`folded`."""
    return by_lines(tokens, folded if isinstance(tokens, Few) else _folded)


# By letter, or end of a line.
_VOWEL_CLASSES = str.maketrans(
    dict.fromkeys(map(chr, range(128)), ".") | dict(zip("aeiyou\n", "aiiiuu\n", strict=True))
)
# One after the other, each as long as it is found.
_COUNTED_ONCE = (("..", "."), ("ii", "i"), ("ia", "a"), ("iu", "u"), ("aa", "a"), ("uu", "u"))


def vowels_of(tokens: Column) -> Column:
    """Return the vowels of each of ``tokens`` in three classes, consonants as points; what glides into another vowel
    counts with it."""
    return by_lines(tokens, _vowels)


def _vowels(lines: str) -> str:
    classes = _HELD.sub("", lines).translate(_VOWEL_CLASSES)
    for two, one in _COUNTED_ONCE:
        while two in classes:
            classes = classes.replace(two, one)
    return classes


class _Spelling(NamedTuple):
    """What :func:`_classes` goes by, as bytes: letters that stand together and their sound, Slavic endings, and the
    class of each letter, 0 for none."""

    together: Letters
    sizes: Integers
    sounds: Letters
    endings: Letters
    ending_sizes: Integers
    classes: Letters


@cache
def _spelling() -> _Spelling:
    together, sounds = zip(*_TOGETHER, strict=True)
    classes = np.zeros(128, dtype=np.uint8)
    for letter, of_class in _CLASSES.items():
        classes[ord(letter)] = ord(of_class)
    return _Spelling(
        *_as_bytes(together), np.frombuffer("".join(sounds).encode(), np.uint8), *_as_bytes(_SLAVIC_ENDINGS), classes
    )


def _as_bytes(texts: tuple[str, ...]) -> tuple[Letters, Integers]:
    """Return ``texts`` as rows of bytes, and their lengths."""
    rows = np.array([text.encode() for text in texts])
    return rows.view(np.uint8).reshape(len(texts), -1), np.array([len(text) for text in texts], dtype=np.int64)


def _all_classes(spelled: Column) -> Column:
    """Return the classes of consonants of each spelling."""
    _, offsets, data = spelled.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)[spelled.offset : spelled.offset + len(spelled) + 1]
    letters = np.frombuffer(data, dtype=np.uint8)
    out = np.empty(2 * int(starts[-1] - starts[0]) + 1, dtype=np.uint8)
    ends = np.zeros(len(starts), dtype=np.int32)
    _write_classes(letters, starts, _spelling(), np.empty(_LONGEST, dtype=np.uint8), out, ends)
    return pa.StringArray.from_buffers(len(spelled), pa.py_buffer(ends.data), pa.py_buffer(out.data))


@compiled
def _write_classes(
    letters: Letters,
    starts: npt.NDArray[np.int32],
    how: _Spelling,
    text: Letters,
    out: Letters,
    ends: npt.NDArray[np.int32],
) -> None:
    """Write what :func:`_classes` gives of each text; ``ends``: where each ends in ``out``, from the second place;
    ``text``: room for one."""
    at = 0
    for token in range(len(starts) - 1):
        size = _plain_letters(letters[starts[token] : starts[token + 1]], how, text)
        size = _put_together(text, size, how)
        for place in range(size):
            letter = text[place]
            if letter == _C and (
                (place + 1 < size and text[place + 1] in (_E, _I, _Y))
                or (place + 1 == size and place >= 2 and text[place - 1] == _I and text[place - 2] in (_V, _N, _J, _L))
            ):
                letter = _S
            if letter == _X:
                if place > 0:
                    out[at] = how.classes[_K]
                    at += 1
                letter = _S
            if how.classes[letter]:
                out[at] = how.classes[letter]
                at += 1
        ends[token + 1] = at


@inner
def _stands(letters: Letters, wide: int, text: Letters, place: int, size: int) -> bool:
    """Tell whether ``wide`` letters stand at ``place`` of the first ``size`` of a text."""
    if place < 0 or place + wide > size:
        return False
    step = 0
    while step < wide and text[place + step] == letters[step]:
        step += 1
    return step == wide


@inner
def _plain_letters(token: Letters, how: _Spelling, text: Letters) -> int:
    """Write ``token`` with each doubled letter once, w as v where the ending is Slavic; return how many letters."""
    slavic = False
    for ending in range(len(how.endings)):
        wide = how.ending_sizes[ending]
        slavic |= _stands(how.endings[ending], wide, token, len(token) - wide, len(token))
    size = 0
    for place in range(len(token)):
        letter = _V if slavic and token[place] == _W else token[place]
        if size == 0 or text[size - 1] != letter:
            text[size] = letter
            size += 1
    return size


@inner
def _put_together(text: Letters, size: int, how: _Spelling) -> int:
    """Write one letter for letters that are one sound together; return how many remain."""
    place, kept = 0, 0
    while place < size:
        found = -1
        for each in range(len(how.together)):
            wide = how.sizes[each]
            if _stands(how.together[each], wide, text, place, size):
                found = each
                break
        text[kept] = text[place] if found < 0 else how.sounds[found]
        place += 1 if found < 0 else how.sizes[found]
        kept += 1
    return kept
