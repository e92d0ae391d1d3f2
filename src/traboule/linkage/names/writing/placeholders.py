"""Remove placeholders that stand in for an unknown name: "Victim 2", "Unknown female", "N. N.", initials alone.

A word that is a real name somewhere is removed only beside a certain placeholder, or where the whole name consists of
such words. Two people with unknown names must not look alike because both are filed as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from traboule.core.language.messages import catalogue
from traboule.linkage.names.writing.cleaning import clean, script

# Scripts in which a single letter is not a word.
_OF_LETTERS = frozenset({"latin", "greek", "cyrillic", "armenian", "georgian", "arabic", "hebrew"})


@dataclass(frozen=True, slots=True)
class _PlaceholderLists:
    """``nobody``: words that are certainly placeholders; ``perhaps``: words that may be; both cleaned. ``phrases``:
    sorted words."""

    nobody: frozenset[str]
    perhaps: frozenset[str]
    phrases: frozenset[tuple[str, ...]]


@cache
def _lists() -> _PlaceholderLists:
    read = catalogue("traboule.linkage.names.writing", "placeholders.yaml")
    nobody, perhaps = (
        frozenset(clean(word) for line in read[group].values() for word in line.split())
        for group in ("nobody", "perhaps")
    )
    phrases = frozenset(_phrase(clean(phrase).split()) for line in read["phrases"] for phrase in line)
    return _PlaceholderLists(nobody, perhaps - nobody, phrases)


def _phrase(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words))


@cache
def placeholder_words() -> tuple[frozenset[str], frozenset[str]]:
    """Return the words for which :func:`without_placeholders` must be called: wherever they stand, and where a name has
    no other words."""
    lists = _lists()
    return lists.nobody, lists.perhaps | {word for phrase in lists.phrases for word in phrase}


def is_letter(word: str) -> bool:
    """Tell whether a cleaned word is a single letter that is not a word."""
    return len(word) == 1 and script(word) in _OF_LETTERS


def without_placeholders(family_name: str, given_names: str) -> tuple[str, str]:
    """Return the cleaned names of a person without placeholders."""
    lists, words = _lists(), [*family_name.split(), *given_names.split()]
    proper = [word for word in words if word not in lists.nobody and word not in lists.perhaps]
    if all(map(is_letter, proper)) or _phrase(proper) in lists.phrases or _phrase(words) in lists.phrases:
        return "", ""
    if lists.nobody.isdisjoint(words):
        return family_name, given_names
    family_rest, given_rest = (
        " ".join(word for word in text.split() if word in proper) for text in (family_name, given_names)
    )
    return family_rest, given_rest


def names_somebody(family_name: str, given_names: str) -> bool:
    """Tell whether a person's names, as filed, contain anything besides placeholders."""
    return any(without_placeholders(clean(family_name), clean(given_names)))
