"""Remove what clerks and their programs write around a number: a label, a remark, separators; split two numbers.

In: a kind and a text as filed, with Western digits. Out: the number without what is no part of it, or its parts.
Guaranteed: pure, never raises; a bare number is returned unchanged; digits that a spreadsheet rounded away are never
guessed.
"""

from __future__ import annotations

import re

from traboule.core.identifiers.documents import DOCUMENTS

_NUMBER = r"(?:no|nr|num(?:ber|ero)?|n[uú]mero|num[eé]ro|n[°ºo]|№|رقم|номер|号码)"
_OF_DOCUMENTS = (
    r"(?:passport|passeport|pasaporte|passaporte|reisepass|pasaport|paspor|documento?|doc|identity card|id card"
    r"|identity|id|dni|cni|carte d.identit[eé]|c[eé]dula|visa|permit|permis|permiso"
    r"|جواز السفر|جواز سفر|جواز|بطاقة هوية|هوية|بطاقة|паспорт|удостоверение|护照|身份证)"
)
_OF_VEHICLES = r"(?:licen[cs]e plate|plate|plaque|placa|matr[ií]cula|immatriculation|kennzeichen|لوحة|号牌|车牌)"
_OF_DEVICES = r"(?:imei|imsi)\s*[12]?"
_NAMES = {
    **dict.fromkeys(DOCUMENTS, _OF_DOCUMENTS),
    **dict.fromkeys(("imei", "imsi"), _OF_DEVICES),
    "plate": _OF_VEHICLES,
    "vin": r"(?:vin|chassis|ch[aâ]ssis|bastidor|fin|هيكل)",
    "card": r"(?:card|carte|tarjeta|karte|بطاقة|карта)",
}
_LABELS = {
    kind: re.compile(rf"(?:(?:{name}|{_NUMBER})(?:[\s.:#]+|(?<=[°º№])))+(?=\S)", re.IGNORECASE)
    for kind, name in _NAMES.items()
}
# Beginnings, in capitals and without separators, of what may be a label: whoever reads columns reads these one by one.
LABELLED = "PAS|REISEPASS|DOC|I?DENTITY|ID|DNI|CNI|CARTE|CEDULA|VISA|PERM|NO|NR|NUM"
# Remarks that say nothing of whose number it is; "(Moussa)" and "(mother)" do.
_REMARK = re.compile(
    r"\s*[(\[](?:(?i:whats ?app|viber|telegram|signal|imo|wechat|mobile|mob|cell|portable|m[oó]vil|home|work"
    r"|bureau|trabajo|expired|expir[eé]e?|caducad[oa]|vencid[oa]|valid|copy|copie|copia|original|old|new|seen|verified|واتساب|منتهي)"
    r"|[A-Z]{2,3})[)\]]\s*$"
)
_REMARKED = frozenset({*_NAMES, "phone", "iban"})
# A column of numbers that a program wrote as fractions, and one that a spreadsheet wrote in powers of ten.
_FRACTION, _POWER = re.compile(r"([0-9]+)\.0"), re.compile(r"([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})")
_BETWEEN = re.compile(r"\s*[/;|\n،؛]\s*|\s*,\s+|\s+(?:or|and|ou|et|o|y|e|und|oder|و|أو)\s+")
_SHORTEST_PART = {"phone": 8, "imei": 14, "email": 6, "passport": 6, "id_card": 6, "iban": 14, "card": 12, "plate": 5}


def uncluttered(kind: str, text: str) -> str:
    """Return ``text`` without the name of its kind before it, a remark in brackets behind it, or a fraction of zero."""
    if kind not in _REMARKED:
        return text
    bare = _REMARK.sub("", text)
    text = bare if any(map(str.isdecimal, bare)) else text
    label = _LABELS[kind].match(text) if kind in _LABELS else None
    text = text[label.end() :] if label else text
    fraction, power = _FRACTION.fullmatch(text), _POWER.fullmatch(text)
    if fraction:
        return fraction[1]
    return power[1] + power[2] if power and len(power[2]) == int(power[3]) else text


def is_rounded(kind: str, text: str) -> bool:
    """Tell of an uncluttered text whether a spreadsheet rounded digits away: 4.90154E+14 is many numbers."""
    return kind in _REMARKED and _POWER.fullmatch(_REMARK.sub("", text)) is not None


def parts_of(kind: str, text: str) -> tuple[str, ...]:
    """Return what stands beside each other in ``text``, where each part is long enough for a number of its kind; else
    ``text`` alone."""
    shortest = _SHORTEST_PART.get(kind)
    if shortest is None:
        return (text,)
    parts = tuple(part for part in _BETWEEN.split(text.strip()) if part)
    long_enough = all(sum(map(str.isalnum, part)) >= shortest for part in parts)
    return parts if len(parts) > 1 and long_enough else (text,)
