"""Print indented lines of two parts.

In: pairs of a short text and a longer one. Out: a grid in which the longer text wraps in its own column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.table import Table

INDENT = 6


def hanging(lines: Iterable[Sequence[str]], indent: int = INDENT) -> Padding:
    """Return lines of two parts, the second wrapped beside the first and never under it."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, overflow="fold")
    grid.add_column()
    for short, long in lines:
        grid.add_row(short, long)
    return Padding(grid, (0, 0, 0, indent))
