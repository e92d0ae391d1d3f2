"""Populations that went through linkage as it is, for whoever asks what its answers are worth.

Comes in: how many, how large, a seed. Goes out: records, when they say to be born, who they really are, what linkage
joined and its links. Three persons in ten are minors, by birth dates that linkage has seen.
One model is learned from a large population of its own and used for all, with the chance that two random records match
set for the size of these; the probabilities are as good as linkage's calibration and no better.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from bench.people import inputs, numbers, persons, prepared
from bench.population import DEVELOPMENT, TRAINING, Pool, found_names, pools, population
from traboule.linkage.resolve import LinkResult, resolve
from traboule.linkage.weights.model import LinkModel
from traboule.linkage.weights.training import train

LEARNED_FROM, LEARNING_SEED = 20_000, 1_000_000
_YOUNGER = 16  # Years, so that three in ten are minors in 2024; a leap day stays one.
_PAPERS = ("given", "surname", "dob", "country", "doc")


@dataclass(frozen=True, slots=True)
class Linked:
    """``records`` by name, the birth date each states or None, ``owner`` the person each is of, ``label`` the cluster
    it was put into; ``links`` kept.
    """

    records: np.ndarray
    births: np.ndarray
    owner: np.ndarray
    label: np.ndarray
    links: pa.Table


def populations(count: int, seed: int, *, records: int, lent: float = 0.0, kin: float = 0.0) -> Iterator[Linked]:
    """Yield ``count`` populations. A share ``lent`` of the records shows another's papers: name, date, number; a share
    ``kin`` of the persons are relatives of another."""
    drawn_from = pools(found_names(), (TRAINING, DEVELOPMENT))
    weights = _learned(drawn_from, seed, kin)
    weights = replace(weights, prior=min(weights.prior * LEARNED_FROM / records, 0.5))
    random = np.random.default_rng(seed)
    for number in range(count):
        made = younger(population(records, seed * 10_000 + number, drawn_from, kin=kin))
        lending = _lending(made, lent, random)
        yield observed(lending, resolve(inputs(lending), model=weights))


def _learned(drawn_from: dict[str, Pool], seed: int, kin: float) -> LinkModel:
    given = inputs(population(LEARNED_FROM, LEARNING_SEED + seed, drawn_from, kin=kin))
    return train(prepared(given), seed=1)


def younger(made: pa.Table) -> pa.Table:
    """Return a population in which three in ten are minors in 2024."""
    born = [date and f"{int(date[:4]) + _YOUNGER}{date[4:]}" for date in made["dob"].to_pylist()]
    return made.set_column(made.column_names.index("dob"), "dob", pa.array(born, pa.string()))


def _lending(made: pa.Table, share: float, random: np.random.Generator) -> pa.Table:
    """Let some records show the papers of another person, who may be in the operation as well."""
    place = np.arange(made.num_rows)
    shows = np.where(random.random(made.num_rows) < share, random.integers(0, made.num_rows, made.num_rows), place)
    for name in _PAPERS:
        made = made.set_column(made.column_names.index(name), name, made.column(name).take(pa.array(shows)))
    return made


def observed(made: pa.Table, result: LinkResult) -> Linked:
    """Return a population as linkage resolved it, with who is who."""
    owner = persons(made)
    records = np.array(result.clusters["record"].to_pylist())
    number = numbers(result.clusters["record"])
    births = np.empty(made.num_rows, dtype=object)
    births[made["unique_id"].to_numpy()] = made["dob"].to_pylist()
    links = result.links.select(["left", "right", "probability", "status"])
    return Linked(records, births[number], owner[number], numbers(result.clusters["cluster"]), links)
