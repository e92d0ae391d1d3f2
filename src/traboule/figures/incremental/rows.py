"""Index rows by the records that own them, so that the rows of a few persons are read without scanning the others.

In: a table once, with the numbers of the records each row is about; then rows added and removed. Out: the rows of
chosen records. Guaranteed: a small update copies nothing large; a look-up costs in proportion to its result.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.core.record_names import unit_of
from traboule.figures.incremental.change import joined, row_names
from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Flags, Ints, Texts

_MANY_STATES = 16
_SCAN_BELOW = 16  # One in so many chosen, and each is looked up; more, and all are gone through.


@dataclass(frozen=True, slots=True)
class Chosen:
    """Records: a flag for each, the last for nobody (number -1), and the numbers of those flagged, in order."""

    flags: Flags
    numbers: Ints

    @classmethod
    def of(cls, flags: Flags) -> Chosen:
        """Choose the records flagged."""
        return cls(np.append(flags, False), np.flatnonzero(flags))


@dataclass(slots=True)
class _Piece:
    """Rows that came at one time; ``alive`` those that have not gone since; ``owners`` one array an end, ``by_owner``
    the rows of each end in the order of their owners; ``actions`` the distinct actions they name, and which each does.
    """

    table: pa.Table
    names: Texts
    owners: tuple[Ints, ...]
    alive: Flags
    sorted: bool
    by_owner: tuple[tuple[Ints, Ints], ...]
    actions: tuple[Texts, Ints]

    @classmethod
    def of(cls, name: str, table: pa.Table, owners: tuple[Ints, ...]) -> _Piece:
        """Bring rows into the order in which they will be looked for."""
        table_ = table.combine_chunks()
        names = row_names(name, table_)
        alive = np.ones(table_.num_rows, dtype=np.bool_)
        orders = [np.argsort(owner, kind="stable") for owner in owners]
        by_owner = tuple((owner[order], order) for owner, order in zip(owners, orders, strict=True))
        actions = columns.distinct(columns.texts(table_, "action_record"))
        return cls(table_, names, owners, alive, columns.in_order(names), by_owner, actions)

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

    def owned(self, chosen: Chosen, end: int) -> Ints:
        """Return the places of the rows, gone ones too, whose record at one end is chosen."""
        whose = self.owners[end]
        if len(chosen.numbers) * _SCAN_BELOW > len(whose):
            return np.flatnonzero(chosen.flags[whose])
        ordered, order = self.by_owner[end]
        begin, until = (np.searchsorted(ordered, chosen.numbers, side=side) for side in ("left", "right"))
        rows_of = until - begin
        within = np.arange(int(rows_of.sum())) - np.repeat(np.cumsum(rows_of) - rows_of, rows_of)
        return np.sort(order[np.repeat(begin, rows_of) + within])

    def naming(self, actions: Texts) -> Ints:
        """Return the places of the rows, gone ones too, that name one of ``actions``."""
        distinct_actions, code = self.actions
        meant = np.append(columns.is_among(distinct_actions, actions), False)
        return np.flatnonzero(meant[code]) if meant.any() else np.empty(0, dtype=np.int64)


class OwnedRows:
    """The rows of one table, each owned by one record (or a link by two)."""

    def __init__(self, name: str, table: pa.Table, owners: tuple[Ints, ...]) -> None:
        self.name = name
        self._pieces: list[_Piece] = []
        self.add(table, owners)

    def add(self, table: pa.Table, owners: tuple[Ints, ...]) -> None:
        """Add rows; ``owners``: the number of each row's record, -1 for rows nobody asks about.

        Pieces of like size become one, so that they stay few however many returns come.
        """
        self._pieces.append(_Piece.of(self.name, table, owners))
        while len(self._pieces) > 1 and len(self._pieces[-2].names) <= 2 * len(self._pieces[-1].names):
            two = self._pieces[-2:]
            places = [np.flatnonzero(piece.alive) for piece in two]
            ends = zip(*(piece.owners for piece in two), strict=True)
            owners = tuple(np.concatenate([piece[at] for piece, at in zip(end, places, strict=True)]) for end in ends)
            rows = joined([piece.table.take(at) for piece, at in zip(two, places, strict=True)])
            self._pieces[-2:] = [_Piece.of(self.name, rows, owners)]

    def touched(self, names: Texts) -> list[Ints]:
        """Return, piece by piece, the places of the rows so named."""
        states = {unit_of(name) for name in columns.names(names)}
        return [self._places(piece, names, states) for piece in self._pieces]

    def naming(self, actions: Texts) -> list[Ints]:
        """Return, piece by piece, the places of the rows that name one of ``actions``."""
        places = [piece.naming(actions) for piece in self._pieces]
        return [at[piece.alive[at]] for piece, at in zip(self._pieces, places, strict=True)]

    def owners(self, places: list[Ints]) -> Ints:
        """Return the records that rows are about."""
        parts = [end[at] for piece, at in zip(self._pieces, places, strict=True) for end in piece.owners]
        return np.concatenate([*parts, np.empty(0, dtype=np.int64)])

    def drop(self, places: list[Ints]) -> None:
        """Let rows go."""
        for piece, at in zip(self._pieces, places, strict=True):
            piece.alive[at] = False

    def of(self, chosen: Chosen) -> list[Ints]:
        """Return, piece by piece, the places of the rows all of whose records are chosen."""
        places = []
        for piece in self._pieces:
            at = piece.owned(chosen, 0)
            mine = piece.alive[at]
            for end in piece.owners[1:]:
                mine &= chosen.flags[end[at]]
            places.append(at[mine])
        return places

    def touching(self, chosen: Chosen) -> list[Ints]:
        """Return, piece by piece, the places of the rows any of whose records is chosen."""
        places = []
        for piece in self._pieces:
            at = columns.unique(np.concatenate([piece.owned(chosen, end) for end in range(len(piece.owners))]))
            places.append(at[piece.alive[at]])
        return places

    def holding(self, name: str, value: str) -> list[Ints]:
        """Return, piece by piece, the places of the rows that hold a value in a column; of all where there is none."""
        places = []
        for piece in self._pieces:
            matching = piece.alive
            if name in piece.table.column_names:
                matching = matching & columns.among(columns.texts(piece.table, name), (value,))
            places.append(np.flatnonzero(matching))
        return places

    def taken(self, places: list[Ints]) -> pa.Table:
        """Return rows as a table."""
        parts = [piece.table.take(at) for piece, at in zip(self._pieces, places, strict=True) if len(at)]
        return joined(parts) if parts else self._pieces[0].table.slice(0, 0)

    def _places(self, piece: _Piece, names: Texts, states: set[str]) -> Ints:
        places = [
            start + np.flatnonzero(columns.is_among(piece.names[start:end], names) & piece.alive[start:end])
            for start, end in piece.within(states)
            if start < end and len(names)
        ]
        return np.concatenate([*places, np.empty(0, dtype=np.int64)])
