"""Every engine, for the suites that each must pass: DuckDB always, Spark where Java and PySpark are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.spark_here import Spark

from traboule.engines.duckdb import DuckDBEngine
from traboule.engines.port import Engine


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """One local Spark for all suites: to start it takes seconds."""
    from traboule.engines.spark import local_spark

    running = local_spark()
    yield running
    running.stop()


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine = DuckDBEngine()
    if request.param == "spark":
        if not Spark().exists():
            pytest.skip("Spark needs Java and the spark extra, and this machine lacks one of them")
        from traboule.engines.spark import SparkEngine

        made = SparkEngine(request.getfixturevalue("spark"))
    yield made
    made.close()
