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
    allowed,
    alone,
    chance,
    compiled,
    group_key,
    slot_of,
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
    """The weights of one script, ready for use. ``numbers``: native sign to its number. ``reading``: coefficients."""

    script: str
    numbers: Mapping[str, int]
    slots: Integers
    shares: Floats
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
    return np.rint(logarithms / np.log(2.0) * STEPS).astype(np.int64)


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
    keys, steps = [], []
    for native, each in content["groups"].items():
        signs = np.array([numbers[sign] for sign in native.split()], dtype=np.int32)
        for letters, step in each.items():
            codes = np.array([ord(letter) - 96 for letter in letters], dtype=np.int32)
            keys.append(group_key(codes, 0, len(codes), signs, 0, len(signs)))
            steps.append(step)
    order = np.argsort(np.array(keys, dtype=np.int64))
    slots, places = table(np.array(keys, dtype=np.int64)[order])
    shares = np.exp2(np.array(steps, dtype=np.float64)[order] / STEPS)
    return Weights(
        script=content["script"],
        numbers=numbers,
        slots=slots,
        shares=np.where(slots >= 0, shares[places], 0.0),
        latin=np.array(content["latin"]) / STEPS * np.log(2.0),
        native=np.array(content["native"]) / STEPS * np.log(2.0),
        reading=np.array(content["reading"]),
        hash=found,
    )


@cache
def weights(script: str) -> Weights:
    """Return the shipped weights of ``script``, one of :data:`~traboule.linkage.names.letters.LEARNED`."""
    return read((files("traboule.linkage.names") / "learned" / f"{script}.json").read_text(encoding="utf-8"))


def features(held: Weights, latin: Packed, native: Packed, one: Integers, two: Integers) -> Floats:
    """Return what a pair's bits are read from: (pairs, 6), the likelihood ratio in three parts, the lengths, one."""
    likely = _likely(
        (latin.symbols, latin.starts, native.symbols, native.starts),
        (one, two),
        (held.slots, held.shares),
        (alone(held.latin), alone(held.native)),
        (MOST_LATIN[held.script], LEARNED[held.script]),
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
    groups: tuple[Integers, Floats],
    plain: tuple[Floats, Floats],
    widest: tuple[int, int],
) -> Floats:
    """Return the natural logarithm of the likelihood of each pair, over all ways to divide its tokens into groups."""
    x, xs, y, ys = tokens
    slots, shares = groups
    found = np.zeros(len(pairs[0]))
    ahead = np.zeros((LONGEST + 1, LONGEST + 1))
    for row in range(len(found)):
        left, right = pairs[0][row], pairs[1][row]
        one, two = x[xs[left] : xs[left + 1]], y[ys[right] : ys[right + 1]]
        n, m = len(one), len(two)
        ahead[: n + 1, : m + 1] = 0.0
        ahead[0, 0] = 1.0
        for i in range(n + 1):
            for j in range(m + 1):
                for wide in range(min(widest[0], n - i) + 1):
                    for high in range(min(widest[1], m - j) + 1):
                        if not allowed(wide, high):
                            continue
                        value = shares[slot_of(group_key(one, i, wide, two, j, high), slots)]
                        if wide <= 1 and high <= 1:
                            value += LOOSE * (plain[0][one[i]] if wide else 1.0) * (plain[1][two[j]] if high else 1.0)
                        ahead[i + wide, j + high] += ahead[i, j] * value
        found[row] = np.log(max(ahead[n, m], 1e-300))
    return found
