"""What a reader sees of a PDF, measured with PDFium: where ink ends on each page, where characters stand.

Lengths are points from the lower left corner of the page, as in the PDF itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2

FOOTER = 60.0  # Below stands the footer, above it the text of the page.
TOP = 790.0  # Above stands the running head.
NUMBER = re.compile(r"[0-9٠-٩.,٬\u202f]+")


@dataclass(frozen=True)
class Word:
    """A run of characters on one line: its text from left to right, its edges, its base line and height."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


def pages(document: bytes) -> list[pypdfium2.PdfPage]:
    """Return the pages of a document."""
    return list(pypdfium2.PdfDocument(document))


def text(page: pypdfium2.PdfPage) -> str:
    """Return the text of a page."""
    return str(page.get_textpage().get_text_bounded())


def fill(page: pypdfium2.PdfPage) -> float:
    """Return which share of the page's text area ends at its lowest ink, from 0 to 1."""
    picture = page.render(scale=1, grayscale=True)
    rows = [
        bytes(picture.buffer[row * picture.stride : row * picture.stride + picture.width])
        for row in range(picture.height)
    ]
    inked = [842 - row for row, line in enumerate(rows) if min(line) < 160 and FOOTER < 842 - row < TOP]
    return (TOP - min(inked)) / (TOP - FOOTER) if inked else 0.0


def words(page: pypdfium2.PdfPage) -> Iterator[Word]:
    """Yield the runs of characters of a page that touch each other, whichever way their script runs."""
    read = page.get_textpage()
    signs = []
    for number in range(read.count_chars()):
        sign = read.get_text_range(number, 1)
        left, bottom, right, top = read.get_charbox(number, loose=True)
        if sign.strip() and right > left:
            signs.append((round(bottom), left, right, bottom, top - bottom, sign))
    run: list[tuple[float, float, float, float, float, str]] = []
    for sign in sorted(signs):
        if run and (sign[0] != run[-1][0] or sign[1] - run[-1][2] > 1.2):
            yield _word(run)
            run = []
        run.append(sign)
    if run:
        yield _word(run)


def numbers(page: pypdfium2.PdfPage) -> list[Word]:
    """Return the numbers of a page that stand by themselves."""
    return [word for word in words(page) if NUMBER.fullmatch(word.text)]


def _word(run: list[tuple[float, float, float, float, float, str]]) -> Word:
    return Word("".join(sign[5] for sign in run), run[0][1], run[-1][2], run[0][3], max(sign[4] for sign in run))
