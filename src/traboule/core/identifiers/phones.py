"""Read phone numbers into E.164, as the reporting state dials them.

In: a number as filed and the region (ISO 3166-1 alpha-2, or XK). Out: E.164 where it can be read, and a verdict.
Guaranteed: pure, never raises; a number with letters is not converted but reported, because nobody can say which
digits were meant. Sources: ITU-T E.164 and national numbering plans, as phonenumbers has them.
"""

from __future__ import annotations

import re

import phonenumbers

from traboule.core.identifiers.validity import Read, Reason, Verdict

# Words that clerks put before a number; what follows them is read.
_LABEL = re.compile(
    r"^\s*(?:(?:tele?f?(?:ono|one|oon|on)?|t[ée]l[ée]?(?:phone)?|tel[ée]fono|phone|mobile?|m[oó]vil|mob|portable|cell?"
    r"|cellphone|gsm|whats ?app|wa|viber|fax|no|number|n[°º]"
    r"|هاتف|الهاتف|جوال|موبايل|محمول|رقم|тел|телефон|моб|電話|电话|手机)"
    r"[\s.:#]*)+",
    re.IGNORECASE,
)
_EXTENSION = re.compile(r"[\s,;]*(?:ext(?:ension)?|x|poste|#)[\s.:]*\d{1,6}\s*$", re.IGNORECASE)
_ABROAD = re.compile(r"^[\s(]*(?:\+\s*)?00[\s)]*")
_LONGEST = 60


def read_phone(text: str, region: str | None) -> Read:
    """Return the number: in the country its prefix names, or else in ``region``."""
    number_text = _EXTENSION.sub("", _LABEL.sub("", text))
    dialled = _ABROAD.sub("+", number_text)
    bare = re.sub(r"\D", "", dialled)
    if len(text) > _LONGEST or any(mark.isalpha() for mark in dialled):
        return Read(bare[:15], Verdict.FAILED, Reason.UNREADABLE)
    home = region if region in phonenumbers.SUPPORTED_REGIONS else None
    if home is None and not dialled.lstrip("( ").startswith("+"):
        if 5 <= len(bare) <= 15:
            return Read(bare, Verdict.UNCHECKED, Reason.NO_REGION)
        return Read(bare, Verdict.FAILED, Reason.UNREADABLE)
    try:
        number = phonenumbers.parse(dialled, home)
    except phonenumbers.NumberParseException:
        return Read(bare, Verdict.FAILED, Reason.UNREADABLE)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number):
        return Read(written, Verdict.VALID, Reason.NONE)
    if phonenumbers.is_possible_number(number):
        return Read(written, Verdict.UNCHECKED, Reason.NUMBERING_PLAN)
    return Read(bare, Verdict.FAILED, Reason.UNREADABLE)
