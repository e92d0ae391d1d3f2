"""Totals that states declare: alone they are the figure's, beside rows they are compared with them (rules 5, 6, 8).

Comes in: the totals table, and who filed rows of what. Goes out: per figure the declared amounts, the comparisons,
the measures that enter no figure, and remarks.
Promises: a declared total and rows of the same state are never added; different units are never added (rule 1); a
declared part never exceeds its declared whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from traboule.figures.definition import Definition, Dictionary
from traboule.figures.figure import Compared, Declared, Remark
from traboule.figures.quantity import Precision, Quantity, total
from traboule.figures.resolved import columns

Filer = tuple[str, str]  # State and agency.
Presence = Mapping[str, frozenset[Filer]]  # By figure: who filed rows of what it counts.
Counted = Mapping[str, Mapping[str, int]]  # By figure and state: what was counted from that state's rows.


@dataclass(frozen=True, slots=True)
class Amount:
    """A declared amount with the range it leaves open."""

    value: int
    low: int
    high: int
    precision: Precision


@dataclass(slots=True)
class Declarations:
    """What the totals say. ``unreconciled``, by figure: declared by an agency without rows beside another with rows."""

    alone: dict[str, list[Declared]] = field(default_factory=dict)
    beside: dict[str, dict[str, Amount]] = field(default_factory=dict)
    unreconciled: dict[str, int] = field(default_factory=dict)
    other: list[tuple[str, str, int, str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


Measures = dict[str, Quantity]


def declarations(totals: pa.Table | None, definitions: Dictionary, presence: Presence) -> Declarations:
    """Sort the declared totals into those that stand alone and those that stand beside rows."""
    out = Declarations()
    filed = _measures(totals, definitions, out)
    for root in (one for one in definitions.values() if one.of not in definitions and one.declared.measures):
        family = _family(root, definitions)
        rows_of = presence.get(root.id, frozenset())
        states_with_rows = {state for state, _ in rows_of}
        alone: dict[str, list[Measures]] = {}
        for (state, agency), measures in sorted(filed.items()):
            if (state, agency) in rows_of:
                _beside(out, family, state, measures)
            elif state in states_with_rows:
                _unreconciled(out, family, state, measures)
            else:
                alone.setdefault(state, []).append(measures)
        for state, several in sorted(alone.items()):
            _alone(out, family, state, _together(several))
    return out


def compared(declared: Declarations, figure: str, counted: Mapping[str, int]) -> tuple[Compared, ...]:
    """Return for each state that declared ``figure`` beside its rows what it declared and what was counted (rule 6)."""
    beside = declared.beside.get(figure, {})
    return tuple(
        Compared(state, amount.value, counted.get(state, 0), str(amount.precision))
        for state, amount in sorted(beside.items())
    )


def _family(root: Definition, definitions: Dictionary) -> list[Definition]:
    """Return the whole and all its parts, wholes first."""
    family = [root]
    for one in family:
        family.extend(part for part in definitions.values() if part.of == one.id)
    return family


def _measures(totals: pa.Table | None, definitions: Dictionary, out: Declarations) -> dict[Filer, Measures]:
    """Add up each agency's totals by measure, parts of a total of the same measure left out (rule 5)."""
    units = _units(definitions)
    filed: dict[Filer, dict[str, list[Quantity]]] = {}
    for filer, measure, counted_unit, value, said in _top_rows(totals):
        precision = Precision(said) if said in tuple(Precision) else Precision.EXACT
        if measure not in units:
            out.other.append((filer[0], measure, value, str(precision)))
            continue
        figure, unit, accepted = units[measure]
        if counted_unit and counted_unit not in accepted:
            out.remarks.append(Remark("declared-unit-differs", figure, filer[0], {"unit": counted_unit}))
            continue
        quantity = Quantity(value, unit, definitions[figure].qualifier, precision)
        filed.setdefault(filer, {}).setdefault(measure, []).append(quantity)
    out.other.sort()
    return {filer: {name: total(every) for name, every in one.items()} for filer, one in filed.items()}


def _units(definitions: Dictionary) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return by measure the figure it enters, that figure's unit, and the counted units it may be filed in."""
    return {
        measure: (one.id, one.unit, one.declared.units)
        for one in definitions.values()
        for measure in (*one.declared.union, *one.declared.measures)
    }


