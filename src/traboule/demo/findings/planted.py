"""Name what the generator planted for an analyst to find.

In: what rows are written from, the identifiers as filed and what they show in truth. Out: :class:`Planted`.
Guaranteed: pure; actions and persons by their numbers in the world, so that no finding of the analysis is in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from traboule.demo.desks.rows.actions import FiledLegs
from traboule.demo.desks.rows.identifiers import TrueIdentifiers
from traboule.demo.desks.rows.tables import FiledWorld
from traboule.demo.world.cases import ARRESTED, SUSPECT
from traboule.demo.world.rings import CONVERGING

Actions = frozenset[int]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """What is there to be found.

    ``action_of`` and ``thing_of``: record as filed -> action, and what an identifier shows. ``groups``: actions that
    one ring, or persons and things outside rings, tie. ``facilitators``: suspects without whom actions fall apart.
    ``corridors``: ends between which several persons travelled. ``convergence``: pairs of crimes that rings combine.
    ``persons`` and ``things``: seen in several actions. ``adverts``: record of an advert -> the offer it repeats.
    """

    action_of: Mapping[str, int]
    thing_of: Mapping[str, str]
    groups: tuple[Actions, ...]
    facilitators: frozenset[int]
    corridors: frozenset[Pair]
    convergence: frozenset[Pair]
    persons: frozenset[int]
    things: frozenset[str]
    adverts: Mapping[str, str]


def planted(world: FiledWorld, papers: TrueIdentifiers, legs: FiledLegs) -> Planted:
    """Return what is there to be found in a world as it was filed."""
    prefix = [f"{unit}/{agency}/" for unit, agency in zip(world.desks.unit, world.desks.agency, strict=True)]
    desks, actions = (column.tolist() for column in world.desk_action)
    names = [
        prefix[desk] + str(row["row_id"])
        for desk, row in zip(papers.table.desk.tolist(), papers.table.rows, strict=True)
    ]
    persons = _actions_of_persons(world)
    items, holders = _actions_of_things(world, papers, persons)
    met_again = {person: of for person, of in persons.items() if len(of) > 1}
    shared = [of for item, of in items.items() if len(holders[item]) != 1]
    protected = _not_suspects(world)
    facilitators = [
        person
        for person, of in met_again.items()
        if person not in protected
        and _separates(of, [*(met_again[peer] for peer in met_again if peer != person), *shared])
    ]
    return Planted(
        action_of={
            prefix[desk] + row: action for desk, row, action in zip(desks, world.action_ids, actions, strict=True)
        },
        thing_of=dict(zip(names, papers.true, strict=True)),
        groups=_groups([*met_again.values(), *shared], world.actions.ring.tolist()),
        facilitators=frozenset(facilitators),
        corridors=_corridors(legs),
        convergence=frozenset(CONVERGING),
        persons=frozenset(met_again),
        things=frozenset(items),
        adverts={name: true for name, true in zip(names, papers.true, strict=True) if true.startswith("advert ")},
    )


def _actions_of_persons(world: FiledWorld) -> dict[int, Actions]:
    """Return the actions of each person."""
    actions: defaultdict[int, set[int]] = defaultdict(set)
    taken = world.involved.action[world.records.involvement].tolist()
    for person, action in zip(world.records.person.tolist(), taken, strict=True):
        actions[person].add(action)
    return {person: frozenset(of) for person, of in actions.items()}


def _not_suspects(world: FiledWorld) -> frozenset[int]:
    """Return the persons who are anything but suspects: victims, witnesses, missing persons."""
    bits = world.involved.roles[world.records.involvement]
    return frozenset(world.records.person[(bits & ~(ARRESTED | SUSPECT)) > 0].tolist())


def _actions_of_things(
    world: FiledWorld, papers: TrueIdentifiers, persons: Mapping[int, Actions]
) -> tuple[dict[str, Actions], dict[str, set[int]]]:
    """Return the things seen in several actions with these, and the persons who show each; no shelter's telephone."""
    actions: defaultdict[str, set[int]] = defaultdict(set)
    holders: defaultdict[str, set[int]] = defaultdict(set)
    stopped = {f"phone {phone}" for phone in papers.shelters}
    stems = world.desk_action[1][papers.table.stem].tolist()
    for item, action, person in zip(papers.true, stems, papers.person.tolist(), strict=True):
        if item not in stopped:
            actions[item].add(action)
            if person >= 0:
                holders[item].add(person)
                actions[item] |= persons[person]
    several = {item: frozenset(of) for item, of in actions.items() if len(of) > 1}
    return several, {item: holders[item] for item in several}


def _groups(ties: Iterable[Actions], ring: list[int]) -> tuple[Actions, ...]:
    """Return the actions that ties join; a tie never joins two rings, which are two groups however they deal."""
    leader = list(range(len(ring)))
    ring_of = list(ring)

    def first(action: int) -> int:
        while leader[action] != action:
            leader[action] = action = leader[leader[action]]
        return action

    for actions in ties:
        for left, right in combinations(sorted(actions, key=lambda action: (ring[action] < 0, action)), 2):
            ours, theirs = first(left), first(right)
            rings = {ring_of[ours], ring_of[theirs]} - {-1}
            if ours != theirs and len(rings) < 2:
                leader[theirs] = ours
                ring_of[ours] = max(rings, default=-1)
    members: defaultdict[int, set[int]] = defaultdict(set)
    for action in range(len(ring)):
        members[first(action)].add(action)
    return tuple(frozenset(of) for _, of in sorted(members.items()) if len(of) > 1)


def _separates(actions: Actions, ties: Iterable[Actions]) -> bool:
    """Tell whether some of ``actions`` are joined by none of ``ties``, however many steps it takes."""
    reached, remaining = {min(actions)}, [tie for tie in ties if len(tie) > 1]
    while near := [tie for tie in remaining if tie & reached]:
        reached.update(*near)
        remaining = [tie for tie in remaining if not tie & reached]
    return not actions <= reached


def _corridors(legs: FiledLegs) -> frozenset[Pair]:
    """Return the ends between which more than one person travelled."""
    persons: defaultdict[Pair, set[int]] = defaultdict(set)
    for person, ends in zip(legs.person, legs.ends, strict=True):
        persons[ends].add(person)
    return frozenset(ends for ends, travellers in persons.items() if len(travellers) > 1)
