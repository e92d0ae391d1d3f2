"""Map each table of the form to its model, and its personal fields to theirs.

In: nothing. Out: the mapping that the verbs of this stage read. A test compares it with the form.
"""

from __future__ import annotations

from collections.abc import Mapping

from traboule.register import models

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

REFERENCES = ("person", "action", "breakdown_of")


def own_columns(model: type[models.RegisterRow]) -> tuple[str, ...]:
    """Return the columns a model adds to what every row of the register carries, in the model's order."""
    shared = {field.name for field in models.Version._meta.local_fields} | {"id"}
    return tuple(field.name for field in model._meta.concrete_fields if field.name not in shared)
