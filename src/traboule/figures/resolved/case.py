"""Resolve an operation once: facts by person, in a part that open links cannot change and a part that they can.

In: inputs and operation. Out: a case, which every counter reads. Guaranteed: the two parts share no group under any
reading, so that their counts add up; only the small contested part is counted more than once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar, cast

import numpy as np

from traboule.core.parallel import both
from traboule.figures.definition import Dictionary, FigureDefinition, Population, dictionary, select
from traboule.figures.resolved import attributes, breakdown, columns, facts, partition
from traboule.figures.resolved.attributes import Attributes
from traboule.figures.resolved.columns import Flags, Ints, Texts
from traboule.figures.resolved.facts import Facts, Sightings
from traboule.figures.resolved.inputs import Inputs
from traboule.figures.resolved.partition import OpenLinks, Partitions
from traboule.figures.resolved.window import OPERATION
from traboule.operation.operation import Operation

VICTIMS = "potential_victims"
Made = TypeVar("Made")
ATTRIBUTIONS: Mapping[str, int] = {"trafficking": 1, "smuggling": 2, "both": 3, "linked": 4, "incidental": 8}


@dataclass(frozen=True, slots=True)
class ArrestRows:
    """Arrest rows by cluster: place in the table, filing and arresting state, moment, phase, attribution code."""

    node: Ints
    row: Ints
    unit: Ints
    state: Ints
    time: Ints
    phase: Ints
    attribution: Ints

    def where(self, chosen: Flags | Ints) -> ArrestRows:
        """Return the chosen rows."""
        return ArrestRows(*(getattr(self, column.name)[chosen] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class Forms:
    """What operational victim rows say of exploitation: (cluster, code) pairs, broader codes included."""

    node: Ints
    code: Ints
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePart:
    """Clusters and all that is known of them. ``names`` are their smallest records, ``partitions`` their readings;
    ``made`` keeps what several figures ask for.
    """

    names: Texts
    partitions: Partitions
    sightings_of: Mapping[str, Sightings]
    arrests: ArrestRows
    forms: Forms
    attributes: Attributes
    minors: Flags
    made: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def nodes(self) -> int:
        """Return how many clusters there are."""
        return len(self.names)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return the result of ``make``, called once for each ``key``."""
        if key not in self.made:
            self.made[key] = make()
        return cast(Made, self.made[key])

    def read(self, key: Hashable, label: Ints, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gives under the reading ``label``, called once where that is one of the part's own."""
        own = any(label is reading for reading in self.partitions.readings())
        return self.once((key, id(label)), make) if own else make()

    def inside(self, figure: str) -> Sightings:
        """Return the sightings inside the operation that hold the measure of a figure of persons."""
        sightings = self.sightings_of[figure]
        return self.once(("inside", id(sightings)), lambda: sightings.where(sightings.phase == OPERATION))


@dataclass(frozen=True, slots=True)
class Case:
    """An operation resolved. ``complete`` holds everything. ``settled`` is what no open link touches, ``contested`` the
    rest, with clusters of its own numbers; ``links`` are the open links in those numbers.
    """

    inputs: Inputs
    operation: Operation
    definitions: Dictionary
    facts: Facts
    complete: CasePart
    settled: CasePart
    contested: CasePart
    links: OpenLinks

    @property
    def parts(self) -> tuple[CasePart, CasePart]:
        """Return the settled and the contested part."""
        return self.settled, self.contested


def resolve(inputs: Inputs, operation: Operation) -> Case:
    """Read facts, people, links and attributes once, for the figures ``operation`` asks for.

    Raises NotFound for a figure that is not defined.
    """
    definitions = select(dictionary(), operation.figures)
    # Rule 15 needs to know the possible victims even where the operation does not ask for their number.
    used = {VICTIMS: dictionary()[VICTIMS], **definitions}
    facts_, born = both(
        lambda: facts.facts(inputs, operation, tuple(used.values())), lambda: attributes.by_birth(inputs, operation)
    )
    persons = [definition for definition in used.values() if definition.population is Population.PERSONS]
    # A figure and its part ask the same of a row, and differ in what they ask of a person.
    by_filter = {definition.filter: facts.holding(facts_, definition) for definition in persons}
    sightings = {definition.id: by_filter[definition.filter] for definition in persons}
    readings = partition.partitions(facts_.people, facts_.links)
    wanted = np.zeros(facts_.people.nodes, dtype=np.bool_)
    for node in (*(definition.node for definition in by_filter.values()), facts_.arrests.sightings.node):
        wanted[readings.low[node]] = True
    read = attributes.attributes(inputs, facts_, wanted[readings.low], born)
    minors = np.zeros(facts_.people.nodes, dtype=np.bool_)
    minors[read.node[read.minor]] = True
    forms = _forms(facts_, used[VICTIMS])
    complete = CasePart(facts_.people.names, readings, sightings, _arrest_rows(facts_), forms, read, minors)
    touched = columns.unique(np.concatenate([facts_.links.left, facts_.links.right]))
    # In the order of their names: the draws of a component must not depend on other components.
    touched = touched[np.argsort(columns.ranks(columns.taken(facts_.people.names, touched)))]
    return _split(inputs, operation, definitions, facts_, (complete, touched))


def _split(
    inputs: Inputs,
    operation: Operation,
    definitions: Dictionary,
    facts_: Facts,
    divided: tuple[CasePart, Ints],
) -> Case:
    complete, touched = divided
    moves = np.zeros(complete.nodes, dtype=np.bool_)
    moves[touched] = True
    renumbered = np.zeros(complete.nodes, dtype=np.int64)
    renumbered[touched] = np.arange(len(touched), dtype=np.int64)
    identity = np.arange(complete.nodes, dtype=np.int64)
    settled = _restricted(complete, ~moves, identity, complete.names, Partitions(identity, identity, identity))
    of_whole = complete.partitions
    readings = Partitions(*(renumbered[reading[touched]] for reading in (of_whole.high, of_whole.value, of_whole.low)))
    contested = _restricted(complete, moves, renumbered, columns.taken(complete.names, touched), readings)
    contested = replace(contested, minors=complete.minors[touched])
    return Case(
        inputs,
        operation,
        definitions,
        facts_,
        complete,
        settled,
        contested,
        _renumbered(facts_.links, moves, renumbered),
    )


def _renumbered(links: OpenLinks, moves: Flags, renumbered: Ints) -> OpenLinks:
    inside = moves[links.apart_left] & moves[links.apart_right]
    unlikely = moves[links.rejected_left] & moves[links.rejected_right]
    return OpenLinks(
        renumbered[links.left],
        renumbered[links.right],
        links.probability,
        links.row,
        renumbered[links.apart_left[inside]],
        renumbered[links.apart_right[inside]],
        renumbered[links.rejected_left[unlikely]],
        renumbered[links.rejected_right[unlikely]],
    )


def _restricted(complete: CasePart, chosen: Flags, renumbered: Ints, names: Texts, readings: Partitions) -> CasePart:
    """Return the part with only the clusters ``kept``, renumbered."""
    read = complete.attributes
    records, nationals = chosen[read.node], chosen[read.national_node]
    attributes_ = Attributes(
        renumbered[read.node[records]],
        read.person[records],
        read.unit[records],
        read.sex[records],
        read.sexes,
        read.band[records],
        read.minor[records],
        renumbered[read.national_node[nationals]],
        read.nationality[nationals],
        read.nationalities,
    )
    apart = {id(sightings): sightings for sightings in complete.sightings_of.values()}
    restricted = {
        key: sightings.where(chosen[sightings.node]).renumbered(renumbered) for key, sightings in apart.items()
    }
    sightings_of = {name: restricted[id(sightings)] for name, sightings in complete.sightings_of.items()}
    arrests = complete.arrests.where(chosen[complete.arrests.node])
    arrests = ArrestRows(renumbered[arrests.node], *(getattr(arrests, column.name) for column in fields(arrests)[1:]))
    formed = chosen[complete.forms.node]
    forms = Forms(renumbered[complete.forms.node[formed]], complete.forms.code[formed], complete.forms.names)
    return CasePart(names, readings, sightings_of, arrests, forms, attributes_, complete.minors & chosen)


def _arrest_rows(facts_: Facts) -> ArrestRows:
    arrests = facts_.arrests
    seen = arrests.sightings
    attribution = columns.coded_as(arrests.attribution, tuple(ATTRIBUTIONS))
    return ArrestRows(seen.node, seen.row, seen.unit, arrests.state, arrests.time, seen.phase, attribution)


def _forms(facts_: Facts, definition: FigureDefinition) -> Forms:
    victims = facts_.person_tables["victims"]
    inside = victims.sightings.phase == OPERATION
    for condition in definition.filter:
        for exception in condition.unless:
            if exception.table == "victims":
                inside &= ~columns.among(victims.field, exception.among)
    row, codes = columns.exploded(victims.table, "exploitation")
    code, names = columns.coded(codes)
    place, code, names = breakdown.widened(np.where(inside[row], code, -1), names)
    return Forms(victims.sightings.node[row[place]], code, names)
