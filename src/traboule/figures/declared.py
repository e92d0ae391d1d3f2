"""Use declared totals: without rows they enter the figure, with rows they are compared with them (rules 5, 6, 8).

In: the totals table, and who filed rows of what. Out: for each figure the declared amounts, the comparisons, the
measures that enter no figure, and remarks. Guaranteed: a declared total and rows of the same state are never added;
different units are never added (rule 1); a declared part never exceeds its declared total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from traboule.figures.definition import Dictionary, FigureDefinition
from traboule.figures.figure import Declared, DeclaredComparison, Remark
from traboule.figures.quantity import Precision, Quantity, total
from traboule.figures.resolved import columns

Filer = tuple[str, str]  # State and agency.
Presence = Mapping[str, frozenset[Filer]]  # By figure: who filed rows of what it counts.


@dataclass(frozen=True, slots=True)
class Amount:
    """A declared amount with its range."""

    value: int
    low: int
    high: int
    precision: Precision


@dataclass(slots=True)
class Declarations:
    """The declared totals by figure: of states ``without_rows``, and ``beside_rows`` by state. ``unreconciled`` is what
    agencies without rows declare in a state where another agency has rows; ``outside_figures`` enter no figure."""

    without_rows: dict[str, list[Declared]] = field(default_factory=dict)
    beside_rows: dict[str, dict[str, Amount]] = field(default_factory=dict)
    unreconciled: dict[str, int] = field(default_factory=dict)
    outside_figures: list[tuple[str, str, int, str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


Measures = dict[str, Quantity]


def declarations(totals: pa.Table | None, definitions: Dictionary, presence: Presence) -> Declarations:
    """Sort the declared totals into those of states without rows and those of states with rows."""
    out = Declarations()
    filed = _measures(totals, definitions, out)
    roots = (definition for definition in definitions.values() if definition.of not in definitions)
    for root in (definition for definition in roots if definition.declared.measures):
        family = _family(root, definitions)
        rows_of = presence.get(root.id, frozenset())
        states_with_rows = {state for state, _ in rows_of}
        alone: dict[str, list[Measures]] = {}
        for (state, agency), measures in sorted(filed.items()):
            if (state, agency) in rows_of:
                _add_beside_rows(out, family, state, measures)
            elif state in states_with_rows:
                _add_unreconciled(out, family, state, measures)
            else:
                alone.setdefault(state, []).append(measures)
        for state, agency_measures in sorted(alone.items()):
            _add_alone(out, family, state, _sum_agencies(agency_measures))
    return out


def comparisons(declared: Declarations, figure: str, state_counts: Mapping[str, int]) -> tuple[DeclaredComparison, ...]:
    """Return what each state with rows declared of ``figure``, and what its rows count (rule 6)."""
    amounts = declared.beside_rows.get(figure, {})
    return tuple(
        DeclaredComparison(state, amount.value, state_counts.get(state, 0), str(amount.precision))
        for state, amount in sorted(amounts.items())
    )


def _family(root: FigureDefinition, definitions: Dictionary) -> list[FigureDefinition]:
    """Return the total and all its parts, totals first."""
    family = [root]
    for definition in family:
        family.extend(part for part in definitions.values() if part.of == definition.id)
    return family


def _measures(totals: pa.Table | None, definitions: Dictionary, out: Declarations) -> dict[Filer, Measures]:
    """Add up each agency's totals by measure, parts of a total of the same measure left out (rule 5)."""
    units = _units(definitions)
    filed: dict[Filer, dict[str, list[Quantity]]] = {}
    for filer, measure, counted_unit, value, stated in _top_rows(totals):
        precision = Precision(stated) if stated in tuple(Precision) else Precision.EXACT
        if measure not in units:
            out.outside_figures.append((filer[0], measure, value, str(precision)))
            continue
        figure, unit, accepted = units[measure]
        if counted_unit and counted_unit not in accepted:
            out.remarks.append(Remark("declared-unit-differs", figure, filer[0], {"unit": counted_unit}))
            continue
        quantity = Quantity(value, unit, definitions[figure].qualifier, precision)
        filed.setdefault(filer, {}).setdefault(measure, []).append(quantity)
    out.outside_figures.sort()
    return {
        filer: {name: total(quantities) for name, quantities in by_measure.items()}
        for filer, by_measure in filed.items()
    }


def _units(definitions: Dictionary) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return by measure the figure it enters, that figure's unit, and the counted units it may be filed in."""
    return {
        measure: (definition.id, definition.unit, definition.declared.units)
        for definition in definitions.values()
        for measure in (*definition.declared.union, *definition.declared.measures)
    }


