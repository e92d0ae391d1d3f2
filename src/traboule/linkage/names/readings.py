"""Read Chinese characters in other languages: Cantonese, Hokkien, Japanese, Korean, Vietnamese; and pinyin as
Wade–Giles.

Input: a token in Chinese characters, or of Mandarin syllables in Latin letters. Output: its other readings, or its old
spelling. What is not listed has no other reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, islice, product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from anyascii import anyascii

from traboule.core.language.messages import catalogue
from traboule.linkage.arrays.text_encoding import (
    Column,
    Flags,
    Integers,
    TextList,
    as_arrow,
    as_column,
    concat_texts,
    map_lines,
    matches_pattern,
    replace_all,
    replace_all_in,
)

_MAX_READINGS, _MAX_CHARACTERS, SHORTEST_KOREAN = 80, 4, 5  # Readings of a word; characters of a word; letters.
_MIDDLE_NAMES = frozenset("文氏")  # Vietnamese middle names, which are dropped as connectors in Latin letters.
_ARABIC_ENDINGS = str.maketrans("ىةیک", "يهيك")
_OLD_BEGINNINGS = (("zh", "ch"), ("b", "p"), ("d", "t"), ("g", "k"), ("j", "ch"), ("q", "ch"), ("x", "hs"), ("r", "j"))
_OLD_WHOLE = {"zi": "tzu", "ci": "tzu", "si": "ssu", "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih"}
_OLD_WHOLE |= {"yi": "i", "you": "yu", "yan": "yen", "ye": "yeh", "er": "erh", "e": "o", "ge": "ko", "ke": "ko"}
_OLD_WHOLE |= {"he": "ho", "hui": "hui", "gui": "kuei", "kui": "kuei"}


@dataclass(frozen=True)
class _ReadingLists:
    """The content of ``readings.yaml``."""

    words: Mapping[str, tuple[str, ...]]
    characters: Mapping[str, tuple[str, ...]]
    simplified: Mapping[int, str]


@cache
def _lists() -> _ReadingLists:
    content = catalogue("traboule.linkage.names", "readings.yaml")
    return _ReadingLists(
        words={word: tuple(readings.split()) for word, readings in content["words"].items()},
        characters={mark: tuple(readings.split()) for mark, readings in content["characters"].items()},
        simplified=str.maketrans({pair[1]: pair[0] for pair in content["traditional"].split()}),
    )


@cache
def _by_system() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Return for each system its readings of the characters in the Unicode Han Database (see ``bench/read_unihan.py``):
    Cantonese and Vietnamese as spelled, Korean as it sounds."""
    text = (files("traboule.linkage.names") / "learned" / "characters.json").read_text(encoding="utf-8")
    content = json.loads(text)
    systems = []
    for system, spell in (("cantonese", _hong_kong_spelling), ("korean", anyascii), ("vietnamese", str)):
        read: dict[str, list[str]] = {}
        for syllable, marks in content[system].items():
            for mark in marks:
                read.setdefault(mark, []).append(spell(syllable).lower())
        systems.append({mark: tuple(syllables) for mark, syllables in read.items()})
    return tuple(systems)


_JYUTPING = re.compile("(ng|gw|kw|[bpmfdtnlgkhwzcsj]?)(.*)")
_HONG_KONG_INITIALS = {"b": "p", "d": "t", "g": "k", "gw": "kw", "z": "ch", "c": "ch", "j": "y"}
_HONG_KONG_RHYMES = (("aa", "a"), ("eo", "u"), ("oe", "eu"), ("yu", "ue"), ("ou", "o"))


def _hong_kong_spelling(syllable: str) -> str:
    """Return a Jyutping syllable approximately as the government of Hong Kong spells it."""
    match = _JYUTPING.fullmatch(syllable)
    initial, rhyme = match.groups() if match else ("", syllable)
    return _HONG_KONG_INITIALS.get(initial, initial) + replace_all(rhyme, _HONG_KONG_RHYMES)


_SYLLABIC: tuple[tuple[str, str], ...] = (
    *(("tsz", "ci"), ("tch", "c"), ("zh", "c"), ("ch", "c"), ("ts", "c"), ("tz", "c"), ("z", "c"), ("j", "c")),
    *(("q", "k"), ("x", "s"), ("hs", "s"), ("sh", "s"), ("ng", "N"), ("ck", "k"), ("g", "k"), ("d", "t")),
    *(("b", "p"), ("th", "t"), ("ph", "p"), ("kh", "k"), ("eoN", "euN"), ("ioN", "euN"), ("iaN", "euN")),
    *(("oeN", "euN"), ("yue", "u"), ("ue", "u"), ("yu", "u"), ("oo", "u"), ("ou", "o"), ("oh", "o"), ("ow", "au")),
    *(
        ("ee", "i"),
        ("ei", "i"),
        ("ay", "i"),
        ("ah", "a"),
        ("ar", "a"),
        ("y", "i"),
        ("ii", "i"),
        ("uu", "u"),
        ("kwo", "ko"),
    ),
    *(("kwa", "ka"), ("wu", "u")),
)


