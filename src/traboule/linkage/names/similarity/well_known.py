"""Look up well-known names, and which of them are spellings of one name.

A typing error hardly ever turns a well-known name into another. So two well-known names that look alike are two names
(Marko, Mirko; Jan, Jana), unless they share a spelling in another script or are as near to each other as spellings of
one name. The same holds across scripts: נועה and Noam are both well known, and never seen as one name.

The file ``learned/known.json`` holds fingerprints of tokens and pairs, not the names (see ``bench/train_names.py``). A
file whose hash does not match is refused.
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
from traboule.linkage.arrays.fingerprint import Fingerprints, fingerprints, mix
from traboule.linkage.arrays.jit import compiled, inlined
from traboule.linkage.names.equivalents import Integers, find_slot, hash_table
from traboule.linkage.names.readings import unify_script
from traboule.linkage.names.tokens import canonical_spelling

VERSION = 2
_HALF = np.uint64(32)


@inlined
def _pair_key(left: np.uint64, right: np.uint64) -> np.int64:
    """Return the key of two tokens, in either order, in the table of pairs."""
    return np.int64(mix(min(left, right), max(left, right)) >> _HALF)


@inlined
def seen_as_one(pairs: Integers, left: np.uint64, right: np.uint64) -> bool:
    """Tell whether two well-known names were seen as one name.

    Names are given by fingerprint: of the canonical spelling for Latin ones, of the native text for others. ``pairs``:
    as :func:`read_well_known` returns them.
    """
    key = _pair_key(left, right)
    is_seen: bool = pairs[find_slot(int(key), pairs)] == key
    return is_seen


@compiled
def _pair_keys(left: Fingerprints, right: Fingerprints, keys: Integers) -> None:
    for place in range(len(left)):
        keys[place] = _pair_key(left[place], right[place])


def to_json(names: Iterable[str], natives: Iterable[str], pairs: Iterable[tuple[str, str]], attribution: str) -> str:
    """Return the file of well-known Latin ``names``, well-known ``natives``, and those ``pairs`` of two Latin names, or
    of a Latin and a native one, that are one name."""
    sides = [[unify_script(canonical_spelling(name)) for name in pair] for pair in pairs]
    left, right = (fingerprints([pair[side] for pair in sides]) for side in (0, 1))
    keys = np.zeros(len(sides), dtype=np.int64)
    _pair_keys(left, right, keys)
    well_known = sorted({*map(canonical_spelling, names), *map(unify_script, natives)})
    content = {
        "version": VERSION,
        "attribution": attribution,
        "known": _encode((fingerprints(well_known) >> _HALF).astype(np.int64)),
        "pairs": _encode(keys),
    }
    return json.dumps({**content, "hash": _hash(content)}, sort_keys=True, indent=0) + "\n"


def _encode(halves: Integers) -> str:
    return b64encode(np.unique(halves).astype("<u4").tobytes()).decode()


def _decode(text: str) -> Integers:
    return np.frombuffer(b64decode(text), dtype="<u4").astype(np.int64)


def _hash(content: dict[str, object]) -> str:
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_well_known(text: str) -> tuple[Integers, Integers]:
    """Return the upper halves of the fingerprints of all well-known names, sorted, and the hash table of the pairs.

    Raises Broken where the hash of the file does not match: shipped files must be intact.
    """
    content = json.loads(text)
    stated_hash = content.pop("hash", "")
    if stated_hash != _hash(content) or content["version"] != VERSION:
        raise Broken("name-weights-damaged", script="known")
    return _decode(content["known"]), hash_table(_decode(content["pairs"]))[0]


@cache
def _shipped() -> tuple[Integers, Integers]:
    return read_well_known((files("traboule.linkage.names") / "learned" / "known.json").read_text(encoding="utf-8"))


def are_well_known(tokens: Fingerprints) -> npt.NDArray[np.bool_]:
    """Tell of each token, by the fingerprint of its canonical spelling or native text, whether it is well known."""
    well_known, halves = _shipped()[0], (tokens >> _HALF).astype(np.int64)
    return np.asarray(well_known[np.searchsorted(well_known, halves).clip(max=len(well_known) - 1)] == halves)


def well_known_pairs() -> Integers:
    """Return the hash table of the pairs of well-known names that are one name."""
    return _shipped()[1]
