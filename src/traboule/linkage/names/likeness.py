"""How alike two names are, over arrays of pairs: a level from 0 (different) to 6 (the same, as written).

In come packed names and two arrays of their numbers; out goes an array of levels. It promises: symmetric; indifferent
to the order of tokens; the level of two names depends on these two alone, whatever else stands beside them; compiled,
on as many threads as there are pairs for.

    6  the same tokens as written, or the same letters however divided
    5  every token sounds the same
    4  every token of the shorter name is in the longer one (a patronymic or second family name left out)
    3  as 4, but some tokens are only close (a slip of the keyboard, another romanisation)
    2  two tokens agree and others do not; or one agrees and another is its initial; or one name of a one-name person is
       in the longer
    1  one token agrees (relatives look like this)
    0  different
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import each_of, spans
from traboule.linkage.arrays.uncollected import uncollected
from traboule.linkage.names.alike.growing import GrowingWords
from traboule.linkage.names.alike.level import level_pairs
from traboule.linkage.names.alike.words import Words
from traboule.linkage.names.table import NameTable
from traboule.linkage.names.transliteration import scales

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]


def compare(table: NameTable, left: Integers, right: Integers) -> Levels:
    """Return the level of likeness of each pair of names of ``table``; see :func:`levels_of`."""
    return levels_of(table.words, left, right)


def levels_of(words: Words, left: Integers, right: Integers) -> Levels:
    """Return the level of likeness of each pair of names; -1 where either has no name.

    ``left`` and ``right``: name numbers of the same length.
    """
    found, least = np.empty(len(left), dtype=np.int8), np.zeros(len(left), dtype=np.int8)
    left, right = (np.ascontiguousarray(side, dtype=np.int64) for side in (left, right))

    def compared(span: tuple[int, int]) -> None:
        part = slice(*span)
        level_pairs(words, scales(), (left[part], right[part]), least[part], found[part])

    each_of(spans(len(left)), compared)
    return found


def ready() -> None:
    """Compile how names are compared, where that was not done on this machine before."""
    none = np.zeros(0, dtype=np.int64)
    with uncollected():
        levels_of(GrowingWords().words, none, none)
