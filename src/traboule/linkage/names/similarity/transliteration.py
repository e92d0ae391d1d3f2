"""Load the learned alignment weights of each script.

The weights are files in ``learned/``, made by ``bench/train_names.py``: parameters only, each with its hash. A file
whose hash does not match is refused. The bits of a pair of tokens are log2 of how much likelier they are as one name
than as two unrelated names, and depend on the pair alone.
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
from traboule.linkage.names.alignment_training import LearnedAlignment
from traboule.linkage.names.equivalents import LATIN_BITS, LATIN_PART, SIGN_BITS, Floats, Integers, PackedTokens
from traboule.linkage.names.similarity.alignment import BEND, log_ratios
from traboule.linkage.names.similarity.alignment_weights import AlignmentWeights, ScriptParameters, pack_weights
from traboule.linkage.names.similarity.well_known import well_known_pairs
from traboule.linkage.names.symbols import LEARNED

Bits = npt.NDArray[np.float32]
VERSION = 3
STEPS = 16  # Resolution of a parameter: steps per bit.


@dataclass(frozen=True)
class ScriptModel:
    """The weights of one script, ready for use. ``numbers``: native sign to its number."""

    script: str
    numbers: Mapping[str, int]
    parameters: ScriptParameters
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


def to_json(
    script: str, learned: LearnedAlignment, signs: list[str], read_by: tuple[Floats, Floats], attribution: str
) -> str:
    """Return the weight file of a script: JSON with its hash, every parameter in sixteenths of a bit.

    ``read_by``: the coefficients of the bits against strangers, and against look-alikes.
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
        "reading": [round(float(coefficient), 4) for coefficient in read_by[0]],
        "closely": [round(float(coefficient), 4) for coefficient in read_by[1]],
    }
    return _canonical({**content, "hash": _hash(content)})


def _steps(logarithms: Floats) -> npt.NDArray[np.int64]:
    return np.asarray(np.rint(logarithms / np.log(2.0) * STEPS), dtype=np.int64)


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _hash(content: Mapping[str, Any]) -> str:
    return sha256(_canonical(content).encode()).hexdigest()


def read_script_model(text: str) -> ScriptModel:
    """Return the weights of a file. Raises Broken where its hash does not match: shipped files must be intact."""
    content = json.loads(text)
    stated_hash = content.pop("hash", "")
    if stated_hash != _hash(content) or content["version"] != VERSION:
        raise Broken("name-weights-damaged", script=content.get("script", ""))
    numbers = {sign: place for place, sign in enumerate(content["signs"], start=1)}
    rows = {native: place for place, native in enumerate(sorted({"", *content["groups"]}))}
    columns = {
        part: place for place, part in enumerate(sorted({"", *(x for v in content["groups"].values() for x in v)}))
    }
    groups = [
        (rows[native], columns[letters], step)
        for native, latin_groups in content["groups"].items()
        for letters, step in latin_groups.items()
    ]
    native_part, latin_part, steps = np.array(groups, dtype=np.int64).reshape(-1, 3).T
    parameters = ScriptParameters(
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
    return ScriptModel(content["script"], numbers, parameters, stated_hash)


@cache
def script_model(script: str) -> ScriptModel:
    """Return the shipped weights of ``script``, one of :data:`~traboule.linkage.names.symbols.LEARNED`."""
    return read_script_model(
        (files("traboule.linkage.names") / "learned" / f"{script}.json").read_text(encoding="utf-8")
    )


@cache
def alignment_weights() -> AlignmentWeights:
    """Return the shipped weights of all scripts, in the order of LEARNED, packed for compiled code."""
    return pack_weights([script_model(script).parameters for script in LEARNED], well_known_pairs())


def features(
    model: ScriptModel, latin: PackedTokens, native: PackedTokens, latin_places: Integers, native_places: Integers
) -> tuple[Floats, Floats]:
    """Return the features of pairs, six each, against strangers and against look-alikes.

    Against strangers: the log likelihood ratio in three pieces, the two lengths, one. Against look-alikes: the ratio,
    the two lengths, how far the pair falls short of the best partner of the native and of the Latin token, one.
    """
    ratio, *short = log_ratios(model.parameters, latin, native, latin_places, native_places).T
    latin_size, native_size, always = (
        np.diff(latin.starts)[latin_places],
        np.diff(native.starts)[native_places],
        np.ones(len(latin_places)),
    )
    parts = np.minimum(ratio, 0.0), np.clip(ratio, 0.0, BEND), np.maximum(ratio - BEND, 0.0)
    return np.stack([*parts, latin_size, native_size, always], axis=1), np.stack(
        [ratio, latin_size, native_size, *short, always], axis=1
    )


def bits(
    model: ScriptModel, latin: PackedTokens, native: PackedTokens, latin_places: Integers, native_places: Integers
) -> Bits:
    """Return the bits of pairs of Latin and native tokens, given by their indices; neither may be empty."""
    return np.asarray(
        features(model, latin, native, latin_places, native_places)[0] @ model.parameters.reading, dtype=np.float32
    )
