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
from traboule.linkage.fields.filed import Reading
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
    """One identifier of one record, or where and when it was met (of no kind). ``shares``: what it gives (mark,
    groups), nothing where it is stopped whoever holds it."""

    read: Reading
    shares: tuple[tuple[int, int], ...]

    @property
    def key(self) -> Key:
        """By what holders are counted."""
        return self.read.kind, self.read.normal, self.read.issuer


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
    """The records of a batch have the numbers that it gave them, from 0. ``stopped``: what too many hold;
    ``by_themselves``: who holds what is stopped whoever holds it."""

    def __init__(self, records: PersonRecords, packed: Packed) -> None:
        table = records.held.table.combine_chunks()
        self._number = table["number"].to_numpy()
        names = ("kind", "value", "issuer", "verified", "stopped")
        self._columns = kind, value, issuer, _, reason = [table[name].combine_chunks() for name in names]
        self._met, self._met_texts = records.shared["encounters"], arrow(records.labels["encounters"].column)
        why = np.asarray(pc.index_in(reason, value_set=pa.array(["", TOO_COMMON])).fill_null(-1).to_numpy())
        keys, counted = joined([kind, value, issuer], _BETWEEN).to_pylist(), np.flatnonzero(why >= 0)
        self._holders = _Sorted.of(marks([keys[place] for place in counted.tolist()]), self._number[counted])
        record = np.repeat(np.arange(len(records)), packed.rows["values"])
        watched = np.flatnonzero(packed.values["group"] & WATCHED)
        self._sharing = _Sorted.of(packed.values["mark"][watched], record[watched])
        common = table.filter(pa.array(why == 1))
        self.stopped: set[Key] = set(zip(*(common[name].to_pylist() for name in names[:3]), strict=True))
        self.by_themselves: list[int] = np.unique(self._number[why < 0]).tolist()

    def filed(self, number: int) -> list[Filed]:
        """Return what a record filed."""
        first, last = np.searchsorted(self._number, [number, number + 1]).tolist()
        rows = zip(*(column[first:last].to_pylist() for column in self._columns), strict=True)
        read = [
            Reading(kind, value, issuer, not verified, "" if reason == TOO_COMMON else reason)
            for kind, value, issuer, verified, reason in rows
        ]
        first, last = np.searchsorted(self._met.record, [number, number + 1]).tolist()
        return filed_of(read, self._met_texts.take(self._met.value[first:last]).to_pylist())

    def holders(self, keys: Sequence[Key]) -> list[list[int]]:
        """Return who holds each identifier."""
        return self._holders.of_each(marks([_BETWEEN.join(key) for key in keys]))

    def sharing(self, mark: int) -> list[int]:
        """Return who shares a value of which it counts whether few hold it."""
        return self._sharing.of_each(np.array([mark], dtype=np.uint64))[0]


def filed_of(read: Iterable[Reading], met: Iterable[str]) -> list[Filed]:
    """Return the identifiers ``read`` of one record, and where and when it was ``met``, with what each gives."""
    found: list[tuple[Reading, list[tuple[str, str]]]] = []
    for each in read:
        shared: list[tuple[str, str]] = []
        if not each.reason:
            shared = shared_as(each.kind, each.normal, each.issuer, failed=each.failed)
            about = document_kind(each.kind, each.issuer, failed=each.failed)
            shared += [("document_kinds", about)] if about else []
        found.append((each, shared))
    found += [(Reading("", text, "", False, ""), [("encounters", text)]) for text in met]
    mark = iter(marks([text for _, shared in found for _, text in shared]).tolist())
    return [Filed(each, tuple((next(mark), GROUP_BIT[group]) for group, _ in shared)) for each, shared in found]
