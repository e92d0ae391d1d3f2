"""Formats for cases, maps and statistics, opened by their readers or checked against their schema, wrong values too."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from pymisp import MISPEvent, MISPObject
from tests.unit.exchange.test_exchange_export import ASKED, AT, DESK, PROTECTION, TOGO, desk, tables, verb_of

from traboule.app.desk import Desk
from traboule.core.codes import vocabulary
from traboule.core.permissions import Actor
from traboule.exchange.declarations import declaration
from traboule.exchange.losses import loss_report
from traboule.exchange.selection import Selection, Terms, select
from traboule.exchange.writers import ftm, geojson, misp
from traboule.returns.form import COVER, form

__all__ = ["desk"]
READERS = pytest.mark.parametrize("by", [TOGO, DESK, PROTECTION], ids=lambda by: by.role.value)
SCHEMATA = yaml.safe_load((Path(__file__).parent / "followthemoney.yaml").read_text())
POSITION: dict[str, Any] = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90},
    ],
    "minItems": 2,
    "maxItems": 2,
}
LINE = {"type": "array", "items": POSITION, "minItems": 2}
GEOMETRIES = {"Point": POSITION, "LineString": LINE, "MultiLineString": {"type": "array", "items": LINE}}
RFC_7946 = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "required": ["type", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "id": {"type": "string"},
                    "properties": {"type": "object"},
                    "geometry": {
                        "oneOf": [
                            {"type": "null"},
                            *(
                                {"properties": {"type": {"const": name}, "coordinates": shape}, "type": "object"}
                                for name, shape in GEOMETRIES.items()
                            ),
                        ]
                    },
                },
            },
        },
    },
}


def contents(desk: Desk, by: Actor, format: str, purpose: str = "protection") -> dict[str, bytes]:
    made = desk.perform(verb_of(by), by=by, at=AT, format=format, **{**ASKED, "purpose": purpose})
    return {name.removeprefix("liberterra-ii."): content for name, content in made.contents.items()}


def rows_of_csv(desk: Desk, by: Actor) -> dict[str, int]:
    return {table: len(rows) for table, rows in tables(contents(desk, by, "csv")["csv.zip"]).items()}


def entities_of(content: bytes) -> dict[str, dict[str, Any]]:
    return {entity["id"]: entity for entity in map(json.loads, content.splitlines())}


def assert_fits_schema(entities: dict[str, dict[str, Any]]) -> None:
    """Check entities as FollowTheMoney does: what is required, ranges, and that cleaning would drop nothing."""
    for entity in entities.values():
        schema, properties = SCHEMATA[entity["schema"]], entity["properties"]
        assert set(schema["required"]) <= set(properties), entity
        for name, values in properties.items():
            kind = schema["properties"][name]
            for value in values:
                if kind["type"] == "entity":
                    assert value != entity["id"]
                    assert entities[value]["schema"] in kind["range"]
                if kind["type"] == "country":
                    assert value.upper() in vocabulary("countries")
                if kind["type"] == "date":
                    datetime.fromisoformat(f"{value}-01-01"[:10])


@READERS
def test_geojson_fits_its_rfc_and_names_no_place(desk: Desk, by: Actor) -> None:
    collection = json.loads(contents(desk, by, "geojson")["geojson"])
    Draft202012Validator(RFC_7946).validate(collection)
    counted = Counter(feature["properties"]["table"] for feature in collection["features"])
    counted.pop(COVER, None)
    assert counted == rows_of_csv(desk, by)
    lost = {(place.table, place.field) for place in declaration("geojson").fields if place.outcome != "kept"}
    for feature in collection["features"]:
        assert not {(feature["properties"]["table"], field) for field in feature["properties"]} & lost
    located = [feature for feature in collection["features"] if feature["properties"]["table"] == "actions"]
    assert located
    assert all(feature["geometry"]["type"] == "Point" for feature in located)


def test_a_line_over_the_antimeridian_is_cut_there() -> None:
    assert geojson.line((170.0, 10.0), (-170.0, 20.0)) == {
        "type": "MultiLineString",
        "coordinates": [[[170.0, 10.0], [180.0, 15.0]], [[-180.0, 15.0], [-170.0, 20.0]]],
    }


@READERS
def test_entities_fit_the_schema_of_followthemoney(desk: Desk, by: Actor) -> None:
    entities = entities_of(contents(desk, by, "ftm")["ftm.json"])
    assert_fits_schema(entities)
    described = [entity["properties"].get("description", [""])[0].partition("\n")[0] for entity in entities.values()]
    counted = Counter(line.removeprefix("table: ") for line in described if line.startswith("table: "))
    assert counted == rows_of_csv(desk, by)


@READERS
def test_misp_events_are_loaded_by_pymisp_with_our_templates(desk: Desk, by: Actor) -> None:
    files = contents(desk, by, "misp")
    counted: Counter[str] = Counter()
    for each in json.loads(files["misp.json"])["response"]:
        written = {row["uuid"]: row for row in each["Event"]["Object"]}
        event = MISPEvent()
        event.from_dict(**deepcopy(each))  # It takes apart what it is given.
        assert [tag.name for tag in event.tags] == ["tlp:amber"]
        for row in event.objects:
            counted[row.name.removeprefix("traboule-")] += 1
            values = [
                (attribute["object_relation"], attribute["value"]) for attribute in written[row.uuid]["Attribute"]
            ]
            assert [(attribute.object_relation, attribute.value) for attribute in row.attributes] == values
            assert {reference.referenced_uuid for reference in row.references} <= set(written)
            assert all(attribute.tags[0].name == "tlp:amber" for attribute in row.attributes)
    counted.pop(COVER, None)
    assert counted == rows_of_csv(desk, by)


def test_object_templates_are_read_by_pymisp() -> None:
    with zipfile.ZipFile(io.BytesIO(misp.templates())) as archive:
        assert len(archive.namelist()) == len(form().tables)
        for name in archive.namelist():
            shape = json.loads(archive.read(name))
            made = MISPObject(shape["name"], strict=True, misp_objects_template_custom=shape)
            made.add_attribute("handling" if "handling" in shape["attributes"] else "state", value="H1")
            assert (made.template_uuid, made.template_version) == (shape["uuid"], misp.TEMPLATE_VERSION)


def test_victims_leave_as_htcds_only_for_their_protection(desk: Desk) -> None:
    files = contents(desk, PROTECTION, "htcds")
    rows = list(csv.DictReader(io.StringIO(files["htcds.csv"].decode("utf-8-sig"))))
    assert [(row["prs_SecondName"], row["prs_Gender"], row["trb_OwnerState"]) for row in rows] == [
        ("Lawson", "Feminine", "TG")
    ]
    sheet = load_workbook(io.BytesIO(files["htcds.xlsx"])).active
    assert sheet is not None
    assert [[cell or "" for cell in line] for line in sheet.iter_rows(values_only=True)] == [
        list(rows[0]),
        list(rows[0].values()),
    ]
    for by, purpose in ((PROTECTION, "investigation"), (TOGO, "protection"), (DESK, "protection")):
        assert contents(desk, by, "htcds", purpose)["htcds.csv"].decode("utf-8-sig").count("\r\n") == 1


@READERS
def test_tables_of_counts_add_up_and_hold_no_record(desk: Desk, by: Actor) -> None:
    with zipfile.ZipFile(io.BytesIO(contents(desk, by, "unodc")["unodc.zip"])) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    totals = {row["table"]: int(row["rows"]) for row in csv.DictReader(io.StringIO(files.pop("totals.csv")))}
    for name, text in files.items():
        counted = sum(int(row["count"]) for row in csv.DictReader(io.StringIO(text)))
        assert counted == totals[name.removesuffix(".csv")]
        assert "Police/" not in text
    seen = rows_of_csv(desk, by)
    assert totals["victims"] == seen.get("victims", 0)
    assert totals["offences"] == seen.get("arrests", 0)
    assert totals["migrants"] == (0 if by is DESK else 5)


def planted() -> Selection:
    """Return a person born on a day that is none, of a country that is none, and a suspect of an action elsewhere."""
    head = {"unit": "TG", "agency": "Police", "in_force": True, "handling": None, "missing": "{}"}
    rows: dict[str, list[dict[str, Any]]] = {
        "people": [{"record": "TG/1", "row_id": "1", "birth_date": "1990-02-31", "citizenships": ["ATLANTIS", "TG"]}],
        "roles": [
            {"record": "TG/2", "row_id": "2", "role": "suspect", "person": "1", "person_record": "TG/1", "action": "9"}
        ],
    }
    made = {}
    for name in form().row_tables:
        columns = ["record", *head, "person_record", "action_record", *form().row_tables[name].fields]
        made[name] = pa.table(
            {
                column: pa.array(
                    [{**head, **row}.get(column) for row in rows.get(name, [])],
                    pa.list_(pa.string()) if column == "citizenships" else pa.string(),
                )
                for column in dict.fromkeys(columns)
                if column != "in_force"
            }
        )
    births = made["people"].select(["record", "birth_date"])
    terms = Terms(date(2024, 9, 29), datetime(2024, 10, 9, tzinfo=UTC), with_protected=True, owner=True)
    return select("planted", made, births, terms)


def test_what_followthemoney_would_drop_is_in_the_description_and_listed() -> None:
    selection = planted()
    (content,) = ftm.entities(selection).values()
    entities = entities_of(content)
    assert_fits_schema(entities)
    person = next(entity for entity in entities.values() if entity["schema"] == "Person")["properties"]
    assert "birthDate" not in person
    assert person["citizenship"] == ["tg"]
    assert "birth_date: 1990-02-31" in person["description"][0]
    assert "citizenships: ATLANTIS" in person["description"][0]
    role = next(entity for entity in entities.values() if entity["id"] and "role: suspect" in str(entity))
    assert role["schema"] == "Event", "a link without both ends is no link"
    faulty = {(value.field, value.fault) for value in loss_report(declaration("ftm"), selection).faulty}
    assert faulty >= {("birth_date", "date_impossible"), ("citizenships", "code_unknown")}


def test_wrong_values_leave_as_they_were_filed() -> None:
    selection = planted()
    (person,) = (
        each
        for each in json.loads(geojson.features(selection)["planted.geojson"])["features"]
        if "people" in each["id"]
    )
    assert person["properties"]["birth_date"] == "1990-02-31"
    assert "ATLANTIS" in misp.events(selection)["planted.misp.json"].decode()
