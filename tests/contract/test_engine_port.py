"""What every engine answers, the same suite for each: DuckDB always, Spark where Java and PySpark are there."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from tests.spark_here import Spark

from traboule.core.errors import Invalid, NotFound
from traboule.engines.duckdb import DuckDBEngine
from traboule.engines.port import Engine, EngineStep


class TestWhereSparkIsMissing:
    """The suite is skipped on Spark only where Spark cannot run."""

    @pytest.mark.parametrize(
        ("package", "program", "runs"),
        [(None, "/usr/bin/java", False), ("pyspark", None, False), ("pyspark", "/usr/bin/java", True)],
    )
    def test_it_needs_both(self, package: str | None, program: str | None, runs: bool) -> None:
        assert Spark(lambda _: package, lambda _: program).exists() is runs


def test_steps_build_on_one_another(engine: Engine) -> None:
    engine.register("rows", pa.table({"a": [1, 2, 2, 3]}))
    engine.run(
        [
            EngineStep("grouped", "SELECT a, count(*) AS n FROM rows GROUP BY a"),
            EngineStep("twice", "SELECT a FROM grouped WHERE n = 2"),
        ]
    )
    assert engine.table("twice").to_pydict() == {"a": [2]}


def test_registering_again_replaces(engine: Engine) -> None:
    engine.register("rows", pa.table({"a": [1]}))
    engine.register("rows", pa.table({"a": [2]}))
    assert engine.table("rows")["a"].to_pylist() == [2]


def test_the_same_steps_give_the_same_rows(engine: Engine) -> None:
    engine.register("rows", pa.table({"a": list(range(5000))}))
    steps = [EngineStep("hashed", "SELECT a, a * 7919 % 101 AS h FROM rows ORDER BY h, a")]
    engine.run(steps)
    first = engine.table("hashed")
    engine.run(steps)
    assert engine.table("hashed").equals(first)


def test_a_function_over_arrays_is_called_from_sql(engine: Engine) -> None:
    def parity(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return (a + b) % 2

    engine.define("parity", parity)
    engine.register("rows", pa.table({"a": [1, 2, 3], "b": [1, 1, 1]}))
    engine.run([EngineStep("sums", "SELECT parity(a, b) AS p FROM rows")])
    assert engine.table("sums")["p"].to_pylist() == [0, 1, 0]


def test_lists_that_share_a_value_are_told_alike(engine: Engine) -> None:
    engine.register("rows", pa.table({"a": [[1, 2], [3], None], "b": [[2, 5], [4], [1]]}))
    engine.run([EngineStep("shared", "SELECT list_has_any(a, b) AS some FROM rows")])
    assert engine.table("shared")["some"].to_pylist() == [True, False, None]


def test_an_unknown_table_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        engine.table("nothing")


def test_a_step_that_fails_says_which(engine: Engine) -> None:
    with pytest.raises(Invalid) as failed:
        engine.run([EngineStep("broken", "SELECT nothing FROM nowhere")])
    assert failed.value.values["step"] == "broken"


@pytest.mark.parametrize("name", ["", "a b", "a;drop", "1a", "A", "a" * 64, 'a"'])
def test_a_name_that_is_no_word_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(Invalid):
        engine.register(name, pa.table({"a": [1]}))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_parquet('https://example.org/a.parquet')",
        "FROM '/etc/hostname'",
        "SELECT * FROM csv.`/etc/passwd`",
        "SELECT reflect('java.lang.System', 'getenv', 'PATH')",
        "SELECT java_method('java.lang.System', 'getenv', 'PATH')",
    ],
)
def test_nothing_outside_is_read(engine: Engine, sql: str) -> None:
    with pytest.raises(Invalid):
        engine.run([EngineStep("outside", sql)])


def test_closing_twice_does_no_harm(engine: Engine) -> None:
    engine.close()
    engine.close()


class TestDuckDB:
    @pytest.mark.parametrize(
        "setting", ["autoinstall_known_extensions", "autoload_known_extensions", "enable_external_access"]
    )
    def test_is_shut_off(self, setting: str) -> None:
        with DuckDBEngine() as made:
            assert made.connection.sql(f"SELECT current_setting('{setting}')").fetchall() == [(False,)]

    def test_threads_are_settable(self) -> None:
        with DuckDBEngine(threads=2) as made:
            assert made.connection.sql("SELECT current_setting('threads')").fetchall() == [(2,)]

    def test_a_python_variable_is_no_table(self) -> None:
        variable = pa.table({"a": [1]})
        with DuckDBEngine() as made, pytest.raises(Invalid):
            made.run([EngineStep("seen", "SELECT * FROM variable")])
        assert variable.num_rows == 1
