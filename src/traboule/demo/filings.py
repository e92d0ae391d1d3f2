"""Generate an operation with known truth from a seed: everything that arrives, and what really happened.

In: a seed, a scale, how many states, an operation. Out: a :class:`DemoOperation`. Guaranteed: pure and deterministic,
the same arguments give the same rows in the same order on every machine; at scale 1 the truth is what was published
of Liberterra II, whatever the seed; all persons are invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from traboule.demo.desks.rounds import Filing, filings
from traboule.demo.desks.rows import actions as action_rows
from traboule.demo.desks.rows import counts, identifiers
from traboule.demo.desks.rows import persons as person_rows
from traboule.demo.desks.rows.tables import FiledTable, FiledWorld, filed_world
from traboule.demo.desks.sightings import AMBIGUOUS, ANCHOR, Records, records
from traboule.demo.desks.style import desks
from traboule.demo.desks.training import PEOPLE, training_agency
from traboule.demo.findings.planted import Planted, planted
from traboule.demo.world.cases import NO_CASE, cases, public_cases
from traboule.demo.world.difficulty import EASY, Difficulty
from traboule.demo.world.people import people
from traboule.demo.world.places import Outline, outline, taking_part
from traboule.demo.world.plan import PUBLISHED, WorldPlan, plan

__all__ = ["ROUNDS", "DemoOperation", "Filing", "Truth", "generate", "scale_for"]

ROUNDS = ("first", "correction", "late", "withdrawal")
_PERSONS_AT_SCALE_ONE = 5_800


@dataclass(frozen=True)
class Truth:
    """What really happened. Records are written ``UNIT/agency/row_id``, as the register writes them.

    ``figures``: figure -> value. ``person_of``: record of the people table -> person (below zero: nobody, an
    exercise). ``arrest_of``: record of the arrests table -> arrest. ``case_of``: public case -> record of its action as
    the state that ran it filed it. ``ambiguous``: pairs of records of one person that
    no identifier ties. ``shared_phones``: phones of shelters and hotlines (E.164). ``declared``: what totals-only
    states declare. ``planted``: what the links show, once they are found.
    """

    figures: Mapping[str, int]
    person_of: Mapping[str, int]
    arrest_of: Mapping[str, int]
    case_of: Mapping[str, str]
    ambiguous: tuple[tuple[str, str], ...]
    shared_phones: tuple[str, ...]
    declared: Mapping[str, Mapping[str, int]]
    planted: Planted

    def same(self, left: str, right: str) -> bool:
        """Tell whether two records of the people table are of one person. Raises KeyError for an unknown record."""
        return self.person_of[left] == self.person_of[right]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every pair of records of one person, the smaller record first, sorted."""
        together: dict[int, list[str]] = {}
        for record, person in self.person_of.items():
            together.setdefault(person, []).append(record)
        several = [sorted(group) for group in together.values() if len(group) > 1]
        yield from sorted(pair for group in several for pair in combinations(group, 2))


@dataclass(frozen=True)
class DemoOperation:
    """Everything that arrives, in the order it does, and the truth."""

    seed: int
    scale: float
    filings: tuple[Filing, ...]
    truth: Truth

    def sent_in(self, round_: str) -> tuple[Filing, ...]:
        """Return the filings of one of ``ROUNDS``, in order."""
        return tuple(filing for filing in self.filings if filing.round == round_)


def scale_for(persons: int) -> float:
    """Return the scale at which a world has about ``persons`` persons."""
    return persons / _PERSONS_AT_SCALE_ONE


