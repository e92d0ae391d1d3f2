"""What is said of each number: the noun it counts, its qualifiers, the verb, the place, the whole it is part of.

In comes a reading; out goes a :class:`Phrase` for each mention. It promises to look only where grammar allows: the
noun after the number up to the end of its phrase, otherwise the label before it; the verb of the same clause; a
country of the same clause or named before in the same sentence.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

from traboule.release.claims.reading.labels import LabelReader
from traboule.release.claims.reading.lexicon import Lexicon
from traboule.release.claims.reading.numbers import Mention
from traboule.release.claims.reading.text import PEOPLE, SUBSETS, TIMES, Phrase, Reading

VERBS = ("arrest", "rescue", "identify", "other")
_UNKNOWN_WORDS = 4
_QUALIFIER_REACH = 5
_VERB_REACH = 10
_LONGEST_ASIDE = 8
_THEME_REACH = 40
_HARD_SIGNS = frozenset(";:.!?—|•")
_DASHES = frozenset("—-")
_END_SIGNS = frozenset(",;:.!?—|•()[]/")


class PhraseReader:
    """Reads the phrases of one text, all but their places. ``counted`` are the mentions of each sentence."""

    def __init__(self, reading: Reading, words: Lexicon) -> None:
        """Take the reading and its language's lexicon."""
        self._r = reading
        self._words = words
        counted = [m for m in reading.mentions if m.kind not in ("article", "ordinal", "multiple")]
        self._mention_at = {m.first: m for m in counted}
        self._opened_at = {m.opening: m for m in counted}
        self._ended_at = {m.last: m for m in counted}
        self.counted: dict[int, list[Mention]] = defaultdict(list)
        for mention in counted:
            self.counted[reading.tokens[mention.first].sentence].append(mention)
        self._labels = LabelReader(reading, self.counted, self._coordinates)
        self._placed = frozenset(reading.tokens[place.first].sentence for place in reading.places)

    def phrases(self) -> list[Phrase]:
        """Return the phrase of every mention, in order."""
        found = [self._phrase(index, mention) for index, mention in enumerate(self._r.mentions)]
        for phrase, after in pairwise(found):
            self._change_of(phrase, after)
            self._share_of(phrase, after)
            if phrase.whole and phrase.head is None and after.mention.opening - phrase.mention.closing < 4:
                # "21 of the 27 people intercepted were minors".
                self._find_predicate(phrase, after.last, self._r.sentence(phrase.mention.first))
                phrase.last = min(phrase.last, after.mention.opening)
        return found

    def _change_of(self, phrase: Phrase, after: Phrase) -> None:
        """Let "victims rose from 3,222 to 4,414", "in 2021 … to 2,517 in 2024" count the same noun twice."""
        if not phrase.label or after.head is not None or not after.alone or after.mention.kind != "count":
            return
        between = range(phrase.mention.closing, after.mention.opening)
        if len(between) == 1 and (self._r.tag(between[0], "stops") or self._r.tag(between[0], "range_words.to")):
            after.head, after.label, after.qualifiers = phrase.head, True, set(phrase.qualifiers)

    def _share_of(self, share: Phrase, after: Phrase) -> None:
        """Let "a third of the 2,517 arrests" be a share of arrests, though the noun stands behind another number."""
        if share.mention.kind != "share" or share.head is not None:
            return
        between = range(share.mention.closing, after.mention.opening)
        if len(between) > 2 or any(self._blocked(place) for place in between):
            return
        share.head, share.verb, share.themed = after.head, after.verb, after.themed
        share.theme, share.negated, share.alone = after.theme, after.negated, False

    def _phrase(self, index: int, mention: Mention) -> Phrase:
        phrase = Phrase(index, mention, first=mention.opening, last=mention.closing)
        sentence = self._r.sentence(mention.first)
        article = mention.kind == "article"
        if article and self._r.tokens[mention.first].sentence not in self._placed:
            # "A woman" counts only as the case of a state, and no state is spoken of.
            return phrase
        self._find_head(phrase, sentence)
        if phrase.head is None and not phrase.part and not phrase.whole and not article:
            self._labels.find(phrase, sentence)
        phrase.part = phrase.part or self._part_before(phrase)
        self._find_verb(phrase, sentence)
        if phrase.head == "person" and phrase.verb is None and not phrase.part:
            self._labels.find_counted(phrase, sentence)
        if mention.kind not in ("article", "ordinal"):
            self._find_theme(phrase, sentence)
        phrase.origin = self._r.tag(mention.opening - 1, "towards") is not None
        phrase.begins = mention.opening == sentence[0]
        return phrase

    # The noun

    def _find_head(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        if self._noun_inside(phrase):
            self._after_head(phrase, phrase.mention.closing, sentence)
            return
        place, unknown = phrase.mention.closing, 0
        after = self._r.tag(place, "part.after")
        if after is not None:
            phrase.part, phrase.alone = True, True
            inside = (self._r.tag(step, "nouns") for step in range(place, place + after.length))
            noun = next((tag for tag in inside if tag is not None), None)
            if noun is not None and phrase.mention.kind == "share":
                phrase.head, phrase.last, phrase.alone = noun.name.removeprefix("nouns."), place + after.length, False
                return
        if self._r.tag(place, "part.of") and not self._r.tag(place, "part.after"):
            tag = self._r.tag(place, "part.of")
            phrase.whole = phrase.mention.kind in ("count", "vague")
            place += tag.length if tag else 1
            phrase.alone = self._stops(place) or place in self._mention_at
        start = place
        while place < sentence[1] and not self._blocked(place):
            step = self._noun_step(phrase, place, start)
            if step == 0:
                break
            if phrase.head is not None:
                phrase.last = max(phrase.last, place + step)
                self._after_head(phrase, place + step, sentence)
                self._find_portion(phrase)
                return
            if step < 0:
                step, unknown = 1, unknown + 1
                if unknown > _UNKNOWN_WORDS:
                    break
            place += step
        if phrase.peoples:
            phrase.head = "person"
        elif not unknown:
            phrase.alone = True
            self._find_predicate(phrase, place + (after.length if after is not None else 0), sentence)

    def _noun_inside(self, phrase: Phrase) -> bool:
        """Take the noun a number word holds in itself: the Arabic dual, "une arrestation sur trois"."""
        for place in range(phrase.mention.first, phrase.mention.last):
            noun = self._r.tag(place, "nouns")
            if noun is not None and phrase.mention.kind in ("count", "share", "article"):
                phrase.head = noun.name.removeprefix("nouns.")
                if phrase.head in SUBSETS:
                    phrase.subsets.add(phrase.head)
                return True
        return False

    def _find_portion(self, phrase: Phrase) -> None:
        """Take "1,500 potential victims were adults" for a part of the victims."""
        noun = self._r.tag(phrase.last + 1, "nouns") if self._r.tag(phrase.last, "auxiliaries") else None
        if noun is not None and noun.name.removeprefix("nouns.") in SUBSETS:
            phrase.subsets.add(noun.name.removeprefix("nouns."))

    def _find_predicate(self, phrase: Phrase, place: int, sentence: tuple[int, int]) -> None:
        """Take "of whom 14 were children", "von denen 14 minderjährig waren" for 14 children."""
        passed = ("auxiliaries", "linking", "verbs")
        while place < sentence[1] and any(self._r.tag(place, name) for name in passed):
            place += 1
        noun = self._r.tag(place, "nouns")
        if noun is not None and noun.name.removeprefix("nouns.") in SUBSETS:
            phrase.subsets.add(noun.name.removeprefix("nouns."))
            phrase.head, phrase.last = noun.name.removeprefix("nouns."), place + noun.length

    def _noun_step(self, phrase: Phrase, place: int, start: int) -> int:
        """Return how far to go on: 0 ends the search, -1 is an unknown word; sets the head where a noun stands."""
        noun = self._r.tag(place, "nouns")
        if noun is not None:
            name = noun.name.removeprefix("nouns.")
            if name in TIMES and place != start:
                return 0
            if name in SUBSETS:
                phrase.subsets.add(name)
            phrase.head = name
            return noun.length
        described = self._description(phrase, place)
        if described:
            return described
        if self._r.tag(place, "verbs") is not None:
            # "3,222 rescued victims": a participle before its noun.
            described = any(self._r.tag(place + 1, name) for name in ("nouns", "qualifiers", "people"))
            return 1 if place == start and described else 0
        if self._r.tag(place, "linking") is not None:
            return 1 if place == start else 0
        return 0 if self._stops(place) else -1

    def _description(self, phrase: Phrase, place: int) -> int:
        """Take in a nationality, a qualifier or the theme before the noun; return its length, 0 for none."""
        people, qualifier = self._r.tag(place, "people"), self._r.tag(place, "qualifiers")
        theme = self._r.tag(place, "theme")
        if people is not None:
            phrase.peoples.add(str(people.value))
            phrase.last = max(phrase.last, place + people.length)
        elif qualifier is not None:
            phrase.qualifiers.add(qualifier.name.removeprefix("qualifiers."))
        found = people or qualifier or theme
        return found.length if found else 0

    def _after_head(self, phrase: Phrase, place: int, sentence: tuple[int, int]) -> None:
        """Take in what follows the head: "personnes victimes", "migrants en situation irrégulière"."""
        place = self._listed(phrase, place, sentence)
        limit, crossed = min(place + _QUALIFIER_REACH, sentence[1]), False
        while place < limit and not self._blocked(place):
            qualifier = self._r.tag(place, "qualifiers")
            noun = self._r.tag(place, "nouns")
            people = self._r.tag(place, "people")
            if qualifier is not None and not self._qualifies_other(place + qualifier.length):
                phrase.qualifiers.add(qualifier.name.removeprefix("qualifiers."))
                phrase.last = max(phrase.last, place + qualifier.length)
                place += qualifier.length
                continue
            if people is not None and not crossed:
                phrase.peoples.add(str(people.value))
            elif noun is not None and phrase.head in PEOPLE and noun.name in ("nouns.victim", "nouns.migrant"):
                phrase.head, phrase.last = noun.name.removeprefix("nouns."), place + noun.length
            elif self._ends_noun(place):
                return
            # Past "were found in a" a people's name no longer tells who was counted.
            crossed = crossed or any(self._r.tag(place, name) for name in ("auxiliaries", "stops", "verbs"))
            place += 1

    def _listed(self, phrase: Phrase, place: int, sentence: tuple[int, int]) -> int:
        """Take "men, women and children" for people; return where the list ends."""
        end, members = place, 0
        while phrase.head in SUBSETS and end + 1 < sentence[1]:
            step = end + 1 if self._r.text(end) == "," or self._coordinates(end) else end
            noun = self._r.tag(step, "nouns")
            if noun is None or noun.name.removeprefix("nouns.") not in SUBSETS:
                break
            end, members = step + noun.length, members + 1
        if members > 1:
            phrase.head, phrase.last = "person", end
            phrase.subsets.clear()
        return end if members > 1 else place

    def _qualifies_other(self, place: int) -> bool:
        """Tell whether a qualifier belongs to the next noun: "victims rescued from suspected traffickers"."""
        noun = self._r.tag(place, "nouns")
        return noun is not None and noun.name == "nouns.suspect"

    def _ends_noun(self, place: int) -> bool:
        charged = self._r.tag(place, "theme_link") and self._r.tag(place + 1, "theme")
        return bool(self._coordinates(place) or self._r.tag(place, "verbs.arrest") or charged)

    def _part_before(self, phrase: Phrase) -> bool:
        end = phrase.mention.opening
        # "Of those arrested, 850 …"
        for close in (end, end - 1 if self._r.text(end - 1) == "," else end):
            for length in range(1, 6):
                tag = self._r.tag(close - length, "part.before")
                if tag is not None and tag.length == length:
                    return True
        return False

    # The verb and the theme

    def _find_verb(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        reach = _VERB_REACH * 2 if self._words.verb_last else _VERB_REACH
        after = self._verb_after(phrase, sentence, reach)
        before = self._verb_before(phrase, sentence)
        if after is not None and (phrase.alone or after[1] <= 4 or before is None or self._words.verb_last):
            phrase.verb = after[0]
        elif before is not None:
            phrase.verb = before

    def _verb_after(self, phrase: Phrase, sentence: tuple[int, int], reach: int) -> tuple[str, int] | None:
        start = max(phrase.last, phrase.mention.closing)
        other: tuple[str, int] | None = None
        skipped = -1
        for place in range(start, min(start + reach, sentence[1])):
            if place <= skipped:
                continue
            skipped = self._aside(place, sentence)
            if skipped >= place:
                continue
            blocked = self._r.text(place) in _END_SIGNS or (place in self._mention_at and not self._words.verb_last)
            if blocked or self._next_clause(place):
                break
            verb = self._verb_at(place)
            if verb is not None and verb != "other":
                return verb, place - start
            other = other or ((verb, place - start) if verb else None)
        # "A man wanted by Romania was arrested": what was done comes after what describes.
        return other

    def _next_clause(self, place: int) -> bool:
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
                numbered = sign == "(" or (place + 1) in self._mention_at or self._r.tag(place + 1, "part.before")
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
            # Where verbs come last, "wurden befreit und 4.000 …" closes the clause before.
            if verb is not None:
                return None if self._words.verb_last and self._r.tag(place + 1, "coordinators") else verb
        return None

    def _verb_at(self, place: int) -> str | None:
        for name in VERBS:
            if self._r.tag(place, f"verbs.{name}"):
                return name
        return None

    def _find_theme(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        """Tell whether trafficking or smuggling is spoken of after the number, and whether as what it is for."""
        place = phrase.mention.closing
        limit = min(sentence[1], place + _THEME_REACH)
        linked = False
        while place < limit:
            if self._r.text(place) in _DASHES and self._dashed(place):
                place = self._opened_at[place + 1].closing + 1
            if self._r.text(place) in _HARD_SIGNS:
                return
            if place in self._mention_at and not self._bracketed(self._mention_at[place]):
                return
            if self._r.tag(place, "part.before") and place > phrase.mention.closing:
                break
            linked = linked or self._r.tag(place, "theme_link") is not None
            phrase.negated = phrase.negated or self._r.tag(place, "negations") is not None
            if self._r.tag(place, "theme") is not None:
                phrase.theme, phrase.themed = True, linked
                return
            place += 1

    def _dashed(self, place: int) -> bool:
        """Tell whether a number stands alone between dashes: "a third of the arrests — 850 — were for"."""
        mention = self._opened_at.get(place + 1)
        return mention is not None and self._r.text(mention.closing) in _DASHES

    def _bracketed(self, mention: Mention) -> bool:
        """Tell whether a number stands alone between commas or brackets: "a third of the arrests, 850, were for"."""
        opened = any(self._r.text(mention.opening - step) in (",", "(") for step in (1, 2))
        # "850 in all," closes as "850," does.
        return opened and any(self._r.text(mention.closing + step) in (",", ")") for step in range(3))

    # Where a phrase ends

    def _blocked(self, place: int) -> bool:
        return self._r.text(place) in _END_SIGNS or place in self._mention_at

    def _stops(self, place: int) -> bool:
        if self._r.text(place) in _END_SIGNS or self._coordinates(place):
            return True
        return any(self._r.tag(place, name) for name in ("stops", "auxiliaries", "part", "theme_link", "count_words"))

    def _coordinates(self, place: int) -> bool:
        if self._r.tag(place, "coordinators"):
            return True
        text = self._r.text(place)
        # In Arabic "and" is written onto the next word; only before a word we know is it surely that.
        attached = bool(self._words.prefixes) and text.startswith("و") and len(text) > 3
        return attached and bool(self._r.tag(place, "nouns") or self._r.tag(place, "verbs"))
