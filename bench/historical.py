"""Linkage of historical figures (Splink's own labelled set of 50,000 records): clusters, us against Splink.

    python bench/historical.py [--json]

For both engines alike the threshold is chosen on the persons of one half and reported on those of the other, halves by
hash of the person; then the other way round, and both reports are averaged. A wrong pair across the halves counts half
in each. Splink's best threshold on everything is shown besides.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import children
from bench.report import ratios, side_by_side

SET = Path("shared", "data", "linkage", "splink_datasets", "historical_figures_with_errors_50k.parquet")
PEER = Path(__file__).with_name("peers") / "splink_historical.py"

Integers = npt.NDArray[np.int64]


def found_set() -> Path | None:
    """Return the labelled set that lies beside a checkout, None where there is none."""
    return next((above / SET for above in Path(__file__).resolve().parents if (above / SET).is_file()), None)


def measure() -> dict[str, dict[str, Any]]:
    """Return what was measured, by engine."""
    path = found_set()
    if path is None:
        missing = {"not_run": "the labelled set does not lie beside this checkout"}
        return {"ours": missing, "splink": missing}
    with tempfile.TemporaryDirectory(prefix="traboule-bench-") as folder:
        ours, theirs = Path(folder) / "ours", Path(folder) / "splink"
        ours.mkdir()
        theirs.mkdir()
        told = {
            "ours": children.own("bench.archive", str(path), str(ours)),
            "splink": children.run([sys.executable, str(PEER), str(path), str(theirs)]),
        }
        truth = pq.read_table(path, columns=["unique_id", "cluster"])
        for engine, where in (("ours", ours), ("splink", theirs)):
            if "not_run" not in told[engine]:
                told[engine] |= judged(pq.read_table(where / "clusters.parquet"), truth)
    return told


def judged(clusters: pa.Table, truth: pa.Table) -> dict[str, Any]:
    """Return F1, precision and recall at thresholds chosen on other persons, and the best there is on all."""
    both = clusters.join(truth, "unique_id").sort_by("unique_id")
    person, names = _numbered(both["cluster"]), both["cluster"].to_pylist()
    half = np.array([blake2b(name.encode(), digest_size=1).digest()[0] % 2 for name in names], dtype=np.int64)
    thresholds = [name for name in clusters.column_names if name != "unique_id"]
    found = {name: _numbered(both[name]) for name in thresholds}
    reports, chosen = [], []
    for learnt in (0, 1):
        best = max(thresholds, key=lambda name: _quality(found[name], person, half == learnt)["f1"])
        chosen.append(best)
        reports.append(_quality(found[best], person, half != learnt))
    everything = np.ones(len(person), dtype=np.bool_)
    whole = {name: _quality(found[name], person, everything) for name in thresholds}
    top = max(thresholds, key=lambda name: whole[name]["f1"])
    sizes = np.bincount(found[chosen[0]])
    return {
        **{name: round(float(np.mean([each[name] for each in reports])), 4) for name in ("f1", "precision", "recall")},
        "thresholds": chosen,
        "best_f1_on_all": round(whole[top]["f1"], 4),
        "best_threshold_on_all": top,
        "largest_cluster": int(sizes.max()),
        "largest_person": int(np.bincount(person).max()),
    }


def _numbered(column: pa.ChunkedArray[Any]) -> Integers:
    return np.unique(column.to_numpy(zero_copy_only=False).astype(str), return_inverse=True)[1].astype(np.int64)


def _pairs(counts: Integers) -> float:
    return float((counts * (counts - 1) // 2).sum())


def _quality(cluster: Integers, person: Integers, judged_on: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Return F1, precision and recall over the persons of ``judged_on``; a wrong pair with one outside counts half."""
    inside = np.stack([cluster[judged_on], person[judged_on]])
    right = _pairs(np.unique(inside, axis=1, return_counts=True)[1])
    total = _pairs(np.unique(person[judged_on], return_counts=True)[1])
    within = _pairs(np.unique(cluster[judged_on], return_counts=True)[1])
    of = np.bincount(cluster[judged_on], minlength=int(cluster.max()) + 1)
    outside = np.bincount(cluster[~judged_on], minlength=len(of))
    taken = within + float((of * outside).sum()) / 2
    precision, recall = right / taken if taken else 0.0, right / total if total else 0.0
    return {"f1": 2 * right / (taken + total), "precision": precision, "recall": recall}


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    wanted = asked.parse_args()
    found = measure()
    print(json.dumps(found) if wanted.json else f"{side_by_side(found)}\n{ratios(found)}")


if __name__ == "__main__":
    main()
