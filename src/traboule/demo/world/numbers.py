"""Identifiers with the form their standard asks for: phones, documents, devices, accounts, vehicles.

In: a generator and how many, for phones the country of each. Out: arrays of texts. Guaranteed: all distinct, phones
valid under their country's numbering plan (E.164), IMEI with a right Luhn digit (3GPP TS 23.003), IBAN with a right
check (ISO 13616), VIN of 17 marks (ISO 3779), wallets with a right Base58Check.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import phonenumbers

from traboule.core.identifiers.check_digits import icao_digit, luhn_digit, vin_digit
from traboule.demo.world.draws import Objects, objects, serials

_TYPE_ALLOCATIONS = ("35693803", "35391110", "86753104", "35847209", "01326300", "86012204", "35240008", "99001234")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_BANKS = (("DE", "", 18), ("NL", "INGB", 10), ("RO", "RNCB", 16), ("GB", "BARC", 14), ("AE", "", 19))
_ELSEWHERE = "GB"  # Used for countries without a numbering plan.


def phones(rng: np.random.Generator, countries: Objects) -> Objects:
    """Return one phone number in E.164 for each place of ``countries`` (ISO codes)."""
    phone_numbers = objects([""] * len(countries))
    codes, code_index = np.unique(countries.astype(str), return_inverse=True)
    pools: dict[str, list[int]] = {}
    for number, code in enumerate(codes.tolist()):
        home = code if _example(code) is not None else _ELSEWHERE
        pools.setdefault(home, []).append(number)
    for home, numbers in sorted(pools.items()):
        places = np.flatnonzero(np.isin(code_index, numbers))
        phone_numbers[places] = objects(_numbers(rng, home, len(places)))
    return phone_numbers


def _example(country: str) -> phonenumbers.PhoneNumber | None:
    if country not in phonenumbers.SUPPORTED_REGIONS:
        return None
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    return example if example is not None and len(str(example.national_number)) >= 6 else None


def _numbers(rng: np.random.Generator, country: str, size: int) -> list[str]:
    """Return ``size`` distinct mobile numbers of ``country``: valid prefixes, endings that do not look sequential."""
    example = _example(country)
    if example is None:
        return _numbers(rng, _ELSEWHERE, size)
    code, national = f"+{example.country_code}", str(example.national_number)
    tail = 5 if len(national) >= 8 else 4
    wanted = max(3, -(-size * 3 // 10**tail))
    prefixes: list[str] = []
    varied = min(len(national) - tail - 1, 2 if wanted < 60 else 4)
    for trial in range(40 + 30 * wanted):
        if len(prefixes) >= wanted:
            break
        ending = "".join(str(digit) for digit in rng.integers(0, 10, varied)) if trial and varied else ""
        prefix = national[: len(national) - tail - len(ending)] + ending
        if prefix not in prefixes and _is_valid_block(rng, code, prefix, tail):
            prefixes.append(prefix)
    if not prefixes or len(prefixes) * 10**tail < size:
        return _numbers(rng, _ELSEWHERE, size)
    serial_numbers = serials(rng, size, len(prefixes) * 10**tail).tolist()
    return [f"{code}{prefixes[serial // 10**tail]}{serial % 10**tail:0{tail}d}" for serial in serial_numbers]


def _is_valid_block(rng: np.random.Generator, code: str, prefix: str, tail: int) -> bool:
    ends = ("0" * tail, "9" * tail, *(f"{end_number:0{tail}d}" for end_number in rng.integers(0, 10**tail, 2).tolist()))
    return all(phonenumbers.is_valid_number(phonenumbers.parse(code + prefix + end, None)) for end in ends)


def passports(rng: np.random.Generator, countries: Objects) -> Objects:
    """Return a passport number for each place: a letter that goes with the country, and eight digits."""
    letters = {code: chr(65 + crc32(code.encode()) % 26) for code in sorted(set(countries.tolist()))}
    serial_numbers = serials(rng, len(countries), 10**8).tolist()
    return objects(
        [f"{letters[code]}{serial:08d}" for code, serial in zip(countries.tolist(), serial_numbers, strict=True)]
    )


def id_cards(rng: np.random.Generator, size: int) -> Objects:
    """Return numbers of identity cards: a letter and eleven digits, a form that no state's check digit covers."""
    return objects([f"C{serial + 10**10}" for serial in serials(rng, size, 9 * 10**10).tolist()])


