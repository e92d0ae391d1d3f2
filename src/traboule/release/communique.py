"""A communiqué: a statement said in one language, as blocks that any renderer can lay out.

Comes in: a :class:`Statement` and a language. Goes out: a tuple of blocks, each a kind with its texts or rows.
Promises: every number in it stands in the statement; the same statement and language give the same blocks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from traboule.core.codes import vocabulary
from traboule.release.statement import Change, Kind, Statement, Table, ordered
from traboule.release.wording import REFERENCE, Wording, wording

# The one symbol for every hidden cell, whatever it is hidden for (rule 23).
HIDDEN = "–"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a communiqué. ``rows`` are cells as text; the first row of a table is its header."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    depths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Communique:
    """A whole communiqué in one language, ready to be laid out."""

    language: str
    right_to_left: bool
    title: str
    kind: str
    status: str
    issued: str
    blocks: tuple[Block, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values for the typesetter."""
        return {
            "language": self.language,
            "right_to_left": self.right_to_left,
            "title": self.title,
            "kind": self.kind,
            "status": self.status,
            "issued": self.issued,
            "blocks": [
                {"kind": b.kind, "text": b.text, "rows": [list(r) for r in b.rows], "depths": list(b.depths)}
                for b in self.blocks
            ],
        }


def compose(statement: Statement, language: str) -> Communique:
    """Say ``statement`` in ``language``. Raises KeyError where a text refers to a figure the statement lacks, and
    Invalid where the language's wording breaks a rule."""
    words = wording(language)
    blocks: list[Block] = []
    for entry in words.catalogue["blocks"]:
        if _due(entry.get("when"), statement):
            blocks += _blocks(entry["kind"], str(entry.get("text", "")), statement, words)
    title = next(block.text for block in blocks if block.kind == "headline")
    label, number = words.label("release"), words.number(statement.number)
    return Communique(
        language=language,
        right_to_left=words.right_to_left,
        title=title,
        kind=statement.kind.value,
        status=f"{words.catalogue['kinds'][statement.kind.value]} · {label} {number}",
        issued=f"{words.label('issued')} {words.day(statement.issued_on)}",
        blocks=tuple(blocks),
    )


def _due(when: str | None, statement: Statement) -> bool:
    if when is None:
        return True
    if when == "revised":
        return bool(statement.changes)
    return statement.kind is Kind(when)


def _blocks(kind: str, text: str, statement: Statement, words: Wording) -> list[Block]:
    if kind == "figures":
        return [_figures(statement, words)]
    if kind == "breakdowns":
        tables = [block for table in statement.tables for block in _breakdown(table, words)]
        return [Block("heading", words.label("breakdown")), *tables, *_notes(statement, words)] if tables else []
    if kind == "changes":
        return [Block("heading", words.label("changes")), _changes(statement.changes, words)]
    return [Block(kind, REFERENCE.sub(lambda match: _say(match, statement, words), text))]


def _say(match: re.Match[str], statement: Statement, words: Wording) -> str:
    kind, name = match.groups()
    if kind == "figure":
        return words.phrase(statement.line(name))
    if kind == "date":
        return words.day(statement.start if name == "start" else statement.end)
    return statement.titles.get(words.language, statement.titles["en"])


def _figures(statement: Statement, words: Wording) -> Block:
    rows = [(words.label("figure"), words.label("value"), words.label("range"))]
    depths = [0]
    for line, depth in ordered(statement.lines):
        title = words.label("titles", line.figure)
        if depth:
            title = f"{words.label('of_which')} {title}"
        number = words.catalogue["precision"][line.precision].format(phrase=words.number(line.value))
        span = (
            words.number(line.low) if line.low == line.high else f"{words.number(line.low)} – {words.number(line.high)}"
        )
        rows.append((title, number, span if line.precision == "exact" else words.label("declared")))
        depths.append(depth)
    return Block("figures", rows=tuple(rows), depths=tuple(depths))


def _breakdown(table: Table, words: Wording) -> list[Block]:
    codes = vocabulary(table.vocabulary)
    heading = f"{words.label('titles', table.figure)} · {words.label('dimensions', table.dimension)}"
    rows = [(words.label("breakdown"), words.label("value"))]
    for code, count in table.cells:
        label = words.label("other") if code == "other" else codes.label(code, words.language)
        rows.append((label, HIDDEN if count is None else words.number(count)))
    return [Block("subheading", heading), Block("table", rows=tuple(rows), depths=(0,) * len(rows))]


def _notes(statement: Statement, words: Wording) -> list[Block]:
    """Say what a reader of the tables must know: that cells are rounded, and what the symbol of a hidden one means."""
    hidden = any(count is None for table in statement.tables for _, count in table.cells)
    rounded = int(str((statement.policy or {}).get("rounding", 1))) > 1
    return [Block("note", words.label(key)) for key, due in (("rounded", rounded), ("withheld", hidden)) if due]


def _changes(changes: tuple[Change, ...], words: Wording) -> Block:
    rows = [(words.label("figure"), words.label("before"), words.label("after"), words.label("reason"))]
    for change in changes:
        reasons = [
            f"{words.catalogue['reasons'][reason]} {'+' if delta > 0 else '−'}{words.number(abs(delta))}"
            for reason, delta in change.reasons
            if delta
        ]
        title = words.label("titles", change.figure)
        rows.append((title, words.number(change.before), words.number(change.after), "; ".join(reasons) or "="))
    return Block("changes", rows=tuple(rows), depths=(0,) * len(rows))
