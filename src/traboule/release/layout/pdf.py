"""Typeset a communiqué as PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1) with Typst.

The typesetter is asked where its blocks fall, and the air between them is set so that no page stays a third empty.
Equal communiqués give equal bytes: nothing is fetched, no clock is read, fonts are those shipped.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from traboule.core.errors import Broken
from traboule.release.communique import Communique
from traboule.release.layout.arrangement import arranged

PACKAGE_FOLDER = Path(str(files("traboule.release")))
FONTS = [str(PACKAGE_FOLDER / "fonts")]
TEMPLATE = str(PACKAGE_FOLDER / "templates" / "communique.typ")
STANDARDS: list[typst.PDFStandard] = ["a-2a", "ua-1"]
FIELDS = ("language", "right_to_left", "title", "kind", "status", "issued", "notice")
PAGE_TOP, PAGE_BOTTOM = 54.0, 779.0  # Points from the top of an A4 page: where its text begins and ends.
LEAST_ROWS = 3  # Rows of a broken table that stand together.
ENOUGH = 0.7  # The share of each page that must be filled, with a little to spare.
_DRAWING = re.compile(r"(<svg [^>]*>).*?</svg>", re.DOTALL)
MARKS = (
    "query(<mark>).map(mark => {"
    "let place = mark.location().position(); (kind: mark.value, page: place.page, y: place.y.pt())"
    "})"
)
PICTURES = (1.0, 0.86)
# Whether the annex begins a page, the air between blocks and the size of letters, in the order of preference.
SETTINGS = (
    (True, 1.0, 1.0),
    (False, 1.0, 1.0),
    (True, 1.15, 1.0),
    (False, 1.15, 1.0),
    (False, 1.3, 1.0),
    (False, 0.9, 1.0),
    (False, 0.8, 1.0),
)
# For what is short: few states, few persons.
SPACIOUS = (
    (False, 1.5, 1.08),
    (False, 1.6, 1.09),
    (False, 1.75, 1.11),
    (False, 1.9, 1.15),
    (False, 0.8, 0.94),
    (False, 2.7, 1.2),
)


def pdf(communique: Communique, issued_on: date) -> bytes:
    """Return the communiqué as PDF, dated ``issued_on``. Raises Broken where the typesetter gives nothing."""
    text = json.dumps(_plain(communique, issued_on), ensure_ascii=False)
    made = _compiler(text, best_fit(text)).compile(
        format="pdf", pdf_standards=STANDARDS, timestamp=datetime.combine(issued_on, time(), tzinfo=UTC)
    )
    if not isinstance(made, bytes):
        raise Broken("typesetter-silent")
    return made


def _plain(communique: Communique, issued_on: date) -> dict[str, Any]:
    masthead = next((block for block in communique.blocks if block.kind == "masthead"), None)
    return {
        **{name: getattr(communique, name) for name in FIELDS},
        "organisation": masthead.text if masthead else "",
        "running": communique.title.partition(":")[0],
        "watermark": communique.watermark,
        "sections": arranged(communique),
        "date": [issued_on.year, issued_on.month, issued_on.day],
    }


def _fits() -> Iterator[dict[str, Any]]:
    """Yield settings in the order of preference: large pictures before small ones."""
    for picture, settings in ((PICTURES[0], SETTINGS), (PICTURES[1], SETTINGS), (PICTURES[0], SPACIOUS)):
        for annex, air, scale in settings:
            yield {"annex": annex, "picture": picture, "air": air, "scale": scale}


def best_fit(text: str) -> Mapping[str, Any]:
    """Return the first setting whose pages are all full enough, else that whose emptiest page is fullest."""
    return _best_fit(_DRAWING.sub(r"\1</svg>", text))  # Where a drawing falls depends on its size alone.


@lru_cache(maxsize=16)  # A communiqué is laid out as a proof, when it is issued, and to rebuild it.
def _best_fit(sketch: str) -> Mapping[str, Any]:
    best, fullest = next(_fits()), -1.0
    for fit in _fits():
        emptiest = quality(json.loads(_compiler(sketch, fit).eval(MARKS)))
        if emptiest >= ENOUGH:
            return fit
        if emptiest > fullest:
            best, fullest = fit, emptiest
    return best


def quality(marks: Sequence[Mapping[str, Any]]) -> float:
    """Return how full the emptiest page is, nought where a table leaves a row or two of itself on a page."""
    return min(page_fills(marks)) if min(_rows_together(marks), default=LEAST_ROWS) >= LEAST_ROWS else 0.0


def _rows_together(marks: Sequence[Mapping[str, Any]]) -> Iterator[int]:
    """Yield for every block that breaks across pages how many of its rows stand on each."""
    pages: Counter[int] = Counter()
    for mark in marks:
        if mark["kind"] == "open":
            pages.clear()
        elif mark["kind"] == "row":
            pages[mark["page"]] += 1
        elif mark["kind"] == "end":
            yield from pages.values() if len(pages) > 1 else ()
            pages.clear()


def page_fills(marks: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return how full each page is, from 0 to 1, by where its blocks end; a block that runs on fills its page."""
    lowest: dict[int, float] = defaultdict(lambda: PAGE_TOP)
    opened: list[int] = []
    for mark in marks:
        page = mark["page"]
        lowest[page] = max(lowest[page], mark["y"])
        if mark["kind"] == "open":
            opened.append(page)
        elif mark["kind"] == "start":
            opened.append(0)
        elif mark["kind"] == "end" and (begun := opened.pop()):
            lowest.update(dict.fromkeys(range(begun, page), PAGE_BOTTOM))
    return [(lowest[page] - PAGE_TOP) / (PAGE_BOTTOM - PAGE_TOP) for page in range(1, max(lowest) + 1)]


@cache
def fonts() -> typst.Fonts:
    """Return the fonts shipped, and the typesetter's own; they are read from their files once."""
    return typst.Fonts(include_system_fonts=False, font_paths=FONTS)


def _compiler(text: str, fit: Mapping[str, Any]) -> typst.Compiler:
    values = {"communique": text, "fit": json.dumps(fit)}
    return typst.Compiler(TEMPLATE, font_paths=fonts(), ignore_system_fonts=True, sys_inputs=values)
