"""Words between processes: heard once committed, never where rolled back, and again after the connection was lost."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, Queue

import psycopg
import pytest
from tests.conftest import Administered

from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.database.notices.announce import announce
from traboule.database.notices.follow import MISSED, NAME, follow

ENGINE = Actor("engine", Role.ENGINE)


@pytest.fixture
def words(database: Administered) -> Iterator[Queue[str]]:
    """What is heard from now on."""
    queue: Queue[str] = Queue()
    end = follow(database.app, queue.put)
    yield queue
    end()


def test_a_word_is_heard_when_its_transaction_is_committed(words: Queue[str]) -> None:
    with acting(ENGINE):
        announce("returns")
        with pytest.raises(Empty):
            words.get(timeout=0.2)
    assert words.get(timeout=2) == "returns"


def announce_and_fail() -> None:
    with acting(ENGINE):
        announce("returns")
        raise ZeroDivisionError


def test_a_word_of_a_transaction_that_failed_is_not_heard(words: Queue[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        announce_and_fail()
    with pytest.raises(Empty):
        words.get(timeout=0.3)


def test_a_lost_connection_is_made_again_and_said(words: Queue[str], database: Administered) -> None:
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s AND datname = %s"
    with psycopg.connect(database.root.uri(), autocommit=True) as root:
        assert root.execute(ending, [NAME, database.app.database]).rowcount == 1
    assert words.get(timeout=5) == MISSED
    with acting(ENGINE):
        announce("figures")
    assert words.get(timeout=2) == "figures"
