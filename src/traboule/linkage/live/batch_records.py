"""Look up what the records of a batch filed and share, by record, by identifier and by value.

The sorted arrays are built once from the prepared records, and read only where a later return touches them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.arrays.fingerprint import Fingerprints, fingerprints
from traboule.linkage.arrays.text_encoding import as_arrow, join_texts
from traboule.linkage.fields.identifier_columns import IdentifierReading
from traboule.linkage.fields.identifiers import document_kind, shared_values_of
from traboule.linkage.matching.packed_records import GROUP_BIT, PackedRecords
from traboule.linkage.prepare import PersonRecords

Integers = npt.NDArray[np.int64]
Key = tuple[str, str, str]

TOO_COMMON = "too_common"
RARITY_GROUPS = (
    GROUP_BIT["vehicles"] | GROUP_BIT["phones"] | GROUP_BIT["encounters"]
)  # Groups in which the rarity of a value matters.
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class FiledValue:
    """One identifier of one record, or an encounter (with an empty kind). ``shares``: the values it gives (fingerprint,
    groups), empty where it is stopped whoever holds it."""

    read: IdentifierReading
    shares: tuple[tuple[int, int], ...]

    @property
    def key(self) -> Key:
        """The key by which holders are counted."""
        return self.read.kind, self.read.normal, self.read.issuer


@dataclass(frozen=True, slots=True)
class _HolderIndex:
    """Who holds what: ``holder[i]`` holds ``mark[i]``; sorted by fingerprint."""

    mark: Fingerprints
    holder: Integers

    @classmethod
    def of(cls, mark: Fingerprints, holder: Integers) -> _HolderIndex:
        order = np.argsort(mark, kind="stable")
        return cls(mark[order], holder[order])

    def of_each(self, wanted: Fingerprints) -> list[list[int]]:
        """Return the holders of each of ``wanted``."""
        first, last = (self.mark.searchsorted(wanted, side).tolist() for side in ("left", "right"))
        return [self.holder[begin:end].tolist() for begin, end in zip(first, last, strict=True)]


class BatchRecords:
    """The records of a batch, with the numbers it gave them, from 0. ``stopped``: the identifiers that too many hold.
    ``by_themselves``: the holders of identifiers stopped whoever holds them."""

    def __init__(self, records: PersonRecords, packed: PackedRecords) -> None:
        table = records.identifiers.table.combine_chunks()
        self._number = table["number"].to_numpy()
        names = ("kind", "value", "issuer", "verified", "stopped")
        self._columns = kind, value, issuer, _, reason = [table[name].combine_chunks() for name in names]
        self._met, self._met_texts = records.shared["encounters"], as_arrow(records.labels["encounters"].column)
        reason_code = np.asarray(pc.index_in(reason, value_set=pa.array(["", TOO_COMMON])).fill_null(-1).to_numpy())
        keys, usable = join_texts([kind, value, issuer], _SEPARATOR).to_pylist(), np.flatnonzero(reason_code >= 0)
        self._holders = _HolderIndex.of(fingerprints([keys[place] for place in usable.tolist()]), self._number[usable])
        record = np.repeat(np.arange(len(records)), packed.rows["values"])
        watched = np.flatnonzero(packed.values["group"] & RARITY_GROUPS)
        self._sharing = _HolderIndex.of(packed.values["mark"][watched], record[watched])
        common = table.filter(pa.array(reason_code == 1))
        self.stopped: set[Key] = set(zip(*(common[name].to_pylist() for name in names[:3]), strict=True))
        self.by_themselves: list[int] = np.unique(self._number[reason_code < 0]).tolist()

    def filed(self, number: int) -> list[FiledValue]:
        """Return what a record filed."""
        first, last = np.searchsorted(self._number, [number, number + 1]).tolist()
        rows = zip(*(column[first:last].to_pylist() for column in self._columns), strict=True)
        read = [
            IdentifierReading(kind, value, issuer, not verified, "" if reason == TOO_COMMON else reason)
            for kind, value, issuer, verified, reason in rows
        ]
        first, last = np.searchsorted(self._met.record, [number, number + 1]).tolist()
        return filed_values(read, self._met_texts.take(self._met.value[first:last]).to_pylist())

    def holders(self, keys: Sequence[Key]) -> list[list[int]]:
        """Return the holders of each identifier."""
        return self._holders.of_each(fingerprints([_SEPARATOR.join(key) for key in keys]))

    def sharing(self, mark: int) -> list[int]:
        """Return the holders of a value whose rarity matters."""
        return self._sharing.of_each(np.array([mark], dtype=np.uint64))[0]


def filed_values(read: Iterable[IdentifierReading], encounters: Iterable[str]) -> list[FiledValue]:
    """Return the identifiers ``read`` and the ``encounters`` of one record, with the values each gives."""
    readings: list[tuple[IdentifierReading, list[tuple[str, str]]]] = []
    for reading in read:
        shared: list[tuple[str, str]] = []
        if not reading.reason:
            shared = shared_values_of(reading.kind, reading.normal, reading.issuer, failed=reading.failed)
            about = document_kind(reading.kind, reading.issuer, failed=reading.failed)
            shared += [("document_kinds", about)] if about else []
        readings.append((reading, shared))
    readings += [(IdentifierReading("", text, "", False, ""), [("encounters", text)]) for text in encounters]
    mark = iter(fingerprints([text for _, shared in readings for _, text in shared]).tolist())
    return [
        FiledValue(reading, tuple((next(mark), GROUP_BIT[group]) for group, _ in shared))
        for reading, shared in readings
    ]
