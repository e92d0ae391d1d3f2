"""Pack person records into plain arrays for the matcher, one place per record: numbers and fingerprints only.

A row depends on its own record's content and on how many others hold its values, not on the numbers given to other
records, so that records packed apart can be joined.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from traboule.core.parallel import both
from traboule.linkage.arrays.fingerprint import Fingerprints, fingerprints
from traboule.linkage.fields.identifiers import GROUPS
from traboule.linkage.fields.shared_values import RARE, SharedValues
from traboule.linkage.prepare import PersonRecords

# One bit for each group of shared values, and one for values that few records hold.
GROUP_BIT = {group: 1 << place for place, group in enumerate((*GROUPS, "encounters", "document_kinds"))}
RARE_BIT = 1 << 15


# One person record in 48 bytes; 0 where unknown. ``name``: number among the names, -1 without one. ``full``,
# ``swapped``: yyyymmdd. ``place``, ``countries``, ``sex``: fingerprints. ``start``, ``values``: where its shared values
# begin, and how many; ``nation``, ``nations``: the same of its citizenships. ``groups``: bits of groups with values.
ROW = np.dtype(
    [
        *(("place", np.uint64), ("name", np.int32), ("full", np.int32), ("swapped", np.int32), ("start", np.int32)),
        *(("nation", np.int32), ("countries", np.uint32), ("sex", np.uint16), ("groups", np.uint16)),
        *(("year", np.int16), ("low", np.int16), ("high", np.int16), ("values", np.uint16)),
        *(("nations", np.uint8), ("month", np.uint8), ("vague", np.uint8), ("several", np.uint8)),
    ]
)
VALUE = np.dtype([("mark", np.uint64), ("group", np.uint16)])


class PackedRecords(NamedTuple):
    """Packed person records. ``rows``: ROW, one per record. ``values``: VALUE, each record's sorted by fingerprint.
    ``nations``: fingerprints."""

    rows: Any
    values: Any
    nations: npt.NDArray[np.uint32]


def pack(records: PersonRecords) -> PackedRecords:
    """Return ``records`` packed, in the same order."""
    (rows, nations), (record, values) = both(lambda: _rows(records), lambda: _values(records), things=len(records))
    bounds = _bounds(record, len(records))
    rows["start"], rows["values"] = bounds[:-1], np.diff(bounds)
    np.bitwise_or.at(rows["groups"], record, (values["group"] & 0x7FFF).astype(np.uint16))
    return PackedRecords(rows, values, nations)


def _rows(records: PersonRecords) -> tuple[Any, npt.NDArray[np.uint32]]:
    """Return the ROW of each record, without shared values, and the fingerprints of the citizenships."""
    born, rows = records.born, np.zeros(len(records), dtype=ROW)
    for name in ("full", "swapped", "year", "low", "high", "month", "vague"):
        rows[name] = getattr(born, name)
    rows["name"] = records.name
    rows["several"] = has_several_tokens(records)
    rows["place"] = _fingerprint_column(records, "place")
    rows["countries"] = _fingerprint_column(records, "citizenship")
    rows["sex"] = _fingerprint_column(records, "sex") & 0xFFFF
    nations = records.shared["citizenships"]
    bounds = _bounds(nations.record, len(records))
    rows["nation"], rows["nations"] = bounds[:-1], np.diff(bounds)
    return rows, fingerprints(records.labels["citizenships"].column).astype(np.uint32)[nations.value]


def has_several_tokens(records: PersonRecords) -> npt.NDArray[np.bool_]:
    """Tell of each record whether its name has two tokens or more."""
    several = np.zeros(len(records), dtype=np.bool_)
    is_named = np.flatnonzero(records.name >= 0)
    several[is_named] = records.names.several[records.name[is_named]]
    return several


def _fingerprint_column(records: PersonRecords, column: str) -> Fingerprints:
    """Return the fingerprint of each record's text in ``column``, 0 where it has none."""
    by_number = np.append(np.zeros(1, dtype=np.uint64), fingerprints(records.labels[column].column[1:]))
    return np.asarray(by_number[getattr(records, column)])


def _values(records: PersonRecords) -> tuple[npt.NDArray[np.int64], Any]:
    """Return the shared values of all records, sorted by record and fingerprint: the record and the VALUE of each."""
    parts, texts = [], 0
    sources: dict[str, dict[str, SharedValues]] = {
        "identifiers": {group: records.shared[group] for group in GROUPS},
        "encounters": {"encounters": records.shared["encounters"]},
        "document_kinds": {"document_kinds": records.identifiers.document_kinds},
    }
    for label, groups in sources.items():
        mark = fingerprints(records.labels[label].column)
        for group, shared in groups.items():
            bit = np.full(len(shared.value), GROUP_BIT[group], np.uint16)
            parts.append((shared.record, mark[shared.value], shared.value + texts, bit))
        texts += len(mark)
    record, value, text, bits = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = _by_record(record, value)
    record, value, bits = record[order], value[order], bits[order]
    fresh = np.ones(len(record), dtype=np.bool_)
    fresh[1:] = (record[1:] != record[:-1]) | (value[1:] != value[:-1])
    first = np.flatnonzero(fresh)
    group_bits = np.bitwise_or.reduceat(bits, first) if len(first) else bits
    record, text = record[first], text[order[first]]
    holders = np.bincount(text)[text]
    packed_values = np.zeros(len(first), dtype=VALUE)
    packed_values["mark"] = value[first]
    packed_values["group"] = group_bits | np.where(holders <= RARE, RARE_BIT, 0).astype(np.uint16)
    return record, packed_values


def _by_record(record: npt.NDArray[np.int64], value: Fingerprints) -> npt.NDArray[np.int64]:
    """Return the order by record and fingerprint of values that consist of a few runs sorted by record."""
    # The record and as many bits of the fingerprint as fit: a stable sort merges the runs almost for free.
    record_bits = np.uint64(max(int(record.max(initial=0)).bit_length(), 1))
    code = record.astype(np.uint64) << (np.uint64(64) - record_bits) | value >> record_bits
    order = np.argsort(code, kind="stable")
    code, value_there = code[order], value[order]
    if ((code[1:] == code[:-1]) & (value_there[1:] < value_there[:-1])).any():
        return np.lexsort((value, record))
    return order


def _bounds(record: npt.NDArray[np.int64], records: int) -> npt.NDArray[np.int64]:
    """Return where the rows of each record begin; the last bound is the end."""
    bounds = np.zeros(records + 1, dtype=np.int64)
    np.cumsum(np.bincount(record, minlength=records), out=bounds[1:])
    return bounds
