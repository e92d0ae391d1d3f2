"""Keys for a cluster: one row a key and record, from what every prepared record holds.

In come person records; out goes the ``keys`` table of :mod:`~traboule.linkage.scale.steps`. It promises: pure; a row's
key depends on its record alone, so that parts prepared apart join; two records that share an identifier not stopped, or
the whole sound of a name or a birth date together with one other thing, have a key in common.

These are fewer keys than one machine uses, because on a cluster each costs a shuffle.
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
_WIDTH = np.int64(1) << 31  # Numbers of texts and dates stay below, so that two fit one key.


def keys_table(records: PersonRecords) -> pa.Table:
    """Return the keys of ``records``."""
    kinds, keys, owners = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for kind, (key, owner) in enumerate(_all(records)):
        kinds.append(np.full(len(key), kind, dtype=np.int64))
        keys.append(key)
        owners.append(owner)
    kind_of = np.concatenate(kinds)
    most = np.full(len(kind_of), MOST, dtype=np.int64)
    columns = (kind_of, np.concatenate(keys), np.concatenate(owners), most)
    return pa.table(dict(zip(KEYS_SCHEMA.names, columns, strict=True)), schema=KEYS_SCHEMA)


def _all(records: PersonRecords) -> Iterator[tuple[Integers, Integers]]:
    """Yield (keys, records), one kind after the other, always in this order."""
    for group in IDENTIFIERS:
        yield records.shared[group].value, records.shared[group].record
    born = records.born
    for one, other in (
        (records.sound, born.year),
        (records.sound, records.citizenship),
        (records.sound, records.place),
        (records.citizenship, born.full),
        (records.place, born.full),
    ):
        known = np.flatnonzero((one > 0) & (other > 0))
        yield one[known] * _WIDTH + other[known], known
