"""Tiles of a log, as C2SP ``tlog-tiles`` lays them out, so that existing witnesses and monitors read ours.

In: the entries and stored nodes of a tree. Out: paths and contents: ``tile/<level>/<index>`` holds 256 hashes of every
eighth level, ``tile/entries/<index>`` the entries themselves. The last tile of a level may be partial (``.p/<width>``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from traboule.ledger.merkle import Fetch

WIDTH, HEIGHT = 256, 8


def path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return the path of a tile; ``level`` is a number or ``entries``."""
    digits = f"{index:03d}"
    digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    parts = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{parts}" + ("" if width == WIDTH else f".p/{width}")


def tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield level, index and width of every tile of a tree of ``size`` leaves, complete levels first."""
    level, hashes = 0, size
    while hashes:
        full, partial = divmod(hashes, WIDTH)
        yield from ((level, index, WIDTH) for index in range(full))
        if partial:
            yield level, full, partial
        level, hashes = level + 1, full


def hash_tile(level: int, index: int, width: int, fetch: Fetch) -> bytes:
    """Return the content of a tile of hashes."""
    names = [(level * HEIGHT, index * WIDTH + place) for place in range(width)]
    nodes = fetch(set(names))
    return b"".join(nodes[name] for name in names)


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """Return the content of a tile of entries: each behind its length in two bytes. Raises OverflowError above that."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
