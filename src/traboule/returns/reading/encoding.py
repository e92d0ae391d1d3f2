"""Decode a file of unknown encoding.

In: the bytes of a delimited file or a JSON file. Out: its text and the encoding it was read in. Guaranteed: nothing is
lost; a guess (a name beginning with ``cp``) differs from what the bytes themselves prove.
"""

from __future__ import annotations

import re


def decoded(part: bytes) -> tuple[str, str]:
    """Return the text of a file and the encoding it was read in; nothing is lost, whatever the bytes."""
    if part[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return part.decode("utf-16", errors="replace"), "utf-16"
    if part and part.count(b"\0", 0, 1000) > len(part[:1000]) // 4:
        # Western text in UTF-16 has a zero in every second byte: in the odd places where the low byte comes first.
        order = "utf-16-le" if part[1:1000:2].count(0) > part[0:1000:2].count(0) else "utf-16-be"
        return part.decode(order, errors="replace"), order
    try:
        return part.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        encoding = _eight_bit(part)
        return part.decode(encoding, errors="replace"), encoding


def _eight_bit(part: bytes) -> str:
    """Tell Arabic from Western text: Arabic letters come in runs, accented Latin ones stand alone."""
    high = sum(1 for byte in part if byte >= 0x80)
    in_runs = sum(len(run) for run in re.findall(rb"[\x80-\xff]{2,}", part))
    return "cp1256" if in_runs * 2 > high else "cp1252"
