"""Break figures down by state, exploitation, sex, age band, nationality, attribution, under each reading.

In: a case and the entities counted. Out: dimension -> code -> (value, low, high). Guaranteed: as in ``breakdown``; a
person belongs to the state that identified it first, an arrest to the arresting state; the arrests of possible victims
are in no breakdown (rule 15).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from traboule.figures.definition import FigureDefinition
from traboule.figures.resolved.attributes import BAND_CODES
from traboule.figures.resolved.breakdown import (
    UNSPECIFIED,
    Cell,
    Counts,
    GroupCodes,
    cells,
    earliest,
    exclusive,
    majority,
    overlapping,
)
from traboule.figures.resolved.case import ATTRIBUTIONS, VICTIMS, ArrestRows, Case, CasePart
from traboule.figures.resolved.columns import ABSENT, Flags, Ints
from traboule.figures.resolved.facts import Sightings
from traboule.figures.resolved.groups import ArrestGroups

ATTRIBUTION_NAMES = tuple(ATTRIBUTIONS)
_LAST = int(np.iinfo(np.int64).max)

Split = dict[str, Counts]
Splitter = Callable[[Case, CasePart, FigureDefinition, Ints], Split]


def of(case: Case, definition: FigureDefinition, split: Splitter) -> list[Split]:
    """Split a figure by its dimensions under each reading. What no open link touches is split once."""
    fixed = split(case, case.settled, definition, case.settled.partitions.value)
    open_splits = [split(case, case.contested, definition, label) for label in case.contested.partitions.readings()]
    return requested_dimensions(definition, [_sum_splits(fixed, reading) for reading in open_splits])


def requested_dimensions(definition: FigureDefinition, readings: Sequence[Mapping[str, Counts]]) -> list[Split]:
    """Return of each reading the dimensions that the figure asks for, empty cells left out."""
    return [
        {name: {code: number for code, number in reading[name].items() if number} for name in definition.breakdowns}
        for reading in readings
    ]


def three_readings(readings: Sequence[Mapping[str, Counts]]) -> dict[str, dict[str, Cell]]:
    """Bring the value, low and high readings together: dimension -> code -> (value, least, most)."""
    return {name: cells(*(reading[name] for reading in readings)) for name in readings[0]}


def _sum_splits(left: Split, right: Split) -> Split:
    return {
        name: {code: counts.get(code, 0) + right[name].get(code, 0) for code in {**counts, **right[name]}}
        for name, counts in left.items()
    }


def suspects(part: CasePart, label: Ints) -> Flags:
    """Tell of each group whether any of its records is a possible victim, in whatever phase (rule 15)."""

    def made() -> Flags:
        suspect = np.zeros(part.nodes, dtype=np.bool_)
        suspect[label[part.sightings_of[VICTIMS].node]] = True
        return suspect

    return part.read("suspects", label, made)


def persons(case: Case, part: CasePart, label: Ints, holders: tuple[Ints, Sightings]) -> Split:
    """Split the persons (groups) that hold a measure; each stands with the state that found it first."""
    entities, inside = holders
    split = _split_by_attributes(part, entities, label)
    split["state"] = exclusive(found_by(part, label, inside)[entities], case.facts.units)
    forms = part.forms
    exploitation = part.read("forms", label, lambda: GroupCodes.of(label[forms.node], forms.code, forms.names))
    split["exploitation"] = overlapping(entities, exploitation, part.nodes)
    return split


def found_by(part: CasePart, label: Ints, inside: Sightings) -> Ints:
    """Return for each group the state that found it first, -1 for a group that ``inside`` does not see."""

    def made() -> Ints:
        day = np.where(inside.day == ABSENT, _LAST, inside.day)
        return earliest(label[inside.node], day, inside.unit, part.nodes)

    return part.read(("found by", id(inside)), label, made)


def arrests(case: Case, part: CasePart, label: Ints, arrested: tuple[ArrestRows, ArrestGroups, Ints]) -> Split:
    """Split the arrests; those of possible victims stay unspecified throughout (rule 15)."""
    rows, made, counted_groups = arrested
    whose = made.first_of(label[rows.node])[counted_groups]
    is_shown = ~suspects(part, label)[whose]
    split = _split_by_attributes(part, whose[is_shown], label)
    split["state"] = exclusive(made.first_of(rows.state)[counted_groups][is_shown], case.facts.units)
    split["attribution"] = exclusive(
        attribution_of(made, rows.attribution)[counted_groups][is_shown], ATTRIBUTION_NAMES
    )
    hidden = len(whose) - int(is_shown.sum())
    return {name: {**counts, UNSPECIFIED: counts[UNSPECIFIED] + hidden} for name, counts in split.items()}


def attribution_of(made: ArrestGroups, code: Ints) -> Ints:
    """Return one attribution per arrest: what any row says of the theme outweighs linked, and that incidental."""
    if not made.number():
        return np.empty(0, dtype=np.int64)
    bits = np.array([*ATTRIBUTIONS.values(), 0], dtype=np.int64)[code]
    joined = np.bitwise_or.reduceat(bits[made.order], made.starts)
    themed = (joined & 3) - 1
    return np.where(themed >= 0, themed, np.where(joined & 4 > 0, 3, np.where(joined & 8 > 0, 4, -1)))


def placed(part: CasePart, entities: Ints, label: Ints) -> dict[str, tuple[Ints, tuple[str, ...]]]:
    """Return of each entity (given by its group) the one sex and the one age band, -1 for none, and their names."""
    read = part.attributes
    sex = part.read("sex", label, lambda: majority(label[read.node], read.sex, part.nodes))
    band = part.read("age band", label, lambda: majority(label[read.node], read.band, part.nodes))
    return {"sex": (sex[entities], read.sexes), "age_band": (band[entities], BAND_CODES)}


def _split_by_attributes(part: CasePart, entities: Ints, label: Ints) -> Split:
    """Split entities (given by their group) by what their persons' records say."""
    read = part.attributes
    nationals = part.read(
        "nationality", label, lambda: GroupCodes.of(label[read.national_node], read.nationality, read.nationalities)
    )
    return {
        **{name: exclusive(codes, names) for name, (codes, names) in placed(part, entities, label).items()},
        "nationality": overlapping(entities, nationals, part.nodes),
    }
