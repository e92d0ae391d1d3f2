"""The result for one identifier: its normal form, and whether its check digit is right.

Out: :class:`NormalisedIdentifier`, and :class:`Read`, which the reader of each kind returns. Plain data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What the number itself says about being typed correctly."""

    VALID = "valid"
    FAILED = "failed"
    UNCHECKED = "unchecked"  # This kind, or this number, carries nothing to check.


class Reason(StrEnum):
    """Why a number failed, or could not be checked."""

    NONE = ""
    CHECK_DIGIT = "check_digit"
    FORMAT = "format"  # Wrong length or letters where none can be.
    UNREADABLE = "unreadable"
    NUMBERING_PLAN = "numbering_plan"  # A length that exists, in a range that is not known to be given out.
    NO_REGION = "no_region"  # A national phone number, and nobody says of which country.
    NO_CHECK_DIGIT = "no_check_digit"
    MASKED = "masked"


@dataclass(frozen=True, slots=True)
class NormalisedIdentifier:
    """One identifier: ``normal`` is the form to compare, ``placeholder`` tells that nobody can own it (rule 12).

    ``issuer`` (ISO 3166-1 alpha-2, or empty) is what the number itself says of who issued it, as a machine-readable
    line does; what was filed beside it stands elsewhere.
    """

    kind: str
    normal: str
    verdict: Verdict
    reason: Reason = Reason.NONE
    placeholder: bool = False
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader of one kind found."""

    normal: str
    verdict: Verdict = Verdict.UNCHECKED
    reason: Reason = Reason.NO_CHECK_DIGIT
    issuer: str = ""


def proved(normal: str, is_valid: bool, *, issuer: str = "") -> Read:
    """Return a number whose check digit was computed, and ``holds`` or does not."""
    if is_valid:
        return Read(normal, Verdict.VALID, Reason.NONE, issuer)
    return Read(normal, Verdict.FAILED, Reason.CHECK_DIGIT, issuer)


def malformed(normal: str) -> Read:
    """Return what cannot be of its kind: wrong length, or signs that cannot stand there."""
    return Read(normal, Verdict.FAILED, Reason.FORMAT)
