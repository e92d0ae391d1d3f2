"""Well-known names, in Latin letters and in the learned scripts, and which of them are spellings of one name.

In come tokens; out go flags, and a table of pairs for compiled code. It promises: pure after the file is read; a file
whose hash does not hold is refused. A slip of the keyboard hardly ever makes another well-known name of one, so two of
them that look alike are two names (Marko, Mirko; Jan, Jana), unless they share a spelling in another script or are as
near to each other as spellings of one name are. Likewise across scripts: both נועה and Noam are well known, and were
never met as one.

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
from traboule.linkage.names.groups import Integers, slot_of, table
from traboule.linkage.names.readings import one_script
from traboule.linkage.names.tokens import standing_for

VERSION = 2
_HALF = np.uint64(32)


@woven
def _pair_key(one: np.uint64, other: np.uint64) -> np.int64:
    """Return what stands for two tokens, in either order, in the table of pairs."""
    return np.int64(mix(min(one, other), max(one, other)) >> _HALF)


@woven
def met_as_one(pairs: Integers, one: np.uint64, other: np.uint64) -> bool:
    """Tell whether two well-known names, by their marks, are one: of Latin ones that of the name they stand for, of
    others that of what is written. ``pairs``: as :func:`read` returns them."""
    key = _pair_key(one, other)
    found: bool = pairs[slot_of(int(key), pairs)] == key
    return found


@compiled
def _pair_keys(one: Marks, other: Marks, found: Integers) -> None:
    for place in range(len(one)):
        found[place] = _pair_key(one[place], other[place])


def written(names: Iterable[str], natives: Iterable[str], pairs: Iterable[tuple[str, str]], attribution: str) -> str:
    """Return the file of well-known Latin ``names``, of well-known ``natives``, and of those ``pairs`` of two Latin
    names, or of a Latin and a native one, that are one name."""
    sides = [[one_script(standing_for(each)) for each in pair] for pair in pairs]
    one, other = (marks([pair[side] for pair in sides]) for side in (0, 1))
    found = np.zeros(len(sides), dtype=np.int64)
    _pair_keys(one, other, found)
    known = sorted({*map(standing_for, names), *map(one_script, natives)})
    content = {
        "version": VERSION,
        "attribution": attribution,
        "known": _packed((marks(known) >> _HALF).astype(np.int64)),
        "pairs": _packed(found),
    }
    return json.dumps({**content, "hash": _hash(content)}, sort_keys=True, indent=0) + "\n"


def _packed(halves: Integers) -> str:
    return b64encode(np.unique(halves).astype("<u4").tobytes()).decode()


def _unpacked(text: str) -> Integers:
    return np.frombuffer(b64decode(text), dtype="<u4").astype(np.int64)


def _hash(content: dict[str, object]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read(text: str) -> tuple[Integers, Integers]:
    """Return the upper halves of the marks of all well-known names, sorted, and the open table of the pairs.

    Raises Broken where the hash of the file does not hold: it is shipped, and must be whole.
    """
    content = json.loads(text)
    found = content.pop("hash", "")
    if found != _hash(content) or content["version"] != VERSION:
        raise Broken("name-weights-damaged", script="known")
    return _unpacked(content["known"]), table(_unpacked(content["pairs"]))[0]


@cache
def _shipped() -> tuple[Integers, Integers]:
    return read((files("traboule.linkage.names") / "learned" / "known.json").read_text(encoding="utf-8"))


def are_known(tokens: Marks) -> npt.NDArray[np.bool_]:
    """Tell of each token, by the mark of the name it stands for or of what is written, whether it is well known."""
    known, halves = _shipped()[0], (tokens >> _HALF).astype(np.int64)
    return np.asarray(known[np.searchsorted(known, halves).clip(max=len(known) - 1)] == halves)


def pairs() -> Integers:
    """Return the open table of the pairs of well-known names that are one name."""
    return _shipped()[1]
