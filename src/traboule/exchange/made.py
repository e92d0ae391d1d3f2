"""Store what left the house, list it, and find it again by the hash of a file.

In: an export's files and who made it. Out: exports, the latest first. Guaranteed: runs in the caller's transaction, so
row security decides which exports are seen; the ledger's entry of the verb commits to the stored row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traboule.core.errors import NotFound
from traboule.core.permissions import Actor, Role
from traboule.exchange.models import DeskExport, Export, OwnerExport


@dataclass(frozen=True, slots=True)
class ExportMade:
    """One export as it is remembered. ``files``: name, sha256 and size of each."""

    operation: str
    format: str
    recipient: str
    purpose: str
    files: tuple[Mapping[str, Any], ...]
    rows: int
    at: datetime
    by: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "operation": self.operation,
            "format": self.format,
            "recipient": self.recipient,
            "purpose": self.purpose,
            "files": [dict(file) for file in self.files],
            "rows": self.rows,
            "at": self.at.isoformat(),
            "by": self.by,
        }


@dataclass(frozen=True, slots=True)
class ExportsMade:
    """Exports, the latest first."""

    exports: tuple[ExportMade, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"exports": [export.to_json() for export in self.exports]}


def file_entries(files: Mapping[str, bytes]) -> tuple[Mapping[str, Any], ...]:
    """Return name, sha256 and size of each file."""
    return tuple(
        {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in files.items()
    )


def store(export: ExportMade, by: Actor) -> None:
    """Store an export: the desk's in a table of its own, any other for the unit whose rows it holds."""
    columns = {
        "operation": export.operation,
        "format": export.format,
        "recipient": export.recipient,
        "purpose": export.purpose,
        "files": [dict(file) for file in export.files],
        "rows": export.rows,
        "exported_at": export.at,
        "exported_by": export.by,
        "account": by.account,
    }
    if by.role is Role.DESK:
        DeskExport.objects.create(**columns)
    else:
        OwnerExport.objects.create(unit=next(iter(by.units), ""), **columns)


def exports(operation: str, *, sha256: str = "", limit: int = 0) -> ExportsMade:
    """Return the exports that the reader may see, or those with a file of that hash, at most ``limit``."""
    exports_found: list[Export] = []
    for model in (OwnerExport, DeskExport):
        rows = model._default_manager.filter(operation=operation).order_by("-exported_at", "-id")
        if sha256:
            rows = rows.filter(files__contains=[{"sha256": sha256}])
        exports_found += rows[:limit] if limit else rows
    exports_found.sort(key=lambda row: row.exported_at, reverse=True)
    return ExportsMade(tuple(_made(row) for row in (exports_found[:limit] if limit else exports_found)))


def export_of(operation: str, sha256: str) -> ExportsMade:
    """Return the exports that a file of that hash belongs to. Raises NotFound where none the reader may see has it."""
    matching = exports(operation, sha256=sha256)
    if not matching.exports:
        raise NotFound("export-unknown")
    return matching


def _made(row: Export) -> ExportMade:
    return ExportMade(
        row.operation,
        row.format,
        row.recipient,
        row.purpose,
        tuple(row.files),
        row.rows,
        row.exported_at,
        row.exported_by,
    )
