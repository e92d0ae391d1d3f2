"""What the records of a batch filed and share, in sorted arrays: looked up by record, by identifier and by value.

In come person records as a batch prepared them; out go what one of them filed, who holds an identifier, who shares a
value. It promises: pure; made in whole arrays, and read only where a later return touches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.arrays.marks import Marks, marks
from traboule.linkage.fields.identifiers import document_kind, shared_as
from traboule.linkage.fields.texts import arrow, joined
from traboule.linkage.matching.packed import GROUP_BIT, Packed
from traboule.linkage.prepare import PersonRecords

Integers = npt.NDArray[np.int64]
Key = tuple[str, str, str]

TOO_COMMON = "too_common"
WATCHED = GROUP_BIT["vehicles"] | GROUP_BIT["phones"] | GROUP_BIT["encounters"]  # Where it counts whether few hold it.
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class Filed:
    """One identifier or encounter of one record: ``key`` (kind, normal form, issuer) tells by what holders are counted,
    ``shares`` what it gives (mark, groups). An encounter has no kind."""

    key: Key
    shares: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Who holds what: ``holder[i]`` holds ``mark[i]``; sorted by mark."""

    mark: Marks
    holder: Integers

    @classmethod
    def of(cls, mark: Marks, holder: Integers) -> _Sorted:
        order = np.argsort(mark, kind="stable")
        return cls(mark[order], holder[order])

    def of_each(self, wanted: Marks) -> list[list[int]]:
        """Return who holds each of ``wanted``."""
        first, last = (self.mark.searchsorted(wanted, side).tolist() for side in ("left", "right"))
        return [self.holder[begin:end].tolist() for begin, end in zip(first, last, strict=True)]


class Settled:
    """The records of a batch have the numbers that it gave them, from 0."""

    def __init__(self, records: PersonRecords, packed: Packed) -> None:
        table = records.held.table
        counted = pc.is_in(table["stopped"], value_set=pa.array(["", TOO_COMMON]))
        table = table.filter(counted).combine_chunks()
        self._number = table["number"].to_numpy()
        self._columns = [table[name].combine_chunks() for name in ("kind", "value", "issuer", "verified")]
        self._met, self._met_texts = records.shared["encounters"], arrow(records.labels["encounters"].column)
        keys = joined(self._columns[:3], _BETWEEN)
        self._holders = _Sorted.of(marks(keys.to_pylist()), self._number)
        record = np.repeat(np.arange(len(records)), packed.rows["values"])
        watched = np.flatnonzero(packed.values["group"] & WATCHED)
        self._sharing = _Sorted.of(packed.values["mark"][watched], record[watched])
        common = table.filter(pc.is_in(table["stopped"], value_set=pa.array([TOO_COMMON])))
        self.stopped: set[Key] = set(
            zip(*(common[name].to_pylist() for name in ("kind", "value", "issuer")), strict=True)
        )

    def filed(self, number: int) -> list[Filed]:
        """Return what a record filed that is not stopped whoever holds it."""
        first, last = np.searchsorted(self._number, [number, number + 1]).tolist()
        rows = zip(*(column[first:last].to_pylist() for column in self._columns), strict=True)
        first, last = np.searchsorted(self._met.record, [number, number + 1]).tolist()
        return filed_of(rows, self._met_texts.take(self._met.value[first:last]).to_pylist())

    def holders(self, keys: Sequence[Key]) -> list[list[int]]:
        """Return who holds each identifier."""
        return self._holders.of_each(marks([_BETWEEN.join(key) for key in keys]))

    def sharing(self, mark: int) -> list[int]:
        """Return who shares a value of which it counts whether few hold it."""
        return self._sharing.of_each(np.array([mark], dtype=np.uint64))[0]


def filed_of(rows: Iterable[tuple[str, str, str, bool]], met: Iterable[str]) -> list[Filed]:
    """Return the identifiers ``rows`` (kind, normal form, issuer, verified) and the encounters ``met`` of one record,
    with what each gives."""
    found: list[tuple[Key, list[tuple[str, str]]]] = []
    for kind, value, issuer, verified in rows:
        shared = shared_as(kind, value, issuer, failed=not verified)
        about = document_kind(kind, issuer, failed=not verified)
        found.append(((kind, value, issuer), [*shared, ("document_kinds", about)] if about else shared))
    found += [(("", "", text), [("encounters", text)]) for text in met]
    mark = iter(marks([text for _, shared in found for _, text in shared]).tolist())
    return [Filed(key, tuple((next(mark), GROUP_BIT[group]) for group, _ in shared)) for key, shared in found]
