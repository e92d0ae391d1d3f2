"""The replay: its clock never goes back, and at its end the figures are those of the demo that runs at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.conftest import open_directory

from traboule.app.desk import Desk
from traboule.core.errors import Refused
from traboule.demo.filings import DemoOperation, generate
from traboule.demo.replay import Pace, ReplayedStory, ReplayEnded, days
from traboule.demo.replay_clock import DAYS, ReplayClock
from traboule.demo.show import StoryPrinter
from traboule.demo.story import DESK, ENGINE, FINAL, DemoStory, officer
from traboule.operation.operation import shipped

BEGUN = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLOCK = ReplayClock(BEGUN, timedelta(minutes=6))


@pytest.fixture(scope="module")
def world() -> DemoOperation:
    return generate(5, scale=0.01, operation=shipped("liberterra-ii"))


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with open_directory() as data:
        yield data


@dataclass
class Machine:
    """A clock that goes on when somebody waits, and by a moment with each look at it."""

    at: datetime = BEGUN
    patience: int = 1_000_000

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def wait(self, seconds: float) -> bool:
        self.at += timedelta(seconds=seconds)
        self.patience -= 1
        return self.patience < 0


def story(kind: Callable[..., Any], desk: Desk, world: DemoOperation, out: Path) -> Any:
    return kind(desk, lambda _: world, out, StoryPrinter(Console(), "en", quiet=True), lambda *_: None)


class TestClock:
    def test_each_minute_is_a_day_of_the_story(self) -> None:
        for day, morning in enumerate(DAYS):
            assert CLOCK.moment(BEGUN + timedelta(minutes=day)) == morning
            assert CLOCK.moment(CLOCK.due(day, 0.5)) == morning + timedelta(hours=6)

    def test_it_never_goes_back(self) -> None:
        moments = [CLOCK.moment(BEGUN + timedelta(seconds=second)) for second in range(-5, 700)]
        assert moments == sorted(moments)

    def test_after_the_replay_it_joins_the_clock_of_the_machine(self) -> None:
        late = BEGUN + timedelta(minutes=7)
        assert CLOCK.moment(late) == DAYS[-1] + timedelta(hours=12, minutes=1)
        assert CLOCK.moment(BEGUN + timedelta(minutes=9)) == BEGUN + timedelta(minutes=9)

    def test_it_is_written_and_read(self) -> None:
        assert ReplayClock.read(str(CLOCK)) == CLOCK
        with pytest.raises(ValueError):
            ReplayClock.read("soon")


def test_every_file_arrives_on_one_day_and_in_its_order(world: DemoOperation) -> None:
    by_day = days(world)
    assert len(by_day) == len(DAYS)
    assert all(by_day)
    rounds = [filing for round_ in ("first", "correction", "withdrawal", "late") for filing in world.sent_in(round_)]
    assert [filing for sent in by_day for filing in sent] == rounds


def test_its_figures_are_those_of_the_demo_that_runs_at_once(place: Path, world: DemoOperation) -> None:
    at_once = Desk.start(place, database="at_once")
    try:
        outcome = story(DemoStory, at_once, world, place / "a").run_until_judging()
        expected = at_once.perform("figures.show", by=DESK, at=FINAL).to_json()["figures"]
        totals = outcome.to_json()["returns"]
    finally:
        at_once.stop()
    desk, machine, told = Desk.start(place, database="replayed"), Machine(), list[dict[str, Any]]()
    try:
        replayed = story(ReplayedStory, desk, world, place / "b")
        replayed.prepare()
        replayed.replay(Pace(CLOCK, machine.now, machine.wait), told.append)
        figures = desk.perform("figures.show", by=DESK, at=machine.now()).to_json()["figures"]
        arrivals = desk.perform("operation.show", by=DESK, at=machine.now()).to_json()["arrivals"]
        # A day of the wall for each day of the story, whatever day it is here.
        assert sorted({arrival["at"][:10] for arrival in arrivals}) == [f"{day:%Y-%m-%d}" for day in DAYS]
        # Who works in the room meanwhile is recorded by the same clock; the machine’s is ahead.
        counted = desk.perform("figures.compute", by=ENGINE, at=machine.now()).to_json()
        assert counted["as_of"] < "2025"
    finally:
        desk.stop()
    assert figures == expected
    assert [day["day"] for day in told] == [1, 2, 3, 4, 5, 6]
    assert {name: sum(day[name] for day in told) for name in ("filed", "held")} == {
        name: totals[name] for name in ("filed", "held")
    }
    files = sorted(path.relative_to(place / "a/returns") for path in (place / "a/returns").rglob("*.*"))
    assert all((place / "a/returns" / file).read_bytes() == (place / "b/returns" / file).read_bytes() for file in files)


def test_it_ends_when_it_is_told_to_and_leaves_nothing_half_done(place: Path, world: DemoOperation) -> None:
    desk, machine = Desk.start(place, database="ended"), Machine(patience=40)
    try:
        replayed = story(ReplayedStory, desk, world, place / "c")
        replayed.prepare()
        with pytest.raises(ReplayEnded):
            replayed.replay(Pace(CLOCK, machine.now, machine.wait), lambda _: None)
        arrivals = desk.perform("operation.show", by=DESK, at=machine.now()).to_json()["arrivals"]
    finally:
        desk.stop()
    assert 0 < len(arrivals) < len(days(world)[0])


def test_a_return_that_somebody_in_the_room_filed_already_does_not_stop_it(place: Path, world: DemoOperation) -> None:
    desk, machine = Desk.start(place, database="joined"), Machine(patience=30)
    try:
        replayed = story(ReplayedStory, desk, world, place / "d")
        replayed.prepare()
        first = days(world)[0][0]
        filed = desk.perform(
            "return.receive", by=officer(first.state), at=DAYS[0], name="x", content=replayed._file(first)
        )
        assert filed.receipt.filed > 0
        with pytest.raises((ReplayEnded, Refused)) as end:
            replayed.replay(Pace(CLOCK, machine.now, machine.wait), lambda _: None)
        assert end.type is ReplayEnded
    finally:
        desk.stop()
