"""Shares of the figures: of each whole the part that its "of which" names, every bar on the whole's own scale.

Comes in: a :class:`Statement` and a :class:`Wording`. Goes out: an SVG drawing and its text alternative. Promises: no
bar is measured by another figure; every number shown stands in the table too; right-to-left languages read from right
to left.
"""

from __future__ import annotations

from collections.abc import Iterator

from traboule.release.pictures.drawing import LINE, QUIET, WIDTH, drawing, label, rectangle
from traboule.release.statement import Line, Statement
from traboule.release.wording import Wording

ACCENT, REMAINDER = "#0b3c52", "#dbe6ec"
ROW, BAR = 62, 18


def specification(statement: Statement, words: Wording) -> str | None:
    """Return a bar for every whole whose part the release holds, None where there is none."""
    shares = list(_shares(statement))
    if not shares:
        return None
    parts = [piece for row, (whole, part) in enumerate(shares) for piece in _bar(whole, part, row * ROW, words)]
    return drawing(ROW * len(shares) - 2, parts)


def alternative(statement: Statement, words: Wording) -> str:
    """Return the bars in words: of each whole its number and its part's."""
    bars = (f"{words.phrase(whole)}{words.label('colon')}{_said(part, words)}" for whole, part in _shares(statement))
    return f"{words.label('chart')} {words.label('list_separator').join(bars)}"


def _shares(statement: Statement) -> Iterator[tuple[Line, Line]]:
    """Yield each whole that counts somebody with each of its parts, both of exact numbers."""
    lines = {line.figure: line for line in statement.lines}
    for part in statement.lines:
        whole = lines.get(part.of or "")
        if whole and whole.value and part.precision == whole.precision == "exact":
            yield whole, part


def _said(part: Line, words: Wording) -> str:
    return f"{words.part(part.figure)}{words.label('colon')}{words.number(part.value)}"


def _bar(whole: Line, part: Line, top: float, words: Wording) -> Iterator[str]:
    start, anchor, toward = (WIDTH, "end", -1) if words.right_to_left else (0, "start", 1)
    width = WIDTH * part.value / whole.value
    yield label(
        f"{words.title(whole.figure)}{words.label('colon')}{words.number(whole.value)}",
        (start, top + 13),
        anchor,
        bold=True,
    )
    yield rectangle((0, top + 21), WIDTH, BAR, REMAINDER, LINE)
    yield rectangle((WIDTH - width if toward < 0 else 0, top + 21), width, BAR, ACCENT)
    yield label(_said(part, words), (start, top + 54), anchor, colour=QUIET)
