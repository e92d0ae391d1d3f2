"""Read the machine-readable zone of a travel document: every field, and every check digit verified.

In: the lines as read by a machine or typed by a clerk, whole or only the line that bears the number. Out: a
:class:`MachineReadable`, or None where the text is no such zone. Guaranteed: pure, never raises; a wrong digit is
reported and the fields stay. Source: ICAO 9303 parts 3 (check digits, dates, names), 4 (TD3), 5 (TD1), 6 (TD2) and
7 (visas MRV-A and MRV-B).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from traboule.core.codes import vocabulary
from traboule.core.dates import PartialDate
from traboule.core.identifiers.check_digits import icao_digit

_ALPHABET = re.compile(r"[0-9A-Z<]+")
_DATE = re.compile(r"[0-9]{2}[0-9<]{4}")
# Codes of ICAO 9303 part 3, section 5, that are no ISO 3166-1 alpha-3 code of a state.
_STATES = {"D": "DE", "RKS": "XK", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB"}
_SEXES = {"F": "female", "M": "male"}


@dataclass(frozen=True, slots=True)
class MachineReadable:
    """``form``: TD1, TD2, TD3, MRV-A, MRV-B, or empty for a bare number with its digit.

    ``issuer``, ``nationality``: ISO 3166-1 alpha-2 or empty. ``birth``, ``expiry``: six digits YYMMDD, ``<`` where not
    known, or empty. ``sex``: a code of the vocabulary, or empty. ``checks``: part to whether its check digit is right.
    """

    number: str
    form: str = ""
    code: str = ""
    issuer: str = ""
    nationality: str = ""
    birth: str = ""
    expiry: str = ""
    sex: str = ""
    family_names: str = ""
    given_names: str = ""
    optional: str = ""
    checks: Mapping[str, bool] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether every check digit is right."""
        return all(self.checks.values())

    def born(self, *, on_year: int) -> PartialDate | None:
        """Return the birth date; of the two centuries the later one that is not after ``on_year``."""
        if not _DATE.fullmatch(self.birth):
            return None
        year = 2000 + int(self.birth[:2])
        year -= 100 if year > on_year else 0
        month, day = (int(part) if part.isdecimal() else None for part in (self.birth[2:4], self.birth[4:6]))
        try:
            return PartialDate(year, month or None, (day or None) if month else None)
        except ValueError:
            return None


def read_machine_readable(text: str, *, visa: bool = False) -> MachineReadable | None:
    """Return the fields of the zone in ``text``; ``visa`` tells how a second line that stands alone is laid out.

    Read are the whole zone (88, 72 or 90 marks), the second line of a passport or visa (44), of a card or visa (36),
    the first line of a card (30), and a bare number followed by fillers and its digit.
    """
    zone = "".join(text.split()).upper()
    if not _ALPHABET.fullmatch(zone):
        return None
    size = len(zone)
    if size == 90:
        return _card(zone[:30], zone[30:60], zone[60:])
    if size in (88, 72):
        return _two_lines(zone[: size // 2], zone[size // 2 :], visa=visa or zone[0] == "V")
    if "<" not in zone:
        return None
    if size in (44, 36) and _DATE.fullmatch(zone[13:19]):
        return _two_lines("", zone, visa=visa)
    if size == 30 and zone[0] in "IAC":
        return _card(zone, "", "")
    if 2 <= size <= 12 and zone[-1].isdecimal():
        field_, digit = (zone[:9], zone[9]) if size >= 10 else (zone[:-1], zone[-1])
        return MachineReadable(field_.replace("<", ""), checks={"number": icao_digit(field_) == digit})
    return None


def _two_lines(first: str, second: str, *, visa: bool) -> MachineReadable:
    """Read TD3, TD2, MRV-A or MRV-B: their second lines agree up to the optional data."""
    size = len(second)
    form = {(44, False): "TD3", (36, False): "TD2", (44, True): "MRV-A", (36, True): "MRV-B"}[size, visa]
    optional = second[28:] if visa else second[28:42] if size == 44 else second[28:35]
    number, number_valid = _number(second[:9], second[9], optional if form == "TD2" else "")
    checks = {"number": number_valid, "birth": _digit_matches(second[13:19], second[19])}
    checks["expiry"] = _digit_matches(second[21:27], second[27])
    if form == "TD3":
        # A filler may stand for the digit of a personal number that is not used.
        unused = not optional.strip("<") and second[42] == "<"
        checks["optional"] = unused or _digit_matches(optional, second[42])
    if not visa:
        composite = second[:10] + second[13:20] + second[21 : size - 1]
        checks["whole"] = _digit_matches(composite, second[-1])
    family, given_names = _names(first[5:])
    return MachineReadable(
        number=number,
        form=form,
        code=first[:2].replace("<", ""),
        issuer=state(first[2:5] or second[10:13]),
        nationality=state(second[10:13]),
        birth=second[13:19],
        expiry=second[21:27],
        sex=_SEXES.get(second[20], ""),
        family_names=family,
        given_names=given_names,
        optional=optional.strip("<"),
        checks=checks,
    )


def _card(first: str, second: str, third: str) -> MachineReadable:
    """Read TD1; of a first line that stands alone, the number."""
    number, number_valid = _number(first[5:14], first[14], first[15:30])
    checks = {"number": number_valid}
    if second:
        checks["birth"] = _digit_matches(second[:6], second[6])
        checks["expiry"] = _digit_matches(second[8:14], second[14])
        composite = first[5:30] + second[:7] + second[8:15] + second[18:29]
        checks["whole"] = _digit_matches(composite, second[29])
    family, given_names = _names(third)
    return MachineReadable(
        number=number,
        form="TD1",
        code=first[:2].replace("<", ""),
        issuer=state(first[2:5]),
        nationality=state(second[15:18]),
        birth=second[:6],
        expiry=second[8:14],
        sex=_SEXES.get(second[7:8], ""),
        family_names=family,
        given_names=given_names,
        optional=first[15:].strip("<"),
        checks=checks,
    )


def _number(field_: str, digit: str, optional: str) -> tuple[str, bool]:
    """Return the number and whether its digit is right; a long number continues in the optional data after ``<``."""
    if digit == "<" and optional[:1] not in ("", "<"):
        continuation = optional.split("<", maxsplit=1)[0]
        field_, digit = field_ + continuation[:-1], continuation[-1:]
    return field_.replace("<", ""), _digit_matches(field_, digit)


def _digit_matches(field_: str, digit: str) -> bool:
    return icao_digit(field_) == digit


def _names(field_: str) -> tuple[str, str]:
    """Return family and given names, spaces for fillers; a document without a given name has none."""
    family, _, given_names = field_.partition("<<")
    return " ".join(family.split("<")).strip(), " ".join(given_names.replace("<", " ").split())


def state(code: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a state in a machine-readable zone, empty where it is none.

    Stateless persons, refugees and organisations have codes of their own, which are no state.
    """
    bare = code.replace("<", "")
    return _STATES.get(bare) or (vocabulary("countries").find(bare) if len(bare) in (2, 3) else None) or ""
