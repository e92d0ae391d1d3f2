"""Identifiers (phone, document, account, device, vehicle, address on the net): one written form, and the check digit.

In: the kind (a code of ``core/vocabularies/identifier_kinds.yaml``), the text as filed, and the region a national phone
number is to be read in. Out: an :class:`Identifier`. Promise: pure, never raises on any text, same text same answer.
A failed check digit keeps its value (rule 13): whoever links decides that it is no strong evidence.

Sources: E.164 and national numbering plans (phonenumbers); ISO 13616 (IBAN); 3GPP TS 23.003 (IMEI, IMSI); ISO/IEC
7812-1 (cards, Luhn); ISO 3779 and 49 CFR 565.15 (VIN); ICAO 9303 part 3 (document numbers); BIP 13, 173, 350 (wallets).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import phonenumbers
import stdnum.iban
from stdnum.exceptions import InvalidChecksum, ValidationError

from traboule.core.identifiers.check_digits import (
    document_number,
    luhn_digit,
    luhn_holds,
    vin_digit,
    wallet_holds,
)
from traboule.core.missing import read_missing
from traboule.core.spelling import western_digits


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
class Identifier:
    """One identifier: ``normal`` is the form to compare, ``placeholder`` tells that nobody can own it (rule 12)."""

    kind: str
    normal: str
    verdict: Verdict
    reason: Reason = Reason.NONE
    placeholder: bool = False


Judged = tuple[str, Verdict, Reason]

# Words that fill a cell and are no spelling of a missing value elsewhere.
_PLACEHOLDER_WORDS = frozenset(
    {"nil", "test", "aucun", "aucune", "néant", "ninguno", "ninguna", "nada", "indocumentado", "بدون"}
)
_RUNS = ("0123456789", "1234567890", "9876543210", "0987654321", "abcdefghijklmnopqrstuvwxyz")
_EMAIL = re.compile(r"[^\s@\"<>,;]+@[^\s@.\"<>,;]+(?:\.[^\s@.\"<>,;]+)+")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_MASK = re.compile(r"[*xX•#]{3,}")


def normalise(kind: str, text: str, *, region: str | None = None) -> Identifier:
    """Return the identifier in the form in which two filings of it are equal, and the verdict of its check digit.

    ``region`` (ISO 3166-1 alpha-2, or XK) is where a phone number without a country prefix is read. A kind that is
    not known is compared as its letters and digits.
    """
    plain = western_digits(unicodedata.normalize("NFKC", text))
    plain = "".join(mark for mark in plain if unicodedata.category(mark) not in ("Cf", "Cc")).strip()
    if kind == "phone":
        normal, verdict, reason = _phone(plain, region)
    else:
        normal, verdict, reason = _RULES.get(kind, _alphanumeric)(plain)
    placeholder = is_placeholder(plain) or is_placeholder(normal) or (kind == "phone" and _idle_phone(normal))
    return Identifier(kind, normal, verdict, reason, placeholder)


def is_placeholder(text: str) -> bool:
    """Tell whether ``text`` only fills the cell: 000000, 123456, xxxx, none, n/a, or nothing at all."""
    core = _keep(text.casefold())
    if not core or core in _PLACEHOLDER_WORDS or core.strip("0") == "":
        return True
    if len(core) >= 4 and len(set(core)) == 1:
        return True
    if len(core) >= 5 and any(core in run for run in _RUNS):
        return True
    return not core.isdigit() and read_missing(text) is not None


def _idle_phone(normal: str) -> bool:
    """Tell whether a number ends in one digit repeated seven times or in a run of eight: +223 1234 5678."""
    return normal.startswith("+") and (len(set(normal[-7:])) == 1 or any(normal[-8:] in run for run in _RUNS))


def _keep(text: str) -> str:
    """Return the letters and digits of ``text``, every script."""
    return "".join(mark for mark in text if mark.isalnum())


def _digits(text: str) -> str:
    """Return ``text`` without the separators that clerks put between digits."""
    return re.sub(r"[\s\-./()_]", "", text)


def _phone(text: str, region: str | None) -> Judged:
    """Return E.164 where the number can be read in ``region``."""
    dialled = re.sub(r"^\s*00", "+", text)
    bare = re.sub(r"\D", "", dialled)
    home = region if region in phonenumbers.SUPPORTED_REGIONS else None
    if home is None and not dialled.lstrip("( ").startswith("+"):
        known = 5 <= len(bare) <= 15
        return (
            bare,
            Verdict.UNCHECKED if known else Verdict.FAILED,
            Reason.NO_REGION if known else Reason.UNREADABLE,
        )
    try:
        number = phonenumbers.parse(dialled, home)
    except phonenumbers.NumberParseException:
        return bare, Verdict.FAILED, Reason.UNREADABLE
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number):
        return written, Verdict.VALID, Reason.NONE
    if phonenumbers.is_possible_number(number):
        return written, Verdict.UNCHECKED, Reason.NUMBERING_PLAN
    return bare, Verdict.FAILED, Reason.UNREADABLE


def _imei(text: str) -> Judged:
    """Return 15 digits: a number filed without its check digit, or with a software version, compares equal."""
    digits = _digits(text)
    if not digits.isdecimal() or len(digits) not in (14, 15, 16):
        return _keep(text).upper(), Verdict.FAILED, Reason.FORMAT
    if len(digits) == 15:
        return (digits, *_luhn(digits))
    body = digits[:14]
    return body + luhn_digit(body), Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT


def _imsi(text: str) -> Judged:
    """Return 14 or 15 digits; an IMSI carries no check digit."""
    digits = _digits(text)
    if not digits.isdecimal() or len(digits) not in (14, 15):
        return _keep(text).upper(), Verdict.FAILED, Reason.FORMAT
    return digits, Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT


def _card(text: str) -> Judged:
    """Return 12 to 19 digits; a masked card number has nothing to check."""
    if _MASK.search(text):
        return re.sub(r"[^0-9*]", "", re.sub(r"[xX•#]", "*", text)), Verdict.UNCHECKED, Reason.MASKED
    digits = _digits(text)
    if not digits.isdecimal() or not 12 <= len(digits) <= 19:
        return _keep(text).upper(), Verdict.FAILED, Reason.FORMAT
    return (digits, *_luhn(digits))


def _luhn(digits: str) -> tuple[Verdict, Reason]:
    return (Verdict.VALID, Reason.NONE) if luhn_holds(digits) else (Verdict.FAILED, Reason.CHECK_DIGIT)


def _iban(text: str) -> Judged:
    """Return the IBAN without spaces; a national account number is kept and cannot be checked."""
    account = _keep(text).upper()
    if not re.match(r"[A-Z]{2}[0-9]{2}", account) or not account.isascii():
        return account, Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT
    try:
        stdnum.iban.validate(account)
    except InvalidChecksum:
        return account, Verdict.FAILED, Reason.CHECK_DIGIT
    except ValidationError:
        return account, Verdict.FAILED, Reason.FORMAT
    return account, Verdict.VALID, Reason.NONE


def _vin(text: str) -> Judged:
    """Return 17 characters. Only North America and China oblige makers to carry the check digit."""
    number = _keep(text).upper()
    if not _VIN.fullmatch(number):
        return number, Verdict.FAILED, Reason.FORMAT
    if vin_digit(number) == number[8]:
        return number, Verdict.VALID, Reason.NONE
    if number[0] in "12345L":
        return number, Verdict.FAILED, Reason.CHECK_DIGIT
    return number, Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT


def _document(text: str) -> Judged:
    """Return the document number; where the machine-readable line was filed, its check digit is proved."""
    found = document_number(text)
    if found is None:
        return _keep(text).upper(), Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT
    number, holds = found
    return number, Verdict.VALID if holds else Verdict.FAILED, Reason.NONE if holds else Reason.CHECK_DIGIT


def _wallet(text: str) -> Judged:
    """Return the address; Bitcoin's and its relatives' carry a checksum, Ethereum's spelling does without."""
    address = re.sub(r"\s", "", text)
    address = re.sub(r"^(bitcoin|ethereum|tron|litecoin):", "", address, flags=re.IGNORECASE).split("?")[0]
    if re.fullmatch(r"0[xX][0-9a-fA-F]{40}", address):
        return address.lower(), Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT
    if address[:3].lower() == "bc1":
        address = address.lower()
    holds = wallet_holds(address)
    if holds is None:
        return address, Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT
    return address, Verdict.VALID if holds else Verdict.FAILED, Reason.NONE if holds else Reason.CHECK_DIGIT


