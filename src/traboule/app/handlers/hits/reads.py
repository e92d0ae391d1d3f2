"""Tell a unit who was shown its records.

In: nothing but who asks. Out: reads, the latest first. Guaranteed: row security passes the unit's own records alone,
and no read by which a link was judged, which would tell the unit of the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.ledger.models import RecordShown


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
        rows = rows.filter(record__regex=f"^[^/]+/({'|'.join(map(_escaped, sorted(call.by.agencies)))})/")
    reads = [
        RecordRead(row.index, row.at.isoformat(), row.actor, row.role, row.verb, row.record) for row in rows[:limit]
    ]
    return RecordReads(reads, rows.count())


def _escaped(agency: str) -> str:
    """Return an agency's name as PostgreSQL's regular expressions take it literally."""
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in agency)
