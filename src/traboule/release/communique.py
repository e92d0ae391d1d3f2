"""A communiqué: a statement said in one language, as blocks that any renderer can lay out.

Comes in: a :class:`Statement` and a language. Goes out: a tuple of blocks, each a kind with its texts or rows.
Promises: every number in it stands in the statement; the same statement and language give the same blocks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from traboule.core.codes import vocabulary
from traboule.release.pictures import map as pictures
from traboule.release.pictures.chart import alternative, specification
from traboule.release.statement import Change, Kind, Statement, Story, Table, ordered
from traboule.release.texts import PLACE
from traboule.release.wording import REFERENCE, Wording, texts_of, wording

# The one symbol for every hidden cell, whatever it is hidden for (rule 23).
HIDDEN = "–"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a communiqué. ``rows`` are cells as text; the first row of a table is its header.

    ``by`` is the speaker of a quotation, or what is to be read with a picture; ``chart`` a Vega-Lite specification,
    whose text alternative is ``text``.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    depths: tuple[int, ...] = ()
    by: str = ""
    chart: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Communique:
    """A whole communiqué in one language, ready to be laid out. ``notice`` says what keeps it from being published."""

    language: str
    right_to_left: bool
    title: str
    kind: str
    status: str
    issued: str
    notice: str
    blocks: tuple[Block, ...]


def compose(statement: Statement, language: str) -> Communique:
    """Say ``statement`` in ``language``. Raises Invalid where the language's wording breaks a rule.

    Of a block that has several texts the first is said whose figures the statement has; a block without one is left
    out: not every operation asks for every figure, and all it asks for stand in the table.
    """
    words = wording(language)
    blocks: list[Block] = []
    for entry in words.catalogue["blocks"]:
        if _due(entry.get("when"), statement):
            text = next((text for text in texts_of(entry) if _sayable(text, statement)), None)
            blocks += [] if text is None else _blocks(entry["kind"], text, statement, words)
    title = next(block.text for block in blocks if block.kind == "headline")
    label, number = words.label("release"), words.number(statement.number)
    return Communique(
        language=language,
        right_to_left=words.right_to_left,
        title=title,
        kind=statement.kind.value,
        status=f"{words.catalogue['kinds'][statement.kind.value]} · {label} {number}",
        issued=f"{words.label('issued')} {words.day(statement.issued_on)}",
        notice=_notice(statement, words),
        blocks=tuple(blocks),
    )


def _sayable(text: str, statement: Statement) -> bool:
    known = {line.figure for line in statement.lines}
    return all(name in known for kind, name, _ in REFERENCE.findall(text) if kind == "figure")


def _silent(statement: Statement) -> bool:
    """Tell whether some who take part have not reported: who took part is then not what the figure counts."""
    reported = {line.figure: line.value for line in statement.lines}.get("participants", 0)
    return reported < len(statement.participants)


_DUE: Mapping[str, Callable[[Statement], bool]] = {
    "preliminary": lambda said: said.kind is Kind.PRELIMINARY,
    "settled": lambda said: said.kind is not Kind.PRELIMINARY,
    "provisional": lambda said: said.kind is not Kind.FINAL,
    "final": lambda said: said.kind is Kind.FINAL,
    "changed": lambda said: bool(said.changes),
    "reasoned": lambda said: bool(said.reason),
    "regions": lambda said: any(table.dimension == "region" for table in said.tables),
    "mapped": lambda said: pictures.mapped(said) is not None,
    "stories": lambda said: bool(said.stories),
    "quoted": lambda said: said.quotation is not None,
    "participants": lambda said: bool(said.participants),
    "complete": lambda said: not _silent(said),
    "incomplete": _silent,
}


def _due(when: str | None, statement: Statement) -> bool:
    return when is None or _DUE[when](statement)


def _notice(statement: Statement, words: Wording) -> str:
    parts = [words.label("draft")] if statement.draft else []
    # Nothing is issued before its embargo, so that an issued document under one would say what is over.
    if statement.draft and statement.embargo_until is not None:
        parts.append(f"{words.label('embargo')} {words.moment(statement.embargo_until)}")
    return " · ".join(parts)


def _blocks(kind: str, text: str, statement: Statement, words: Wording) -> list[Block]:
    made = _MADE.get(kind)
    if made is not None:
        return made(statement, words)
    return [Block(kind, _filled(text, statement, words))]


def _filled(text: str, statement: Statement, words: Wording) -> str:
    return REFERENCE.sub(lambda match: _say(match, statement, words), text)


def _say(match: re.Match[str], statement: Statement, words: Wording) -> str:
    kind, name, case = match.groups()
    if kind == "figure":
        return words.phrase(statement.line(name), oblique=bool(case))
    if kind == "date":
        return words.day(statement.start if name == "start" else statement.end)
    if kind == "kind":
        return str(words.catalogue["kinds"][statement.kind.value])
    if kind == "rounding":
        return words.number(int(str((statement.policy or {}).get("rounding", 1))))
    return statement.titles.get(words.language, statement.titles["en"])


def _figures(statement: Statement, words: Wording) -> list[Block]:
    rows = [(words.label("figure"), words.label("value"), words.label("range"))]
    depths = [0]
    for line, depth in ordered(statement.lines):
        title = _title(statement, line.figure, words)
        rows.append(
            (
                title,
                words.counted(line.value, line.precision),
                words.span(line) if line.precision == "exact" else words.label("declared"),
            )
        )
        depths.append(depth)
    return [Block("figures", rows=tuple(rows), depths=tuple(depths))]


def _chart(statement: Statement, words: Wording) -> list[Block]:
    chart = specification(statement, words)
    return [Block("chart", alternative(statement, words), chart=chart)] if chart else []


def _map(statement: Statement, words: Wording) -> list[Block]:
    """The map, with the usual sentence about its lines; the table it is drawn of stands in the same release."""
    titled = [_heading(table, words)] if (table := pictures.mapped(statement)) else []
    chart = pictures.specification(statement, words)
    return [*titled, Block("chart", pictures.alternative(statement, words), chart=chart, by=words.label("boundaries"))]


def _regions(statement: Statement, words: Wording) -> list[Block]:
    """One table, a region a row and a figure a column; a region without a cell of its own stands in the last row."""
    tables = [table for table in statement.tables if table.dimension == "region"]
    cells = [dict(table.cells) for table in tables]
    known = vocabulary("regions")
    rows = [(words.label("region"), *(words.title(table.figure) for table in tables))]
    for code in (*known.codes, "other"):
        if any(code in counts for counts in cells):
            label = words.label("other") if code == "other" else known.label(code, words.language)
            rows.append((label, *(_region_cell(code, counts, words) for counts in cells)))
    return [Block("regions", rows=tuple(rows), depths=(0,) * len(rows))]


def _region_cell(code: str, counts: Mapping[str, int | None], words: Wording) -> str:
    """Return a count, the one symbol for a hidden one, and nought for a rest that is none."""
    count = counts.get(code, 0 if code == "other" else None)
    return HIDDEN if count is None else words.number(count)


def _breakdowns(statement: Statement, words: Wording) -> list[Block]:
    shown = [table for table in statement.tables if table.dimension != "region"]
    tables = [block for table in shown for block in _breakdown(table, words)]
    return [Block("heading", words.label("breakdown")), *tables, *_notes(statement, words)] if tables else []


def _stories(statement: Statement, words: Wording) -> list[Block]:
    blocks = []
    for story in statement.stories:
        if story.told is not None and (said := words.described(story.told)):
            blocks.append(Block("subheading", said))
        blocks.append(Block("paragraph", _told(story, statement, words)))
    return blocks


def _told(story: Story, statement: Statement, words: Wording) -> str:
    def place(match: re.Match[str]) -> str:
        kind, code = match.groups()
        if kind == "state":
            return vocabulary("countries").label(code, words.language)
        return words.phrase(story.persons) if story.persons else ""

    return _filled(PLACE.sub(place, story.texts[words.language]), statement, words)


def _quotation(statement: Statement, words: Wording) -> list[Block]:
    said = statement.quotation
    if said is None:
        return []
    return [Block("quotation", _filled(said.texts[words.language], statement, words), by=said.speaker[words.language])]


def _participants(statement: Statement, words: Wording) -> list[Block]:
    names = [vocabulary("countries").label(code, words.language) for code in statement.participants]
    listed = words.label("name_separator").join(sorted(names, key=_alphabetical))
    return [Block("subheading", words.label("taking_part")), Block("note", f"{listed}.")] if names else []


def _alphabetical(name: str) -> str:
    """Return a name as it is sorted: without accents, and in Arabic without the article."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).removeprefix("ال")


