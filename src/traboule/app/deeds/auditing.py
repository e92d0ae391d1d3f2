"""The disclosure audit of a drafted release.

Comes in: the statement, everything issued before it. Goes out: a :class:`Verdict`. Promises: it is read from the
statement alone, as an outsider reads the documents, and not from how the statement was made; a doubt is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from traboule.release.statement import Statement, Table
from traboule.release.verdict import Verdict

METHOD = "cells-and-residuals"


def audit(statement: Statement, earlier: Sequence[Statement]) -> Verdict:
    """Return the verdict on ``statement`` after the releases ``earlier``, withdrawn ones among them (rule 23)."""
    del earlier  # Attacks across releases are the joint auditor's; this one reads a single release.
    return Verdict(tuple(_cells(statement)) + tuple(_stories(statement)), METHOD)


def _cells(statement: Statement) -> Iterator[Mapping[str, Any]]:
    for table in statement.tables:
        threshold = _threshold(statement, table.figure)
        for code, count in table.cells:
            if 0 < count < threshold:
                yield _finding("cell-small", table, code)
        rest = statement.line(table.figure).value - sum(count for _, count in table.cells)
        if _explained_by_rounding(statement, table) < rest < threshold:
            yield _finding("rest-small", table, "")


def _explained_by_rounding(statement: Statement, table: Table) -> float:
    """Return the most that rounding alone can leave between a whole and cells that are all rounded."""
    base = max(1, int(str((statement.policy or {}).get("rounding", 1))))
    rounded = base > 1 and all(count % base == 0 for _, count in table.cells)
    return len(table.cells) * base / 2 if rounded else 0


def _stories(statement: Statement) -> Iterator[Mapping[str, Any]]:
    """A case story is a cell: one that counts few persons must be generalised until it counts none."""
    for story in statement.stories:
        if story.persons is not None and story.persons.value < _threshold(statement, story.persons.figure):
            yield {"code": "story-small", "figure": story.persons.figure, "dimension": "story", "cell": story.id}


def _threshold(statement: Statement, figure: str) -> int:
    policy = statement.policy or {}
    name = "minors_threshold" if "minors" in figure else "threshold"
    return int(str(policy.get(name, 0)))


def _finding(code: str, table: Table, cell: str) -> Mapping[str, Any]:
    return {"code": code, "figure": table.figure, "dimension": table.dimension, "cell": cell}
