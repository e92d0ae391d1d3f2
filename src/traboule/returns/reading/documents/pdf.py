"""Read a PDF with PDFium: its lines joined to paragraphs, Arabic in the order it is read in."""

from __future__ import annotations

import re

import pypdfium2
import pypdfium2.raw as pdfium

from traboule.core.errors import Refused
from traboule.returns.reading.documents.layout import CELL, SOFT_HYPHEN, page_lines

# A line this near to the longest of its page was ended by the margin, not by its author.
_FULL = 0.75
# Two letters a page are a page number, not a text.
_LEAST_LETTERS = 20


def pdf_text(content: bytes, file_name: str) -> str:
    """Return the text of all pages. Raises Refused: file-encrypted, document-damaged, document-scanned."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise Refused("file-encrypted" if locked else "document-damaged", file=file_name) from error
    try:
        pages = [_paragraphs(page_lines(document[number].get_textpage())) for number in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise Refused("document-damaged", file=file_name) from error
    text = "\n\n".join(page for page in pages if page)
    if sum(sign.isalpha() for sign in text) < _LEAST_LETTERS:
        raise Refused("document-scanned", file=file_name)
    return text + "\n"


def _paragraphs(lines: list[str]) -> str:
    """Return lines joined where only the margin ended them."""
    lines = [line.strip() for line in lines]
    longest = max(map(len, lines), default=0)
    paragraphs: list[str] = []
    full = False
    for line in lines:
        if paragraphs and paragraphs[-1].endswith(SOFT_HYPHEN):
            paragraphs[-1] = paragraphs[-1].rstrip(SOFT_HYPHEN) + line
        elif full and line and CELL not in line:
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        full = len(line) >= _FULL * longest and CELL not in line
    return re.sub(r"\n{3,}", "\n\n", "\n".join(paragraphs)).replace(SOFT_HYPHEN, "").strip()
