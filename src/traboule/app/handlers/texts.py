"""Check other people's texts, and the published rows, against figures. Needs no database and no Django.

In: a text as bytes, or figures counted from the published rows. Out: every claim of the text with a verdict, as JSON,
as coloured text or as a page; or how much of the published totals the rows explain, with caveats on the sources.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from traboule.app.dispatch import Call
from traboule.core.errors import Invalid
from traboule.factcheck.check import check_text
from traboule.factcheck.display.page import page
from traboule.factcheck.display.terminal import render
from traboule.factcheck.report import ClaimsReport, counts, recognition, verdict_name
from traboule.figures.public_record import PublicRecord
from traboule.figures.public_record import compare as comparing
from traboule.figures.published import PublishedFactSheet, public_record, read_factsheet, shipped_sheets
from traboule.returns.reading.documents.document import read_document

# The operation of a text that names none.
MEANT_WHERE_NONE_IS_NAMED = "liberterra-ii"


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text with its claims judged; ``recognised`` is how surely its operation was recognised."""

    text: str
    report: ClaimsReport
    language: str
    recognised: str

    def to_json(self) -> dict[str, Any]:
        """Return operation, language and claims; how surely the operation was recognised; how many claims are right."""
        return {**self.report.to_json(), "recognised": self.recognised, "summary": counts(self.report)}

    def render(self, width: int, *, everything: bool = False) -> Text:
        """Return what the text is about, its claims with their reasons, and the text, for a terminal of ``width``.

        Numbers that are not among the figures held are only counted unless ``everything`` is asked for.
        """
        return render(self.text, self.report, self.language, self.recognised, width=width, everything=everything)

    def verdict_in_words(self, verdict: str) -> str:
        """Return what a verdict is called."""
        return verdict_name(verdict, self.language)

    def page(self) -> bytes:
        """Return the text as a self-contained page."""
        return page(self.text, self.report, self.language, self.recognised).encode()


def check(
    call: Call,
    *,
    content: bytes,
    name: str,
    text_language: str | None = None,
    language: str = "en",
    against: bytes | None = None,
) -> CheckedText:
    """Check ``content``, text, HTML, DOCX or PDF, against all published fact sheets. Raises Invalid, Refused in words.

    ``against`` is the JSON fact sheet of a release of ours: it takes the place of what was published of its operation,
    and a text that names no operation is checked against it.
    """
    text = read_document(content, name)
    sheets, meant = shipped_sheets(), MEANT_WHERE_NONE_IS_NAMED
    if against is not None:
        issued = _issued(against)
        sheets, meant = (*(sheet for sheet in sheets if sheet.code != issued.code), issued), issued.code
    report = check_text(text, sheets=sheets, language=text_language, default=meant, reader=language)
    return CheckedText(text, report, language, recognition(text, report, sheets))


def _issued(content: bytes) -> PublishedFactSheet:
    try:
        plain = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise Invalid("factsheet-unreadable", place="JSON") from fault
    return read_factsheet(plain)


@dataclass(frozen=True, slots=True)
class PublicRecordRows:
    """The rows of the public record of Liberterra II, with their sources."""

    rows: tuple[Mapping[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"rows": [dict(row) for row in self.rows]}


def rows(call: Call) -> PublicRecordRows:
    """Return the rows of the public record."""
    return PublicRecordRows(public_record())


def compare(call: Call, *, figures: Mapping[str, int | None]) -> PublicRecord:
    """Compare the published world totals with ``figures``, counted from the states' rows."""
    return comparing(public_record(), figures)
