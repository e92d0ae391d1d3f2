"""Leave-one-out influence: each figure as it would be had one state filed nothing.

In: a case and its figures. Out: by figure and state the value without that state. Guaranteed: exactly what a recount
without the state's rows and totals gives, links and clusters left as they are; all states in one pass over whole
arrays. What two states filed, neither takes away alone; what a state denied of another state's record stays denied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from traboule.figures.definition import FigureDefinition, Population
from traboule.figures.figure import FigureSet
from traboule.figures.resolved import columns, counters, groups, tallies
from traboule.figures.resolved.case import Case, CasePart
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.window import OPERATION


def without_each(case: Case, figures: FigureSet) -> Mapping[str, Mapping[str, int]]:
    """Return each figure without each state that has a part in it."""
    out: dict[str, dict[str, int]] = {}
    for name, figure in figures.figures.items():
        definition = case.definitions[name]
        lost = _LOSSES[definition.population](case, definition)
        for declared in figure.declared:
            if declared.state in case.facts.units:
                lost[case.facts.units.index(declared.state)] += declared.value
        out[name] = {
            state: figure.value - less for state, less in zip(case.facts.units, lost.tolist(), strict=True) if less
        }
    return out


def _returns(case: Case, definition: FigureDefinition) -> Ints:
    states = counters.outcome(case, definition, detail=False).records
    return np.array([int(state in states) for state in case.facts.units], dtype=np.int64)


def _tallies(case: Case, definition: FigureDefinition) -> Ints:
    rows = tallies.tallies(case.inputs, case.operation, definition, case.facts.units)
    rows = rows.where(rows.phase == OPERATION)
    tally = tallies.distinct(rows)
    width = len(case.facts.units)
    return np.bincount(rows.unit[tally.row], weights=tally.value, minlength=width).astype(np.int64)


def _persons(case: Case, definition: FigureDefinition) -> Ints:
    """Count the persons lost without each state: those for whom only that state files what the figure requires."""
    width = len(case.facts.units)
    lost = np.zeros(width, dtype=np.int64)
    for part in case.parts:
        label = part.partitions.value
        is_counted = np.zeros(part.nodes, dtype=np.bool_)
        is_counted[counters.holders(part, definition, label)] = True
        seen = part.sightings_of[definition.id]
        inside = seen.where(seen.phase == OPERATION)
        alone = [_alone(label[inside.node], inside.unit, is_counted, width)]
        if definition.requires:
            alone.append(_minors_alone(part, is_counted, width))
        lost += np.bincount(columns.unique(np.concatenate(alone)) % width, minlength=width)
    return lost


def _alone(group: Ints, unit: Ints, is_counted: Flags, width: int) -> Ints:
    """Return (group, state) keys of the counted groups that a single state filed."""
    keys = columns.unique((group * width + unit)[is_counted[group]])
    start = columns.starts(keys // width)
    single: Ints = keys[start[np.diff(np.append(start, len(keys))) == 1]]
    return single


def _minors_alone(part: CasePart, is_counted: Flags, width: int) -> Ints:
    read = part.attributes
    owner = part.partitions.value[read.node[read.minor]]
    return _alone(owner, read.unit[read.minor], is_counted, width)


def _arrests(case: Case, definition: FigureDefinition) -> Ints:
    """Count the arrests lost without each state. An arrest that several states filed is regrouped without each of them,
    since a filing between two others may connect them.
    """
    width = len(case.facts.units)
    filter_ = counters.chosen_attributions(definition)
    lost = np.zeros(width, dtype=np.int64)
    for part in case.parts:
        arrested = counters.arrests(part, filter_, part.partitions.value)
        rows, group = arrested.rows, arrested.groups.of_rows()
        chosen = np.zeros(arrested.groups.number(), dtype=np.bool_)
        chosen[arrested.counted_groups] = True
        keys = columns.unique((group * width + rows.unit)[chosen[group]])
        lost += np.bincount(keys % width, minlength=width)
        # One trial for each arrest and each state that filed it; what remains of the arrest is not lost.
        begin = np.searchsorted(keys, group * width, side="left")
        filers = np.searchsorted(keys, (group + 1) * width, side="left") - begin
        row = np.repeat(np.arange(len(group)), filers)
        trial = begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(filers) - filers, filers)
        left = keys[trial] % width != rows.unit[row]
        row, trial = row[left], trial[left]
        made = groups.arrest_groups(trial, rows.state[row], rows.time[row])
        remaining = made.first_of(trial)
        if filter_ is not None:
            remaining = remaining[made.any_of(filter_[rows.attribution[row]])]
        lost -= np.bincount(keys[remaining] % width, minlength=width)
    return lost


_LOSSES: Mapping[Population, Callable[[Case, FigureDefinition], Ints]] = {
    Population.RETURNS: _returns,
    Population.PERSONS: _persons,
    Population.ARRESTS: _arrests,
    Population.TALLIES: _tallies,
}
