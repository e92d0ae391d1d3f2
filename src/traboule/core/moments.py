"""Instants in the order in which things happened, and how long anything may wait.

In: the instant at which a verb is performed, and those of what it rests on. Out: nothing, or Refused. Guaranteed: where
a clock has gone backwards, nothing is computed or filed as if it came before what is there already: a count of an
earlier instant would leave out, in silence, what was filed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from traboule.core.errors import Refused

PATIENCE = timedelta(hours=48)  # What waits for somebody as long is overdue: a hit, a screening, a referral.


def check_order(now: datetime, earlier: Iterable[datetime | None]) -> None:
    """Raise Refused (``clock-behind``) where ``now`` is before the last of ``earlier``; all are aware instants."""
    last = max((moment for moment in earlier if moment is not None), default=now)
    if now < last:
        raise Refused("clock-behind", now=_plain(now), last=_plain(last))


def is_overdue(since: datetime, now: datetime) -> bool:
    """Tell whether what has waited since then is overdue."""
    return now - since >= PATIENCE


def _plain(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
