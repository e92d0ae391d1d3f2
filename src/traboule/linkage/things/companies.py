"""Companies: one agency under its name in several scripts and legal forms, or under its number.

In come rows of the kind ``company`` (a name, a number, or a name with its number); out go the pairs that are likely one
company. It promises: pure; the legal form and the order of words never tell two companies apart; a number whose check
digit fails is no strong evidence (rule 13); a name alone is a lead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA

from traboule.core.identifiers import NormalisedIdentifier, Verdict, normalise
from traboule.linkage.things.pairs import Integers, numbered, sharing
from traboule.linkage.things.rows import Row
from traboule.linkage.things.weighed import MISSING, Compared, many
from traboule.linkage.things.wording import Wording, wording

_MOST = 60
_NUMBER_INSIDE = re.compile(r"[A-Z]{0,3}\d[\d .\-/]{5,22}\d[A-Z]?|\b[A-Z0-9]{18}\d{2}\b")


@dataclass(frozen=True, slots=True)
class Company:
    """``number``: normal form, or empty. ``proved``: its check digit holds. ``failed``: it does not."""

    words: Wording
    number: str
    proved: bool
    failed: bool
    country: str


def company(row: Row) -> Company:
    """Return what of a row is compared; the country is the issuer's, or else not known."""
    identifier, text = row.identifier, row.value
    if _is_number(identifier.normal):
        return _of(Wording((), (), (), ()), identifier, row.issuer)
    inside = _NUMBER_INSIDE.search(text)
    number = normalise("company", inside.group(), issuer=row.issuer) if inside else None
    if inside is None or number is None or not _is_number(number.normal):
        return _of(wording(text, "companies"), None, row.issuer)
    return _of(wording(text.replace(inside.group(), " "), "companies"), number, row.issuer)


def _is_number(normal: str) -> bool:
    """Tell a number from a name by its normal form: names are small letters with spaces."""
    return " " not in normal and normal == normal.upper() and sum(map(str.isdecimal, normal)) >= 5


def _of(words: Wording, number: NormalisedIdentifier | None, country: str) -> Company:
    if number is None:
        return Company(words, "", False, False, country)
    verdict = number.verdict
    return Company(words, number.normal, verdict is Verdict.VALID, verdict is Verdict.FAILED, country)


def compare_companies(rows: Sequence[Row], judged: Integers) -> Compared:
    """Return the pairs of ``rows`` that may be one company, and those ``judged`` (see :func:`sharing`)."""
    read = [company(row) for row in rows]
    keyed = [
        ("company number", *numbered((each.number, place) for place, each in enumerate(read))),
        ("company words", *numbered(key for place, each in enumerate(read) for key in _keys(each, place))),
    ]
    pairs = sharing(keyed, len(rows), most=_MOST, also=judged)
    couples = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    names = np.array([_names(read[one], read[other]) for one, other in couples], dtype=np.int8)
    numbers = np.array([_numbers(read[one], read[other]) for one, other in couples], dtype=np.int8)
    countries = np.array([_countries(read[one], read[other]) for one, other in couples], dtype=np.int8)
    # A name of one word, however rare, is not enough to be evidence of its own.
    several = np.array([min(len(read[one].words.sounds), len(read[other].words.sounds)) for one, other in couples])
    return Compared(
        "company",
        pairs.left,
        pairs.right,
        {"company_name": names, "company_number": numbers, "company_country": countries},
        strong={"company_number": numbers == 3},
        medium={"company_number": numbers == 2, "company_name": (names >= 3) & (several >= 2) & (countries != 0)},
        against={"company_number": (numbers == 0) & (countries == 1)},
        skipped=pairs.skipped,
        holds=lambda place: _held(read[place]),
    )


def _held(each: Company) -> dict[str, str]:
    checked = "checked" if each.proved else "failed" if each.failed else "unchecked"
    return {
        "company_name": many(each.words.sounds),
        "company_number": checked if each.number else "missing",
        "company_country": many(each.country and [each.country]),
    }


def _keys(each: Company, place: int) -> list[tuple[str, int]]:
    """Return a key for each pair of sounds, and for a name of one sound that sound."""
    sounds = each.words.sounds[:8]
    if len(sounds) == 1:
        return [(f"{sounds[0]} {concept}", place) for concept in (*each.words.concepts, "")]
    return [(f"{one} {other}", place) for start, one in enumerate(sounds) for other in sounds[start + 1 :]]


def _names(one: Company, other: Company) -> int:
    """Return 4 as written, 3 the same words, 2 one in the other, 1 close, 0 different, MISSING without a name.

    Other figures in one name (Star Travel 1, Star Travel 2) make two firms of it.
    """
    if not one.words.sounds or not other.words.sounds:
        return MISSING
    ours, theirs = set(one.words.sounds), set(other.words.sounds)
    ours_numbers, theirs_numbers = set(one.words.numbers), set(other.words.numbers)
    if ours_numbers and theirs_numbers and not ours_numbers & theirs_numbers:
        return 0
    if one.words.words == other.words.words:
        return 4
    if ours == theirs:
        return 3
    small, large = sorted((ours, theirs), key=len)
    if len(small) >= 2 and small <= large:
        return 2
    close = OSA.normalized_similarity(" ".join(sorted(one.words.words)), " ".join(sorted(other.words.words)))
    return 1 if close >= 0.85 else 0


def _numbers(one: Company, other: Company) -> int:
    """Return 3 the same and proved, 2 the same, 1 the same but its check digit fails, 0 different."""
    if not one.number or not other.number:
        return MISSING
    if one.number != other.number:
        return 0
    if one.failed or other.failed:
        return 1
    return 3 if one.proved or other.proved else 2


def _countries(one: Company, other: Company) -> int:
    if not one.country or not other.country:
        return MISSING
    return int(one.country == other.country)
