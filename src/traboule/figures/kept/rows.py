"""Rows kept by whose they are, so that those of a few persons are found without looking anything up.

Comes in: a table once, and for each row the numbers of the records it is about; then rows that come and go. Goes out:
the rows of chosen records. Promises: nothing is copied that does not change; finding rows is one pass over numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.figures.kept.change import joined, named
from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Flags, Ints, Texts

_MANY_STATES = 16


@dataclass(slots=True)
class _Piece:
    """Rows that came at one time; ``alive`` those that have not gone since; ``owners`` one array an end."""

    table: pa.Table
    names: Texts
    owners: tuple[Ints, ...]
    alive: Flags
    sorted: bool

    def within(self, states: set[str]) -> list[tuple[int, int]]:
        """Return the stretches in which rows of some states stand: all of it where names are in no order."""
        if not self.sorted or len(states) > _MANY_STATES:
            return [(0, len(self.names))]
        # "/" is followed by "0": every name of a state lies between the two.
        return [(self._first(f"{state}/"), self._first(f"{state}0")) for state in sorted(states)]

    def _first(self, least: str) -> int:
        low, high = 0, len(self.names)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if str(self.names[middle]) < least else (low, middle)
        return low


class Rows:
    """The rows of one table, each owned by one record (or a link by two)."""

    def __init__(self, name: str, table: pa.Table, owners: tuple[Ints, ...]) -> None:
        self.name = name
        self._pieces: list[_Piece] = []
        self.add(table, owners)

    def add(self, table: pa.Table, owners: tuple[Ints, ...]) -> None:
        """Add rows; ``owners``: the number of each row's record, -1 for rows nobody asks about."""
        whole = table.combine_chunks()
        names = named(self.name, whole)
        alive = np.ones(whole.num_rows, dtype=np.bool_)
        self._pieces.append(_Piece(whole, names, owners, alive, columns.in_order(names)))

    def touched(self, names: Texts) -> list[Ints]:
        """Return, piece by piece, the places of the rows so named."""
        states = {name.split("/", 1)[0] for name in columns.names(names)}
        return [self._places(piece, names, states) for piece in self._pieces]

    def naming(self, column: str, values: Texts) -> list[Ints]:
        """Return, piece by piece, the places of the rows that say one of ``values`` in a column."""
        if not len(values):
            return [np.empty(0, dtype=np.int64) for _ in self._pieces]
        return [_found(columns.texts(piece.table, column), values, piece.alive) for piece in self._pieces]

    def owners(self, places: list[Ints]) -> Ints:
        """Return the records that rows are about."""
        parts = [end[at] for piece, at in zip(self._pieces, places, strict=True) for end in piece.owners]
        return np.concatenate([*parts, np.empty(0, dtype=np.int64)])

    def drop(self, places: list[Ints]) -> None:
        """Let rows go."""
        for piece, at in zip(self._pieces, places, strict=True):
            piece.alive[at] = False

    def of(self, chosen: Flags) -> list[Ints]:
        """Return, piece by piece, the places of the rows all of whose records are chosen."""
        found = []
        for piece in self._pieces:
            mine = piece.alive.copy()
            for end in piece.owners:
                # The last flag is of nobody: number -1.
                mine &= chosen[end]
            found.append(np.flatnonzero(mine))
        return found

    def beside(self, chosen: Flags) -> list[Ints]:
        """Return, piece by piece, the places of the rows any of whose records is chosen."""
        found = []
        for piece in self._pieces:
            mine = np.zeros(len(piece.alive), dtype=np.bool_)
            for end in piece.owners:
                mine |= chosen[end]
            found.append(np.flatnonzero(mine & piece.alive))
        return found

    def taken(self, places: list[Ints]) -> pa.Table:
        """Return rows as a table."""
        parts = [piece.table.take(at) for piece, at in zip(self._pieces, places, strict=True) if len(at)]
        return joined(parts) if parts else self._pieces[0].table.slice(0, 0)

    def _places(self, piece: _Piece, names: Texts, states: set[str]) -> Ints:
        found = [
            start + _found(piece.names[start:end], names, piece.alive[start:end])
            for start, end in piece.within(states)
            if start < end and len(names)
        ]
        return np.concatenate([*found, np.empty(0, dtype=np.int64)])


def _found(values: Texts, some: Texts, alive: Flags) -> Ints:
    found: Flags = columns.kernels.is_in(values, value_set=some).to_numpy(zero_copy_only=False)
    return np.flatnonzero(found & alive)
