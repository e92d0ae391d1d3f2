"""Normalise identifiers (phone, document, account, device, vehicle, online account) and check their check digits.

In: the kind (a code of ``core/vocabularies/identifier_kinds.yaml``), the text as filed, the region in which a national
phone number is read, and the state that issued the number. Out: a :class:`NormalisedIdentifier`. Guaranteed: pure;
never raises; the same text gives the same answer. An identifier with a wrong check digit keeps its value (rule 13):
linkage does not count it as strong evidence.

Sources: ISO 13616 (IBAN); 3GPP TS 23.003 (IMEI, IMSI); ISO/IEC 7812-1 (cards, Luhn); ISO 17442 (LEI). The other kinds
have modules of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

import stdnum.iban
from stdnum.exceptions import InvalidChecksum, ValidationError

from traboule.core.identifiers.check_digits import luhn_digit, luhn_holds
from traboule.core.identifiers.documents import DOCUMENTS, letters_and_digits, read_document, read_plate, read_vin
from traboule.core.identifiers.national import company_number_holds, lei_holds
from traboule.core.identifiers.online import read_email, read_handle
from traboule.core.identifiers.phones import read_phone
from traboule.core.identifiers.separators import is_rounded, parts_of, uncluttered
from traboule.core.identifiers.validity import NormalisedIdentifier, Read, Reason, Verdict, malformed, proved
from traboule.core.identifiers.wallets import read_wallet
from traboule.core.language.spelling import western_digits
from traboule.core.missing import read_missing

# Words that fill a cell and are no spelling of a missing value elsewhere.
PLACEHOLDER_WORDS = frozenset(
    {"nil", "test", "aucun", "aucune", "néant", "ninguno", "ninguna", "nada", "indocumentado", "بدون"}
)
RUNS = ("0123456789", "1234567890", "9876543210", "0987654321", "abcdefghijklmnopqrstuvwxyz")
_ALL_RUNS = " ".join(RUNS)  # What has no space is in it where it is in one of them.
# Letters of a series before nothing but a run or one digit: A1234567, LR1111111.
LONG_RUN = 7
_SERIES = re.compile(rf"[a-z]{{1,2}}([0-9]{{{LONG_RUN},}})")
_MASK = re.compile(r"[*xX•#]{3,}")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_COMPANY_LABEL = re.compile(
    r"^\s*(?:lei|siren|siret|rcs|vat|tva|ust-?idnr?|cif|nif|cnpj|rut|ruc|nit|ice|ninea|uen|abn|acn|gstin|инн|огрн"
    r"|reg(?:istration)?|company|no|number|n[°º]|رقم)(?:\s*(?:no|number|n[°º]))?[\s.:#]+",
    re.IGNORECASE,
)
_LONGEST_OTHER, _LONGEST_WORDS = 64, 20_000


def normalise(kind: str, text: str, *, region: str | None = None, issuer: str | None = None) -> NormalisedIdentifier:
    """Return the identifier in the form in which two filings of it are equal, and the verdict of its check digit.

    ``region`` (ISO 3166-1 alpha-2, or XK) is where a phone number without a country prefix is read. ``issuer`` is the
    state that gave the number out, where it was filed: only then can a national check digit be proved. A kind that is
    not known is compared as its letters and digits.
    """
    return _normalised(kind, _plainly(text), region, issuer or "")


def _normalised(kind: str, plain: str, region: str | None, issuer: str) -> NormalisedIdentifier:
    plain = uncluttered(kind, plain)
    read = _read(kind, plain, region, issuer)
    placeholder = is_placeholder(plain) or (read.normal != plain and is_placeholder(read.normal))
    placeholder = placeholder or (kind == "phone" and _idle_phone(read.normal))
    # The last digit of these is reckoned from the others, and interrupts a run.
    if kind in ("imei", "card"):
        placeholder = placeholder or is_placeholder(read.normal[:-1]) or read.normal[:10] in RUNS
    return NormalisedIdentifier(kind, read.normal, read.verdict, read.reason, placeholder, read.issuer)


def normalise_each(
    kind: str, text: str, *, region: str | None = None, issuer: str | None = None
) -> tuple[NormalisedIdentifier, ...]:
    """Return, as :func:`normalise` does, each identifier that was filed in one text: two telephones beside each other.

    Only where every one of them can be read are they several.
    """
    plain = _plainly(text)
    single, parts = _normalised(kind, plain, region, issuer or ""), parts_of(kind, plain)
    if len(parts) == 1 or "<" in text:
        return (single,)
    several = tuple(_normalised(kind, part, region, issuer or "") for part in parts)
    readable = all(
        identifier.verdict is not Verdict.FAILED and identifier.normal and not identifier.placeholder
        for identifier in several
    )
    return tuple(dict.fromkeys(several)) if readable else (single,)


def _plainly(text: str) -> str:
    """Return ``text`` with Western digits and without signs that cannot be seen."""
    if text.isascii() and text.isprintable():
        return text.strip()
    plain = western_digits(unicodedata.normalize("NFKC", text))
    return "".join(mark for mark in plain if mark == "\n" or unicodedata.category(mark) not in ("Cf", "Cc")).strip()


def _read(kind: str, plain: str, region: str | None, issuer: str) -> Read:
    if is_rounded(kind, plain):
        return malformed(letters_and_digits(plain))
    if kind == "phone":
        return read_phone(plain, region)
    if kind in DOCUMENTS:
        return read_document(plain, issuer, kind=kind)
    if kind == "plate":
        return read_plate(plain, issuer)
    if kind == "company":
        return _company(plain, issuer)
    return _RULES.get(kind, _alphanumeric)(plain)


def is_placeholder(text: str) -> bool:
    """Tell whether ``text`` only fills the cell: 000000, 123456, A1234567, xxxx, none, n/a, or nothing at all."""
    if len(text) > _LONGEST_OTHER and len(set(text)) > 8:
        return False
    core = "".join(filter(str.isalnum, text.casefold()))
    if not core or core in PLACEHOLDER_WORDS or core.strip("0") == "":
        return True
    if len(core) >= 4 and len(set(core)) == 1:
        return True
    if len(core) >= 5 and core in _ALL_RUNS:
        return True
    series = _SERIES.fullmatch(core)
    if series and (len(set(series[1])) == 1 or series[1] in _ALL_RUNS):
        return True
    return not core.isdigit() and read_missing(text) is not None


def _idle_phone(normal: str) -> bool:
    """Tell whether a number ends in one digit repeated seven times or in a run of eight: +223 1234 5678."""
    return normal.startswith("+") and (len(set(normal[-7:])) == 1 or normal[-8:] in _ALL_RUNS)


def _digits(text: str) -> str:
    """Return ``text`` without the separators that clerks put between digits."""
    return re.sub(r"[\s\-./()_]", "", text)


def _imei(text: str) -> Read:
    """Return 15 digits: a number filed without its check digit, or with a software version, compares equal."""
    digits = _digits(text)
    if not _decimal(digits) or len(digits) not in (14, 15, 16):
        return malformed(letters_and_digits(text))
    if len(digits) == 15:
        return proved(digits, luhn_holds(digits))
    body = digits[:14]
    return Read(body + luhn_digit(body))


def _imsi(text: str) -> Read:
    """Return 14 or 15 digits; an IMSI carries no check digit."""
    digits = _digits(text)
    if not _decimal(digits) or len(digits) not in (14, 15):
        return malformed(letters_and_digits(text))
    return Read(digits)


def _card(text: str) -> Read:
    """Return 12 to 19 digits; a masked card number has nothing to check."""
    if _MASK.search(text):
        return Read(re.sub(r"[^0-9*]", "", re.sub(r"[xX•#]", "*", text))[:19], reason=Reason.MASKED)
    digits = _digits(text)
    if not _decimal(digits) or not 12 <= len(digits) <= 19:
        return malformed(letters_and_digits(text))
    return proved(digits, luhn_holds(digits))


def _decimal(digits: str) -> bool:
    return digits.isascii() and digits.isdecimal()


def _iban(text: str) -> Read:
    """Return the IBAN without spaces; a national account number is kept and cannot be checked."""
    account = letters_and_digits(re.sub(r"^\s*iban\b[\s:]*", "", text, flags=re.IGNORECASE))
    if not re.match(r"[A-Z]{2}[0-9]{2}", account) or not account.isascii():
        return Read(account) if 4 <= len(account) <= 34 else malformed(account)
    try:
        stdnum.iban.validate(account)
    except InvalidChecksum:
        return proved(account, is_valid=False)
    except ValidationError:
        return malformed(account)
    return proved(account, is_valid=True)


def _company(text: str, issuer: str) -> Read:
    """Return a company's number in capitals, or its name in words; the digits decide which of the two it is."""
    number = letters_and_digits(_COMPANY_LABEL.sub("", text))
    if _LEI.fullmatch(number):
        return proved(number, lei_holds(number))
    digits = sum(mark.isdecimal() for mark in number)
    if not (digits >= 5 and digits * 2 >= len(number) and number.isascii() and len(number) <= 24):
        return _words(text)
    is_valid = company_number_holds(number, issuer)
    return Read(number) if is_valid is None else proved(number, is_valid)


def _words(text: str) -> Read:
    """Return small letters and digits with single spaces: names of companies, postal addresses, adverts."""
    folded = "".join(mark if mark.isalnum() or unicodedata.combining(mark) else " " for mark in text.casefold())
    words = " ".join(folded.split())
    return Read(words) if len(words) <= _LONGEST_WORDS else malformed(words[:_LONGEST_WORDS].strip())


def _address(text: str) -> Read:
    """Return the words of a postal address; what is longer than any address is none."""
    read = _words(text)
    return read if len(read.normal) <= 300 else malformed(read.normal)


def _alphanumeric(text: str) -> Read:
    """Return the letters and digits in capitals: case numbers, and any kind not known here."""
    number = letters_and_digits(text)
    return Read(number) if len(number) <= _LONGEST_OTHER else malformed(number)


_RULES: dict[str, Callable[[str], Read]] = {
    "imei": _imei,
    "imsi": _imsi,
    "card": _card,
    "iban": _iban,
    "vin": read_vin,
    "wallet": read_wallet,
    "email": read_email,
    "handle": read_handle,
    "address": _address,
    "advert": _words,
}

__all__ = ["NormalisedIdentifier", "Reason", "Verdict", "is_placeholder", "normalise"]
