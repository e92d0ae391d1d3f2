"""Count rows that carry an amount of their own: detections of migrants, checks, openings of investigations.

In: a table and a definition. Out: the amount of each distinct tally, with its range. Guaranteed: a tally filed twice
under the same keys counts once, with the larger amount as its value and both in its range; a row without a reference is
distinct.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.figures.definition import FigureDefinition
from traboule.figures.quantity import Precision, weakest
from traboule.figures.resolved import columns, window
from traboule.figures.resolved.columns import ABSENT, Flags, Ints, Texts
from traboule.figures.resolved.inputs import Inputs
from traboule.operation.operation import Operation

_OWN_DAY = {"migrants": "detected_on", "investigations": "opened_on"}


@dataclass(frozen=True, slots=True)
class Tallies:
    """Rows of one definition: record, state, key (equal for the same tally), amount, phase, nationality code."""

    records: Texts
    unit: Ints
    key: Ints
    amount: Ints
    phase: Ints
    undated: Flags
    nationality: Ints
    nationalities: tuple[str, ...]
    precision: Ints

    def where(self, chosen: Flags) -> Tallies:
        """Return the chosen rows."""
        return Tallies(
            records=self.records.filter(pa.array(chosen)),
            unit=self.unit[chosen],
            key=self.key[chosen],
            amount=self.amount[chosen],
            phase=self.phase[chosen],
            undated=self.undated[chosen],
            nationality=self.nationality[chosen],
            nationalities=self.nationalities,
            precision=self.precision[chosen],
        )

    def said_with(self) -> Precision:
        """Return the weakest precision any row was said with."""
        order = tuple(Precision)
        return weakest(order[code] for code in np.unique(self.precision[self.precision >= 0]).tolist())


@dataclass(frozen=True, slots=True)
class Distinct:
    """One row per tally, in the order of its first record: that record, the row it stands in, value, low."""

    records: Texts
    row: Ints
    value: Ints
    low: Ints


def selected(inputs: Inputs, definition: FigureDefinition) -> pa.Table | None:
    """Return the rows that satisfy the definition's filter, of all phases."""
    condition = definition.filter[0]
    table = inputs.table(condition.table)
    if table is None or not condition.field:
        return table
    return table.filter(pa.array(columns.among(columns.texts(table, condition.field), condition.among)))


def tallies(inputs: Inputs, operation: Operation, definition: FigureDefinition, units: tuple[str, ...]) -> Tallies:
    """Read the tallies of ``definition``; a row without a count counts one."""
    table = selected(inputs, definition)
    actions = window.actions(inputs.table("actions"))
    own = columns.spans(columns.texts(table, _OWN_DAY.get(definition.filter[0].table, "")))
    action = actions.places(columns.texts(table, "action_record"))
    phase, undated = window.phases(window.window(operation.start, operation.end), actions, action, own)
    unit = columns.coded_as(columns.texts(table, "unit"), units)
    nationality, nationalities = columns.coded(columns.texts(table, "nationality"))
    reference = columns.coded(columns.texts(table, "reference"))[0]
    parts = {"state": unit, "reference": reference, "nationality": nationality}
    amount = np.ones(len(unit), dtype=np.int64)
    if definition.amount:
        filed = columns.numbers(table, definition.amount)
        amount = np.where(filed == ABSENT, 0, filed)
    return Tallies(
        columns.texts(table, "record"),
        unit,
        _keys([parts[name] for name in definition.distinct_by], reference),
        amount,
        phase,
        undated,
        nationality,
        nationalities,
        columns.coded_as(columns.texts(table, "precision"), tuple(Precision)),
    )


def distinct(rows: Tallies) -> Distinct:
    """Merge rows of the same tally; their first record represents them."""
    rank = columns.ranks(rows.records)
    order = np.lexsort((rank, rows.key))
    key = rows.key[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else np.empty(0, np.int64)
    if not len(starts):
        empty = np.empty(0, dtype=np.int64)
        return Distinct(rows.records, empty, empty, empty)
    value = np.maximum.reduceat(rows.amount[order], starts)
    low = np.minimum.reduceat(rows.amount[order], starts)
    first = order[starts]
    by_record = np.argsort(rank[first])
    first = first[by_record]
    return Distinct(columns.taken(rows.records, first), first, value[by_record], low[by_record])


def _keys(parts: list[Ints], reference: Ints) -> Ints:
    """Return one integer per row, equal where all parts are equal; a row without a reference has its own."""
    own = np.arange(len(reference), dtype=np.int64)
    if not parts:
        return own
    key = np.zeros(len(reference), dtype=np.int64)
    for part in parts:
        key = np.unique(key * (part.max(initial=0) + 2) + part + 1, return_inverse=True)[1].astype(np.int64)
    return np.where(reference < 0, key.max(initial=0) + 1 + own, key)
