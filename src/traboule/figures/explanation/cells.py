"""Which of the records that a figure counts stand in a cell of one of its breakdowns.

In: a resolved case, a figure's definition, a dimension and a code. Out: names of contributing records. Guaranteed: read
as the breakdown itself is counted, so a cell has as many records (or as much in their amounts) as it counts from rows;
an arrest of a possible victim is unspecified in every dimension (rule 15).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.resolved import columns, counters, splits, tallies
from traboule.figures.resolved.breakdown import UNSPECIFIED, GroupCodes
from traboule.figures.resolved.case import Case, CasePart
from traboule.figures.resolved.columns import Ints, Texts
from traboule.figures.resolved.window import OPERATION


@dataclass(frozen=True, slots=True)
class DimensionCodes:
    """Pairs of an entity and a code that it has in a dimension; -1 for none. ``names`` are the codes'."""

    entity: Ints
    code: Ints
    names: Sequence[str]

    @classmethod
    def exclusive(cls, codes: Ints, names: Sequence[str]) -> DimensionCodes:
        """Return the pairs where each entity has one code at most."""
        return cls(np.arange(len(codes), dtype=np.int64), codes, names)

    def among(self, code: str, size: int) -> Ints:
        """Return which of ``size`` entities have ``code``; for "unspecified" those that have none."""
        if code == UNSPECIFIED:
            has_code = np.zeros(size, dtype=np.bool_)
            has_code[self.entity[self.code >= 0]] = True
            return np.flatnonzero(~has_code)
        if code not in self.names:
            return np.empty(0, dtype=np.int64)
        return self.entity[np.flatnonzero(self.code == list(self.names).index(code))]


@dataclass(frozen=True, slots=True)
class ClassifiedEntities:
    """The entities that a figure counts, by the record that names each, and their codes by dimension."""

    records: Texts
    codes: Mapping[str, DimensionCodes]


def records_of_cell(case: Case, definition: FigureDefinition, dimension: str, code: str) -> frozenset[str]:
    """Return the names of the contributing records of a cell; none for a code that occurs nowhere.

    KeyError for a dimension by which figures of this population are not broken down.
    """
    entities = _CLASSIFIERS[definition.population](case, definition)
    chosen = entities.codes[dimension].among(code, len(entities.records))
    return frozenset(columns.names(columns.taken(entities.records, chosen)))


def _persons(case: Case, definition: FigureDefinition) -> ClassifiedEntities:
    part, label = case.complete, case.complete.partitions.value
    holders = counters.holders(part, definition, label)
    found_by = splits.found_by(part, label, part.inside(definition.id))[holders]
    forms = GroupCodes.of(label[part.forms.node], part.forms.code, part.forms.names)
    codes = {
        **_attributes(part, holders, label),
        "state": DimensionCodes.exclusive(found_by, case.facts.units),
        "exploitation": _overlapping(holders, forms, part.nodes),
    }
    return ClassifiedEntities(columns.taken(part.names, holders), codes)


def _arrests(case: Case, definition: FigureDefinition) -> ClassifiedEntities:
    part, label = case.complete, case.complete.partitions.value
    arrested = counters.arrests(part, counters.chosen_attributions(definition), label)
    rows, groups, counted = arrested.rows, arrested.groups, arrested.counted_groups
    whose = groups.first_of(label[rows.node])[counted]
    is_hidden = splits.suspects(part, label)[whose]
    records = case.facts.arrests.records
    rank = columns.ranks(records)
    least = np.argsort(rank)[groups.least(rank[rows.row])[counted]]
    codes = {
        **_attributes(part, whose, label),
        "state": DimensionCodes.exclusive(groups.first_of(rows.state)[counted], case.facts.units),
        "attribution": DimensionCodes.exclusive(
            splits.attribution_of(groups, rows.attribution)[counted], splits.ATTRIBUTION_NAMES
        ),
    }
    shown = {
        name: DimensionCodes(pairs.entity, np.where(is_hidden[pairs.entity], -1, pairs.code), pairs.names)
        for name, pairs in codes.items()
    }
    return ClassifiedEntities(columns.taken(records, least), shown)


def _tallies(case: Case, definition: FigureDefinition) -> ClassifiedEntities:
    rows = tallies.tallies(case.inputs, case.operation, definition, case.facts.units)
    rows = rows.where(rows.phase == OPERATION)
    tally = tallies.distinct(rows)
    codes = {
        "state": DimensionCodes.exclusive(rows.unit[tally.row], case.facts.units),
        "nationality": DimensionCodes.exclusive(rows.nationality[tally.row], rows.nationalities),
    }
    return ClassifiedEntities(tally.records, codes)


def _returns(case: Case, definition: FigureDefinition) -> ClassifiedEntities:
    return ClassifiedEntities(pa.array(counters.outcome(case, definition, detail=False).records, pa.string()), {})


_CLASSIFIERS: Mapping[Population, Callable[[Case, FigureDefinition], ClassifiedEntities]] = {
    Population.RETURNS: _returns,
    Population.PERSONS: _persons,
    Population.ARRESTS: _arrests,
    Population.TALLIES: _tallies,
}


def _attributes(part: CasePart, groups: Ints, label: Ints) -> dict[str, DimensionCodes]:
    """Return sex, age band and nationality of the person of each entity, given by the person's group."""
    read = part.attributes
    nationals = GroupCodes.of(label[read.national_node], read.nationality, read.nationalities)
    exclusive = splits.placed(part, groups, label)
    return {
        **{name: DimensionCodes.exclusive(codes, names) for name, (codes, names) in exclusive.items()},
        "nationality": _overlapping(groups, nationals, part.nodes),
    }


def _overlapping(groups: Ints, pairs: GroupCodes, size: int) -> DimensionCodes:
    """Return the codes of entities given by their groups; several entities may be of one group."""
    count = np.bincount(pairs.group, minlength=size)
    start = np.cumsum(count) - count
    entity = np.repeat(np.arange(len(groups), dtype=np.int64), count[groups])
    within = np.arange(len(entity), dtype=np.int64)
    lengths = count[groups]
    within -= np.repeat(np.cumsum(lengths) - lengths, lengths)
    return DimensionCodes(entity, pairs.code[start[groups][entity] + within], pairs.names)
