"""Say who and what was seen in which action, as sparse matrices.

In: a network. Out: matrices whose stored entries say that one was seen with the other. Guaranteed: a thing was seen in
an action that it was used in, and in those of whoever shows it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from traboule.analysis.network import EdgeKind, Network


def seen_in(network: Network) -> tuple[csr_matrix, csr_matrix]:
    """Return which node was seen in which action, a thing also through who shows it; and who shows which thing."""
    edges, size = network.edges, len(network.nodes)
    took_part, shown, used = (
        incidence(edges.left[chosen], edges.right[chosen], size, size)
        for chosen in (edges.kind == kind for kind in (EdgeKind.TOOK_PART, EdgeKind.SHOWN_BY, EdgeKind.USED_IN))
    )
    seen = (took_part + used + shown @ took_part).tocsr()
    seen.sum_duplicates()
    return seen, shown


def incidence(rows: Any, columns: Any, height: int, width: int) -> csr_matrix:
    """Return the matrix that has an entry at each of these places; those below 0 are none."""
    is_place = (rows >= 0) & (columns >= 0)
    entries = np.ones(int(is_place.sum()), dtype=np.int32)
    return csr_matrix((entries, (rows[is_place], columns[is_place])), shape=(height, width))
