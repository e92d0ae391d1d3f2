"""Tag tokens with the lexicon of one language, read from its YAML file.

In: tokens. Out: tags, such as ``nouns.victim`` or ``approximators.more_than``, each with the number of tokens it covers
and, for number words and countries, its value. Guaranteed: a language is data; no code knows a word of any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel import Locale

from traboule.core.errors import Broken
from traboule.core.language.messages import catalogue
from traboule.factcheck.reading.lexicon.compounds import CompoundReader
from traboule.factcheck.reading.markers import Token, fold_words

PACKAGE = "traboule.factcheck"
LANGUAGES: tuple[str, ...] = ("en", "fr", "es", "ar", "de", "pt")
# Stands for a continent or a sea where a country's code would stand.
REGION = "-"
_ARTICLE = "ال"
# No entry begins with more letters than this.
_LONGEST_BEGINNING = 24
# No longer time is written as one word with its number.
_LONGEST_COMPOUND = 31
# Sections that hold levels of names ("nouns": "victim", …), and those that are lists of phrases.
_LEVELS = (
    "nouns",
    "qualifiers",
    "verbs",
    "part",
    "approximators",
    "approximators_after",
    "scope",
    "age",
    "money",
    "status",
    "range_words",
    "derived",
)
_LISTS = (
    "theme",
    "theme_link",
    "accusing",
    "other_context",
    "compared",
    "against",
    "rank_before",
    "date_words",
    "towards",
    "negations",
    "stops",
    "coordinators",
    "linking",
    "auxiliaries",
    "count_words",
    "authorities",
    "month_parts",
    "databases",
    "origins",
    "joining",
    "during",
    "coasts",
    "other_bodies",
    "spreading",
    "also",
    "relatives",
    "lasting",
    "forms",
    "examining",
    "instruments",
)
# Lists that are looked up in their own places alone: to whoever asks what is known of a word they are nothing.
ASIDES = ("length_words", "many_countries", "freed_from", "ending")


# Sections that give each of their values its words, and the name of their tags.
_VALUED = {"editions": "edition", "editions_bare": "edition_bare", "months": "month", "day_names": "day_name"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that begins at one token: its name, how many tokens it covers, and a value where it has one."""

    name: str
    length: int
    value: Any = None


@dataclass(frozen=True, slots=True)
class _LexiconEntry:
    words: tuple[str, ...]
    tag: str
    value: Any


class _WordSet:
    """Single words, and beginnings of words, of one language."""

    def __init__(self, entries: Sequence[str]) -> None:
        words = {word for entry in entries for word in fold_words(entry)}
        self._words = frozenset(word for word in words if not word.endswith("*"))
        self._beginnings = tuple(word.removesuffix("*") for word in words if word.endswith("*"))

    def hold(self, stems: Sequence[str]) -> bool:
        return any(stem in self._words or stem.startswith(self._beginnings) for stem in stems)


