"""Operations that take the desk's own path: train on the operation, link, judge an audit sample, link again, count.

In: how many operations, their size, a seed. Out: each as the desk counts it before and after judging, and its truth.
Guaranteed: the model is learned from the operation alone; the judge errs by ``JUDGE_ERROR``; facts are the same before
and after; the same arguments give the same operations.

    python -m bench.desk_path --operations 200 --records 1000 --seed 601
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from bench import linked, ranges
from bench.people import inputs
from bench.population import DEVELOPMENT, TRAINING, found_names, pools, population
from traboule.figures.count import count_inputs
from traboule.figures.figure import Figure
from traboule.figures.intervals.audit import audit_order
from traboule.figures.resolved import columns
from traboule.figures.resolved.inputs import Inputs
from traboule.linkage.decisions import OPEN
from traboule.linkage.resolve import resolve
from traboule.linkage.verdicts import JudgedPair, LinkVerdict
from traboule.operation.operation import shipped

AUDITED, JUDGE_ERROR = 60, 0.03
_AT = datetime(2024, 10, 25, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LinkedTwice:
    """A population as linkage resolved it before and after the audit."""

    before: linked.Linked
    after: linked.Linked


@dataclass(frozen=True, slots=True)
class AuditedOperation:
    """An operation as counted before and after the audit, and its truth."""

    before: Inputs
    after: Inputs
    truth: Inputs


def populations(count: int, seed: int, *, records: int, audited: int = AUDITED) -> Iterator[LinkedTwice]:
    """Yield ``count`` populations of ``records`` person records, linked, judged and linked again."""
    drawn_from = pools(found_names(), (TRAINING, DEVELOPMENT))
    for number in range(count):
        made = linked.younger(population(records, seed * 10_000 + number, drawn_from))
        given = inputs(made)
        first = resolve(given)
        world = linked.observed(made, first)
        judged = _judge(world, np.random.default_rng([seed, number]), audited)
        yield LinkedTwice(world, linked.observed(made, resolve(given, judgements=judged, model=first.model)))


def audited_operation(world: LinkedTwice, random: np.random.Generator, *, together: str = "alike") -> AuditedOperation:
    """Return the operation of a population: the same facts before and after the audit."""
    synthetic = ranges.through_linkage(world.before, random, together=together)
    clusters = ranges.cluster_table(world.after.records, world.after.label)
    after = replace(synthetic.observed, clusters=clusters, links=world.after.links)
    return AuditedOperation(synthetic.observed, after, synthetic.truth)


def _judge(world: linked.Linked, random: np.random.Generator, audited: int) -> list[JudgedPair]:
    """Judge the first open links in the order of the audit, as somebody who errs now and then."""
    person = dict(zip(world.records.tolist(), world.owner.tolist(), strict=True))
    open_links = world.links.filter(np.array(world.links["status"].to_pylist()) == OPEN)
    left, right = (open_links[name].to_pylist() for name in ("left", "right"))
    judged = []
    names = (columns.texts(open_links, name) for name in ("left", "right"))
    order = audit_order(*names, open_links["probability"].to_numpy())
    for place in order[:audited].tolist():
        same = (person[left[place]] == person[right[place]]) != (random.random() < JUDGE_ERROR)
        verdict = LinkVerdict.MATCH if same else LinkVerdict.NO_MATCH
        judged.append(JudgedPair(left[place], right[place], verdict, _AT))
    return judged


@dataclass(frozen=True, slots=True)
class AuditCoverage:
    """A figure's 90 % intervals over operations: how often they covered the truth, lay above it and below it, their
    mean width as a share of the truth, and how often they held the value.
    """

    covered: float
    above: float
    below: float
    width: float
    value_inside: float


def coverage(audited: Iterable[AuditedOperation]) -> Mapping[str, Sequence[AuditCoverage]]:
    """Return the coverage of each figure before and after the audit, as :data:`bench.ranges.FIGURES` has them."""
    operation = shipped("liberterra-ii")
    outcomes: dict[str, list[list[tuple[int, int, int, int]]]] = {"before": [], "after": []}
    for world in audited:
        truth = count_inputs(world.truth, operation, detail=False)
        for moment, given in (("before", world.before), ("after", world.after)):
            counted = count_inputs(given, operation)
            outcomes[moment].append(
                [_outcome(counted.figure(name), truth.figure(name).value) for name in ranges.FIGURES]
            )
    return {moment: _coverages(np.array(rows, dtype=np.float64)) for moment, rows in outcomes.items()}


def _outcome(figure: Figure, truth: int) -> tuple[int, int, int, int]:
    low, high = figure.likely or (figure.low, figure.high)
    return low, high, figure.value, truth


def _coverages(outcomes: np.ndarray) -> list[AuditCoverage]:
    low, high, value, truth = np.moveaxis(outcomes, 2, 0)
    return [
        AuditCoverage(
            covered=float(((low <= truth) & (truth <= high))[:, place].mean()),
            above=float((low > truth)[:, place].mean()),
            below=float((high < truth)[:, place].mean()),
            width=float(((high - low) / np.maximum(truth, 1))[:, place].mean()),
            value_inside=float(((low <= value) & (value <= high))[:, place].mean()),
        )
        for place in range(outcomes.shape[1])
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--operations", type=int, default=200)
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--audited", type=int, default=AUDITED)
    parser.add_argument("--together", choices=tuple(ranges.TOGETHER), default="alike")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    names = "shared" if found_names() else "the demonstration's (the shared ones are not there)"
    print(", ".join(f"{name} {value}" for name, value in vars(given).items()), f"names: {names}")
    worlds = populations(given.operations, given.seed, records=given.records, audited=given.audited)
    audited = (
        audited_operation(world, np.random.default_rng(number), together=given.together)
        for number, world in enumerate(worlds)
    )
    print(f"{'':8}{'figure':36}{'held':>8}{'above':>8}{'below':>8}{'width':>8}{'value inside':>14}")
    for moment, rows in coverage(audited).items():
        for name, row in zip(ranges.FIGURES, rows, strict=True):
            print(
                f"{moment:8}{name:36}{row.covered:8.1%}{row.above:8.1%}{row.below:8.1%}{row.width:8.1%}"
                f"{row.value_inside:14.0%}"
            )


if __name__ == "__main__":
    main()
