"""What others say and what has been published, held against figures. Needs no database and no Django.

Comes in: a text as bytes; or figures counted from the published rows, once they have been filed like any return. Goes
out: every claim in the text with a verdict, as JSON, as coloured text, as a page; or how much of the published totals
the rows explain, with what to mind in the sources.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from traboule.app.door import Call
from traboule.core.errors import Invalid
from traboule.figures.public_record import PublicRecord
from traboule.figures.public_record import compare as comparing
from traboule.figures.published import PublishedFactSheet, public_record, read_factsheet, shipped_sheets
from traboule.release.claims.check import check_text
from traboule.release.claims.report import ClaimsReport
from traboule.release.claims.show import coloured, listed, page
from traboule.returns.reading.documents.document import read_document

# A text that names no operation is taken to speak of this one.
MEANT_WHERE_NONE_IS_NAMED = "liberterra-ii"


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text with its claims judged."""

    text: str
    report: ClaimsReport
    language: str

    def to_json(self) -> dict[str, Any]:
        """Return operation, language and claims."""
        return self.report.to_json()

    def shown(self) -> Text:
        """Return the text in colours, then each claim with its reason."""
        return Text("\n\n").join([coloured(self.text, self.report), listed(self.report, self.language)])

    def page(self) -> bytes:
        """Return the text as a page that stands alone."""
        return page(self.text, self.report, self.language).encode()


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
    and a text that names no operation is then taken to speak of that one.
    """
    text = read_document(content, name)
    sheets, meant = shipped_sheets(), MEANT_WHERE_NONE_IS_NAMED
    if against is not None:
        issued = _issued(against)
        sheets, meant = (*(sheet for sheet in sheets if sheet.code != issued.code), issued), issued.code
    report = check_text(text, sheets=sheets, language=text_language, default=meant, reader=language)
    return CheckedText(text, report, language)


def _issued(content: bytes) -> PublishedFactSheet:
    try:
        plain = json.loads(content)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise Invalid("factsheet-unreadable", place="JSON") from fault
    return read_factsheet(plain)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of the public record of Liberterra II, with their sources."""

    rows: tuple[Mapping[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"rows": [dict(row) for row in self.rows]}


def rows(call: Call) -> Rows:
    """Return the rows of the public record."""
    return Rows(public_record())


def compare(call: Call, *, figures: Mapping[str, int | None]) -> PublicRecord:
    """Compare the published world totals with ``figures``, counted from the states' rows."""
    return comparing(public_record(), figures)
