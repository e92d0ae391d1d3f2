"""Write STIX 2.1: persons and owners as identities, actions as incidents, roles as relationships.

In: what leaves. Out: one bundle. Guaranteed: every row is in it once, at the object of its person, its action or its
owner, in a property extension; ids follow from the operation and the row, so that a second bundle brings no doubles;
everything is marked TLP:AMBER, and each row with its owner's handling code. Source: OASIS STIX 2.1, 10 June 2021.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from traboule.core.codes import vocabulary
from traboule.exchange.selection import MISSING, Selection
from traboule.returns.form import COVER, form

_NAMESPACE = UUID("6f0dbd1c-3f0e-5a53-9d0b-6f3a7c1f22d4")
_AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
_AMBER_OBJECT = {
    "type": "marking-definition",
    "spec_version": "2.1",
    "id": _AMBER,
    "created": "2017-01-20T00:00:00.000Z",
    "definition_type": "tlp",
    "name": "TLP:AMBER",
    "definition": {"tlp": "amber"},
}
_HANDLING = "handling"
_ABOUT = "The fields of a return of a joint operation that STIX has no property for, by table and field."

Object = dict[str, Any]


class _Bundle:
    """The objects of one bundle, by id, in the order in which they were first named."""

    def __init__(self, selection: Selection) -> None:
        self._operation = selection.operation
        self._at = f"{selection.terms.at:%Y-%m-%dT%H:%M:%S}.000Z"
        self.objects: dict[str, Object] = {_AMBER: _AMBER_OBJECT}
        maker = self.id("identity", "traboule")
        self.extension = self.id("extension-definition", "rows of a return")
        self.add(maker, identity_class="system", name="Traboule")
        self.add(
            self.extension,
            name="Rows of a return",
            description=_ABOUT,
            created_by_ref=maker,
            schema=_ABOUT,
            version="1.0.0",
            extension_types=["property-extension"],
        )

    def id(self, kind: str, name: str) -> str:
        """Return the id of an object, which follows from the operation and its name there."""
        return f"{kind}--{uuid5(_NAMESPACE, f'{self._operation} {kind} {name}')}"

    def add(self, identifier: str, **properties: Any) -> Object:
        """Return the object of that id, made where it is not there yet."""
        if identifier not in self.objects:
            kind = identifier.partition("--")[0]
            times = {"created": self._at} | ({} if kind == "marking-definition" else {"modified": self._at})
            marks = {} if kind in ("marking-definition", "extension-definition") else {"object_marking_refs": [_AMBER]}
            head = {"type": kind, "spec_version": "2.1", "id": identifier}
            self.objects[identifier] = {**head, **times, **marks, **properties}
        return self.objects[identifier]

    def owner(self, row: Mapping[str, Any]) -> str:
        """Return the id of the identity of whoever filed a row."""
        name = f"{row['owner_state']}/{row['owner_agency']}"
        identifier = self.id("identity", name)
        self.add(identifier, identity_class="organization", sectors=["government-national"], name=name)
        return identifier

    def extend(self, identifier: str) -> Object:
        """Return our extension of an object."""
        extensions = self.objects[identifier].setdefault("extensions", {})
        content: Object = extensions.setdefault(self.extension, {"extension_type": "property-extension"})
        return content

    def mark(self, identifier: str, row: Mapping[str, Any]) -> None:
        """Mark an object with the handling code of one of its rows."""
        code = row.get(_HANDLING)
        if code:
            marking = self.id("marking-definition", code)
            label = vocabulary(_HANDLING).label(code, "en")
            self.add(marking, definition_type="statement", name=code, definition={"statement": f"Handling {label}"})
            marks = self.objects[identifier].setdefault("object_marking_refs", [])
            if marking not in marks:
                marks.append(marking)


def bundle(selection: Selection) -> Mapping[str, bytes]:
    """Return one bundle of everything that leaves."""
    made = _Bundle(selection)
    for row in selection.rows("people"):
        identifier, stated = made.id("identity", f"person {row['record']}"), _statements("people", row)
        name = " ".join(filter(None, (stated.get("given_names"), stated.get("family_name")))) or row["record"]
        made.add(identifier, identity_class="individual", name=name, created_by_ref=made.owner(row))
        made.extend(identifier)["people"] = stated
        made.mark(identifier, row)
    for row in selection.rows("actions"):
        identifier, stated = made.id("incident", row["record"]), _statements("actions", row)
        made.add(identifier, name=f"{stated.get('kind', 'action')} {row['record']}", created_by_ref=made.owner(row))
        made.extend(identifier)["actions"] = stated
        made.mark(identifier, row)
    for table in form().row_tables:
        if table not in ("people", "actions"):
            for row in selection.rows(table):
                _attach(made, table, row)
    for row in selection.rows(COVER):
        holder = made.owner({"owner_state": row["state"], "owner_agency": row["agency"]})
        made.extend(holder).setdefault("rows", {}).setdefault(COVER, []).append(_statements(COVER, row))
    content = {"type": "bundle", "id": made.id("bundle", "all"), "objects": list(made.objects.values())}
    lines = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).iterencode(content)
    return {f"{selection.operation}.stix.json": "".join(lines).encode()}


def _attach(made: _Bundle, table: str, row: Mapping[str, Any]) -> None:
    """Put a row at the object of its person, else of its action, else of its owner; a role is a relationship too."""
    person, action = _named_ids(made, row)
    holder = person or action or made.owner(row)
    made.extend(holder).setdefault("rows", {}).setdefault(table, []).append(_statements(table, row))
    made.mark(holder, row)
    if table == "roles" and person and action:
        identifier = made.id("relationship", row["record"])
        kind = str(row["role"] or "related-to").replace("_", "-")
        made.add(
            identifier,
            relationship_type=kind,
            source_ref=person,
            target_ref=action,
            created_by_ref=made.owner(row),
        )
        made.mark(identifier, row)


def _named_ids(made: _Bundle, row: Mapping[str, Any]) -> Iterator[str]:
    """Yield the ids of person and action that a row names, each empty where it names none that leaves."""
    for column, kind, prefix in (("person_record", "identity", "person "), ("action_record", "incident", "")):
        record = row.get(column)
        identifier = made.id(kind, f"{prefix}{record}") if record else ""
        yield identifier if identifier in made.objects else ""


def _statements(table: str, row: Mapping[str, Any]) -> Object:
    """Return what a row says, as JSON holds it, with whose it is and why fields are empty."""
    names = ["record", *form().tables[table].fields]
    out = {name: _plain(row[name]) for name in names if row.get(name) not in (None, [])}
    reasons = json.loads(row.get(MISSING) or "{}")
    return {**out, MISSING: reasons} if reasons else out


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | list) else str(value)
