"""An operation file, read before anything is made for it: no database is made for a file that cannot be opened."""

from __future__ import annotations

from traboule.figures.definition import dictionary, select
from traboule.operation.operation import load, shipped_text


def text_to_open(source: str, text: str | None) -> str:
    """Return ``text``, or that of the shipped operation of code ``source``, found to be an operation.

    Raises Invalid with all its faults, NotFound for a code without a file and where it asks for a figure that nobody
    has defined.
    """
    text = shipped_text(source) if text is None else text
    # The room ``operation`` is below ``figures`` and cannot know which figures are defined.
    select(dictionary(), load(text).figures)
    return text


def states_of(source: str) -> frozenset[str]:
    """Return the states that take part in the shipped operation of code ``source``."""
    return load(shipped_text(source)).states
