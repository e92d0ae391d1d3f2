"""Measure the coverage of the 90 % intervals on synthetic operations, in which the true persons are known.

In: the kind of population, the number of operations, a seed (printed, so that a run can be repeated). Out: for each
figure how often its interval covered the truth, was below it and above it. Two kinds of population, which share only
the content of records:

scores  True pairs of records and many false ones get a score; the probability of a link is the chance that a pair of
        that score is true, so links are calibrated and contain no more information than the score. False pairs are
        among people encountered together, so that counted facts do not reveal the true persons. Pairs of high
        probability are linked automatically, which sometimes merges two persons; the least likely are dropped.
linked  Populations in many scripts (:mod:`bench.linked`) go through linkage itself, which decides what is linked, open,
        rejected and never compared, with probabilities calibrated elsewhere. Similar people are encountered together,
        or only likely matches, as relatives are, or nobody (``--together``); ages are by the birth dates that linkage
        compared.

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
# Who was encountered together, by the least probability of their link: all similar people, likely matches (such as
# relatives), or only records of the same person.
TOGETHER = {"alike": 0.0, "likely": 0.3, "nobody": 2.0}
TRUE_TO_FALSE = 0.3317  # True pairs to false ones among people found together, over many operations.


@dataclass(frozen=True, slots=True)
class SyntheticOperation:
    """A synthetic operation: as the desk observes it, and the truth."""

    observed: Inputs
    truth: Inputs


@dataclass(frozen=True, slots=True)
class FigureCoverage:
    """The coverage of a figure's intervals: share that cover the truth, above it, below it, and mean widths."""

    figure: str
    operations: int
    covered: float
    above: float
    below: float
    width: float
    outer_width: float


