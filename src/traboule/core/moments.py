"""Instants in the order in which things happened.

In: the instant at which a verb is performed, and those of what it rests on. Out: nothing, or Refused. Guaranteed: where
a clock has gone backwards, nothing is computed or filed as if it came before what is there already: a count of an
earlier instant would leave out, in silence, what was filed since.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from traboule.core.errors import Refused


def check_order(now: datetime, earlier: Iterable[datetime | None]) -> None:
    """Raise Refused (``clock-behind``) where ``now`` is before the last of ``earlier``; all are aware instants."""
    last = max((moment for moment in earlier if moment is not None), default=now)
    if now < last:
        raise Refused("clock-behind", now=_plain(now), last=_plain(last))


def _plain(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
