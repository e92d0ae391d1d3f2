"""Names that are added as they come, in the arrays that compiled code compares.

In come packed names of one return after another; out go :class:`Words` of all so far. It promises: a name's number
never changes; arrays handed out are not changed by names that come later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.grown import Grown
from traboule.linkage.names.alike.scales import MOST_SIGNS
from traboule.linkage.names.alike.words import FORMS, SYLLABLE, TOKEN, Words
from traboule.linkage.names.tokens import MOST_TOKENS

_KINDS: dict[str, np.dtype[Any]] = {
    "forms": np.dtype((np.int32, (FORMS, MOST_TOKENS))),
    "tokens": TOKEN,
    "letters": np.dtype(np.uint8),
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


@dataclass
class GrowingWords:
    """One writer's hold on names; readers take :attr:`words`. A word that is here is not taken in again."""

    _grown: list[Grown] = field(default_factory=lambda: [Grown(_KINDS[name]) for name in Words._fields])
    _number: dict[bytes, int] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """All names so far."""
        return Words(*(each.array for each in self._grown))

    def extend(self, words: Words) -> int:
        """Add names; return the number of the first."""
        kept, number = self._numbered(words)
        parts = _chosen(words, kept)
        now = self.words
        for begin, (kind, _) in _SPANS.items():
            parts.tokens[begin] += len(getattr(now, kind))
        forms = np.where(words.forms >= 0, np.append(number, -1)[words.forms], -1)
        for grown, rows in zip(self._grown, parts._replace(forms=forms), strict=True):
            grown.extend(rows)
        return len(now.forms)

    def _numbered(self, words: Words) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Return the places of the words that are new, and the number of every one; number those that are new."""
        number, fresh = np.empty(len(words.tokens), dtype=np.int32), []
        for place, key in enumerate(_keys(words)):
            known = self._number.get(key)
            if known is None:
                known = self._number[key] = len(self._number)
                fresh.append(place)
            number[place] = known
        return np.array(fresh, dtype=np.int64), number


def _keys(words: Words) -> Iterator[bytes]:
    """Yield of each word what tells it from all others: everything that its row says, its letters and its signs."""
    rows = words.tokens.copy()
    for begin in _SPANS:
        rows[begin] = 0
    spans = (words.tokens[name].tolist() for name in ("letters_at", "size", "points_at", "points"))
    raw, letters, points, width = rows.tobytes(), words.letters.tobytes(), words.points.tobytes(), TOKEN.itemsize
    for place, (at, size, begin, many) in enumerate(zip(*spans, strict=True)):
        told = blake2b(raw[place * width : (place + 1) * width], digest_size=16)
        told.update(letters[at : at + size])
        told.update(points[4 * begin : 4 * (begin + many)])
        yield told.digest()


def _chosen(words: Words, kept: npt.NDArray[np.int64]) -> Words:
    """Return the words at ``kept``, packed by themselves, without names."""
    tokens, parts = words.tokens[kept], {}
    for begin, (kind, many) in _SPANS.items():
        starts, sizes = tokens[begin].astype(np.int64), tokens[many].astype(np.int64)
        ends = np.cumsum(sizes)
        parts[kind] = getattr(words, kind)[np.arange(sizes.sum()) + np.repeat(starts - (ends - sizes), sizes)]
        tokens[begin] = ends - sizes
    return words._replace(tokens=tokens, forms=words.forms[:0], **parts)
