"""What the benchmarks stand on: a population as hard as it says, and measures that are right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from bench import bars
from bench.demo import command
from bench.historical import judged
from bench.linkage import ENGINES, PEERS
from bench.population import KINDS, Pool, pools, population, towns
from bench.reliability import calibration_error, reliability
from bench.report import ratios, side_by_side
from bench.scoring import best_f1, cluster_f1, f1_of, pairs_of_persons

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def drawn_from() -> dict[str, Pool]:
    """The demonstration's pools, which are there on every machine."""
    return pools(None)


@pytest.fixture(scope="module")
def records(drawn_from: dict[str, Pool]) -> pa.Table:
    return population(4000, 5, drawn_from)


class TestPopulation:
    def test_the_same_seed_gives_the_same_records(self, drawn_from: dict[str, Pool]) -> None:
        assert population(300, 5, drawn_from).equals(population(300, 5, drawn_from))
        assert not population(300, 5, drawn_from).equals(population(300, 6, drawn_from))

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_kind_has_what_it_says_and_mixed_is_the_usual_one(self, kind: str, drawn_from: dict[str, Pool]) -> None:
        made = population(400, 5, drawn_from, kind=kind).to_pylist()
        share = {
            name: max(Counter(row[name] for row in made if row[name]).values()) / sum(bool(row[name]) for row in made)
            for name in ("city", "country", "surname")
        }
        first = sum((row["dob"] or "").endswith("-01-01") for row in made) / sum(bool(row["dob"]) for row in made)
        assert (share["city"] > 0.3) == ("birthplace" in kind)
        assert (share["country"] > 0.5) == (kind == "one-nationality")
        assert (share["surname"] > 0.3) == (kind == "one-surname")
        assert (first > 0.5) == (kind == "first-of-january")
        assert len({row["person"] for row in made}) == pytest.approx(400 * (1 - KINDS[kind].repeated))
        assert (made == population(400, 5, drawn_from).to_pylist()) == (kind == "mixed")

    def test_every_script_has_names(self, drawn_from: dict[str, Pool]) -> None:
        assert {script: len(pool.latin) > 50 for script, pool in drawn_from.items()} == dict.fromkeys(drawn_from, True)

    def test_a_fifth_repeats_a_person(self, records: pa.Table) -> None:
        persons = len(set(records["person"].to_pylist()))
        assert records.num_rows == 4000
        assert 3150 <= persons <= 3200

    @pytest.mark.parametrize(("column", "missing"), [("dob", 0.15), ("phone", 0.5), ("doc", 0.5), ("city", 0.4)])
    def test_much_is_missing(self, records: pa.Table, column: str, missing: float) -> None:
        assert records[column].null_count / 4000 == pytest.approx(missing, abs=0.03)

    def test_a_quarter_to_a_half_is_in_native_script(self, records: pa.Table) -> None:
        native = [not name.isascii() for name in records["given"].to_pylist()]
        assert 0.24 < sum(native) / 4000 < 0.36

    def test_towns_are_told_apart(self) -> None:
        assert len(set(towns())) == 3000


class TestScoring:
    def test_pairs_of_persons(self) -> None:
        assert pairs_of_persons(np.array([1, 1, 1, 2, 2, 3])) == 4

    def test_f1(self) -> None:
        assert f1_of(3, 4, 6) == {"f1": 0.6, "precision": 0.75, "recall": 0.5}

    def test_nothing_taken_is_no_error(self) -> None:
        assert f1_of(0, 0, 0)["f1"] == 0.0

    def test_best_threshold(self) -> None:
        weight = np.array([9.0, 8.0, 7.0, 1.0])
        found = best_f1(weight, np.array([True, True, False, False]), 2)
        assert (found["f1"], found["threshold"]) == (1.0, 8.0)

    def test_equal_weights_stand_or_fall_together(self) -> None:
        found = best_f1(np.array([5.0, 5.0]), np.array([True, False]), 1)
        assert found["precision"] == 0.5

    def test_clusters(self) -> None:
        found = cluster_f1(np.array([0, 0, 0, 1]), np.array([7, 7, 8, 8]))
        assert found == f1_of(1, 3, 2)

    def test_a_threshold_is_chosen_on_other_persons(self) -> None:
        """Clusters that are perfect for one half of the persons and nothing for the other: neither half can cheat."""
        names = [f"person {number}" for number in range(40) for _ in range(2)]
        ids = [f"{number:03d}" for number in range(80)]
        truth = pa.table({"unique_id": ids, "cluster": names})
        clusters = pa.table({"unique_id": ids, "0.5": names, "0.9": ids})
        found = judged(clusters, truth)
        assert (found["f1"], found["thresholds"]) == (1.0, ["0.5", "0.5"])
        assert judged(clusters.select(["unique_id", "0.9"]), truth)["f1"] == 0.0


class TestReport:
    def test_less_is_better_for_time(self) -> None:
        said = ratios({"ours": {"f1": 0.9, "seconds": 2.0}, "peer": {"f1": 0.6, "seconds": 1.0}})
        assert "F1 1.50×" in said
        assert "seconds 0.50×" in said

    def test_what_was_not_run_is_shown_with_its_reason(self) -> None:
        found = {"ours": {"f1": 0.9}, "peer": {"not_run": "no such package"}}
        assert "not run: no such package" in side_by_side(found)
        assert ratios(found) == ""


class TestBars:
    def test_a_bar_that_is_missed_is_named_and_the_program_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        chosen = (
            bars.Bar("quick", lambda: 1.0, 2.0),
            bars.Bar("slow", lambda: 3.0, 2.0),
            bars.Bar("few", lambda: 9.0, 10.0, bars.A_SECOND, at_least=True),
        )
        monkeypatch.setattr(bars, "BARS", chosen)
        monkeypatch.setattr(sys, "argv", ["bars.py"])
        assert bars.missed_bars(bars.measure()) == ["ours: slow", "ours: few"]
        with pytest.raises(SystemExit) as ended:
            bars.main()
        assert ended.value.code == 1
        monkeypatch.setattr(bars, "BARS", chosen[:1])
        bars.main()

    def test_every_bar_has_a_name_of_its_own(self) -> None:
        assert len({bar.name for bar in bars.BARS}) == len(bars.BARS) > 20


def test_the_linkage_benchmark_prints_one_object() -> None:
    command = [sys.executable, "bench/linkage.py", "--size", "500", "--peers", "none", "--json"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3_600, check=True)
    found = json.loads(finished.stdout)
    assert set(found) == {"ours"}
    wanted = {"f1", "precision", "recall", "seconds", "peak_mb", "live_p50_ms", "live_p99_ms"}
    assert wanted <= set(found["ours"])
    assert found["ours"]["f1"] > 0.5


def test_calibration_error_is_the_distance_between_said_and_found() -> None:
    said = np.array([0.15] * 10 + [0.85] * 30)
    right = np.array([True] * 3 + [False] * 7 + [True] * 24 + [False] * 6)
    rows = reliability(said, right)
    assert [(count, round(mean, 3), round(found, 3)) for count, mean, found in rows] == [
        (10, 0.15, 0.3),
        (30, 0.85, 0.8),
    ]
    assert calibration_error(rows) == pytest.approx((10 * 0.15 + 30 * 0.05) / 40)


def test_the_demo_knows_what_its_benchmark_asks_of_it(tmp_path: Path) -> None:
    asked = [*command(str(tmp_path), 0.5), "--help"]
    told = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=False)
    assert told.returncode == 0, told.stderr


def test_every_peer_has_its_program() -> None:
    assert [name for name, (program, _) in ENGINES.items() if not (PEERS / program).is_file()] == []
