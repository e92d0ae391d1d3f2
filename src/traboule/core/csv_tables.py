"""Write a table as CSV that a spreadsheet opens as it stands and computes nothing of.

In: rows of texts and numbers. Out: UTF-8 with byte-order mark and CRLF line ends (RFC 4180). Guaranteed: a text that a
spreadsheet would take for a formula begins with an apostrophe, which shows it as text; numbers are written as they are;
:func:`unquoted` gives back every text that was written.
Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# Spreadsheets for Chinese and Japanese take full-width signs alike; a tab or line end before one is skipped.
FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def csv_table(rows: Iterable[Sequence[object]]) -> bytes:
    """Return ``rows`` as the bytes of a CSV file; the first are the names of the columns, and None is an empty cell."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_neutral(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def unquoted(text: str) -> str:
    """Return a text of a cell as it was before :func:`csv_table` put an apostrophe before it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS) else text


def _neutral(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(FORMULA_SIGNS) else value
