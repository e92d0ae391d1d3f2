"""Two who sign something of one hit at the same time, each over a connection of its own: one signs, one is refused."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connections
from tests.builders import somebody
from tests.conftest import Administered
from tests.hits_built import AT, CONTACT, DESK, SUSPECTS, TOGO, Handles, opened, raised

from traboule.app.desk import Desk
from traboule.core.errors import TrabouleError
from traboule.core.permissions import Actor, Role
from traboule.ledger import log

LATER = AT + timedelta(hours=1)
Signing = tuple[Actor, str, dict[str, Any]]
SECOND = somebody("Second Officer", Role.DESK)
REASON = {"reason": "one photograph"}


@pytest.fixture
def hits(database: Administered) -> Handles:
    desk = Desk(database)
    opened(desk)
    return raised(desk, (SUSPECTS,))


# Other tests share the server: only who waits in this database counts.
_WAITING = """
SELECT count(DISTINCT pid) FROM pg_locks
WHERE NOT granted AND locktype = 'advisory'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def wait_until_blocked(root: psycopg.Connection[Any], count: int) -> None:
    """Wait until ``count`` connections to this database wait for their turn."""
    for _ in range(1200):
        row = root.execute(_WAITING).fetchone()
        if row is not None and row[0] >= count:
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def at_once(started: Administered, handle: str, *signings: Signing) -> list[str]:
    """Let each sign before any commits, in this order; return the codes of the refusals, empty for who signed."""
    desk, outcomes = Desk(started), [""] * len(signings)

    def sign(place: int, by: Actor, verb: str, arguments: dict[str, Any]) -> None:
        try:
            desk.perform(f"hits.{verb}", by=by, at=LATER, handle=handle, **arguments)
        except TrabouleError as refusal:
            outcomes[place] = refusal.code
        except Exception as failure:  # noqa: BLE001
            outcomes[place] = repr(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=sign, args=(place, *signing)) for place, signing in enumerate(signings)]
    with psycopg.connect(started.root.to(database=started.app.database).uri()) as root:
        # Who writes into the ledger holds this lock until its transaction ends: here it stops all before they commit.
        root.execute("SELECT pg_advisory_xact_lock(%s)", [log._LOCK])
        for place, thread in enumerate(threads, 1):
            thread.start()
            wait_until_blocked(root, place)
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize(
    ("before", "first", "second", "code"),
    [
        ((), (DESK, "verify", REASON), (SECOND, "verify", REASON), "hit-at-other-stage"),
        ((), (DESK, "withhold", REASON), (SECOND, "verify", REASON), "hit-at-other-stage"),
        (
            ((DESK, "verify", REASON), (TOGO, "release", CONTACT)),
            *((SECOND, "pass-on", {}), (DESK, "withhold", REASON)),
            "hit-at-other-stage",
        ),
        (
            ((DESK, "verify", REASON), (TOGO, "release", CONTACT)),
            *((DESK, "withhold", REASON), (TOGO, "refuse", REASON)),
            "hit-answered",
        ),
        (((DESK, "verify", REASON),), (TOGO, "release", CONTACT), (TOGO, "release", CONTACT), "hit-answered"),
    ],
    ids=["verify-verify", "withhold-verify", "pass-withhold", "withhold-refuse", "release-release"],
)
def test_who_comes_second_is_refused_in_words(
    database: Administered, hits: Handles, before: tuple[Signing, ...], first: Signing, second: Signing, code: str
) -> None:
    for by, verb, arguments in before:
        Desk(database).perform(f"hits.{verb}", by=by, at=LATER, handle=hits[SUSPECTS, 1], **arguments)
    assert at_once(database, hits[SUSPECTS, 1], first, second) == ["", code]
