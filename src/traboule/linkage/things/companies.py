"""Compare companies: one agency under its name in several scripts and legal forms, or under its number.

Input: rows of the kind ``company`` (a name, a number, or both). The legal form and the order of words never distinguish
two companies. A number with a failed check digit is no strong evidence (rule 13). A name alone is a lead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import OSA

from traboule.core.identifiers import NormalisedIdentifier, Verdict, normalise
from traboule.linkage.things.pairs import Integers, number_keys, pairs_sharing_keys
from traboule.linkage.things.rows import Row
from traboule.linkage.things.scoring import MISSING, ThingComparison, quantity_code
from traboule.linkage.things.wording import ThingWording, thing_wording

_MOST = 60
_NUMBER_INSIDE = re.compile(r"[A-Z]{0,3}\d[\d .\-/]{5,22}\d[A-Z]?|\b[A-Z0-9]{18}\d{2}\b")


@dataclass(frozen=True, slots=True)
class Company:
    """A company as compared. ``number``: in normal form, or empty. ``proved``: its check digit holds. ``failed``: it
    does not."""

    words: ThingWording
    number: str
    proved: bool
    failed: bool
    country: str


def company(row: Row) -> Company:
    """Return what of a row is compared; the country is the issuer's, or unknown."""
    identifier, text = row.identifier, row.value
    if _is_number(identifier.normal):
        return _of(ThingWording((), (), (), ()), identifier, row.issuer)
    inside = _NUMBER_INSIDE.search(text)
    number = normalise("company", inside.group(), issuer=row.issuer) if inside else None
    if inside is None or number is None or not _is_number(number.normal):
        return _of(thing_wording(text, "companies"), None, row.issuer)
    return _of(thing_wording(text.replace(inside.group(), " "), "companies"), number, row.issuer)


def _is_number(normal: str) -> bool:
    """Tell a number from a name by its normal form: names are in lower case with spaces."""
    return " " not in normal and normal == normal.upper() and sum(map(str.isdecimal, normal)) >= 5


def _of(words: ThingWording, number: NormalisedIdentifier | None, country: str) -> Company:
    if number is None:
        return Company(words, "", False, False, country)
    verdict = number.verdict
    return Company(words, number.normal, verdict is Verdict.VALID, verdict is Verdict.FAILED, country)


def compare_companies(rows: Sequence[Row], judged_pairs: Integers) -> ThingComparison:
    """Return the pairs of ``rows`` that may be one company, and the ``judged_pairs`` (see
    :func:`pairs_sharing_keys`)."""
    read = [company(row) for row in rows]
    keyed = [
        ("company number", *number_keys((entry.number, place) for place, entry in enumerate(read))),
        ("company words", *number_keys(key for place, entry in enumerate(read) for key in _keys(entry, place))),
    ]
    pairs = pairs_sharing_keys(keyed, len(rows), most=_MOST, also=judged_pairs)
    couples = list(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    names = np.array([_names(read[i], read[j]) for i, j in couples], dtype=np.int8)
    numbers = np.array([_numbers(read[i], read[j]) for i, j in couples], dtype=np.int8)
    countries = np.array([_countries(read[i], read[j]) for i, j in couples], dtype=np.int8)
    # A name of one word, however rare, is no evidence by itself.
    several = np.array([min(len(read[i].words.sounds), len(read[j].words.sounds)) for i, j in couples])
    return ThingComparison(
        "company",
        pairs.left,
        pairs.right,
        {"company_name": names, "company_number": numbers, "company_country": countries},
        strong={"company_number": numbers == 3},
        medium={"company_number": numbers == 2, "company_name": (names >= 3) & (several >= 2) & (countries != 0)},
        against={"company_number": (numbers == 0) & (countries == 1)},
        skipped=pairs.skipped,
        field_codes=lambda place: _field_codes(read[place]),
    )


def _field_codes(entry: Company) -> dict[str, str]:
    checked = "checked" if entry.proved else "failed" if entry.failed else "unchecked"
    return {
        "company_name": quantity_code(entry.words.sounds),
        "company_number": checked if entry.number else "missing",
        "company_country": quantity_code(entry.country and [entry.country]),
    }


def _keys(entry: Company, place: int) -> list[tuple[str, int]]:
    """Return a key for each pair of sounds; for a name of one sound, that sound."""
    sounds = entry.words.sounds[:8]
    if len(sounds) == 1:
        return [(f"{sounds[0]} {concept}", place) for concept in (*entry.words.concepts, "")]
    return [(f"{first} {second}", place) for start, first in enumerate(sounds) for second in sounds[start + 1 :]]


def _names(left: Company, right: Company) -> int:
    """Return 4 as written, 3 the same words, 2 one contained in the other, 1 close, 0 different, MISSING without a
    name.

    Different figures (Star Travel 1, Star Travel 2) make two companies.
    """
    if not left.words.sounds or not right.words.sounds:
        return MISSING
    ours, theirs = set(left.words.sounds), set(right.words.sounds)
    ours_numbers, theirs_numbers = set(left.words.numbers), set(right.words.numbers)
    if ours_numbers and theirs_numbers and not ours_numbers & theirs_numbers:
        return 0
    if left.words.words == right.words.words:
        return 4
    if ours == theirs:
        return 3
    small, large = sorted((ours, theirs), key=len)
    if len(small) >= 2 and small <= large:
        return 2
    close = OSA.normalized_similarity(" ".join(sorted(left.words.words)), " ".join(sorted(right.words.words)))
    return 1 if close >= 0.85 else 0


def _numbers(left: Company, right: Company) -> int:
    """Return 3 the same and proved, 2 the same, 1 the same but its check digit fails, 0 different."""
    if not left.number or not right.number:
        return MISSING
    if left.number != right.number:
        return 0
    if left.failed or right.failed:
        return 1
    return 3 if left.proved or right.proved else 2


def _countries(left: Company, right: Company) -> int:
    if not left.country or not right.country:
        return MISSING
    return int(left.country == right.country)
