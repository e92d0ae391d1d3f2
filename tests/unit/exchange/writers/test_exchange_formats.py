"""Each format opened by a reader of its own field: nothing is left out that its declaration does not say."""

from __future__ import annotations

import io
import json
from typing import Any

import networkx
import pytest
import stix2
from stix2validator import ValidationOptions, validate_string
from tests.unit.exchange.test_exchange_export import ASKED, AT, DESK, PROTECTION, TOGO, desk, tables, verb_of

from traboule.app.desk import Desk
from traboule.core.permissions import Actor
from traboule.exchange.writers import graphml

__all__ = ["desk"]
READERS = pytest.mark.parametrize("by", [TOGO, DESK, PROTECTION], ids=lambda by: by.role.value)


def contents(desk: Desk, by: Actor, format: str) -> bytes:
    made = desk.perform(verb_of(by), by=by, at=AT, format=format, **{**ASKED, "purpose": "protection"})
    name = next(name for name in made.contents if not name.startswith("losses"))
    return bytes(made.contents[name])


def rows_of_csv(desk: Desk, by: Actor) -> dict[str, int]:
    return {table: len(rows) for table, rows in tables(contents(desk, by, "csv")).items()}


@READERS
def test_a_stix_bundle_is_valid_and_holds_every_row_once(desk: Desk, by: Actor) -> None:
    text = contents(desk, by, "stix").decode()
    results = validate_string(text, ValidationOptions(version="2.1"))
    assert results.is_valid, [str(error) for error in results.errors or ()][:5]
    parsed: Any = stix2.parse(text)
    kinds = [each["type"] for each in json.loads(text)["objects"]]
    assert len(parsed.objects) == len(kinds)
    counted: dict[str, int] = {}
    for each in json.loads(text)["objects"]:
        for extension in each.get("extensions", {}).values():
            for table, rows in extension.get("rows", {}).items():
                counted[table] = counted.get(table, 0) + len(rows)
            for table in ("people", "actions"):
                counted[table] = counted.get(table, 0) + (table in extension)
    counted.pop("cover", None)
    assert counted == rows_of_csv(desk, by)


def test_an_owner_s_handling_code_travels_as_a_marking(desk: Desk) -> None:
    objects = {each["id"]: each for each in json.loads(contents(desk, TOGO, "stix"))["objects"]}
    person = next(each for each in objects.values() if each.get("name") == "Koffi")
    names = [objects[mark]["name"] for mark in person["object_marking_refs"]]
    assert names == ["TLP:AMBER", "H2"]
    assert objects[person["created_by_ref"]]["name"] == "TG/Police"


@READERS
def test_a_graph_is_read_back_with_every_row_and_reference(desk: Desk, by: Actor) -> None:
    graph = networkx.read_graphml(io.BytesIO(contents(desk, by, "graphml")))
    counted: dict[str, int] = {}
    for _, node in graph.nodes(data=True):
        counted[node["table"]] = counted.get(node["table"], 0) + 1
    counted.pop("cover", None)
    assert counted == rows_of_csv(desk, by)
    role = next(name for name, node in graph.nodes(data=True) if node["table"] == "roles" and node.get("action"))
    assert {graph.nodes[target]["table"] for target in graph.successors(role)} == {"people", "actions"}


def test_a_character_that_xml_cannot_hold_is_replaced_and_marks_are_escaped() -> None:
    assert graphml._text("a\x00<b>&\ufffe") == "a\ufffd&lt;b&gt;&amp;\ufffd"
