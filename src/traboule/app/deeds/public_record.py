"""What has been published of an operation: its rows, and how much of the published totals they explain.

Comes in: figures counted from the rows, once they have been filed like any return. Goes out: the comparison, with
what to mind in the sources. Needs no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traboule.app.door import Call
from traboule.figures.public_record import PublicRecord
from traboule.figures.public_record import compare as comparing
from traboule.figures.published import public_record


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of the public record of Liberterra II, with their sources."""

    rows: tuple[Mapping[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"rows": [dict(row) for row in self.rows]}


def rows(call: Call) -> Rows:
    """Return the rows of the public record."""
    return Rows(public_record())


def compare(call: Call, *, figures: Mapping[str, int | None]) -> PublicRecord:
    """Compare the published world totals with ``figures``, counted from the states' rows."""
    return comparing(public_record(), figures)
