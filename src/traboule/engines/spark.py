"""The engine for a cluster: Spark. Needs the ``spark`` extra and Java 17 or 21.

In and out: see :mod:`traboule.engines.port`. Guaranteed: what the port guarantees, on as many machines as the session
has. A step is computed once, when it runs, and its table is stored. SQL cannot read a file by its path or call Java.
Without a session the engine starts a local one with one thread, and stops it at the close.

Reserved: no verb reaches this engine yet. A later issue links on a cluster with it.

Functions that DuckDB has and Spark lacks are defined under DuckDB's names, so that one SQL serves both.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import arrow_udf
from rapidfuzz.distance import OSA

from traboule.core.errors import Invalid, NotFound
from traboule.engines.port import ArrayFunction, EngineStep

_WORD = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Functions of Spark that call any Java there is; nothing else in its SQL reaches outside once files are closed.
_REACHES_OUT = re.compile(r"\b(?:try_)?reflect\b|\bjava_method\b", re.IGNORECASE)
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.sql.shuffle.partitions": "4",
    "spark.log.level": "OFF",
}
_IN_EVERY_SESSION = {
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
}
_OF_DUCKDB = (
    "CREATE OR REPLACE TEMPORARY FUNCTION list_has_any(one ARRAY<BIGINT>, other ARRAY<BIGINT>)"
    " RETURNS BOOLEAN RETURN arrays_overlap(one, other)",
)


class SparkEngine:
    """A new session in ``spark``, or in a local one. Use it as a context manager, or call :meth:`close`."""

    def __init__(self, spark: SparkSession | None = None, *, master: str = "local[1]", memory: str = "2g") -> None:
        self._own = spark is None
        self._root = spark if spark is not None else local_spark(master=master, memory=memory)
        self._session = self._root.newSession()
        for setting, value in _IN_EVERY_SESSION.items():
            self._session.conf.set(setting, value)
        for statement in _OF_DUCKDB:
            self._session.sql(statement)
        distance = arrow_udf(
            lambda left, right: pa.array(_edit_distances(left.to_pylist(), right.to_pylist()), pa.int32()), "int"
        )
        self._session.udf.register("damerau_levenshtein", distance)
        self._tables: dict[str, DataFrame] = {}
        self._closed = False

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def session(self) -> SparkSession:
        """The session itself, for an adapter that brings its own SQL."""
        return self._session

    def register(self, name: str, table: pa.Table) -> None:
        """Make ``table`` known as ``name``."""
        self._know(_word(name), self._session.createDataFrame(table))

    def run(self, steps: Iterable[EngineStep]) -> None:
        """Compute the steps in order, each as a table of its own."""
        for step in steps:
            name = _word(step.name)
            if _REACHES_OUT.search(step.sql):
                raise Invalid("engine-step-failed", step=step.name)
            try:
                # Computed now and cut from what it came from: plans that grow with every step would not end.
                computed = self._session.sql(step.sql).localCheckpoint(eager=True)
            except PySparkException as error:
                raise Invalid("engine-step-failed", step=step.name) from error
            self._know(name, computed)

    def table(self, name: str) -> pa.Table:
        """Return the table ``name`` as arrow."""
        frame = self._tables.get(_word(name))
        if frame is None:
            raise NotFound("engine-table-unknown", table=name)
        table: pa.Table = frame.toArrow()
        return table

    def define(self, name: str, function: ArrayFunction) -> None:
        """Make ``name(a, b)`` callable in SQL over two columns of 64-bit integers.

        ``function`` is sent to the workers, with all it closes over. It never sees a null: Spark calls a function for
        every row, also where a CASE before it has already decided.
        """

        # Spark evaluates the annotations of a named function, and pyarrow's own cannot be subscripted: hence lambdas.
        over_arrays = arrow_udf(lambda left, right: _where_both(function, left, right), "tinyint")
        self._session.udf.register(_word(name), over_arrays)

    def close(self) -> None:
        """Let go of everything; end Spark where this engine began it."""
        if self._closed:
            return
        self._closed = True
        for name in self._tables:
            self._session.catalog.dropTempView(name)
        self._tables.clear()
        if self._own:
            self._root.stop()

    def _know(self, name: str, table: DataFrame) -> None:
        table.createOrReplaceTempView(name)
        self._tables[name] = table


def local_spark(*, master: str = "local[1]", memory: str = "2g") -> SparkSession:
    """Start Spark in this process: on loopback only, without its web page, its workers under this interpreter."""
    building = SparkSession.builder.master(master).appName("traboule").config("spark.driver.memory", memory)
    for setting, value in _LOCAL.items():
        building = building.config(setting, value)
    spark = building.getOrCreate()
    spark.sparkContext.pythonExec = sys.executable
    return spark


def _where_both(function: ArrayFunction, left: Any, right: Any) -> Any:
    """Return ``function`` of the rows in which both sides are known, null in the others."""
    both_valid = pc.and_(pc.is_valid(left), pc.is_valid(right)).to_numpy(zero_copy_only=False)
    places = np.flatnonzero(both_valid)
    values = np.zeros(len(both_valid), dtype=np.int8)
    if len(places):
        left_values, right_values = (
            side.take(pa.array(places)).to_numpy(zero_copy_only=False) for side in (left, right)
        )
        values[places] = function(left_values, right_values)
    return pa.array(values, mask=~both_valid)


def _edit_distances(left: Sequence[str | None], right: Sequence[str | None]) -> list[int | None]:
    """Return optimal string alignment distances (restricted Damerau-Levenshtein); None where a text is null."""
    pairs = zip(left, right, strict=True)
    return [
        None if left_text is None or right_text is None else OSA.distance(left_text, right_text)
        for left_text, right_text in pairs
    ]


def _word(name: str) -> str:
    """Return ``name`` where it is a plain word: names are put into SQL, so nothing else may pass."""
    if not _WORD.fullmatch(name):
        raise Invalid("engine-name-unfit", name=name)
    return name
