"""An operation resolved once: facts by person, in two parts, one that the open links cannot change and one they can.

Comes in: inputs and operation. Goes out: a case, from which every counter reads.
Promises: the two parts share no group under any reading, so that whatever is counted of the one adds to the other;
only the small moving part is ever counted more than once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar, cast

import numpy as np

from traboule.core.parallel import both
from traboule.figures.definition import Definition, Dictionary, Population, asked, dictionary
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
        return ArrestRows(*(getattr(self, one.name)[chosen] for one in fields(self)))


@dataclass(frozen=True, slots=True)
class Forms:
    """What operational victim rows say of exploitation: (cluster, code) pairs, broader codes included."""

    node: Ints
    code: Ints
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Clusters and all that is known of them. ``names`` are their smallest records, ``partitions`` their readings;
    ``made`` keeps what several figures ask for.
    """

    names: Texts
    partitions: Partitions
    holds: Mapping[str, Sightings]
    arrests: ArrestRows
    forms: Forms
    attributes: Attributes
    minors: Flags
    made: dict[Hashable, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def nodes(self) -> int:
        """Return how many clusters there are."""
        return len(self.names)

    def once(self, what: Hashable, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gives, called once for each ``what``."""
        if what not in self.made:
            self.made[what] = make()
        return cast(Made, self.made[what])

    def read(self, what: Hashable, label: Ints, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gives under the reading ``label``, called once where that is one of the part's own."""
        own = any(label is one for one in self.partitions.each())
        return self.once((what, id(label)), make) if own else make()

    def inside(self, figure: str) -> Sightings:
        """Return the sightings inside the operation that hold the measure of a figure of persons."""
        held = self.holds[figure]
        return self.once(("inside", id(held)), lambda: held.where(held.phase == OPERATION))


@dataclass(frozen=True, slots=True)
class Case:
    """``whole`` is divided in ``still``, what no open link touches, and ``moving``, the rest; its clusters are numbered
    anew and ``links`` are its open links in those numbers.
    """

    inputs: Inputs
    operation: Operation
    definitions: Dictionary
    facts: Facts
    whole: Part
    still: Part
    moving: Part
    links: OpenLinks

    @property
    def parts(self) -> tuple[Part, Part]:
        """Return still and moving."""
        return self.still, self.moving


def resolve(inputs: Inputs, operation: Operation) -> Case:
    """Read facts, people, links and attributes once, for the figures ``operation`` asks for.

    Raises NotFound for a figure that is not defined.
    """
    definitions = asked(dictionary(), operation.figures)
    # Rule 15 needs to know the possible victims even where the operation does not ask for their number.
    used = {VICTIMS: dictionary()[VICTIMS], **definitions}
    known, born = both(
        lambda: facts.facts(inputs, operation, tuple(used.values())), lambda: attributes.by_birth(inputs, operation)
    )
    persons = [one for one in used.values() if one.population is Population.PERSONS]
    # A figure and its part ask the same of a row, and differ in what they ask of a person.
    alike = {one.filter: facts.holding(known, one) for one in persons}
    holds = {one.id: alike[one.filter] for one in persons}
    readings = partition.partitions(known.people, known.links)
    wanted = np.zeros(known.people.nodes, dtype=np.bool_)
    for node in (*(one.node for one in alike.values()), known.arrests.sightings.node):
        wanted[readings.low[node]] = True
    read = attributes.attributes(inputs, known, wanted[readings.low], born)
    minors = np.zeros(known.people.nodes, dtype=np.bool_)
    minors[read.node[read.minor]] = True
    forms = _forms(known, used[VICTIMS])
    whole = Part(known.people.names, readings, holds, _arrest_rows(known), forms, read, minors)
    touched = columns.unique(np.concatenate([known.links.left, known.links.right]))
    # In the order of their names: how a tangle is drawn must not hang on what else there is.
    touched = touched[np.argsort(columns.ranks(columns.taken(known.people.names, touched)))]
    return _split(inputs, operation, definitions, known, (whole, touched))


def _split(
    inputs: Inputs,
    operation: Operation,
    definitions: Dictionary,
    known: Facts,
    divided: tuple[Part, Ints],
) -> Case:
    whole, touched = divided
    moves = np.zeros(whole.nodes, dtype=np.bool_)
    moves[touched] = True
    renumbered = np.zeros(whole.nodes, dtype=np.int64)
    renumbered[touched] = np.arange(len(touched), dtype=np.int64)
    identity = np.arange(whole.nodes, dtype=np.int64)
    still = _restricted(whole, ~moves, identity, whole.names, Partitions(identity, identity, identity))
    of_whole = whole.partitions
    readings = Partitions(*(renumbered[one[touched]] for one in (of_whole.high, of_whole.value, of_whole.low)))
    moving = _restricted(whole, moves, renumbered, columns.taken(whole.names, touched), readings)
    moving = replace(moving, minors=whole.minors[touched])
    return Case(
        inputs, operation, definitions, known, whole, still, moving, _renumbered(known.links, moves, renumbered)
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


def _restricted(whole: Part, kept: Flags, renumbered: Ints, names: Texts, readings: Partitions) -> Part:
    """Return what is known of the clusters ``kept``, numbered anew."""
    read = whole.attributes
    records, nationals = kept[read.node], kept[read.national_node]
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
    apart = {id(one): one for one in whole.holds.values()}
    alike = {key: one.where(kept[one.node]).renumbered(renumbered) for key, one in apart.items()}
    holds = {name: alike[id(one)] for name, one in whole.holds.items()}
    arrests = whole.arrests.where(kept[whole.arrests.node])
    arrests = ArrestRows(renumbered[arrests.node], *(getattr(arrests, one.name) for one in fields(arrests)[1:]))
    formed = kept[whole.forms.node]
    forms = Forms(renumbered[whole.forms.node[formed]], whole.forms.code[formed], whole.forms.names)
    return Part(names, readings, holds, arrests, forms, attributes_, whole.minors & kept)


def _arrest_rows(known: Facts) -> ArrestRows:
    arrests = known.arrests
    seen = arrests.sightings
    attribution = columns.coded_as(arrests.attribution, tuple(ATTRIBUTIONS))
    return ArrestRows(seen.node, seen.row, seen.unit, arrests.state, arrests.time, seen.phase, attribution)


def _forms(known: Facts, definition: Definition) -> Forms:
    victims = known.said["victims"]
    inside = victims.sightings.phase == OPERATION
    for condition in (other for one in definition.filter for other in one.unless if other.table == "victims"):
        inside &= ~columns.among(victims.field, condition.among)
    row, said = columns.exploded(victims.table, "exploitation")
    code, names = columns.coded(said)
    place, code, names = breakdown.widened(np.where(inside[row], code, -1), names)
    return Forms(victims.sightings.node[row[place]], code, names)
