"""The process that links and counts as returns arrive: one at a time, and another takes over when it dies.

In: a desk. Out: nothing; figures are stored, and announced to whoever looks. Guaranteed: of all processes that keep,
one works and the others wait for its turn to end. What it keeps in memory comes from the database alone. When nothing
has arrived for a while, everything is linked and counted anew: what officers judge, hits, and releases rest on that
run alone. Where it does not give the figures counted live, these are begun anew, and that is reported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from traboule.app.desk import Desk
from traboule.app.live.following import LiveCounts
from traboule.core.errors import TrabouleError
from traboule.core.permissions import Actor, Role

ENGINE = Actor("engine", Role.ENGINE)
PAUSE = 0.5  # Seconds between two tries to take the turn, and between two looks whether it lasts.
QUIET = timedelta(seconds=20)  # Without a change, before everything is linked anew; longer where linking takes longer.
RETRY, LONGEST_RETRY = 1.0, 300.0  # Seconds after something failed, doubled each time.
_IGNORED = frozenset({"figures", "sessions"})
Report = Callable[[str], None]


@dataclass
class Keeper:
    """One process that keeps. ``now`` is its clock; ``report`` is told in a code what it does."""

    desk: Desk
    now: Callable[[], datetime]
    report: Report
    ended: threading.Event = field(default_factory=threading.Event)
    quiet: timedelta = QUIET
    _woken: threading.Event = field(default_factory=threading.Event)
    _counts: LiveCounts = field(default_factory=LiveCounts)
    _retry: float = RETRY

    def run(self) -> None:
        """Wait for the turn and keep, until ``ended`` is set."""
        unfollow, waits = self.desk.follow(self._hear), False
        try:
            while not self.ended.is_set():
                turn = self.desk.take_turn()
                if turn is None:
                    if not waits:
                        self.report("live-waiting")
                    waits = True
                    self.ended.wait(PAUSE)
                    continue
                waits = False
                try:
                    self._keep(turn)
                finally:
                    turn.leave()
        finally:
            unfollow()

    def _hear(self, word: str) -> None:
        if word not in _IGNORED:
            self._woken.set()

    def _keep(self, turn: Any) -> None:
        """Keep for as long as this process has the turn."""
        self.report("live-kept")
        self._counts, last_change = LiveCounts(), self.now()
        self._woken.set()
        while not self.ended.is_set() and turn.lasts():
            try:
                if self._woken.wait(PAUSE):
                    self._woken.clear()
                    if self._look():
                        last_change = self.now()
                elif self._counts.stale and self.now() - last_change >= self.quiet:
                    self._link_anew()
                    last_change = self.now()
                self._retry = RETRY
            except TrabouleError:  # The database is away, say. A fault of ours ends this process: another takes over.
                self._begin_anew()

    def _begin_anew(self) -> None:
        self._counts = LiveCounts()
        self._woken.set()
        self.ended.wait(self._retry)
        self._retry = min(2 * self._retry, LONGEST_RETRY)

    def _look(self) -> bool:
        """Take in what changed; store the figures and tell whether there were any."""
        changed = self._perform("live.look", counts=self._counts).changed
        if changed:
            self._perform("live.store", counts=self._counts)
            self.report("live-counted")
        return bool(changed)

    def _link_anew(self) -> None:
        """Link and count everything anew, where the links stored are older than what was counted."""
        begun = self.now()
        for code in self._counts.stale:
            self._perform("link", operation=code)
            plain = self._perform("figures.compute", operation=code).to_json()
            self._look()
            followed = self._counts.operations.get(code)
            if followed is not None and not followed.agrees(plain["figures"], begun):
                self.report("live-differed")
                del self._counts.operations[code]
                self._woken.set()
        self.quiet = max(self.quiet, self.now() - begun)
        self.report("live-linked")

    def _perform(self, verb: str, **arguments: Any) -> Any:
        return self.desk.perform(verb, by=ENGINE, at=self.now(), **arguments)
