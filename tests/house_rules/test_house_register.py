"""The register's columns are the form's fields: neither may change without the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Model

from traboule.database.row_security import OWNING, Wall, wall_of
from traboule.register import models
from traboule.register.tables import IDENTITY, NARRATIVES, OF_PERSONS, RENAMED, TABLES, own_columns, sealed_types
from traboule.returns.form import Field, form

SOURCE = Path(__file__).parents[2] / "src" / "traboule"
ROW_TABLES = form().row_tables
KINDS = {
    "text": "TextField",
    "code": "TextField",
    "reference": "TextField",
    "date": "TextField",
    "codes": "ArrayField",
    "references": "ArrayField",
    "integer": "BigIntegerField",
    "number": "FloatField",
}
SHARED = {"row_id", "source", "information", "handling"}
SEALED_TYPES = {"text", "date", "moment"}
REFERRING = {"reference", "references"}


def column_of(table: str, field: Field) -> str:
    """Return our name of a field."""
    return RENAMED.get((table, field.id), field.id)


def is_sealed_apart(table: str, field: Field) -> bool:
    """Tell whether a field is sealed in a table of its own."""
    return field.personal and (table == "people" or table in NARRATIVES)


def test_every_table_has_its_model() -> None:
    assert list(TABLES) == list(ROW_TABLES)


@pytest.mark.parametrize("table", list(ROW_TABLES))
def test_every_field_has_its_column_or_is_sealed(table: str) -> None:
    for field in ROW_TABLES[table].fields.values():
        if is_sealed_apart(table, field):
            assert field.id in (IDENTITY if table == "people" else NARRATIVES.values()), field.id
        elif column_of(table, field) not in sealed_types(table):
            result = TABLES[table]._meta.get_field(column_of(table, field))
            assert type(result).__name__ == KINDS[field.type], field.id
            assert result.null or field.id in SHARED, field.id


@pytest.mark.parametrize("table", list(ROW_TABLES))
def test_every_column_has_its_field(table: str) -> None:
    fields = [field for field in ROW_TABLES[table].fields.values() if field.id not in SHARED]
    own = {column_of(table, field) for field in fields if not is_sealed_apart(table, field)}
    assert own == set(own_columns(TABLES[table])) | set(sealed_types(table))
    assert not set(own_columns(TABLES[table])) & set(sealed_types(table))


@pytest.mark.parametrize("table", list(ROW_TABLES))
def test_nothing_that_is_said_of_a_person_stands_in_clear(table: str) -> None:
    """Of a person's row all but references is sealed; of any other row whatever is written freely, and dates."""
    is_of_a_person = table == "people" or "person" in ROW_TABLES[table].fields
    for field in ROW_TABLES[table].fields.values():
        if field.id not in SHARED and not is_sealed_apart(table, field):
            wanted = field.type not in REFERRING if is_of_a_person else field.type in SEALED_TYPES
            assert (column_of(table, field) in sealed_types(table)) is wanted, field.id
    assert (table in OF_PERSONS) is is_of_a_person


def test_personal_fields_and_victims_stand_behind_the_protected_wall() -> None:
    walled = [models.PersonIdentity, models.Narrative, models.AsFiled, models.Victim, models.Identifier]
    assert {wall_of(model) for model in walled} == {Wall.PROTECTED}


def test_only_one_file_reads_personal_columns() -> None:
    """PersonIdentity, Identifier and Narrative are named where they are defined, entered and read by the one door."""
    allowed = {"register/models.py", "register/tables.py", "register/enter.py", "register/personal.py"}
    pattern = re.compile(r"\b(PersonIdentity|Narrative|AsFiled|register_(personidentity|narrative|asfiled))\b")
    readers = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "migrations" not in path.parts and pattern.search(path.read_text(encoding="utf-8"))
    }
    assert readers <= allowed


def test_every_model_with_a_unit_has_a_wall() -> None:
    for model in apps.get_models():
        columns = {field.column for field in model._meta.concrete_fields}
        assert wall_of(model) is not None or not columns & set(OWNING), model


def test_a_row_that_tells_of_a_person_is_protected() -> None:
    """Each table of the form with a reference to a person, or a count that may be of one, and the rows of a return."""
    counting = {"totals", "migrants", "hits"}
    for table, declared in ROW_TABLES.items():
        if table == "people" or table in counting or "person" in declared.fields:
            assert wall_of(TABLES[table]) is Wall.PROTECTED, table
    assert {model._meta.model_name for model in apps.get_models() if "protected" in fields_of(model)} == {
        model._meta.model_name for model in apps.get_models() if wall_of(model) is Wall.LINKED
    }


def fields_of(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


def test_no_change_of_a_model_is_without_its_migration() -> None:
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph)
    assert {label: [str(migration) for migration in migrations] for label, migrations in changes.items()} == {}
