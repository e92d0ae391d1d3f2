"""Who is protected: everybody who is not known to be a suspect or arrested, of age, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pytest

from traboule.register.protected import protected_records, rows_without, without_protected

ON = date(2024, 9, 29)
RECORD = "ML/Police/P1"
ADULT = {"age_band": "30-38", "minor": None}
PEOPLE = {"record": pa.string(), "age_band": pa.string(), "minor": pa.string()}
FACT = {"record": pa.string(), "person_record": pa.string(), "role": pa.string()}


def tables(person: Mapping[str, Any], roles: list[str | None], **facts: bool) -> dict[str, pa.Table]:
    """Return a register of one person in ``roles``, with a row in each table of ``facts``."""
    role_rows = [{"record": f"R{number}", "person_record": RECORD, "role": role} for number, role in enumerate(roles)]
    fact = [{"record": "F1", "person_record": RECORD, "role": None}]
    named = {name: pa.Table.from_pylist(fact if facts.get(name) else [], pa.schema(FACT)) for name in FACTS}
    people = pa.Table.from_pylist([{"record": RECORD, **person}], pa.schema(PEOPLE))
    return {"people": people, "roles": pa.Table.from_pylist(role_rows, pa.schema(FACT)), **named}


FACTS = ("victims", "arrests", "legs", "totals", "migrants", "hits", "held", "actions")


def is_protected(found: dict[str, pa.Table], born: str | None = None) -> bool:
    births = pa.table({"record": [RECORD], "birth_date": pa.array([born], pa.string())})
    return protected_records(found, births, ON).to_pylist() == [RECORD]


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (["suspect"], False),
        (["arrested", "suspect"], False),
        (["suspect", "witness"], True),
        (["arrested", "possible_victim"], True),
        (["irregular_migrant"], True),
        (["not_a_victim"], True),
        ([None], True),
        ([], True),
    ],
)
def test_by_roles(roles: list[str | None], expected: bool) -> None:
    assert is_protected(tables(ADULT, roles)) is expected


def test_by_what_else_was_filed() -> None:
    assert not is_protected(tables(ADULT, [], arrests=True))
    assert is_protected(tables(ADULT, ["arrested"], arrests=True, victims=True))


@pytest.mark.parametrize(
    ("person", "born", "expected"),
    [
        ({"age_band": "9-17", "minor": None}, None, True),
        ({"age_band": "18-20", "minor": None}, None, False),
        ({"age_band": None, "minor": "presumed"}, None, True),
        ({"age_band": None, "minor": "no"}, "2001", False),
        (ADULT, "2006-09-29", False),
        (ADULT, "2006-09-30", True),
        (ADULT, "2006", True),
        (ADULT, "2005", False),
        (ADULT, "unreadable", True),
    ],
)
def test_by_age(person: dict[str, Any], born: str | None, expected: bool) -> None:
    """Who may be under age on the first day is protected, whatever else is said."""
    assert is_protected(tables(person, ["suspect"]), born) is expected


def test_what_is_left_has_no_row_of_hers_and_no_count_of_persons() -> None:
    filed = tables(ADULT, ["victim"], **dict.fromkeys(FACTS, True))
    protected = protected_records(filed, pa.table({"record": [RECORD], "birth_date": ["1990"]}), ON)
    left = {name: table.num_rows for name, table in without_protected(filed, protected).items()}
    assert left == {"people": 0, "roles": 0, **dict.fromkeys(FACTS, 0), "actions": 1}
    assert rows_without(filed["arrests"], "person_record", pa.array([], pa.string())).num_rows == 1
