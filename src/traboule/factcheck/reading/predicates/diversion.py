"""Tell whether something else is said of what a number counts: released, tried, of one form of exploitation.

In: a phrase of a reading, with its verb. Out: its predicate with whether it is diverted, and whether a participle
beside the noun only tells which are counted. Guaranteed: what an operation did, said of all who are counted, is no
diversion.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from traboule.factcheck.reading.lexicon import Lexicon
from traboule.factcheck.reading.markers import END_SIGNS
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import Phrase, Predicate
from traboule.factcheck.reading.text import PEOPLE, TextReading

_LASTING_REACH = 2
_DESCRIBED_REACH = 10
# "Arrested for six days".
_TIMED_REACH = 4
# What a measure counts is told by these; by anything else that was done, another thing is.
_MEASURED = frozenset({"verbs.arrest", "verbs.rescue", "verbs.identify", "verbs.happen", "joining"})
_LINKED = "theme_link"
# What tells which people are counted, where it stands right behind their noun, and what may stand between.
_DESCRIBING = ("verbs.arrest", "verbs.rescue", "verbs.identify")
_OF_NOUN = ("linking", "theme", "qualifiers", "nouns.suspect")
# "The release of some of the 1,500 people".
_GOVERNING_REACH = 6
_LED_BY = ("linking", "stops", "towards", "auxiliaries", "part.of")
_SMALL_WORD = 3
# "Victims of trafficking for sexual exploitation".
_FORM_REACH = 8
# To these something may be done that no figure counts.
_DONE_TO = frozenset({*PEOPLE, "arrest", "victim", "migrant", None})


class DiversionReader:
    """Reads what a text says besides. ``next_clause`` tells whether an "and" at a place begins another clause."""

    def __init__(
        self,
        reading: TextReading,
        words: Lexicon,
        counted_mentions: Sequence[Mention],
        next_clause: Callable[[int], bool],
    ) -> None:
        """Take the reading, its language's lexicon and the mentions that count something."""
        self._r = reading
        self._words = words
        self._next_clause = next_clause
        self._mention_at = {m.first: m for m in counted_mentions}
        self._ended_at = {m.last: m for m in counted_mentions}

    def predicate(self, phrase: Phrase, sentence: tuple[int, int]) -> Predicate:
        """Return the predicate with whether it says what no figure counts: "had been questioned"."""
        if phrase.noun.head not in _DONE_TO:
            # "160 countries were invited", "98 pays ont transmis leurs résultats", "12,000 officers were trained".
            verb = phrase.last + (self._r.tag(phrase.last, "auxiliaries") is not None)
            diverted = phrase.predicate.verb == "other" or (verb < sentence[1] and self._unknown(verb))
        else:
            start = max(phrase.last, phrase.mention.closing)
            described = self._described(phrase, start, sentence[1])
            phrase = replace(phrase, predicate=replace(phrase.predicate, is_described=described > start))
            before = range(phrase.mention.opening - _LASTING_REACH, phrase.mention.opening)
            diverted = (
                any(self._r.tag(place, "lasting") for place in before)
                # Only a sentence's verb, which stands elsewhere, tells what the people of such a phrase did or what was
                # done.
                or (phrase.predicate.is_described and self._words.verb_last)
                or self._led_by_later(phrase, sentence)
                or self._of_one_form(phrase, start, sentence[1])
                or self._diverted_behind(phrase, start, described, sentence[1])
            )
        return replace(phrase.predicate, is_diverted=phrase.predicate.is_diverted or diverted)

    def _diverted_behind(self, phrase: Phrase, start: int, described: int, end: int) -> bool:
        """Tell whether what stands behind a phrase, up to ``end``, says what no figure counts.

        ``start`` is where its words end, ``described`` where the participle ends that tells which are counted.
        """
        has_auxiliary, unknown, has_other_verb = False, False, False
        # The "arrested" of "700 of those arrested were brought before a court" is not what is told of them.
        of_whom = self._r.tag(start, "part.after")
        for place in range(max(described, start + (of_whom.length if of_whom is not None else 0)), end):
            if self._r.text(place) in END_SIGNS or place in self._mention_at or self._next_clause(place):
                break
            tags = self._r.index[place]
            # "2,000 of the arrested are still held" tells of a later day.
            if "lasting" in tags or self._words.comes_after(self._r.text(place)):
                return True
            is_described = phrase.predicate.is_described
            if is_described and "auxiliaries" in tags and not self._r.tag(place - 1, "relatives"):
                return True
            if any(name in tags for name in _MEASURED):
                grounds = "verbs.arrest" in tags and self._on_other_grounds(phrase, place, end)
                return grounds or ("verbs.rescue" in tags and self._captive(phrase))
            if _LINKED in tags and "auxiliaries" not in tags and not unknown:
                # "850 face charges of trafficking".
                has_other_verb = False
                break
            has_auxiliary = has_auxiliary or "auxiliaries" in tags
            has_other_verb = has_other_verb or "verbs.other" in tags
            # "2,900 victims receive help": what stands right behind a noun may be what they do.
            doing = place == phrase.last and phrase.predicate.verb is None and not phrase.noun.is_label
            doing = doing or ((is_described or phrase.noun.head == "arrest") and self._finite(place))
            unknown = unknown or ((has_auxiliary or doing) and self._unknown(place))
        return unknown or has_other_verb

    def _described(self, phrase: Phrase, start: int, end: int) -> int:
        """Return the place behind the participle that tells which are counted ("people arrested in the operation
        walked free"), ``start`` where none does: then the verb behind tells what was done."""
        place = start
        if self._words.verb_last:
            # "2600 bei der Operation gerettete Opfer": the participle stands before its noun.
            return self._described_before_noun(place, end)
        # "Victims of trafficking rescued in the operation".
        while place < end and not any(self._r.tag(place, name) for name in _DESCRIBING):
            tag = next(
                (candidate_tag for name in _OF_NOUN if (candidate_tag := self._r.tag(place, name)) is not None), None
            )
            if tag is None:
                break
            place += tag.length
        relative = self._r.tag(place, "relatives")
        if relative is not None:
            place += relative.length
        while (relative is not None or self._words.verb_first) and self._r.tag(place, "auxiliaries"):
            place += 1
        verb = next((tag for name in _DESCRIBING if (tag := self._r.tag(place, name)) is not None), None)
        return start if verb is None else place + verb.length

    def _described_before_noun(self, start: int, end: int) -> int:
        if not self._r.tag(start, "stops"):
            return start
        for place in range(start, min(start + _DESCRIBED_REACH, end)):
            if self._r.text(place) in END_SIGNS or place in self._mention_at:
                return start
            arrest = self._r.tag(place, "nouns.arrest")
            if arrest is not None and self._r.tag(place, "verbs.arrest"):
                # "2200 bei Liberterra II Festgenommene".
                return place + arrest.length
            noun = self._r.tag(place + 1, "nouns") if place + 1 < end else None
            if noun is not None and any(self._r.tag(place, name) for name in _DESCRIBING):
                return place + 1 + noun.length
        return start

    def _led_by_later(self, phrase: Phrase, sentence: tuple[int, int]) -> bool:
        """Tell whether a word on what happens later governs a number: "the release of 1,500 people arrested".

        To free people who were arrested is no rescue.
        """
        least = max(phrase.mention.opening - _GOVERNING_REACH, sentence[0])
        captive = self._captive(phrase)
        for place in range(phrase.mention.opening - 1, least - 1, -1):
            tags = self._r.index[place]
            if self._r.tokens[place].kind != "word" or place + 1 in self._ended_at:
                return False
            if captive and "verbs.rescue" in tags:
                return True
            if self._words.comes_after(self._r.text(place)):
                led = any(self._r.tag(place + 1, name) for name in _LED_BY)
                return led or place + 1 == phrase.mention.opening
            if any(name in tags for name in _MEASURED) or self._words.produces(self._r.text(place)):
                return False
        return False

    def _captive(self, phrase: Phrase) -> bool:
        """Tell whether those counted were arrested: to free them is to let them go ("1,900 suspects were freed")."""
        described = phrase.predicate.is_described and phrase.predicate.verb == "arrest"
        return phrase.noun.head in ("arrest", "suspect") or described

    def _of_one_form(self, phrase: Phrase, start: int, end: int) -> bool:
        """Tell whether victims of one form of exploitation are counted: "3,500 victims of forced labour"."""
        if phrase.noun.head != "victim":
            return False
        if self._r.tag(start, "linking") is not None and self._is_other_harm(start + 1, end):
            return True
        for place in range(start, min(start + _FORM_REACH, end)):
            if self._r.text(place) in END_SIGNS or place in self._mention_at:
                return False
            if self._r.tag(place, "forms"):
                return True
        return False

    def _is_other_harm(self, place: int, end: int) -> bool:
        """Tell whether people are victims of something the lexicon does not know: "of domestic abuse"."""
        while place < end and len(self._r.text(place)) <= _SMALL_WORD and self._r.tokens[place].kind == "word":
            place += 1
        return place < end and self._unknown(place) and not any(name.first == place for name in self._r.names)

    def _on_other_grounds(self, phrase: Phrase, verb: int, end: int) -> bool:
        """Tell whether people were arrested on other grounds: "arrested for immigration offences"."""
        tag = self._r.tag(verb, "verbs.arrest")
        place = verb + (tag.length if tag is not None else 1)
        link = self._r.tag(place, _LINKED)
        if phrase.predicate.has_theme or link is None or place >= end or self._r.tag(place, "auxiliaries"):
            return False
        behind = range(place + link.length, end)
        # "Detained for six days", "in connection with the operation".
        timed = any(step in self._mention_at for step in behind[:_TIMED_REACH])
        ours = any(self._r.tag(step, "nouns.operation") for step in behind)
        return not (timed or ours or any(name.first in behind for name in self._r.names))

    def _finite(self, place: int) -> bool:
        """Tell whether a word ends like a verb in the plural: "presos na operação obtiveram …"."""
        is_noun = any(self._r.tag(place - 1, name) for name in ("number.articles", "linking", "stops"))
        is_noun = is_noun or (self._words.nouns_capital and self._r.tokens[place].capital)
        return not is_noun and self._r.text(place).endswith(self._words.finite_ends)

    def _unknown(self, place: int) -> bool:
        # "Die Festnahmen erfolgten wegen …" tells of nothing but the arrests.
        unknown = self._r.tokens[place].kind == "word" and not self._r.index[place]
        return unknown and not self._words.produces(self._r.text(place))
