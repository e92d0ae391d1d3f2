"""Very many names as tokens at once: each distinct text cleaned once, each distinct word read once.

In come distinct texts and pairs of them, family and given; out go the tokens of each pair, which are those that
:func:`~traboule.linkage.names.tokens.words` gives. It promises: pure; memory grows with the distinct texts and pairs.
Names with a title, a particle or syllables to be joined are few, and are read one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.fields.texts import Column, Flags, Integers, numbered
from traboule.linkage.names.tokens import (
    LONGEST_TEXT,
    LONGEST_TOKEN,
    MOST_TOKENS,
    SYLLABLE,
    Word,
    bare,
    clean,
    in_persian,
    read_words,
    special_words,
    to_be_divided,
    with_persian_sounds,
    words,
)

_FIELD = "\x00"  # Between the parts of a token written as one text; below every letter.


@dataclass(frozen=True)
class _Ragged:
    """Row i is ``values[starts[i]:starts[i + 1]]``."""

    values: Integers
    starts: Integers

    @classmethod
    def of(cls, values: Integers, lengths: Integers) -> _Ragged:
        return cls(values, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)]))

    def lengths(self) -> Integers:
        return np.diff(self.starts)

    def through(self, inner: _Ragged) -> _Ragged:
        """Return the rows with each value replaced by the row of ``inner`` that it numbers."""
        many = inner.lengths()[self.values]
        bounds = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(many)])
        places = np.repeat(inner.starts[self.values] - bounds[:-1], many) + np.arange(bounds[-1])
        return _Ragged(inner.values[places], bounds[self.starts])

    def how_many(self, flags: Flags) -> Integers:
        """Return for each row how many of its values have a flag."""
        return np.diff(np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(flags[self.values])])[self.starts])


def spelled(texts: Column, family: Integers, given: Integers) -> tuple[list[Word], npt.NDArray[np.int32]]:
    """Return the distinct tokens of pairs in their order, and for each pair the numbers of its tokens, sorted.

    ``texts``: distinct, as filed; ``family``, ``given``: their numbers. Pairs have MOST_TOKENS places, -1 for none.
    """
    cleaned, first, second = _cleaned(texts, family, given)
    split = pc.utf8_split_whitespace(cleaned)
    word, distinct = numbered(split.flatten())
    readings, keys = _readings(distinct)
    units = _Ragged(word, np.asarray(split.offsets).astype(np.int64) - split.offsets[0].as_py()).through(readings)
    texts_of_keys = pc.replace_substring_regex(keys, pattern=f"{_FIELD}.*", replacement="")
    alone = _alone(units, keys, texts_of_keys, (first, second))
    stripped, keys = _bare(keys, texts_of_keys)
    found = _first_tokens(_Ragged(stripped[units.values], units.starts), first, second)
    at = np.flatnonzero(alone)
    read = [
        [_FIELD.join(part for part in word if word.native or part is word.text) for word in words(*each)]
        for each in zip(texts.take(family[at]).to_pylist(), texts.take(given[at]).to_pylist(), strict=True)
    ]
    found[at] = -1
    for place, each in zip(at.tolist(), read, strict=True):
        found[place, : len(each)] = range(len(each))
    counts = np.array([len(each) for each in read], dtype=np.int64)
    found[at] = np.where(found[at] >= 0, found[at] + (len(keys) + np.cumsum(counts) - counts)[:, None], -1)
    return _sorted(found, pa.concat_arrays([keys, pa.array([key for each in read for key in each], pa.string())]))
