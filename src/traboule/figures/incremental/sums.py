"""Sum what clusters add to each figure: every part of a count that is a sum over components of linked clusters.

In: a case, of a complete operation or of some of its components. Out: sums. Guaranteed: the sums of two sets of
components without a link between them add up to the sums of both, to the last bit; so a count is updated by the sums of
the components that changed, after minus before.
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
from traboule.figures.definition import Condition, FigureDefinition, Population
from traboule.figures.intervals import simulation
from traboule.figures.intervals.components import DRAWS
from traboule.figures.intervals.linkage_errors import LinkageErrors, expected_errors
from traboule.figures.intervals.pair_evidence import EvidenceWeights, PairEvidence, pair_evidence
from traboule.figures.multiple_systems.overlap import Patterns, patterns
from traboule.figures.resolved import columns, counters
from traboule.figures.resolved.breakdown import Counts
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Flags, Ints
from traboule.figures.resolved.window import OPERATION, POST, PRE

Key = TypeVar("Key")
COUNTED_BY_CLUSTER = (Population.PERSONS, Population.ARRESTS)


@dataclass(frozen=True, slots=True)
class FigureSums:
    """What is added to one figure of persons or arrests. ``records`` are in order; ``readings`` its breakdowns under
    the value, low and high reading; ``filers`` counts the rows of each state and agency; ``moves`` is the
    difference of each draw from the value; ``overlap`` who filed whom.
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
    linkage_errors: LinkageErrors
    moves: Ints
    overlap: Patterns


@dataclass(frozen=True, slots=True)
class Sums:
    """What is added to all figures, and to the counts that are no figures; the pair evidence, and the
    weights by which figures were drawn.
    """

    figures: Mapping[str, FigureSums]
    evidence: PairEvidence
    weights: EvidenceWeights
    open_links: int = 0
    suspect_victims: int = 0
    undated: int = 0
    detailed: bool = True
    drawn: bool = True


def sums(case: Case, *, detail: bool = True, draws: bool = True, weights: EvidenceWeights | None = None) -> Sums:
    """Return what the clusters of a case add; without ``detail`` neither breakdowns nor draws nor overlap, without
    ``draws`` no draws alone. ``weights`` default to those of its own pair evidence.

    The draws and the expected errors need nothing of the counts, so the two run in parallel.
    """

    def count_figures() -> dict[str, FigureSums]:
        definitions = {
            name: definition
            for name, definition in case.definitions.items()
            if definition.population in COUNTED_BY_CLUSTER
        }
        return {name: _figure_sums(case, definition, detail=detail) for name, definition in definitions.items()}

    figures, (evidence, taken, ranged) = both(count_figures, lambda: _ranged(case, detail and draws, weights))
    figures = {
        name: replace(figure_sums, linkage_errors=ranged[name][0], moves=ranged[name][1])
        for name, figure_sums in figures.items()
    }
    sightings = [case.facts.arrests.sightings, *(table.sightings for table in case.facts.person_tables.values())]
    undated = sum(int((rows.undated & (rows.phase == OPERATION)).sum()) for rows in sightings)
    return Sums(
        figures, evidence, taken, len(case.links.row), counters.suspect_victims(case), undated, detail, detail and draws
    )


def _ranged(
    case: Case, draws: bool, weights: EvidenceWeights | None
) -> tuple[PairEvidence, EvidenceWeights, Mapping[str, tuple[LinkageErrors, Ints]]]:
    evidence = pair_evidence(case)
    taken = evidence.weights() if weights is None else weights
    moves = simulation.moves(case, taken) if draws else {}
    unmoved = np.zeros(DRAWS, dtype=np.int64)
    return evidence, taken, {name: (errors, moves.get(name, unmoved)) for name, errors in expected_errors(case).items()}


def redraw(total: Sums, contested: Case, weights: EvidenceWeights) -> Sums:
    """Return sums drawn with other weights; ``contested`` holds every component with an open link."""
    moves = simulation.moves(contested, weights)
    return replace(
        total, figures={name: replace(figure_sums, moves=moves[name]) for name, figure_sums in total.figures.items()}
    )


