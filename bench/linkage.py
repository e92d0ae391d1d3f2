"""Linkage of persons: us and the peers on the same synthetic records in many scripts, one run, ratios at the end.

    python bench/linkage.py --size 100000 --peers splink --json

Our model is learned from a population of another seed and told how many records to expect. What holds is decided as
published figures decide it: the automatic links, and open ones at least as likely as not. Peers are shown at the
threshold that is best for them on the very data reported, which they would not know in use. ``seconds`` is preparation,
scoring and clusters under a trained model; training is apart, as ``train_seconds``, for all alike. Ours reads every
script within its time; peers are given names in ASCII that were made before it begins. Splink is commonly trained on
the records it then links: whoever has no model kept waits for the sum of both its columns.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import children
from bench.population import DEVELOPMENT, KINDS, TRAINING, found_names, pools, population
from bench.report import ratios, side_by_side

PEERS = Path(__file__).with_name("peers")
# Peer to its program and the packages that its environment needs; without packages it runs in our own.
ENGINES: dict[str, tuple[str, tuple[str, ...]]] = {
    "splink": ("splink_people.py", ()),
    "goldenmatch": ("goldenmatch_people.py", ("goldenmatch", "pyarrow", "numpy")),
    "recordlinkage": ("recordlinkage_people.py", ("recordlinkage", "pyarrow", "numpy")),
    "tantivy": ("tantivy_people.py", ("tantivy", "pyarrow", "numpy")),
    "rapidfuzz": ("rapidfuzz_people.py", ("rapidfuzz", "pyarrow", "numpy")),
    "nomenklatura": ("nomenklatura_people.py", ("nomenklatura", "pyarrow", "numpy")),
}
_OTHER_SEED = 1000
_MOST_TO_LEARN_FROM = 100_000
# How many records a peer that compares one with all, or in plain Python, is given at most.
MOST = {"recordlinkage": 100_000, "nomenklatura": 20_000}


def measure(
    size: int, peers: list[str], seed: int, *, unseen: bool = False, kind: str = "mixed"
) -> dict[str, dict[str, Any]]:
    """Return what was measured, by engine. ``unseen``: only names that no weights were learned from are drawn.

    ``kind``: the kind of population, both that which is linked and that which the model is learned from.
    """
    drawn_from = pools(found_names(), (DEVELOPMENT,) if unseen else (TRAINING, DEVELOPMENT))
    with tempfile.TemporaryDirectory(prefix="traboule-bench-") as folder:
        data, other, model = (Path(folder) / name for name in ("records.parquet", "other.parquet", "model.json"))
        pq.write_table(population(size, seed, drawn_from, kind=kind), data)
        pq.write_table(population(min(size, _MOST_TO_LEARN_FROM), seed + _OTHER_SEED, drawn_from, kind=kind), other)
        learned = children.own("bench.people", "train", str(other), str(model))
        linked = children.own("bench.people", "resolve", str(data), str(model))
        found = {"ours": _together(learned, linked, children.own("bench.live", str(data), str(model)))}
        for peer in peers:
            found[peer] = _peer(peer, data, Path(folder) / f"{peer}-environment", size)
    return found


def _together(learned: dict[str, Any], linked: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    """Return what three processes of ours measured; a look-up that was not made has no times."""
    looked_up = {"live_not_run": live["not_run"]} if "not_run" in live else live
    looked_up.pop("peak_mb", None)
    failed = {"not_run": learned["not_run"]} if "not_run" in learned else {}
    return {**linked, **looked_up, "train_seconds": learned.get("train_seconds"), **failed}


def _peer(peer: str, data: Path, folder: Path, size: int) -> dict[str, Any]:
    program, packages = ENGINES[peer]
    if size > MOST.get(peer, size):
        return {"not_run": f"more than {MOST[peer]} records would take it hours"}
    python, why = children.environment(folder, packages) if packages else (sys.executable, "")
    return {"not_run": why} if why else children.run([python, str(PEERS / program), str(data)])


def main() -> None:
    """Measure what the command line asks for and print it."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--size", type=int, default=10_000, help="records")
    asked.add_argument("--peers", default="splink", help=f"comma separated: {', '.join(ENGINES)}; or none")
    asked.add_argument("--seed", type=int, default=7)
    asked.add_argument("--population", choices=list(KINDS), default="mixed", help="the kind of population")
    asked.add_argument("--unseen", action="store_true", help="draw only names that no weights were learned from")
    asked.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    wanted = asked.parse_args()
    peers = [name for name in wanted.peers.split(",") if name and name != "none"]
    unknown = sorted(set(peers) - set(ENGINES))
    if unknown:
        asked.error(f"no such peer: {', '.join(unknown)}")
    found = measure(wanted.size, peers, wanted.seed, unseen=wanted.unseen, kind=wanted.population)
    if wanted.json:
        print(json.dumps(found))
    else:
        print(side_by_side(found))
        print(ratios(found))


if __name__ == "__main__":
    main()
