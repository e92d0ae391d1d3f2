"""Place the members of a group in a plane, near to what they are tied to.

In: how many members, and edges by place. Out: a point for each, within :data:`WIDTH` and :data:`HEIGHT`. Guaranteed:
pure; the same group gives the same drawing. Distances follow the steps between members (stress majorisation; Gansner et
al. 2005).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import shortest_path

WIDTH, HEIGHT, MARGIN = 720, 440, 24
_ROUNDS = 120


def placed(size: int, edges: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """Return the point of each of ``size`` members."""
    if size < 2:
        return [(WIDTH / 2, HEIGHT / 2)] * size
    left, right = (np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))
    tied = coo_matrix((np.ones(len(left)), (left, right)), shape=(size, size))
    steps = shortest_path(tied, directed=False, unweighted=True)
    far = steps[np.isfinite(steps)].max(initial=1.0) + 1.0
    steps = np.where(np.isfinite(steps), steps, far)
    weight = 1.0 / np.maximum(steps, 1.0) ** 2
    np.fill_diagonal(weight, 0.0)
    angle = 2.0 * np.pi * np.arange(size) / size
    point = np.stack([np.cos(angle) * WIDTH / HEIGHT, np.sin(angle)], axis=1) * steps.max()
    for _ in range(_ROUNDS):
        offset = point[:, None, :] - point[None, :, :]
        distance = np.maximum(np.sqrt((offset**2).sum(axis=2)), 1e-9)
        pull = weight * steps / distance
        point = (weight @ point + (pull[:, :, None] * offset).sum(axis=1)) / weight.sum(axis=1, keepdims=True)
    low, high = point.min(axis=0), point.max(axis=0)
    room = np.array([WIDTH, HEIGHT]) - 2 * MARGIN
    scaled = (point - low) / np.maximum(high - low, 1e-9) * room + MARGIN
    return [(round(float(x), 1), round(float(y), 1)) for x, y in scaled]