def _breakdown(table: Table, words: Wording) -> list[Block]:
    rows = [(words.label("breakdown"), words.label("value"))]
    named = [(words.coded(table.vocabulary, code), count) for code, count in table.cells if code != "other"]
    if table.dimension == "state":
        named.sort(key=lambda cell: _alphabetical(cell[0]))
    named += [(words.label("other"), count) for code, count in table.cells if code == "other"]
    rows += [(label, HIDDEN if count is None else words.number(count)) for label, count in named]
    return [_heading(table, words), Block("table", rows=tuple(rows), depths=(0,) * len(rows))]


def _heading(table: Table, words: Wording) -> Block:
    return Block("subheading", f"{words.title(table.figure)} · {words.label('dimensions', table.dimension)}")


def _notes(statement: Statement, words: Wording) -> list[Block]:
    """Say what a reader of the tables must know: that cells are rounded, and what the symbol of a hidden one means."""
    hidden = any(count is None for table in statement.tables for _, count in table.cells)
    rounded = int(str((statement.policy or {}).get("rounding", 1))) > 1
    return [Block("note", words.label(key)) for key, due in (("rounded", rounded), ("withheld", hidden)) if due]


def _reason(statement: Statement, words: Wording) -> list[Block]:
    return [Block("paragraph", statement.reason)]


