"""What clusters add to each figure: everything about a count that is a sum over components of linked clusters.

Comes in: a case, of a whole operation or of some components of it. Goes out: sums. Promises: the sums of two sets of
components that share no link are, added, the sums of both together, to the last bit; so a count of the whole is what it
was before, less what the touched components added, plus what they add now.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
import pyarrow as pa

from traboule.core.parallel import both
from traboule.figures.declared import Filer
from traboule.figures.definition import Condition, Definition, Population
from traboule.figures.ranges import likely
from traboule.figures.ranges.draws import WORLDS
from traboule.figures.ranges.slips import Slips, slips
from traboule.figures.ranges.told import Told, Weights, told
from traboule.figures.resolved import columns, counters
from traboule.figures.resolved.breakdown import Counts
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.window import OPERATION, POST, PRE
from traboule.figures.unseen.overlap import Patterns, patterns

Key = TypeVar("Key")
COUNTED_BY_CLUSTER = (Population.PERSONS, Population.ARRESTS)


@dataclass(frozen=True, slots=True)
class FigureSums:
    """What is added to one figure of persons or arrests. ``records`` are in order; ``readings`` its breakdowns under
    the value, low and high reading; ``filers`` counts the rows of each state and agency; ``moves`` says by how much
    each drawn world differs from the value; ``overlap`` who filed whom.
    """

    value: int
    low: int
    high: int
    rows: int
    records: list[str]
    by_state: Counts
    readings: Sequence[Mapping[str, Counts]]
    outside: tuple[int, int]
    filers: Mapping[Filer, int]
    slips: Slips
    moves: Ints
    overlap: Patterns


@dataclass(frozen=True, slots=True)
class Sums:
    """What is added to all figures, and to the counts that are no figures; what the pairs tell of each other, and the
    weights by which figures were drawn.
    """

    figures: Mapping[str, FigureSums]
    told: Told
    weights: Weights
    open_links: int = 0
    suspect_victims: int = 0
    undated: int = 0
    detailed: bool = True


def sums(case: Case, *, detail: bool = True, weights: Weights | None = None) -> Sums:
    """Return what the clusters of a case add; without ``detail`` neither breakdowns nor draws nor overlap. ``weights``
    are what its own pairs tell, unless they are given.

    Neither the draws and slips nor the counts need the other, so they are made side by side, on two cores.
    """

    def counted() -> dict[str, FigureSums]:
        asked = {name: one for name, one in case.definitions.items() if one.population in COUNTED_BY_CLUSTER}
        return {name: _figure_sums(case, one, detail=detail) for name, one in asked.items()}

    figures, (known, taken, ranged) = both(counted, lambda: _ranged(case, detail, weights))
    figures = {name: replace(one, slips=ranged[name][0], moves=ranged[name][1]) for name, one in figures.items()}
    sightings = [case.facts.arrests.sightings, *(said.sightings for said in case.facts.said.values())]
    undated = sum(int((one.undated & (one.phase == OPERATION)).sum()) for one in sightings)
    return Sums(figures, known, taken, len(case.links.row), counters.suspect_victims(case), undated, detail)


def _ranged(
    case: Case, detail: bool, weights: Weights | None
) -> tuple[Told, Weights, Mapping[str, tuple[Slips, Ints]]]:
    known = told(case)
    taken = known.weights() if weights is None else weights
    moves = likely.moves(case, taken) if detail else {}
    still = np.zeros(WORLDS, dtype=np.int64)
    return known, taken, {name: (one, moves.get(name, still)) for name, one in slips(case).items()}


def redrawn(whole: Sums, moving: Case, weights: Weights) -> Sums:
    """Return sums drawn with other weights; ``moving`` holds every component with an open link."""
    moves = likely.moves(moving, weights)
    return replace(whole, figures={name: replace(one, moves=moves[name]) for name, one in whole.figures.items()})


def _figure_sums(case: Case, definition: Definition, *, detail: bool) -> FigureSums:
    found = counters.outcome(case, definition, detail=detail)
    who = definition.population is Population.PERSONS and detail
    return FigureSums(
        value=found.value,
        low=found.low,
        high=found.high,
        rows=found.rows,
        records=found.records,
        by_state={state: number for state, number in found.by_state.items() if number},
        readings=found.readings,
        outside=(counters.outside(case, definition, PRE), counters.outside(case, definition, POST)),
        filers=_filers(case, definition),
        slips=Slips(),
        moves=np.empty(0, dtype=np.int64),
        overlap=patterns(case, definition.id) if who else {},
    )


def _filers(case: Case, definition: Definition) -> Mapping[Filer, int]:
    """Count the rows, of whatever phase, that each state and agency filed of what a figure counts."""
    if definition.population is Population.ARRESTS:
        return case.whole.once("filers", lambda: filers(case.inputs.table("arrests")))
    counted: Counter[Filer] = Counter()
    for one in definition.filter:
        counted.update(case.whole.once(("filers", one), partial(_satisfying, case, one)))
    return counted


def _satisfying(case: Case, condition: Condition) -> Mapping[Filer, int]:
    said = case.facts.said[condition.table]
    return filers(said.table, columns.among(said.field, condition.among))


def filers(table: pa.Table | None, chosen: Flags | None = None) -> Mapping[Filer, int]:
    """Count the rows, all or those ``chosen``, of each state and agency."""
    state, states = columns.coded(columns.texts(table, "unit"))
    agency, agencies = columns.coded(columns.texts(table, "agency"))
    width = len(agencies) + 1
    known = state >= 0 if chosen is None else chosen & (state >= 0)
    counts = np.bincount(state[known] * width + agency[known] + 1)
    return {
        (states[one // width], ("", *agencies)[one % width]): int(counts[one])
        for one in np.flatnonzero(counts).tolist()
    }


def replaced(whole: Sums, old: Sums, new: Sums) -> Sums:
    """Return ``whole`` with what ``old`` added taken out and what ``new`` adds put in."""
    return Sums(
        {name: _replaced(one, old.figures[name], new.figures[name]) for name, one in whole.figures.items()},
        whole.told.plus(old.told, -1).plus(new.told),
        whole.weights,
        whole.open_links - old.open_links + new.open_links,
        whole.suspect_victims - old.suspect_victims + new.suspect_victims,
        whole.undated - old.undated + new.undated,
        whole.detailed,
    )


def _replaced(whole: FigureSums, old: FigureSums, new: FigureSums) -> FigureSums:
    readings = zip(whole.readings, old.readings, new.readings, strict=True)
    return FigureSums(
        value=whole.value - old.value + new.value,
        low=whole.low - old.low + new.low,
        high=whole.high - old.high + new.high,
        rows=whole.rows - old.rows + new.rows,
        records=_exchanged(whole.records, old.records, new.records),
        by_state=_counts(whole.by_state, old.by_state, new.by_state),
        readings=[{name: _counts(one[name], out[name], into[name]) for name in one} for one, out, into in readings],
        outside=(
            whole.outside[0] - old.outside[0] + new.outside[0],
            whole.outside[1] - old.outside[1] + new.outside[1],
        ),
        filers=_counts(whole.filers, old.filers, new.filers),
        slips=whole.slips.plus(old.slips, -1).plus(new.slips),
        moves=whole.moves - old.moves + new.moves,
        overlap=_counts(whole.overlap, old.overlap, new.overlap),
    )


def _counts(whole: Mapping[Key, int], out: Mapping[Key, int], into: Mapping[Key, int]) -> dict[Key, int]:
    result = dict(whole)
    for key, number in out.items():
        result[key] = result.get(key, 0) - number
    for key, number in into.items():
        result[key] = result.get(key, 0) + number
    return {key: number for key, number in result.items() if number}


def _exchanged(ordered: list[str], out: Sequence[str], into: Sequence[str]) -> list[str]:
    """Return an ordered list without some of its names and with others, in order."""
    staying = set(out) & set(into)
    edits = [(bisect_left(ordered, name), 1, name) for name in out if name not in staying]
    edits += [(bisect_left(ordered, name), 0, name) for name in into if name not in staying]
    pieces: list[str] = []
    at = 0
    for place, leaves, name in sorted(edits):
        pieces += ordered[at:place]
        at = max(at, place)
        if leaves:
            at += 1
        else:
            pieces.append(name)
    pieces += ordered[at:]
    return pieces