def _email(text: str) -> Judged:
    """Return the address in small letters, without a mailto prefix or angle brackets."""
    address = re.sub(r"^mailto:", "", text.casefold().strip("<> ")).strip()
    if not _EMAIL.fullmatch(address):
        return address, Verdict.FAILED, Reason.FORMAT
    return address, Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT


def _handle(text: str) -> Judged:
    """Return the account's name: of a link to a profile, its last part."""
    name = re.sub(r"^https?://", "", text.casefold())
    numbered = re.search(r"[?&]id=([^&]+)", name)
    if numbered:
        name = numbered.group(1)
    name = name.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]
    return re.sub(r"\s", "", name).lstrip("@"), Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT


def _words(text: str) -> Judged:
    """Return small letters and digits with single spaces: companies, postal addresses, adverts."""
    folded = "".join(mark if mark.isalnum() or unicodedata.combining(mark) else " " for mark in text.casefold())
    return " ".join(folded.split()), Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT


def _alphanumeric(text: str) -> Judged:
    """Return the letters and digits in capitals: plates, case numbers, and any kind not known here."""
    return _keep(text).upper(), Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT


_RULES: dict[str, Callable[[str], Judged]] = {
    "imei": _imei,
    "imsi": _imsi,
    "card": _card,
    "iban": _iban,
    "vin": _vin,
    "passport": _document,
    "id_card": _document,
    "visa": _document,
    "residence_permit": _document,
    "wallet": _wallet,
    "email": _email,
    "handle": _handle,
    "company": _words,
    "address": _words,
    "advert": _words,
}