def machine_line(number: str, country: str, birth: str, female: bool) -> str:
    """Return the second line of a passport (ICAO 9303 TD3, 44 marks): the number with its check digit and what follows.

    ``birth`` is YYMMDD. The country is written with two letters and a filler, as in some older documents.
    """
    field = number.ljust(9, "<")[:9]
    head = f"{field}{icao_digit(field)}{country}<{birth}{icao_digit(birth)}{'F' if female else 'M'}"
    expiry = "290630"
    line = f"{head}{expiry}{icao_digit(expiry)}{'<' * 14}0"
    checked = line[:10] + line[13:20] + line[21:43]
    return line + icao_digit(checked)


def devices(rng: np.random.Generator, size: int) -> Objects:
    """Return IMEIs: a type allocation code, a serial number, the Luhn digit."""
    kinds = rng.integers(0, len(_TYPE_ALLOCATIONS), size).tolist()
    bodies = [
        f"{_TYPE_ALLOCATIONS[kind]}{serial % 10**6:06d}"
        for kind, serial in zip(kinds, serials(rng, size, 10**6 if size <= 10**6 else 10**9).tolist(), strict=True)
    ]
    return objects([body + luhn_digit(body) for body in bodies])


def plates(rng: np.random.Generator, size: int) -> Objects:
    """Return number plates: two letters, three digits, two letters."""
    letters = len(_PLATE_LETTERS)
    serial_numbers = serials(rng, size, letters**4 * 1000).tolist()
    return objects([_plate(serial, letters) for serial in serial_numbers])


def _plate(serial: int, letters: int) -> str:
    digits, letter_code = serial % 1000, serial // 1000
    marks = [_PLATE_LETTERS[letter_code // letters**place % letters] for place in range(4)]
    return f"{marks[0]}{marks[1]}-{digits:03d}-{marks[2]}{marks[3]}"


def accounts(rng: np.random.Generator, size: int) -> Objects:
    """Return IBANs of five countries."""
    ibans = []
    for serial in serials(rng, size, 10**10).tolist():
        country, bank, digits = _BANKS[serial % len(_BANKS)]
        account = f"{bank}{serial * 7919 % 10**digits:0{digits}d}"
        value = int("".join(str(int(mark, 36)) for mark in f"{account}{country}00"))
        ibans.append(f"{country}{98 - value % 97:02d}{account}")
    return objects(ibans)


def vehicles(rng: np.random.Generator, size: int) -> Objects:
    """Return VINs with the ninth mark as check digit."""
    vins = []
    for serial in serials(rng, size, 10**6).tolist():
        blank = f"WVWZZZ1K0AW{serial:06d}"
        vins.append(blank[:8] + vin_digit(blank) + blank[9:])
    return objects(vins)


def wallets(rng: np.random.Generator, size: int) -> Objects:
    """Return Bitcoin addresses of hashes that nobody has the key of."""
    return objects([_wallet(f"demo wallet {serial}") for serial in serials(rng, size, 10**9).tolist()])


def _wallet(seed: str) -> str:
    body = b"\x00" + hashlib.sha256(seed.encode()).digest()[:20]
    payload = body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(payload, "big"), ""
    while number:
        number, remainder = divmod(number, 58)
        text = _BASE58[remainder] + text
    return "1" + text


def handles(rng: np.random.Generator, words: Sequence[str]) -> Objects:
    """Return an account name for each of ``words``."""
    ends = serials(rng, len(words), 90_000).tolist() if len(words) <= 90_000 else list(range(len(words)))
    return objects([f"{''.join(word.lower().split())}_{end}" for word, end in zip(words, ends, strict=True)])
