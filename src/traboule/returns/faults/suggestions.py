"""Suggest codes for a word that no vocabulary contains: by meaning first, by edit distance only as a last resort.

In: the name of a vocabulary and a text that ``Vocabulary.find`` did not find. Out: codes. Guaranteed: pure; a text near
to two codes suggests neither; a negation is never suggested for a text without one, nor the reverse. A wrong suggestion
is entered by a tired officer; a missing one only sends them to the list.

The distance is optimal string alignment: insertions, deletions, replacements, and exchanges of two neighbours.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from traboule.core.codes import vocabulary
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.core.language.spelling import fold

MOST = 3
# Letters a text must have for one slip to be forgiven, and for two.
_ONE_SLIP, _TWO_SLIPS = 4, 8
# Any other code must lie at least this much farther: Austrla may be Austria or Australia.
_MARGIN = 2
_WORD = re.compile(r"[^\W\d_]+")
_WORD_TELLS = 4


@dataclass(frozen=True, slots=True)
class _Spellings:
    """The spellings of a vocabulary: folded text and its code, side by side; ``places`` are names within a country."""

    texts: tuple[str, ...]
    codes: tuple[str, ...]
    words: Mapping[str, frozenset[frozenset[str]]]
    places: Mapping[str, str]


@lru_cache(maxsize=4096)
def suggested(name: str, text: str) -> tuple[str, ...]:
    """Return the codes of the vocabulary ``name`` that ``text`` may stand for, at most ``MOST``; often none."""
    folded = fold(text)
    spellings = _spellings(name)
    if folded in spellings.places:
        return (spellings.places[folded],)
    return _shared(folded, spellings) or _by_words(folded, spellings) or _by_letters(folded, spellings)


def _shared(folded: str, spellings: _Spellings) -> tuple[str, ...]:
    """Return the codes that share this very spelling, which therefore stands for none of them."""
    return _limited(code for text, code in zip(spellings.texts, spellings.codes, strict=True) if text == folded)


def _by_words(folded: str, spellings: _Spellings) -> tuple[str, ...]:
    """Return the codes with a label that has exactly these words, else those with a label that has them and more."""
    typed = _words(folded)
    if not any(len(word) >= _WORD_TELLS for word in typed):
        return ()
    no = _negations()
    same: list[str] = []
    wider: list[str] = []
    for code, labels in spellings.words.items():
        if typed in labels:
            same.append(code)
        elif any(typed < label and label & no == typed & no for label in labels):
            wider.append(code)
    if same:
        return _limited(same)
    # Dominican is a word of the Dominican Republic, and one letter from Dominica.
    rivals = {
        spellings.codes[place] for *_, place in extract(folded, spellings.texts, scorer=OSA.distance, score_cutoff=1)
    }
    return _limited(wider) if rivals <= set(wider) else ()


def _by_letters(folded: str, spellings: _Spellings) -> tuple[str, ...]:
    """Return the one code within a slip or two of ``folded``, where no other is nearly as near."""
    slips = 0 if len(folded) < _ONE_SLIP else 1 if len(folded) < _TWO_SLIPS else 2
    if not slips:
        return ()
    distances: dict[str, int] = {}
    begins_alike: set[str] = set()
    for text, distance, place in extract(
        folded, spellings.texts, scorer=OSA.distance, score_cutoff=slips + _MARGIN - 1, limit=None
    ):
        code = spellings.codes[place]
        distances[code] = min(distance, distances.get(code, distance))
        if distance <= slips and text[:1] == folded[:1] and not _denies(text, folded):
            begins_alike.add(code)
    if not distances:
        return ()
    nearest = min(distances, key=lambda code: distances[code])
    least = distances.pop(nearest)
    alone = all(distance >= least + _MARGIN for distance in distances.values())
    return (nearest,) if alone and nearest in begins_alike else ()


def _denies(left: str, right: str) -> bool:
    """Tell whether one of two texts says no and the other does not."""
    no = _negations()
    return bool(no & _words(left)) != bool(no & _words(right))


def _limited(codes: Iterable[str]) -> tuple[str, ...]:
    distinct = tuple(dict.fromkeys(codes))
    return distinct if len(distinct) <= MOST else ()


@cache
def _spellings(name: str) -> _Spellings:
    code_list = vocabulary(name)
    pairs = [(fold(text), code) for code in code_list.codes for text in code_list.spellings(code)]
    words: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
    for text, code in pairs:
        words[code].add(_words(text))
    return _Spellings(
        texts=tuple(text for text, _ in pairs),
        codes=tuple(code for _, code in pairs),
        words={code: frozenset(labels) for code, labels in words.items()},
        places=_cities() if name == "countries" else {},
    )


def _words(folded: str) -> frozenset[str]:
    """Return the words of a folded text that carry meaning; articles and prepositions do not."""
    return frozenset(_WORD.findall(folded)) - _fillers()


@cache
def _fillers() -> frozenset[str]:
    return frozenset(map(fold, catalogue("traboule.returns.faults", "suggestions.yaml")["fillers"]))


@cache
def _negations() -> frozenset[str]:
    return frozenset(map(fold, catalogue("traboule.returns.faults", "suggestions.yaml")["negations"]))


@cache
def _cities() -> dict[str, str]:
    """Return folded names of cities that CLDR knows by their time zones, with the country of each."""
    country_of: Mapping[str, str] = get_global("zone_territories")
    code_list = vocabulary("countries")
    cities: dict[str, set[str]] = {}
    for zone, country in country_of.items():
        names = [zone.rpartition("/")[2].replace("_", " ")]
        names += [str(Locale.parse(language).time_zones.get(zone, {}).get("city", "")) for language in LANGUAGES]
        for spelling in filter(None, names):
            if country in code_list:
                cities.setdefault(fold(spelling), set()).add(country)
    return {
        city: countries.pop() for city, countries in cities.items() if len(countries) == 1 and not code_list.find(city)
    }
