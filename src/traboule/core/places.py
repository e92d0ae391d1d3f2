"""Countries, territories and currencies with their names in every language, from CLDR.

Out: ISO 3166-1 alpha-2 codes (with XK) and ISO 4217 codes, each with labels and the other spellings that CLDR has.
Guaranteed: a stable order (by code), and no position on a territory's status: the names are CLDR's, the codes ISO's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import Locale
from babel.core import get_global

from traboule.core.language.languages import LANGUAGES, SPOKEN_LANGUAGES, how_written

# Two-letter codes of CLDR that are no country or territory of ISO 3166-1: groupings, islands with
# exceptional reservations, test locales, and the unknown region.
_NO_TERRITORY = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))

# A fee may have been paid in money that is gone: what was legal tender on this day still counts as a
# currency.
_TENDER_SINCE = date(2010, 1, 1)


def territories() -> dict[str, dict[str, Any]]:
    """Return code -> labels and alpha-3 codes (as synonyms) of each country and territory, by code."""
    names = {language: _locale(language).territories for language in SPOKEN_LANGUAGES}
    codes = sorted(code for code in map(str, names["en"]) if _is_territory(code))
    entries: dict[str, dict[str, Any]] = {
        code: {language: names[language][code] for language in SPOKEN_LANGUAGES} | {"synonyms": []} for code in codes
    }
    for alias, targets in sorted(get_global("territory_aliases").items()):
        if len(alias) == 3 and alias.isalpha() and len(targets) == 1 and targets[0] in entries:
            entries[targets[0]]["synonyms"].append(alias)
    return entries


def currencies() -> dict[str, dict[str, Any]]:
    """Return code -> labels of each currency that is legal tender somewhere, or was since 2010, by code."""
    names = {language: _locale(language).currencies for language in SPOKEN_LANGUAGES}
    in_use = {
        code
        for tenders in get_global("territory_currencies").values()
        for code, _start, end, is_tender in tenders
        if is_tender and (end is None or date(*end) >= _TENDER_SINCE)
    }
    return {
        code: {language: names[language].get(code, names["en"][code]) for language in SPOKEN_LANGUAGES}
        for code in sorted(in_use & set(names["en"]))
    }


def _locale(language: str) -> Locale:
    """Return the locale that names places: British English would name some otherwise than the forms do."""
    return Locale.parse(language if language in LANGUAGES else how_written(language).locale)


def _is_territory(code: str) -> bool:
    return len(code) == 2 and code.isalpha() and code not in _NO_TERRITORY
