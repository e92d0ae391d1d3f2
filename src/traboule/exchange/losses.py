"""Say field by field what an export kept, generalised or dropped, and why; and list values that no calendar knows.

In: a format's declaration and what leaves. Out: the loss report as plain values. Guaranteed: every field of the form is
in every report; a faulty value is listed with its row and leaves as it was filed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.codes import vocabulary
from traboule.core.dates import PartialDate
from traboule.exchange.declarations import DROPPED, FieldPlace, FormatDeclaration
from traboule.exchange.selection import Selection, Withheld
from traboule.returns.form import Field, form

DATE_IMPOSSIBLE, CODE_UNKNOWN, REFERENCE_MISSING = "date_impossible", "code_unknown", "reference_missing"


@dataclass(frozen=True, slots=True)
class FaultyValue:
    """A value that leaves as it was filed although it cannot be right: ``fault`` is one of the codes above."""

    table: str
    record: str
    field: str
    value: str
    fault: str


@dataclass(frozen=True, slots=True)
class LossReport:
    """What became of every field, how many rows stayed and why, and the values that cannot be right."""

    format: str
    standard: str
    fields: tuple[FieldPlace, ...]
    withheld: tuple[Withheld, ...]
    faulty: tuple[FaultyValue, ...]
    rows: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values; ``outcomes`` counts the fields."""
        return {
            "format": self.format,
            "standard": self.standard,
            "rows": self.rows,
            "outcomes": dict(sorted(Counter(place.outcome for place in self.fields).items())),
            "fields": [place.to_json() for place in self.fields],
            "withheld": [asdict(entry) for entry in self.withheld],
            "faulty": [asdict(value) for value in self.faulty],
        }


def loss_report(declared: FormatDeclaration, selection: Selection) -> LossReport:
    """Return the loss report of ``selection`` in a format."""
    places = []
    for place in declared.fields:
        hidden = selection.terms.hides(place.table, place.field)
        if hidden:
            place = replace(place, place="", outcome=DROPPED, reason=hidden)  # noqa: PLW2901
        places.append(place)
    return LossReport(
        declared.name,
        declared.standard,
        tuple(places),
        selection.withheld,
        tuple(faulty_values(selection)),
        selection.total,
    )


def faulty_values(selection: Selection) -> Iterator[FaultyValue]:
    """Yield the values that cannot be right, in the order of the form: dates, codes, and references to no row here."""
    for name, content in form().row_tables.items():
        table = selection.tables[name]
        for field in content.fields.values():
            column = table[field.id]
            wrong = _wrong_references(selection, table, field) if field.refers_to else _wrong_values(column, field)
            if wrong is None:
                continue
            fault, is_wrong = wrong
            for row in table.filter(is_wrong).select(["record", field.id]).to_pylist():
                yield FaultyValue(name, str(row["record"] or ""), field.id, _written(row[field.id]), fault)


def _wrong_values(column: pa.ChunkedArray[Any], field: Field) -> tuple[str, Any] | None:
    """Return a fault and where it is; None where there is none. Each value is looked at once."""
    if field.type == "date":
        values = column.unique().cast(pa.string()).to_pylist()
        wrong = [value for value in values if value and not is_date(value)]
        return (DATE_IMPOSSIBLE, pc.is_in(column, value_set=pa.array(wrong, column.type))) if wrong else None
    if field.vocabulary is None:
        return None
    known_codes = vocabulary(field.vocabulary)
    if field.type == "code":
        wrong = [value for value in column.unique().to_pylist() if value and value not in known_codes]
        return (CODE_UNKNOWN, pc.is_in(column, value_set=pa.array(wrong, column.type))) if wrong else None
    lists = column.to_pylist()
    is_wrong = [any(code not in known_codes for code in codes or ()) for codes in lists]
    return (CODE_UNKNOWN, pa.array(is_wrong)) if any(is_wrong) else None


def _wrong_references(selection: Selection, table: pa.Table, field: Field) -> tuple[str, Any] | None:
    column = f"{field.id}_record"
    if field.refers_to is None or column not in table.column_names:
        return None
    leaving = selection.tables[field.refers_to]["record"].combine_chunks()
    is_wrong = pc.and_(
        pc.is_valid(table[field.id]), pc.invert(pc.is_in(table[column], value_set=leaving.cast(table[column].type)))
    )
    return (REFERENCE_MISSING, is_wrong) if pc.any(is_wrong).as_py() else None


def is_date(text: str) -> bool:
    """Tell whether a text is a date, or the year or month of one."""
    try:
        PartialDate.from_iso(text)
    except ValueError:
        return False
    return True


def _written(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)
