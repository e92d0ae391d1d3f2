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
from traboule.database.keys.root_key import ROOT
from traboule.operation.operation import load, shipped_text

start.prepare()

from traboule.operation.models import OperationOpened  # noqa: E402  Models want Django made ready first.
from traboule.operation.open import open_operation  # noqa: E402
from traboule.operation.read import opened, opened_codes  # noqa: E402
from traboule.operation.sealed_file import file_of  # noqa: E402

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
            cluster.keys.read_or_make(ROOT)
            connections.use(cluster.address.signing(b"the key of this test", cluster.keys.folder))
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
    assert (row.opened_by, row.opened_at, file_of(row), row.content_hash) == (
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
    assert file_of(OperationOpened.objects.get()) == TEXT


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


def altered(column: str, value: str) -> None:
    """Change what is stored as whoever has the database alone can."""
    OperationOpened.objects.filter(code="liberterra-ii").update(**{column: value})


LOWERED = TEXT.replace("threshold: 10", "threshold: 2")


@pytest.mark.promise("thresholds-cannot-be-lowered")
def test_a_threshold_lowered_in_the_database_is_refused_at_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash beside it is made right as well: who changes the one can change the other. The seal cannot be made."""
    open_operation(TEXT, by=DESK, at=AT)
    altered("content", LOWERED)
    altered("content_hash", load(LOWERED).content_hash)
    for attempt in (lambda: opened("liberterra-ii"), lambda: open_operation(LOWERED, by=DESK, at=AT)):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.code == "operation-altered"
    # The control: without the check of the seal the lowered threshold is taken for what was opened.
    monkeypatch.setattr("traboule.operation.read.is_as_opened", lambda row: True)
    assert opened("liberterra-ii").policy.threshold == 2


@pytest.mark.promise("thresholds-cannot-be-lowered")
@pytest.mark.parametrize(
    ("column", "value"),
    [("content", TEXT + " "), ("content_hash", "0" * 64), ("title", "x"), ("opened_by", "x"), ("seal", "0" * 64)],
)
def test_no_column_of_what_was_opened_can_be_changed(column: str, value: str) -> None:
    open_operation(TEXT, by=DESK, at=AT)
    altered(column, value)
    with pytest.raises(Conflict) as refused:
        opened("liberterra-ii")
    assert refused.value.code == "operation-altered"


def test_a_row_opened_elsewhere_or_without_a_seal_does_not_count() -> None:
    open_operation(TEXT, by=DESK, at=AT)
    row = OperationOpened.objects.get()
    row.pk, row.code = None, "liberterra-iii"
    row.save(force_insert=True)
    with pytest.raises(Conflict) as moved:
        opened("liberterra-iii")
    assert moved.value.code == "operation-altered"
    altered("seal", "")
    with pytest.raises(Conflict) as unsealed:
        opened("liberterra-ii")
    assert unsealed.value.code == "operation-unsealed"
    with pytest.raises(Conflict) as differs:
        open_operation(LOWERED, by=DESK, at=AT)
    assert differs.value.code == "operation-differs"
    assert open_operation(TEXT, by=DESK, at=AT) == opened("liberterra-ii")


def test_another_master_key_vouches_for_nothing() -> None:
    open_operation(TEXT, by=DESK, at=AT)
    key = connection.settings_dict["MASTER_KEY"]
    connection.settings_dict["MASTER_KEY"] = b"another"
    try:
        with pytest.raises(Conflict):
            opened("liberterra-ii")
    finally:
        connection.settings_dict["MASTER_KEY"] = key
