"""Charts as Vega-Lite specifications: one for every document, in the words of one language.

Comes in: a :class:`Statement` and a :class:`Wording`. Goes out: a specification (Vega-Lite 5) with its size fixed, so
that nothing depends on how wide a machine's letters are, and its text alternative. Promises: every number shown is of
the statement and stands in the table too; right-to-left languages read from right to left.
"""

from __future__ import annotations

from typing import Any

from traboule.release.statement import Line, Statement, ordered
from traboule.release.wording import Wording

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# Narrow, so that letters stay large enough where a picture is shrunk to the width of a phone.
WIDTH, ROW, LEFT_FOR_NUMBERS, LETTERS = 560, 48, 206, 13
ACCENT, PART, INK, QUIET = "#0b4f6c", "#5f9fb8", "#1a2228", "#5b6670"
FONTS = {"rtl": "Noto Sans Arabic, Noto Sans, sans-serif", "ltr": "Noto Sans, Noto Sans Arabic, sans-serif"}


def specification(statement: Statement, words: Wording) -> dict[str, Any] | None:
    """Return bars of the figures on persons with their ranges, None where fewer than two are to be compared.

    Counters as declared are left out: flights and database checks are no persons, and would dwarf them.
    """
    shown = [(line, depth) for line, depth in ordered(statement.lines) if line.unit == "person"]
    if len(shown) < 2:
        return None
    rows = [_row(line, depth, index, words) for index, (line, depth) in enumerate(shown)]
    most = max(line.high for line, _ in shown)
    return {
        "$schema": SCHEMA,
        "width": WIDTH,
        "height": ROW * len(rows),
        "padding": 6,
        "autosize": {"type": "none"},
        "background": None,
        "data": {"values": rows},
        "layer": _layers(max(most, 1), right_to_left=words.right_to_left),
        # What a drawing says to who does not see it is its alternative, not a label on every mark.
        "config": {
            "aria": False,
            "font": FONTS["rtl" if words.right_to_left else "ltr"],
            "view": {"stroke": None},
            "text": {"fill": INK},
        },
    }


def alternative(statement: Statement, words: Wording) -> str:
    """Return the chart in words: what it shows, then every figure with its number."""
    shown = [line for line, _ in ordered(statement.lines) if line.unit == "person"]
    return f"{words.label('chart')} {words.label('list_separator').join(words.phrase(line) for line in shown)}"


def _row(line: Line, depth: int, index: int, words: Wording) -> dict[str, Any]:
    number, low, high = (words.number(value) for value in (line.value, line.low, line.high))
    # Only letters, digits and signs of the language's own font: a sign it lacks would be drawn from a machine's fonts.
    ranged = words.label("charted").format(number=number, low=low, high=high)
    return {
        "row": index,
        "title": words.part(line.figure) if depth else words.title(line.figure),
        "value": line.value,
        "low": line.low,
        "high": line.high,
        "number": number if line.low == line.high else ranged,
        "part": depth > 0,
    }


def _layers(most: int, *, right_to_left: bool) -> list[dict[str, Any]]:
    ends = [WIDTH, LEFT_FOR_NUMBERS] if right_to_left else [0, WIDTH - LEFT_FOR_NUMBERS]
    align = "right" if right_to_left else "left"
    across = {"type": "quantitative", "axis": None, "scale": {"domain": [0, most], "range": ends, "nice": False}}
    down = {"field": "row", "type": "ordinal", "axis": None, "scale": {"paddingInner": 0, "paddingOuter": 0}}
    colour = {"condition": {"test": "datum.part", "value": PART}, "value": ACCENT}
    outward = -6 if right_to_left else 6
    return [
        {
            "mark": {"type": "bar", "height": 14, "yOffset": 8},
            "encoding": {"x": {**across, "field": "value"}, "y": down, "color": colour},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 2, "color": INK, "yOffset": 8},
            "encoding": {"x": {**across, "field": "low"}, "x2": {"field": "high"}, "y": down},
        },
        {
            "mark": {"type": "text", "align": align, "baseline": "middle", "dx": 0, "yOffset": -9, "fontSize": LETTERS},
            "encoding": {
                "x": {"value": ends[0]},
                "y": down,
                "text": {"field": "title"},
                "color": {"value": QUIET},
            },
        },
        {
            "mark": {
                "type": "text",
                "align": align,
                "baseline": "middle",
                "dx": outward,
                "yOffset": 8,
                "fontSize": LETTERS,
                "fontWeight": "bold",
            },
            "encoding": {"x": {**across, "field": "high"}, "y": down, "text": {"field": "number"}},
        },
    ]