def operation_by_scores(random: np.random.Generator, *, persons: int, clarity: float = 1.0) -> SyntheticOperation:
    """Make an operation. ``clarity`` is the distance, in standard deviations, of the scores of true and false pairs
    from the middle.
    """
    owner = np.repeat(np.arange(persons), 1 + random.choice(4, persons, p=[0.6, 0.25, 0.1, 0.05]))
    owner = owner[random.permutation(len(owner))]
    records = np.array([f"{STATES[k % 3]}/police/{k:05d}" for k in range(len(owner))])
    left, right, probability = _pairs(random, owner, clarity)
    is_stored = probability >= STORED_FROM
    left, right, probability = left[is_stored], right[is_stored], probability[is_stored]
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
    return _operation(tables_of(random, owner // FOUND_TOGETHER, records), (records, label, owner), links)


def _pairs(random: np.random.Generator, owner: np.ndarray, clarity: float) -> tuple[np.ndarray, ...]:
    """Return candidate pairs with the chance that a pair of such a score is true."""
    left, right = np.triu_indices(len(owner), 1)
    together = owner[left] // FOUND_TOGETHER == owner[right] // FOUND_TOGETHER
    left, right = left[together], right[together]
    same = owner[left] == owner[right]
    score = random.normal(np.where(same, clarity, -clarity), 1.0)
    odds = TRUE_TO_FALSE * np.exp(2 * clarity * score)
    return left, right, odds / (1 + odds)


def through_linkage(
    world: linked.Linked, random: np.random.Generator, *, together: str = "alike"
) -> SyntheticOperation:
    """Make an operation of a population that went through linkage. The content of records is drawn as for scores,
    except the age: minors are those born late enough, by the dates that linkage compared.

    People encountered ``together`` (:data:`TOGETHER`) share all facts. Facts of people who were not distinguish them,
    and linkage does not compare these.
    """
    group = _joint_groups(world, TOGETHER[together])
    tables = tables_of(random, group, world.records)
    tables["people"] = tables["people"].drop_columns(["minor"])
    stated = np.flatnonzero(np.not_equal(world.births, None))
    births = pa.table({"record": world.records[stated], "birth_date": pa.array(world.births[stated], pa.string())})
    return _operation(tables, (world.records, world.label, world.owner), world.links, births)


def _joint_groups(world: linked.Linked, least: float) -> np.ndarray:
    place = {name: at for at, name in enumerate(world.records.tolist())}
    links = world.links.filter(pc.greater_equal(world.links["probability"], least))
    left, right = (
        np.array([place[record] for record in links[name].to_pylist()], dtype=int) for name in ("left", "right")
    )
    persons = int(world.owner.max()) + 1
    ends = np.concatenate([world.owner[left], world.owner]), np.concatenate([world.owner[right], world.owner])
    return components(persons, *ends)[world.owner]


def _operation(
    tables: dict[str, pa.Table],
    people: tuple[np.ndarray, np.ndarray, np.ndarray],
    links: pa.Table,
    births: pa.Table | None = None,
) -> SyntheticOperation:
    records, label, owner = people
    observed = Inputs(tables, cluster_table(records, label), links, births)
    return SyntheticOperation(observed, Inputs(tables, cluster_table(records, owner), links.slice(0, 0), births))


def cluster_table(records: np.ndarray, label: np.ndarray) -> pa.Table:
    """Return the clusters that ``label`` makes of ``records``, each named by its smallest record."""
    order = np.lexsort((records, label))
    first = np.concatenate([[True], label[order][1:] != label[order][:-1]])
    representative = np.empty_like(records)
    representative[order] = records[order][first][np.cumsum(first) - 1]
    return pa.table({"record": records, "cluster": representative})


def tables_of(random: np.random.Generator, group: np.ndarray, records: np.ndarray) -> dict[str, pa.Table]:
    """Return the content of records: a trait holds for all of a group or none, and three of four of its records state
    it.

    A group is a person and everyone encountered with that person.
    """
    groups = int(group.max()) + 1
    unit = np.array([record[:2] for record in records])

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
    identity = {"record": records[chosen], "unit": unit[chosen], "agency": ["police"] * size}
    return pa.table(
        {**identity, "person_record": records[chosen], "action_record": ["ML/police/raid"] * size, **values}
    )


def scores_world(operations: int, seed: int, *, persons: int, clarity: float = 1.0) -> Iterator[SyntheticOperation]:
    """Yield operations by scores."""
    random = np.random.default_rng(seed)
    for _ in range(operations):
        yield operation_by_scores(random, persons=persons, clarity=clarity)


def linked_world(
    operations: int, seed: int, *, records: int, lent: float = 0.0, kin: float = 0.0, together: str = "alike"
) -> Iterator[SyntheticOperation]:
    """Yield operations that went through linkage; see :func:`bench.linked.populations`."""
    random = np.random.default_rng(seed)
    for world in linked.populations(operations, seed, records=records, lent=lent, kin=kin):
        yield through_linkage(world, random, together=together)


def coverage(operations: Iterable[SyntheticOperation]) -> list[FigureCoverage]:
    """Return the coverage of each figure's 90 % interval in synthetic operations."""
    operation = shipped("liberterra-ii")
    outcomes = np.array([_intervals_and_truth(synthetic, operation) for synthetic in operations])
    low, high, least, most, truth = np.moveaxis(outcomes, 2, 0)
    return [
        FigureCoverage(
            figure=name,
            operations=len(outcomes),
            covered=float(((low <= truth) & (truth <= high))[:, place].mean()),
            above=float((low > truth)[:, place].mean()),
            below=float((high < truth)[:, place].mean()),
            width=float((high - low)[:, place].mean()),
            outer_width=float((most - least)[:, place].mean()),
        )
        for place, name in enumerate(FIGURES)
    ]


def _intervals_and_truth(synthetic: SyntheticOperation, operation: Operation) -> list[tuple[int, int, int, int, int]]:
    observed, truth = (
        count_inputs(synthetic.observed, operation),
        count_inputs(synthetic.truth, operation, detail=False),
    )
    rows = []
    for name in FIGURES:
        figure = observed.figure(name)
        low, high = figure.likely or (figure.low, figure.high)
        rows.append((low, high, figure.low, figure.high, truth.figure(name).value))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--world", choices=("scores", "linked"), default="scores")
    parser.add_argument("--operations", type=int, default=400)
    parser.add_argument("--persons", type=int, default=60, help="scores: persons in each operation")
    parser.add_argument("--clarity", type=float, default=1.0, help="scores: how well they tell true pairs from false")
    parser.add_argument("--records", type=int, default=1000, help="linked: person records in each operation")
    parser.add_argument("--lent", type=float, default=0.0, help="linked: share of records that show another's papers")
    parser.add_argument("--kin", type=float, default=0.0, help="linked: share of persons that are another's relatives")
    parser.add_argument("--together", choices=tuple(TOGETHER), default="alike", help="linked: who was found together")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(", ".join(f"{name} {value}" for name, value in vars(arguments).items()))
    if arguments.world == "scores":
        operations = scores_world(
            arguments.operations, arguments.seed, persons=arguments.persons, clarity=arguments.clarity
        )
    else:
        operations = linked_world(
            arguments.operations,
            arguments.seed,
            records=arguments.records,
            lent=arguments.lent,
            kin=arguments.kin,
            together=arguments.together,
        )
    print(f"{'figure':36}{'held':>8}{'above':>8}{'below':>8}{'width':>8}{'low–high':>10}")
    for row in coverage(operations):
        print(
            f"{row.figure:36}{row.covered:8.1%}{row.above:8.1%}{row.below:8.1%}{row.width:8.1f}{row.outer_width:10.1f}"
        )


if __name__ == "__main__":
    main()
