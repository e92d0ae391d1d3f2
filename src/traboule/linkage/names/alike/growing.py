"""Names that are added as they come, in the arrays that compiled code compares.

In come names of one return after another, packed or as their words; out go :class:`Words` of all so far. It promises: a
name's number never changes; arrays handed out are not changed by names that come later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.grown import Grown
from traboule.linkage.names.alike.scales import MOST_SIGNS
from traboule.linkage.names.alike.words import FORMS, SYLLABLE, TOKEN, Words, words_of
from traboule.linkage.names.tokens import MOST_TOKENS, Word

_KINDS: dict[str, np.dtype[Any]] = {
    "forms": np.dtype((np.int32, (FORMS, MOST_TOKENS))),
    "tokens": TOKEN,
    "letters": np.dtype(np.uint8),
    "parts": np.dtype((np.int16, (1 + MOST_SIGNS,))),
    "points": np.dtype(np.int32),
    "numbers": np.dtype((np.int16, (1 + MOST_SIGNS,))),
    "readings": np.dtype(np.uint64),
    "syllables": SYLLABLE,
}
# Where what belongs to a word begins: the array it lies in, and the field that says how much of it there is.
_SPANS = {
    "letters_at": ("letters", "size"),
    "points_at": ("points", "points"),
    "numbers_at": ("numbers", "numbers"),
    "readings_at": ("readings", "readings"),
    "syllables_at": ("syllables", "syllables"),
}

_NO_FORMS = np.zeros((0, FORMS, MOST_TOKENS), dtype=np.int32)


@dataclass
class GrowingWords:
    """One writer's hold on names; readers take :attr:`words`. A word that is here is not taken in again."""

    _grown: list[Grown] = field(default_factory=lambda: [Grown(_KINDS[name]) for name in Words._fields])
    _number: dict[Word, int] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """All names so far."""
        return Words(*(each.array for each in self._grown))

    def extend(self, tokens: Sequence[Word], words: Words) -> int:
        """Add names, of which ``words`` holds ``tokens``; return the number of the first."""
        fresh = [place for place, token in enumerate(tokens) if token not in self._number]
        self._take([tokens[place] for place in fresh], _chosen(words, np.array(fresh, dtype=np.int64)))
        number = np.array([*map(self._number.__getitem__, tokens), -1], dtype=np.int32)
        return self._named(number[words.forms])

    def add(self, names: Sequence[Sequence[Sequence[Word]]]) -> int:
        """Add names as the forms of each, of which there may be none; return the number of the first."""
        words = dict.fromkeys(word for forms in names for form in forms for word in form)
        fresh = [word for word in words if word not in self._number]
        if fresh:
            self._take(fresh, words_of(fresh, _NO_FORMS))
        number, empty = self._number, (-1,) * MOST_TOKENS
        rows = [
            [(*map(number.__getitem__, form), *empty[len(form) :]) for form in forms] or [empty] * FORMS
            for forms in names
        ]
        return self._named(np.array(rows, dtype=np.int32).reshape(-1, FORMS, MOST_TOKENS))

    def _named(self, forms: npt.NDArray[np.int32]) -> int:
        names = self._grown[0]
        names.extend(forms)
        return len(names) - len(forms)

    def _take(self, tokens: Sequence[Word], words: Words) -> None:
        """Add words that are not here yet."""
        now = self.words
        for begin, (kind, _) in _SPANS.items():
            words.tokens[begin] += len(getattr(now, kind))
        for grown, rows in zip(self._grown[1:], words[1:], strict=True):
            grown.extend(rows)
        self._number |= {token: len(now.tokens) + place for place, token in enumerate(tokens)}


def _chosen(words: Words, kept: npt.NDArray[np.int64]) -> Words:
    """Return the words at ``kept``, packed by themselves, without names."""
    tokens, parts = words.tokens[kept], {}
    for begin, (kind, many) in _SPANS.items():
        starts, sizes = tokens[begin].astype(np.int64), tokens[many].astype(np.int64)
        ends = np.cumsum(sizes)
        parts[kind] = getattr(words, kind)[np.arange(sizes.sum()) + np.repeat(starts - (ends - sizes), sizes)]
        tokens[begin] = ends - sizes
    return words._replace(tokens=tokens, forms=words.forms[:0], **parts)