def _figure_sums(case: Case, definition: FigureDefinition, *, detail: bool) -> FigureSums:
    outcome = counters.outcome(case, definition, detail=detail)
    persons = definition.population is Population.PERSONS and detail
    return FigureSums(
        value=outcome.value,
        low=outcome.low,
        high=outcome.high,
        rows=outcome.rows,
        records=outcome.records,
        by_state={state: number for state, number in outcome.by_state.items() if number},
        readings=outcome.readings,
        outside=(counters.outside(case, definition, PRE), counters.outside(case, definition, POST)),
        filers=_filers(case, definition),
        linkage_errors=LinkageErrors(),
        moves=np.empty(0, dtype=np.int64),
        overlap=patterns(case, definition.id) if persons else {},
    )


def _filers(case: Case, definition: FigureDefinition) -> Mapping[Filer, int]:
    """Count the rows, of whatever phase, that each state and agency filed of what a figure counts."""
    if definition.population is Population.ARRESTS:
        return case.complete.once("filers", lambda: filers(case.inputs.table("arrests")))
    counts: Counter[Filer] = Counter()
    for condition in definition.filter:
        counts.update(case.complete.once(("filers", condition), partial(_satisfying, case, condition)))
    return counts


def _satisfying(case: Case, condition: Condition) -> Mapping[Filer, int]:
    rows = case.facts.person_tables[condition.table]
    return filers(rows.table, columns.among(rows.field, condition.among))


def filers(table: pa.Table | None, chosen: Flags | None = None) -> Mapping[Filer, int]:
    """Count the rows, all or those ``chosen``, of each state and agency."""
    state, states = columns.coded(columns.texts(table, "unit"))
    agency, agencies = columns.coded(columns.texts(table, "agency"))
    width = len(agencies) + 1
    has_state = state >= 0 if chosen is None else chosen & (state >= 0)
    counts = np.bincount(state[has_state] * width + agency[has_state] + 1)
    return {
        (states[key // width], ("", *agencies)[key % width]): int(counts[key])
        for key in np.flatnonzero(counts).tolist()
    }


def exchange(total: Sums, old: Sums, new: Sums) -> Sums:
    """Return ``complete`` with what ``old`` added taken out and what ``new`` adds put in."""
    return Sums(
        {
            name: _exchange_figure(figure_sums, old.figures[name], new.figures[name])
            for name, figure_sums in total.figures.items()
        },
        total.evidence.plus(old.evidence, -1).plus(new.evidence),
        total.weights,
        total.open_links - old.open_links + new.open_links,
        total.suspect_victims - old.suspect_victims + new.suspect_victims,
        total.undated - old.undated + new.undated,
        total.detailed,
        total.drawn,
    )


def _exchange_figure(total: FigureSums, old: FigureSums, new: FigureSums) -> FigureSums:
    readings = zip(total.readings, old.readings, new.readings, strict=True)
    return FigureSums(
        value=total.value - old.value + new.value,
        low=total.low - old.low + new.low,
        high=total.high - old.high + new.high,
        rows=total.rows - old.rows + new.rows,
        records=_exchanged(total.records, old.records, new.records),
        by_state=_counts(total.by_state, old.by_state, new.by_state),
        readings=[
            {name: _counts(reading[name], out[name], into[name]) for name in reading} for reading, out, into in readings
        ],
        outside=(
            total.outside[0] - old.outside[0] + new.outside[0],
            total.outside[1] - old.outside[1] + new.outside[1],
        ),
        filers=_counts(total.filers, old.filers, new.filers),
        linkage_errors=total.linkage_errors.plus(old.linkage_errors, -1).plus(new.linkage_errors),
        moves=total.moves - old.moves + new.moves,
        overlap=_counts(total.overlap, old.overlap, new.overlap),
    )


def _counts(total: Mapping[Key, int], out: Mapping[Key, int], into: Mapping[Key, int]) -> dict[Key, int]:
    result = dict(total)
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
