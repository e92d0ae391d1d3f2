"""The languages of the house and how each is written: direction, digits, dates, list separator.

In: ``locale/<language>/language.yaml``. Out: one :class:`Language` a code. A further language is one folder there and
its code in this file's lists: first among those that grow, where English stands in for what is not translated, then
among those in which everything stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

# The languages in which everything stands; forms, faults and documents are offered in these.
LANGUAGES: tuple[str, ...] = ("en", "fr", "es", "ar")
# Languages whose catalogues are still growing: what is not translated stands in English.
GROWING_LANGUAGES: tuple[str, ...] = ("pt",)
# The languages that can be spoken to a person, English where a growing one lacks the words.
SPOKEN_LANGUAGES: tuple[str, ...] = (*LANGUAGES, *GROWING_LANGUAGES)


@dataclass(frozen=True, slots=True)
class Language:
    """How one language is written.

    ``locale`` is the CLDR locale of its dates and numbers, ``tag`` the BCP 47 tag documents carry, ``numbering`` the
    CLDR numbering system of its digits, ``separator`` what stands between the entries of a list.
    """

    code: str
    name: str
    locale: str
    tag: str
    right_to_left: bool = False
    numbering: str = "latn"
    separator: str = ", "


@cache
def how_written(code: str) -> Language:
    """Return how the language ``code`` is written; a language without a folder follows its CLDR locale."""
    if code not in SPOKEN_LANGUAGES:
        return Language(code=code, name=code, locale=code, tag=code)
    text = files("traboule").joinpath("locale", code, "language.yaml").read_text(encoding="utf-8")
    return Language(code=code, **yaml.load(text, Loader=yaml.CSafeLoader))


def is_right_to_left(code: str) -> bool:
    """Tell whether the language ``code`` is written from the right."""
    return how_written(code).right_to_left


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Return the text in ``language``, in English where there is none."""
    return texts.get(language, texts["en"])


def without_growing(texts: Mapping[str, str], keep: Collection[str] = ()) -> dict[str, str]:
    """Return texts by language without those of growing languages but ``keep``: what is hashed or released stays the
    same while a translation grows."""
    return {language: text for language, text in texts.items() if language not in GROWING_LANGUAGES or language in keep}
