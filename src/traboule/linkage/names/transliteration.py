"""How likely a token in one script and a Latin token are one name, in bits, by weights learned for the script.

In come packed tokens and pairs of their numbers; out go bits: the logarithm, to the base two, of how much likelier the
pair is as one name than as two names met by chance. Beside a name in full, a relative's name is reckoned with. It
promises: pure after the weights are read; a pair's bits depend on the pair alone; weights whose hash does not hold are
refused; compiled once and kept.

The weights are files in ``learned/``: parameters only, learned by ``bench/train_names.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from traboule.core.errors import Broken
from traboule.linkage.names.groups import (
    LATIN_BITS,
    LATIN_PART,
    SIGN_BITS,
    Floats,
    Integers,
    Packed,
    alone,
    chance,
    compiled,
    part_numbers,
    table,
)
from traboule.linkage.names.learn import LOOSE, Learned
from traboule.linkage.names.letters import LEARNED, LONGEST, MOST_LATIN, Symbols

Bits = npt.NDArray[np.float32]
VERSION = 1
STEPS = 16  # Steps of a bit that are kept of each parameter.
_LEAST, _BEND = -60.0, 10.0  # Below, a pair is a mistake whatever it looks like; above, more bits say less.


@dataclass(frozen=True)
class Weights:
    """The weights of one script, ready for use.

    ``numbers``: native sign to its number. ``latin_parts``, ``native_parts``: open tables of what stands on either side
    of a group, to its number. ``shares``: of the group of a native part (row) and a Latin part (column); part 0 is
    nothing. ``reading``: coefficients of the bits.
    """

    script: str
    numbers: Mapping[str, int]
    latin_parts: tuple[Integers, Integers]
    native_parts: tuple[Integers, Integers]
    shares: npt.NDArray[np.float32]
    latin: Floats
    native: Floats
    reading: Floats
    hash: str


def group_text(key: int) -> tuple[tuple[int, ...], str]:
    """Return the native signs' numbers and the Latin letters of a group's key."""
    native, letters = key >> LATIN_PART, key & ((1 << LATIN_PART) - 1)
    signs, text = [], ""
    while native:
        signs.append(native & ((1 << SIGN_BITS) - 1))
        native >>= SIGN_BITS
    while letters:
        text = chr(96 + (letters & ((1 << LATIN_BITS) - 1))) + text
        letters >>= LATIN_BITS
    return tuple(reversed(signs)), text


def written(script: str, learned: Learned, signs: list[str], reading: Floats, attribution: str) -> str:
    """Return the file of a script's weights: JSON with its own hash, every parameter in sixteenths of a bit."""
    groups: dict[str, dict[str, int]] = {}
    steps = _steps(np.log(learned.shares))
    for key, step in zip(learned.keys.tolist(), steps.ravel().tolist(), strict=True):
        native, letters = group_text(key)
        groups.setdefault(" ".join(signs[number - 1] for number in native), {})[letters] = step
    content = {
        "version": VERSION,
        "script": script,
        "attribution": attribution,
        "signs": signs,
        "groups": groups,
        "latin": _steps(learned.latin).tolist(),
        "native": _steps(learned.native).tolist(),
        "reading": [round(float(each), 4) for each in reading],
    }
    return _canonical({**content, "hash": _hash(content)})


def _steps(logarithms: Floats) -> npt.NDArray[np.int64]:
    return np.asarray(np.rint(logarithms / np.log(2.0) * STEPS), dtype=np.int64)


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _hash(content: Mapping[str, Any]) -> str:
    return sha256(_canonical(content).encode()).hexdigest()


def read(text: str) -> Weights:
    """Return the weights of a file. Raises Broken where its hash does not hold: it is shipped, and must be whole."""
    content = json.loads(text)
    found = content.pop("hash", "")
    if found != _hash(content) or content["version"] != VERSION:
        raise Broken("name-weights-damaged", script=content.get("script", ""))
    numbers = {sign: place for place, sign in enumerate(content["signs"], start=1)}
    rows = {native: place for place, native in enumerate(sorted({"", *content["groups"]}))}
    columns = {
        part: place for place, part in enumerate(sorted({"", *(x for v in content["groups"].values() for x in v)}))
    }
    shares = np.zeros((len(rows), len(columns)), dtype=np.float32)
    for native, each in content["groups"].items():
        for letters, step in each.items():
            shares[rows[native], columns[letters]] = 2.0 ** (step / STEPS)
    return Weights(
        script=content["script"],
        numbers=numbers,
        latin_parts=_parts([[ord(letter) - 96 for letter in part] for part in columns], LATIN_BITS),
        native_parts=_parts([[numbers[sign] for sign in part.split()] for part in rows], SIGN_BITS),
        shares=shares,
        latin=np.array(content["latin"]) / STEPS * np.log(2.0),
        native=np.array(content["native"]) / STEPS * np.log(2.0),
        reading=np.array(content["reading"]),
        hash=found,
    )


