"""Record which records hold which values, and find pairs of records that share one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.linkage.arrays.unique import unique_of_runs

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

RARE = 4  # Records. A value held by more is weaker evidence: a household's phone, the hour of a raid.


@dataclass(frozen=True)
class SharedValues:
    """Rows sorted by record, then value: ``record[i]`` holds ``value[i]``. ``records``: the number of records."""

    record: Integers
    value: Integers
    records: int

    @classmethod
    def of(cls, record: Integers, value: Integers, records: int) -> SharedValues:
        """Return the rows sorted and without duplicates."""
        if not len(record):
            empty = np.zeros(0, dtype=np.int64)
            return cls(empty, empty, records)
        width = int(value.max()) + 1
        codes = record * width + value
        if (codes[1:] <= codes[:-1]).any():
            codes = unique_of_runs(codes)  # A few sorted runs, one per kind.
            record, value = codes // width, codes % width
        return cls(record, value, records)

    def filled(self) -> Flags:
        """Tell of each record whether it holds any value."""
        return np.bincount(self.record, minlength=self.records) > 0

    def rare(self, most: int = RARE) -> SharedValues:
        """Return only the rows whose value at most ``most`` records hold."""
        _, place, holders = np.unique(self.value, return_inverse=True, return_counts=True)
        is_rare = holders[place] <= most if len(self.value) else np.zeros(0, dtype=np.bool_)
        return SharedValues(self.record[is_rare], self.value[is_rare], self.records)

    def has_common(self, left: Integers, right: Integers) -> Flags:
        """Tell of each pair of records whether they hold a value in common."""
        common = np.zeros(len(left), dtype=np.bool_)
        if not len(self.value):
            return common
        starts = np.searchsorted(self.record, np.arange(self.records + 1))
        value_counts = starts[left + 1] - starts[left]
        pair = np.repeat(np.arange(len(left)), value_counts)
        place = (
            np.arange(len(pair))
            - np.repeat(np.cumsum(value_counts) - value_counts, value_counts)
            + np.repeat(starts[left], value_counts)
        )
        width = int(self.value.max()) + 1
        codes = self.record * width + self.value
        wanted = right[pair] * width + self.value[place]
        at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        common[pair[codes[at] == wanted]] = True
        return common

    def lists(self) -> pa.Array[Any]:
        """Return one list of values per record, null where it holds none."""
        offsets = np.searchsorted(self.record, np.arange(self.records + 1)).astype(np.int32)
        column: pa.Array[Any] = pa.ListArray.from_arrays(
            pa.array(offsets, pa.int32()), pa.array(self.value, pa.int64()), mask=pa.array(~self.filled(), pa.bool_())
        )
        return column
