"""Does the 90 % range hold the truth nine times in ten? Operations are made up, and it is known who is whom in them.

Comes in: which world, how many operations, a seed (printed, so that any run can be had again). Goes out: a line a
figure: how often its range held the truth, fell below it and lay above it. Two worlds, which share nothing but what
records say:

scores  Every true pair of records and many false ones get a score; the probability of a link is the chance that a pair
        of that score is true, so links are calibrated and no link knows more than its score. False pairs lie among
        people found together, so that what is counted of them does not betray who is whom. Pairs of high probability
        are joined without asking, which now and then makes one person of two; the least likely are forgotten.
linked  Populations in many scripts (:mod:`bench.linked`) go through linkage as it is, which says what is joined, open,
        rejected and never seen, at probabilities that were calibrated elsewhere. Whoever looks alike was found
        together here too, or only who is likely one person, as relatives are, or nobody was (``--together``); ages are
        by the birth dates that linkage compared.

    python -m bench.ranges --world linked --operations 400 --seed 1
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench import linked
from traboule.figures.count import count_inputs
from traboule.figures.resolved.inputs import Inputs
from traboule.figures.resolved.partition import components
from traboule.linkage.decisions import LINKED_FROM, SHOWN_FROM, STORED_FROM
from traboule.operation.operation import Operation, shipped

FIGURES = ("potential_victims", "potential_victims_minors", "arrests", "arrests_trafficking_or_smuggling")
STATES = np.array(["BJ", "ML", "TG"])
DURING = datetime(2024, 9, 30, 10, 0)  # noqa: DTZ001 - local time, as filed
FOUND_TOGETHER = 3
# Who was found together, by the probability of a link from which they were: all who look alike, those who are likely
# one person (relatives look so), or only records of one person.
TOGETHER = {"alike": 0.0, "likely": 0.3, "nobody": 2.0}
TRUE_TO_FALSE = 0.3317  # True pairs to false ones among people found together, over many operations.


@dataclass(frozen=True, slots=True)
class MadeUp:
    """One operation as a desk has it, and the same with every question answered."""

    known: Inputs
    truth: Inputs


@dataclass(frozen=True, slots=True)
class Row:
    """How one figure fared: operations, range held the truth, lay above it, lay below it, mean width, share certain."""

    figure: str
    operations: int
    held: float
    above: float
    below: float
    width: float
    outer_width: float


def scored(random: np.random.Generator, *, persons: int, clarity: float = 1.0) -> MadeUp:
    """Make one operation. ``clarity`` is how far apart, in standard deviations, scores of true and false pairs lie
    from the middle.
    """
    owner = np.repeat(np.arange(persons), 1 + random.choice(4, persons, p=[0.6, 0.25, 0.1, 0.05]))
    owner = owner[random.permutation(len(owner))]
    records = np.array([f"{STATES[k % 3]}/police/{k:05d}" for k in range(len(owner))])
    left, right, probability = _pairs(random, owner, clarity)
    kept = probability >= STORED_FROM
    left, right, probability = left[kept], right[kept], probability[kept]
    status = np.where(probability >= LINKED_FROM, "automatic", np.where(probability < SHOWN_FROM, "rejected", "open"))
    in_order = records[left] < records[right]
    links = pa.table(
        {
            "left": records[np.where(in_order, left, right)],
            "right": records[np.where(in_order, right, left)],
            "probability": probability,
            "status": status,
        }
    )
    at_once = status == "automatic"
    label = components(len(owner), left[at_once], right[at_once])
    return _made(said(random, owner // FOUND_TOGETHER, records), (records, label, owner), links)


def _pairs(random: np.random.Generator, owner: np.ndarray, clarity: float) -> tuple[np.ndarray, ...]:
    """Return candidate pairs with the chance that a pair of such a score is true."""
    left, right = np.triu_indices(len(owner), 1)
    together = owner[left] // FOUND_TOGETHER == owner[right] // FOUND_TOGETHER
    left, right = left[together], right[together]
    same = owner[left] == owner[right]
    score = random.normal(np.where(same, clarity, -clarity), 1.0)
    odds = TRUE_TO_FALSE * np.exp(2 * clarity * score)
    return left, right, odds / (1 + odds)


def through_linkage(world: linked.Linked, random: np.random.Generator, *, together: str = "alike") -> MadeUp:
    """Make one operation of a population that linkage has seen; what records say is drawn as in the other world, but
    for the age: a minor is who was born late enough, by the dates that linkage compared.

    Who was found ``together`` (:data:`TOGETHER`) shares all facts. What is said of two persons who were not tells them
    apart, which linkage never heard.
    """
    group = _together(world, TOGETHER[together])
    tables = said(random, group, world.records)
    tables["people"] = tables["people"].drop_columns(["minor"])
    stated = np.flatnonzero(np.not_equal(world.births, None))
    births = pa.table({"record": world.records[stated], "birth_date": pa.array(world.births[stated], pa.string())})
    return _made(tables, (world.records, world.label, world.owner), world.links, births)


def _together(world: linked.Linked, least: float) -> np.ndarray:
    place = {name: at for at, name in enumerate(world.records.tolist())}
    links = world.links.filter(pc.greater_equal(world.links["probability"], least))
    left, right = (np.array([place[one] for one in links[name].to_pylist()], dtype=int) for name in ("left", "right"))
    persons = int(world.owner.max()) + 1
    ends = np.concatenate([world.owner[left], world.owner]), np.concatenate([world.owner[right], world.owner])
    return components(persons, *ends)[world.owner]


def _made(
    tables: dict[str, pa.Table],
    people: tuple[np.ndarray, np.ndarray, np.ndarray],
    links: pa.Table,
    births: pa.Table | None = None,
) -> MadeUp:
    records, label, owner = people
    known = Inputs(tables, _clusters(records, label), links, births)
    return MadeUp(known, Inputs(tables, _clusters(records, owner), links.slice(0, 0), births))


def _clusters(records: np.ndarray, label: np.ndarray) -> pa.Table:
    order = np.lexsort((records, label))
    first = np.concatenate([[True], label[order][1:] != label[order][:-1]])
    speaker = np.empty_like(records)
    speaker[order] = records[order][first][np.cumsum(first) - 1]
    return pa.table({"record": records, "cluster": speaker})


def said(random: np.random.Generator, group: np.ndarray, records: np.ndarray) -> dict[str, pa.Table]:
    """Return what each record says; all of a group have a trait or none, and three of four of their records say so.

    A group is a person and whoever else was found with that person.
    """
    groups = int(group.max()) + 1
    unit = np.array([one[:2] for one in records])

    def has(share: float) -> np.ndarray:
        return (random.random(groups) < share)[group] & (random.random(len(group)) < 0.75)

    victim, minor, arrested = has(0.6), has(0.3), has(0.4)
    theme = np.array(["trafficking", "smuggling", "linked"])[random.integers(0, 3, groups)][group]
    hours = random.integers(0, 90, groups)[group]
    state = STATES[random.integers(0, 3, groups)][group]
    at = np.datetime64(DURING, "us") + hours[arrested].astype("m8[h]")
    return {
        "actions": pa.table({"record": ["ML/police/raid"], "start": pa.array([DURING], pa.timestamp("us"))}),
        "people": pa.table({"record": records, "unit": unit, "minor": np.where(minor, "yes", "unknown")}),
        "roles": _facts(records, unit, victim, role=["possible_victim"] * int(victim.sum())),
        "arrests": _facts(records, unit, arrested, at=at, arresting_state=state[arrested], attribution=theme[arrested]),
    }


def _facts(records: np.ndarray, unit: np.ndarray, chosen: np.ndarray, **values: object) -> pa.Table:
    size = int(chosen.sum())
    named = {"record": records[chosen], "unit": unit[chosen], "agency": ["police"] * size}
    return pa.table({**named, "person_record": records[chosen], "action_record": ["ML/police/raid"] * size, **values})


def scores_world(operations: int, seed: int, *, persons: int, clarity: float = 1.0) -> Iterator[MadeUp]:
    """Yield operations of the world of scores."""
    random = np.random.default_rng(seed)
    for _ in range(operations):
        yield scored(random, persons=persons, clarity=clarity)


def linked_world(
    operations: int, seed: int, *, records: int, lent: float = 0.0, kin: float = 0.0, together: str = "alike"
) -> Iterator[MadeUp]:
    """Yield operations of the world that went through linkage; see :func:`bench.linked.populations`."""
    random = np.random.default_rng(seed)
    for world in linked.populations(operations, seed, records=records, lent=lent, kin=kin):
        yield through_linkage(world, random, together=together)


def coverage(operations: Iterable[MadeUp]) -> list[Row]:
    """Return how each figure's 90 % range fared in made-up operations."""
    operation = shipped("liberterra-ii")
    found = np.array([_tried(one, operation) for one in operations])
    low, high, least, most, truth = np.moveaxis(found, 2, 0)
    return [
        Row(
            figure=name,
            operations=len(found),
            held=float(((low <= truth) & (truth <= high))[:, place].mean()),
            above=float((low > truth)[:, place].mean()),
            below=float((high < truth)[:, place].mean()),
            width=float((high - low)[:, place].mean()),
            outer_width=float((most - least)[:, place].mean()),
        )
        for place, name in enumerate(FIGURES)
    ]


