"""Research exports as kept: a synthetic table is drawn once, and what it cost counts against all that follow.

In: a table with its cost. Out: the export, kept. Guaranteed: exports of an operation are numbered without a gap, never
change, and never cost more together than the budget they were drawn under; two at once cannot both count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Sum

from traboule.core.csv_tables import csv_table
from traboule.core.errors import Conflict
from traboule.core.permissions import Actor
from traboule.release.models import ResearchExport


@dataclass(frozen=True, slots=True)
class Exported:
    """One export: what it cost (``epsilon``), what all have cost (``spent``), the guarantee by language, its CSV."""

    operation: str
    number: int
    columns: tuple[str, ...]
    rows: int
    epsilon: float
    spent: float
    guarantee: Mapping[str, str]
    content: bytes = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the export without its rows."""
        return {
            "operation": self.operation,
            "number": self.number,
            "columns": list(self.columns),
            "rows": self.rows,
            "epsilon": self.epsilon,
            "spent": self.spent,
            "guarantee": dict(self.guarantee),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


@dataclass(frozen=True, slots=True)
class ExportTable:
    """A synthetic table: the names of its columns, and its rows of codes."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def spent(operation: str) -> float:
    """Return what earlier exports of an operation have cost together."""
    total = ResearchExport.objects.filter(operation=operation).aggregate(total=Sum("epsilon"))["total"]
    return float(total or 0.0)


def store_export(
    operation: str,
    table: ExportTable,
    *,
    epsilon: float,
    guarantee: Mapping[str, str],
    by: Actor,
    at: datetime,
) -> Exported:
    """Store an export. Raises Conflict where another was kept meanwhile."""
    content = csv_table([table.columns, *table.rows])
    number = ResearchExport.objects.filter(operation=operation).count() + 1
    try:
        ResearchExport.objects.create(
            operation=operation,
            number=number,
            columns=list(table.columns),
            epsilon=epsilon,
            content=content,
            exported_at=at,
            exported_by=by.name,
        )
    except IntegrityError as meanwhile:
        raise Conflict("research-export-meanwhile", operation=operation) from meanwhile
    return Exported(
        operation, number, tuple(table.columns), len(table.rows), epsilon, spent(operation), guarantee, content
    )
