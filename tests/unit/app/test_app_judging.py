"""Judging links of persons the whole way: what the queue leaves out, what a judgement says, what stands after it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict
from traboule.core.permissions import Actor, Role
from traboule.core.words import LANGUAGES

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
OFFICER = Actor("Awa Diop", Role.DESK)
ENGINE = Actor("engine", Role.ENGINE)
PAIR = ("ML/Police/P1", "TG/Police/P1")
# Each state files the two sisters by one telephone: who is who is for a person to say.
NAMES = {"ML": ("Amavi Adjoa", "Kodjo Esi"), "TG": ("Amavi Adzoa", "Kodjo Esinam")}


def filed(state: str) -> bytes:
    """Return a return of two possible victims, each with a telephone of her own that the other state filed too."""
    people = [
        {"row_id": f"P{number}", "family_name": name, "birth_date": "1999", "sex": "female"}
        for number, name in enumerate(NAMES[state], start=1)
    ]
    cover = {"operation": "liberterra-ii", "state": state, "agency": "Police", "version": 1, "status": "preliminary"}
    content = {
        "cover": {**cover, "as_of": "2024-10-05"},
        "actions": [{"row_id": "A1", "kind": "raid", "start": "2024-10-01", "country": state}],
        "people": people,
        "roles": [
            {"row_id": each["row_id"], "person": each["row_id"], "action": "A1", "role": "possible_victim"}
            for each in people
        ],
        "identifiers": [
            {"row_id": f"I{number}", "person": f"P{number}", "kind": "phone", "value": f"+2237612345{number}"}
            for number in (1, 2)
        ],
    }
    return json.dumps(content).encode()


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with two returns, linked: every link waits for a judgement."""
    found = Desk(database)
    found.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    for state in NAMES:
        by = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        found.perform("return.receive", by=by, at=AT, name=f"{state}.json", content=filed(state))
    link(found)
    return found


def link(desk: Desk, minute: int = 0) -> None:
    desk.perform("link", by=ENGINE, at=AT + timedelta(minutes=minute))


def queue(desk: Desk, language: str = "en", minute: int = 0) -> Any:
    return desk.perform("judge.queue", by=ENGINE, at=AT + timedelta(minutes=minute), language=language)


def pairs(desk: Desk) -> list[tuple[str, str]]:
    return [(one.left, one.right) for one in queue(desk).links]


def say(desk: Desk, verb: str, minute: int, **told: Any) -> Any:
    return desk.perform(f"judge.{verb}", by=OFFICER, at=AT + timedelta(minutes=minute), pair=PAIR, **told)


def test_what_is_judged_leaves_the_queue_at_once(desk: Desk) -> None:
    """An officer who goes on with the list must not meet what was judged a minute ago, and judge it again."""
    before = queue(desk)
    assert PAIR in pairs(desk)
    say(desk, "decide", 1, verdict="match", reason="same passport seen")
    after = queue(desk)
    assert PAIR not in [(one.left, one.right) for one in after.links]
    assert (after.open, after.waiting) == (before.open - 1, 1)
    say(desk, "undo", 2, reason="mistaken")
    assert queue(desk).to_json() == before.to_json()


def test_what_nobody_could_tell_comes_last_and_says_so(desk: Desk) -> None:
    first = pairs(desk)[0]
    told = {"verdict": "unsure", "reason": "no photograph yet"}
    desk.perform("judge.decide", by=OFFICER, at=AT + timedelta(minutes=1), pair=first, **told)
    found = queue(desk)
    assert ((found.links[-1].left, found.links[-1].right), found.links[-1].unsure) == (first, True)
    assert [one.unsure for one in found.links[:-1]] == [False] * (len(found.links) - 1)
    assert found.waiting == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_judgement_is_told_in_words(desk: Desk, language: str) -> None:
    """No code of ours and no English in another language's sentence."""
    first = say(desk, "decide", 1, verdict="no_match", reason="x", language=language)
    second = say(desk, "decide", 2, verdict="match", reason="y", language=language)
    third = say(desk, "undo", 3, reason="z", language=language)
    said = [first.said, second.said, third.said]
    assert not {"match", "no_match", "undone", "unsure"} & {*said, second.before, third.stands}
    assert len(set(said)) == 3
    assert (first.before, first.stands) == ("", first.said)
    assert (second.before, second.stands) == (first.said, second.said)
    assert (third.before, third.stands) == (second.said, first.said)


def test_an_undoing_is_not_undone(desk: Desk) -> None:
    say(desk, "decide", 1, verdict="match", reason="x")
    assert say(desk, "undo", 2, reason="y").stands == ""
    with pytest.raises(Conflict):
        say(desk, "undo", 3, reason="z")


def test_an_explanation_says_what_was_judged_and_what_binds_only_later(desk: Desk) -> None:
    say(desk, "decide", 1, verdict="no_match", reason="two sisters")
    (one,) = say(desk, "explain", 2).judged
    assert (one.said, one.by, one.reason, one.later) == ("two persons", "Awa Diop", "two sisters", True)
    link(desk, 3)
    found = say(desk, "explain", 4)
    assert (found.status, found.judged[0].later) == ("judged two persons", False)
