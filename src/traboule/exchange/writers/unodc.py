"""Write tables of counts as UNODC's questionnaires ask for them: victims, suspects, offences, migrants.

In: what leaves. Out: one zip with a CSV file a table. Guaranteed: no record and no name is in it; the counts of a table
add up to the rows of the register that leave, which the file of totals repeats; whoever has several citizenships, kinds
of exploitation, parts or offences is counted once, under ``several``; what is not known is counted under ``unknown``.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from traboule.core.csv_tables import csv_table
from traboule.exchange.selection import Selection
from traboule.register.protected import EXPOSED_ROLES

_NO_TIME = (1980, 1, 1, 0, 0, 0)
SEVERAL, UNKNOWN = "several", "unknown"
_OF_PERSON = {"sex": "sex", "age_band": "age_band", "citizenship": "citizenships"}
# File -> table of the form, and column -> field of its rows.
_COUNTED = {
    "victims": ("victims", {"status": "status", "exploitation": "exploitation", "country": "exploitation_country"}),
    "suspects": ("roles", {"role": "role", "part": "part"}),
    "offences": ("arrests", {"offence": "offences"}),
}
_COLUMNS = {"country": "exploitation_country"}
_MIGRANTS = ("owner_state", "nationality", "direction", "count", "minors", "unaccompanied")


def counts(selection: Selection) -> Mapping[str, bytes]:
    """Return one zip with the tables of counts."""
    persons = {row["record"]: row for row in selection.rows("people")}
    totals: list[tuple[object, ...]] = [("table", "rows")]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:

        def write(name: str, lines: list[tuple[object, ...]]) -> None:
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", _NO_TIME), csv_table(lines), zipfile.ZIP_DEFLATED)

        for name, (table, fields) in _COUNTED.items():
            counted = Counter(_classes(row, persons, fields) for row in _rows(selection, table))
            head = ("owner_state", *(_COLUMNS.get(column, column) for column in fields), *_OF_PERSON, "count")
            write(name, [head, *((*classes, number) for classes, number in sorted(counted.items()))])
            totals.append((name, counted.total()))
        migrants = [tuple(row[column] for column in _MIGRANTS) for row in selection.rows("migrants")]
        write("migrants", [_MIGRANTS, *migrants])
        totals.append(("migrants", sum(int(row["count"] or 0) for row in selection.rows("migrants"))))
        write("totals", totals)
    return {f"{selection.operation}.unodc.zip": packed.getvalue()}


def _rows(selection: Selection, table: str) -> Iterator[dict[str, Any]]:
    return (row for row in selection.rows(table) if table != "roles" or row["role"] in EXPOSED_ROLES)


def _classes(row: Mapping[str, Any], persons: Mapping[Any, Any], fields: Mapping[str, str]) -> tuple[str, ...]:
    person = persons.get(row["person_record"], {})
    return (
        str(row["owner_state"]),
        *(_class(row.get(field)) for field in fields.values()),
        *(_class(person.get(field)) for field in _OF_PERSON.values()),
    )


def _class(value: object) -> str:
    if isinstance(value, list):
        return UNKNOWN if not value else str(value[0]) if len(value) == 1 else SEVERAL
    return UNKNOWN if value is None else str(value)
