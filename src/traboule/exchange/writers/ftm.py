"""Write FollowTheMoney: persons, actions as events, roles as links, identifiers, and every other row as an event.

In: what leaves. Out: one file, an entity a line. Guaranteed: every row is one entity; a date that does not exist and a
country that is none stand in the description, for a reader drops them from their property without a word; an entity
refers only to one that is there, and never to itself; ids follow from operation and row.
Source: FollowTheMoney 4.11, schema (MIT).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from traboule.core.codes import vocabulary
from traboule.exchange.losses import is_date
from traboule.exchange.selection import MISSING, Selection
from traboule.returns.form import COVER, form

_NAMESPACE = UUID("0d1f7a52-5a38-5e0c-9f0e-52b6f4f4a6a1")
_SCHEMATA = {"people": "Person", "roles": "UnknownLink", "identifiers": "Identification"}
_EVENT, _OWNER = "Event", "PublicBody"
# Fields that are a property of the entity of their table; all others stand in the description.
_PROPERTIES = {
    "people": {
        "family_name": "lastName",
        "given_names": "firstName",
        "birth_date": "birthDate",
        "birth_place": "birthPlace",
        "citizenships": "citizenship",
        "residence": "country",
    },
    "actions": {"kind": "keywords", "place": "address", "country": "country", "narrative": "summary"},
    "roles": {"role": "role", "start": "startDate", "end": "endDate"},
    "identifiers": {
        "kind": "type",
        "value": "number",
        "issuer": "country",
        "first_seen": "startDate",
        "last_seen": "endDate",
    },
}
_LINK_ENDS = {"person": "subject", "action": "object"}
_HOLDER = {"person": "holder"}
_INVOLVED = {"person": "involved"}
_REFERRED = {"person": "people", "action": "actions"}

Properties = dict[str, list[str]]


def entities(selection: Selection) -> Mapping[str, bytes]:
    """Return the entities of everything that leaves."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    lines = "".join(f"{encode(entity)}\n" for entity in _Entities(selection).written())
    return {f"{selection.operation}.ftm.json": lines.encode()}


class _Entities:
    """The entities of one export."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._leaving = {
            table: {row for row in selection.tables[table]["record"].to_pylist() if row} for table in _REFERRED.values()
        }

    def written(self) -> Iterator[dict[str, Any]]:
        """Yield every entity, owners first."""
        owners: dict[str, dict[str, Any]] = {}
        for row in self._selection.rows(COVER):
            self._add_owner(owners, row["state"], row["agency"], _description(COVER, row, ("state", "agency")))
        for table in form().row_tables:
            for row in self._selection.rows(table):
                self._add_owner(owners, row["owner_state"], row["owner_agency"], [])
        yield from owners.values()
        for table in form().row_tables:
            for number, row in enumerate(self._selection.rows(table), start=1):
                yield self._entity(table, number, row)

    def _add_owner(self, owners: dict[str, Any], state: Any, agency: Any, description: list[str]) -> None:
        name = _owner(state, agency)
        if name not in owners:
            country: Properties = {"country": [str(state).lower()]} if state in vocabulary("countries") else {}
            owners[name] = {"id": self._id("owner", name), "schema": _OWNER, "properties": {"name": [name], **country}}
        if description:
            owners[name]["properties"].setdefault("description", []).append("\n".join(description))

    def _id(self, table: str, record: object) -> str:
        return str(uuid5(_NAMESPACE, f"{self._selection.operation} {table} {record}"))

    def _entity(self, table: str, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
        record = row["record"] or f"{row['owner_state']}/{number}"
        schema = _SCHEMATA.get(table, _EVENT)
        ends = {"UnknownLink": _LINK_ENDS, "Identification": _HOLDER}.get(schema, _INVOLVED)
        references = self._references(row, ends)
        # A link without both ends, or a document without holder and number, is none: it becomes an event.
        if schema == "UnknownLink" and len(references) < len(ends):
            schema = _EVENT
        if schema == "Identification" and not (references and row["value"]):
            schema = _EVENT
        if schema == _EVENT:
            references = self._references(row, _INVOLVED)
        properties: Properties = {}
        stated: list[str] = []
        own = {} if schema == _EVENT and table != "actions" else _PROPERTIES.get(table, {})
        for name, property_name in own.items():
            right, wrong = _sorted_values(table, name, row.get(name))
            if right:
                properties[property_name] = right
            if wrong:
                stated.append(f"{name}: {'; '.join(wrong)}")
        if schema in (_EVENT, "Person"):
            properties["name"] = [_name(table, row, record)]
        referring = [reference for reference in _REFERRED if _property_of(reference, schema) in references]
        stated += _description(table, row, (*own, *referring))
        about = [f"table: {table}", f"record: {record}", f"owner: {_owner(row['owner_state'], row['owner_agency'])}"]
        properties |= references
        properties["description"] = ["\n".join([*about, *stated])]
        if schema == _EVENT:
            properties["organizer"] = [self._id("owner", _owner(row["owner_state"], row["owner_agency"]))]
        properties["publisher"] = [
            f"{row['owner_state']}/{row['owner_agency']}" if row["owner_agency"] else row["owner_state"]
        ]
        return {"id": self._id(table, record), "schema": schema, "properties": properties}

    def _references(self, row: Mapping[str, Any], ends: Mapping[str, str]) -> Properties:
        out: Properties = {}
        for reference, property_name in ends.items():
            record = row.get(f"{reference}_record")
            if record in self._leaving[_REFERRED[reference]]:
                out[property_name] = [self._id(_REFERRED[reference], record)]
        return out


def _owner(state: object, agency: object) -> str:
    return f"{state}/{agency}" if agency else str(state)


def _property_of(reference: str, schema: str) -> str:
    ends = {"UnknownLink": _LINK_ENDS, "Identification": _HOLDER}.get(schema, _INVOLVED)
    return ends.get(reference, "")


def _name(table: str, row: Mapping[str, Any], record: object) -> str:
    if table == "people":
        return " ".join(filter(None, (row.get("given_names"), row.get("family_name")))) or str(record)
    return f"{row.get('kind') or table} {record}"


def _sorted_values(table: str, name: str, value: object) -> tuple[list[str], list[str]]:
    """Return the values that the property can hold, as it writes them, and those that it cannot."""
    values = [str(each) for each in (value if isinstance(value, list) else [value]) if each not in (None, "")]
    field = form().tables[table].fields[name]
    if field.type == "date":
        return [each for each in values if is_date(each)], [each for each in values if not is_date(each)]
    if field.vocabulary == "countries":
        countries = vocabulary("countries")
        right = [each.lower() for each in values if each in countries]
        return right, [each for each in values if each not in countries]
    return values, []


def _description(table: str, row: Mapping[str, Any], elsewhere: tuple[str, ...]) -> list[str]:
    """Return a line for each field that no property holds, and for each that is empty for a reason."""
    lines = [
        f"{name}: {_text(row[name])}"
        for name in form().tables[table].fields
        if name not in elsewhere and row.get(name) not in (None, [])
    ]
    reasons = json.loads(row.get(MISSING) or "{}")
    return [*lines, *(f"{name}: {reason}" for name, reason in reasons.items())]


def _text(value: object) -> str:
    return ";".join(map(str, value)) if isinstance(value, list) else str(value)
