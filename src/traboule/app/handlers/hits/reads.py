"""Tell a unit who was shown its records.

In: nothing but who asks. Out: reads, the latest first. Guaranteed: row security passes the unit's own records alone,
and no read by which a link was judged, which would tell the unit of the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import F, Func, TextField, Value

from traboule.app.dispatch import Call
from traboule.ledger.models import RecordShown

# Unit and agency, such as ``ML/Police/``: what the records of one agency begin with.
_AGENCY_PREFIX = Func(F("record"), Value("^[^/]*/[^/]*/"), function="substring", output_field=TextField())


@dataclass(frozen=True, slots=True)
class RecordRead:
    """One record shown to somebody: ``index`` is the place of the ledger's entry, which commits to it."""

    index: int
    at: str
    actor: str
    role: str
    verb: str
    record: str


@dataclass(frozen=True, slots=True)
class RecordReads:
    """The latest reads, out of ``total``."""

    reads: Sequence[RecordRead]
    total: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"reads": [asdict(read) for read in self.reads], "total": self.total}


def list_reads(call: Call, *, record: str | None = None, limit: int = 100) -> RecordReads:
    """Return who was shown the records of the units of who asks, or one ``record`` of theirs."""
    rows = RecordShown.objects.filter(unit__in=call.by.units).order_by("-index", "record")
    if record is not None:
        rows = rows.filter(record=record)
    if call.by.agencies:
        # A record as of each agency there is, to tell which of them the actor speaks for.
        prefixes = rows.order_by().annotate(prefix=_AGENCY_PREFIX).values_list("prefix", flat=True).distinct()
        own = [prefix for prefix in prefixes if prefix and call.by.owns(prefix)]
        rows = rows.annotate(prefix=_AGENCY_PREFIX).filter(prefix__in=own)
    reads = [
        RecordRead(row.index, row.at.isoformat(), row.actor, row.role, row.verb, row.record) for row in rows[:limit]
    ]
    return RecordReads(reads, rows.count())
