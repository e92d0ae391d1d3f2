"""Exports through the door: who gets what, what is said of every field, and a copy that is found again."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.builders import somebody
from tests.two_returns import filed

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import NotFound, Refused
from traboule.core.permissions import Actor, Role
from traboule.exchange.declarations import FORMATS
from traboule.ledger.models import RecordShown
from traboule.returns.content import content_hash
from traboule.returns.form import form

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
MALI = somebody("officer of ML", Role.NATIONAL, "ML")
TOGO = somebody("officer of TG", Role.NATIONAL, "TG")
DESK = somebody("Awa Diop", Role.DESK)
PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)
ASKED = {"recipient": "NCB Bamako", "purpose": "investigation"}


def with_more(content: bytes) -> bytes:
    """Return Togo's return with a victim, a migrant, counts of migrants, and a suspect who is not to be passed on."""
    filing = json.loads(content)
    filing["people"] += [
        {"row_id": "V", "family_name": "Lawson", "birth_date": "1990", "sex": "female"},
        {"row_id": "M", "family_name": "Diallo", "birth_date": "1990", "sex": "male"},
        {"row_id": "S", "family_name": "Koffi", "birth_date": "1980-02", "sex": "male", "handling": "H2"},
    ]
    roles = {"V": "victim", "M": "irregular_migrant", "S": "suspect"}
    filing["roles"] += [{"row_id": f"R{who}", "person": who, "role": role} for who, role in roles.items()]
    filing["victims"] = [{"row_id": "V1", "person": "V", "status": "ActualVictimOfTrafficking"}]
    filing["identifiers"].append({"row_id": "IS", "person": "S", "kind": "phone", "value": "+22890112233"})
    filing["migrants"] = [
        {"row_id": f"G{number}", "detected_on": "2024-10-01", "nationality": "NG", "count": number, "place": "Lomé"}
        for number in (2, 3)
    ]
    return json.dumps(filing).encode()


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk at which Mali and Togo have filed."""
    result = Desk(database)
    result.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    result.perform("return.receive", by=MALI, at=AT, name="ML.json", content=filed("ML", "Police"))
    result.perform("return.receive", by=TOGO, at=AT, name="TG.json", content=with_more(filed("TG", "Police")))
    return result


def verb_of(by: Actor) -> str:
    return "exchange.export-desk" if by.role is Role.DESK else "exchange.export"


def tables(content: bytes) -> dict[str, list[dict[str, str]]]:
    """Return the tables of a zip, the cover apart."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))
            for name in archive.namelist()
            if name != "cover.csv"
        }


def exported(desk: Desk, by: Actor, **asked: Any) -> dict[str, list[dict[str, str]]]:
    made = desk.perform(verb_of(by), by=by, at=AT, format="csv", **{**ASKED, **asked})
    return tables(made.contents["liberterra-ii.csv.zip"])


def names(rows: list[dict[str, str]]) -> list[str]:
    return sorted(row["family_name"] for row in rows)


def test_a_state_exports_its_own_rows_and_no_protected_person(desk: Desk) -> None:
    assert names(exported(desk, MALI)["people"]) == ["Amavi Adjoa", "Kodjo Esi"]
    togo = exported(desk, TOGO)
    assert names(togo["people"]) == ["Amavi Adzoa", "Kodjo Esinam", "Koffi"]
    assert {row["owner_state"] for table in togo.values() for row in table} == {"TG"}
    assert "victims" not in togo


def test_victims_leave_only_by_the_protection_officer_for_their_protection(desk: Desk) -> None:
    everybody = ["Amavi Adjoa", "Amavi Adzoa", "Kodjo Esi", "Kodjo Esinam"]
    assert names(exported(desk, PROTECTION)["people"]) == everybody
    protecting = exported(desk, PROTECTION, purpose="protection")
    assert names(protecting["people"]) == sorted([*everybody, "Lawson"])
    assert [row["status"] for row in protecting["victims"]] == ["ActualVictimOfTrafficking"]


def test_nobody_who_is_a_migrant_alone_leaves_as_a_row(desk: Desk) -> None:
    for by in (TOGO, PROTECTION):
        out = exported(desk, by, purpose="protection")
        assert "Diallo" not in names(out["people"])
        assert [(row["nationality"], row["count"], row["place"]) for row in out["migrants"]] == [("NG", "5", "")]


def test_what_its_owner_has_not_given_free_stays(desk: Desk) -> None:
    made = desk.perform("exchange.export", by=PROTECTION, at=AT, format="csv", **ASKED)
    out = tables(made.contents["liberterra-ii.csv.zip"])
    assert not {row["record"] for table in out.values() for row in table} & {"TG/Police/S", "TG/Police/IS"}
    stayed = {
        (entry["table"], entry["rows"]) for entry in made.losses.to_json()["withheld"] if entry["reason"] == "handling"
    }
    assert stayed == {("people", 1), ("roles", 1), ("identifiers", 1)}


