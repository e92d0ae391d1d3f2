"""Other ways to read the same characters: Cantonese, Hokkien, Japanese, Korean, Vietnamese; Wade-Giles for pinyin.

In comes a token in Chinese characters, or a token of Mandarin syllables in Latin letters; out go its other readings,
or its old spelling. It promises: pure; what is not listed has no other reading.
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

from traboule.core.words import catalogue
from traboule.linkage.fields.texts import (
    Column,
    Few,
    Flags,
    Integers,
    arrow,
    by_lines,
    column_of,
    matching,
    one_behind_other,
    replaced,
    respelled,
)

_MOST, _LONGEST, SHORTEST_KOREAN = 80, 4, 5  # Readings of a word; characters of one; letters.
_MIDDLE_NAMES = frozenset("文氏")  # Of Viet Nam, which Latin letters leave out as connectors.
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


@cache
def _by_system() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Return for each system how it reads the characters that the Unicode Han Database knows: see
    ``bench/read_unihan.py``. Cantonese and Vietnamese as they are spelled, Korean as it sounds."""
    text = (files("traboule.linkage.names") / "learned" / "characters.json").read_text(encoding="utf-8")
    content = json.loads(text)
    found = []
    for system, spelled in (("cantonese", _in_hong_kong), ("korean", anyascii), ("vietnamese", str)):
        read: dict[str, list[str]] = {}
        for syllable, marks in content[system].items():
            for mark in marks:
                read.setdefault(mark, []).append(spelled(syllable).lower())
        found.append({mark: tuple(syllables) for mark, syllables in read.items()})
    return tuple(found)


_JYUTPING = re.compile("(ng|gw|kw|[bpmfdtnlgkhwzcsj]?)(.*)")
_HONG_KONG_FIRST = {"b": "p", "d": "t", "g": "k", "gw": "kw", "z": "ch", "c": "ch", "j": "y"}
_HONG_KONG_REST = (("aa", "a"), ("eo", "u"), ("oe", "eu"), ("yu", "ue"), ("ou", "o"))


def _in_hong_kong(syllable: str) -> str:
    """Return a syllable of Jyutping as the government of Hong Kong spells it, about."""
    found = _JYUTPING.fullmatch(syllable)
    first, rest = found.groups() if found else ("", syllable)
    return _HONG_KONG_FIRST.get(first, first) + replaced(rest, _HONG_KONG_REST)


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
    """Return a token of Chinese syllables in one spelling for those of Hong Kong, Singapore, Malaysia and Viet Nam."""
    return replaced(token, _SYLLABIC)


def syllabics_of(tokens: Column) -> Column:
    """Return each of ``tokens`` as :func:`syllabic` spells it."""
    if isinstance(tokens, Few):
        return Few(map(syllabic, tokens))
    return respelled(tokens, _SYLLABIC)


class _OneScript(dict[int, str]):
    """What each sign met is in one way of writing."""

    def __missing__(self, point: int) -> str:
        self[point] = chr(point).translate(_lists().one).translate(_ARABIC_ENDINGS)
        return self[point]


_ONE_SCRIPT = _OneScript()


def one_script(native: str) -> str:
    """Return ``native`` in one way of writing: simplified characters as far as listed, Arabic endings without dots."""
    return native.translate(_ONE_SCRIPT) if native else native


def in_one_script(natives: Column) -> Column:
    """Return each of ``natives`` as :func:`one_script` writes it."""
    return by_lines(natives, one_script)


def also_read(natives: Sequence[str]) -> tuple[Column, Integers]:
    """Return the other readings of words in Chinese characters, whole and character by character, each in the one
    spelling of :func:`syllabic` or of :func:`korean_sound`, where one may stand more than once; and the place of the
    word of each."""
    found = [*map(_also_spelled, natives)]
    sides = [[*chain.from_iterable(each)] for each in zip(*found, strict=True)] or [[], []]
    words = [np.repeat(np.arange(len(found)), [len(each[side]) for each in found]) for side in range(2)]
    read = syllabics_of(column_of(sides[0])), korean_sounds_of(column_of(sides[1]))
    return one_behind_other(read), np.concatenate(words)


