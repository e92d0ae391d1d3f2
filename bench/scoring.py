"""How good links are, against the truth: precision, recall and F1 of pairs. One definition for all engines.

In: arrays; out: numbers. Pure.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def pairs_of_persons(person: npt.NDArray[np.int64]) -> int:
    """Return how many pairs of records are of one person, given the person of each record."""
    counts = np.unique(person, return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())


def f1_of(right: int, taken: int, total: int) -> dict[str, float]:
    """Return F1, precision and recall of ``taken`` pairs of which ``right`` are right, of ``total`` there are."""
    return {
        "f1": round(2 * right / (taken + total), 4) if taken + total else 0.0,
        "precision": round(right / taken, 4) if taken else 0.0,
        "recall": round(right / total, 4) if total else 0.0,
    }


def best_f1(weight: npt.NDArray[np.float64], same: npt.NDArray[np.bool_], total: int) -> dict[str, float]:
    """Return F1, precision and recall at the threshold where F1 is highest, and that threshold."""
    if not len(weight):
        return {**f1_of(0, 0, total), "threshold": 0.0}
    order = np.argsort(-weight, kind="stable")
    ordered, right = weight[order], np.cumsum(same[order])
    taken = np.arange(1, len(ordered) + 1)
    ends = np.append(ordered[1:] != ordered[:-1], True)
    at = int(np.where(ends, 2 * right / (taken + total), -1.0).argmax())
    return {**f1_of(int(right[at]), int(taken[at]), total), "threshold": round(float(ordered[at]), 4)}


def cluster_f1(cluster: npt.NDArray[np.int64], person: npt.NDArray[np.int64]) -> dict[str, float]:
    """Return F1, precision and recall of the pairs that ``cluster`` puts together."""
    both = np.unique(np.stack([cluster, person]), axis=1, return_counts=True)[1]
    right = int((both * (both - 1) // 2).sum())
    return f1_of(right, pairs_of_persons(cluster), pairs_of_persons(person))
