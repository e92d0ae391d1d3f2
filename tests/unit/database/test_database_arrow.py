"""Rows in and tables out: all types, any characters, one transaction, one instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pyarrow as pa
import pytest
from django.db import Error, transaction
from psycopg import sql
from tests.conftest import ActAs
from tests.counted_work import python_steps

from traboule.app.start import Started
from traboule.core.permissions import Actor, Role
from traboule.database.arrow import append, append_table, reading
from traboule.database.context import Context
from traboule.register.models import Action

ENGINE = Context.of(Actor("engine", Role.ENGINE))
KEPT = (
    *("operation", "unit", "agency", "row_id", "record", "version", "return_id", "entered_at"),
    *("sealed", "sealed_for"),
)
COLUMNS = (*KEPT, "sheet", "row_number", "content_hash", "missing", "kind", "joint_with")
AT = datetime(2024, 10, 1, tzinfo=UTC)
NUMBER = UUID(int=7)
BYTES = bytes(range(256))
HARD = "a\tb\nc\\d\"e'f;--{}%s\u202e\u0627\u0644 \U0001f600 é"


def action(place: int, unit: str = "ML", text: str = HARD) -> tuple[object, ...]:
    stored = ("x", unit, "a", str(place), f"{unit}/a/{place}", 1, NUMBER, AT, BYTES, "")
    return (*stored, "s", place, "", {"kind": text}, text, [text, "SN"])


def test_every_type_and_any_character_survives(database: Started, as_actor: ActAs) -> None:
    with as_actor(Role.NATIONAL, "ML"):
        assert append(Action, COLUMNS, [action(1)]) == 1
        stored = Action.objects.get()
    assert (stored.kind, stored.joint_with, stored.missing) == (HARD, [HARD, "SN"], {"kind": HARD})
    assert (stored.return_id, stored.entered_at, bytes(stored.sealed)) == (NUMBER, AT, BYTES)
    query = sql.SQL(
        "SELECT kind, joint_with, entered_at::timestamp AS local, entered_at, missing, row_number, sealed"
        " FROM register_action"
    )
    with reading(ENGINE) as reader:
        table = reader.table(query)
    assert table.schema.types == [
        pa.string(),
        pa.list_(pa.string()),
        pa.timestamp("us"),
        pa.timestamp("us", tz="UTC"),
        pa.string(),
        pa.int32(),
        pa.binary(),
    ]
    assert table.schema.field("kind").metadata is None
    assert table.to_pylist()[0]["joint_with"] == [HARD, "SN"]


def test_rows_go_in_with_the_transaction_and_leave_with_it(database: Started, as_actor: ActAs) -> None:
    def broken() -> Iterator[tuple[object, ...]]:
        yield from map(action, range(30_000))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), as_actor(Role.NATIONAL, "ML"):
        append(Action, COLUMNS, broken())
    with as_actor(Role.ENGINE):
        assert Action.objects.count() == 0


def test_a_row_of_another_state_takes_all_rows_with_it(database: Started, as_actor: ActAs) -> None:
    with pytest.raises(Error, match="row-level security"), as_actor(Role.NATIONAL, "ML"):
        append(Action, COLUMNS, [action(1), action(2, unit="SN")])
    with pytest.raises(Error, match="row-level security"), transaction.atomic():
        append(Action, COLUMNS, [action(1)])


def test_an_arrow_table_goes_in(database: Started, as_actor: ActAs) -> None:
    given = pa.Table.from_pylist([dict(zip(COLUMNS, action(place), strict=True)) for place in range(3)])
    plain = given.set_column(given.column_names.index("return_id"), "return_id", pa.array([str(NUMBER)] * 3))
    with as_actor(Role.NATIONAL, "ML"):
        assert append_table(Action, plain) == 3
        assert Action.objects.filter(kind=HARD).count() == 3


def test_a_reader_sees_one_instant_and_only_what_is_committed(database: Started, as_actor: ActAs) -> None:
    count = sql.SQL("SELECT count(*) AS rows FROM register_action")
    with reading(ENGINE) as reader:
        assert reader.table(count).to_pylist() == [{"rows": 0}]
        with as_actor(Role.NATIONAL, "ML"):
            append(Action, COLUMNS, [action(1)])
            with reading(ENGINE) as other:
                assert other.table(count).to_pylist() == [{"rows": 0}]
        assert reader.table(count).to_pylist() == [{"rows": 0}]
    with reading(ENGINE) as reader:
        assert reader.table(count).to_pylist() == [{"rows": 1}]
    with reading(Context.of(Actor("officer", Role.NATIONAL, frozenset({"SN"})))) as reader:
        assert reader.table(count).to_pylist() == [{"rows": 0}]


def test_a_reader_cannot_write(database: Started) -> None:
    with reading(ENGINE) as reader, pytest.raises(Exception, match="read-only"):
        reader.table(sql.SQL("INSERT INTO returns_heldrow DEFAULT VALUES RETURNING id"))


def test_fifty_thousand_rows_are_read_in_bulk(database: Started, as_actor: ActAs) -> None:
    with as_actor(Role.NATIONAL, "ML"):
        append_actions(50_000)
    assert read_actions().num_rows == 50_000
    assert python_steps(read_actions) < 5_000  # A step for each row would be fifty thousand.


def append_actions(count: int) -> None:
    """Enter actions of Mali."""
    rows = [
        ("x", "ML", "a", str(n), f"ML/a/{n}", 1, NUMBER, AT, b"", "", "s", n, "", {}, "female", ["ML"])
        for n in range(count)
    ]
    append(Action, (*KEPT, "sheet", "row_number", "content_hash", "missing", "kind", "joint_with"), rows)


def read_actions() -> pa.Table:
    """Return all actions."""
    with reading(ENGINE) as reader:
        return reader.table(sql.SQL("SELECT record, kind, joint_with FROM register_action ORDER BY record"))
