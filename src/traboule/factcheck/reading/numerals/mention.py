"""The mention of a number: its span, value and hedge, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mention:
    """A number at tokens ``[first, last)``; ``opening`` is where its hedge begins, ``closing`` where it ends.

    ``kind`` is count, share (a fraction between 0 and 1), vague ("hundreds": ``value`` is the least meant), article
    ("a woman"), multiple ("twice"), ordinal or name (part of a name, as in COVID-19). ``hedge`` is empty or
    a kind of :mod:`hedge_kinds`. ``high`` is the upper end of a range. ``approximate`` says that the number is round in
    itself ("a hundred or so"), ``doubtful`` that a share may as well be a count ("two of three suspects").
    """

    first: int
    last: int
    value: float
    kind: str
    hedge: str = ""
    high: float | None = None
    opening: int = -1
    closing: int = -1
    approximate: bool = False
    doubtful: bool = False
