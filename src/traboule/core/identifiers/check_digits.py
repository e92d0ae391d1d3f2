"""Check digits, each after its own standard: arithmetic on ASCII text and nothing else.

In: a number already stripped of separators. Out: a digit, or whether it holds. Promise: pure, never raises.
Luhn: ISO/IEC 7812-1 annex B. VIN: 49 CFR 565.15(c). Documents: ICAO 9303 part 3, section 4.9. Base58Check: as Bitcoin
and its relatives write it. Bech32 and Bech32m: BIP 173 and BIP 350.
"""

from __future__ import annotations

import hashlib

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_ENDS = {1, 0x2BC830A3}
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


def document_number(text: str) -> tuple[str, bool] | None:
    """Return the number in a machine-readable line and whether its digit holds; None where ``text`` is no such line.

    Read are: the second line of a passport (TD3, 44 marks) or visa (36 or 44), the first of a card (TD1, 30), the
    second of a TD2 (36), and a bare number followed by fillers and its digit. A long TD1 number runs on into the
    optional field behind a ``<``.
    """
    lines = ["".join(line.split()).upper() for line in text.splitlines() if line.strip()] or [""]
    joined = "".join(lines)
    if "<" not in joined or any(not ("0" <= mark <= "9" or "A" <= mark <= "Z" or mark == "<") for mark in joined):
        return None
    if len(joined) in (88, 72):
        joined = joined[len(joined) // 2 :]
    elif len(joined) in (90, 30):
        return _card_line(joined[:30])
    field, digit = joined[:9], joined[9:10]
    if len(joined) < 10:
        field, digit = joined[:-1], joined[-1]
    return field.replace("<", ""), icao_digit(field) == digit


def _card_line(line: str) -> tuple[str, bool]:
    field, digit, optional = line[5:14], line[14], line[15:]
    if digit == "<":
        rest = optional.split("<")[0]
        field, digit = field + rest[:-1], rest[-1:]
    return field.replace("<", ""), icao_digit(field) == digit


def wallet_holds(address: str) -> bool | None:
    """Tell whether the checksum of a wallet's address holds; None where the address is of no kind known here."""
    if address.startswith("bc1"):
        return _bech32_holds(address[3:])
    if address[:1] in set("13LMDT") and 25 <= len(address) <= 36 and all(mark in _BASE58 for mark in address):
        return _base58_holds(address)
    return None


def _base58_holds(address: str) -> bool:
    number = 0
    for mark in address:
        number = number * 58 + _BASE58.index(mark)
    if number.bit_length() > 25 * 8:
        return False
    raw = number.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def _bech32_holds(data: str) -> bool:
    if not 6 < len(data) < 88 or any(mark not in _BECH32 for mark in data):
        return False
    checksum = 1
    for value in [3, 3, 0, 2, 3, *(_BECH32.index(mark) for mark in data)]:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for place, step in enumerate(_BECH32_STEPS):
            checksum ^= step if top >> place & 1 else 0
    return checksum in _BECH32_ENDS
