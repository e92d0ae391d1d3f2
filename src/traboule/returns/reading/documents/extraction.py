"""Extract the text of a document in this very process: call it in a disposable child (see ``child``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traboule.returns.reading.documents.docx import docx_text
from traboule.returns.reading.documents.html import html_text
from traboule.returns.reading.documents.kinds import DOCX, HTML, PDF, kind_of
from traboule.returns.reading.documents.pdf import pdf_text


def answer(content: bytes, request: Mapping[str, Any]) -> bytes:
    """Return the text of a document as UTF-8: the child's part. Raises Refused with the reader's code."""
    name = str(request["file_name"])
    read = {HTML: html_text, DOCX: docx_text, PDF: pdf_text}[kind_of(content, name)]
    return read(content, name).encode("utf-8", errors="replace")
