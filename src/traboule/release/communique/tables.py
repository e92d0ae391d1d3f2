"""The tables, pictures and lists of a communiqué: rows of text that any renderer can lay out.

In: a :class:`Statement` and a :class:`ReleaseWording`. Out: blocks. Guaranteed: every number stands in the statement;
names are sorted as the reader's language does.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from traboule.core.codes import vocabulary
from traboule.release.communique.document import HIDDEN, Block
from traboule.release.pictures import map as pictures
from traboule.release.pictures.chart import alternative, specification
from traboule.release.statement import BreakdownTable, FigureChange, Kind, Line, Statement, ordered
from traboule.release.wording import ReleaseWording, displayed


def _figures(statement: Statement, words: ReleaseWording) -> list[Block]:
    """Return the table of all figures. A revised release says there too what each was before."""
    before = {change.figure: change.before for change in statement.changes} if statement.kind is Kind.REVISED else {}
    heading = words.interval_heading(statement.lines)
    first = [words.label(column) for column in ("figure", "value", *(["before"] if before else []))]
    rows = [(*first, *([heading] if heading else []), words.label("least"), words.label("most"))]
    depths = [0]
    for line, depth in ordered(statement.lines):
        earlier = [words.number_phrase(before.get(line.figure, line.value), line.precision)] if before else []
        interval = [words.interval(line) or HIDDEN] if heading and line.precision == "exact" else []
        ranges = (*interval, *_range(line, words))
        rows.append((_title(statement, line.figure, words), _value(line, words), *earlier, *ranges))
        depths.append(depth)
    return [Block("figures", rows=tuple(rows), depths=tuple(depths)), *_held_back(statement, words)]


def _held_back(statement: Statement, words: ReleaseWording) -> list[Block]:
    """Say which figures were counted and are not published, so that nobody takes them for nought."""
    titles = words.label("name_separator").join(words.title(figure) for figure in statement.held_back)
    return [Block("note", f"{words.label('held_back')}{words.label('colon')}{titles}")] if titles else []


def _value(line: Line, words: ReleaseWording) -> str:
    return words.number_phrase(line.value, line.precision)


def _range(line: Line, words: ReleaseWording) -> tuple[str, ...]:
    """Return the least and the most a figure can be; one cell for one that is as declared and has neither."""
    return (
        (words.number(line.low), words.number(line.high)) if line.precision == "exact" else (words.label("declared"),)
    )


def _chart(statement: Statement, words: ReleaseWording) -> list[Block]:
    chart = specification(statement, words)
    return [Block("chart", alternative(statement, words), chart=chart)] if chart else []


def _map(statement: Statement, words: ReleaseWording) -> list[Block]:
    """The map, with the usual sentence about its lines; the table it is drawn of stands in the same release."""
    titled = [_heading(table, words)] if (table := pictures.mapped(statement)) else []
    chart = pictures.specification(statement, words)
    return [*titled, Block("chart", pictures.alternative(statement, words), chart=chart, by=words.label("boundaries"))]


def _regions(statement: Statement, words: ReleaseWording) -> list[Block]:
    """One table, a region a row and a figure a column; a region without a cell of its own stands in the last row."""
    tables = [table for table in statement.tables if table.dimension == "region"]
    cells = [dict(table.cells) for table in tables]
    macro_regions = vocabulary("regions")
    rows = [(words.label("region"), *(words.title(table.figure) for table in tables))]
    for code in (*macro_regions.codes, "other"):
        if any(code in counts for counts in cells):
            label = words.label("other") if code == "other" else macro_regions.label(code, words.language)
            rows.append((label, *(_region_cell(code, counts, words) for counts in cells)))
    return [Block("regions", rows=tuple(rows), depths=(0,) * len(rows))]


def _region_cell(code: str, counts: Mapping[str, int | None], words: ReleaseWording) -> str:
    """Return a count, the one symbol for a hidden one, and nought for a rest that is none."""
    count = counts.get(code, 0 if code == "other" else None)
    return HIDDEN if count is None else words.number(count)


def _breakdowns(statement: Statement, words: ReleaseWording) -> list[Block]:
    finer = [table for table in statement.tables if table.dimension != "region"]
    tables = [block for table in finer for block in _breakdown(statement, table, words)]
    return [*tables, *_notes(statement, words)] if tables else []


def _participants(statement: Statement, words: ReleaseWording) -> list[Block]:
    """Return the list of those taking part; where a table by state stands above it, of those that the table lacks."""
    tabled = {
        code
        for table in statement.tables
        if table.dimension == "state" and statement.kind is Kind.FINAL
        for code, _ in table.cells
    }
    codes = [code for code in statement.participants if code not in tabled]
    if not codes:
        return []
    names = sorted((statement.country(code, words.language) for code in codes), key=_alphabetical)
    sentence = words.label("name_separator").join(names)
    heading = "also_taking_part" if len(codes) < len(statement.participants) else "taking_part"
    return [Block("subheading", words.label(heading)), Block("names", f"{sentence}.", names=tuple(names))]


def _alphabetical(name: str) -> str:
    """Return a name as it is sorted: without accents, and in Arabic without the article."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).removeprefix("ال")


