"""Names that name nobody: "Victim 2", "Unknown female", "N. N.", initials alone.

In come the cleaned family and given names of one person; out go the same without what only stands in the place of a
name, empty where nothing else is there. It promises: pure; a word that is somebody's name somewhere is left out only
beside one that is nobody's, or where the whole name is made of such words.

Two people of whom nobody knows the names are not alike for being filed alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from traboule.core.words import catalogue
from traboule.linkage.names.writing.cleaning import clean, script

# Scripts of which one letter is no word.
_OF_LETTERS = frozenset({"latin", "greek", "cyrillic", "armenian", "georgian", "arabic", "hebrew"})


@dataclass(frozen=True, slots=True)
class _Lists:
    """``nobody``, ``perhaps``: cleaned words. ``phrases``: the words of each, in their order."""

    nobody: frozenset[str]
    perhaps: frozenset[str]
    phrases: frozenset[tuple[str, ...]]


@cache
def _lists() -> _Lists:
    read = catalogue("traboule.linkage.names.writing", "nobody.yaml")
    nobody, perhaps = (
        frozenset(clean(word) for line in read[each].values() for word in line.split())
        for each in ("nobody", "perhaps")
    )
    phrases = frozenset(_phrase(clean(phrase).split()) for line in read["phrases"] for phrase in line)
    return _Lists(nobody, perhaps - nobody, phrases)


def _phrase(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


@cache
def nobodys() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words that make a name worth asking :func:`of_somebody` about: wherever they stand, and where the name
    is made of them alone."""
    lists = _lists()
    return lists.nobody, lists.perhaps | {word for phrase in lists.phrases for word in phrase}


def is_letter(word: str) -> bool:
    """Tell whether a cleaned word is one letter that is no word."""
    return len(word) == 1 and script(word) in _OF_LETTERS


def of_somebody(family: str, given: str) -> tuple[str, str]:
    """Return the cleaned names of a person without what stands in the place of a name."""
    lists, words = _lists(), [*family.split(), *given.split()]
    told = [word for word in words if word not in lists.nobody and word not in lists.perhaps]
    if all(map(is_letter, told)) or _phrase(told) in lists.phrases or _phrase(words) in lists.phrases:
        return "", ""
    if lists.nobody.isdisjoint(words):
        return family, given
    one, other = (" ".join(word for word in text.split() if word in told) for text in (family, given))
    return one, other


def names_somebody(family: str, given: str) -> bool:
    """Tell whether anything in a person's names, as filed, is compared with other names."""
    return any(of_somebody(clean(family), clean(given)))
