"""Seeded draws that add up exactly.

In: a seed or a generator, sizes and weights. Out: arrays. Guaranteed: one named stream for each part of the world, so
that a change in one part leaves the others as they were; sums are exact, never "about right".
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]
Objects: TypeAlias = NDArray[np.object_]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the generator of the part ``name`` of the world grown from ``seed``."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())])))


def objects(values: Sequence[object]) -> Objects:
    """Return ``values`` as an array of Python objects, one a place, also where they are sequences themselves."""
    array = np.empty(len(values), dtype=np.object_)
    array[:] = values
    return array


def split(total: int, weights: Floats) -> Ints:
    """Return whole shares of ``total`` in proportion to ``weights``, adding up exactly (largest remainders)."""
    if not len(weights):
        return np.zeros(0, dtype=np.int64)
    exact = total * weights / weights.sum()
    shares: Ints = np.floor(exact).astype(np.int64)
    order = np.lexsort((np.arange(len(weights)), shares - exact))
    shares[order[: total - int(shares.sum())]] += 1
    return shares


def scatter(rng: np.random.Generator, total: int, weights: Floats) -> Ints:
    """Return random shares of ``total`` with expectation in proportion to ``weights``, adding up exactly."""
    return rng.multinomial(total, weights / weights.sum()).astype(np.int64)


def strongest(rng: np.random.Generator, wanted: int, leaning: Floats) -> Flags:
    """Return exactly ``wanted`` places chosen, a place the likelier the higher its ``leaning`` (Gumbel noise)."""
    chosen = np.zeros(len(leaning), dtype=np.bool_)
    noise = leaning + rng.gumbel(size=len(leaning))
    chosen[np.argsort(-noise, kind="stable")[: max(wanted, 0)]] = True
    return chosen


def draw(rng: np.random.Generator, values: Sequence[object], size: int) -> Objects:
    """Return ``size`` of ``values``, evenly and with repeats."""
    return objects(list(values))[rng.integers(0, len(values), size)]


def serials(rng: np.random.Generator, size: int, modulus: int) -> Ints:
    """Return ``size`` distinct numbers below ``modulus`` that do not look counted. ``size`` is at most ``modulus``."""
    step = int(modulus * 0.6180339887) | 1
    while gcd(step, modulus) != 1:
        step += 2
    first = int(rng.integers(0, modulus))
    # Steps are multiplied in Python's own integers where the product could leave 64 bits.
    if step * size < 2**62:
        return (first + np.arange(size, dtype=np.int64) * step) % modulus
    return np.array([(first + place * step) % modulus for place in range(size)], dtype=np.int64)
