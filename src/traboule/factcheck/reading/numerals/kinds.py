"""Tell what a number is that is no figure: a year, an age, money, a telephone number, an hour, a rank.

In: mentions with their surroundings. Out: a kind for each, empty where the number may be a figure. Guaranteed: what
looks like a year or an age is never judged as a count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from traboule.factcheck.reading.lexicon import Tag
from traboule.factcheck.reading.markers import Folded, Token
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.numerals.mentions import NumberReader

_PHONE = re.compile(r"(?<![\w.,])\+?\(?\d[\d() .\-/]{6,22}\d(?![\w])")
_YEAR_THEN_NUMBER = re.compile(r"(?:19|20)\d\d \d{1,3}(?:([ .,])\d{3})(?:\1\d{3})*")
_GROUPS_OF_THREE = re.compile(r"\d{1,3}([ .,])\d{3}(?:\1\d{3})*")
_ITEM = re.compile(r"\d{1,2}[.)](?=\s*\w)(?!\d)")
# No item of a list is set further in.
_INDENT = 12
_MONEY_SIGNS = frozenset("$€£¥₹")
_COUNTED_NOUNS: tuple[str, ...] = (
    "nouns.arrest",
    "nouns.victim",
    "nouns.migrant",
    "nouns.suspect",
    "nouns.flight",
    "nouns.check",
    "nouns.person",
    "nouns.officer",
)
_OLDEST = 120


def phone_numbers(folded: Folded, tokens: Sequence[Token]) -> list[Mention]:
    """Return runs of digits that are telephone numbers: at least eight digits, not in groups of three."""
    starts = {token.start: index for index, token in enumerate(tokens)}
    phones = []
    for match in _PHONE.finditer(folded.text):
        run = match.group()
        digits = sum(sign.isdecimal() for sign in run)
        grouped = _GROUPS_OF_THREE.fullmatch(run) is not None
        if re.search(r"\d[.,] ", run) or _YEAR_THEN_NUMBER.fullmatch(run):
            # A sentence ended in between: "in 2025. 4 414 victims"; "en 2024 2.517 detenciones".
            continue
        first = starts.get(match.start())
        parts = re.findall(r"\d+", run)
        international = run.startswith("+") or parts[0].startswith("0")
        if first is None or digits < 8 or grouped or not (international or len(parts) >= 3):
            continue
        last = first
        while last < len(tokens) and tokens[last].start < match.end():
            last += 1
        phones.append(Mention(first, last, 0, "phone", opening=first, closing=last))
    return phones


class KindReader:
    """Tells the kind of each number of one text."""

    def __init__(
        self, folded: Folded, reader: NumberReader, tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]]
    ) -> None:
        """Take the text, its number reader, tokens and tags."""
        self._folded = folded
        self._reader = reader
        self._tokens = tokens
        self._tags = tags

    def kind(self, mention: Mention) -> str:
        """Return year, age, money, time, rank, phone, name, ordinal, length (a length of time), or nothing."""
        if mention.kind in ("phone", "name", "ordinal"):
            return mention.kind
        for kind, test in (
            ("money", self._money),
            ("time", self._time),
            ("year", self._year),
            ("age", self._age),
            ("rank", self._rank),
        ):
            if test(mention):
                return kind
        return ""

    def _money(self, mention: Mention) -> bool:
        if self._text(mention.first - 1) in _MONEY_SIGNS or self._text(mention.last) in _MONEY_SIGNS:
            return True
        before = self._reader.hedges.phrase_before(mention.first, "money.before")
        after = any(
            self._reader.tag(mention.last + step, "money.after") and not self._breaks(mention.last, step)
            for step in (0, 1)
        )
        return before is not None or after

    def _breaks(self, place: int, steps: int) -> bool:
        return any(
            self._tokens[place + step].kind == "sign" for step in range(steps) if place + step < len(self._tokens)
        )

    def _time(self, mention: Mention) -> bool:
        tokens, after = self._tokens, mention.last
        if self._text(after) == ":" and after + 1 < len(tokens):
            return tokens[after + 1].kind == "number" and tokens[after].start == tokens[after - 1].end
        before = mention.first - 1
        if self._text(before) == ":" and before > 0:
            return tokens[before - 1].kind == "number" and tokens[before].end == tokens[mention.first].start
        glued = after < len(tokens) and tokens[after].start == tokens[after - 1].end
        return glued and self._text(after) in ("h", "am", "pm", "gmt") and self._tokens[mention.first].kind == "number"

    def _year(self, mention: Mention) -> bool:
        text = self._tokens[mention.first].text
        if not (text.isdecimal() and len(text) == 4 and 1900 <= int(text) <= 2100):
            return False
        if mention.last - mention.first != 1 and mention.high is None:
            return False
        counts_noun = any(tag.name in _COUNTED_NOUNS for tag in self._tags_at(mention.last))
        dated = any(
            tag.name in ("date_words", "stops", "month", "nouns.operation") for tag in self._tags_at(mention.first - 1)
        )
        return dated or not counts_noun

    def _age(self, mention: Mention) -> bool:
        if mention.value >= _OLDEST or mention.kind == "share":
            return False
        before = self._reader.hedges.phrase_before(mention.opening, "age.before")
        nearer = self._reader.hedges.phrase_before(mention.first, "age.before")
        after = self._reader.tag(mention.last, "age.after")
        return before is not None or nearer is not None or after is not None

    def _rank(self, mention: Mention) -> bool:
        token = self._tokens[mention.first]
        before = self._folded.text[max(token.start - _INDENT, 0) : token.start]
        if _ITEM.match(self._folded.text, token.start) and not before.rpartition("\n")[2].strip():
            # "3. On the national level, …": an item's number.
            return "\n" in before or token.start < _INDENT
        place = mention.first
        while place > 0 and self._text(place - 1) in (".", ":", "#", "°"):
            if self._text(place - 1) in ("#", "°"):
                return True
            place -= 1
        return self._reader.hedges.phrase_before(place, "rank_before") is not None

    def _text(self, place: int) -> str:
        return self._tokens[place].text if 0 <= place < len(self._tokens) else ""

    def _tags_at(self, place: int) -> tuple[Tag, ...]:
        return self._tags[place] if 0 <= place < len(self._tags) else ()
