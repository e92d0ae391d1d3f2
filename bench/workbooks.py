"""Workbooks of 2 MB that states file: invented rows in a state's own layout, and pictures as such workbooks have them.

In: how many. Out: states, each with the bytes of a file that the desk has not seen before. Most of a real workbook of
that size is pictures and empty formatted cells; the picture here is of random bytes, which nothing makes smaller.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from collections import Counter
from dataclasses import replace

from traboule.app.forms import form
from traboule.demo.filings import generate
from traboule.demo.workbooks import messy_file

SIZE = 2 * 1024 * 1024
SEED, SCALE = 977, 1.0


def workbooks(count: int, *, scale: float = SCALE) -> list[tuple[str, bytes]]:
    """Return ``count`` workbooks, each with the state that files it: the largest first returns of an operation, one of
    each state before a second of any."""
    filings = [filing for filing in generate(SEED, scale=scale).sent_in("first") if filing.kind == "rows"]
    filings.sort(key=lambda filing: -sum(map(len, filing.rows.values())))
    of_state: Counter[str] = Counter()
    turns = []
    for filing in filings:
        of_state[filing.state] += 1
        turns.append((of_state[filing.state], filing))
    chosen = [filing for _, filing in sorted(turns, key=lambda turn: turn[0])[:count]]
    return [(filing.state, padded(messy_file(replace(filing, mess=("xlsx",)), form()))) for filing in chosen]


def padded(workbook: bytes, size: int = SIZE) -> bytes:
    """Return ``workbook`` with a picture in it that makes it ``size`` bytes long."""
    written = io.BytesIO(workbook)
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr("xl/media/image1.png", secrets.token_bytes(max(size - len(workbook) - 150, 0)))
    return written.getvalue()
