"""Measure the comparison of names on the development split, beside Jaro-Winkler on the same pairs.

In comes the folder of pairs (``wd_<script>_16``, never learned from); out goes a table, or JSON with ``--json``.

The measure. A name is two tokens drawn from a script's pairs: *rare* those met once, *common* those met five times or
more. Each name in Latin letters is put beside: itself in its own script (a match); ten other names of that script at
random; three relatives, who have one of its two tokens; and two look-alikes, in which each token is exchanged for the
one nearest to it in letters among two hundred (many are another form of the same name: Antonio, Antoni). Pairs of which
the source itself says that both tokens are spellings of one name are left out. F1 is the best over all thresholds, over
the pairs of all six scripts together, one threshold for all, and is given three times: beside strangers (ten others for
each match), beside strangers and relatives (thirteen: the measure that the bars are held against), and beside all
(fifteen). The average precision is given with it. A pair of the source that is a mistake (a family name beside a given
name) counts against us.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from anyascii import anyascii
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from traboule.linkage.names.comparison import compare
from traboule.linkage.names.log_odds import name_bits
from traboule.linkage.names.table import FiledName, name_table
from train_names import SOURCES, Pair, pairs

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
MATCHES, STRANGERS, RELATIVES, LOOK_ALIKES = 3_000, 10, 3, 2
COMMON = 5
AMONG = 200


def drawn(found: list[Pair], seed: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the Latin names, the native names (two token numbers each), and what each pair is.

    0: one name; 1: strangers; 2: relatives; 3: look-alikes.
    """
    rng = np.random.default_rng(seed)
    count = min(MATCHES, len(found) * 3)
    names = rng.integers(len(found), size=(count, 2))
    beside = [names, *(rng.integers(len(found), size=(count, 2)) for _ in range(STRANGERS))]
    for turn in range(RELATIVES):
        relative = names.copy()
        relative[:, turn % 2] = rng.integers(len(found), size=count)
        beside.append(relative)
    beside += [look_alikes(found, names, rng) for _ in range(LOOK_ALIKES)]
    left, right = np.tile(names, (len(beside), 1)), np.concatenate(beside)
    kind = np.repeat([0, *[1] * STRANGERS, *[2] * RELATIVES, *[3] * LOOK_ALIKES], count)
    match = kind == 0
    written = spellings(found)
    tokens = zip(left[~match].ravel().tolist(), right[~match].ravel().tolist(), strict=True)
    same = np.array([one_name(found, written, a, b) for a, b in tokens]).reshape(-1, 2).all(1)
    kept = match.copy()
    kept[~match] = ~same
    return left[kept], right[kept], kind[kept]


Spellings = dict[str, set[str]]


def spellings(found: list[Pair]) -> Spellings:
    """Return for each Latin token how it is written in the other script."""
    written: Spellings = {}
    for one, two, _ in found:
        written.setdefault(one, set()).add(two)
    return written


def one_name(found: list[Pair], written: Spellings, a: int, b: int) -> bool:
    """Tell whether the pairs themselves say that two tokens are one name: they share a spelling."""
    return a == b or not written[found[a][0]].isdisjoint(written[found[b][0]])


def look_alikes(found: list[Pair], names: Numbers, rng: np.random.Generator) -> Numbers:
    """Return for each name one whose tokens are the nearest in letters among a few hundred, and other names."""
    pool = rng.integers(len(found), size=AMONG).tolist()
    tokens, back = np.unique(names, return_inverse=True)
    latin = [found[place][0] for place in tokens]
    alike = process.cdist(latin, [found[place][0] for place in pool], scorer=JaroWinkler.similarity)
    written = spellings(found)
    same = np.array([[one_name(found, written, token, other) for other in pool] for token in tokens.tolist()])
    return np.asarray(np.array(pool)[np.where(same, -1.0, alike).argmax(1)][back].reshape(names.shape))


