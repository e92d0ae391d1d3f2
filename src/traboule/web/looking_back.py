"""Look back: the instants of an operation to choose from, and the way from the one shown to those beside it.

In: when figures were counted, the days of an operation, the instant looked back to. Out: choices and addresses. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

AS_OF = "as_of"  # The instant that every screen looks back to, in its address.
COUNTS, DAYS = "counts", "days"


@dataclass(frozen=True, slots=True)
class Instant:
    """An instant to look back to; ``kind`` is whether figures were counted then or a day ended."""

    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class LookingBack:
    """The instants to choose from, by kind, the latest first; and the addresses of the screen as it was shortly before
    and shortly after the one shown, empty where there is none."""

    counts: tuple[datetime, ...]
    days: tuple[datetime, ...]
    earlier: str
    later: str


def instants_of(operation: dict[str, Any] | None, figures: dict[str, Any] | None, now: datetime) -> tuple[Instant, ...]:
    """Return the instants of an operation until ``now``: its counts, and the end of each of its days.

    Either of the two, as plain values of ``operation.show`` and ``figures.show``, may be missing.
    """
    counts = [Instant(datetime.fromisoformat(run), COUNTS) for run in (figures or {}).get("runs", ())]
    ends: list[Instant] = []
    if operation:
        first, last = date.fromisoformat(operation["start"]), date.fromisoformat(operation["end"])
        for day in range((last - first).days + 1):
            midnight = datetime.combine(first + timedelta(days=day + 1), time(), tzinfo=UTC)
            ends.append(Instant(midnight - timedelta(minutes=1), DAYS))
    return tuple(instant for instant in (*counts, *ends) if instant.at <= now)


def looking_back(as_of: datetime | None, instants: Iterable[Instant], query: Sequence[tuple[str, str]]) -> LookingBack:
    """Return how to look back from a screen that shows ``as_of`` (None: now) and whose address asks for ``query``."""
    chosen = {*instants}
    ordered = sorted({instant.at for instant in chosen})
    last_count = max((instant.at for instant in chosen if instant.kind == COUNTS), default=None)
    before = [at for at in ordered if (at < as_of if as_of else at != last_count)]
    after = [at for at in ordered if as_of and at > as_of]
    by_kind = ({instant.at for instant in chosen if instant.kind == kind} for kind in (COUNTS, DAYS))
    counts, days = (tuple(sorted(ends, reverse=True)) for ends in by_kind)

    earlier, later = (
        "?" + urlencode([*query, (AS_OF, at[place].isoformat())]) if at else ""
        for at, place in ((before, -1), (after, 0))
    )
    return LookingBack(counts, days, earlier, later)
