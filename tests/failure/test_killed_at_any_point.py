"""An operation whose verbs are killed (SIGKILL) at many points: nothing acknowledged is lost, partial or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Administered, empty
from tests.examples import examples
from tests.failure.test_database_breaks import counts
from tests.killed_verbs import LATER, UNANSWERED
from tests.unit.app.test_app_releasing import AUDITOR

from traboule.app.desk import Desk
from traboule.database import connections

ROOT = Path(__file__).parents[2]
# What asked for a second time does nothing; the others count, draft or audit anew.
ONCE = ("open", "receive", "correct", "sign", "issue")


def rows(database: Administered) -> dict[str, int]:
    """Count the rows of every table but the ledger's, where each question asked again is an entry more."""
    return {table: number for table, number in counts(database).items() if not table.startswith("ledger_")}


class Verbs:
    """The process that performs the steps; see ``tests/killed_verbs.py``."""

    def __init__(self, cluster: Path, database: str) -> None:
        command = [sys.executable, "-m", "tests.killed_verbs", str(cluster), database]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.steps: list[str] = self.answer()

    def answer(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def perform(self, step: str, point: int | None = None) -> dict[str, Any]:
        assert self.process.stdin is not None
        print(json.dumps([step, point]), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = self.answer()
        return answer


@pytest.fixture
def verbs(cluster: Path, database: Administered) -> Iterator[Verbs]:
    connections.leave()
    begun = Verbs(cluster, database.app.database)
    yield begun
    begun.process.terminate()
    begun.process.communicate()


def spread(calls: list[int], points: int) -> list[list[int]]:
    """Spread points over steps as their calls are, and within a step evenly; the last is when all is done.

    A verb may need a call or two less the second time, so the last two are left out.
    """
    calls = [number - 2 for number in calls]
    wanted = [max(1, points * number // sum(calls)) for number in calls]
    evenly = [
        sorted({(2 * place + 1) * number // most for place in range(most)})
        for most, number in zip(wanted, calls, strict=True)
    ]
    return [[*chosen, UNANSWERED] for chosen in evenly]


@pytest.mark.promise("acknowledged-return-never-lost")
@pytest.mark.promise("retry-never-doubles")
@pytest.mark.promise("breakdown-refused-cleanly")
def test_a_verb_killed_at_any_point_leaves_all_or_nothing_and_can_be_asked_for_again(
    verbs: Verbs, database: Administered
) -> None:
    whole, calls = {}, []
    for step in verbs.steps:
        done = verbs.perform(step)
        assert done["acknowledged"], (step, done)
        whole[step] = rows(database)
        calls.append(done["calls"])
    empty(database)
    before: dict[str, int] = {}
    killed = {True: 0, False: 0}  # By whether it had been done already.
    for step, points in zip(verbs.steps, spread(calls, examples(20)), strict=True):
        for point in points:
            ended = verbs.perform(step, point)
            assert ended["killed"] != ended["acknowledged"], (step, point, ended)
            left = rows(database)
            assert left == whole[step] or (ended["killed"] and left == before), (step, point)
            killed[left == whole[step]] += ended["killed"]
            if left == whole[step]:
                break
        else:
            assert verbs.perform(step)["acknowledged"], step
        if step.startswith(ONCE):  # A receipt given again, or a refusal, but nothing a second time.
            verbs.perform(step)
        before = rows(database)
        assert before == whole[step], step
    print(json.dumps({"killed before it was done": killed[False], "and after": killed[True]}))
    assert killed[False] >= examples(8)
    assert killed[True] >= len(verbs.steps)
    connections.use(database.app)
    assert Desk(database).perform("ledger.verify", by=AUDITOR, at=LATER).findings == ()
