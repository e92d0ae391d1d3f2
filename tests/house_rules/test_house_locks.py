"""Three locks, none of which names an address: running needs a part of what testing needs, in the same versions, and
testing on Spark needs the same and Spark, with a pandas that Spark knows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNNING, TESTING = ROOT / "requirements.lock", ROOT / "requirements-develop.lock"
SPARK = ROOT / "requirements-spark.lock"
HASHES = r"(?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+"
PINNED = re.compile(rf"^([a-z0-9-]+)==(\S+(?: ; [^\\]+)?) \\\n({HASHES})", re.MULTILINE)


def pins(lock: Path) -> set[tuple[str, str, str]]:
    """Return name, version (with the marker it stands under) and hashes of every package of a lock."""
    return set(PINNED.findall(lock.read_text(encoding="utf-8")))


def names(lock: Path) -> set[str]:
    return {name for name, _, _ in pins(lock)}


def required(extra: str = "") -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return {re.split(r"[^a-z0-9-]", requirement)[0] for requirement in listed}


def test_every_line_of_a_lock_is_a_pin_with_hashes() -> None:
    for lock in (RUNNING, TESTING, SPARK):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert len(pins(lock)) == sum("==" in line for line in text.splitlines() if not line.startswith(("#", " ")))


def test_testing_contains_running_in_the_same_versions() -> None:
    assert pins(RUNNING) - pins(TESTING) == set()


def test_running_installs_what_running_needs_and_nothing_of_the_extras() -> None:
    assert required() <= names(RUNNING)
    assert names(RUNNING) & (required("develop") | required("research") | required("spark")) - required() == set()


def test_testing_installs_the_tools_and_the_research_export() -> None:
    assert required("develop") | required("research") <= names(TESTING)


def test_testing_on_spark_differs_by_spark_and_pandas_alone() -> None:
    assert required("spark") | required("develop") <= names(SPARK)
    assert {name for name, *_ in pins(TESTING) - pins(SPARK)} == {"pandas"}