def _top_rows(totals: pa.Table | None) -> Iterable[tuple[Filer, str, str, int, str]]:
    names = ("unit", "agency", "row_id", "measure", "counted_unit", "precision", "breakdown_of")
    lists = [columns.texts(totals, name).to_pylist() for name in names]
    values = columns.numbers(totals, "value").tolist()
    rows = sorted(zip(*lists, values, strict=True), key=lambda row: tuple(str(one) for one in row))
    measure_of = {(row[0], row[1], row[2]): row[3] for row in rows}
    for state, agency, _, measure, counted_unit, precision, whole, value in rows:
        part = whole is not None and measure_of.get((state, agency, whole.split("/")[-1])) == measure
        if measure is None or value == columns.ABSENT or part:
            continue
        yield (str(state), str(agency)), str(measure), str(counted_unit or ""), value, str(precision or "exact")


def _together(several: list[Measures]) -> Measures:
    """Add up what the agencies of one state declare."""
    names = sorted({name for one in several for name in one})
    return {name: total(one[name] for one in several if name in one) for name in names}


def _amounts(family: list[Definition], measures: Measures) -> tuple[dict[str, Amount], list[str], list[str]]:
    """Return each figure's amount, the figures implied only by their parts, and the parts cut to their whole."""
    amounts = {one.id: amount for one in family if (amount := _amount(one, measures)) is not None}
    implied, cut = [], []
    for part in reversed(family[1:]):
        whole, mine = str(part.of), amounts.get(part.id)
        if mine is None:
            continue
        above = amounts.get(whole)
        if above is None:
            # A state that declares only the part has at least that much of the whole.
            amounts[whole] = Amount(mine.value, mine.low, mine.high, mine.precision)
            implied.append(whole)
        elif whole in implied or above.precision is not Precision.EXACT:
            amounts[whole] = _at_least(above, mine)
        elif mine.high > above.value:
            if mine.low > above.value:
                cut.append(part.id)
            amounts[part.id] = _at_most(mine, above.value)
    return amounts, implied, cut


def _at_least(whole: Amount, part: Amount) -> Amount:
    return Amount(max(whole.value, part.value), max(whole.low, part.low), max(whole.high, part.high), whole.precision)


def _at_most(part: Amount, most: int) -> Amount:
    return Amount(min(part.value, most), min(part.low, most), min(part.high, most), part.precision)


def _amount(definition: Definition, measures: Measures) -> Amount | None:
    """Return what is declared of one figure. A union that nobody declared lies between the larger of its two parts
    and their sum; persons arrested for both are rare, so the sum is the value (rule 8 keeps it a range).
    """
    said = [measures[name] for name in definition.declared.measures if name in measures]
    if said:
        declared = total(said)
        return Amount(declared.value, declared.value, declared.value, declared.precision)
    parts = [measures[name] for name in definition.declared.union if name in measures]
    if not parts:
        return None
    both = total(parts)
    return Amount(both.value, max(one.value for one in parts), both.value, both.precision)


def _alone(out: Declarations, family: list[Definition], state: str, measures: Measures) -> None:
    amounts, implied, cut = _amounts(family, measures)
    for figure, one in sorted(amounts.items()):
        entry = Declared(state, one.value, one.low, one.high, str(one.precision))
        out.alone.setdefault(figure, []).append(entry)
    out.remarks += [Remark("declared-whole-implied", figure, state) for figure in implied]
    out.remarks += [Remark("declared-part-exceeds-whole", figure, state) for figure in cut]


def _beside(out: Declarations, family: list[Definition], state: str, measures: Measures) -> None:
    for definition in family:
        amount = _amount(definition, measures)
        if amount is None:
            continue
        earlier = out.beside.setdefault(definition.id, {}).get(state, Amount(0, 0, 0, Precision.EXACT))
        out.beside[definition.id][state] = Amount(
            earlier.value + amount.value,
            earlier.low + amount.low,
            earlier.high + amount.high,
            max((earlier.precision, amount.precision), key=tuple(Precision).index),
        )


def _unreconciled(out: Declarations, family: list[Definition], state: str, measures: Measures) -> None:
    """An agency's bare total beside another agency's rows may or may not hold the same cases: it only widens."""
    for definition in family:
        amount = _amount(definition, measures)
        if amount is not None and amount.high:
            out.unreconciled[definition.id] = out.unreconciled.get(definition.id, 0) + amount.high
            values: dict[str, int | str] = {"value": amount.high}
            out.remarks.append(Remark("declared-unreconciled", definition.id, state, values))
