"""The page for a cluster, block by block, on a local Spark."""

from __future__ import annotations

import re
from pathlib import Path
from runpy import run_path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pytest
from tests.linkage_population import population
from tests.spark_here import Spark

from traboule.linkage.matching.score import score

PAGE = Path(__file__).parents[2] / "docs/how-to/run-linkage-on-a-cluster.md"


def test_the_page_on_a_cluster_runs_on_spark_as_printed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Spark().exists():
        pytest.skip("Spark needs Java and the spark extra, and this machine lacks one of them")
    session = request.getfixturevalue("spark")
    monkeypatch.chdir(tmp_path)
    people = population(500, seed=31, again=0.4)
    room: dict[str, Any] = {
        "people": people.people,
        "identities": people.identities,
        "identifiers": people.identifiers,
    }
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    (tmp_path / "script.py").write_text("\n".join(blocks), encoding="utf-8")
    room = run_path(str(tmp_path / "script.py"), init_globals=room)
    left, right = (room["weighed"][name].to_numpy() for name in ("number_l", "number_r"))
    arrays = score(room["records"], room["weights"], left, right)
    assert len(left) > 200
    assert np.abs(arrays.weight - room["weighed"]["weight"].to_numpy()).max() < 1e-4
    assert room["skipped"].num_rows == 0 or pc.sum(room["skipped"]["records"]).as_py() > 0
    assert (tmp_path / "model.json").exists()
    assert session.sql("SELECT 1").count() == 1, "the cluster's session was closed"
