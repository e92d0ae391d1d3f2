"""Announcements: one of four words once a verb is committed, nothing of what it did, and nothing of the other verbs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from queue import Queue

import pytest
from tests.conftest import Administered
from tests.two_returns import filed
from tests.worlds import AT, CURIOUS, KNOWN, MALI, answers, build, empty, operation_file

from traboule.app.desk import Desk
from traboule.app.recording.announcing import ANNOUNCED, FIGURES, LINKAGE, OPERATION, RETURNS, SESSIONS
from traboule.app.verbs import VERBS
from traboule.core.errors import TrabouleError
from traboule.web.live.changes import QUIET


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk to which Mali and Togo have filed."""
    yield build(kept_database, KNOWN)
    empty(kept_database)


def heard(words: Queue[str], *, until: str) -> list[str]:
    """Return the words up to ``until``. Fails where it does not come within two seconds."""
    gathered: list[str] = []
    while not gathered or gathered[-1] != until:
        gathered.append(words.get(timeout=2))
    return gathered


def test_only_verbs_that_change_something_are_announced() -> None:
    assert all(VERBS[verb].changes for verb in ANNOUNCED)
    starts = ("referral", "screening", "hits", "judge", "erasure")
    about_persons = {verb for verb in ANNOUNCED if verb.startswith(starts)}
    assert {ANNOUNCED[verb] for verb in about_persons} <= {LINKAGE}
    assert LINKAGE in QUIET  # No screen is told of it.


def test_a_return_that_came_in_is_one_word_and_a_refused_one_none(desk: Desk) -> None:
    words: Queue[str] = Queue()
    end = desk.follow(words.put)
    second = filed("ML", "Police").replace(b'"version": 1', b'"version": 2')
    with pytest.raises(TrabouleError):
        desk.perform("return.receive", by=MALI, at=AT, name="ML.json", content=b"no return")
    desk.perform("return.receive", by=MALI, at=AT + timedelta(days=1), name="ML.json", content=second)
    assert heard(words, until=RETURNS) == [RETURNS]
    end()


def test_whatever_is_asked_by_whomever_nothing_but_the_words_is_heard(desk: Desk) -> None:
    words: Queue[str] = Queue()
    end = desk.follow(words.put)
    asked = [verb for verb, _, _ in answers(desk, (MALI,))]
    assert len(asked) > len(VERBS)
    desk.perform("operation.open", by=CURIOUS[4], at=AT + timedelta(days=9), text=operation_file())
    assert set(heard(words, until=OPERATION)) <= {OPERATION, RETURNS, FIGURES, SESSIONS}
    end()
