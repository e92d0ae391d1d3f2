"""The register's columns are the form's fields: neither may change without the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from traboule.database.row_security import OWNING, Wall, wall_of
from traboule.register import models
from traboule.register.tables import NARRATIVES, RENAMED, TABLES, own_columns
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
    "moment": "LocalMomentField",
}
SHARED = {"row_id", "source", "information", "handling"}


def home_of(table: str, field: Field) -> tuple[type[models.RegisterRow], str]:
    """Return the model and the column that keep a field."""
    if field.personal and table == "people":
        return models.PersonIdentity, field.id
    if field.personal and table in NARRATIVES:
        return models.Narrative, "text"
    return TABLES[table], RENAMED.get((table, field.id), field.id)


def test_every_table_has_its_model() -> None:
    assert list(TABLES) == list(ROW_TABLES)


@pytest.mark.parametrize("table", list(ROW_TABLES))
def test_every_field_has_its_column(table: str) -> None:
    for field in ROW_TABLES[table].fields.values():
        model, column = home_of(table, field)
        result = model._meta.get_field(column)
        assert type(result).__name__ == KINDS[field.type], field.id
        assert result.null or column in SHARED, field.id


@pytest.mark.parametrize("table", list(ROW_TABLES))
def test_every_column_has_its_field(table: str) -> None:
    homes = [home_of(table, field) for field in ROW_TABLES[table].fields.values() if field.id not in SHARED]
    assert {column for model, column in homes if model is TABLES[table]} == set(own_columns(TABLES[table]))
    if table == "people":
        names = {column for model, column in homes if model is models.PersonIdentity}
        assert names == set(own_columns(models.PersonIdentity))


def test_personal_fields_and_victims_stand_behind_the_protected_wall() -> None:
    for table, declared in ROW_TABLES.items():
        for field in declared.fields.values():
            model, _ = home_of(table, field)
            if field.personal or table == "victims":
                assert wall_of(model) is Wall.PROTECTED, (table, field.id)


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


def test_no_change_of_a_model_is_without_its_migration() -> None:
    loader = MigrationLoader(None)
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    changes = detector.changes(graph=loader.graph)
    assert {label: [str(migration) for migration in migrations] for label, migrations in changes.items()} == {}