def _breakdown(statement: Statement, table: BreakdownTable, words: ReleaseWording) -> list[Block]:
    rows = [(words.label("breakdown"), words.label("value"))]
    labelled = [
        (_label(statement, table.vocabulary, code, words), count) for code, count in table.cells if code != "other"
    ]
    if table.dimension == "state":
        labelled.sort(key=lambda cell: _alphabetical(cell[0]))
    labelled += [(words.label("other"), count) for code, count in table.cells if code == "other"]
    rows += [(label, HIDDEN if count is None else words.number(count)) for label, count in labelled]
    return [_heading(table, words), Block("table", rows=tuple(rows), depths=(0,) * len(rows))]


def _label(statement: Statement, vocabulary_name: str, code: str, words: ReleaseWording) -> str:
    return words.shaped(statement.label(vocabulary_name, code, words.language))


def _heading(table: BreakdownTable, words: ReleaseWording) -> Block:
    return Block("subheading", f"{words.title(table.figure)} · {words.label('dimensions', table.dimension)}")


def _notes(statement: Statement, words: ReleaseWording) -> list[Block]:
    """Say what a reader of the tables must know: that cells are rounded, and what the symbol of a hidden one means."""
    hidden = any(count is None for table in statement.tables for _, count in table.cells)
    rounded = int(str((statement.policy or {}).get("rounding", 1))) > 1
    return [Block("note", words.label(key)) for key, due in (("rounded", rounded), ("withheld", hidden)) if due]


def _changes(statement: Statement, words: ReleaseWording) -> list[Block]:
    rows = [(words.label("figure"), words.label("before"), words.label("after"), words.label("reason"))]
    precisions = {line.figure: line.precision for line in statement.lines}
    rows += [
        _change(change, _title(statement, change.figure, words), precisions.get(change.figure, "exact"), words)
        for change in statement.changes
    ]
    table = Block("changes", rows=tuple(rows), depths=(0,) * len(rows))
    return [Block("subheading", words.label("changes")), table]


def _title(statement: Statement, figure: str, words: ReleaseWording) -> str:
    """Return a figure's title, as a part of its whole where that stands above it."""
    depths = {line.figure: depth for line, depth in ordered(statement.lines)}
    return words.part(figure) if depths.get(figure) else words.title(figure)


def _change(change: FigureChange, title: str, precision: str, words: ReleaseWording) -> tuple[str, str, str, str]:
    # No line ends between a reason and its number: in Arabic its sign would stand at the wrong end.
    reasons = [
        f"{words.catalogue['reasons'][reason]}\N{NO-BREAK SPACE}{_signed(delta, precision, words)}"
        for reason, delta in change.reasons
        if delta
    ]
    why = words.label("list_separator").join(reasons) or "="
    return title, words.number_phrase(change.before, precision), words.number_phrase(change.after, precision), why


def _signed(delta: int, precision: str, words: ReleaseWording) -> str:
    return f"{'+' if delta > 0 else '−'}{words.number(displayed(abs(delta), precision))}"


MAKERS: Mapping[str, Callable[[Statement, ReleaseWording], list[Block]]] = {
    "figures": _figures,
    "chart": _chart,
    "map": _map,
    "regions": _regions,
    "breakdowns": _breakdowns,
    "participants": _participants,
    "changes": _changes,
}
