"""Patterns of texts that are already in normal form but for separators, for readers of whole columns.

In: a kind. Out: a :class:`Plain`, or None where every text of the kind must be read by itself. Guaranteed: for a text
that passes, :func:`~traboule.core.identifiers.normalise` gives the text without separators and in capitals, its verdict
is not "failed", and it is no placeholder. A text that does not pass must be read by itself. The patterns are regular
expressions in the strict sense, so that every engine reads them alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import phonenumbers

from traboule.core.identifiers.documents import DOCUMENTS, GERMAN, letters_and_digits
from traboule.core.identifiers.national import checked_states
from traboule.core.identifiers.normal import LONG_RUN, PLACEHOLDER_WORDS, RUNS
from traboule.core.identifiers.separators import LABELLED
from traboule.core.missing import missing_spellings

_MARKS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = [run for run in RUNS if run.isdigit()]
_LONGEST_NATIONAL = 17  # Digits of a national number that phonenumbers reads at most.


@dataclass(frozen=True)
class Plain:
    """``filed``: the pattern of a text as filed; ``separators``: of the signs to leave out, ``known``: of what remains.

    ``doubtful``: patterns of what remains, and ``words`` whole, that must be read by themselves; ``where``: likewise,
    for numbers of some states (pattern to ISO 3166-1 alpha-2).
    """

    filed: str
    separators: str
    known: str
    doubtful: tuple[str, ...]
    words: frozenset[str]
    where: Mapping[str, frozenset[str]]


@cache
def plain(kind: str) -> Plain | None:
    """Return what texts of ``kind`` are in normal form already."""
    if kind == "phone":
        return _phones()
    if kind in DOCUMENTS:
        return _documents(kind)
    return None


def _phones() -> Plain:
    """Numbers with their country's code, of a length it has, that do not begin like one with a national prefix."""
    possible, prefixed = [], []
    for code in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE):
        region = phonenumbers.region_code_for_country_code(code)
        metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        lengths = [size for size in range(1, _LONGEST_NATIONAL + 1) if _possible(code, size)]
        if metadata is None or not lengths:
            continue
        possible.append(f"{code}(?:{'|'.join(f'[0-9]{{{size}}}' for size in lengths)})")
        if metadata.national_prefix_for_parsing:
            prefixed.append(f"{code}(?:{metadata.national_prefix_for_parsing})")
    idle = "|".join([*(f"{digit}{{7}}" for digit in "0123456789"), *_parts(_DIGITS, 8, 8)])
    return Plain(
        filed=r"^\+[1-9](?:[ .()-]{0,2}[0-9]){6,14}$",
        separators="[ .()-]",
        known=rf"^\+(?:{'|'.join(possible)})$",
        doubtful=(rf"^\+(?:{'|'.join(prefixed)})", rf"(?:{idle})$", rf"^\+(?:{_one_mark('0123456789')})$"),
        words=frozenset(f"+{part}" for part in _parts(_DIGITS, 5, 15)),
        where={},
    )


def _possible(code: int, size: int) -> bool:
    return bool(phonenumbers.is_possible_number(phonenumbers.PhoneNumber(code, 10 ** (size - 1))))


def _documents(kind: str) -> Plain:
    """Numbers of letters and digits, too short for a machine-readable zone, without a check digit that is known."""
    runs = _parts([run.upper() for run in RUNS], 5, 26)
    idle = "|".join([*(f"{digit}{{{LONG_RUN},}}" for digit in "0123456789"), *_parts(_DIGITS, LONG_RUN, 10)])
    placeholders = {letters_and_digits(word) for word in (*PLACEHOLDER_WORDS, *missing_spellings())}
    return Plain(
        filed=r"^[0-9A-Za-z](?:[ .-]?[0-9A-Za-z]){2,20}[0-9A-Za-z]$",
        separators="[ .-]",
        known="[0-9]",
        doubtful=(
            f"^(?:{_one_mark(_MARKS)}|0+)$",
            f"^[A-Z]{{1,2}}(?:{idle})$",
            f"^(?:{LABELLED})",
            "^[0-9]+E[0-9]{1,2}$",
        ),
        words=frozenset(word for word in (*runs, *placeholders) if word.isascii()),
        where={f"^(?:{GERMAN.pattern})$": frozenset({"DE"})} | ({"": checked_states()[0]} if kind == "id_card" else {}),
    )


def _one_mark(marks: str) -> str:
    return "|".join(f"{mark}{{4,}}" for mark in marks)


def _parts(runs: list[str], shortest: int, longest: int) -> list[str]:
    """Return the substrings of ``runs`` of a length from ``shortest`` to ``longest``."""
    runs_within = {
        run[start:end]
        for run in runs
        for start in range(len(run))
        for end in range(start + shortest, min(start + longest, len(run)) + 1)
    }
    return sorted(runs_within)