class Lexicon:
    """All entries of one language, looked up by their first word or its beginning."""

    def __init__(self, language: str) -> None:
        """Read the language's file, its countries' names (CLDR) and their people's names."""
        content = {**catalogue(PACKAGE, f"lexicons/{language}.yaml"), **_hedge_words(language)}
        self.language = language
        self.prefixes: tuple[str, ...] = tuple(
            sorted((word for entry in content.get("prefixes", ()) for word in fold_words(entry)), key=len, reverse=True)
        )
        self.units_before_tens = bool(content["numbers"].get("units_before_tens", False))
        self.verb_last = bool(content.get("verb_last", False))
        self.verb_first = bool(content.get("verb_first", False))
        self.months_capital = bool(content.get("months_capital", False))
        self.nouns_capital = bool(content.get("nouns_capital", False))
        self.adjective_follows = bool(content.get("adjective_follows", False))
        self.plural_ends: tuple[str, ...] = tuple(content.get("plural_ends", ()))
        self.finite_ends: tuple[str, ...] = tuple(content.get("finite_ends", ()))
        self.ordinal_dot = bool(content.get("ordinal_dot", False))
        self._producing = _WordSet(content.get("producing", ()))
        self._aftermath = _WordSet(content.get("aftermath", ()))
        self._events = _WordSet(content.get("events", ()))
        self._compounds = CompoundReader(content["numbers"])
        self._words: dict[str, list[_LexiconEntry]] = defaultdict(list)
        self._beginnings: dict[str, list[_LexiconEntry]] = defaultdict(list)
        for tag, phrase, value in _phrases(content):
            self._add(tag, phrase, value)
        self._add_places(content, language)

    def tags(self, tokens: Sequence[Token]) -> list[tuple[Tag, ...]]:
        """Return the tags that begin at each token, longest first."""
        entries_by_word: dict[str, tuple[tuple[str, ...], tuple[_LexiconEntry, ...]]] = {}
        for token in tokens:
            if token.text not in entries_by_word:
                stems = self._stems(token.text) if token.kind == "word" else (token.text,)
                entries_by_word[token.text] = (stems, tuple(e for stem in stems for e in self._beginning(stem)))
        stems_at = [entries_by_word[token.text][0] for token in tokens]
        tags = [
            self._tags_at(tokens, stems_at, place, entries_by_word[token.text][1]) if token.kind != "mask" else ()
            for place, token in enumerate(tokens)
        ]
        return [token_tags or self._compound(token) for token_tags, token in zip(tags, tokens, strict=True)]

    def produces(self, word: str) -> bool:
        """Tell whether a word says that a number results or is reported: "made", "reports".

        Such words are no tags, since other readers treat them like unknown words.
        """
        return self._producing.hold(self._stems(word))

    def comes_after(self, word: str) -> bool:
        """Tell whether a word speaks of what happens to those counted later, or of who handles them then: "bail",
        "trial", "shelter", "family". Such words are no tags either."""
        return self._aftermath.hold(self._stems(word))

    def takes_days(self, word: str) -> bool:
        """Tell whether a word is of what takes days of its own beside an operation: "workshop", "trial", "phase"."""
        return self._events.hold(self._stems(word))

    def _compound(self, token: Token) -> tuple[Tag, ...]:
        value = self._compounds.value(token.text) if token.kind == "word" else None
        return () if value is None else (Tag("number.units", 1, value),)

    def _tags_at(
        self,
        tokens: Sequence[Token],
        stems: Sequence[tuple[str, ...]],
        place: int,
        entries: Sequence[_LexiconEntry],
    ) -> tuple[Tag, ...]:
        tags: dict[tuple[str, Any], Tag] = {}
        for entry in entries:
            length = len(entry.words)
            key = (entry.tag, str(entry.value))
            longer = key not in tags or tags[key].length < length
            if longer and (length == 1 or self._fits(entry, tokens, stems, place)):
                tags[key] = Tag(entry.tag, length, entry.value)
        if any(tag.name == "place" for tag in tags.values()):
            # "Argentina" begins like "Argentinian", and in Spanish "china" is both: the country goes first.
            tags = {key: tag for key, tag in tags.items() if tag.name != "people"}
        return tuple(sorted(tags.values(), key=lambda tag: (-tag.length, tag.name)))

    def _fits(
        self, entry: _LexiconEntry, tokens: Sequence[Token], stems: Sequence[tuple[str, ...]], place: int
    ) -> bool:
        if place + len(entry.words) > len(tokens):
            return False
        for offset, word in enumerate(entry.words[1:], start=1):
            if tokens[place + offset].sentence != tokens[place].sentence:
                return False
            if not any(_matches(word, stem) for stem in stems[place + offset]):
                return False
        return True

    def _beginning(self, stem: str) -> Iterator[_LexiconEntry]:
        yield from self._words.get(stem, ())
        for length in range(2, min(len(stem), _LONGEST_BEGINNING) + 1):
            yield from self._beginnings.get(stem[:length], ())

    def _stems(self, word: str) -> tuple[str, ...]:
        cut = [word[len(prefix) :] for prefix in self.prefixes if word.startswith(prefix)]
        return (word, *(stem for stem in cut if len(stem) > 1))

    def _add(self, tag: str, phrase: str, value: Any) -> None:
        words = fold_words(phrase)
        if self.prefixes:
            # The "أل" of "ألبانيا" is no article, though folded it looks like one.
            written = phrase.split()
            own = [len(written) == len(words) and written[place].startswith("أ") for place in range(len(words))]
            words = tuple(
                w if keeps_article or len(w) <= 4 else w.removeprefix(_ARTICLE)
                for w, keeps_article in zip(words, own, strict=True)
            )
        if not words:
            raise Broken("claims-lexicon", language=self.language, entry=phrase)
        begins = words[0].endswith("*")
        table = self._beginnings if begins else self._words
        table[words[0].removesuffix("*")].append(_LexiconEntry(words, tag, value))

    def _add_places(self, content: Mapping[str, Any], language: str) -> None:
        # "Montenegros Polizei": where a country's name takes an ending before what is its own.
        genitive = str(content.get("genitive", ""))
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"):
                self._add("place", str(name), code)
                if genitive and " " not in str(name):
                    self._add("place", f"{name}{genitive}", code)
        for name in content["regions"]:
            self._add("place", name, REGION)
        for code, names in content["places"].items():
            for name in names:
                self._add("place", name, code)
        for code, languages in catalogue(PACKAGE, "lexicons/demonyms.yaml").items():
            for name in languages.get(language, ()):
                self._add("people", name, code)


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of ``language`` (one of :data:`LANGUAGES`), read once."""
    return Lexicon(language)


def _matches(word: str, stem: str) -> bool:
    return stem.startswith(word[:-1]) if word.endswith("*") else stem == word


def _hedge_words(language: str) -> dict[str, Any]:
    """Return one language's hedges, those before a number and those after it, by their kind."""
    table = catalogue(PACKAGE, "lexicons/hedges.yaml")
    return {"approximators": table["before"][language], "approximators_after": table["after"][language]}


