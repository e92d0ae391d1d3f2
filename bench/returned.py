"""Returns as they are sent, for the benchmarks of reading and of checking. In: how many persons; out: files.

All filings of the first round of an invented operation are put together as one agency's, so that one file is large.
"""

from __future__ import annotations

from dataclasses import replace

from traboule.app.forms import form
from traboule.demo.filings import Filing, generate, scale_for
from traboule.demo.run import DEFAULT_SEED
from traboule.demo.workbooks import messy_file

# Kind of file to its ending and what else the maker of messy files must be told.
KINDS = {"xlsx": (".xlsx",), "csv": (".zip", "comma"), "json": (".json",)}


def largest(persons: int) -> Filing:
    """Return the largest filing of rows in the first round of an operation of about ``persons`` persons."""
    sent = generate(DEFAULT_SEED, scale=scale_for(persons)).sent_in("first")
    return max((each for each in sent if each.kind == "rows"), key=rows_of)


def rows_of(filing: Filing) -> int:
    """Return how many rows a filing has."""
    return sum(len(rows) for rows in filing.rows.values())


def file_of(filing: Filing, kind: str) -> tuple[str, bytes]:
    """Return the name and the bytes of ``filing`` as a file of ``kind``: xlsx, csv or json."""
    ending, *told = KINDS[kind]
    return f"return{ending}", messy_file(replace(filing, mess=(kind, *told)), form())