def _parts(parts: list[list[int]], bits: int) -> tuple[Integers, Integers]:
    """Return an open table from the key of each part to its place in ``parts``."""
    keys = np.array([sum(number << bits * at for at, number in enumerate(reversed(part))) for part in parts])
    return table(keys.astype(np.int64))


@cache
def weights(script: str) -> Weights:
    """Return the shipped weights of ``script``, one of :data:`~traboule.linkage.names.letters.LEARNED`."""
    return read((files("traboule.linkage.names") / "learned" / f"{script}.json").read_text(encoding="utf-8"))


def features(held: Weights, latin: Packed, native: Packed, one: Integers, two: Integers) -> Floats:
    """Return what a pair's bits are read from: (pairs, 6), the likelihood ratio in three parts, the lengths, one."""
    lefts, one = np.unique(one, return_inverse=True)
    rights, two = np.unique(two, return_inverse=True)
    latin, native = latin.take(lefts), native.take(rights)
    widest = MOST_LATIN[held.script], LEARNED[held.script]
    likely = _likely(
        (latin.symbols, latin.starts, native.symbols, native.starts),
        (one, two),
        (
            part_numbers(latin.symbols, latin.starts, held.latin_parts, LATIN_BITS, widest[0]),
            part_numbers(native.symbols, native.starts, held.native_parts, SIGN_BITS, widest[1]),
        ),
        held.shares,
        (alone(held.latin), alone(held.native)),
    )
    by_chance = chance(latin, held.latin)[one] + chance(native, held.native)[two]
    ratio = np.maximum((likely - by_chance) / np.log(2.0), _LEAST)
    wide, high = np.diff(latin.starts)[one], np.diff(native.starts)[two]
    parts = np.minimum(ratio, 0.0), np.clip(ratio, 0.0, _BEND), np.maximum(ratio - _BEND, 0.0)
    return np.stack([*parts, wide, high, np.ones(len(one))], axis=1)


def bits(held: Weights, latin: Packed, native: Packed, one: Integers, two: Integers) -> Bits:
    """Return the bits of the pairs of Latin tokens ``one[i]`` and native tokens ``two[i]``; neither may be empty."""
    return np.asarray(features(held, latin, native, one, two) @ held.reading, dtype=np.float32)


@compiled
def _likely(
    tokens: tuple[Symbols, Integers, Symbols, Integers],
    pairs: tuple[Integers, Integers],
    parts: tuple[Integers, Integers],
    shares: npt.NDArray[np.float32],
    plain: tuple[Floats, Floats],
) -> Floats:
    """Return the natural logarithm of the likelihood of each pair, over all ways to divide its tokens into groups."""
    x, xs, y, ys = tokens
    found = np.zeros(len(pairs[0]))
    ahead = np.zeros((LONGEST + 1, LONGEST + 1))
    for row in range(len(found)):
        left, right = xs[pairs[0][row]], ys[pairs[1][row]]
        n, m = xs[pairs[0][row] + 1] - left, ys[pairs[1][row] + 1] - right
        ahead[: n + 1, : m + 1] = 0.0
        ahead[0, 0] = 1.0
        for i in range(n + 1):
            for j in range(m + 1):
                here = ahead[i, j]
                if i < n:
                    drop = here * LOOSE * plain[0][x[left + i]]
                    ahead[i + 1, j] += drop
                    if parts[0][left + i, 0] >= 0:
                        ahead[i + 1, j] += here * shares[0, parts[0][left + i, 0]]
                if j < m:
                    ahead[i, j + 1] += here * LOOSE * plain[1][y[right + j]]
                    if parts[1][right + j, 0] >= 0:
                        ahead[i, j + 1] += here * shares[parts[1][right + j, 0], 0]
                    if i < n:
                        ahead[i + 1, j + 1] += drop * plain[1][y[right + j]]
                for high in range(min(parts[1].shape[1], m - j)):
                    native = parts[1][right + j, high]
                    if native < 0:
                        continue
                    for wide in range(min(parts[0].shape[1], n - i)):
                        part = parts[0][left + i, wide]
                        if part >= 0:
                            ahead[i + wide + 1, j + high + 1] += here * shares[native, part]
        found[row] = np.log(max(ahead[n, m], 1e-300))
    return found