def test_the_desk_exports_no_name_and_no_identifier(desk: Desk) -> None:
    out = exported(desk, DESK)
    assert {row["record"] for row in out["people"]} == {
        f"{state}/Police/P{each}" for state in ("ML", "TG") for each in "12"
    }
    assert names(out["people"]) == [""] * 4
    assert not {"identifiers", "migrants", "totals", "victims"} & set(out)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("by", [MALI, DESK, PROTECTION], ids=lambda by: by.role.value)
def test_every_field_of_the_form_is_in_every_loss_report(desk: Desk, format: str, by: Actor) -> None:
    made = desk.perform(verb_of(by), by=by, at=AT, format=format, **ASKED)
    lines = made.losses.to_json()["fields"]
    wanted = {(table, field) for table, content in form().tables.items() for field in content.fields}
    assert {(line["table"], line["field"]) for line in lines} == wanted
    assert len(lines) == len(wanted)
    for line in lines:
        assert line["outcome"] in ("kept", "generalised", "dropped")
        assert (line["outcome"] == "kept") == (line["reason"] == "")
    assert json.loads(made.contents["losses.json"]) == made.losses.to_json()
    page = made.contents["losses.html"].decode()
    assert page.count("<tr>") >= len(wanted)


def test_a_zip_of_one_agency_is_read_back_as_its_return(desk: Desk) -> None:
    made = desk.perform("exchange.export", by=MALI, at=AT, format="csv", **ASKED)
    content = made.contents["liberterra-ii.csv.zip"]
    checked = desk.perform("return.check", by=MALI, at=AT, name="back.zip", content=content, language="en").outcome
    again = desk.perform(
        "return.check", by=MALI, at=AT, name="ML.json", content=filed("ML", "Police"), language="en"
    ).outcome
    assert checked.cover == again.cover
    for table in form().row_tables:
        assert list(map(content_hash, checked.tables[table])) == list(map(content_hash, again.tables[table])), table


def test_parquet_holds_the_same_rows(desk: Desk) -> None:
    made = desk.perform("exchange.export", by=MALI, at=AT, format="parquet", **ASKED)
    people = pq.read_table(io.BytesIO(made.contents["liberterra-ii.people.parquet"])).to_pylist()
    assert names(people) == names(exported(desk, MALI)["people"])


def test_a_copy_is_found_by_its_hash_by_who_may_see_the_export(desk: Desk) -> None:
    made = desk.perform("exchange.export", by=MALI, at=AT, format="csv", **ASKED)
    digest = hashlib.sha256(made.contents["liberterra-ii.csv.zip"]).hexdigest()
    assert [entry["sha256"] for entry in made.to_json()["files"]] == [digest]
    for by in (MALI, PROTECTION):
        found = desk.perform("exchange.check", by=by, at=AT, sha256=digest).to_json()["exports"]
        assert [(entry["recipient"], entry["purpose"]) for entry in found] == [("NCB Bamako", "investigation")]
        assert desk.perform("exchange.list", by=by, at=AT).to_json()["exports"] == found
    for by in (TOGO, DESK):
        assert desk.perform("exchange.list", by=by, at=AT).to_json()["exports"] == []
        with pytest.raises(NotFound):
            desk.perform("exchange.check", by=by, at=AT, sha256=digest)
    with pytest.raises(NotFound):
        desk.perform("exchange.check", by=MALI, at=AT, sha256=hashlib.sha256(b"changed").hexdigest())


def test_the_same_rows_give_the_same_bytes(desk: Desk) -> None:
    for format in FORMATS:
        first, second = (desk.perform("exchange.export", by=MALI, at=AT, format=format, **ASKED) for _ in range(2))
        assert first.contents == second.contents


def test_owners_may_read_who_exported_which_record(desk: Desk) -> None:
    desk.perform("exchange.export", by=PROTECTION, at=AT, format="csv", **{**ASKED, "purpose": "protection"})
    reads = desk.perform("reads.mine", by=TOGO, at=AT).to_json()["reads"]
    assert ("TG/Police/V", "exchange.export") in {(read["record"], read["verb"]) for read in reads}
    assert RecordShown.objects.count() == 0, "outside of a transaction nobody reads"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"format": "word"}, "export-format"),
        ({"purpose": "curiosity"}, "export-purpose"),
        ({"purpose": ""}, "export-purpose"),
        ({"recipient": " "}, "export-recipient"),
    ],
)
def test_an_export_without_recipient_purpose_or_format_is_refused(desk: Desk, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        desk.perform("exchange.export", by=MALI, at=AT, **{"format": "csv", **ASKED, **wrong})
    offered = {"export-format": "parquet", "export-purpose": "statistics"}
    assert offered.get(code, "") in refusal.value.sentence("en")
    assert refusal.value.code == code


def test_an_officer_of_two_states_exports_for_one(desk: Desk) -> None:
    both = somebody("officer of two", Role.NATIONAL, "ML", "TG")
    with pytest.raises(Refused) as refusal:
        desk.perform("exchange.export", by=both, at=AT, format="csv", **ASKED)
    assert refusal.value.code == "export-one-state"
