"""The engine for one machine: DuckDB in memory, without access to files, network or extensions.

In and out: see :mod:`traboule.engines.port`. Guaranteed: deterministic results, with one thread by default and
insertion order preserved; no extension is installed or loaded automatically.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from types import TracebackType

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import PythonUDFType

from traboule.core.errors import Invalid, NotFound
from traboule.engines.port import ArrayFunction, EngineStep

_WORD = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class DuckDBEngine:
    """A DuckDB of its own for one run. Use it as a context manager, or call :meth:`close`."""

    def __init__(self, *, threads: int = 1) -> None:
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "threads": threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "enable_external_access": False,
                "preserve_insertion_order": True,
                # Only registered tables are visible, never Python variables.
                "python_enable_replacements": False,
            },
        )

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """The connection itself, for an adapter that brings its own SQL (Splink's training)."""
        return self._connection

    def register(self, name: str, table: pa.Table) -> None:
        """Make ``table`` known as ``name``."""
        self._connection.register(_word(name), table)

    def run(self, steps: Iterable[EngineStep]) -> None:
        """Compute the steps in order, each as a table of its own."""
        for step in steps:
            try:
                self._connection.execute(f"CREATE OR REPLACE TABLE {_word(step.name)} AS {step.sql}")
            except duckdb.Error as error:
                raise Invalid("engine-step-failed", step=step.name) from error

    def table(self, name: str) -> pa.Table:
        """Return the table ``name`` as arrow."""
        try:
            table: pa.Table = self._connection.table(_word(name)).to_arrow_table()
        except duckdb.CatalogException as error:
            raise NotFound("engine-table-unknown", table=name) from error
        return table

    def define(self, name: str, function: ArrayFunction) -> None:
        """Make ``name(a, b)`` callable in SQL over two columns of 64-bit integers."""

        # DuckDB evaluates the annotations of a named function, and pyarrow's own cannot be subscripted: hence a lambda.
        self._connection.create_function(
            _word(name),
            lambda left, right: pa.array(function(left.to_numpy(), right.to_numpy()).astype(np.int8, copy=False)),
            ["BIGINT", "BIGINT"],
            "TINYINT",
            type=PythonUDFType.ARROW,
            side_effects=False,
        )

    def close(self) -> None:
        """Let go of everything."""
        self._connection.close()


def _word(name: str) -> str:
    """Return ``name`` where it is a plain word: names are put into SQL, so nothing else may pass."""
    if not _WORD.fullmatch(name):
        raise Invalid("engine-name-unfit", name=name)
    return name