def _tried(one: MadeUp, operation: Operation) -> list[tuple[int, int, int, int, int]]:
    known, truth = count_inputs(one.known, operation), count_inputs(one.truth, operation, detail=False)
    rows = []
    for name in FIGURES:
        figure = known.figure(name)
        low, high = figure.likely or (figure.low, figure.high)
        rows.append((low, high, figure.low, figure.high, truth.figure(name).value))
    return rows


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--world", choices=("scores", "linked"), default="scores")
    asked.add_argument("--operations", type=int, default=400)
    asked.add_argument("--persons", type=int, default=60, help="scores: persons in each operation")
    asked.add_argument("--clarity", type=float, default=1.0, help="scores: how well they tell true pairs from false")
    asked.add_argument("--records", type=int, default=1000, help="linked: person records in each operation")
    asked.add_argument("--lent", type=float, default=0.0, help="linked: share of records that show another's papers")
    asked.add_argument("--kin", type=float, default=0.0, help="linked: share of persons that are another's relatives")
    asked.add_argument("--together", choices=tuple(TOGETHER), default="alike", help="linked: who was found together")
    asked.add_argument("--seed", type=int, default=1)
    wanted = asked.parse_args()
    print(", ".join(f"{name} {value}" for name, value in vars(wanted).items()))
    if wanted.world == "scores":
        made = scores_world(wanted.operations, wanted.seed, persons=wanted.persons, clarity=wanted.clarity)
    else:
        made = linked_world(
            wanted.operations,
            wanted.seed,
            records=wanted.records,
            lent=wanted.lent,
            kin=wanted.kin,
            together=wanted.together,
        )
    print(f"{'figure':36}{'held':>8}{'above':>8}{'below':>8}{'width':>8}{'low–high':>10}")
    for row in coverage(made):
        print(f"{row.figure:36}{row.held:8.1%}{row.above:8.1%}{row.below:8.1%}{row.width:8.1f}{row.outer_width:10.1f}")


if __name__ == "__main__":
    main()