@lru_cache(maxsize=100_000)
def _also_spelled(native: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the other readings of a word as they are spelled, and those in Korean."""
    words, korean = _lists().words, list[str]()
    found = [*words.get(native, ()), *words.get(one_script(native), ())]
    if 0 < len(native) <= _LONGEST:
        *spelled, in_korean = zip(*map(_by_sign, native), strict=True)
        korean += _products(in_korean)
        for parts in spelled:
            found += _products(parts)
        if native[0] in _MIDDLE_NAMES:
            found += _products(spelled[0][1:])
    return tuple(found), tuple(korean)


@lru_cache(maxsize=40_000)
def _by_sign(mark: str) -> tuple[tuple[str, ...], ...]:
    """Return how a character is read in Vietnamese; in Cantonese; in Cantonese or by families, who keep their own
    spelling beside the given name of any system; and in Korean."""
    cantonese, korean, vietnamese = (system.get(mark, ()) for system in _by_system())
    return vietnamese, cantonese, _lists().characters.get(one_script(mark), ()) + cantonese, korean


def _products(parts: Sequence[tuple[str, ...]]) -> Iterator[str]:
    return map("".join, islice(product(*parts), _MOST)) if parts and all(parts) else iter(())


def reads_as_word(native: str) -> bool:
    """Tell whether ``native`` is listed whole, with a reading that is not that of its characters."""
    return len(native) > 1 and (native in _lists().words or one_script(native) in _lists().words)


@lru_cache(maxsize=40_000)
def mandarin(mark: str) -> str:
    """Return how a Chinese character is read in Mandarin."""
    return anyascii(mark).lower()


@lru_cache(maxsize=400_000)
def wade_giles(token: str) -> str:
    """Return a token of Mandarin syllables in Wade and Giles's spelling, without apostrophes; any other as it is."""
    syllables = divided(token)
    return "".join(map(old_spelling, syllables)) if syllables else token


@lru_cache(maxsize=400_000)
def divided(token: str) -> tuple[str, ...]:
    """Return the pinyin syllables of ``token``, as few and long as can be; empty where it is none."""
    listed, size = _syllables(), len(token)
    best: list[tuple[str, ...] | None] = [(), *[None] * size]
    for start in range(size):
        before = best[start]
        if before is None:
            continue
        for end in range(start + 1, min(start + 6, size) + 1):
            syllable, known = token[start:end], best[end]
            if syllable in listed and (known is None or len(before) + 1 < len(known)):
                best[end] = (*before, syllable)
    return best[-1] or ()


@cache
def _syllables() -> frozenset[str]:
    return frozenset(catalogue("traboule.linkage.names", "readings.yaml")["pinyin"].split())


@lru_cache(maxsize=1024)
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


_KOREAN = re.compile(r"(?:(?:ch|sh|rh|wh|kk|tt|pp|ss|jj|[gkndtrlmbpsjhyw])?[yw]?[aeiou]+(?:ng|[nmlkptgb])?)+")
_KOREAN_SOUNDS: tuple[tuple[str, str], ...] = (
    *(("wh", "hw"), ("young", "yung"), ("eou", "u"), ("eo", "u"), ("eu", "u"), ("oo", "u"), ("ou", "u"), ("ee", "i")),
    *(("hui", "hi"), ("wu", "u"), ("ae", "e"), ("rh", "r"), ("sh", "s"), ("ch", "j"), ("y", "i"), ("ii", "i")),
    ("ie", "i"),
)
# And then the soft sounds as the hard ones.
_HEARD = (*_KOREAN_SOUNDS, ("ng", "N"), *zip("gdbl", "ktpr", strict=True))


@lru_cache(maxsize=400_000)
def korean_sound(token: str) -> str:
    """Return a token that could be Korean in one spelling for all customary and official ones; others as they are."""
    if len(token) < SHORTEST_KOREAN or not _KOREAN.fullmatch(token):
        return token
    return replaced(token, _HEARD)


_JAPANESE = r"(?:(?:[kgsztdnhbpmyrwjf]{1,2}|sh|ch|tch|ssh|ts|[kgnhbpmr]y)?(?:oh|uh|[aiueo]+)|n|m)+"


def in_japanese(tokens: Column) -> Flags:
    """Tell which of ``tokens`` are made of Japanese syllables."""
    return _fitting(tokens, _JAPANESE)


def in_korean(tokens: Column) -> Flags:
    """Tell which of ``tokens`` are made of Korean syllables."""
    return _fitting(tokens, _KOREAN.pattern)


def _fitting(tokens: Column, pattern: str) -> Flags:
    if isinstance(tokens, Few):
        fits = re.compile(pattern).fullmatch
        return np.array([fits(token) is not None for token in tokens], dtype=np.bool_)
    return matching(tokens, f"^(?:{pattern})$")


def in_pinyin(tokens: Column) -> Flags:
    """Tell which of ``tokens`` are pinyin syllables and nothing else, those that :func:`divided` divides."""
    if isinstance(tokens, Few):
        return np.array([divided(token) != () for token in tokens], dtype=np.bool_)
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
    chosen = matching(tokens, f"^(?:{_KOREAN.pattern})$") & (np.asarray(pc.binary_length(tokens)) >= SHORTEST_KOREAN)
    sounds = respelled(tokens.filter(chosen), _HEARD)
    return pc.replace_with_mask(tokens, pa.array(chosen, pa.bool_()), sounds)
