"""Find the verb of a number's clause, and whether it is for trafficking or smuggling.

In: a phrase of a reading, with its noun. Out: its verb, and whether trafficking or smuggling is spoken of behind it.
Guaranteed: the search stays in the clause; an aside is passed over, a further number ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from traboule.factcheck.reading.lexicon import Lexicon
from traboule.factcheck.reading.markers import DASHES, END_SIGNS
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import Phrase, Predicate
from traboule.factcheck.reading.text import SUBSETS, TextReading

VERBS = ("arrest", "rescue", "identify", "other")
_VERB_REACH = 10
_LONGEST_ASIDE = 8
_THEME_REACH = 40
_WHOLE_REACH = 4
_DENIAL_REACH = 6
_BRACKET_REACH = 5
# No article is longer.
_ARTICLE = 3
_HARD_SIGNS = frozenset(";:.!?—|•")
# What may stand behind a theme that closes what is told: "trafficking or smuggling in 116 countries".
_LEADING = frozenset({"stops", "linking"})
_BESIDE_THEME = ("coordinators", "stops", "linking", "nouns", "verbs.arrest", "qualifiers")


class PredicateReader:
    """Reads the verbs and themes of one text. ``coordinates`` tells whether an "and" stands at a place."""

    def __init__(
        self,
        reading: TextReading,
        words: Lexicon,
        counted_mentions: Sequence[Mention],
        coordinates: Callable[[int], bool],
    ) -> None:
        """Take the reading, its language's lexicon and the mentions that count something."""
        self._r = reading
        self._words = words
        self._coordinates = coordinates
        self._mention_at = {m.first: m for m in counted_mentions}
        self._opened_at = {m.opening: m for m in counted_mentions}
        self._ended_at = {m.last: m for m in counted_mentions}

    def verb(self, phrase: Phrase, sentence: tuple[int, int]) -> str | None:
        """Return what was done with what ``phrase`` counts, by its clause or else by its noun phrase."""
        if phrase.noun.is_label and phrase.predicate.verb is not None:
            return phrase.predicate.verb
        reach = _VERB_REACH * 2 if self._words.verb_last else _VERB_REACH
        after = self._verb_after(phrase, sentence, reach)
        before = self._verb_before(phrase, sentence)
        if after is not None and after[0] == "other" and before not in (None, "other"):
            # "Police arrested a man wanted by Romania": what was done stands before.
            return before
        if after is not None and (phrase.noun.is_alone or after[1] <= 4 or before is None or self._words.verb_last):
            return after[0]
        return phrase.predicate.verb if before is None else before

    def _verb_after(self, phrase: Phrase, sentence: tuple[int, int], reach: int) -> tuple[str, int] | None:
        inside = self._passive(phrase)
        if inside is not None:
            return inside, 0
        start = max(phrase.last, phrase.mention.closing)
        other_verb: tuple[str, int] | None = None
        skipped = -1
        for place in range(start, min(start + reach, sentence[1])):
            if place <= skipped:
                continue
            skipped = self._aside(place, sentence)
            if skipped >= place:
                continue
            if place == start and self._r.text(place) == "," and self._goes_on(place + 1):
                continue
            blocked = self._r.text(place) in END_SIGNS or (place in self._mention_at and not self._words.verb_last)
            if blocked or self.next_clause(place):
                break
            verb = self._verb_at(place)
            if verb is not None and verb != "other":
                return verb, place - start
            other_verb = other_verb or ((verb, place - start) if verb else None)
        # "A man wanted by Romania was arrested": what was done comes after what describes.
        return other_verb

    def _goes_on(self, place: int) -> bool:
        """Tell whether the clause goes on behind a comma: "people, who were arrested", "migrants, found."."""
        if self._r.tag(place, "relatives"):
            return True
        verb = next((tag for name in VERBS if (tag := self._r.tag(place, f"verbs.{name}")) is not None), None)
        end = place + (verb.length if verb is not None else 0)
        return verb is not None and (end >= self._r.sentence(place)[1] or self._r.text(end) in END_SIGNS)

    def _passive(self, phrase: Phrase) -> str | None:
        """Return the verb within what a number counts: "4,000 people were identified as irregular migrants"."""
        for place in range(phrase.mention.closing, phrase.last - 1):
            if self._r.tag(place, "auxiliaries") and (verb := self._verb_at(place + 1)) is not None:
                return verb
        return None

    def next_clause(self, place: int) -> bool:
        """Tell whether "and" begins another clause; where verbs come last it may join what stands before the verb."""
        if not self._coordinates(place) or self._r.tag(place, "auxiliaries"):
            return False
        joins = ("theme", "place", "people", "nouns", "part.before")
        joined = place + 1 not in self._mention_at and any(self._r.tag(place + 1, name) for name in joins)
        return not (self._words.verb_last and joined)

    def _aside(self, place: int, sentence: tuple[int, int]) -> int:
        """Return where an aside that opens at ``place`` closes (", 37," or "(14 of them minors)"), -1 for none."""
        sign = self._r.text(place)
        if sign not in (",", "("):
            return -1
        for end in range(place + 2, min(place + _LONGEST_ASIDE, sentence[1])):
            if self._r.text(end) == (")" if sign == "(" else ","):
                inside = range(place + 1, end)
                # "3,222 people, potential victims of trafficking, were rescued".
                resumed = sign == "," and (self._r.tag(end + 1, "auxiliaries") or self._verb_at(end + 1))
                numbered = (
                    resumed or sign == "(" or (place + 1) in self._mention_at or self._r.tag(place + 1, "part.before")
                )
                spoken = any(self._r.tag(i, "verbs.arrest") or self._r.tag(i, "verbs.rescue") for i in inside)
                return end if numbered and not spoken else -1
        return -1

    def _verb_before(self, phrase: Phrase, sentence: tuple[int, int]) -> str | None:
        place, least = phrase.mention.opening, max(phrase.mention.opening - 1 - _VERB_REACH, sentence[0] - 1)
        while place - 1 > least:
            place -= 1
            if self._r.text(place) in _HARD_SIGNS:
                return None
            behind = self._ended_at.get(place + 1)
            if behind is not None:
                # "Police arrested in 116 countries 2,500 people": a number after "in" is no object of the verb.
                if not self._r.tag(behind.opening - 1, "stops"):
                    return None
                place = behind.opening
                continue
            verb = self._verb_at(place)
            # "Wurden befreit und 4.000 …", "430 victims rescued and 4,000 …" close what was said before.
            if verb is not None:
                closed = self._words.verb_last or any(self._r.tag(place - 1, name) for name in ("nouns", "qualifiers"))
                return None if closed and self._r.tag(place + 1, "coordinators") else verb
        return None

    def _verb_at(self, place: int) -> str | None:
        for name in VERBS:
            if self._r.tag(place, f"verbs.{name}"):
                return name
        return None

    def theme(self, phrase: Phrase, sentence: tuple[int, int]) -> Predicate:
        """Return the predicate with whether trafficking or smuggling is spoken of behind the number, and how."""
        place = phrase.mention.closing
        limit = min(sentence[1], place + _THEME_REACH)
        # "Davon betrafen 850 Menschenhandel".
        linked = self._r.tag(phrase.mention.opening - 1, "theme_link") is not None
        negated = phrase.predicate.is_negated
        while place < limit:
            if self._r.text(place) in DASHES and self._dashed(place):
                place = self._opened_at[place + 1].closing + 1
            if self._r.text(place) in _HARD_SIGNS:
                break
            if (
                place in self._mention_at
                and phrase.relation.has_total
                and place - phrase.mention.closing < _WHOLE_REACH
            ):
                # "850 of the 2,517 arrests were for trafficking".
                place = self._mention_at[place].closing
                continue
            if place in self._mention_at and not self._bracketed(self._mention_at[place]):
                break
            part = self._r.tag(place, "part.before")
            if part is not None and place > phrase.mention.closing and self._counts_behind(place + part.length):
                break
            qualifier = self._r.tag(place, "qualifiers")
            if qualifier is not None and self._r.tag(place, "negations"):
                # "Without papers" says nothing against what people were held for.
                place += qualifier.length
                continue
            linked = linked or self._r.tag(place, "theme_link") is not None
            negated = negated or self._r.tag(place, "negations") is not None
            if self._r.tag(place, "theme") is not None:
                # "Of victims of trafficking" and "traffickers" it is no ground.
                grounds = phrase.noun.head not in ("victim", "migrant", "country", "officer") and place >= phrase.last
                diverted = grounds and not self._is_said(phrase, place, sentence[1])
                return replace(
                    phrase.predicate,
                    has_theme=True,
                    is_for_theme=linked,
                    has_single_theme=not self._and_another(place, limit),
                    is_freed=self._freed_from(phrase, place),
                    is_negated=negated or self._denied(place, limit),
                    is_diverted=phrase.predicate.is_diverted or diverted,
                )
            place += 1
        return replace(phrase.predicate, is_negated=negated)

    def _freed_from(self, phrase: Phrase, theme: int) -> bool:
        """Tell whether those counted were rescued from what stands at ``theme``: "4,414 people freed from trafficking".

        Articles may stand between; "rescued in a crackdown on traffickers" frees nobody from them.
        """
        place = theme - 1
        while place > phrase.mention.closing and len(self._r.text(place)) <= _ARTICLE:
            if self._r.tag(place, "freed_from") and not self._r.tag(place - 1, "freed_from"):
                break
            place -= 1
        if (
            phrase.predicate.verb != "rescue"
            or self._r.tag(place, "freed_from") is None
            or self._r.tag(theme, "accusing")
        ):
            # "Rescued from traffickers" may be said of people who never came into their hands.
            return False
        return place == max(phrase.last, phrase.mention.closing) or self._r.tag(place - 1, "verbs.rescue") is not None

    def _and_another(self, theme: int, limit: int) -> bool:
        """Tell whether another theme stands behind one: "for trafficking or smuggling"."""
        first = self._r.tag(theme, "theme")
        for place in range(theme + (first.length if first is not None else 1), limit):
            if self._r.text(place) in _HARD_SIGNS or place in self._mention_at:
                return False
            if self._r.tag(place, "theme") is not None:
                return True
        return False

    def _is_said(self, phrase: Phrase, theme: int, end: int) -> bool:
        """Tell whether trafficking is the statement on a number ("… were for trafficking"), not who is counted.

        In "60 % of those (who were) arrested for trafficking were women", the statement is on women.
        """
        before, after = range(phrase.mention.closing, theme), range(theme, min(theme + _THEME_REACH, end))
        if any(self._r.tag(step, f"nouns.{part}") for step in after for part in SUBSETS):
            return False
        has_auxiliary = any(
            self._r.tag(step, "auxiliaries") and not self._r.tag(step - 1, "relatives") for step in before
        )
        return has_auxiliary or self._closes(theme, end)

    def _closes(self, theme: int, end: int) -> bool:
        """Tell whether the clause ends behind a theme: "arrested for trafficking", not "… remain in custody"."""
        place = theme
        while place < end and self._r.text(place) not in END_SIGNS:
            tag = self._r.tag(place, "theme") or next(
                (tag for name in _BESIDE_THEME if (tag := self._r.tag(place, name)) is not None), None
            )
            if tag is not None and tag.name in _LEADING:
                return True
            if tag is None and len(self._r.text(place)) <= _ARTICLE and self._r.tag(place + 1, "theme"):
                # "La traite ou le trafic": the article may be a word of dates as well.
                place += 1
                continue
            more = self._ends(place + 1, end) or self._r.tag(place + 1, "theme")
            if tag is None and (self._r.index[place] or not more):
                return False
            # One more word may describe it: "trafic illicite", "trafficking offences", "la traite ou le trafic".
            place += tag.length if tag is not None else 1
        return True

    def _ends(self, place: int, end: int) -> bool:
        return place >= end or self._r.text(place) in END_SIGNS

    def _denied(self, theme: int, limit: int) -> bool:
        """Tell whether a denial closes the clause, where verbs come last: "hatten mit Schleusung nichts zu tun"."""
        reach = _DENIAL_REACH if self._words.verb_last else 0
        for place in range(theme, min(theme + reach, limit)):
            if self._r.text(place) in END_SIGNS or place in self._mention_at:
                return False
            if self._r.tag(place, "negations"):
                return True
        return False

    def is_accused(self, phrase: Phrase) -> bool:
        """Tell whether all that is counted are called traffickers or smugglers, or held as such.

        "2,517 traffickers", "2,517 people arrested for trafficking"; not "2,517 arrested in raids on traffickers".
        """
        own = range(phrase.mention.closing, phrase.last)
        if phrase.noun.head == "suspect" and any(self._r.tag(place, "accusing") for place in own):
            return True
        place = max(phrase.last, phrase.mention.closing)
        passed = ("auxiliaries", "verbs.arrest", "linking", "theme_link")
        last = self._r.sentence(phrase.mention.first)[1]
        while place < last and any(self._r.tag(place, name) for name in passed) and not self._r.tag(place, "theme"):
            place += 1
        linked = self._r.tag(place - 1, "theme_link") is not None
        return place < last and linked and self._r.tag(place, "theme") is not None

    def _counts_behind(self, place: int) -> bool:
        """Tell whether a number follows at ``place``: "including 850", unlike "had to do with trafficking"."""
        return any(step in self._opened_at for step in range(place, place + 3))

    def _dashed(self, place: int) -> bool:
        """Tell whether a number stands alone between dashes: "a third of the arrests — 850 — were for"."""
        mention = self._opened_at.get(place + 1)
        return mention is not None and self._r.text(mention.closing) in DASHES

    def _bracketed(self, mention: Mention) -> bool:
        """Tell whether a number stands alone between commas or brackets: "a third of the arrests, 850, were for"."""
        opened = any(self._r.text(mention.opening - step) in (",", "(") for step in (1, 2))
        # "850 in all," closes as "850," does.
        return opened and any(self._r.text(mention.closing + step) in (",", ")") for step in range(_BRACKET_REACH))
