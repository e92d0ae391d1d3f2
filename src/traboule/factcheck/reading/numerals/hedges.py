"""Read the hedges of numbers: "more than", "some", "or more", and the signs "+", "~" and ">".

In: a mention and the tokens around it. Out: the mention with its hedge and its span. Guaranteed: a hedge touches its
number; none stands before a quotation mark, at the end of a longer name or behind a verb of spreading ("stretched over
116 countries").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traboule.factcheck.reading.lexicon import Tag
from traboule.factcheck.reading.markers import Folded, Token
from traboule.factcheck.reading.numerals.mention import Mention

_LONGEST_PHRASE = 6
# Nothing is close to a number that is no multiple of this.
_ROUND = 5
# The same in every language. A plus before an exact number ("+1,227") tells of a change.
_SIGNS = {"~": "about", "≈": "about", "±": "about", ">": "more_than", "<": "less_than", "≥": "at_least", "≤": "up_to"}


class HedgeReader:
    """Reads the hedges of one text's numbers."""

    def __init__(self, folded: Folded, tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]]) -> None:
        """Take the text's tokens with their tags."""
        self._folded = folded
        self._tokens = tokens
        self._tags = tags

    def hedged(self, mention: Mention) -> Mention:
        """Return ``mention`` with its hedge, and with where that begins and ends."""
        opening = mention.opening if mention.opening >= 0 else mention.first
        hedge, closing = "", mention.last
        before = self.phrase_before(mention.first - self._shortened(mention.first), "approximators.")
        sign = self._sign_before(mention)
        if self._plus_of(mention.first - 1):
            hedge, opening = "more_than", mention.first - 2
        elif sign:
            hedge, opening = sign, mention.first - 1
        elif before is not None and self._touches(before[0], before[1], mention):
            tag, opening = before
            hedge = tag.name.removeprefix("approximators.")
        after = next((t for t in self._tags_at(mention.last) if t.name.startswith("approximators_after.")), None)
        if not hedge and after is not None and not self._ends_sentence(mention.last):
            hedge, closing = after.name.removeprefix("approximators_after."), mention.last + after.length
        if self._plus_follows(mention):
            hedge, closing = hedge or "at_least", mention.last + 1
        if not hedge and mention.approximate:
            hedge = "about"
        return replace(mention, hedge=hedge, opening=opening, closing=closing)

    def _shortened(self, place: int) -> bool:
        """Tell whether the dot of a short word, as in "ca. 24.000", stands before the token at ``place``."""
        dot = place - 1
        return dot > 0 and self._tokens[dot].text == "." and self._tokens[dot].start == self._tokens[dot - 1].end

    def phrase_before(self, place: int, prefix: str) -> tuple[Tag, int] | None:
        """Return the longest phrase tagged ``prefix`` that ends just before ``place``, and its start."""
        for length in range(min(_LONGEST_PHRASE, place), 0, -1):
            if self._tokens[place - length].sentence != self._tokens[min(place, len(self._tokens) - 1)].sentence:
                continue
            for tag in self._tags[place - length]:
                if tag.name.startswith(prefix) and tag.length == length:
                    return tag, place - length
        return None

    def _touches(self, tag: Tag, place: int, mention: Mention) -> bool:
        between = self._folded.text[self._tokens[mention.first - 1].end : self._tokens[mention.first].start]
        if '"' in between or self._within_a_name(place):
            # 'Headlines about "2,517 traffickers"'.
            return False
        if tag.name == "approximators.close_to" and mention.kind == "count" and mention.value % _ROUND:
            # "Sie denkt an die 24 Frauen."
            return False
        # "Spread over 116 countries" is no more than 116; "ran nearly 8 million checks" is nearly so many.
        spread = any(t.name == "spreading" for t in self._tags_at(place - 1))
        return tag.length > 1 or tag.name != "approximators.more_than" or not spread

    def _sign_before(self, mention: Mention) -> str:
        """Return what the sign before a number says; a plus only where it is written onto a round number."""
        place = mention.first - 1
        if place < 0 or mention.kind != "count" or self._tokens[place].sentence != self._tokens[place + 1].sentence:
            return ""
        sign, written_on = self._tokens[place].text, self._tokens[place].end == self._tokens[place + 1].start
        if sign == "+":
            summed = place > 0 and self._tokens[place - 1].kind == "number"
            return "at_least" if written_on and not summed and mention.value % 10 == 0 else ""
        # At the head of a line ">" quotes another's mail.
        quoted = not written_on and (place == 0 or self._ends_sentence(place))
        return "" if quoted else _SIGNS.get(sign, "")

    def _plus_of(self, place: int) -> bool:
        """Tell whether "+ de" ends at ``place``: "more than", in shorthand."""
        linked = place > 0 and any(tag.name == "linking" and tag.length == 1 for tag in self._tags_at(place))
        return linked and self._tokens[place - 1].text == "+" and not self._ends_sentence(place)

    def _ends_sentence(self, place: int) -> bool:
        return self._tokens[place].sentence != self._tokens[place - 1].sentence

    def _within_a_name(self, place: int) -> bool:
        """Tell whether a hedge at ``place`` ends a longer name: the "de l'ordre de" of "forces de l'ordre de"."""
        return any(
            tag.length > back and tag.name in ("authorities", "nouns.officer")
            for back in range(1, min(3, place) + 1)
            for tag in self._tags[place - back]
        )

    def _tags_at(self, place: int) -> tuple[Tag, ...]:
        return self._tags[place] if 0 <= place < len(self._tags) else ()

    def _plus_follows(self, mention: Mention) -> bool:
        tokens, after = self._tokens, mention.last
        return after < len(tokens) and tokens[after].text == "+" and tokens[after].start == tokens[after - 1].end
