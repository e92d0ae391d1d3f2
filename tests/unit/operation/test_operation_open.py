"""Opening an operation on a real PostgreSQL: once, again without effect, and never with other content."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection

from traboule.app import start
from traboule.core.errors import Conflict, Invalid, NotFound
from traboule.core.permissions import Actor, Role
from traboule.database import connections, embedded
from traboule.operation.operation import load, shipped_text

start.prepare()

from traboule.operation.models import OperationOpened  # noqa: E402  Models want Django made ready first.
from traboule.operation.open import open_operation  # noqa: E402
from traboule.operation.read import opened, opened_codes  # noqa: E402

TEXT = shipped_text("liberterra-ii")
DESK = Actor("desk officer", Role.DESK)
AT = datetime(2024, 9, 1, 8, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    """The table alone, in the cluster's first database, so that nothing but this room is under test."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        cluster = embedded.start(Path(place))
        try:
            connections.use(cluster.address)
            with connection.schema_editor() as editor:
                editor.create_model(OperationOpened)
            yield
        finally:
            connections.leave()
            cluster.stop()


@pytest.fixture(autouse=True)
def empty(table: None) -> None:
    OperationOpened.objects.all().delete()


def test_an_operation_that_was_opened_is_read_back_whole() -> None:
    operation = open_operation(TEXT, by=DESK, at=AT)
    assert operation == load(TEXT)
    assert opened("liberterra-ii") == operation
    assert opened_codes() == ("liberterra-ii",)
    row = OperationOpened.objects.get()
    assert (row.opened_by, row.opened_at, row.content, row.content_hash) == (
        "desk officer",
        AT,
        TEXT,
        operation.content_hash,
    )


def test_opening_the_same_again_changes_nothing() -> None:
    first = open_operation(TEXT, by=DESK, at=AT)
    later = open_operation("# With a note.\n" + TEXT, by=Actor("other", Role.DESK), at=AT.replace(day=2))
    assert later == first
    assert OperationOpened.objects.get().opened_at == AT
    assert OperationOpened.objects.get().content == TEXT


def test_other_content_under_the_same_code_is_a_conflict_and_changes_nothing() -> None:
    open_operation(TEXT, by=DESK, at=AT)
    with pytest.raises(Conflict) as caught:
        open_operation(TEXT.replace("threshold: 10", "threshold: 5"), by=DESK, at=AT)
    assert caught.value.code == "operation-differs"
    assert opened("liberterra-ii") == load(TEXT)


def test_a_faulty_file_opens_nothing() -> None:
    with pytest.raises(Invalid):
        open_operation(TEXT.replace("2024-10-04", "2024-09-04"), by=DESK, at=AT)
    assert opened_codes() == ()


def test_an_operation_that_nobody_opened_is_not_found() -> None:
    with pytest.raises(NotFound):
        opened("liberterra-ii")


def test_what_communiques_say_may_be_completed_while_the_operation_is_open() -> None:
    without = TEXT[: TEXT.index("press:")].replace("code: liberterra-ii", "code: completed")
    completed = TEXT.replace("code: liberterra-ii", "code: completed")
    open_operation(without, by=DESK, at=AT)
    assert opened("completed").press.missing(("en",))
    open_operation(completed, by=DESK, at=AT)
    assert opened("completed").to_json() == load(completed).to_json()
    with pytest.raises(Conflict):
        open_operation(without.replace("threshold: 10", "threshold: 11"), by=DESK, at=AT)
    assert opened("completed").to_json() == load(completed).to_json()