def _changes(statement: Statement, words: Wording) -> list[Block]:
    rows = [(words.label("figure"), words.label("before"), words.label("after"), words.label("reason"))]
    precisions = {line.figure: line.precision for line in statement.lines}
    rows += [
        _change(change, _title(statement, change.figure, words), precisions.get(change.figure, "exact"), words)
        for change in statement.changes
    ]
    table = Block("changes", rows=tuple(rows), depths=(0,) * len(rows))
    return [Block("heading", words.label("changes")), table]


def _title(statement: Statement, figure: str, words: Wording) -> str:
    """Return a figure's title, as a part of its whole where that stands above it."""
    depths = {line.figure: depth for line, depth in ordered(statement.lines)}
    return words.part(figure) if depths.get(figure) else words.title(figure)


def _change(change: Change, title: str, precision: str, words: Wording) -> tuple[str, str, str, str]:
    # No line ends between a reason and its number: in Arabic its sign would stand at the wrong end.
    reasons = [
        f"{words.catalogue['reasons'][reason]}\N{NO-BREAK SPACE}{'+' if delta > 0 else '−'}{words.number(abs(delta))}"
        for reason, delta in change.reasons
        if delta
    ]
    why = words.label("list_separator").join(reasons) or "="
    return title, words.counted(change.before, precision), words.counted(change.after, precision), why


_MADE: Mapping[str, Callable[[Statement, Wording], list[Block]]] = {
    "figures": _figures,
    "chart": _chart,
    "map": _map,
    "regions": _regions,
    "breakdowns": _breakdowns,
    "stories": _stories,
    "quotation": _quotation,
    "participants": _participants,
    "reason": _reason,
    "changes": _changes,
}
