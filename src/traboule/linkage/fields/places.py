"""One key for a place, whatever the script or the language its name is filed in.

In comes a place of birth as filed; out goes a key, or an empty text where no town is named. It promises: pure, never
raises; a town that CLDR knows under several names (Cairo, Le Caire, القاهرة, Каир) is one; any other is compared by its
sounds, without the words that say what sort of place it is; a country alone says nothing here, citizenship is for that.

Source: Unicode CLDR, exemplar cities of time zones, as Babel has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from babel import Locale

from traboule.core.codes import vocabulary
from traboule.core.spelling import fold
from traboule.core.words import catalogue
from traboule.linkage.names.sounds import skeleton
from traboule.linkage.names.tokens import tokens

_LONGEST = 200
_PARTS = re.compile(r"[,،;؛/()\[\]|\n]+")
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def place_key(text: str) -> str:
    """Return the key of the first town named in ``text``; countries before or behind it are left aside."""
    countries = vocabulary("countries")
    for part in _PARTS.split(text[:_LONGEST]):
        words = [word for word in _WORDS.findall(fold(part)) if not word.isdecimal()]
        city = _city(" ".join(words))
        kept = [word for word in words if word not in _dropped()]
        city = city or _city(" ".join(kept))
        if city:
            return city
        if not kept or countries.find(" ".join(words)) is not None or countries.find(part.strip()) is not None:
            continue
        return " ".join(sorted(skeleton(token) for token in tokens("", " ".join(kept))))
    return ""


def _city(name: str) -> str:
    found = _cities().get(name)
    if found is None and len(name) > 1 and name[-1] in _endings():
        found = _cities().get(name[:-1])
    return f"@{found}" if found else ""


@cache
def _cities() -> dict[str, str]:
    """Return folded names to the zone whose city it is; names of two cities are of none."""
    found: dict[str, set[str]] = {}
    for language in _declared()["languages"]:
        for zone, told in Locale.parse(language).time_zones.items():
            area, _, last = zone.rpartition("/")
            if not area or area in ("Etc", "SystemV", "US") or "Vostok" in zone:
                continue
            for name in {told.get("city") or "", last.replace("_", " ")} - {""}:
                found.setdefault(" ".join(_WORDS.findall(fold(name))), set()).add(zone)
    return {name: min(zones) for name, zones in found.items() if len(zones) == 1 and name}


@cache
def _dropped() -> frozenset[str]:
    return frozenset(fold(word) for line in _declared()["dropped"] for word in line)


@cache
def _endings() -> frozenset[str]:
    return frozenset(_declared()["endings"])


def _declared() -> Mapping[str, Any]:
    return catalogue("traboule.linkage.fields", "places.yaml")