def _top_rows(totals: pa.Table | None) -> Iterable[tuple[Filer, str, str, int, str]]:
    names = ("unit", "agency", "row_id", "measure", "counted_unit", "precision", "breakdown_of")
    lists = [columns.texts(totals, name).to_pylist() for name in names]
    values = columns.numbers(totals, "value").tolist()
    rows = sorted(zip(*lists, values, strict=True), key=lambda row: tuple(str(cell) for cell in row))
    measure_of = {(row[0], row[1], row[2]): row[3] for row in rows}
    for state, agency, _, measure, counted_unit, precision, total_row, value in rows:
        part = total_row is not None and measure_of.get((state, agency, total_row.split("/")[-1])) == measure
        if measure is None or value == columns.ABSENT or part:
            continue
        yield (str(state), str(agency)), str(measure), str(counted_unit or ""), value, str(precision or "exact")


def _sum_agencies(agency_measures: list[Measures]) -> Measures:
    """Add up what the agencies of one state declare."""
    names = sorted({name for measures in agency_measures for name in measures})
    return {name: total(measures[name] for measures in agency_measures if name in measures) for name in names}


def _amounts(family: list[FigureDefinition], measures: Measures) -> tuple[dict[str, Amount], list[str], list[str]]:
    """Return each figure's amount, the figures implied only by their parts, and the parts cut to their total."""
    amounts = {definition.id: amount for definition in family if (amount := _amount(definition, measures)) is not None}
    implied, cut = [], []
    for part in reversed(family[1:]):
        total, mine = str(part.of), amounts.get(part.id)
        if mine is None:
            continue
        above = amounts.get(total)
        if above is None:
            # A state that declares only the part has at least that much of the total.
            amounts[total] = Amount(mine.value, mine.low, mine.high, mine.precision)
            implied.append(total)
        elif total in implied or above.precision is not Precision.EXACT:
            amounts[total] = _at_least(above, mine)
        elif mine.high > above.value:
            if mine.low > above.value:
                cut.append(part.id)
            amounts[part.id] = _at_most(mine, above.value)
    return amounts, implied, cut


def _at_least(total: Amount, part: Amount) -> Amount:
    return Amount(max(total.value, part.value), max(total.low, part.low), max(total.high, part.high), total.precision)


def _at_most(part: Amount, most: int) -> Amount:
    return Amount(min(part.value, most), min(part.low, most), min(part.high, most), part.precision)


def _amount(definition: FigureDefinition, measures: Measures) -> Amount | None:
    """Return the declared amount of a figure. A union that is not declared lies between the larger of its two parts and
    their sum; persons arrested for both are rare, so the sum is the value (rule 8 makes it a range).
    """
    quantities = [measures[name] for name in definition.declared.measures if name in measures]
    if quantities:
        declared = total(quantities)
        return Amount(declared.value, declared.value, declared.value, declared.precision)
    parts = [measures[name] for name in definition.declared.union if name in measures]
    if not parts:
        return None
    both = total(parts)
    return Amount(both.value, max(part.value for part in parts), both.value, both.precision)


def _add_alone(out: Declarations, family: list[FigureDefinition], state: str, measures: Measures) -> None:
    amounts, implied, cut = _amounts(family, measures)
    for figure, amount in sorted(amounts.items()):
        entry = Declared(state, amount.value, amount.low, amount.high, str(amount.precision))
        out.without_rows.setdefault(figure, []).append(entry)
    out.remarks += [Remark("declared-whole-implied", figure, state) for figure in implied]
    out.remarks += [Remark("declared-part-exceeds-whole", figure, state) for figure in cut]


def _add_beside_rows(out: Declarations, family: list[FigureDefinition], state: str, measures: Measures) -> None:
    for definition in family:
        amount = _amount(definition, measures)
        if amount is None:
            continue
        earlier = out.beside_rows.setdefault(definition.id, {}).get(state, Amount(0, 0, 0, Precision.EXACT))
        out.beside_rows[definition.id][state] = Amount(
            earlier.value + amount.value,
            earlier.low + amount.low,
            earlier.high + amount.high,
            max((earlier.precision, amount.precision), key=tuple(Precision).index),
        )


def _add_unreconciled(out: Declarations, family: list[FigureDefinition], state: str, measures: Measures) -> None:
    """A total of an agency without rows may include the cases of another agency's rows, so it only widens the range."""
    for definition in family:
        amount = _amount(definition, measures)
        if amount is not None and amount.high:
            out.unreconciled[definition.id] = out.unreconciled.get(definition.id, 0) + amount.high
            values: dict[str, int | str] = {"value": amount.high}
            out.remarks.append(Remark("declared-unreconciled", definition.id, state, values))
