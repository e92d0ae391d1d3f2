"""Compute blocking keys for a cluster: one row per key and record.

A row depends on its record alone, so that parts prepared apart can be joined. Two records have a key in common if they
share an identifier that is not stopped, or the phonetic key of the whole name or the birth date together with one other
field. These are fewer keys than a single machine uses, because each costs a shuffle on a cluster.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from traboule.linkage.prepare import PersonRecords
from traboule.linkage.scale.steps import KEYS_SCHEMA

Integers = npt.NDArray[np.int64]

IDENTIFIERS = ("numbers", "documents", "devices", "accounts", "vehicles", "phones", "online")
MOST = 60  # Records that one key may bring together: 1,770 pairs.
_WIDTH = np.int64(1) << 31  # Text numbers and dates are smaller, so that two fit into one key.


def keys_table(records: PersonRecords) -> pa.Table:
    """Return the keys of ``records``."""
    kinds, keys, owners = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for kind, (key, owner) in enumerate(_key_columns(records)):
        kinds.append(np.full(len(key), kind, dtype=np.int64))
        keys.append(key)
        owners.append(owner)
    kind_of = np.concatenate(kinds)
    most = np.full(len(kind_of), MOST, dtype=np.int64)
    columns = (kind_of, np.concatenate(keys), np.concatenate(owners), most)
    return pa.table(dict(zip(KEYS_SCHEMA.names, columns, strict=True)), schema=KEYS_SCHEMA)


def _key_columns(records: PersonRecords) -> Iterator[tuple[Integers, Integers]]:
    """Yield (keys, records), one kind after the other, always in this order."""
    for group in IDENTIFIERS:
        yield records.shared[group].value, records.shared[group].record
    born = records.born
    for left, right in (
        (records.sound, born.year),
        (records.sound, records.citizenship),
        (records.sound, records.place),
        (records.citizenship, born.full),
        (records.place, born.full),
    ):
        both_known = np.flatnonzero((left > 0) & (right > 0))
        yield left[both_known] * _WIDTH + right[both_known], both_known
