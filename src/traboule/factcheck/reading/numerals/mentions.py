"""Read every number of a text, in digits or words.

In: tokens and their tags. Out: mentions: the span of a number, its value and hedge ("more than", "a third", "dozens"),
and whether it is a range or a sum. Guaranteed: any separator is read ("2 517", "2.517", "2,517"), as are scales ("8
million", "3 mil 222") and number words; ordinals and vague numbers are no counts. What a number counts is not decided
here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from traboule.factcheck.reading.lexicon import Lexicon, Tag
from traboule.factcheck.reading.markers import Folded, Token
from traboule.factcheck.reading.numerals.composing import Composer, as_whole_number, digits_value
from traboule.factcheck.reading.numerals.hedges import HedgeReader
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.numerals.ratios import RatioReader

_LARGEST = 10**15
_PERCENT_SIGNS = frozenset({"%"})
# A rise "from 286 to 2,517" is no range; two ends of an honest range lie closer.
_WIDEST_RANGE = 2.5
_WIDEST_SPOKEN = 1.6
_WORDED = (("multiples", "multiple"), ("fractions", "share"), ("vague", "vague"), ("collectives", "count"))


class NumberReader:
    """Reads the numbers of one text."""

    def __init__(
        self, folded: Folded, tokens: Sequence[Token], tags: Sequence[tuple[Tag, ...]], words: Lexicon
    ) -> None:
        """Take the text's tokens with their tags, and the language's lexicon."""
        self._folded = folded
        self._tokens = tokens
        self._tags = tags
        self._words = words
        self._ratio_reader = RatioReader(tokens, tags)
        self.hedges = HedgeReader(folded, tokens, tags)

    def mentions(self, taken: frozenset[int]) -> list[Mention]:
        """Return the mentions in order; tokens ``taken`` (by dates, names, addresses) are passed over."""
        mentions: list[Mention] = []
        place = 0
        while place < len(self._tokens):
            mention = None if place in taken else self._mention(place)
            if mention is None or any(index in taken for index in range(mention.first, mention.last)):
                place += 1
                continue
            mentions.append(mention)
            place = mention.last
        return [self.hedges.hedged(mention) for mention in self._ranges(mentions)]

    def tag(self, place: int, name: str) -> Tag | None:
        """Return the longest tag ``name`` that begins at ``place``."""
        if not 0 <= place < len(self._tags):
            return None
        return next((tag for tag in self._tags[place] if tag.name == name), None)

    def _mention(self, place: int) -> Mention | None:
        for read in (self._worded, self._name, self._ordinal, self._count, self._article):
            mention = read(place)
            if mention is not None:
                return mention
        return None

    def _worded(self, place: int) -> Mention | None:
        """Read "a third of", "dozens of", "a hundred or so", and "une arrestation sur trois"."""
        ratio = self._ratio_reader.ratio(place)
        if ratio is not None:
            return ratio
        dual = self.tag(place, "number.duals")
        if dual is not None:
            return Mention(place, place + dual.length, dual.value, "count")
        for section, kind in _WORDED:
            tag = self.tag(place, f"number.{section}")
            unit = self.tag(place, "number.units")
            # "Half a million" is a number of its own, longer than "half".
            if tag is not None and (unit is None or unit.length <= tag.length):
                approximate = section == "collectives"
                return Mention(place, place + tag.length, tag.value, kind, approximate=approximate)
        return None

    def _name(self, place: int) -> Mention | None:
        in_name = self._tokens[place].kind == "number" and self._in_a_name(place)
        return Mention(place, place + 1, 0, "name") if in_name else None

    def _count(self, place: int) -> Mention | None:
        composed = self._composed(place)
        return self._with_percent(composed) if composed is not None else None

    def _article(self, place: int) -> Mention | None:
        tag = self.tag(place, "number.articles") or self.tag(place, "number.singulars")
        return Mention(place, place + tag.length, 1, "article") if tag is not None else None

    def _in_a_name(self, place: int) -> bool:
        token = self._tokens[place]
        if not token.glued:
            return False
        # In Arabic "and", "in", "for" are written onto the number.
        before = self._tokens[place - 1].text if place else ""
        return before not in self._words.prefixes

    def _ordinal(self, place: int) -> Mention | None:
        tag = self.tag(place, "number.ordinals")
        if tag is not None and not self.tag(place, "number.units") and not self.tag(place, "weekday"):
            return Mention(place, place + tag.length, 0, "ordinal")
        if self._tokens[place].kind == "number" and place + 1 < len(self._tokens):
            after = self._tokens[place + 1]
            written_on = after.start == self._tokens[place].end
            dotted = self._words.ordinal_dot and after.text == "." and self._tokens[place].text.isdecimal()
            if written_on and (dotted or self.tag(place + 1, "number.ordinal_suffix")):
                return Mention(place, place + 2, 0, "ordinal")
        return None

    def _composed(self, place: int) -> Mention | None:
        start = place
        composer = Composer(self._words.units_before_tens)
        if self.tag(place, "number.articles") and self._multiplies(place + 1):
            composer.add("unit", 1, joined=False)
            place += 1
        while place < len(self._tokens) and self._tokens[place].sentence == self._tokens[start].sentence:
            step, joined = place, False
            if place > start and self._joins(place):
                step, joined = place + 1, True
            half = self._half(place) if place > start else 0
            if half and composer.add_half():
                place += half
                continue
            decimal = self._decimal(place) if place > start else 0
            if decimal and composer.add_decimal(self._spoken_digits(place + 1)):
                place += decimal
                continue
            part = self._part(step, begun=place > start)
            if part is None and self._comma(place):
                # "Three thousand, seven hundred and forty-four".
                place += 1
                continue
            if part is None:
                break
            kind, value, length = part
            joined = joined or self._prefixed(step)
            if not composer.add(kind, value, joined=joined):
                break
            place = step + length
        if place == start or composer.value > _LARGEST:
            return None
        collective = self.tag(place, "number.collectives")
        if collective is not None and self._tokens[place].sentence == self._tokens[start].sentence:
            # "Two dozen" is 24.
            composer.add("collective", collective.value, joined=False)
            place += collective.length
        kind = "vague" if composer.only_scale else "count"
        if self._abbreviated(place):
            place += 1
        mention = Mention(start, place, as_whole_number(composer.value), kind)
        return self._repeated(self._summed(mention))

    def _decimal(self, place: int) -> int:
        """Return the length of "point seven" at ``place``, 0 where it is none."""
        point = self.tag(place, "number.points")
        unit = self.tag(place + 1, "number.units") if point is not None and point.length == 1 else None
        same = unit is not None and self._tokens[place + 1].sentence == self._tokens[place].sentence
        return 1 + unit.length if unit is not None and same and unit.value in range(10) else 0

    def _spoken_digits(self, place: int) -> float:
        unit = self.tag(place, "number.units")
        return unit.value / 10 if unit is not None else 0

    def _comma(self, place: int) -> bool:
        """Tell whether a comma at ``place`` stands inside a number in words: after a scale, before hundreds."""
        if self._tokens[place].text != "," or place + 1 >= len(self._tokens) or self._scale(place - 1) is None:
            return False
        unit = self.tag(place + 1, "number.units")
        after = place + 1 + (unit.length if unit is not None else 0)
        hundreds = self.tag(after, "number.hundreds") is not None
        same = after < len(self._tokens) and self._tokens[after].sentence == self._tokens[place].sentence
        return unit is not None and same and (hundreds or unit.value in range(100, 1000))

    def _abbreviated(self, place: int) -> bool:
        """Tell whether the dot at ``place`` belongs to a scale before it: "14 Tsd. Beamte"."""
        if not 0 < place < len(self._tokens) or self._tokens[place].text != ".":
            return False
        before = self._tokens[place - 1]
        return before.kind == "word" and before.end == self._tokens[place].start and self._scale(place - 1) is not None

    def _half(self, place: int) -> int:
        """Return the length of "and a half" at ``place`` where a scale stands before or after it, else 0."""
        tag = self.tag(place, "number.halves")
        if tag is None:
            return 0
        scaled = self._scale(place - 1) is not None or self._scale(place + tag.length) is not None
        # "Two and a half times".
        scaled = scaled or self.tag(place + tag.length, "derived.times") is not None
        return tag.length if scaled else 0

    def _multiplies(self, place: int) -> bool:
        return bool(self.tag(place, "number.hundreds") or self._scale(place))

    def _joins(self, place: int) -> bool:
        return self.tag(place, "number.joiners") is not None

    def _prefixed(self, place: int) -> bool:
        text = self._tokens[place].text
        return bool(self._words.prefixes) and self._tokens[place].kind == "word" and text.startswith("و")

    def _scale(self, place: int) -> Tag | None:
        tag = self.tag(place, "number.scales")
        if tag is None:
            return None
        token = self._tokens[place]
        if len(token.text) > 2:
            return tag
        # "8m" and "24k" are scales only when written onto the digits.
        written_on = (
            place > 0 and self._tokens[place - 1].kind == "number" and self._tokens[place - 1].end == token.start
        )
        # "8 M" is eight million, "8 m" eight metres.
        apart = token.capital and token.text == "m" and place > 0 and self._tokens[place - 1].kind == "number"
        return tag if written_on or apart else None

    def _part(self, place: int, *, begun: bool) -> tuple[str, float, int] | None:
        """Return what one token adds to a number: digits, a unit, a hundred or a scale; its value and length."""
        if place >= len(self._tokens):
            return None
        token = self._tokens[place]
        if token.kind == "number" and begun and self._other_number(place):
            return None
        if token.kind == "number":
            return "digits", digits_value(token.text, before_scale=self._scale(place + 1) is not None), 1
        unit = self.tag(place, "number.units")
        if self.tag(place, "weekday") is not None and (unit is None or unit.length == 1):
            # In Arabic and Portuguese days of the week are numbers too.
            return None
        tags = {"unit": self.tag(place, "number.units"), "hundred": self.tag(place, "number.hundreds")}
        tags["scale"] = self._scale(place)
        for kind, tag in tags.items():
            if tag is not None:
                return kind, tag.value, tag.length
        # "Vingt et un", "treinta y una".
        led = self._joins(place - 1) or self._prefixed(place)
        joined = begun and self.tag(place, "number.articles") is not None and led
        # "17.000 und ein paar" adds no one.
        joined = joined and not self._tagged(place - 1, "approximators_after.")
        return ("unit", 1, 1) if joined else None

    def _other_number(self, place: int) -> bool:
        """Tell whether digits behind a scale begin a number of their own: "2,5 mil e 3,2 mil"."""
        fraction = not float(digits_value(self._tokens[place].text)).is_integer()
        scale, earlier = self._scale(place + 1), self._scale(place - 2)
        return fraction or (scale is not None and earlier is not None and scale.value >= earlier.value)

    def _summed(self, mention: Mention) -> Mention:
        """Read ``14+45`` as one number."""
        tokens, after = self._tokens, mention.last
        if after + 1 < len(tokens) and tokens[after].text == "+" and tokens[after + 1].kind == "number":
            value = mention.value + digits_value(tokens[after + 1].text)
            return replace(mention, last=after + 2, value=as_whole_number(value))
        return mention

    def _repeated(self, mention: Mention) -> Mention:
        """Read the "cent seize (116)" of official papers, words and digits, as one number."""
        tokens, opened = self._tokens, mention.last
        in_words = any(tokens[place].kind == "word" for place in range(mention.first, mention.last))
        if not in_words or opened + 2 >= len(tokens) or (tokens[opened].text, tokens[opened + 2].text) != ("(", ")"):
            return mention
        same = tokens[opened + 1].kind == "number" and digits_value(tokens[opened + 1].text) == mention.value
        return replace(mention, last=opened + 3) if same else mention

    def _with_percent(self, mention: Mention) -> Mention:
        after = mention.last
        tag = self.tag(after, "number.percent")
        if tag is not None:
            return replace(mention, last=after + tag.length, kind="share", value=round(mention.value / 100, 6))
        if after < len(self._tokens) and self._tokens[after].text in _PERCENT_SIGNS:
            return replace(mention, last=after + 1, kind="share", value=round(mention.value / 100, 6))
        # "0.34 of the arrests", bare.
        bare = 0 < mention.value < 1 and self._tokens[mention.first].text.startswith("0")
        linked = bare and (self.tag(after, "linking") or self.tag(after, "part.of") or self.tag(after, "part.after"))
        return replace(mention, kind="share") if linked else mention

    def _ranges(self, mentions: Sequence[Mention]) -> list[Mention]:
        joined: list[Mention] = []
        for mention in mentions:
            previous = joined[-1] if joined else None
            if previous is not None and self._one_range(previous, mention):
                low_end = self.tag(previous.first - 1, "range_words.between")
                joined[-1] = replace(
                    previous,
                    last=mention.last,
                    high=mention.value,
                    kind=mention.kind,
                    opening=previous.first - 1 if low_end else -1,
                )
            else:
                joined.append(mention)
        return joined

    def _one_range(self, low: Mention, high: Mention) -> bool:
        if low.high is not None or low.kind not in ("count", "share") or high.kind not in ("count", "share"):
            return False
        if not low.value < high.value <= low.value * _WIDEST_RANGE or self._yearlike(low) != self._yearlike(high):
            return False
        between = self._folded.text[self._tokens[low.last - 1].end : self._tokens[high.first].start].strip()
        if between == "-":
            return True
        if high.first - low.last != 1:
            # In Arabic "and" is written onto the second number and "to" stands alone, so one token is all there is.
            return False
        if self.tag(low.last, "range_words.to") and self._rounded(low) and self._rounded(high):
            return high.value <= low.value * _WIDEST_SPOKEN
        opened = self.tag(low.first - 1, "range_words.between")
        return bool(opened and self.tag(low.last, "range_words.and"))

    def _rounded(self, mention: Mention) -> bool:
        """Tell whether a number may be an end of a range in words; "from 3,222 to 4,414" tells of a change."""
        return mention.value < 100 or mention.value % 10 == 0

    def _yearlike(self, mention: Mention) -> bool:
        text = self._tokens[mention.first].text
        return mention.last - mention.first == 1 and text.isdecimal() and len(text) == 4 and text[:2] in ("19", "20")

    def _tagged(self, place: int, prefix: str) -> bool:
        return any(tag.name.startswith(prefix) for tag in self._tags_at(place))

    def _tags_at(self, place: int) -> tuple[Tag, ...]:
        return self._tags[place] if 0 <= place < len(self._tags) else ()