@lru_cache(maxsize=400_000)
def syllabic(token: str) -> str:
    """Return a token of Chinese syllables with the spellings of Hong Kong, Singapore, Malaysia and Viet Nam unified."""
    return replace_all(token, _SYLLABIC)


def syllabic_spellings(tokens: Column) -> Column:
    """Return each of ``tokens`` as :func:`syllabic` spells it."""
    if isinstance(tokens, TextList):
        return TextList(map(syllabic, tokens))
    return replace_all_in(tokens, _SYLLABIC)


class _UnifiedSigns(dict[int, str]):
    """Each sign in its unified form, computed when it is first needed."""

    def __missing__(self, point: int) -> str:
        self[point] = chr(point).translate(_lists().simplified).translate(_ARABIC_ENDINGS)
        return self[point]


_UNIFIED_SIGNS = _UnifiedSigns()


def unify_script(native: str) -> str:
    """Return ``native`` in one way of writing: simplified characters as far as listed, Arabic endings without dots."""
    return native.translate(_UNIFIED_SIGNS) if native else native


def unify_scripts(natives: Column) -> Column:
    """Return each of ``natives`` as :func:`unify_script` writes it."""
    return map_lines(natives, unify_script)


def other_readings(natives: Sequence[str]) -> tuple[Column, Integers]:
    """Return the other readings of words in Chinese characters, and the index of the word of each.

    Words are read whole and character by character. Readings are spelled as :func:`syllabic` or :func:`korean_sound`
    do, and may repeat.
    """
    readings = [*map(_other_spellings, natives)]
    sides = [[*chain.from_iterable(group)] for group in zip(*readings, strict=True)] or [[], []]
    words = [np.repeat(np.arange(len(readings)), [len(group[side]) for group in readings]) for side in range(2)]
    read = syllabic_spellings(as_column(sides[0])), korean_sounds(as_column(sides[1]))
    return concat_texts(read), np.concatenate(words)


