"""What a renderer receives: a communiqué in one language, as sections in the order in which they are read.

Every text is final: escaped by no one yet, with the language's own digits, and never to be cut or joined by a renderer.
"""

from __future__ import annotations

from dataclasses import dataclass

# The one symbol for every hidden cell, whatever it is hidden for (rule 23).
HIDDEN = "–"

# The sections of a communiqué, in their order. One without blocks is left out.
SECTIONS = (
    "masthead",
    "opening",
    "revision",
    "figures",
    "quotation",
    "cases",
    "countries",
    "notes",
    "contact",
    "about",
    "annex",
)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a communiqué. Which fields a kind fills:

    ``masthead``: ``text`` the organisation, ``by`` what the document is ("Press release").
    ``headline``, ``deck``, ``lead``, ``paragraph``, ``note``, ``heading``, ``subheading``: ``text``.
    ``lead``: also ``by``, the dateline ("Lyon, 6 November 2024") that runs into its first line.
    ``quotation``: ``text``, and ``by`` its speaker with name and function.
    ``case``: ``text`` the line above it (place, time, persons), ``paragraphs`` what was found, done, and who helps.
    ``names``: ``names`` in the reader's alphabetical order; ``text`` the same as one sentence.
    ``contact``: ``rows`` of a label and a value each, without a header.
    ``figures``, ``regions``, ``table``, ``changes``: ``rows``, the first being the header; ``depths`` a row's indent.
    In ``figures`` a row may be shorter than the header: its last cell spans the columns left.
    ``chart``: ``chart`` an SVG drawing, ``text`` its text alternative, ``by`` what is to be read with it.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    depths: tuple[int, ...] = ()
    by: str = ""
    chart: str | None = None
    paragraphs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a communiqué: its name, one of ``SECTIONS``; its heading, empty where it has none; its blocks."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Communique:
    """A whole communiqué in one language, ready to be laid out.

    ``title`` is the headline. ``status`` says kind and number ("Final results · Release 2"), ``issued`` the day.
    ``notice`` says what keeps it from being published (draft, embargo); ``watermark`` is the word across each page of a
    draft, empty for what is issued; ``kind`` is the code.
    """

    language: str
    right_to_left: bool
    title: str
    kind: str
    status: str
    issued: str
    notice: str
    watermark: str
    sections: tuple[Section, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Return the blocks of all sections in their order, a section's title before them as a heading."""
        return tuple(
            block
            for section in self.sections
            for block in (*([Block("heading", section.title)] if section.title else []), *section.blocks)
        )
