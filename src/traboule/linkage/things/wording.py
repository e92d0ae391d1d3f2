"""The words of companies and addresses: which carry identity, in which script, and what only says the kind of thing.

In comes a text; out go :class:`Wording`. It promises: pure, never raises; legal forms, kinds of street and articles are
known in many languages and never tell two things apart; a word sounds the same in every script it is written in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from anyascii import anyascii

from traboule.core.spelling import fold
from traboule.linkage.names.sounds import skeleton
from traboule.linkage.things.weighed import declared

_LONGEST, _MOST_WORDS = 400, 24
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+[a-z]?")
_SPELLED_OUT = re.compile(r"\b(?:\w[ .]){2,}\w?(?!\w)")
_ARTICLE = re.compile(r"^(?:ال|وال|لل)(?=\w{3})")


@dataclass(frozen=True, slots=True)
class Wording:
    """``words``: words that carry identity, as written, in order. ``sounds``: their sounds, sorted.

    ``numbers``: figures with a letter at most, sorted. ``concepts``: what kind of thing it is, sorted.
    """

    words: tuple[str, ...]
    sounds: tuple[str, ...]
    numbers: tuple[str, ...]
    concepts: tuple[str, ...]


def wording(text: str, group: str) -> Wording:
    """Return the words of a text; ``group`` (companies or addresses) tells whose words of kind are known."""
    dropped, concepts = _vocabulary(group)
    plain = _SPELLED_OUT.sub(lambda found: re.sub(r"[ .]", "", found.group()) + " ", fold(text[:_LONGEST]))
    found = [_ARTICLE.sub("", word) for word in _WORD.findall(_phrases(group).sub(_joined, plain))][:_MOST_WORDS]
    words, numbers, kinds = [], set(), set()
    for word in found:
        if word in dropped:
            continue
        if word in concepts:
            kinds.add(concepts[word])
        elif _NUMBER.fullmatch(word):
            numbers.add(word.lstrip("0") or "0")
        elif any(mark.isalpha() for mark in word):
            words.append(word)
    sounds = sorted({sound for word in words for sound in (_sound(word),) if sound})
    return Wording(tuple(words), tuple(sounds), tuple(sorted(numbers)), tuple(sorted(kinds)))


@lru_cache(maxsize=200_000)
def _sound(word: str) -> str:
    """Return how a word sounds, whichever script; Arabic and Hebrew write few vowels, so vowels never count."""
    spelled = "".join(mark for mark in anyascii(unicodedata.normalize("NFKC", word)).lower() if mark.isalnum())
    letters = "".join(mark for mark in spelled if mark.isalpha())
    return skeleton(letters[:40]) + "".join(mark for mark in spelled if mark.isdecimal()) if letters else spelled


@cache
def _vocabulary(group: str) -> tuple[frozenset[str], Mapping[str, str]]:
    """Return the words dropped, and those that stand for a concept; of several words, joined with an underscore."""
    read = declared()[group]
    dropped = frozenset(_key(word) for line in read["dropped"] for word in line)
    concepts = {_key(word): concept for concept, words in read["concepts"].items() for word in words}
    return dropped, concepts


@cache
def _phrases(group: str) -> re.Pattern[str]:
    """Return the pattern of known words that are several words."""
    read = declared()[group]
    listed: Sequence[str] = [word for line in (*read["dropped"], *read["concepts"].values()) for word in line]
    several = sorted({fold(word) for word in listed if " " in fold(word)}, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, several))})(?!\w)") if several else re.compile(r"(?!)")


def _joined(found: re.Match[str]) -> str:
    return found.group().replace(" ", "_")


def _key(word: str) -> str:
    return fold(word).replace(" ", "_")
