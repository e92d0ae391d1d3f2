"""The fact sheet: the figures of a release for machines and for whoever counts after us.

Comes in: a :class:`Statement`. Goes out: JSON and CSV as bytes. Promises: the same statement gives the same bytes;
every value carries its unit, qualifier, precision and range (rules 1, 2, 4); the CSV opens in a spreadsheet as it
stands and carries no live formula.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from traboule.core.words import LANGUAGES
from traboule.release.statement import Statement
from traboule.release.wording import wording

COLUMNS = (
    "operation",
    "release",
    "kind",
    "figure",
    "of",
    "value",
    "low",
    "high",
    "precision",
    "unit",
    "qualifier",
)


def as_json(statement: Statement) -> bytes:
    """Return the statement with the titles of its figures in every language, indented for reading by people too."""
    plain: dict[str, Any] = {"schema": "traboule-factsheet-1", **statement.to_json()}
    plain["labels"] = {
        line.figure: {language: wording(language).label("titles", line.figure) for language in LANGUAGES}
        for line in statement.lines
    }
    return (json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def as_csv(statement: Statement) -> bytes:
    """Return one row a figure, UTF-8 with byte-order mark and CRLF line ends (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in statement.lines:
        writer.writerow(
            [
                statement.operation,
                statement.number,
                statement.kind.value,
                line.figure,
                line.of or "",
                line.value,
                line.low,
                line.high,
                line.precision,
                line.unit,
                line.qualifier,
            ]
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()
