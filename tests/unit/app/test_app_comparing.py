"""What changed between two instants, asked as an auditor asks: before anything was filed, and the wrong way round."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.builders import a_return

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Refused
from traboule.core.permissions import Actor, Role
from traboule.core.words import LANGUAGES

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
ENGINE = Actor("engine", Role.ENGINE)


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with one return of five potential victims, filed an hour after the operation was opened."""
    found = Desk(database)
    found.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    content = a_return("ML", [("2024-09-30", 5, {"sex": "female", "age_band": "21-23", "citizenships": ["TG"]})])
    officer = Actor("officer", Role.NATIONAL, frozenset({"ML"}))
    found.perform("return.receive", by=officer, at=AT + timedelta(hours=1), name="ML.json", content=content)
    return found


def test_from_before_anything_was_filed_everything_is_late_and_has_its_title(desk: Desk) -> None:
    now = AT + timedelta(hours=2)
    plain = desk.perform("figures.compare", by=ENGINE, at=now, earlier=datetime(1990, 1, 1, tzinfo=UTC)).to_json()
    found = {one["figure"]: one for one in plain["figures"]}
    assert (found["potential_victims"]["old"], found["potential_victims"]["new"]) == (0, 5)
    assert all(set(one["titles"]) == set(LANGUAGES) for one in found.values())


@pytest.mark.parametrize(
    ("earlier", "later"),
    [(timedelta(hours=2), timedelta(hours=1)), (timedelta(0), timedelta(days=900)), (timedelta(days=900), None)],
)
def test_no_stretch_of_time_that_has_passed_is_refused(desk: Desk, earlier: timedelta, later: timedelta | None) -> None:
    instants = {"earlier": AT + earlier, "later": None if later is None else AT + later}
    with pytest.raises(Refused) as refusal:
        desk.perform("figures.compare", by=ENGINE, at=AT + timedelta(hours=2), **instants)
    assert refusal.value.code == "instants-reversed"
