"""Write MISP events: an event an owner, an object a row, by object templates of ours for a trafficking case.

In: what leaves. Out: the events, and a zip with the object templates as a MISP instance installs them. Guaranteed:
every row is one object; every value is a text, so that nothing is changed on import; events are for the receiving
organisation only and tagged TLP:AMBER, each attribute with its row's handling code, because MISP may part attributes
from their object; uuids follow from operation and row. Source: MISP core format and MISP object template format.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from traboule.exchange.selection import MISSING, OWNER, Selection
from traboule.returns.form import COVER, form

# To be raised whenever a field of the form comes, goes or is renamed, so that an instance takes the new templates.
TEMPLATE_VERSION = 1
_NAMESPACE = UUID("b7f0a3a4-6e0b-5c55-8f5e-3b9a40a6c1de")
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_CATEGORY = "misc"
_ONLY_THE_RECEIVER = "0"  # Distribution: your organisation only.
_AMBER = {"name": "tlp:amber", "colour": "#FFC000"}
_REFERRED = {"person": "people", "action": "actions"}


def events(selection: Selection) -> Mapping[str, bytes]:
    """Return the events of everything that leaves, and the templates of their objects."""
    content = {"response": [{"Event": event} for event in _events(selection)]}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return {f"{selection.operation}.misp.json": text.encode(), "misp-objects.zip": templates()}


def template(table: str) -> dict[str, Any]:
    """Return the object template of a table of the form, as MISP defines one."""
    content = form().tables[table]
    texts = {name: field.label["en"] for name, field in content.fields.items()}
    ours = {"owner_state": "Owner: state", "owner_agency": "Owner: agency", "record": "Record"}
    attributes = {
        name: {
            "description": text,
            "misp-attribute": "text",
            "ui-priority": 1,
            "disable_correlation": not (name in content.fields and content.fields[name].personal),
            **({"multiple": True} if name in content.fields and content.fields[name].type == "codes" else {}),
        }
        for name, text in {**ours, **texts, MISSING: "Why fields are empty"}.items()
    }
    return {
        "attributes": attributes,
        "description": f"A row of the table {content.sheet_name('en')} of a return of a joint operation.",
        "meta-category": _CATEGORY,
        "name": f"traboule-{table}",
        "required": [],
        "requiredOneOf": sorted(attributes),
        "uuid": str(uuid5(_NAMESPACE, f"template {table}")),
        "version": TEMPLATE_VERSION,
    }


def templates() -> bytes:
    """Return a zip with all templates, a folder each, as MISP's repository of objects holds them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in form().tables:
            text = json.dumps(template(table), ensure_ascii=False, indent=2, sort_keys=True)
            entry = zipfile.ZipInfo(f"objects/traboule-{table}/definition.json", _NO_TIME)
            archive.writestr(entry, f"{text}\n".encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _events(selection: Selection) -> Iterator[dict[str, Any]]:
    objects: dict[str, list[dict[str, Any]]] = {}
    names = {table: template(table) for table in form().tables}
    leaving = {table: set(selection.tables[table]["record"].to_pylist()) for table in _REFERRED.values()}
    for table in selection.tables:
        for number, row in enumerate(selection.rows(table), start=1):
            state, agency = (
                (row["state"], row["agency"]) if table == COVER else (row["owner_state"], row["owner_agency"])
            )
            owner = f"{state}/{agency}" if agency else str(state)
            made = _object(selection, names[table], table, row.get("record") or f"{owner}/{number}", row)
            made["ObjectReference"] = list(_references(selection, made["uuid"], row, leaving))
            objects.setdefault(owner, []).append(made)
    at = selection.terms.at
    for owner in sorted(objects):
        yield {
            "uuid": _uuid(selection, "event", owner),
            "info": f"{selection.operation}: {owner}",
            "date": f"{at:%Y-%m-%d}",
            "timestamp": str(int(at.timestamp())),
            "analysis": "0",
            "threat_level_id": "4",
            "distribution": _ONLY_THE_RECEIVER,
            "published": False,
            "Orgc": {"name": owner, "uuid": _uuid(selection, "organisation", owner)},
            "Tag": [_AMBER],
            "Object": objects[owner],
        }


def _uuid(selection: Selection, kind: str, name: object) -> str:
    return str(uuid5(_NAMESPACE, f"{selection.operation} {kind} {name}"))


def _object(
    selection: Selection, made_by: Mapping[str, Any], table: str, record: object, row: Mapping[str, Any]
) -> dict[str, Any]:
    timestamp = str(int(selection.terms.at.timestamp()))
    identifier = _uuid(selection, table, record)
    handling = row.get("handling")
    tags = [_AMBER, *([{"name": f'traboule:handling="{handling}"'}] if handling else [])]
    attributes = [
        {
            "uuid": _uuid(selection, identifier, f"{name} {place}"),
            "object_relation": name,
            "type": "text",
            "category": "Other",
            "value": value,
            "to_ids": False,
            "disable_correlation": made_by["attributes"][name]["disable_correlation"],
            "distribution": _ONLY_THE_RECEIVER,
            "timestamp": timestamp,
            "Tag": tags,
        }
        for name in (*OWNER, *form().tables[table].fields, MISSING)
        for place, value in enumerate(_values(row.get(name)))
        if value != "{}" or name != MISSING
    ]
    return {
        "uuid": identifier,
        "name": made_by["name"],
        "meta-category": _CATEGORY,
        "description": made_by["description"],
        "template_uuid": made_by["uuid"],
        "template_version": str(made_by["version"]),
        "distribution": _ONLY_THE_RECEIVER,
        "timestamp": timestamp,
        "Attribute": attributes,
    }


def _values(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(each) for each in values if each not in (None, "")]


def _references(
    selection: Selection, source: str, row: Mapping[str, Any], leaving: Mapping[str, set[Any]]
) -> Iterator[dict[str, str]]:
    for reference, table in _REFERRED.items():
        record = row.get(f"{reference}_record")
        if record in leaving[table]:
            yield {
                "uuid": _uuid(selection, source, reference),
                "object_uuid": source,
                "referenced_uuid": _uuid(selection, table, record),
                "relationship_type": "related-to",
                "comment": reference,
            }
