"""Normalise the words of companies and addresses: which carry identity, and which only say the kind of thing.

Legal forms, kinds of street and articles are known in many languages and never distinguish two things. A word has the
same phonetic key in every script.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

from traboule.core.language.spelling import fold
from traboule.linkage.names.phonetics import skeleton
from traboule.linkage.things.scoring import thing_catalogue

_LONGEST, _MOST_WORDS = 400, 24
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+[a-z]?")
_SPELLED_OUT = re.compile(r"\b(?:\w[ .]){2,}\w?(?!\w)")
_ARTICLE = re.compile(r"^(?:ال|وال|لل)(?=\w{3})")


@dataclass(frozen=True, slots=True)
class ThingWording:
    """``words``: words that carry identity, as written, in order. ``sounds``: their phonetic keys, sorted.

    ``numbers``: figures with at most one letter, sorted. ``concepts``: the kind of thing, sorted.
    """

    words: tuple[str, ...]
    sounds: tuple[str, ...]
    numbers: tuple[str, ...]
    concepts: tuple[str, ...]


def thing_wording(text: str, group: str) -> ThingWording:
    """Return the words of a text; ``group`` (companies or addresses) selects the vocabulary."""
    dropped, concepts = _vocabulary(group)
    plain = _SPELLED_OUT.sub(lambda match: re.sub(r"[ .]", "", match.group()) + " ", fold(text[:_LONGEST]))
    raw_words = [_ARTICLE.sub("", word) for word in _WORD.findall(_phrases(group).sub(_joined, plain))][:_MOST_WORDS]
    words, numbers, kinds = [], set(), set()
    for word in raw_words:
        if word in dropped:
            continue
        if word in concepts:
            kinds.add(concepts[word])
        elif _NUMBER.fullmatch(word):
            numbers.add(word.lstrip("0") or "0")
        elif any(mark.isalpha() for mark in word):
            words.append(word)
    sounds = sorted({sound for word in words for sound in (_sound(word),) if sound})
    return ThingWording(tuple(words), tuple(sounds), tuple(sorted(numbers)), tuple(sorted(kinds)))


@lru_cache(maxsize=200_000)
def _sound(word: str) -> str:
    """Return the phonetic key of a word in any script. Vowels never count, because Arabic and Hebrew write few."""
    ascii_word = "".join(mark for mark in anyascii(unicodedata.normalize("NFKC", word)).lower() if mark.isalnum())
    letters = "".join(mark for mark in ascii_word if mark.isalpha())
    return skeleton(letters[:40]) + "".join(mark for mark in ascii_word if mark.isdecimal()) if letters else ascii_word


@cache
def _vocabulary(group: str) -> tuple[frozenset[str], Mapping[str, str]]:
    """Return the dropped words, and those that stand for a concept; phrases are joined with an underscore."""
    read = thing_catalogue()[group]
    dropped = frozenset(_key(word) for line in read["dropped"] for word in line)
    concepts = {_key(word): concept for concept, words in read["concepts"].items() for word in words}
    return dropped, concepts


@cache
def _phrases(group: str) -> re.Pattern[str]:
    """Return the pattern of known phrases of several words."""
    read = thing_catalogue()[group]
    phrases: Sequence[str] = [word for line in (*read["dropped"], *read["concepts"].values()) for word in line]
    several = sorted({fold(word) for word in phrases if " " in fold(word)}, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, several))})(?!\w)") if several else re.compile(r"(?!)")


def _joined(match: re.Match[str]) -> str:
    return match.group().replace(" ", "_")


def _key(word: str) -> str:
    return fold(word).replace(" ", "_")
