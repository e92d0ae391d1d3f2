"""Replay the days on which returns arrive, while somebody watches the room.

In: a desk, an invented operation, a folder, a clock. Out: what arrived. Guaranteed: the files, and the figures when all
are in, are those of the demo that runs at once. Every instant recorded is the story's, for the wall shows days and what
changed since yesterday; whoever works in the room meanwhile is recorded by the same clock, so that nothing is counted
or filed as if it came before what is there already.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from traboule.core.errors import Conflict, Invalid, Refused, TrabouleError
from traboule.core.language.languages import in_language
from traboule.core.language.numbers import number
from traboule.core.permissions import Actor
from traboule.demo.replay_clock import DAYS, ReplayClock
from traboule.demo.story import ENGINE, DemoStory, officer

if TYPE_CHECKING:
    from traboule.demo.filings import DemoOperation, Filing

ROUNDS = ("first", "first", "first", "correction", "withdrawal", "late")  # Of each day.
FILING, EVENING = 0.85, 0.9  # Parts of a day: returns arrive until the one, links are made at the other.
FIRST_LINKS = 0.25  # Of the first day’s returns: from then on what arrives is linked and counted at once.
HEADLINES = ("arrests", "potential_victims")


class ReplayEnded(Exception):
    """Somebody ended the replay before its last return."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What the replay goes by: its clock, the machine's clock, and what waits so many seconds and tells whether the
    replay is to end."""

    clock: ReplayClock
    now: Callable[[], datetime]
    wait: Callable[[float], bool]

    def wait_until(self, instant: datetime) -> None:
        """Wait until ``instant``. Raises ReplayEnded."""
        if self.wait(max((instant - self.now()).total_seconds(), 0)):
            raise ReplayEnded

    def look(self, *_: object) -> None:
        """Look whether the replay is to end, in place of showing progress. Raises ReplayEnded; a verb under way is
        then undone."""
        if self.wait(0):
            raise ReplayEnded


class ReplayedStory(DemoStory):
    """The demo whose returns arrive before the eyes of who is in the room."""

    _pace: Pace | None = None

    def prepare(self) -> None:
        """Open the operation and invent what will arrive."""
        operation = self._open()
        self._progress("generate", 0, 1)
        self._world = self._invent(operation)
        self._progress("generate", 1, 1)

    def replay(self, pace: Pace, report: Callable[[dict[str, Any]], None]) -> None:
        """File everything at its moment, and link and count at the end of each day, which is then given to ``report``.

        Raises ReplayEnded where it is to end before.
        """
        self._pace = pace
        self._progress = pace.look
        self._desk.keep_time(pace.clock.moment)
        for day, sent in enumerate(days(self._world)):
            before = (self._outcome.filed, self._outcome.held)
            for place, filing in enumerate(sent):
                self._arrive(filing, day, (place + 1) / (len(sent) + 1) * FILING)
                if day == 0 and place + 1 == int(FIRST_LINKS * len(sent)):
                    self._link_and_count()
            self._wait(day, EVENING)
            linked, figures = self._link_and_count()
            plain = {
                "day": day + 1,
                "days": len(DAYS),
                "date": DAYS[day].date().isoformat(),
                "files": len(sent),
                "states": len({filing.state for filing in sent}),
                "filed": self._outcome.filed - before[0],
                "held": self._outcome.held - before[1],
                "open": linked["open"],
                "figures": {figure["id"]: [figure[name] for name in ("value", "low", "high")] for figure in figures},
            }
            self._outcome.open_links = linked["open"]
            self._say_day(plain, figures)
            report(plain)
        self._wait(len(DAYS) - 1, 1)

    def _perform(self, verb: str, by: Actor, at: datetime, **arguments: Any) -> Any:
        """Perform a verb at ``at``; during the replay now, of which the desk's clock makes an instant of the story."""
        now = self._pace.now() if self._pace else at
        return super()._perform(verb, by, now, **arguments)

    def _arrive(self, filing: Filing, day: int, part: float) -> None:
        """Write a file, wait for its moment, and file it; one that is refused is told of, and the replay goes on."""
        folder = self._out / "returns" / filing.round
        folder.mkdir(parents=True, exist_ok=True)
        content = self._file(filing)
        (folder / filing.file_name).write_bytes(content)
        self._wait(day, part)
        try:
            received = self._perform(
                "return.receive", officer(filing.state), DAYS[day], name=filing.file_name, content=content
            )
        except (Refused, Conflict, Invalid) as refusal:  # Somebody in the room has filed for that agency.
            self._say_refused(filing.file_name, refusal)
        else:
            self._outcome.add(received.receipt)

    def _link_and_count(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        linked = self._perform("link", ENGINE, DAYS[0]).to_json()
        figures = self._perform("figures.compute", ENGINE, DAYS[0]).to_json()["figures"]
        return linked, figures

    def _wait(self, day: int, part: float) -> None:
        """Wait for a part of a day."""
        if self._pace:
            self._pace.wait_until(self._pace.clock.due(day, part))

    def _say_refused(self, name: str, refusal: TrabouleError) -> None:
        self._printer.say("replay-refused", file=name, reason=refusal.sentence(self._printer.language))

    def _say_day(self, plain: dict[str, Any], figures: Sequence[dict[str, Any]]) -> None:
        language = self._printer.language
        self._printer.gap()
        counts = {name: plain[name] for name in ("day", "days", "date", "files", "states", "filed", "held")}
        self._printer.say("replay-day", **counts)
        for figure in figures:
            if figure["id"] in HEADLINES:
                value, low, high = (number(figure[name], language) for name in ("value", "low", "high"))
                self._printer.line(
                    self._printer.words("replay-figure", title=in_language(figure["titles"], language))
                    + f" {value}"
                    + (f" ({low} – {high})" if low != high else "")
                )
        self._printer.line(self._printer.words("replay-open", open=plain["open"]))


def days(world: DemoOperation) -> list[tuple[Filing, ...]]:
    """Return what arrives on each of the days: the first returns on as many days as they take, the rest on one each."""
    by_day: list[tuple[Filing, ...]] = []
    for day, round_ in enumerate(ROUNDS):
        sent, parts = world.sent_in(round_), ROUNDS.count(round_)
        place = day - ROUNDS.index(round_)
        by_day.append(sent[place * len(sent) // parts : (place + 1) * len(sent) // parts])
    return by_day