def _phrases(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield (tag, phrase, value) for each entry; a list is phrases, a mapping a level of names or of values."""
    for section in _LEVELS:
        for key, phrases in content[section].items():
            for phrase in phrases:
                yield f"{section}.{key}", phrase, None
    for section in (*_LISTS, *ASIDES):
        for phrase in content[section]:
            yield section, phrase, None
    for entry in content["duration_phrases"]:
        for phrase in entry["words"]:
            yield "duration", phrase, entry["days"]
    yield from _day_words(content)
    for section, tag in _VALUED.items():
        for value, phrases in content[section].items():
            for phrase in phrases:
                yield tag, phrase, value
    for day, phrase in enumerate(content["weekdays"]):
        yield "weekday", phrase, day
    yield from _number_words(content["numbers"])


def _day_words(content: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield the lengths that one language writes as one word with their number: "neuntägig"."""
    for suffix in content.get("day_suffixes", ()):
        for word, days in (content["numbers"]["units"] | content["numbers"]["compounds"]).items():
            if 1 < days <= _LONGEST_COMPOUND:
                yield "day_length", f"{word}{suffix}", days


def _number_words(numbers: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for section in ("units", "scales", "collectives", "vague", "fractions", "multiples"):
        for phrase, value in numbers[section].items():
            yield f"number.{section}", phrase, value
    for section, value in (
        ("hundreds", 100),
        ("articles", 1),
        ("joiners", None),
        ("ordinals", None),
        ("percent", None),
    ):
        for phrase in numbers[section]:
            yield f"number.{section}", phrase, value
    for section, value in (
        ("halves", 0.5),
        ("duals", 2),
        ("singulars", 1),
        ("ratios", None),
        ("loose_ratios", None),
        ("each", None),
        ("points", None),
    ):
        for phrase in numbers.get(section, ()):
            yield f"number.{section}", phrase, value
    for suffix in numbers["ordinal_suffixes"]:
        yield "number.ordinal_suffix", suffix, None
