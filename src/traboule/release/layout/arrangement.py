"""Arrange a communiqué for a page: what stands side by side, what runs in columns, how numbers align.

Every format starts from this plain data, so that PDF, HTML and word-processor document break at the same places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from traboule.release.communique import Block, Communique, Section

FOLD_FROM = 18  # Rows from which a table of two narrow columns runs in three columns.
FOLDS = 3
CARD_ROWS = 17  # Rows up to which such a table stands beside another.
WITH_HEADING = 3  # What a heading and the edges of a table take, in rows.
SIDE_BY_SIDE = ("notes", "cases")
ENDMATTER = ("contact", "about")
PROSE = {"changes": (3,)}  # Columns of sentences; all others behind the first hold numbers.
STRONG = {"figures": 1, "changes": 2}

_DIGIT = r"[0-9٠-٩]"
_NUMBER = rf"{_DIGIT}(?:[0-9٠-٩.,٬\u202f\u00a0]*{_DIGIT})?"
_CELL = re.compile(
    rf"(?P<before>\D*?)(?:(?P<low>{_NUMBER})(?P<dash>\s*[–—-]\s*))?(?P<number>{_NUMBER})(?P<after>\D*)", re.DOTALL
)
_AFTER_NUMBER = re.compile(rf"(?<={_DIGIT}) (?=[^\W\d])")


def number_parts(cell: str) -> dict[str, str]:
    """Return what stands before a number, the lower end of a range with its dash, the number, and what follows.

    A cell without a number stands in ``before`` as it is.
    """
    match = _CELL.fullmatch(cell)
    if match is None:
        return {"before": cell, "low": "", "dash": "", "number": "", "after": ""}
    return {name: text or "" for name, text in match.groupdict().items()}


def unbroken(text: str) -> str:
    """Return a text in which no line ends between a number and the word that follows it."""
    return _AFTER_NUMBER.sub("\N{NO-BREAK SPACE}", text)


def arranged(communique: Communique) -> list[dict[str, Any]]:
    """Return the sections in their order, each with ``name``, ``title`` and ``blocks`` or, at the end, ``columns``."""
    sections = [_section(section) for section in communique.sections if section.name not in ENDMATTER]
    last = [_section(section) for section in communique.sections if section.name in ENDMATTER]
    if last:
        before_annex = [number for number, section in enumerate(sections) if section["name"] == "annex"]
        place = before_annex[0] if before_annex else len(sections)
        sections.insert(place, {"name": "endmatter", "title": "", "blocks": [], "columns": last})
    return sections


def _section(section: Section) -> dict[str, Any]:
    blocks = [plain(block) for block in section.blocks]
    if section.name in SIDE_BY_SIDE:
        blocks = list(_stacked(blocks))
    if section.name == "annex":
        blocks = list(_carded(blocks))
    return {"name": section.name, "title": section.title, "blocks": blocks}


def plain(block: Block) -> dict[str, Any]:
    """Return a block as plain data, with the parts of its numbers and how its table is to be set."""
    narrow = block.kind == "table" and len(block.rows) > FOLD_FROM and len(block.rows[0]) == 2
    return {
        **asdict(block),
        "text": block.text if block.kind == "chart" else unbroken(block.text),
        "paragraphs": [unbroken(text) for text in block.paragraphs],
        "svg": block.chart or "",
        "parts": [[number_parts(cell) for cell in row] for row in block.rows[1:]],
        "prose": list(PROSE.get(block.kind, ())),
        "strong": STRONG.get(block.kind, -1),
        "even": block.kind == "regions",
        "fold": FOLDS if narrow else 1,
    }


def _stacked(blocks: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the blocks with what comes in pairs (a heading and its text, a case) in two columns of about one length."""
    groups: list[list[dict[str, Any]]] = []
    after: list[dict[str, Any]] = []
    for block in blocks:
        if block["kind"] in ("subheading", "case"):
            groups.append([block])
        elif groups and block["kind"] == "paragraph":
            groups[-1].append(block)
        else:
            after.append(block)
    if len(groups) < 2:
        yield from blocks
        return
    columns = _split(groups, [sum(_length(block) for block in group) for group in groups])
    yield {"kind": "stacks", "columns": [[block for group in column for block in group] for column in columns]}
    yield from after


def _length(block: dict[str, Any]) -> int:
    """Return about how many lines of half a page's width a block takes."""
    texts = [block["text"], *block["paragraphs"]]
    return sum(1 + len(text) // 52 for text in texts if text) + len(texts)


def _carded(blocks: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the blocks of an annex with each run of short narrow tables as cards in two columns."""
    cards: list[dict[str, Any]] = []
    number = 0
    while number < len(blocks):
        heading, table = blocks[number], blocks[number + 1] if number + 1 < len(blocks) else None
        if heading["kind"] == "subheading" and table is not None and _is_card(table):
            cards.append({"title": heading["text"], "sheet": table})
            number += 2
            continue
        yield from _cards(cards)
        cards = []
        yield heading
        number += 1
    yield from _cards(cards)


def _is_card(block: dict[str, Any]) -> bool:
    return block["kind"] == "table" and len(block["rows"][0]) == 2 and len(block["rows"]) <= CARD_ROWS


def _cards(cards: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if cards:
        heights = [len(card["sheet"]["rows"]) + WITH_HEADING for card in cards]
        # A card alone stands in half the width: a narrow column across a page cannot be read across.
        yield {"kind": "cards", "columns": _split(cards, heights) if len(cards) > 1 else [list(cards)]}


def _split(items: Sequence[Any], heights: Sequence[int]) -> list[list[Any]]:
    """Return the items in two columns, in their order, where the longer column is shortest."""
    best = min(range(1, len(items)), key=lambda cut: (max(sum(heights[:cut]), sum(heights[cut:])), cut))
    return [list(items[:best]), list(items[best:])]