@lru_cache(maxsize=100_000)
def _other_spellings(native: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the other readings of a word as spelled, and those in Korean."""
    words, korean = _lists().words, list[str]()
    spellings = [*words.get(native, ()), *words.get(unify_script(native), ())]
    if 0 < len(native) <= _MAX_CHARACTERS:
        *by_system, in_korean = zip(*map(_character_readings, native), strict=True)
        korean += _products(in_korean)
        for parts in by_system:
            spellings += _products(parts)
        if native[0] in _MIDDLE_NAMES:
            spellings += _products(by_system[0][1:])
    return tuple(spellings), tuple(korean)


@lru_cache(maxsize=40_000)
def _character_readings(mark: str) -> tuple[tuple[str, ...], ...]:
    """Return how a character is read: in Vietnamese; in Cantonese; in Cantonese or as a family name, which keeps its
    spelling beside a given name of any system; and in Korean."""
    cantonese, korean, vietnamese = (system.get(mark, ()) for system in _by_system())
    return vietnamese, cantonese, _lists().characters.get(unify_script(mark), ()) + cantonese, korean


def _products(parts: Sequence[tuple[str, ...]]) -> Iterator[str]:
    return map("".join, islice(product(*parts), _MAX_READINGS)) if parts and all(parts) else iter(())


def reads_as_word(native: str) -> bool:
    """Tell whether ``native`` is listed as a whole word, with a reading other than that of its characters."""
    return len(native) > 1 and (native in _lists().words or unify_script(native) in _lists().words)


@lru_cache(maxsize=40_000)
def mandarin(mark: str) -> str:
    """Return the Mandarin reading of a Chinese character."""
    return anyascii(mark).lower()


@lru_cache(maxsize=400_000)
def wade_giles(token: str) -> str:
    """Return a token of Mandarin syllables in Wade–Giles, without apostrophes; any other token unchanged."""
    syllables = pinyin_syllables(token)
    return "".join(map(old_spelling, syllables)) if syllables else token


@lru_cache(maxsize=400_000)
def pinyin_syllables(token: str) -> tuple[str, ...]:
    """Return the pinyin syllables of ``token``, as few and long as possible; empty where it is not pinyin."""
    valid, size = _syllables(), len(token)
    best: list[tuple[str, ...] | None] = [(), *[None] * size]
    for start in range(size):
        before = best[start]
        if before is None:
            continue
        for end in range(start + 1, min(start + 6, size) + 1):
            syllable, current = token[start:end], best[end]
            if syllable in valid and (current is None or len(before) + 1 < len(current)):
                best[end] = (*before, syllable)
    return best[-1] or ()


@cache
def _syllables() -> frozenset[str]:
    return frozenset(catalogue("traboule.linkage.names", "readings.yaml")["pinyin"].split())


@lru_cache(maxsize=1024)
def old_spelling(syllable: str) -> str:
    """Return one pinyin syllable in Wade–Giles; empty for an empty one."""
    if not syllable:
        return ""
    if syllable in _OLD_WHOLE:
        return _OLD_WHOLE[syllable]
    initial = "zh" if syllable.startswith("zh") else syllable[0]
    rhyme = syllable[len(initial) :]
    beginning = dict(_OLD_BEGINNINGS).get(initial, initial)
    if initial in ("z", "c") and not syllable.startswith("ch"):
        beginning = "ts"
    ending = {"ian": "ien", "ie": "ieh", "ue": "ueh", "ong": "ung", "iong": "iung"}.get(rhyme, rhyme)
    if ending == "uo" and beginning not in ("k", "h", "sh"):
        ending = "o"
    if initial == "y" and rhyme == "ong":
        ending = "ung"
    return beginning + ending


_KOREAN = re.compile(r"(?:(?:ch|sh|rh|wh|kk|tt|pp|ss|jj|[gkndtrlmbpsjhyw])?[yw]?[aeiou]+(?:ng|[nmlkptgb])?)+")
_KOREAN_SOUNDS: tuple[tuple[str, str], ...] = (
    *(("wh", "hw"), ("young", "yung"), ("eou", "u"), ("eo", "u"), ("eu", "u"), ("oo", "u"), ("ou", "u"), ("ee", "i")),
    *(("hui", "hi"), ("wu", "u"), ("ae", "e"), ("rh", "r"), ("sh", "s"), ("ch", "j"), ("y", "i"), ("ii", "i")),
    ("ie", "i"),
)
# Then soft sounds become hard ones.
_KOREAN_FOLDS = (*_KOREAN_SOUNDS, ("ng", "N"), *zip("gdbl", "ktpr", strict=True))


@lru_cache(maxsize=400_000)
def korean_sound(token: str) -> str:
    """Return a token that could be Korean with customary and official spellings unified; any other token unchanged."""
    if len(token) < SHORTEST_KOREAN or not _KOREAN.fullmatch(token):
        return token
    return replace_all(token, _KOREAN_FOLDS)


_JAPANESE = r"(?:(?:[kgsztdnhbpmyrwjf]{1,2}|sh|ch|tch|ssh|ts|[kgnhbpmr]y)?(?:oh|uh|[aiueo]+)|n|m)+"


def looks_japanese(tokens: Column) -> Flags:
    """Tell which of ``tokens`` consist of Japanese syllables."""
    return _matches_whole(tokens, _JAPANESE)


def looks_korean(tokens: Column) -> Flags:
    """Tell which of ``tokens`` consist of Korean syllables."""
    return _matches_whole(tokens, _KOREAN.pattern)


def _matches_whole(tokens: Column, pattern: str) -> Flags:
    if isinstance(tokens, TextList):
        fits = re.compile(pattern).fullmatch
        return np.array([fits(token) is not None for token in tokens], dtype=np.bool_)
    return matches_pattern(tokens, f"^(?:{pattern})$")


def are_pinyin(tokens: Column) -> Flags:
    """Tell which of ``tokens`` consist of pinyin syllables, as :func:`pinyin_syllables` divides them."""
    if isinstance(tokens, TextList):
        return np.array([pinyin_syllables(token) != () for token in tokens], dtype=np.bool_)
    return matches_pattern(tokens, f"^(?:{'|'.join(sorted(_syllables()))})+$")


def wade_giles_spellings(tokens: Column) -> Column:
    """Return each of ``tokens`` as :func:`wade_giles` spells it."""
    if isinstance(tokens, TextList):
        return TextList(map(wade_giles, tokens))
    chosen = are_pinyin(tokens)
    old_spellings = [wade_giles(token) for token in tokens.filter(chosen).to_pylist()]
    return pc.replace_with_mask(tokens, pa.array(chosen, pa.bool_()), as_arrow(old_spellings))


def korean_sounds(tokens: Column) -> Column:
    """Return :func:`korean_sound` of each of ``tokens``."""
    if isinstance(tokens, TextList):
        return TextList(map(korean_sound, tokens))
    chosen = matches_pattern(tokens, f"^(?:{_KOREAN.pattern})$") & (
        np.asarray(pc.binary_length(tokens)) >= SHORTEST_KOREAN
    )
    sounds = replace_all_in(tokens.filter(chosen), _KOREAN_FOLDS)
    return pc.replace_with_mask(tokens, pa.array(chosen, pa.bool_()), sounds)
