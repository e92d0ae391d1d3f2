"""Measure the comparison of names on the development split: levels, bits, and Jaro-Winkler on the same pairs.

In: the folder of pairs (``wd_<script>_16``, never learned from). Out: a table, or JSON with ``--json``.

Three scores of the same pairs stand side by side. *Levels*, 0 to 6, are what linkage compares names by: a match weight
is learned for each. *Bits* weigh whole names token by token; linkage does not use them yet. *Jaro-Winkler* is the
peer.

The measure. A name is two tokens drawn from a script's pairs: *rare* those met once, *common* those met five times or
more. Each name in Latin letters is put beside: itself in its own script (a match); ten other names of that script at
random; three relatives, who have one of its two tokens; and two look-alikes, in which each token is exchanged for the
one nearest to it in letters among two hundred (many are another form of the same name: Antonio, Antoni). Pairs of which
the source itself says that both tokens are spellings of one name are left out. F1 is the best over all thresholds, over
the pairs of all six scripts together, one threshold for all (equal scores stand on one side of it), and is given three
times: beside strangers (ten others for
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
LEVELS = 7
SCORES = ("levels", "bits", "jaro_winkler")
KINDS = ("rare", "common")


def drawn(found: list[Pair], seed: int, matches: int = MATCHES) -> tuple[Numbers, Numbers, Numbers]:
    """Return the Latin names, the native names (two token numbers each), and what each pair is.

    0: one name; 1: strangers; 2: relatives; 3: look-alikes.
    """
    rng = np.random.default_rng(seed)
    count = min(matches, len(found) * 3)
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
    """Return the best F1, its threshold, and the average precision; equal scores stand or fall together."""
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    taken, true = ends + 1, np.cumsum(match[order])[ends]
    f1 = 2 * true / (taken + match.sum())
    best = int(f1.argmax())
    average = float((true / taken * np.diff(true, prepend=0)).sum() / match.sum())
    return {"f1": float(f1[best]), "threshold": float(scores[order][ends][best]), "average_precision": average}


def level_bits(level: Numbers, kind: Numbers) -> list[float]:
    """Return for each level the match weight that these pairs give it: log2 of m over u, u among strangers.

    Half a pair is added to both counts, as a level that no stranger reaches has no weight otherwise.
    """
    m, u = ((np.bincount(level[kind == which], minlength=LEVELS) + 0.5) for which in (0, 1))
    return [round(float(weight), 1) for weight in np.log2(m / m.sum()) - np.log2(u / u.sum())]


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


def by_us(found: list[Pair], left: Numbers, right: Numbers) -> dict[str, tuple[Floats, float]]:
    """Return our levels and bits of names filed in two fields, each with the seconds it took."""
    filed = [FiledName(found[a][0], found[b][0]) for a, b in left.tolist()]
    filed += [FiledName(found[a][1], found[b][1]) for a, b in right.tolist()]
    table, numbers = name_table(filed)
    one, two = numbers[: len(left)], numbers[len(left) :]
    result = {}
    for name, score in (("levels", compare), ("bits", name_bits)):
        score(table, one[:10], two[:10])
        began = time.process_time()
        scores = score(table, one, two).astype(np.float64)
        result[name] = scores, time.process_time() - began
    return result


BESIDE = {"strangers": 1, "relatives": 2, "all": 3}


def qualities(scores: Floats, kind: Numbers) -> dict[str, dict[str, float]]:
    """Return the quality beside strangers, beside relatives as well, and beside all."""
    return {name: quality(scores[kind <= most], kind[kind <= most] == 0) for name, most in BESIDE.items()}


def measure(folder: Path, rare: bool, seed: int, matches: int = MATCHES) -> dict[str, Any]:
    """Return the figures of rare or of common names, by script and together; ``matches`` for each script."""
    held: dict[str, list[Any]] = {name: [] for name in (*SCORES, "kind")}
    result: dict[str, Any] = {}
    seconds = dict.fromkeys(SCORES, 0.0)
    for script in SOURCES:
        found = [pair for pair in pairs(folder, script, "16") if (pair[2] == 1 if rare else pair[2] >= COMMON)]
        left, right, kind = drawn(found, seed, matches)
        scored = by_us(found, left, right) | {"jaro_winkler": by_jaro_winkler(found, left, right)}
        result[script] = {name: qualities(scores, kind) for name, (scores, _) in scored.items()}
        held["kind"].append(kind)
        for name, (scores, took) in scored.items():
            held[name].append(scores)
            seconds[name] += took
    joined = {name: np.concatenate(values) for name, values in held.items()}
    result["together"] = {name: qualities(joined[name], joined["kind"]) for name in SCORES}
    result["pairs"] = np.bincount(joined["kind"]).tolist()
    result["pairs_per_second"] = {name: round(len(joined["kind"]) / spent) for name, spent in seconds.items()}
    level = joined["levels"].astype(np.int64)
    result["levels"] = [np.bincount(level[joined["kind"] == kind], minlength=LEVELS).tolist() for kind in range(4)]
    result["level_bits"] = level_bits(level, joined["kind"])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--matches", type=int, default=MATCHES, help="names that match, for each script")
    parser.add_argument("--kind", choices=KINDS, action="append", help="only names met once, or five times or more")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = {
        kind: measure(asked.folder, kind == "rare", asked.seed, asked.matches)
        for kind in KINDS
        if kind in (asked.kind or KINDS)
    }
    if asked.json:
        print(json.dumps(found))
        return
    for kind, figures in found.items():
        print(f"{kind}: pairs (one name, strangers, relatives, look-alikes) {figures['pairs']}")
        print(f"  levels 0 to 6 of each kind {figures['levels']}; their match weights {figures['level_bits']}")
        print(f"  pairs a second {figures['pairs_per_second']}")
        for script in (*SOURCES, "together"):
            for name in SCORES:
                shown = "; ".join(
                    f"{beside} {each['f1']:.3f} (from {each['threshold']:.3g}) {each['average_precision']:.3f}"
                    for beside, each in figures[script][name].items()
                )
                print(f"  {script:9} {name:12} F1 (threshold), average precision: {shown}")


if __name__ == "__main__":
    main()
