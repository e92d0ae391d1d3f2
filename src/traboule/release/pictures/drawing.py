"""Write drawings as SVG: shapes and labels, escaped, with coordinates to a tenth of a point.

Equal input gives equal bytes. Letters are those of the shipped fonts; every colour has a pattern or a label beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

WIDTH = 560
LETTERS = 12.5
INK, QUIET, LINE = "#1a2228", "#4a555e", "#7f8b94"
FONTS = "Noto Sans, Noto Sans Arabic, sans-serif"

Point = tuple[float, float]


def drawing(height: float, parts: Iterable[str], definitions: str = "") -> str:
    """Return an SVG of ``WIDTH`` by ``height``."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{size(height)}" '
    head += f'viewBox="0 0 {WIDTH} {size(height)}" font-family="{FONTS}">'
    return f"{head}{f'<defs>{definitions}</defs>' if definitions else ''}{''.join(parts)}</svg>"


def size(value: float) -> str:
    """Return a coordinate without needless digits."""
    return f"{round(value, 1) + 0:g}"  # Adding nought takes the sign from a rounded nought.


def label(text: str, at: Point, anchor: str = "start", *, bold: bool = False, colour: str = INK) -> str:
    """Return a line of text whose base line begins, is centred or ends (``anchor``) at a point."""
    weight = ' font-weight="bold"' if bold else ""
    place = f'x="{size(at[0])}" y="{size(at[1])}"'
    return f'<text {place} font-size="{LETTERS}" fill="{colour}" text-anchor="{anchor}"{weight}>{escape(text)}</text>'


def rectangle(at: Point, width: float, height: float, fill: str, stroke: str = "none") -> str:
    """Return a rectangle by its upper left corner."""
    place = f'x="{size(at[0])}" y="{size(at[1])}" width="{size(width)}" height="{size(height)}"'
    return f'<rect {place} fill={quoteattr(fill)} stroke="{stroke}" stroke-width=".6"/>'


def circle(at: Point, radius: float, fill: str) -> str:
    """Return a dot with a thin edge."""
    place = f'cx="{size(at[0])}" cy="{size(at[1])}" r="{size(radius)}"'
    return f'<circle {place} fill={quoteattr(fill)} stroke="{INK}" stroke-width=".6"/>'


def outline(rings: Iterable[Sequence[Point]], fill: str) -> str:
    """Return an area bounded by rings, the inner ones cut out."""
    path = "".join(f"M{'L'.join(f'{size(x)} {size(y)}' for x, y in ring)}Z" for ring in rings if len(ring) > 2)
    return f'<path d="{path}" fill={quoteattr(fill)} fill-rule="evenodd"/>' if path else ""
