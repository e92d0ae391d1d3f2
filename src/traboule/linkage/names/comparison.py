"""Compare pairs of names: a level of similarity from 0 (different) to 6 (the same as written).

Levels are symmetric and ignore the order of tokens. The level of two names depends on these two alone. The code is
compiled and uses as many threads as the number of pairs warrants.

    6  the same tokens as written, or the same letters divided differently
    5  every token sounds the same
    4  every token of the shorter name is in the longer one (a patronymic or second family name left out)
    3  as 4, but some tokens are only close (a typing error, another romanisation)
    2  two tokens agree and others do not; or one agrees and another is its initial; or the only name of a one-name
       person is in the longer name
    1  one token agrees (typical of relatives)
    0  different
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import each_of, spans
from traboule.linkage.arrays.gc_pause import gc_paused
from traboule.linkage.names.similarity.growable_table import GrowableTokenTable
from traboule.linkage.names.similarity.name_similarity import level_pairs
from traboule.linkage.names.similarity.token_table import TokenTable
from traboule.linkage.names.similarity.transliteration import alignment_weights
from traboule.linkage.names.table import NameTable

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]


def compare(table: NameTable, left: Integers, right: Integers) -> Levels:
    """Return the level of similarity of each pair of names in ``table``; see :func:`similarity_levels`."""
    return similarity_levels(table.words, left, right)


def similarity_levels(words: TokenTable, left: Integers, right: Integers) -> Levels:
    """Return the level of similarity of each pair of names; -1 where either has no name.

    ``left`` and ``right``: name numbers of equal length.
    """
    levels, minimums = np.empty(len(left), dtype=np.int8), np.zeros(len(left), dtype=np.int8)
    left, right = (np.ascontiguousarray(side, dtype=np.int64) for side in (left, right))

    def compare_span(span: tuple[int, int]) -> None:
        part = slice(*span)
        level_pairs(words, alignment_weights(), (left[part], right[part]), minimums[part], levels[part])

    each_of(spans(len(left)), compare_span)
    return levels


def precompile() -> None:
    """Compile the comparison of names, unless this machine has it in its cache."""
    no_names = np.zeros(0, dtype=np.int64)
    with gc_paused():
        similarity_levels(GrowableTokenTable().words, no_names, no_names)
