"""Read shares said as so many out of so many: "two out of three", "one arrest in three", "drei von zehn".

In: tokens and tags. Out: the share that begins at a place, or None. Guaranteed: counts are left alone: "one arrest in
three days", "12 in three farms".
"""

from __future__ import annotations

from collections.abc import Sequence

from traboule.factcheck.reading.lexicon import Tag
from traboule.factcheck.reading.markers import Token
from traboule.factcheck.reading.numerals.mention import Mention

_LARGEST, _HUNDRED = 20, 100
# What may be shared out: people and what was done with them. "Two in three cities" counts cities.
_SHARED = frozenset(
    f"nouns.{noun}"
    for noun in ("arrest", "suspect", "victim", "migrant", "person", "minor", "woman", "man", "adult", "case")
)


class RatioReader:
    """Reads the ratios of one text."""

    def __init__(self, tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]]) -> None:
        """Take the text's tokens with their tags."""
        self._tokens = tokens
        self._tags = tags

    def ratio(self, place: int) -> Mention | None:
        """Return the share that begins at ``place``, its noun inside or behind it, None where none does."""
        numerator = self._numerator(place)
        if numerator is None:
            return None
        link = place + numerator.length
        noun = self._noun(link)
        if noun is not None:
            link += noun.length
            # "Une personne arrêtée sur deux".
            link += self._tag(link, "verbs.arrest") is not None
        tag = self._tag(link, "number.ratios") or (None if noun else self._tag(link, "number.loose_ratios"))
        if tag is None:
            return None
        denominator = self._small(link + tag.length) or self._hundred(link + tag.length)
        last = link + tag.length + (denominator.length if denominator else 0)
        if denominator is None or not 0 < numerator.value < denominator.value or not self._one_sentence(place, last):
            return None
        if not (denominator.value <= _LARGEST or denominator.value == _HUNDRED):
            return None
        behind = self._noun(last)
        if behind is not None and (noun is not None or behind.name not in _SHARED):
            # "One arrest in three days", "two in three cities".
            return None
        loose = tag.name == "number.loose_ratios"
        if loose and behind is None and self._unknown(last):
            # "One of four nerve centres" counts what we know nothing of.
            return None
        share = round(numerator.value / denominator.value, 4)
        return Mention(place, last, share, "share", approximate=True, doubtful=loose)

    def _numerator(self, place: int) -> Tag | None:
        return self._tag(place, "number.articles") or self._small(place)

    def _small(self, place: int) -> Tag | None:
        """Return the number below twenty at ``place``, in words or digits."""
        tag = self._tag(place, "number.units") or self._tag(place, "number.duals")
        if tag is not None:
            return tag
        if not 0 <= place < len(self._tokens):
            return None
        token = self._tokens[place]
        small = token.kind == "number" and token.text.isdecimal() and len(token.text) <= 2 and not token.glued
        return Tag("number.units", 1, int(token.text)) if small else None

    def _hundred(self, place: int) -> Tag | None:
        """Return the "100" of "34 out of every 100"."""
        hundred = self._tag(place, "number.hundreds")
        figures = 0 <= place < len(self._tokens) and self._tokens[place].text == str(_HUNDRED)
        return Tag("number.units", 1, _HUNDRED) if figures else hundred

    def _unknown(self, place: int) -> bool:
        """Tell whether a word of which nothing is known stands at ``place``."""
        is_known = place >= len(self._tokens) or self._tokens[place].kind != "word" or self._tags[place]
        return not is_known and self._one_sentence(place - 1, place + 1)

    def _one_sentence(self, first: int, last: int) -> bool:
        return self._tokens[first].sentence == self._tokens[last - 1].sentence

    def _noun(self, place: int) -> Tag | None:
        tags = self._tags[place] if 0 <= place < len(self._tags) else ()
        return next((tag for tag in tags if tag.name.startswith("nouns.")), None)

    def _tag(self, place: int, name: str) -> Tag | None:
        tags = self._tags[place] if 0 <= place < len(self._tags) else ()
        return next((tag for tag in tags if tag.name == name), None)
