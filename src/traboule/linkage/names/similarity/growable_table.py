"""Add names to the token table as they arrive.

A name keeps its number. Arrays handed out earlier are not changed by later names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.linkage.arrays.growable import GrowableArray
from traboule.linkage.names.similarity.alignment_weights import MAX_NATIVE_PARTS
from traboule.linkage.names.similarity.token_table import FORMS, SYLLABLE, TOKEN, TokenTable, pack_tokens
from traboule.linkage.names.tokens import MOST_TOKENS, Word

_DTYPES: dict[str, np.dtype[Any]] = {
    "forms": np.dtype((np.int32, (FORMS, MOST_TOKENS))),
    "tokens": TOKEN,
    "letters": np.dtype(np.uint8),
    "parts": np.dtype((np.int16, (1 + MAX_NATIVE_PARTS,))),
    "points": np.dtype(np.int32),
    "numbers": np.dtype((np.int16, (1 + MAX_NATIVE_PARTS,))),
    "readings": np.dtype(np.uint64),
    "syllables": SYLLABLE,
}
# For each offset field: the array it points into, and the field with the length.
_SPANS = {
    "letters_at": ("letters", "size"),
    "points_at": ("points", "points"),
    "numbers_at": ("numbers", "numbers"),
    "readings_at": ("readings", "readings"),
    "syllables_at": ("syllables", "syllables"),
}

_NO_FORMS = np.zeros((0, FORMS, MOST_TOKENS), dtype=np.int32)


@dataclass
class GrowableTokenTable:
    """One writer's table of names; readers take :attr:`words`. A token that is already there is not added again."""

    _arrays: list[GrowableArray] = field(
        default_factory=lambda: [GrowableArray(_DTYPES[name]) for name in TokenTable._fields]
    )
    _number: dict[Word, int] = field(default_factory=dict)

    @property
    def words(self) -> TokenTable:
        """All names so far."""
        return TokenTable(*(array.array for array in self._arrays))

    def extend(self, tokens: Sequence[Word], words: TokenTable) -> int:
        """Add names, whose tokens are ``tokens`` in ``words``; return the number of the first."""
        fresh = [place for place, token in enumerate(tokens) if token not in self._number]
        self._append_tokens([tokens[place] for place in fresh], _select(words, np.array(fresh, dtype=np.int64)))
        number = np.array([*map(self._number.__getitem__, tokens), -1], dtype=np.int32)
        return self._append_names(number[words.forms])

    def add(self, names: Sequence[Sequence[Sequence[Word]]]) -> int:
        """Add names given as the forms of each, which may be none; return the number of the first."""
        words = dict.fromkeys(word for forms in names for form in forms for word in form)
        fresh = [word for word in words if word not in self._number]
        if fresh:
            self._append_tokens(fresh, pack_tokens(fresh, _NO_FORMS))
        number, empty = self._number, (-1,) * MOST_TOKENS
        rows = [
            [(*map(number.__getitem__, form), *empty[len(form) :]) for form in forms] or [empty] * FORMS
            for forms in names
        ]
        return self._append_names(np.array(rows, dtype=np.int32).reshape(-1, FORMS, MOST_TOKENS))

    def _append_names(self, forms: npt.NDArray[np.int32]) -> int:
        names = self._arrays[0]
        names.extend(forms)
        return len(names) - len(forms)

    def _append_tokens(self, tokens: Sequence[Word], words: TokenTable) -> None:
        """Add tokens that are not there yet."""
        current = self.words
        for begin, (array_name, _) in _SPANS.items():
            words.tokens[begin] += len(getattr(current, array_name))
        for array, rows in zip(self._arrays[1:], words[1:], strict=True):
            array.extend(rows)
        self._number |= {token: len(current.tokens) + place for place, token in enumerate(tokens)}


def _select(words: TokenTable, places: npt.NDArray[np.int64]) -> TokenTable:
    """Return the tokens at ``places``, packed by themselves, without names."""
    tokens, parts = words.tokens[places], {}
    for begin, (array_name, size_field) in _SPANS.items():
        starts, sizes = tokens[begin].astype(np.int64), tokens[size_field].astype(np.int64)
        ends = np.cumsum(sizes)
        parts[array_name] = getattr(words, array_name)[
            np.arange(sizes.sum()) + np.repeat(starts - (ends - sizes), sizes)
        ]
        tokens[begin] = ends - sizes
    return words._replace(tokens=tokens, forms=words.forms[:0], **parts)
