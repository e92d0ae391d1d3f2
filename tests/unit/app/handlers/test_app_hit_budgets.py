"""Budgets on hits: a sweep and colluding units are frozen, the protection officer is alarmed, the units see nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from tests.hits_built import AT, DESK, MALI, PROTECTION, TOGO, opened, swept

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.hits import budgets

TARGET = "TG/Patrol/P1"
LATER = AT + timedelta(hours=1)
COLLUDERS = dict.fromkeys(("ML", "SN", "NE", "BJ", "CI"), 1)


@pytest.fixture
def desk(database: Started) -> Desk:
    result = Desk(database)
    opened(result)
    return result


def verify(desk: Desk, handle: str) -> Any:
    return desk.perform("hits.verify", by=PROTECTION, at=LATER, handle=handle, reason="one photograph")


def alarms(desk: Desk) -> list[Mapping[str, Any]]:
    plain: list[Mapping[str, Any]] = desk.perform("hits.alarms", by=PROTECTION, at=LATER).to_json()["alarms"]
    return plain


@pytest.mark.promise("sweeps-are-frozen")
@pytest.mark.parametrize(
    ("filed", "kind", "unit"), [({"ML": 3}, "similar", "ML"), (COLLUDERS, "target", "")], ids=["sweep", "colluders"]
)
def test_many_records_near_one_are_frozen_and_alarm(desk: Desk, filed: dict[str, int], kind: str, unit: str) -> None:
    handles = swept(desk, filed, AT)
    assert len(handles) == sum(filed.values())
    (alarm,) = alarms(desk)
    assert (alarm["kind"], alarm["unit"], alarm["record"]) == (kind, unit, TARGET)
    assert sorted(alarm["handles"]) == sorted(handles)
    assert all(hit.frozen for hit in desk.perform("hits.list", by=PROTECTION, at=LATER).hits)
    for handle in handles:
        with pytest.raises(Conflict) as refusal:
            verify(desk, handle)
        assert refusal.value.code == "hit-frozen"
    for by in (MALI, TOGO):
        assert desk.perform("hits.mine", by=by, at=LATER).to_json() == {"hits": []}


@pytest.mark.parametrize("filed", [{"ML": 2}, dict(list(COLLUDERS.items())[:4])])
def test_what_stays_within_the_budget_is_not_frozen(desk: Desk, filed: dict[str, int]) -> None:
    handles = swept(desk, filed, AT)
    assert alarms(desk) == []
    assert verify(desk, handles[0]).waits_on == "TG"


def test_the_control_without_the_budget_the_sweep_reaches_the_owner(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "SIMILAR", 1000)
    for handle in swept(desk, {"ML": 3}, AT):
        verify(desk, handle)
    assert len(desk.perform("hits.mine", by=TOGO, at=LATER).hits) == 3


def test_a_unit_that_asks_about_too_many_is_frozen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "ASKER", 1)
    swept(desk, {"ML": 2}, AT)
    assert [(alarm["kind"], alarm["unit"]) for alarm in alarms(desk)] == [("asker", "ML")]


def test_the_protection_officer_thaws_one_hit_with_a_reason(desk: Desk) -> None:
    first, *others = swept(desk, {"ML": 3}, AT)
    thaw = {"by": PROTECTION, "at": LATER}
    with pytest.raises(Refused):
        desk.perform("hits.thaw", **thaw, handle=first, reason=" ")
    with pytest.raises(NotFound):
        desk.perform("hits.thaw", **thaw, handle="H-AAAAAAAAAA", reason="x")
    with pytest.raises(Refused) as refusal:
        desk.perform("hits.thaw", by=DESK, at=LATER, handle=first, reason="x")
    assert refusal.value.code == "not-permitted"
    desk.perform("hits.thaw", **thaw, handle=first, reason="three posts of one border")
    with pytest.raises(Conflict):
        desk.perform("hits.thaw", **thaw, handle=first, reason="again")
    assert verify(desk, first).waits_on == "TG"
    assert sorted(alarms(desk)[0]["handles"]) == sorted(others)
