"""Normalise the numbers of documents and vehicles: passports, cards, visas, permits, plates, chassis.

In: the number, or the machine-readable zone that holds it, and the state that issued it. Out: the number in capitals
without separators, and a verdict. Guaranteed: pure, never raises. Sources: ICAO 9303; national schemes by
:mod:`~traboule.core.identifiers.national`; ISO 3779 and 49 CFR 565.15 (VIN); Vienna Convention on Road Traffic 1968,
annex 2 (plates in Latin letters and Arabic numerals); GOST R 50577 (the twelve Cyrillic letters of Russian plates).
"""

from __future__ import annotations

import re

from traboule.core.identifiers.check_digits import icao_digit, vin_digit
from traboule.core.identifiers.machine_readable import read_machine_readable
from traboule.core.identifiers.national import person_number_holds
from traboule.core.identifiers.validity import Read, malformed, proved

# The kinds of identifier that are documents of a person.
DOCUMENTS = ("passport", "id_card", "residence_permit", "visa")
# Capitals of Cyrillic and Greek that a keyboard of the other script writes with the same shape. Plates and passport
# series use only such letters, so that a number made of them alone is one number in either script.
_SHAPES = str.maketrans("АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXIJSABEZHIKMNOPTYX")
# Saudi Arabia's plates bear each letter in both scripts; these are the pairs.
_SAUDI = str.maketrans("ابحدرسصطعقكلمنهوى", "ABJDRSXTEGKLZNHUV")
_SAUDI_SPELLINGS = str.maketrans("أإآيی", "اااىى")
_LONGEST_DOCUMENT, _SHORTEST_DOCUMENT, _LONGEST_PLATE, _SHORTEST_PLATE = 22, 4, 12, 4
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
GERMAN = re.compile(r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]D?")


def letters_and_digits(text: str) -> str:
    """Return the letters and digits of ``text`` in capitals, every script."""
    return "".join(mark for mark in text if mark.isalnum()).upper()


def read_document(text: str, issuer: str, *, kind: str) -> Read:
    """Return the document's number; where the machine-readable zone was filed, all its check digits are proved."""
    zone = read_machine_readable(text, visa=kind == "visa")
    if zone is not None:
        return proved(same_shapes(zone.number), zone.is_valid, issuer=zone.issuer)
    number = same_shapes(letters_and_digits(text))
    has_digit = any(mark.isdecimal() for mark in number)
    if not _SHORTEST_DOCUMENT <= len(number) <= _LONGEST_DOCUMENT or not has_digit:
        return malformed(number)
    if issuer == "DE" and GERMAN.fullmatch(number):
        # Germany prints the check digit behind the nine places of the number; it is no part of it.
        is_valid = icao_digit(number[:9]) == number[9]
        return proved(number[:9] if is_valid else number, is_valid)
    holds_here = person_number_holds(number, issuer) if kind == "id_card" else None
    return Read(number) if holds_here is None else proved(number, holds_here)


def read_plate(text: str, issuer: str) -> Read:
    """Return the plate's letters and digits; letters of one shape are one letter. A plate has a digit."""
    number = same_shapes(letters_and_digits(text))
    if issuer == "SA":
        number = number.translate(_SAUDI_SPELLINGS).translate(_SAUDI)
    if not _SHORTEST_PLATE <= len(number) <= _LONGEST_PLATE or not any(map(str.isdecimal, number)):
        return malformed(number)
    return Read(number)


def same_shapes(number: str) -> str:
    """Return a number whose letters of another script all look Latin with the Latin ones, any other as it is."""
    written = number.translate(_SHAPES)
    return written if written.isascii() else number


def read_vin(text: str) -> Read:
    """Return 17 characters. Only North America and China oblige makers to carry the check digit."""
    number = letters_and_digits(text)
    if not _VIN.fullmatch(number):
        return malformed(number)
    if vin_digit(number) == number[8]:
        return proved(number, is_valid=True)
    return proved(number, is_valid=False) if number[0] in "12345L" else Read(number)
