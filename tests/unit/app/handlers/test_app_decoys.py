"""Decoys: whoever files or announces one alarms the protection officer, and is shown the same as without it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from tests import worlds
from tests.hits_built import AT, DESK, MALI, PROTECTION, SUSPECTS, TOGO, VICTIMS, content_of, opened, raised, receive
from tests.property.test_property_non_interference import plain, shown

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.app.verbs import VERBS
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.hits import budgets
from traboule.hits.models import DecoySigned

LATER = AT + timedelta(hours=1)
BAIT, OTHER = "+22376999001", "+22376999002"
PLANTED = {"kind": "phone", "reason": "in the list of Lomé"}
READING = [verb for verb, entry in VERBS.items() if not entry.changes and entry.stored and not entry.credentials]


@pytest.fixture
def desk(database: Started) -> Desk:
    result = Desk(database)
    opened(result)
    return result


def plant(desk: Desk, value: str = BAIT) -> Any:
    return desk.perform("decoy.plant", by=PROTECTION, at=AT, value=value, **PLANTED)


def alarms(desk: Desk) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = desk.perform("hits.alarms", by=PROTECTION, at=LATER).to_json()["alarms"]
    return found


def baited(agency: str = SUSPECTS) -> dict[str, Any]:
    """Return Mali's return, in which the first person's telephone is the bait, as a clerk might write it."""
    content = content_of("ML", agency)
    content["identifiers"][0] |= {"kind": "phone", "value": "00223 76 99 90 01"}
    return content


def announce(desk: Desk, value: str) -> str:
    window = (LATER + timedelta(days=1), LATER + timedelta(days=2))
    told = {"owner": ("ML", "Police"), "window": window, "target": ("phone", value)}
    record: str = desk.perform("deconflict.announce", by=MALI, at=LATER, **told).record
    return record


@pytest.mark.promise("decoys-alarm-unseen")
def test_who_files_or_announces_a_decoy_raises_an_alarm(desk: Desk) -> None:
    """Even where it is taken out of the return at once, and until the decoy is withdrawn."""
    assert plant(desk).number == 1
    receive(desk, MALI, baited(), AT)
    announced = announce(desk, BAIT)
    raised_alarms = [(alarm["kind"], alarm["unit"], alarm["record"], alarm["decoy"]) for alarm in alarms(desk)]
    assert raised_alarms == [("decoy", "ML", announced, 1), ("decoy", "ML", "ML/Police/P1", 1)]
    corrected = content_of("ML", SUSPECTS)
    corrected["cover"]["version"] = 2
    receive(desk, MALI, corrected, LATER)
    assert len(alarms(desk)) == 2
    told = {"number": 1, "reason": "the list was destroyed"}
    desk.perform("decoy.withdraw", by=PROTECTION, at=LATER, **told)
    assert alarms(desk) == []
    with pytest.raises(Conflict):
        desk.perform("decoy.withdraw", by=PROTECTION, at=LATER, **told)
    with pytest.raises(NotFound):
        desk.perform("decoy.withdraw", by=PROTECTION, at=LATER, number=2, reason="none")


def test_the_control_another_number_raises_none(desk: Desk) -> None:
    plant(desk, OTHER)
    receive(desk, MALI, baited(), AT)
    announce(desk, BAIT)
    assert alarms(desk) == []


def test_a_decoy_freezes_hits_of_the_protection_officer_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's hits go on, or it would learn of the decoy."""
    handles = raised(desk)
    named = [("ML/Brigade/P1", 7), ("ML/Police/P1", 7)]
    monkeypatch.setattr("traboule.app.handlers.hits.guarding._named_decoys", lambda call, code: named)
    frozen = {alarm["record"]: alarm["handles"] for alarm in alarms(desk)}
    assert frozen == {"ML/Brigade/P1": [handles[VICTIMS, 1]], "ML/Police/P1": []}
    verify = {"at": LATER, "reason": "one photograph"}
    with pytest.raises(Conflict) as refusal:
        desk.perform("hits.verify", by=PROTECTION, handle=handles[VICTIMS, 1], **verify)
    assert refusal.value.code == "hit-frozen"
    desk.perform("hits.verify", by=DESK, handle=handles[SUSPECTS, 1], **verify)
    desk.perform("hits.thaw", by=PROTECTION, at=LATER, handle=handles[VICTIMS, 1], reason="a colleague's trial")
    desk.perform("hits.verify", by=PROTECTION, handle=handles[VICTIMS, 1], **verify)


def test_what_is_somebodys_is_no_decoy(desk: Desk) -> None:
    receive(desk, MALI, baited(), AT)
    announce(desk, OTHER)
    for value in (BAIT, OTHER):
        with pytest.raises(Conflict) as refusal:
            plant(desk, value)
        assert refusal.value.code == "decoy-somebodys"
    plant(desk, "+22376999003")
    for value, error in (("+22376999003", Conflict), ("12", Refused), ("unknown", Refused)):
        with pytest.raises(error):
            plant(desk, value)
    with pytest.raises(Refused):
        desk.perform("decoy.plant", by=PROTECTION, at=AT, value=OTHER, **PLANTED | {"reason": " "})


def test_a_value_is_stored_and_shown_as_a_hash_alone(desk: Desk) -> None:
    plant(desk)
    (listed,) = desk.perform("decoy.list", by=PROTECTION, at=AT).to_json()["decoys"]
    assert "999001" not in str(listed)
    rows = worlds.rows_seen(PROTECTION)[DecoySigned._meta.db_table]
    assert len(rows) == 1
    assert "999001" not in rows[0]
    assert PLANTED["reason"] not in rows[0]


def view(started: Started, value: str) -> dict[tuple[str, str], object]:
    """Return all that filer, other state and desk are shown by verb and by table, where ``value`` is planted and Mali
    files and announces the bait."""
    worlds.empty(started)
    desk = Desk(started)
    opened(desk)
    plant(desk, value)
    seen: dict[tuple[str, str], object] = {}
    for verb, arguments in (
        ("return.preview", {"name": "ML.json", "content": json.dumps(baited()).encode()}),
        ("return.receive", {"name": "ML.json", "content": json.dumps(baited()).encode()}),
        ("deconflict.announce", worlds.arguments_of("deconflict.announce") | {"target": ("phone", BAIT)}),
    ):
        seen["filed", verb] = shown(verb, worlds.ask(desk, MALI, verb, arguments, AT))
    desk.perform("link", by=worlds.ENGINE, at=AT)
    alarmed = [alarm["record"] for alarm in alarms(desk)]
    assert bool(alarmed) == (value == BAIT)
    for by in (MALI, TOGO, DESK):
        for verb in READING:
            seen[by.name, verb] = shown(verb, worlds.ask(desk, by, verb, worlds.arguments_of(verb), LATER))
        for table, texts in worlds.rows_seen(by).items():
            seen[by.name, table] = plain(table, texts)
    return seen


@pytest.mark.promise("decoys-alarm-unseen")
def test_nobody_but_the_protection_officer_is_shown_a_difference(database: Started) -> None:
    """Byte for byte, in every reading verb and table, whether what Mali files is the decoy or another number is."""
    named, unnamed = view(database, BAIT), view(database, OTHER)
    assert [place for place, text in named.items() if text != unnamed[place]] == []


def test_the_control_the_alarm_differs_and_without_the_rule_there_is_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(desk)
    receive(desk, MALI, baited(), AT)
    assert len(alarms(desk)) == 1
    assert budgets.decoy_alarms([], []) == []
    monkeypatch.setattr("traboule.app.handlers.hits.guarding.named_by", lambda *_: [])
    assert alarms(desk) == []
