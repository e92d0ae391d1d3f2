"""The port that every engine implements: register tables, run named steps, return tables.

In: Arrow tables by name, and steps (a name, and SQL over registered tables or earlier steps). Out: any of these tables
as Arrow. Guaranteed: a step sees only what was registered or computed before it. The same steps on the same tables give
the same rows (a step that needs an order says ORDER BY). Nothing outside is read or written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

ArrayFunction = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class EngineStep:
    """One named step: ``sql`` is a SELECT whose result becomes the table ``name``."""

    name: str
    sql: str


class Engine(Protocol):
    """What a stage may ask of an engine."""

    def register(self, name: str, table: pa.Table) -> None:
        """Make ``table`` known as ``name``, in place of an earlier one of that name. Refuses a name that is no word."""
        ...

    def run(self, steps: Iterable[EngineStep]) -> None:
        """Compute the steps in order, each under its name. Raises Invalid for SQL that the engine cannot run."""
        ...

    def table(self, name: str) -> pa.Table:
        """Return the table ``name`` as arrow. Raises NotFound where neither register nor a step made it."""
        ...

    def define(self, name: str, function: ArrayFunction) -> None:
        """Make ``name(a, b)`` callable in SQL: two columns of 64-bit integers without nulls in, one of 8-bit out."""
        ...

    def close(self) -> None:
        """Let go of everything. Closing twice does no harm."""
        ...
