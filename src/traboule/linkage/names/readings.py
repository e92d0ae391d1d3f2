"""Other ways to read the same characters: Cantonese, Hokkien, Japanese, Korean, Vietnamese; Wade-Giles for pinyin.

In comes a token in Chinese characters, or a token of Mandarin syllables in Latin letters; out go its other readings,
or its old spelling. It promises: pure; what is not listed has no other reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice, product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from traboule.core.words import catalogue
from traboule.linkage.fields.texts import Column, Few, Flags, arrow, matching

_MOST, _LONGEST, _SHORTEST_KOREAN = 60, 4, 5  # Readings of a word; characters of one; letters.
_ARABIC_ENDINGS = str.maketrans("ىةیک", "يهيك")
_OLD_BEGINNINGS = (("zh", "ch"), ("b", "p"), ("d", "t"), ("g", "k"), ("j", "ch"), ("q", "ch"), ("x", "hs"), ("r", "j"))
_OLD_WHOLE = {"zi": "tzu", "ci": "tzu", "si": "ssu", "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih"}
_OLD_WHOLE |= {"yi": "i", "you": "yu", "yan": "yen", "ye": "yeh", "er": "erh", "e": "o", "ge": "ko", "ke": "ko"}
_OLD_WHOLE |= {"he": "ho", "hui": "hui", "gui": "kuei", "kui": "kuei"}


@dataclass(frozen=True)
class _Lists:
    """What ``readings.yaml`` says."""

    words: Mapping[str, tuple[str, ...]]
    characters: Mapping[str, tuple[str, ...]]
    one: Mapping[int, str]


@cache
def _lists() -> _Lists:
    found = catalogue("traboule.linkage.names", "readings.yaml")
    return _Lists(
        words={word: tuple(readings.split()) for word, readings in found["words"].items()},
        characters={mark: tuple(readings.split()) for mark, readings in found["characters"].items()},
        one=str.maketrans({pair[1]: pair[0] for pair in found["traditional"].split()}),
    )


def one_script(native: str) -> str:
    """Return ``native`` in one way of writing: simplified characters as far as listed, Arabic endings without dots."""
    return native.translate(_lists().one).translate(_ARABIC_ENDINGS) if native else native


@lru_cache(maxsize=100_000)
def also_read(native: str) -> tuple[str, ...]:
    """Return the other readings of a word in Chinese characters, whole and character by character."""
    lists = _lists()
    plain = one_script(native)
    found = list(lists.words.get(native, ()) + lists.words.get(plain, ()))
    parts = [lists.characters.get(mark, ()) for mark in plain]
    if 0 < len(parts) <= _LONGEST and all(parts):
        found += ["".join(each) for each in islice(product(*parts), _MOST)]
    return tuple(dict.fromkeys(found))


def reads_as_word(native: str) -> bool:
    """Tell whether ``native`` is listed whole, with a reading that is not that of its characters."""
    return len(native) > 1 and (native in _lists().words or one_script(native) in _lists().words)


def syllables_of(native: str) -> list[str]:
    """Return how each of a word's Chinese characters is read in Mandarin."""
    return [anyascii(mark).lower() for mark in native]


@lru_cache(maxsize=400_000)
def wade_giles(token: str) -> str:
    """Return a token of Mandarin syllables in Wade and Giles's spelling, without apostrophes; any other as it is."""
    syllables = divided(token)
    return "".join(map(old_spelling, syllables)) if syllables else token


def divided(token: str) -> list[str]:
    """Return the pinyin syllables of ``token``, as few and long as can be; empty where it is none."""
    best: list[list[str] | None] = [None] * (len(token) + 1)
    best[0] = []
    for start in range(len(token)):
        before = best[start]
        if before is None:
            continue
        for end in range(start + 1, min(start + 6, len(token)) + 1):
            if token[start:end] in _syllables():
                longer = [*before, token[start:end]]
                known = best[end]
                if known is None or len(longer) < len(known):
                    best[end] = longer
    return best[-1] or []


@cache
def _syllables() -> frozenset[str]:
    return frozenset(catalogue("traboule.linkage.names", "readings.yaml")["pinyin"].split())


def old_spelling(syllable: str) -> str:
    """Return one pinyin syllable in Wade and Giles's spelling; empty for none."""
    if not syllable:
        return ""
    if syllable in _OLD_WHOLE:
        return _OLD_WHOLE[syllable]
    first = "zh" if syllable.startswith("zh") else syllable[0]
    rest = syllable[len(first) :]
    beginning = dict(_OLD_BEGINNINGS).get(first, first)
    if first in ("z", "c") and not syllable.startswith("ch"):
        beginning = "ts"
    ending = {"ian": "ien", "ie": "ieh", "ue": "ueh", "ong": "ung", "iong": "iung"}.get(rest, rest)
    if ending == "uo" and beginning not in ("k", "h", "sh"):
        ending = "o"
    if first == "y" and rest == "ong":
        ending = "ung"
    return beginning + ending


_KOREAN = re.compile(r"(?:(?:ch|sh|rh|kk|tt|pp|ss|jj|[gkndtrlmbpsjhyw])?[yw]?[aeiou]+(?:ng|[nmlkptg])?)+")
_KOREAN_SOUNDS: tuple[tuple[str, str], ...] = (
    *(("young", "yung"), ("eou", "u"), ("eo", "u"), ("eu", "u"), ("oo", "u"), ("ou", "u"), ("ee", "i")),
    *(("hui", "hi"), ("wu", "u"), ("ae", "e"), ("rh", "r"), ("sh", "s"), ("ch", "j"), ("y", "i"), ("ii", "i")),
    *(("ie", "i"), ("iu", "u")),
)
_SOFT, _HARD = "gdbl", "ktpr"


@lru_cache(maxsize=400_000)
def korean_sound(token: str) -> str:
    """Return a token that could be Korean in one spelling for all customary and official ones; others as they are."""
    if len(token) < _SHORTEST_KOREAN or not _KOREAN.fullmatch(token):
        return token
    for spelling, sound in _KOREAN_SOUNDS:
        token = token.replace(spelling, sound)
    return token.replace("ng", "N").translate(str.maketrans(_SOFT, _HARD))


def in_pinyin(tokens: Column) -> Flags:
    """Tell which of ``tokens`` are pinyin syllables and nothing else, those that :func:`divided` divides."""
    return matching(tokens, f"^(?:{'|'.join(sorted(_syllables()))})+$")


def wade_giles_of(tokens: Column) -> Column:
    """Return each of ``tokens`` in :func:`wade_giles`'s spelling."""
    if isinstance(tokens, Few):
        return Few(map(wade_giles, tokens))
    chosen = in_pinyin(tokens)
    spelled = [wade_giles(token) for token in tokens.filter(chosen).to_pylist()]
    return pc.replace_with_mask(tokens, pa.array(chosen, pa.bool_()), arrow(spelled))


def korean_sounds_of(tokens: Column) -> Column:
    """Return :func:`korean_sound` of each of ``tokens``."""
    if isinstance(tokens, Few):
        return Few(map(korean_sound, tokens))
    chosen = matching(tokens, f"^(?:{_KOREAN.pattern})$") & (np.asarray(pc.binary_length(tokens)) >= _SHORTEST_KOREAN)
    sounds = tokens.filter(chosen)
    for spelling, sound in (*_KOREAN_SOUNDS, ("ng", "N"), *zip(_SOFT, _HARD, strict=True)):
        sounds = pc.replace_substring(sounds, pattern=spelling, replacement=sound)
    return pc.replace_with_mask(tokens, pa.array(chosen, pa.bool_()), sounds)
