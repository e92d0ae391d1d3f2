"""The Merkle tree of RFC 6962 over stored nodes: which nodes an append makes, and which ones a proof consists of.

A node is named by its level (leaves: 0) and its position on that level. Only nodes over complete subtrees are stored;
they never change, and an append adds about two of them. Roots and proofs are put together from O(log n) stored nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping

from traboule.ledger.verifier import node_hash

Coordinate = tuple[int, int]  # Level, position.
Fetch = Callable[[set[Coordinate]], Mapping[Coordinate, bytes]]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def added_nodes(index: int, leaf: bytes, fetch: Fetch) -> dict[Coordinate, bytes]:
    """Return the nodes that become complete when ``leaf`` is appended at ``index``, its own among them."""
    needed, level, position = set(), 0, index
    while position & 1:
        needed.add((level, position - 1))
        level, position = level + 1, position >> 1
    siblings = fetch(needed)
    nodes, level, position = {(0, index): leaf}, 0, index
    while position & 1:
        parent = node_hash(siblings[level, position - 1], nodes[level, position])
        level, position = level + 1, position >> 1
        nodes[level, position] = parent
    return nodes


def root(size: int, fetch: Fetch) -> bytes:
    """Return the root of the first ``size`` leaves."""
    return EMPTY_ROOT if size == 0 else _hashes([(0, size)], fetch)[0]


def inclusion_proof(index: int, size: int, fetch: Fetch) -> list[bytes]:
    """Return the proof that the leaf at ``index`` is in the tree of ``size`` leaves (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return _hashes(ranges[::-1], fetch)


def consistency_proof(old: int, new: int, fetch: Fetch) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is the beginning of that of ``new`` (RFC 6962, 2.1.2)."""
    if not 0 <= old <= new:
        raise ValueError("no such tree")
    if old in (0, new):
        return []
    ranges, start, end, is_whole = [], 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, is_whole = middle, False
    if not is_whole:
        ranges.append((start, end))
    return _hashes(ranges[::-1], fetch)


def memory_nodes(leaves: list[bytes]) -> dict[Coordinate, bytes]:
    """Return every stored node of the tree over ``leaves``."""
    nodes: dict[Coordinate, bytes] = {}
    for index, leaf in enumerate(leaves):
        nodes.update(added_nodes(index, leaf, lambda needed: {coordinate: nodes[coordinate] for coordinate in needed}))
    return nodes


def memory(leaves: list[bytes]) -> Fetch:
    """Return a fetch over leaf hashes that are at hand."""
    nodes = memory_nodes(leaves)
    return lambda needed: {coordinate: nodes[coordinate] for coordinate in needed}


def _hashes(ranges: list[tuple[int, int]], fetch: Fetch) -> list[bytes]:
    """Return the hash over each range of leaves, all from one fetch."""
    parts = [list(_complete(start, end)) for start, end in ranges]
    nodes = fetch({part for subtree in parts for part in subtree})
    hashes = []
    for subtree in parts:
        digest = nodes[subtree[-1]]
        for part in subtree[-2::-1]:
            digest = node_hash(nodes[part], digest)
        hashes.append(digest)
    return hashes


def _complete(start: int, end: int) -> Iterator[Coordinate]:
    """Yield the complete subtrees, from the left, of a range of leaves that begins where a subtree of its size may."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _split(size: int) -> int:
    """Return the largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