def quality(scores: Floats, match: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Return the best F1, its threshold, and the average precision."""
    order = np.argsort(-scores, kind="stable")
    true = np.cumsum(match[order])
    precision = true / np.arange(1, len(order) + 1)
    f1 = 2 * true / (np.arange(1, len(order) + 1) + match.sum())
    best = int(f1.argmax())
    average = float((precision * match[order]).sum() / match.sum())
    return {"f1": float(f1[best]), "threshold": float(scores[order][best]), "average_precision": average}


def by_jaro_winkler(found: list[Pair], left: Numbers, right: Numbers) -> tuple[Floats, float]:
    """Return the likeness of names as anyascii writes them, in the better order, and the seconds it took."""
    began = time.process_time()
    latin = [anyascii(one).lower() for one, _, _ in found]
    native = [anyascii(two).lower() for _, two, _ in found]
    one = [f"{latin[a]} {latin[b]}" for a, b in left.tolist()]
    scores = [
        process.cpdist(
            one, [f"{native[pair[x]]} {native[pair[y]]}" for pair in right.tolist()], scorer=JaroWinkler.similarity
        )
        for x, y in ((0, 1), (1, 0))
    ]
    return np.maximum(*scores).astype(np.float64), time.process_time() - began


def by_us(found: list[Pair], left: Numbers, right: Numbers) -> tuple[Floats, npt.NDArray[np.int8], float]:
    """Return our bits and levels of names filed in two fields, and the seconds that the bits took."""
    filed = [FiledName(found[a][0], found[b][0]) for a, b in left.tolist()]
    filed += [FiledName(found[a][1], found[b][1]) for a, b in right.tolist()]
    table, numbers = name_table(filed)
    one, two = numbers[: len(left)], numbers[len(left) :]
    name_bits(table, one[:10], two[:10])
    began = time.process_time()
    scores = name_bits(table, one, two).astype(np.float64)
    seconds = time.process_time() - began
    return scores, compare(table, one, two), seconds


BESIDE = {"strangers": 1, "relatives": 2, "all": 3}


def qualities(scores: Floats, kind: Numbers) -> dict[str, dict[str, float]]:
    """Return the quality beside strangers, beside relatives as well, and beside all."""
    return {name: quality(scores[kind <= most], kind[kind <= most] == 0) for name, most in BESIDE.items()}


def measure(folder: Path, rare: bool, seed: int) -> dict[str, Any]:
    """Return the figures of rare or of common names, by script and together."""
    held: dict[str, list[Any]] = {"us": [], "jaro_winkler": [], "kind": [], "level": []}
    result: dict[str, Any] = {}
    seconds = {"us": 0.0, "jaro_winkler": 0.0}
    for script in SOURCES:
        found = [pair for pair in pairs(folder, script, "16") if (pair[2] == 1 if rare else pair[2] >= COMMON)]
        left, right, kind = drawn(found, seed)
        ours, levels, took = by_us(found, left, right)
        theirs, theirs_took = by_jaro_winkler(found, left, right)
        seconds["us"], seconds["jaro_winkler"] = seconds["us"] + took, seconds["jaro_winkler"] + theirs_took
        result[script] = {"us": qualities(ours, kind), "jaro_winkler": qualities(theirs, kind)}
        for name, values in (("us", ours), ("jaro_winkler", theirs), ("kind", kind), ("level", levels)):
            held[name].append(values)
    joined = {name: np.concatenate(values) for name, values in held.items()}
    result["together"] = {name: qualities(joined[name], joined["kind"]) for name in ("us", "jaro_winkler")}
    result["pairs"] = np.bincount(joined["kind"]).tolist()
    result["pairs_per_second"] = {name: round(len(joined["kind"]) / spent) for name, spent in seconds.items()}
    result["levels"] = [np.bincount(joined["level"][joined["kind"] == kind], minlength=7).tolist() for kind in range(4)]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = {name: measure(asked.folder, name == "rare", asked.seed) for name in ("rare", "common")}
    if asked.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(f"{name}: pairs (one name, strangers, relatives, look-alikes) {figures['pairs']}")
        print(f"  levels 0 to 6 of each kind {figures['levels']}; pairs a second {figures['pairs_per_second']}")
        for script in (*SOURCES, "together"):
            shown = "; ".join(
                f"{beside} {each['f1']:.3f} ({figures[script]['jaro_winkler'][beside]['f1']:.3f}) "
                f"ap {each['average_precision']:.3f}"
                for beside, each in figures[script]["us"].items()
            )
            print(f"  {script:9} F1 (Jaro-Winkler), average precision: {shown}")


if __name__ == "__main__":
    main()
