"""Compute check digits, each after its own standard, on ASCII text.

In: a number without separators. Out: a digit, or whether the number's digit is right. Guaranteed: pure, never raises.
Luhn: ISO/IEC 7812-1 annex B. VIN: 49 CFR 565.15(c). Documents: ICAO 9303 part 3, section 4.9.
The checksums of wallets are in :mod:`~traboule.core.identifiers.wallets`.
"""

from __future__ import annotations

_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, *range(2, 10)), strict=True)
)
_ICAO_WEIGHTS = (7, 3, 1)


def luhn_digit(body: str) -> str:
    """Return the digit that completes ``body`` (decimal digits)."""
    return str(-_luhn_sum(body + "0") % 10)


def luhn_holds(digits: str) -> bool:
    """Tell whether the last digit of ``digits`` is the Luhn digit of the others."""
    return _luhn_sum(digits) % 10 == 0


def _luhn_sum(digits: str) -> int:
    numbers = [int(digit) for digit in reversed(digits)]
    return sum(numbers[0::2]) + sum(number * 2 - 9 * (number > 4) for number in numbers[1::2])


def vin_digit(vin: str) -> str:
    """Return the check digit of a 17-character VIN without I, O, Q: it belongs in the ninth place."""
    total = sum(
        (int(mark) if mark.isdecimal() else _VIN_LETTERS[mark]) * weight
        for mark, weight in zip(vin, _VIN_WEIGHTS, strict=True)
    )
    return "0123456789X"[total % 11]


def icao_digit(field: str) -> str:
    """Return the check digit of a field of a machine-readable zone (digits, A to Z, and ``<`` as filler)."""
    total = 0
    for place, mark in enumerate(field):
        value = int(mark) if "0" <= mark <= "9" else 0 if mark == "<" else ord(mark) - 55
        total += value * _ICAO_WEIGHTS[place % 3]
    return str(total % 10)
