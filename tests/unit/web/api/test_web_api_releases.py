"""Releases for programs, and what of them anybody may read: issued ones in force, and their fact sheets alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.conftest import Administered
from tests.program import plain, program
from tests.worlds import CURIOUS, REASON, build, empty

from traboule.app.desk import Desk

OFFICER, PRESS = CURIOUS[1], CURIOUS[3]
PUBLIC = "/api/v1/public/releases"


@pytest.fixture
def issued(kept_database: Administered) -> Iterator[Desk]:
    """A desk that has issued one release."""
    desk = build(kept_database, None)
    at = datetime.now(UTC) - timedelta(hours=1)
    desk.perform("release.draft", by=PRESS, at=at)
    desk.perform("release.verdict", by=PRESS, at=at)
    for by in (PRESS, OFFICER):
        desk.perform("release.sign", by=by, at=at)
    yield desk
    empty(kept_database)


def test_anybody_reads_the_fact_sheet_of_a_release_in_force_and_nothing_else(issued: Desk) -> None:
    anybody, press = program(issued), program(issued, PRESS.account)
    assert plain(anybody.get(PUBLIC))["releases"] == []
    assert anybody.get(f"{PUBLIC}/1").status_code == 404
    issued.perform("release.issue", by=PRESS, at=datetime.now(UTC))
    release = plain(anybody.get(PUBLIC))["releases"][0]
    assert (release["number"], release["kind"], release["withdrawn"]) == (1, "preliminary", False)
    facts = plain(anybody.get(f"{PUBLIC}/1"))
    assert facts["schema"] == "traboule-factsheet-1"
    assert facts == plain(press.get("/api/v1/releases/1/facts"))
    documents = {file["name"] for file in plain(press.get("/api/v1/releases/1"))["files"]}
    readable = {name for name in documents if anybody.get(f"{PUBLIC}/1/documents/{name}").status_code == 200}
    assert readable == {name for name in documents if name.startswith("factsheet")} != documents
    for name in documents:
        answer = press.get(f"/api/v1/releases/1/documents/{name}")
        assert (answer.status_code, name in answer.headers["Content-Disposition"]) == (200, True)
    for path in (f"{PUBLIC}/2", f"{PUBLIC}/{10**12}", f"{PUBLIC}/1/documents/none.pdf", f"/api/v1/releases/{10**12}"):
        assert press.get(path).status_code == 404


def test_a_withdrawn_release_is_listed_to_officers_and_to_nobody_else(issued: Desk) -> None:
    anybody, press = program(issued), program(issued, PRESS.account)
    issued.perform("release.issue", by=PRESS, at=datetime.now(UTC))
    issued.perform("release.withdraw", by=PRESS, at=datetime.now(UTC), texts=f"reason: {REASON}")
    assert len(plain(anybody.get(PUBLIC))["releases"]) == 1
    issued.perform("release.confirm-withdrawal", by=OFFICER, at=datetime.now(UTC))
    assert plain(anybody.get(PUBLIC))["releases"] == []
    assert anybody.get(f"{PUBLIC}/1").status_code == 404
    assert anybody.get(f"{PUBLIC}/1/documents/factsheet.csv").status_code == 404
    assert plain(press.get("/api/v1/releases"))["releases"][0]["withdrawn"] is True


def test_a_release_is_not_read_by_anybody_before_its_embargo_has_ended(issued: Desk) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    issued.perform("release.embargo", by=PRESS, at=datetime.now(UTC) - timedelta(minutes=50), until=until)
    at = datetime.now(UTC) - timedelta(minutes=40)
    issued.perform("release.verdict", by=PRESS, at=at)
    for by in (PRESS, OFFICER):
        issued.perform("release.sign", by=by, at=at)
    issued.perform("release.issue", by=PRESS, at=until)  # By a clock that is ahead.
    assert plain(program(issued).get(PUBLIC))["releases"] == []
    assert program(issued).get(f"{PUBLIC}/1").status_code == 404
    assert len(issued.published(at=until).releases) == 1
