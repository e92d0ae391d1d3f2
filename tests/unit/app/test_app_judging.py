"""Judging links of persons the whole way: what the queue leaves out, what a judgement says, what stands after it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.two_returns import AT, filed, receive_both

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.linkage.explain import word
from traboule.linkage.matching.blocking import KINDS
from traboule.linkage.stop_list import value_hash

OFFICER = Actor("Awa Diop", Role.DESK)
ENGINE = Actor("engine", Role.ENGINE)
PAIR = ("ML/Police/P1", "TG/Police/P1")


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with two returns, linked: every link waits for a judgement."""
    result = Desk(database)
    receive_both(result, "Police")
    link(result)
    return result


def link(desk: Desk, minute: int = 0) -> None:
    desk.perform("link", by=ENGINE, at=AT + timedelta(minutes=minute))


def queue(desk: Desk, language: str = "en", minute: int = 0) -> Any:
    return desk.perform("judge.queue", by=OFFICER, at=AT + timedelta(minutes=minute), language=language)


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
    result = queue(desk)
    assert ((result.links[-1].left, result.links[-1].right), result.links[-1].unsure) == (first, True)
    assert [one.unsure for one in result.links[:-1]] == [False] * (len(result.links) - 1)
    assert result.waiting == 0


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
    result = say(desk, "explain", 4)
    assert (result.status, result.judged[0].later) == ("judged two persons", False)


def test_what_was_judged_is_explained_with_both_sides_whatever_came_after(desk: Desk) -> None:
    """Bound by a run, undone, and left without a link when one state takes its return back."""
    before = say(desk, "explain", 1)
    assert before.latest
    say(desk, "decide", 2, verdict="match", reason="one photograph")
    link(desk, 3)
    bound = say(desk, "explain", 4)
    assert (bound.status, bound.fields, bound.latest) == ("judged one person", before.fields, True)
    national = Actor("officer of TG", Role.NATIONAL, frozenset({"TG"}))
    desk.perform("return.withdraw", by=national, at=AT + timedelta(minutes=5), state="TG", agency="Police")
    link(desk, 6)
    after = say(desk, "explain", 7)
    assert (after.status, after.fields, after.latest) == ("judged one person", before.fields, False)
    assert (after.ran, after.judged) == ((AT + timedelta(minutes=3)).isoformat(), bound.judged)


def joined(desk: Desk, minute: int, record: str = PAIR[0], language: str = "en") -> Any:
    at = AT + timedelta(minutes=minute)
    return desk.perform("judge.built", by=OFFICER, at=at, record=record, language=language)


def test_how_a_person_was_built_and_taken_apart_again(desk: Desk) -> None:
    before = [joined(desk, 1, record).to_json() for record in PAIR]
    assert [len(one["members"]) for one in before] == [1, 1]
    say(desk, "decide", 2, verdict="match", reason="one photograph")
    link(desk, 3)
    result = joined(desk, 4, PAIR[1])
    (step,) = result.steps
    assert (list(result.members), step.left, step.right, step.records) == ([*PAIR], *PAIR, 2)
    assert step.status == "judged one person"
    assert "phone" in step.evidence
    say(desk, "undo", 5, reason="another face")
    link(desk, 6)
    assert [joined(desk, 7, record).to_json() for record in PAIR] == before


def test_a_record_that_nobody_filed_has_no_history(desk: Desk) -> None:
    with pytest.raises(NotFound):
        joined(desk, 1, "ML/Police/P99")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_linkage_left_out_is_said_with_its_reason(desk: Desk, language: str) -> None:
    """The numbers of this operation's helplines link nothing; which they are is not shown, not even as a hash."""
    by = Actor("officer of SN", Role.NATIONAL, frozenset({"SN"}))
    content = json.loads(filed("ML", "Police"))
    content["cover"]["state"] = "SN"
    for row, value in zip(content["identifiers"], ("+18883737888", "145"), strict=True):
        row["value"] = value
    desk.perform("return.receive", by=by, at=AT, name="SN.json", content=json.dumps(content).encode())
    link(desk, 1)
    result = desk.perform("judge.left-out", by=OFFICER, at=AT + timedelta(minutes=2), language=language)
    assert {one.reason for one in result.stopped} >= {word("stopped", "hotline", language)}
    output = json.dumps(result.to_json())
    assert "8883737888" not in output
    assert value_hash("phone", "+18883737888") not in output


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_key_has_its_words(language: str) -> None:
    assert {word("keys", kind, language) for kind, _ in KINDS} - {""}
    assert len({word("keys", kind, language) for kind, _ in KINDS}) == len(KINDS)


def test_a_filing_state_learns_neither(desk: Desk) -> None:
    by = Actor("officer of ML", Role.NATIONAL, frozenset({"ML"}))
    for verb, told in (("judge.built", {"record": PAIR[0]}), ("judge.built", {"record": "x"}), ("judge.left-out", {})):
        with pytest.raises(Refused) as refused:
            desk.perform(verb, by=by, at=AT, **told)
        assert refused.value.code == "not-permitted"


@pytest.mark.parametrize(
    ("by", "told", "code"),
    [
        (OFFICER, {"verdict": "hello"}, "judgement-verdict-unknown"),
        (OFFICER, {"verdict": "undone"}, "judgement-undone-apart"),
        (OFFICER, {"reason": "x\x00"}, "text-unkeepable"),
        (OFFICER, {"pair": ("ML/Police/P1", "TG/Police/\x00")}, "text-unkeepable"),
        (Actor(" ", Role.DESK), {}, "actor-unnamed"),
    ],
)
def test_what_is_no_judgement_is_refused_in_words(desk: Desk, by: Actor, told: dict[str, Any], code: str) -> None:
    """By whichever door it comes: a command line lets only some of it through."""
    told = {"pair": PAIR, "verdict": "match", "reason": "x", **told}
    with pytest.raises(Refused) as refusal:
        desk.perform("judge.decide", by=by, at=AT, **told)
    assert refusal.value.code == code
    assert queue(desk).waiting == 0


def test_a_limit_below_nought_shows_nothing(desk: Desk) -> None:
    for told in ({"limit": -1}, {"limit": -1, "things": True}):
        result = desk.perform("judge.queue", by=OFFICER, at=AT, **told)
        assert (result.links, result.open > 0 or "things" in told) == ((), True)
