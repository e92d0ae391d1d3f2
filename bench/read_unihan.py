"""Write the readings of Chinese characters outside Mandarin that the package ships, from the Unicode Han Database.

In comes the folder of ``Unihan_Readings.txt``, ``Unihan_Variants.txt``, ``Unihan_OtherMappings.txt`` and
``Unihan_DictionaryLikeData.txt``; out goes ``names/learned/characters.json``: for each system and each of its
syllables, the characters so read. It promises: the same files give the same bytes; only characters of general use, and
those allowed in Korean and Japanese names, are kept. Run: ``python bench/read_unihan.py FOLDER``.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

SHIPPED = Path(__file__).parents[1] / "src" / "traboule" / "linkage" / "names" / "learned" / "characters.json"
ATTRIBUTION = (
    "Readings derived from the Unicode Han Database (Unihan), fields kCantonese, kHangul and kVietnamese. Copyright "
    "Unicode, Inc.; Unicode License V3 (https://www.unicode.org/license.txt)."
)
_SYSTEMS = {"kCantonese": "cantonese", "kHangul": "korean", "kVietnamese": "vietnamese"}
# A character with one of these is in general use, or allowed in names.
_IN_USE = frozenset({"kFrequency", "kGradeLevel", "kKoreanName", "kJoyoKanji", "kJinmeiyoKanji", "kTGH"})
_MOST_READINGS = 3


def _rows(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield character, field and value."""
    for name in ("Readings", "Variants", "OtherMappings", "DictionaryLikeData"):
        for line in (folder / f"Unihan_{name}.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("U+"):
                point, field, value = line.split("\t")
                yield chr(int(point[2:], 16)), field, value


def _syllables(system: str, value: str) -> list[str]:
    """Return the readings that a value gives, without tones."""
    if system == "korean":
        return [each.split(":")[0] for each in value.split()]
    plain = value.translate({ord("đ"): "d"})
    if system == "vietnamese":
        plain = "".join(mark for mark in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(mark))
    return list(dict.fromkeys(re.sub("[0-9]", "", plain).split()))


def readings(folder: Path) -> dict[str, dict[str, str]]:
    """Return for each system its syllables and the characters so read, each in its order."""
    found: dict[str, dict[str, list[str]]] = {system: {} for system in _SYSTEMS.values()}
    used, traditional = set(), {}
    for mark, field, value in _rows(folder):
        if field in _SYSTEMS:
            system = _SYSTEMS[field]
            found[system][mark] = _syllables(system, value)[:_MOST_READINGS]
        elif field in _IN_USE:
            used.add(mark)
        elif field == "kTraditionalVariant":
            traditional[mark] = [chr(int(point[2:], 16)) for point in value.split()]
    grouped: dict[str, dict[str, str]] = {}
    for system, by_mark in found.items():
        groups: dict[str, list[str]] = {}
        for mark in sorted(used):
            others = [each for other in traditional.get(mark, []) for each in by_mark.get(other, [])]
            for syllable in dict.fromkeys(by_mark.get(mark) or others):
                groups.setdefault(syllable, []).append(mark)
        grouped[system] = {syllable: "".join(marks) for syllable, marks in sorted(groups.items())}
    return grouped


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    content = {"attribution": ATTRIBUTION, **readings(parser.parse_args().folder)}
    SHIPPED.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
