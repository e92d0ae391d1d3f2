"""Well-known names in Latin letters, and which of them are spellings of one name.

In come tokens; out go flags, and a table of pairs for compiled code. It promises: pure after the file is read; a file
whose hash does not hold is refused. A slip of the keyboard hardly ever makes another well-known name of one, so two of
them that look alike are two names (Marko, Mirko; Jan, Jana), unless they share a spelling in another script or are as
near to each other as spellings of one name are.

The file ``learned/known.json`` holds marks of tokens and of pairs, not the names: see ``bench/train_names.py``.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Broken
from traboule.linkage.arrays.compiled import compiled, woven
from traboule.linkage.arrays.marks import Marks, marks, mix
from traboule.linkage.names.tokens import standing_for

VERSION = 1
_FREE, _HALF = np.uint64(0), np.uint64(32)


@woven
def pair_mark(one: np.uint64, other: np.uint64) -> np.uint64:
    """Return the mark of two tokens, in either order, from the marks of the names they stand for."""
    return mix(min(one, other), max(one, other))


@woven
def _slot(table: Marks, mark: np.uint64) -> int:
    """Return the place of ``mark`` in an open table, or of the free place where it would stand."""
    mask = np.uint64(len(table) - 1)
    at = (mark >> _HALF) & mask
    while table[at] != _FREE and table[at] != mark:
        at = (at + np.uint64(1)) & mask
    return int(at)


@woven
def holds(table: Marks, mark: np.uint64) -> bool:
    """Tell whether an open table holds ``mark``."""
    found: bool = table[_slot(table, mark)] == mark
    return found


@compiled
def _fill(table: Marks, held: Marks) -> None:
    for place in range(len(held)):
        table[_slot(table, held[place])] = held[place]


@compiled
def _pair_marks(one: Marks, other: Marks, found: Marks) -> None:
    for place in range(len(one)):
        found[place] = pair_mark(one[place], other[place])


def written(names: Iterable[str], variants: Iterable[tuple[str, str]], attribution: str) -> str:
    """Return the file of well-known ``names`` and of those pairs of them that are one name."""
    pairs = [[standing_for(each) for each in pair] for pair in variants]
    one, other = (marks([pair[side] for pair in pairs]) for side in (0, 1))
    found = np.zeros(len(pairs), dtype=np.uint64)
    _pair_marks(one, other, found)
    known = np.unique(marks(sorted({standing_for(name) for name in names})) >> _HALF).astype(np.uint32)
    content = {
        "version": VERSION,
        "attribution": attribution,
        "known": b64encode(known.astype("<u4").tobytes()).decode(),
        "variants": b64encode(np.unique(found).astype("<u8").tobytes()).decode(),
    }
    return json.dumps({**content, "hash": _hash(content)}, sort_keys=True, indent=0) + "\n"


def _hash(content: dict[str, object]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read(text: str) -> tuple[npt.NDArray[np.uint32], Marks]:
    """Return the upper halves of the marks of all well-known names, sorted, and an open table of the marks of pairs.

    Raises Broken where the hash of the file does not hold: it is shipped, and must be whole.
    """
    content = json.loads(text)
    found = content.pop("hash", "")
    if found != _hash(content) or content["version"] != VERSION:
        raise Broken("name-weights-damaged", script="known")
    known = np.frombuffer(b64decode(content["known"]), dtype="<u4").astype(np.uint32)
    held = np.frombuffer(b64decode(content["variants"]), dtype="<u8").astype(np.uint64)
    table = np.zeros(1 << int(2 * len(held)).bit_length(), dtype=np.uint64)
    _fill(table, held)
    return known, table


@cache
def _shipped() -> tuple[npt.NDArray[np.uint32], Marks]:
    return read((files("traboule.linkage.names") / "learned" / "known.json").read_text(encoding="utf-8"))


def are_known(families: Marks) -> npt.NDArray[np.bool_]:
    """Tell of each token, by the mark of the name it stands for, whether it is well known."""
    known = _shipped()[0]
    halves = (families >> _HALF).astype(np.uint32)
    return np.isin(halves, known)


def variants() -> Marks:
    """Return the open table of the pairs of well-known names that are one name."""
    return _shipped()[1]
