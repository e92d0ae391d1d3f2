"""Person records as the matcher holds them: plain arrays, one place a record, of numbers and marks alone.

In come :class:`PersonRecords`; out go :class:`Packed` records. It promises: pure; what stands in a place depends on
that record's own content (and on who else holds a rare value), not on the numbers that others were given, so that
records packed apart can be put together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import both
from traboule.linkage.arrays.marks import Marks, marks
from traboule.linkage.fields.identifiers import GROUPS
from traboule.linkage.fields.shared import RARE, Shared
from traboule.linkage.prepare import PersonRecords

# One bit for each group of shared values, and one that says that few records hold the value.
GROUP_BIT = {group: 1 << place for place, group in enumerate((*GROUPS, "encounters", "document_kinds"))}
RARE_BIT = 1 << 15


# One person record in 48 bytes; 0 where not known. ``name``: number among the names, -1 without one. ``full``,
# ``swapped``: yyyymmdd. ``place``, ``countries``, ``sex``: marks. ``start``, ``values``: where its shared values begin
# and how many there are; ``nation``, ``nations``: likewise its citizenships one by one. ``held``: groups it has.
ROW = np.dtype(
    [
        *(("place", np.uint64), ("name", np.int32), ("full", np.int32), ("swapped", np.int32), ("start", np.int32)),
        *(("nation", np.int32), ("countries", np.uint32), ("sex", np.uint16), ("held", np.uint16)),
        *(("year", np.int16), ("low", np.int16), ("high", np.int16), ("values", np.uint16)),
        *(("nations", np.uint8), ("month", np.uint8), ("vague", np.uint8), ("several", np.uint8)),
    ]
)
VALUE = np.dtype([("mark", np.uint64), ("group", np.uint16)])


class Packed(NamedTuple):
    """``rows``: ROW, one a record. ``values``: VALUE, each record's sorted by mark. ``nations``: marks."""

    rows: Any
    values: Any
    nations: npt.NDArray[np.uint32]


def pack(records: PersonRecords) -> Packed:
    """Return ``records`` packed, in the same order."""
    (rows, nations), (record, values) = both(lambda: _rows(records), lambda: _values(records), things=len(records))
    bounds = _bounds(record, len(records))
    rows["start"], rows["values"] = bounds[:-1], np.diff(bounds)
    np.bitwise_or.at(rows["held"], record, (values["group"] & 0x7FFF).astype(np.uint16))
    return Packed(rows, values, nations)


def _rows(records: PersonRecords) -> tuple[Any, npt.NDArray[np.uint32]]:
    """Return the ROW of each record, without what it shares with others, and the marks of their citizenships."""
    born, rows = records.born, np.zeros(len(records), dtype=ROW)
    for name in ("full", "swapped", "year", "low", "high", "month", "vague"):
        rows[name] = getattr(born, name)
    rows["name"] = records.name
    rows["several"] = several_names(records)
    rows["place"] = _marked(records, "place")
    rows["countries"] = _marked(records, "citizenship")
    rows["sex"] = _marked(records, "sex") & 0xFFFF
    nations = records.shared["citizenships"]
    bounds = _bounds(nations.record, len(records))
    rows["nation"], rows["nations"] = bounds[:-1], np.diff(bounds)
    return rows, marks(records.labels["citizenships"].column).astype(np.uint32)[nations.value]


def several_names(records: PersonRecords) -> npt.NDArray[np.bool_]:
    """Tell of each record whether its name has two tokens or more."""
    several = np.zeros(len(records), dtype=np.bool_)
    named = np.flatnonzero(records.name >= 0)
    several[named] = records.names.several[records.name[named]]
    return several


def _marked(records: PersonRecords, column: str) -> Marks:
    """Return the mark of each record's text in ``column``, 0 where it has none."""
    by_number = np.append(np.zeros(1, dtype=np.uint64), marks(records.labels[column].column[1:]))
    return np.asarray(by_number[getattr(records, column)])


def _values(records: PersonRecords) -> tuple[npt.NDArray[np.int64], Any]:
    """Return the shared values of all records, sorted by record and mark: the record and the VALUE of each."""
    found, texts = [], 0
    sources: dict[str, dict[str, Shared]] = {
        "identifiers": {group: records.shared[group] for group in GROUPS},
        "encounters": {"encounters": records.shared["encounters"]},
        "document_kinds": {"document_kinds": records.held.document_kinds},
    }
    for label, groups in sources.items():
        mark = marks(records.labels[label].column)
        for group, held in groups.items():
            bit = np.full(len(held.value), GROUP_BIT[group], np.uint16)
            found.append((held.record, mark[held.value], held.value + texts, bit))
        texts += len(mark)
    record, value, text, bits = (np.concatenate(column) for column in zip(*found, strict=True))
    order = _by_record(record, value)
    record, value, bits = record[order], value[order], bits[order]
    fresh = np.ones(len(record), dtype=np.bool_)
    fresh[1:] = (record[1:] != record[:-1]) | (value[1:] != value[:-1])
    first = np.flatnonzero(fresh)
    belongs = np.bitwise_or.reduceat(bits, first) if len(first) else bits
    record, text = record[first], text[order[first]]
    holders = np.bincount(text)[text]
    found_values = np.zeros(len(first), dtype=VALUE)
    found_values["mark"] = value[first]
    found_values["group"] = belongs | np.where(holders <= RARE, RARE_BIT, 0).astype(np.uint16)
    return record, found_values


def _by_record(record: npt.NDArray[np.int64], value: Marks) -> npt.NDArray[np.int64]:
    """Return the places of values, a few runs of which are in the order of records, sorted by record and mark."""
    # The record and as much of the mark as there is room for: merging the runs of one number takes next to no time.
    taken = np.uint64(max(int(record.max(initial=0)).bit_length(), 1))
    code = record.astype(np.uint64) << (np.uint64(64) - taken) | value >> taken
    order = np.argsort(code, kind="stable")
    code, value_there = code[order], value[order]
    if ((code[1:] == code[:-1]) & (value_there[1:] < value_there[:-1])).any():
        return np.lexsort((value, record))
    return order


def _bounds(record: npt.NDArray[np.int64], records: int) -> npt.NDArray[np.int64]:
    """Return where the rows of each of so many records begin, and where the last ones end."""
    bounds = np.zeros(records + 1, dtype=np.int64)
    np.cumsum(np.bincount(record, minlength=records), out=bounds[1:])
    return bounds
