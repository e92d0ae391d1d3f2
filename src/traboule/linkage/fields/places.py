"""Reduce a place of birth to one key, whatever the script or language it is filed in.

The key is empty where no town is named. A town that CLDR knows under several names (Cairo, Le Caire, القاهرة, Каир) has
one key. Any other is compared by its phonetic key, without words for the sort of place. A country alone gives no key:
that is what citizenship is for.

Source: Unicode CLDR, exemplar cities of time zones, as shipped with Babel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale

from traboule.core.codes import vocabulary
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold
from traboule.linkage.names.phonetics import skeleton
from traboule.linkage.names.tokens import token_texts

_LONGEST = 200
_PARTS = re.compile(r"[,،;؛/()\[\]|\n]+")
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def place_key(text: str) -> str:
    """Return the key of the first town named in ``text``, ignoring countries before or after it."""
    countries = vocabulary("countries")
    for part in _PARTS.split(text[:_LONGEST]):
        words = [word for word in _WORDS.findall(fold(part)) if not word.isdecimal()]
        city = _city(" ".join(words))
        identifying = [word for word in words if word not in _dropped()]
        city = city or _city(" ".join(identifying))
        if city:
            return city
        if not identifying or countries.find(" ".join(words)) is not None or countries.find(part.strip()) is not None:
            continue
        return " ".join(sorted(skeleton(token) for token in token_texts("", " ".join(identifying))))
    return ""


def _city(name: str) -> str:
    zone = _cities().get(name)
    if zone is None and len(name) > 1 and name[-1] in _endings():
        zone = _cities().get(name[:-1])
    return f"@{zone}" if zone else ""


@cache
def _cities() -> dict[str, str]:
    """Return folded names to the time zone named after the city; names shared by two cities are left out."""
    zones_by_name: dict[str, set[str]] = {}
    for language in _declared()["languages"]:
        for zone, details in Locale.parse(language).time_zones.items():
            area, _, last = zone.rpartition("/")
            if not area or area in ("Etc", "SystemV", "US") or "Vostok" in zone:
                continue
            for name in {details.get("city") or "", last.replace("_", " ")} - {""}:
                zones_by_name.setdefault(" ".join(_WORDS.findall(fold(name))), set()).add(zone)
    return {name: min(zones) for name, zones in zones_by_name.items() if len(zones) == 1 and name}


@cache
def _dropped() -> frozenset[str]:
    return frozenset(fold(word) for line in _declared()["dropped"] for word in line)


@cache
def _endings() -> frozenset[str]:
    return frozenset(_declared()["endings"])


def _declared() -> Mapping[str, Any]:
    return catalogue("traboule.linkage.fields", "places.yaml")
