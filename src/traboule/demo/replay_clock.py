"""The clock of a replay: six days of the story in as many minutes.

In: when the replay began, how long it takes, an instant of the machine's clock. Out: the story's instant. Guaranteed:
pure; it never goes back. After the last day it goes on at the pace of the machine's clock, and half a replay later it
joins that clock, which is ahead of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# The days of the story on which returns arrive: three of first returns, then corrections, withdrawals, late returns.
DAYS = tuple(datetime(2024, 10, day, 8, tzinfo=UTC) for day in (6, 7, 8, 13, 16, 20))
DAY = timedelta(hours=12)  # Of the story, from morning to evening.


@dataclass(frozen=True, slots=True)
class ReplayClock:
    """The clock of a replay that began at an instant of the machine's clock and takes ``length``."""

    begun: datetime
    length: timedelta

    @classmethod
    def read(cls, text: str) -> ReplayClock:
        """Return the clock that was written as ``text``. Raises ValueError for what is none."""
        begun, seconds = text.split("/")
        return cls(datetime.fromisoformat(begun), timedelta(seconds=float(seconds)))

    def __str__(self) -> str:
        return f"{self.begun.isoformat()}/{self.length.total_seconds()}"

    def moment(self, now: datetime) -> datetime:
        """Return the story's instant at ``now``."""
        passed = max(now - self.begun, timedelta())
        if passed >= 1.5 * self.length:
            return now
        if passed >= self.length:
            return DAYS[-1] + DAY + (passed - self.length)
        day, part = divmod(passed / self.length * len(DAYS), 1)
        return DAYS[int(day)] + part * DAY

    def due(self, day: int, part: float) -> datetime:
        """Return when ``part`` of the day of that number, from 0, has passed, by the machine's clock."""
        return self.begun + (day + part) / len(DAYS) * self.length
