"""Values that several records can hold: which record holds which, and whether two records share one.

In come rows of (record, value); out go, for arrays of pairs, whether the two records have a value in common. It
promises: sorted, each row once, no loop over pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.linkage.arrays.distinct import merged

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

RARE = 4  # Records. A value held by more says less: a household's phone, a raid's hour.


@dataclass(frozen=True)
class Shared:
    """Rows sorted by record, then value: ``record[i]`` holds ``value[i]``. ``records``: how many records there are."""

    record: Integers
    value: Integers
    records: int

    @classmethod
    def of(cls, record: Integers, value: Integers, records: int) -> Shared:
        """Return the rows sorted, each once."""
        if not len(record):
            empty = np.zeros(0, dtype=np.int64)
            return cls(empty, empty, records)
        width = int(value.max()) + 1
        codes = record * width + value
        if (codes[1:] <= codes[:-1]).any():
            codes = merged(codes)  # Rows of several kinds, each in its order.
            record, value = codes // width, codes % width
        return cls(record, value, records)

    def filled(self) -> Flags:
        """Tell of each record whether it holds any value."""
        return np.bincount(self.record, minlength=self.records) > 0

    def rare(self, most: int = RARE) -> Shared:
        """Return only the rows whose value at most ``most`` records hold."""
        _, place, holders = np.unique(self.value, return_inverse=True, return_counts=True)
        kept = holders[place] <= most if len(self.value) else np.zeros(0, dtype=np.bool_)
        return Shared(self.record[kept], self.value[kept], self.records)

    def has_common(self, left: Integers, right: Integers) -> Flags:
        """Tell of each pair of records whether they hold a value in common."""
        common = np.zeros(len(left), dtype=np.bool_)
        if not len(self.value):
            return common
        starts = np.searchsorted(self.record, np.arange(self.records + 1))
        held = starts[left + 1] - starts[left]
        pair = np.repeat(np.arange(len(left)), held)
        place = np.arange(len(pair)) - np.repeat(np.cumsum(held) - held, held) + np.repeat(starts[left], held)
        width = int(self.value.max()) + 1
        codes = self.record * width + self.value
        wanted = right[pair] * width + self.value[place]
        at = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
        common[pair[codes[at] == wanted]] = True
        return common

    def lists(self) -> pa.Array[Any]:
        """Return one list a record, null where it holds nothing."""
        offsets = np.searchsorted(self.record, np.arange(self.records + 1)).astype(np.int32)
        found: pa.Array[Any] = pa.ListArray.from_arrays(
            pa.array(offsets, pa.int32()), pa.array(self.value, pa.int64()), mask=pa.array(~self.filled(), pa.bool_())
        )
        return found
