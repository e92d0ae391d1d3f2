"""Shares of the figures: of each whole the part that its "of which" names, every bar on the whole's own scale.

In: a :class:`Statement` and a :class:`ReleaseWording`. Out: an SVG drawing and its text alternative. Guaranteed: no bar
is measured by another figure; every number shown stands in the table too; right-to-left languages read from right to
left.
"""

from __future__ import annotations

from collections.abc import Iterator

from traboule.release.pictures.drawing import LINE, QUIET, WIDTH, drawing, label, rectangle
from traboule.release.statement import Line, Statement
from traboule.release.wording import ReleaseWording

ACCENT, REMAINDER = "#0b3c52", "#dbe6ec"
ROW, BAR = 62, 18


def specification(statement: Statement, words: ReleaseWording) -> str | None:
    """Return a bar for every whole whose part the release holds, None where there is none."""
    shares = list(_shares(statement))
    if not shares:
        return None
    parts = [piece for row, (total, part) in enumerate(shares) for piece in _bar(total, part, row * ROW, words)]
    return drawing(ROW * len(shares) - 2, parts)


def alternative(statement: Statement, words: ReleaseWording) -> str:
    """Return the bars in words: of each whole its number and its part's."""
    bars = (
        f"{words.phrase(total)}{words.label('colon')}{_part_phrase(part, words)}" for total, part in _shares(statement)
    )
    return f"{words.label('chart')} {words.label('list_separator').join(bars)}"


def _shares(statement: Statement) -> Iterator[tuple[Line, Line]]:
    """Yield each whole that counts somebody with each of its parts, both of exact numbers."""
    lines = {line.figure: line for line in statement.lines}
    for part in statement.lines:
        total = lines.get(part.of or "")
        if total and total.value and part.precision == total.precision == "exact":
            yield total, part


def _part_phrase(part: Line, words: ReleaseWording) -> str:
    return f"{words.part(part.figure)}{words.label('colon')}{words.number(part.value)}"


def _bar(total: Line, part: Line, top: float, words: ReleaseWording) -> Iterator[str]:
    start, anchor, toward = (WIDTH, "end", -1) if words.right_to_left else (0, "start", 1)
    width = WIDTH * part.value / total.value
    yield label(
        f"{words.title(total.figure)}{words.label('colon')}{words.number(total.value)}",
        (start, top + 13),
        anchor,
        bold=True,
    )
    yield rectangle((0, top + 21), WIDTH, BAR, REMAINDER, LINE)
    yield rectangle((WIDTH - width if toward < 0 else 0, top + 21), width, BAR, ACCENT)
    yield label(_part_phrase(part, words), (start, top + 54), anchor, colour=QUIET)
