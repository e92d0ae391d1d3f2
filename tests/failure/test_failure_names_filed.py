"""Bad input the whole way: a return full of it is taken, told of cell by cell, and links nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
ENGINE = Actor("engine", Role.ENGINE)
BAD = {
    "P1": ("🙂🙂", "R-NAME-NO-LETTERS"),
    "P2": ("x" * 500, "R-NAME-LONG"),
    "P3": ("Ив\u0061нов", "R-NAME-SCRIPTS"),
    "P4": ("ع\u200fلي", "R-NAME-MARKS"),
    "P5": ("Ana 2", "R-NAME-SIGNS"),
    "P6": ("محمد " * 100, "R-NAME-LONG"),
    "P7": ("", ""),
}
# Two persons for each bad name, so that nothing but the name could link them; one more bad cell in each of their rows.
DATES = {"P1": "0000-01-01", "P2": "31.02.0000", "P3": "year 0"}
HELD = {*DATES, "P8"}  # What cannot be read, or not be kept, waits for its filer; all else is entered.


def filed(state: str) -> bytes:
    people = [
        {"row_id": row_id, "family_name": name, "given_names": name}
        | ({"birth_date": DATES[row_id]} if row_id in DATES else {})
        for row_id, (name, _) in BAD.items()
    ]
    people.append({"row_id": "P8", "family_name": "\u202eevil\u202c", "given_names": "\x01"})
    phones = ["+1-800-FLOWERS", "zero six twelve", "O6 12 34 56 78"]
    content = {
        "cover": {
            "operation": "liberterra-ii", "state": state, "agency": "Police", "coordination_unit": "SN",
            "version": 1, "status": "preliminary", "as_of": "2024-10-05",
        },
        "people": people,
        "identifiers": [
            {"row_id": f"I{number}", "person": f"P{number}", "kind": "phone", "value": value}
            for number, value in enumerate(phones, start=4)
        ],
    }  # fmt: skip
    return json.dumps(content).encode()


@pytest.fixture
def desk(database: Started) -> Desk:
    found = Desk(database)
    found.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_bad_cell_is_told_with_its_place(desk: Desk, language: str) -> None:
    by = Actor("officer", Role.NATIONAL, frozenset({"ML"}))
    checked = desk.perform(
        "return.check", by=by, at=AT, name="ML.json", content=filed("ML"), language=language, operation=None
    )
    findings = checked.to_json()["findings"]
    told = {one["code"] for one in findings}
    assert told >= {code for _, code in BAD.values() if code} | {"R-TEXT-CONTROL", "R-PHONE-UNREADABLE"}
    assert "R-DATE-UNREADABLE" in told
    assert all(one["sheet"] and one["row"] and one["message"] and one["advice"] for one in findings)
    assert all("{" not in one["message"] + one["advice"] for one in findings)


def test_the_return_is_taken_and_nothing_links(desk: Desk) -> None:
    for state in ("ML", "TG"):
        by = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        receipt = desk.perform("return.receive", by=by, at=AT, name=f"{state}.json", content=filed(state)).receipt
        assert (receipt.filed, receipt.held, receipt.refused) == (11, len(HELD), 0)
        assert receipt.entered == 11 - len(HELD)
    linked = desk.perform("link", by=ENGINE, at=AT).to_json()
    assert (linked["automatic"], linked["persons"], linked["records"]) == (0, 8, 8)
