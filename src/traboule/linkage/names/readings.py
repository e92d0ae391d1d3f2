"""Other ways to read the same characters: Cantonese, Hokkien, Japanese, Korean, Vietnamese; Wade-Giles for pinyin.

In comes a token in Chinese characters, or a token of Mandarin syllables in Latin letters; out go its other readings,
or its old spelling. It promises: pure; what is not listed has no other reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

from traboule.core.words import catalogue

_MOST = 24
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
    """Return ``native`` with traditional characters in their simplified form, as far as they are listed."""
    return native.translate(_lists().one) if native else native


@lru_cache(maxsize=100_000)
def also_read(native: str) -> tuple[str, ...]:
    """Return the other readings of a word in Chinese characters, whole and character by character."""
    lists = _lists()
    plain = one_script(native)
    found = list(lists.words.get(native, ()) + lists.words.get(plain, ()))
    parts = [lists.characters.get(mark, ()) for mark in plain]
    if parts and all(parts):
        found += ["".join(each) for each in list(product(*parts))[:_MOST]]
    return tuple(dict.fromkeys(found))


def reads_as_surname(native: str) -> bool:
    """Tell whether two characters are a listed word by themselves: a Japanese family name."""
    return len(native) == 2 and (native in _lists().words or one_script(native) in _lists().words)


@lru_cache(maxsize=400_000)
def wade_giles(token: str) -> str:
    """Return a token of Mandarin syllables in Wade and Giles's spelling, without apostrophes; any other as it is."""
    syllables = _divided(token)
    return "".join(map(_old, syllables)) if syllables else token


def _divided(token: str) -> list[str]:
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


def _old(syllable: str) -> str:
    """Return one pinyin syllable in Wade and Giles's spelling."""
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
