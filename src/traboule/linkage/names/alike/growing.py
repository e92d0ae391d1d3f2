"""Names that are added as they come, in the arrays that compiled code compares.

In come packed names of one return after another; out go :class:`Words` of all so far. It promises: a name's number
never changes; arrays handed out are not changed by names that come later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

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
_BEGINS = {
    "letters_at": "letters",
    "points_at": "points",
    "numbers_at": "numbers",
    "readings_at": "readings",
    "syllables_at": "syllables",
}


@dataclass
class GrowingWords:
    """One writer's hold on names; readers take :attr:`words`."""

    _grown: list[Grown] = field(default_factory=lambda: [Grown(_KINDS[name]) for name in Words._fields])

    @property
    def words(self) -> Words:
        """All names so far."""
        return Words(*(each.array for each in self._grown))

    def extend(self, words: Words) -> int:
        """Add names; return the number of the first."""
        now = self.words
        tokens = words.tokens.copy()
        for begin, kind in _BEGINS.items():
            tokens[begin] += len(getattr(now, kind))
        forms = np.where(words.forms >= 0, words.forms + len(now.tokens), -1)
        for grown, rows in zip(self._grown, words._replace(forms=forms, tokens=tokens), strict=True):
            grown.extend(rows)
        return len(now.forms)
