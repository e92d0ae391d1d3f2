"""Returns as the readers give them, built from plain rows: ``raw(people=[{"row_id": "P1"}])``."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from openpyxl.utils import get_column_letter

from traboule.linkage.names.writing.placeholders import names_somebody
from traboule.operation.operation import Operation, shipped
from traboule.returns.check import check
from traboule.returns.checked import CheckedReturn, CheckedRow
from traboule.returns.form import COVER, form
from traboule.returns.raw import RawColumn, RawReturn, RawRow, RawSheet

COVER_CELLS: dict[str, object] = {
    "operation": "liberterra-ii",
    "state": "ML",
    "agency": "Police nationale",
    "version": 1,
    "status": "preliminary",
    "as_of": "2024-10-06",
}


@cache
def operation() -> Operation:
    """Return the operation that the tests file for."""
    return shipped("liberterra-ii")


def raw(
    cover: Mapping[str, object] | None = None,
    /,
    **tables: Sequence[Mapping[str, object]],
) -> RawReturn:
    """Return a return as read from an English workbook: rows from row 2, columns in the form's order."""
    cells: dict[str, Any] = {**COVER_CELLS, **(cover or {})}
    cells = {name: value for name, value in cells.items() if value is not None}
    sheets = {COVER: _cover(cells)}
    for name, rows in tables.items():
        fields = list(form().tables[name].fields)
        columns = {
            field: RawColumn(form().tables[name].fields[field].label["en"], get_column_letter(place))
            for place, field in enumerate(fields, start=1)
        }
        sheets[name] = RawSheet(
            form().tables[name].sheet_name("en"),
            columns,
            [RawRow(number, dict(row)) for number, row in enumerate(rows, start=2)],  # type: ignore[arg-type]
        )
    digest = hashlib.sha256(repr((cells, tables)).encode("utf-8", "surrogatepass")).hexdigest()
    return RawReturn("return.xlsx", digest, "en", sheets)


def _cover(cells: dict[str, Any]) -> RawSheet:
    places = {name: f"B{number}" for number, name in enumerate(form().tables[COVER].fields, start=2)}
    columns = {name: RawColumn(form().tables[COVER].fields[name].label["en"], "") for name in places}
    return RawSheet(form().tables[COVER].sheet_name("en"), columns, [RawRow(1, cells)] if cells else [], places)


def checked(cover: Mapping[str, object] | None = None, /, **tables: Sequence[Mapping[str, object]]) -> CheckedReturn:
    """Return what the check gives for these rows."""
    return check(raw(cover, **tables), form(), operation(), somebody=names_somebody)


def codes(result: CheckedReturn, table: str, row_id: str) -> set[str]:
    """Return the codes of the faults on one row."""
    return set(row(result, table, row_id).faults)


def row(result: CheckedReturn, table: str, row_id: str) -> CheckedRow:
    """Return the row of that name, entered, held or refused."""
    every = [*result.tables[table], *(candidate for candidate in result.refused_rows if candidate.table == table)]
    return next(candidate for candidate in every if candidate.row_id == row_id)


def large(rows: int, seed: int = 7) -> RawReturn:
    """Return a return of ``rows`` rows: people, a role, an arrest and a phone each, as clerks fill them in."""
    chance = random.Random(seed)
    persons = rows // 4
    people, roles, arrests, identifiers = [], [], [], []
    for number in range(persons):
        person = f"P{number}"
        moment = datetime.fromisoformat("2024-09-29") + timedelta(minutes=chance.randrange(6 * 24 * 60))
        people.append(
            {
                "row_id": person,
                "family_name": f"{chance.choice(['Traoré', 'Diallo', 'Keïta', 'الحداد'])} {number % 977}",
                "given_names": chance.choice(["Aminata", "Moussa", "فاطمة", "Jean-Pierre"]) + str(number % 1013),
                "birth_date": f"{1960 + number % 46}-{1 + number % 12:02d}-{1 + number % 28:02d}",
                "sex": chance.choice(["female", "male", "femme", "ذكر", "unknown"]),
                "citizenships": chance.choice(["Mali", "ML; SN", "Côte d'Ivoire", "توغو", "NG"]),
                "residence": chance.choice(["ML", "Sénégal", "n/a"]),
                "source": "A",
                "information": 1,
                "handling": "H0",
            }
        )
        roles.append({"row_id": f"R{number}", "person": person, "role": "suspect", "start": moment})
        arrests.append(
            {
                "row_id": f"A{number}",
                "person": person,
                "at": moment.strftime("%d/%m/%Y %H:%M"),
                "place": f"Bamako {number % 53}",
                "arresting_state": "ML",
                "attribution": chance.choice(["trafficking", "smuggling", "both", "linked", "incidental"]),
                "handling": "H1",
            }
        )
        phone = (
            f"+223 {chance.randrange(60, 80)} {number // 100 % 100:02d} {number % 100:02d} {chance.randrange(100):02d}"
        )
        identifiers.append({"row_id": f"I{number}", "person": person, "kind": "phone", "value": phone, "issuer": "ML"})
    return raw(people=people, roles=roles, arrests=arrests, identifiers=identifiers)


def about_one_person(rows: int) -> RawReturn:
    """Return a return of ``rows`` arrests and as many legs, all of them faulty and all about one person."""
    arrests = [
        {"row_id": str(n), "person": "P1", "at": f"2024-10-01 {n % 24}:{n % 60:02d}", "attribution": f"x{n}"}
        for n in range(rows)
    ]
    legs = [
        {"row_id": str(n), "person": "P1", "order": n % 7, "from_country": "ML", "to_country": "TG"}
        for n in range(rows)
    ]
    return raw(people=[{"row_id": "P1"}], arrests=arrests, legs=legs)
