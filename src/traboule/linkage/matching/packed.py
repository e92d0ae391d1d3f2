"""Person records as the matcher holds them: plain arrays, one place a record, of numbers and marks alone.

In come :class:`PersonRecords`; out go :class:`Packed` records and the :class:`Words` of their names. It promises: pure;
what stands in a place depends on that record's own content (and on who else holds a rare value), not on the numbers
that others were given, so that records packed apart can be put together.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.linkage.fields.identifiers import GROUPS
from traboule.linkage.fields.shared import RARE, Shared
from traboule.linkage.matching.marks import Marks, letter_sums, marks
from traboule.linkage.names.likeness import NameTable
from traboule.linkage.names.sounds import loose_sound
from traboule.linkage.prepare import PersonRecords

# One bit for each group of shared values, and one that says that few records hold the value.
GROUP_BIT = {group: 1 << place for place, group in enumerate((*GROUPS, "encounters"))}
RARE_BIT = 1 << 15
_BEGINNING = 3  # Classes of consonants.

Small = npt.NDArray[np.int16]
Numbers = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]


class Packed(NamedTuple):
    """One place a record; 0 where not known.

    ``name``: number among the words' names, -1 without one. ``full``, ``swapped``: yyyymmdd. ``place``, ``countries``,
    ``sex``: marks. ``start``: where its shared values begin in ``value`` (marks, ascending) and ``group`` (bits); one
    place more than there are records. ``nation_start``, ``nation``: likewise the citizenships one by one.
    """

    name: Numbers
    full: Numbers
    swapped: Numbers
    year: Small
    month: Bytes
    vague: Bytes
    low: Small
    high: Small
    sex: npt.NDArray[np.uint32]
    countries: npt.NDArray[np.uint32]
    place: Marks
    start: npt.NDArray[np.int64]
    value: Marks
    group: npt.NDArray[np.uint16]
    nation_start: npt.NDArray[np.int64]
    nation: npt.NDArray[np.uint32]


class Words(NamedTuple):
    """The names of records as token numbers, and by token what keys are made of: marks of its sound, of how it begins.

    ``forms``: (names, forms, tokens), -1 where there is none. ``letters``: sums that are equal where letters are.
    """

    forms: npt.NDArray[np.int32]
    loose: Marks
    beginning: Marks
    first: Marks
    letters: Marks
    sizes: npt.NDArray[np.int32]


def pack(records: PersonRecords) -> Packed:
    """Return ``records`` packed, in the same order."""
    born = records.born
    start, value, group = _values(records)
    nations = records.shared["citizenships"]
    nation = marks(records.labels["citizenships"]).astype(np.uint32)
    return Packed(
        name=records.name.astype(np.int32),
        full=born.full.astype(np.int32),
        swapped=born.swapped.astype(np.int32),
        year=born.year.astype(np.int16),
        month=born.month.astype(np.uint8),
        vague=born.vague.astype(np.uint8),
        low=born.low.astype(np.int16),
        high=born.high.astype(np.int16),
        sex=_marked(records, "sex").astype(np.uint32),
        countries=_marked(records, "citizenship").astype(np.uint32),
        place=_marked(records, "place"),
        start=start,
        value=value,
        group=group,
        nation_start=np.searchsorted(nations.record, np.arange(len(records) + 1)),
        nation=nation[nations.value],
    )


def words(names: NameTable) -> Words:
    """Return what keys are made of, for every token of ``names``."""
    texts = names.texts.tolist()
    loose = [loose_sound(text) for text in texts]
    return Words(
        forms=names.forms,
        loose=marks(loose),
        beginning=marks([sound[:_BEGINNING] for sound in loose]),
        first=marks([sound[:1] for sound in loose]),
        letters=letter_sums(texts),
        sizes=names.sizes.astype(np.int32),
    )


def _marked(records: PersonRecords, column: str) -> Marks:
    """Return the mark of each record's text in ``column``, 0 where it has none."""
    by_number = np.append(np.zeros(1, dtype=np.uint64), marks(records.labels[column][1:]))
    return np.asarray(by_number[getattr(records, column)])


def _values(records: PersonRecords) -> tuple[npt.NDArray[np.int64], Marks, npt.NDArray[np.uint16]]:
    """Return the shared values of all records, sorted by record and mark, with the groups each belongs to."""
    found, sources = [], {"identifiers": GROUPS, "encounters": ("encounters",)}
    for label, groups in sources.items():
        number = marks(records.labels[label])
        for group in groups:
            held: Shared = records.shared[group]
            found.append((held.record, number[held.value], np.full(len(held.value), GROUP_BIT[group], np.uint16)))
    record, value, bits = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((value, record))
    record, value, bits = record[order], value[order], bits[order]
    fresh = np.ones(len(record), dtype=np.bool_)
    fresh[1:] = (record[1:] != record[:-1]) | (value[1:] != value[:-1])
    first = np.flatnonzero(fresh)
    belongs = np.bitwise_or.reduceat(bits, first) if len(first) else bits
    record, value = record[first], value[first]
    _, back, holders = np.unique(value, return_inverse=True, return_counts=True)
    belongs = belongs | np.where(holders[back] <= RARE, RARE_BIT, 0).astype(np.uint16)
    return np.searchsorted(record, np.arange(len(records) + 1)), value, belongs
