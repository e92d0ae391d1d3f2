"""Probing by deconfliction: Mali announces a series of invented targets and places, to learn where Togo works.

Two worlds: in one Togo announced an action on the first target and in the town, in the other on and in others as long.
The officer of Mali tries every verb and every table. Controls: the desk tells the worlds apart, and so does Mali where
announcing is answered, as other systems answer it.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests import worlds
from tests.hits_built import CONTACT, DESK, TOGO, opened
from tests.property.test_property_hits import READING
from tests.property.test_property_non_interference import plain, shown

from traboule.app.desk import Desk
from traboule.app.handlers.hits.announcing import ActionReceipt
from traboule.app.start import Started
from traboule.core.permissions import Actor

AT, MALI = worlds.AT, worlds.MALI
WINDOW = (AT + timedelta(days=1), AT + timedelta(days=2))
TARGETS = [("phone", f"+2289012345{last}") for last in range(8)]
View = dict[str, object]


def announce(desk: Desk, by: Actor, minute: int, **action: Any) -> Any:
    told = {"owner": (*by.units, "Police"), "window": WINDOW, **action}
    return desk.perform("deconflict.announce", by=by, at=AT + timedelta(minutes=minute), **told)


def probed(started: Started, *, is_there: bool) -> tuple[Desk, list[str]]:
    """Play a world, and return what each announcement of Mali's was answered."""
    worlds.empty(started)
    desk = Desk(started)
    opened(desk)
    announce(desk, TOGO, 0, target=TARGETS[0] if is_there else ("phone", "+22890999990"))
    announce(desk, TOGO, 0, place=("TG", "Lomé" if is_there else "Kara"))
    answers = [announce(desk, MALI, 1, target=target) for target in TARGETS]
    answers += [announce(desk, MALI, 2, place=("TG", town)) for town in ("Lomé", "Sokodé", "Tsévié")]
    return desk, [json.dumps(answer.to_json()) for answer in answers]


def view(desk: Desk, by: Actor) -> View:
    """Return everything that an officer is shown, by verb and by table."""
    at = AT + timedelta(hours=1)
    asked = (*READING, "hits.release", "hits.refuse", "hits.verify", "deconflict.announce", "deconflict.withdraw")
    seen: View = {verb: shown(verb, worlds.ask(desk, by, verb, worlds.arguments_of(verb), at)) for verb in asked}
    return seen | {table: plain(table, texts) for table, texts in worlds.rows_seen(by).items()}


def differing(started: Started, by: Actor) -> list[str]:
    """Return in which answers, verbs and tables an officer sees the two worlds differ."""
    views = []
    for is_there in (True, False):
        desk, answers = probed(started, is_there=is_there)
        views.append({"answers": answers} if by is MALI else {})
        views[-1] |= view(desk, by)  # type: ignore[arg-type]
    return [name for name, seen in views[0].items() if seen != views[1][name]]


@pytest.mark.promise("announcing-reveals-nothing")
def test_who_announces_invented_targets_learns_nothing_of_real_actions(database: Started) -> None:
    assert differing(database, MALI) == []


def test_the_control_the_desk_tells_the_worlds_apart(database: Started) -> None:
    assert "hits.list" in differing(database, DESK)


def test_the_control_where_announcing_is_answered_the_probe_finds_the_target(
    database: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As RISSafe answers: with the number of overlaps that there are now, which the desk alone sees here."""
    unanswered = announce

    def answering(desk: Desk, by: Actor, minute: int, **action: Any) -> Any:
        receipt = unanswered(desk, by, minute, **action)
        waiting = desk.perform("hits.list", by=DESK, at=AT + timedelta(minutes=minute)).waiting
        return ActionReceipt(f"{receipt.record} {waiting}")

    monkeypatch.setitem(globals(), "announce", answering)
    assert "answers" in differing(database, MALI)


def test_what_is_passed_on_is_a_contact_alone(database: Started) -> None:
    """Once the owner and the desk let it pass, Mali sees the contact, and neither Togo's action nor its target."""
    desk, _ = probed(database, is_there=True)
    at = AT + timedelta(hours=2)
    hit = next(hit for hit in desk.perform("hits.list", by=DESK, at=at).hits if not hit.frozen)
    told = {"handle": hit.handle, "at": at}
    desk.perform("hits.verify", by=DESK, **told, reason="one town")
    desk.perform("hits.release", by=TOGO, **told, **CONTACT)
    desk.perform("hits.pass-on", by=DESK, **told)
    passed = desk.perform("hits.mine", by=MALI, at=at).to_json()
    assert CONTACT["contact"] in str(passed)
    assert "TG/" not in str(passed)