def generate(
    seed: int,
    *,
    scale: float = 1.0,
    states: int = 116,
    operation: Outline | None = None,
    difficulty: Difficulty = EASY,
) -> DemoOperation:
    """Return the operation of ``seed``: at most ``states`` participants of ``operation``, totals times ``scale``.

    Time and memory grow in proportion to ``scale``. The states of the public record take part first.
    ``difficulty``: how hard its persons are to tell apart, which changes no total.
    """
    of_operation = operation or outline()
    of = replace(plan(seed, scale, taking_part(of_operation, states)), difficulty=difficulty)
    days = (of_operation.end - of_operation.start).days + 1
    actions, involved = cases(seed, of, days)
    persons, person, involved = people(seed, of, actions, involved)
    seen = records(seed, of, actions, involved, (persons, person))
    world = filed_world(seed, (of, actions, involved, persons), seen, desks(seed, of, of_operation.start))
    tables, papers_truth, shelters = _tables(world)
    sent = filings(world, tables, of_operation)
    return DemoOperation(seed, scale, tuple(sent), _truth(world, tables, (papers_truth, shelters), of))


def _tables(world: FiledWorld) -> tuple[dict[str, FiledTable], Planted, tuple[str, ...]]:
    papers, legs = identifiers.identifiers(world), action_rows.legs(world)
    all_tables = [
        action_rows.actions(world),
        person_rows.people(world),
        person_rows.roles(world),
        person_rows.victims(world),
        person_rows.arrests(world),
        counts.migrants(world),
        papers.table,
        legs.table,
        action_rows.seizures(world),
        counts.checks(world),
        action_rows.hits(world),
        counts.investigations(world),
    ]
    return {table.name: table for table in all_tables}, planted(world, papers, legs), papers.shelters


def _truth(
    world: FiledWorld, tables: Mapping[str, FiledTable], papers_truth: tuple[Planted, tuple[str, ...]], of: WorldPlan
) -> Truth:
    prefix = [f"{unit}/{agency}/" for unit, agency in zip(world.desks.unit, world.desks.agency, strict=True)]
    record_ids = [prefix[desk] + row for desk, row in zip(world.records.desk.tolist(), world.person_ids, strict=True)]
    person_of = dict(zip(record_ids, world.records.person.tolist(), strict=True))
    arrests = tables["arrests"]
    involvement = dict(zip(record_ids, world.records.involvement.tolist(), strict=True))
    arrest_of = {
        prefix[desk] + str(row["row_id"]): involvement[prefix[desk] + str(row["person"])]
        for desk, row in zip(arrests.desk.tolist(), arrests.rows, strict=True)
    }
    return Truth(
        figures={name: of.truth[name] for name in ("participants", *PUBLISHED)},
        person_of=person_of | _nobody(of),
        arrest_of=arrest_of,
        case_of=_case_of(world, prefix),
        ambiguous=_ambiguous(world.records, record_ids),
        shared_phones=papers_truth[1],
        declared=of.declared,
        planted=papers_truth[0],
    )


def _ambiguous(of: Records, record_ids: list[str]) -> tuple[tuple[str, str], ...]:
    anchor = np.zeros(int(of.person.max(initial=0)) + 1, dtype=np.int64)
    anchors = np.flatnonzero(of.evidence == ANCHOR)
    anchor[of.person[anchors]] = anchors
    vague = np.flatnonzero(of.evidence == AMBIGUOUS).tolist()
    pairs = [(record_ids[place], record_ids[int(anchor[of.person[place]])]) for place in vague]
    return tuple(sorted((min(pair), max(pair)) for pair in pairs))


def _case_of(world: FiledWorld, prefix: list[str]) -> dict[str, str]:
    desks, actions = world.desk_action
    own = np.flatnonzero((world.actions.case[actions] != NO_CASE) & ~action_rows.foreign(world))
    names = [str(case["name"]) for case in public_cases()]
    action_of_case: dict[str, str] = {}
    for row in own.tolist():
        name = names[int(world.actions.case[actions[row]])]
        action_of_case.setdefault(name, prefix[int(desks[row])] + world.action_ids[row])
    return action_of_case


def _nobody(of: WorldPlan) -> dict[str, int]:
    """Return the records of exercise files; each belongs to no person."""
    exercise_records: dict[str, int] = {}
    for state in of.training:
        agency = training_agency(state)
        for number in range(PEOPLE):
            exercise_records[f"{state}/{agency}/P{number + 1:05d}"] = -len(exercise_records) - 1
    return exercise_records
