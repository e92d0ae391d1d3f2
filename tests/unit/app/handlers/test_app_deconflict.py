"""Deconfliction: announced actions of two units on one target or place are a hit of the desk's; who announces is told
nothing before the owner and the desk let a contact pass."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.builders import somebody
from tests.hits_built import AT, CONTACT, DESK, MALI, PROTECTION, TOGO, VICTIMS, content_of, opened, receive

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.hits import budgets
from traboule.hits.models import Announcement

BEGINS = AT + timedelta(days=2)
WINDOW = (BEGINS, BEGINS + timedelta(hours=6))
PHONE = ("phone", "+228 90 12 34 56")
LOME = ("TG", "Lomé")
LATER = AT + timedelta(hours=49)
SECOND = somebody("Second Desk", Role.DESK)


@pytest.fixture
def desk(database: Started) -> Desk:
    result = Desk(database)
    opened(result)
    return result


def announce(desk: Desk, by: Actor, at: datetime = AT, **action: Any) -> str:
    (state,) = by.units
    told = {"owner": (state, "Police"), "window": WINDOW, **action}
    return str(desk.perform("deconflict.announce", by=by, at=at, **told).record)


def seen(desk: Desk, by: Actor = DESK, at: datetime = LATER, **asked: Any) -> list[dict[str, Any]]:
    hits: list[dict[str, Any]] = desk.perform("hits.list", by=by, at=at, **asked).to_json()["hits"]
    return hits


def test_two_units_on_one_target_are_a_hit_that_goes_the_way_of_hits(desk: Desk) -> None:
    """One owner is asked, releases a contact, another person passes it on; the other unit saw nothing before."""
    togo = announce(desk, TOGO, target=PHONE)
    mali = announce(desk, MALI, at=AT + timedelta(minutes=1), target=("phone", "0022890123456"))
    (hit,) = seen(desk)
    assert (hit["left"], hit["right"]) == (mali, togo)
    assert (hit["overlap"], hit["kind"], hit["town"], hit["stage"]) == ("target", "phone", "", "to_verify")
    assert hit["overdue"]
    assert seen(desk, PROTECTION) == []
    told = {"handle": hit["handle"], "at": LATER}
    with pytest.raises(Refused):
        desk.perform("hits.verify", by=DESK, **told, reason=" ")
    assert desk.perform("hits.verify", by=DESK, **told, reason="one raid too many").waits_on == "TG"
    (asked,) = desk.perform("hits.mine", by=TOGO, at=LATER).hits
    assert (asked.record, asked.owns) == (togo, True)
    desk.perform("hits.release", by=TOGO, **told, **CONTACT)
    assert desk.perform("hits.mine", by=MALI, at=LATER).hits == []
    desk.perform("hits.pass-on", by=SECOND, **told)
    (passed,) = desk.perform("hits.mine", by=MALI, at=LATER).hits
    assert (passed.record, passed.fact, passed.contact) == (mali, "overlap", CONTACT["contact"])
    assert seen(desk) == []


@pytest.mark.parametrize(
    ("shift", "place", "overlap"),
    [
        (timedelta(), ("TG", "LOME"), "place"),
        (timedelta(hours=17), LOME, "place"),
        (timedelta(hours=19), LOME, None),
        (timedelta(), ("GH", "Lomé"), None),
    ],
)
def test_one_place_at_one_time_overlaps(
    desk: Desk, shift: timedelta, place: tuple[str, str], overlap: str | None
) -> None:
    announce(desk, TOGO, place=LOME)
    announce(desk, MALI, place=place, window=tuple(instant + shift for instant in WINDOW))
    assert [hit["overlap"] for hit in seen(desk)] == ([overlap] if overlap else [])


def test_a_target_and_a_place_overlap_once(desk: Desk) -> None:
    for by in (TOGO, MALI):
        announce(desk, by, target=PHONE, place=LOME)
    (hit,) = seen(desk)
    assert (hit["overlap"], hit["kind"], hit["town"]) == ("both", "phone", "Lomé (TG)")


def test_actions_of_one_unit_are_no_overlap(desk: Desk) -> None:
    for _ in range(2):
        announce(desk, TOGO, target=PHONE)
    assert seen(desk) == []


def test_a_withdrawn_action_falls(desk: Desk) -> None:
    announce(desk, TOGO, target=PHONE)
    record = announce(desk, MALI, target=PHONE)
    told = {"by": MALI, "at": AT + timedelta(hours=1), "record": record}
    desk.perform("deconflict.withdraw", **told)
    with pytest.raises(Conflict):
        desk.perform("deconflict.withdraw", **told)
    with pytest.raises(NotFound):
        desk.perform("deconflict.withdraw", **{**told, "by": TOGO})
    assert seen(desk) == []
    assert [hit["stage"] for hit in seen(desk, everything=True)] == ["fallen"]
    assert [action.stands for action in desk.perform("deconflict.mine", by=MALI, at=LATER).actions] == [False]


def test_a_target_that_is_a_victims_goes_to_the_protection_officer_alone(desk: Desk) -> None:
    content = content_of("TG", VICTIMS)
    receive(desk, TOGO, content, AT)
    theirs = ("phone", content["identifiers"][0]["value"])
    for by in (TOGO, MALI):
        announce(desk, by, target=theirs)
    assert seen(desk) == []
    (hit,) = seen(desk, PROTECTION)
    with pytest.raises(NotFound):
        desk.perform("hits.verify", by=DESK, at=LATER, handle=hit["handle"], reason="x")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({}, "announce-nothing"),
        ({"target": ("address", "Rue 5, Lomé")}, "announce-kind"),
        ({"target": ("phone", "00000000")}, "announce-value"),
        ({"place": ("TG", "12 rue du Port")}, "announce-place-exact"),
        ({"place": ("Togo", "Lomé")}, "announce-place"),
        ({"target": PHONE, "window": (WINDOW[1], WINDOW[0])}, "announce-window"),
        ({"target": PHONE, "window": (AT - timedelta(days=2), AT)}, "announce-window"),
        ({"target": PHONE, "window": (AT, AT + timedelta(days=32))}, "announce-window"),
        ({"target": PHONE, "owner": ("ML", "Police")}, "return-not-own-state"),
        ({"target": PHONE, "owner": ("TG", " ")}, "announce-without-agency"),
    ],
)
def test_what_cannot_be_announced_is_refused_in_words(desk: Desk, action: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        announce(desk, TOGO, **action)
    assert refusal.value.code == code


def test_a_victim_is_no_target_and_the_refusal_says_where_to_turn(desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        announce(desk, TOGO, target=("name", "Efua"))
    assert "turn to the protection officer" in refusal.value.sentence("en")


def test_a_series_of_targets_is_frozen_and_alarms(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mali sweeps telephone numbers that follow each other; the one that meets Togo's is frozen."""
    announce(desk, TOGO, target=PHONE)
    for last in range(54, 58):
        announce(desk, MALI, at=AT + timedelta(minutes=1), target=("phone", f"+228 90 12 34 {last}"))
    (hit,) = seen(desk)
    assert hit["frozen"]
    with pytest.raises(Conflict):
        desk.perform("hits.verify", by=DESK, at=LATER, handle=hit["handle"], reason="x")
    (alarm,) = desk.perform("hits.alarms", by=PROTECTION, at=LATER).alarms
    assert (alarm.kind, alarm.unit, list(alarm.handles)) == ("series", "ML", [hit["handle"]])
    monkeypatch.setattr(budgets, "SERIES", 1000)  # The control: without the budget the sweep reaches Togo.
    assert desk.perform("hits.verify", by=DESK, at=LATER, handle=hit["handle"], reason="x").waits_on == "TG"


def test_more_plans_than_a_unit_can_have_are_frozen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "PLANS", 2)
    announce(desk, TOGO, target=PHONE)
    for target in (PHONE, ("plate", "AB 123 CD"), ("email", "a.b@example.org")):
        announce(desk, MALI, at=AT + timedelta(minutes=1), target=target)
    assert [hit["frozen"] for hit in seen(desk)] == [True]


def test_what_is_announced_lies_sealed(desk: Desk) -> None:
    """Neither target nor place nor window stands in the row, and the contact of the answer is sealed too."""
    announce(desk, TOGO, target=PHONE, place=LOME)
    with acting(TOGO):
        (row,) = Announcement.objects.all()
        text = repr({**vars(row), "sealed": bytes(row.sealed)})
    assert not any(part in text for part in ("90123456", "Lom", "2024-10-11", "phone"))
    with acting(MALI):
        assert Announcement.objects.count() == 0
