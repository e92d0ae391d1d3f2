"""Map each table of the form to its model, and its fields to columns in clear or to what is sealed.

In: nothing. Out: the mapping that the verbs of this stage read. A test compares it with the form. Guaranteed: of a row
about a person everything is sealed but which row it is and what it refers to; of any other row all texts and dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pyarrow as pa

from traboule.register import models
from traboule.returns.form import Field, form

TABLES: Mapping[str, type[models.Version]] = {
    "totals": models.Total,
    "actions": models.Action,
    "people": models.Person,
    "roles": models.PersonRole,
    "victims": models.Victim,
    "arrests": models.Arrest,
    "migrants": models.MigrantDetection,
    "identifiers": models.Identifier,
    "legs": models.Leg,
    "seizures": models.Seizure,
    "checks": models.Check,
    "hits": models.Hit,
    "investigations": models.Investigation,
}

# Read through the personal door only; every other table goes out by history.
PERSONAL_TABLES = frozenset({"identifiers"})

# Free texts about persons: the one such field of each table.
NARRATIVES: Mapping[str, str] = {"actions": "narrative", "investigations": "narrative", "victims": "promised_job"}

# The form's field on the left, our column on the right, where they differ.
RENAMED: Mapping[tuple[str, str], str] = {("totals", "unit"): "counted_unit"}

# Tables whose every row is of one person, and which column of the form names her; her own row names itself.
OF_PERSONS: Mapping[str, str] = {"people": "row_id"} | dict.fromkeys(
    ("roles", "victims", "arrests", "identifiers", "legs"), "person"
)
IDENTITY: Mapping[str, pa.DataType] = {
    name: pa.string() for name, field in form().row_tables["people"].fields.items() if field.personal
}
NARRATIVE: Mapping[str, pa.DataType] = {"text": pa.string()}

_WORDS = ("text", "date", "moment")
_KINDS: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "code": pa.string(),
    "date": pa.string(),
    "codes": pa.list_(pa.string()),
    "integer": pa.int64(),
    "number": pa.float64(),
    "moment": pa.timestamp("us"),
}
_IN_CLEAR = ("row_id", "source", "information", "handling")

REFERENCES = ("person", "action", "breakdown_of")


def own_columns(model: type[models.RegisterRow]) -> tuple[str, ...]:
    """Return the columns a model adds to what every row of the register carries, in the model's order."""
    shared = {field.name for field in models.Version._meta.local_fields} | {"id"}
    return tuple(field.name for field in model._meta.concrete_fields if field.name not in shared)


def blob_table(model: type[models.RegisterRow], table: str) -> str:
    """Return what a blob of a row of form table ``table`` in ``model`` is bound to as its table."""
    name = str(model._meta.db_table)
    return name if TABLES.get(table) is model else f"{name}/{table}"


@cache
def sealed_types(table: str) -> Mapping[str, pa.DataType]:
    """Return the fields of a form table that its own model seals, by our name, with their Arrow types."""
    return {
        RENAMED.get((table, name), name): _KINDS[field.type]
        for name, field in form().row_tables[table].fields.items()
        if name not in _IN_CLEAR and _is_sealed(table, field)
    }


def _is_sealed(table: str, field: Field) -> bool:
    if field.personal and (table == "people" or table in NARRATIVES):
        return False  # In a table of its own.
    return field.type in _WORDS or (table in OF_PERSONS and field.type in _KINDS)
