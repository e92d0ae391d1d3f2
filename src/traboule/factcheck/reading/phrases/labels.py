"""Find nouns that stand before their number: "Arrests: 2,517", "the number of arrests rose to 2,517".

In: a phrase without a noun of its own, and the mentions around it. Out: the phrase with what its label says.
Guaranteed: a noun that an earlier number counts is not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from traboule.factcheck.reading.lexicon import Lexicon
from traboule.factcheck.reading.markers import END_SIGNS
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import NounPhrase, Phrase
from traboule.factcheck.reading.text import TIMES, TextReading

_LABEL_REACH = 6
# So close before a noun a negation denies it.
_DENIED = 3
# An item's label may be as long as "arrests for trafficking in persons or smuggling of migrants".
_LONGEST_LABEL = 14
# "This week's was 2,517" counts no weeks, nor does "Interpol sweep nets 2,517" count sweeps.
_TIMES = frozenset(f"nouns.{time}" for time in TIMES)
_NO_LABELS = _TIMES | {"nouns.operation"}
_BULLETS = frozenset("—-•*;")


class LabelReader:
    """Reads the labels of one text. ``coordinates`` tells whether an "and" stands at a place."""

    def __init__(
        self,
        reading: TextReading,
        words: Lexicon,
        counted_mentions: Mapping[int, Sequence[Mention]],
        coordinates: Callable[[int], bool],
    ) -> None:
        """Take the reading, its language's lexicon and the counted mentions of each sentence."""
        self._head_first = words.adjective_follows
        self._r = reading
        self._counted_mentions = counted_mentions
        self._rows: dict[tuple[int, int], bool] = {}
        self._coordinates = coordinates
        self._inside = frozenset(
            p for mentions in counted_mentions.values() for m in mentions for p in range(m.first, m.last)
        )

    def read(self, phrase: Phrase, sentence: tuple[int, int]) -> Phrase:
        """Return ``phrase`` with the noun before it: "Arrests: 2,517", "the number of arrests rose to 2,517"."""
        label = self._item(phrase, sentence) or self._question(phrase, sentence)
        if label is not None:
            return self._with_item(phrase, label)
        place = phrase.mention.opening - 1
        for _ in range(_LABEL_REACH * (1 + self._in_a_row(sentence))):
            if place < sentence[0] or self._r.text(place) in (",", ";"):
                return phrase
            if place in self._inside and not self._in_a_row(sentence):
                return phrase
            noun = self._r.tag(place, "nouns")
            timed = noun is not None and noun.name in _TIMES and self._r.text(place + noun.length) in ("|", ":")
            if noun is not None and ((noun.name in _NO_LABELS and not timed) or self._themed(place, sentence[0])):
                # Nor are the migrants of "migrant smuggling" one.
                noun = None
            if noun is not None and noun.name == "nouns.other" and self._r.tag(phrase.mention.closing, "verbs"):
                # "Slave gangs smashed: 2,517 arrested" counts no gangs.
                return phrase
            if noun is not None and place + noun.length <= phrase.mention.opening:
                if any(self._r.tag(step, "negations") for step in range(max(place - _DENIED, sentence[0]), place)):
                    # "They were no slaves: 17,793 is the number of …".
                    return phrase
                labels = self._r.text(place + noun.length) == ":"
                if not labels and any(self._belongs(place, m) for m in self._before(phrase)):
                    return phrase
                behind = place + noun.length
                head = noun.name.removeprefix("nouns.")
                verb = self._verb_between(behind, phrase.mention.opening)
                return self._labelled(phrase, head, verb, (place - 1, place - 2, behind, behind + 1))
            place -= 1
        return phrase

    def _labelled(self, phrase: Phrase, head: str | None, verb: str | None, places: Iterable[int]) -> Phrase:
        """Return ``phrase`` with the noun, the verb and the qualifiers at ``places`` of the label before it."""
        tags = (self._r.tag(place, "qualifiers") for place in places)
        qualifiers = {tag.name.removeprefix("qualifiers.") for tag in tags if tag is not None}
        noun = replace(phrase.noun, head=head, is_label=True, qualifiers=phrase.noun.qualifiers | qualifiers)
        return replace(phrase, noun=noun, predicate=replace(phrase.predicate, verb=verb))

    def _item(self, phrase: Phrase, sentence: tuple[int, int]) -> range | None:
        """Return the label of a list's item: "– of which for migrant smuggling: 850;", None where none stands here."""
        colon = phrase.mention.opening - 1
        if colon <= sentence[0] or self._r.text(colon) != ":":
            return None
        after = phrase.mention.closing
        if after < sentence[1] and self._r.text(after) not in END_SIGNS and self._r.tag(after, "nouns") is None:
            return None
        first = colon
        while first > sentence[0] and self._r.text(first - 1) not in _BULLETS and not self._numbered(first):
            first -= 1
        label = range(first, colon)
        has_number = any(place in self._inside or self._r.text(place) in ("|", ":") for place in label)
        return None if has_number or not 0 < len(label) <= _LONGEST_LABEL else label

    def _question(self, phrase: Phrase, sentence: tuple[int, int]) -> range | None:
        """Return the question that a number answers: "How many countries? 116.", None where none stands before it."""
        begins = phrase.mention.opening == sentence[0] and sentence[0] > 0
        closed = phrase.mention.closing >= sentence[1] or self._r.text(phrase.mention.closing) in END_SIGNS
        if not begins or not closed:
            return None
        question = range(*self._r.sentence(sentence[0] - 1))
        is_unfit = any(place in self._inside for place in question) or not 0 < len(question) <= _LONGEST_LABEL
        return None if is_unfit or "?" not in self._r.between(sentence[0] - 1, sentence[0]) else question

    def _numbered(self, place: int) -> bool:
        """Tell whether an item's number stands before ``place``: "4) Irregular migrants: …"."""
        return self._r.text(place - 1) == ")" and len(self._r.text(place - 2)) < 3

    def _with_item(self, phrase: Phrase, label: range) -> Phrase:
        """Take what an item's label says: its first noun (the last of a row, "police officers"), verb, theme, part."""
        nouns = [place for place in label if self._counts(place, label.start)]
        if any(self._r.tag(place, "part.before") for place in label[:1]):
            phrase = replace(phrase, relation=replace(phrase.relation, is_part=True))
        links = [place for place in label if self._r.tag(place, "theme_link")]
        theme = next((place for place in label if self._r.tag(place, "theme")), None)
        if theme is not None:
            is_for_theme = any(place < theme for place in links)
            phrase = replace(phrase, predicate=replace(phrase.predicate, has_theme=True, is_for_theme=is_for_theme))
        if not nouns:
            return phrase
        noun = nouns[0]
        while not self._head_first and self._length(noun) + noun in nouns:
            noun += self._length(noun)
        tag = self._r.tag(noun, "nouns")
        head = tag.name.removeprefix("nouns.") if tag else None
        return self._labelled(phrase, head, self._verb_between(label.start, label.stop), label)

    def _counts(self, place: int, first: int) -> bool:
        noun = self._r.tag(place, "nouns")
        return noun is not None and noun.name != "nouns.operation" and not self._themed(place, first)

    def _length(self, place: int) -> int:
        tag = self._r.tag(place, "nouns")
        return tag.length if tag is not None else 1

    def _themed(self, place: int, first: int) -> bool:
        """Tell whether a noun stands within a name of the theme: the migrants of "trafic de migrants"."""
        return any(
            tag.length > (back or self._length(place))
            for back in range(min(_LABEL_REACH, place - first + 1))
            if (tag := self._r.tag(place - back, "theme")) is not None
        )

    def _in_a_row(self, sentence: tuple[int, int]) -> bool:
        """Tell whether a sentence is a table's row, where one label stands for several numbers."""
        if sentence not in self._rows:
            self._rows[sentence] = sum(self._r.text(place) == "|" for place in range(*sentence)) > 1
        return self._rows[sentence]

    def _verb_between(self, first: int, last: int) -> str | None:
        """Return what was done with the people of "Number of people arrested: 2,517"."""
        for verb in ("arrest", "rescue", "identify"):
            if any(self._r.tag(place, f"verbs.{verb}") for place in range(first, last)):
                return verb
        return None

    def counted_noun(self, phrase: Phrase, sentence: tuple[int, int]) -> NounPhrase:
        """Return the noun of "the number of those arrested reached 2,517 people", or the phrase's own."""
        begin = max(sentence[0], phrase.mention.opening - _LABEL_REACH)
        for place in range(phrase.mention.opening - 1, begin - 1, -1):
            tag = self._r.tag(place, "count_words")
            noun = self._r.tag(place + tag.length, "nouns") if tag is not None else None
            if place in self._inside or self._r.text(place) in END_SIGNS:
                return phrase.noun
            if noun is not None:
                return replace(phrase.noun, head=noun.name.removeprefix("nouns."), is_label=True)
        return phrase.noun

    def _belongs(self, noun: int, earlier: Mention) -> bool:
        """Tell whether a noun is what an earlier number counts: close behind it, with no "and" in between."""
        between = range(earlier.closing, noun)
        apart = any(
            self._coordinates(place) or self._r.text(place) in END_SIGNS or self._r.tag(place, "count_words")
            for place in between
        )
        return 0 <= noun - earlier.closing < 4 and not apart

    def _before(self, phrase: Phrase) -> list[Mention]:
        mine = self._counted_mentions.get(self._r.tokens[phrase.mention.first].sentence, ())
        return [m for m in mine if m.first < phrase.mention.first]
