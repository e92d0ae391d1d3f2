"""An array that grows at its end: room doubles, so that adding one by one costs no more than adding at once.

In come rows; out goes an array of all so far. It promises: an array handed out is never moved; rows added later appear
only in arrays handed out later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

_FEWEST = 64


@dataclass
class Grown:
    """``kind``: the type of one row; it may be an array of a fixed shape."""

    kind: np.dtype[Any]

    def __post_init__(self) -> None:
        self._room: Any = np.zeros(_FEWEST, dtype=self.kind)
        self._used = 0

    def __len__(self) -> int:
        return self._used

    @property
    def array(self) -> Any:
        """All rows so far; writing to them writes to what everybody sees."""
        return self._room[: self._used]

    def extend(self, rows: Any) -> None:
        """Add ``rows`` at the end."""
        needed = self._used + len(rows)
        if needed > len(self._room):
            room = np.zeros(max(needed, 2 * len(self._room)), dtype=self.kind)
            room[: self._used] = self._room[: self._used]
            self._room = room
        self._room[self._used : needed] = rows
        self._used = needed
