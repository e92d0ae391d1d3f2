"""Grow an array at its end. Capacity doubles, so that appending rows one by one costs no more than all at once.

A view handed out earlier stays valid; rows added later appear only in later views.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_INITIAL_ROWS = 64


@dataclass
class GrowableArray:
    """An array that grows at its end. ``kind``: the type of a row, which may be an array of fixed shape."""

    kind: np.dtype[Any]

    def __post_init__(self) -> None:
        self._room: Any = np.zeros(_INITIAL_ROWS, dtype=self.kind)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    @property
    def array(self) -> Any:
        """A view of all rows so far; writing to it changes the array itself."""
        return self._room[: self._used]

    def extend(self, rows: Any) -> None:
        """Add ``rows`` at the end."""
        needed = self._used + len(rows)
        if needed > len(self._room):
            buffer = np.zeros(max(needed, 2 * len(self._room)), dtype=self.kind)
            buffer[: self._used] = self._room[: self._used]
            self._room = buffer
        self._room[self._used : needed] = rows
        self._used = needed
