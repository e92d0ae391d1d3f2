"""Which learned weights there are: how likely a token in one script and a Latin token are one name, in bits.

In come weight files; out go the weights, and for packed tokens and pairs of their numbers the bits: the logarithm, to
the base two, of how much likelier the pair is as one name than as two names met by chance. It promises: pure after the
weights are read; a pair's bits depend on the pair alone; weights whose hash does not hold are refused.

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
from traboule.linkage.names.alike.known import pairs
from traboule.linkage.names.alike.scales import Parts, Scales, flat
from traboule.linkage.names.alike.weighing import BEND, ratios
from traboule.linkage.names.groups import LATIN_BITS, LATIN_PART, SIGN_BITS, Floats, Integers, Packed
from traboule.linkage.names.learn import Learned
from traboule.linkage.names.letters import LEARNED

Bits = npt.NDArray[np.float32]
VERSION = 3
STEPS = 16  # Steps of a bit that are kept of each parameter.


@dataclass(frozen=True)
class Weights:
    """The weights of one script, ready for use. ``numbers``: native sign to its number."""

    script: str
    numbers: Mapping[str, int]
    parts: Parts
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


def written(script: str, learned: Learned, signs: list[str], read_by: tuple[Floats, Floats], attribution: str) -> str:
    """Return the file of a script's weights: JSON with its own hash, every parameter in sixteenths of a bit.

    ``read_by``: the coefficients of the bits beside strangers, and beside look-alikes.
    """
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
        "reading": [round(float(each), 4) for each in read_by[0]],
        "closely": [round(float(each), 4) for each in read_by[1]],
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
    groups = [
        (rows[native], columns[letters], step)
        for native, each in content["groups"].items()
        for letters, step in each.items()
    ]
    native_part, latin_part, steps = np.array(groups, dtype=np.int64).reshape(-1, 3).T
    parts = Parts(
        script=content["script"],
        latin=[[ord(letter) - 96 for letter in part] for part in columns],
        native=[[numbers[sign] for sign in part.split()] for part in rows],
        groups=(native_part, latin_part),
        shares=np.exp2(steps / STEPS).astype(np.float32),
        after_latin=np.array(content["latin"]) / STEPS * np.log(2.0),
        after_native=np.array(content["native"]) / STEPS * np.log(2.0),
        reading=np.array(content["reading"]),
        closely=np.array(content["closely"]),
    )
    return Weights(content["script"], numbers, parts, found)


@cache
def weights(script: str) -> Weights:
    """Return the shipped weights of ``script``, one of :data:`~traboule.linkage.names.letters.LEARNED`."""
    return read((files("traboule.linkage.names") / "learned" / f"{script}.json").read_text(encoding="utf-8"))


@cache
def scales() -> Scales:
    """Return the shipped weights of all scripts, in the order of LEARNED, as compiled code reads them."""
    return flat([weights(script).parts for script in LEARNED], pairs())


def features(held: Weights, latin: Packed, native: Packed, one: Integers, two: Integers) -> tuple[Floats, Floats]:
    """Return what a pair's bits are read from, beside strangers and beside look-alikes, six numbers each.

    Of strangers, the likelihood ratio in three parts, the lengths, one; of look-alikes, the ratio, the lengths, how far
    the pair falls short of what the native and the Latin token would be at best, one.
    """
    ratio, *short = ratios(held.parts, latin, native, one, two).T
    wide, high, always = np.diff(latin.starts)[one], np.diff(native.starts)[two], np.ones(len(one))
    parts = np.minimum(ratio, 0.0), np.clip(ratio, 0.0, BEND), np.maximum(ratio - BEND, 0.0)
    return np.stack([*parts, wide, high, always], axis=1), np.stack([ratio, wide, high, *short, always], axis=1)


def bits(held: Weights, latin: Packed, native: Packed, one: Integers, two: Integers) -> Bits:
    """Return the bits of the pairs of Latin tokens ``one[i]`` and native tokens ``two[i]``; neither may be empty."""
    return np.asarray(features(held, latin, native, one, two)[0] @ held.parts.reading, dtype=np.float32)
