"""Read the surroundings of each number: its noun, qualifiers, verb, place and the total it is part of.

In: a reading. Out: a :class:`Phrase` for each mention. Guaranteed: the noun stands in the number's own noun phrase,
otherwise in the label before it; the verb in the same clause; a country in the same clause or earlier in the sentence.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

from traboule.factcheck.reading.labels import LabelReader
from traboule.factcheck.reading.lexicon import REGION, Lexicon
from traboule.factcheck.reading.markers import END_SIGNS
from traboule.factcheck.reading.neighbours import Neighbours
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.parts import PartReader
from traboule.factcheck.reading.predicates.diversion import DiversionReader
from traboule.factcheck.reading.predicates.verbs import PredicateReader
from traboule.factcheck.reading.text import PEOPLE, SUBSETS, TIMES, Phrase, TextReading

_UNKNOWN_WORDS = 4
_QUALIFIER_REACH = 6
# A hedge of two words at most stands between a label's colon and its number.
_LABELLED = 3


class PhraseReader:
    """Reads the phrases of one text, all but their places. ``counted`` are the mentions of each sentence, ``words`` the
    lexicon."""

    def __init__(self, reading: TextReading, words: Lexicon) -> None:
        """Take the reading and its language's lexicon."""
        self._r = reading
        self.words = words
        counted_mentions = [
            mention
            for mention, kind in zip(reading.mentions, reading.kinds, strict=True)
            if mention.kind not in ("article", "ordinal", "multiple") and kind != "year"
        ]
        self._mention_at = {m.first: m for m in counted_mentions}
        self._opened = frozenset(m.opening for m in counted_mentions)
        self.counted: dict[int, list[Mention]] = defaultdict(list)
        for mention in counted_mentions:
            self.counted[reading.tokens[mention.first].sentence].append(mention)
        self._predicates = PredicateReader(reading, words, counted_mentions, self._coordinates)
        self._diversions = DiversionReader(reading, words, counted_mentions, self._predicates.next_clause)
        self._parts = PartReader(reading, self.counted)
        self._labels = LabelReader(reading, words, self.counted, self._coordinates)
        self._named_at = frozenset(name.first for name in reading.names)
        self._placed = frozenset(reading.tokens[place.first].sentence for place in reading.places)

    def phrases(self) -> list[Phrase]:
        """Return the phrase of every mention, in order."""
        phrases = [self._phrase(index, mention) for index, mention in enumerate(self._r.mentions)]
        neighbours = Neighbours(self._r, self._mention_at.keys())
        for phrase, after in pairwise(phrases):
            neighbours.lend(phrase, after)
            if phrase.has_total and phrase.head is None and after.mention.opening - phrase.mention.closing < 4:
                # "21 of the 27 people intercepted were minors".
                self._find_predicate(phrase, after.last, self._r.sentence(phrase.mention.first))
                phrase.last = min(phrase.last, after.mention.opening)
        for share in neighbours.invert(phrases):
            self._predicates.find_theme(share, self._r.sentence(share.mention.first))
        return phrases

    def _phrase(self, index: int, mention: Mention) -> Phrase:
        phrase = Phrase(index, mention, first=mention.opening, last=mention.closing)
        sentence = self._r.sentence(mention.first)
        article = mention.kind == "article"
        timed = article and self._r.tag(mention.last, "nouns.week") is not None
        if article and not timed and self._r.tokens[mention.first].sentence not in self._placed:
            # "A woman" counts only as the case of a state, and no state is spoken of; "a week" may be a length.
            return phrase
        self._find_head(phrase, sentence)
        self._find_apposition(phrase, sentence)
        self._hedge_behind(phrase)
        if phrase.head is None and not phrase.part and not phrase.has_total and not article:
            self._labels.find(phrase, sentence)
        phrase.part = phrase.part or self._parts.opened(phrase)
        if phrase.part and phrase.alone and phrase.head is None:
            self._carry_noun(phrase)
        self._predicates.find_verb(phrase, sentence)
        if phrase.head == "person" and phrase.verb is None and not phrase.part:
            self._labels.find_counted(phrase, sentence)
        if mention.kind not in ("article", "ordinal"):
            self._predicates.find_theme(phrase, sentence)
            self._predicates.find_charge(phrase)
            self._diversions.find(phrase, sentence)
        phrase.origin = self._comes_from(mention.opening - 1)
        phrase.begins = mention.opening == sentence[0]
        return phrase

    def _hedge_behind(self, phrase: Phrase) -> None:
        """Take in the "como mínimo" of "178 migrantes como mínimo"."""
        place, last = phrase.last, self._r.sentence(phrase.mention.first)[1]
        tag = self._r.tag(place, "approximators_after")
        behind = self._r.tag(place + 1, "approximators_after")
        if tag is None and behind is not None and self._closes(place + 1 + behind.length, last):
            # "24 000 vols surveillés environ et …"
            place, tag = place + 1, behind
        if tag is None or phrase.head is None or phrase.mention.hedge or place >= last:
            return
        if not self._opened.isdisjoint(range(place, place + tag.length)):
            # "119 Staaten und mehr als 14.000 Beamte": the "mehr als" is the next number's.
            return
        phrase.mention = replace(phrase.mention, hedge=tag.name.removeprefix("approximators_after."))
        phrase.last = place + tag.length

    def _closes(self, place: int, last: int) -> bool:
        """Tell whether a phrase ends before ``place``: at a sign, an "and" or the sentence's end, ``last``."""
        return place >= last or self._r.text(place) in END_SIGNS or bool(self._coordinates(place))

    def _comes_from(self, place: int) -> bool:
        """Tell whether "from" at ``place`` tells of an origin; police "from 119 countries" are those that took part."""
        if any(self._r.tag(place - 1, name) for name in ("authorities", "nouns.officer")):
            return False
        if self._r.tag(place, "linking") is None:
            # The Spanish "a" of "reunió a 112 países" tells of no origin.
            return self._r.tag(place, "towards") is not None and self._r.tag(place - 1, "joining") is None
        # "Migrants of 74 countries", "originaires de 74 pays".
        return any(self._r.tag(step, "origins") or self._people_at(step) for step in range(place - 1, place - 4, -1))

    def _people_at(self, place: int) -> bool:
        noun = self._r.tag(place, "nouns")
        return noun is not None and noun.name.removeprefix("nouns.") in (*PEOPLE, "victim", "migrant")

    # The noun

    def _find_head(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        if self._noun_inside(phrase):
            self._after_head(phrase, phrase.mention.closing, sentence)
            return
        place, unknown = phrase.mention.closing, 0
        if place >= sentence[1]:
            # What the next sentence begins with ("Sur le territoire") is nothing of this number's.
            phrase.alone = True
            return
        after = self._r.tag(place, "part.after")
        if self._is_portion(phrase, place) or self._is_of_operation(phrase, place):
            return
        if self._r.tag(place, "part.of") and not self._r.tag(place, "part.after"):
            tag = self._r.tag(place, "part.of")
            phrase.has_total = phrase.mention.kind in ("count", "vague")
            place += tag.length if tag else 1
            phrase.alone = self._stops(place) or place in self._mention_at
        elif after is not None:
            # "21 of them were minors": what "of them" covers is no noun of the number's own.
            place += after.length
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
            self._find_predicate(phrase, place, sentence)

    def _find_apposition(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        """Take "3,222 people, potential victims of trafficking," for potential victims."""
        place = phrase.last + 1
        if phrase.head != "person" or phrase.subsets or self._r.text(phrase.last) != ",":
            return
        qualifiers = set()
        while place < sentence[1] and (tag := self._r.tag(place, "qualifiers")) is not None:
            qualifiers.add(tag.name.removeprefix("qualifiers."))
            place += tag.length
        noun = self._r.tag(place, "nouns")
        if noun is None or noun.name not in ("nouns.victim", "nouns.migrant"):
            return
        after = self._r.tag(place + noun.length, "qualifiers")
        if after is not None:
            qualifiers.add(after.name.removeprefix("qualifiers."))
        if qualifiers or self._r.tag(place + noun.length, "linking"):
            phrase.head = noun.name.removeprefix("nouns.")
            phrase.qualifiers |= qualifiers

    def _is_portion(self, phrase: Phrase, place: int) -> bool:
        """Take "850 of them" for a part, and "half of them", whose "of" stands within the share's own words."""
        share = phrase.mention.kind == "share"
        for step in (1, 0) if share else (0,):
            tag = self._r.tag(place - step, "part.after")
            if tag is not None and tag.length > step and self._part_of_noun(phrase, place, place - step + tag.length):
                return True
        return False

    def _is_of_operation(self, phrase: Phrase, place: int) -> bool:
        """Take "frente a los 2.715 de Liberterra II" for a number that stands alone, no part of what follows."""
        behind = self._r.tag(place, "part.of")
        phrase.alone = behind is not None and place + behind.length in self._named_at
        return phrase.alone

    def _part_of_noun(self, phrase: Phrase, first: int, last: int) -> bool:
        """Take "850 of the arrests", "a third of those detained" for a part; tell whether it has its noun with it."""
        phrase.part, phrase.alone = True, True
        inside = (self._r.tag(step, "nouns") for step in range(first, last))
        noun = next((tag for tag in inside if tag is not None), None)
        if noun is not None and phrase.mention.kind == "count" and noun.name == "nouns.arrest":
            phrase.verb = "arrest"
        if noun is None or phrase.mention.kind != "share":
            return False
        phrase.head, phrase.last, phrase.alone = noun.name.removeprefix("nouns."), last, False
        if any(self._r.tag(step, "verbs.arrest") for step in range(first, last)):
            phrase.verb = "arrest"
        return True

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

    def _carry_noun(self, phrase: Phrase) -> None:
        """Let "minors, 14 of them in Argentina", "minors, including 14" count minors: the noun before the comma."""
        before = phrase.mention.opening - 1
        while before > phrase.mention.opening - 4 and self._r.text(before) != ",":
            before -= 1
        before -= 1
        noun = self._r.tag(before, "nouns") if self._r.text(before + 1) == "," else None
        if noun is not None and noun.length == 1 and noun.name.removeprefix("nouns.") in SUBSETS:
            phrase.subsets.add(noun.name.removeprefix("nouns."))

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
        if place < sentence[1] and self._r.tag(place - 1, "auxiliaries") and not self._r.index[place]:
            # "14 were only children".
            place += 1
        noun = self._r.tag(place, "nouns")
        if noun is not None and noun.name.removeprefix("nouns.") in SUBSETS:
            phrase.subsets.add(noun.name.removeprefix("nouns."))
            phrase.head, phrase.last = noun.name.removeprefix("nouns."), place + noun.length
        noun = self._r.tag(place + 1, "nouns") if self._r.tag(place, "stops") else None
        if noun is not None and noun.name == "nouns.migrant":
            # "Another 4,000 were identified as irregular migrants".
            phrase.head, phrase.last, phrase.alone = "migrant", place + 1 + noun.length, False
            self._after_head(phrase, phrase.last, sentence)

    def _noun_step(self, phrase: Phrase, place: int, start: int) -> int:
        """Return how far to go on: 0 ends the search, -1 is an unknown word; sets the head where a noun stands."""
        noun = self._r.tag(place, "nouns")
        if noun is not None:
            name = noun.name.removeprefix("nouns.")
            times = name in TIMES
            if (times and place != phrase.mention.closing) or (not times and self._labels_next(place + noun.length)):
                return 0
            if name in SUBSETS:
                phrase.subsets.add(name)
            phrase.head = name
            qualifier = self._r.tag(place, "qualifiers")
            if qualifier is not None:
                # "Sans-papiers", "clandestinos" say it in the noun.
                phrase.qualifiers.add(qualifier.name.removeprefix("qualifiers."))
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

    def _labels_next(self, place: int) -> bool:
        """Tell whether a noun that ends at ``place`` is a later number's label: "checks: 8 Mio. Arrests: 2,517"."""
        behind = range(place + 1, place + 1 + _LABELLED)
        return self._r.text(place) == ":" and any(step in self._mention_at for step in behind)

    def _description(self, phrase: Phrase, place: int) -> int:
        """Take in a nationality, a qualifier or the theme before the noun; return its length, 0 for none."""
        people, qualifier = self._r.tag(place, "people"), self._r.tag(place, "qualifiers")
        theme = self._r.tag(place, "theme")
        if people is not None:
            phrase.peoples.add(str(people.value))
            phrase.last = max(phrase.last, place + people.length)
        elif qualifier is not None:
            phrase.qualifiers.add(qualifier.name.removeprefix("qualifiers."))
        tag = people or qualifier or theme
        return tag.length if tag else 0

    def _after_head(self, phrase: Phrase, place: int, sentence: tuple[int, int]) -> None:
        """Take in what follows the head: "personnes victimes", "migrants en situation irrégulière"."""
        place = self._end_of_list(phrase, place, sentence)
        limit, crossed = min(place + _QUALIFIER_REACH, sentence[1]), False
        while place < limit and not self._blocked(place):
            qualifier = self._r.tag(place, "qualifiers")
            noun = self._r.tag(place, "nouns")
            people = self._r.tag(place, "people")
            if self._charges(place):
                return
            theme = self._r.tag(place, "theme")
            if theme is not None and theme.length > 1:
                # The migrants of "sospechosos de tráfico de migrantes" are not who is counted.
                place += theme.length
                continue
            if qualifier is not None and not self._qualifies_other(phrase, place + qualifier.length):
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
            elif not crossed and phrase.head in (*PEOPLE, "victim", "migrant") and self._origin(place):
                phrase.peoples.add(self._origin(place))
            # Past "were found in a" a people's name no longer tells who was counted.
            crossed = crossed or any(self._r.tag(place, name) for name in ("auxiliaries", "stops", "verbs"))
            place += 1

    def _origin(self, place: int) -> str:
        """Return the state that "from" at ``place`` says people come from: "24 women from Togo"; "" for none."""
        if not (self._r.tag(place, "towards") or self._r.tag(place, "linking")):
            return ""
        state = next((tag for step in (1, 2) if (tag := self._r.tag(place + step, "place"))), None)
        return str(state.value) if state is not None and state.value != REGION else ""

    def _end_of_list(self, phrase: Phrase, place: int, sentence: tuple[int, int]) -> int:
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

    def _qualifies_other(self, phrase: Phrase, place: int) -> bool:
        """Tell whether a qualifier belongs elsewhere: "victims rescued from suspected traffickers"."""
        noun = self._r.tag(place, "nouns")
        return phrase.head not in (*PEOPLE, "victim", "migrant") or (noun is not None and noun.name == "nouns.suspect")

    def _ends_noun(self, place: int) -> bool:
        return bool(self._coordinates(place) or self._r.tag(place, "verbs.arrest") or self._charges(place))

    def _charges(self, place: int) -> bool:
        """Tell whether "suspected of smuggling" stands at ``place``."""
        linked = self._r.tag(place, "theme_link") is not None
        return linked and any(self._r.tag(place + step, "theme") for step in (1, 2))

    # Where a phrase ends

    def _blocked(self, place: int) -> bool:
        return self._r.text(place) in END_SIGNS or place in self._mention_at

    def _stops(self, place: int) -> bool:
        if self._r.text(place) in END_SIGNS or self._coordinates(place):
            return True
        return any(self._r.tag(place, name) for name in ("stops", "auxiliaries", "part", "theme_link", "count_words"))

    def _coordinates(self, place: int) -> bool:
        if self._r.tag(place, "coordinators"):
            return True
        text = self._r.text(place)
        # In Arabic "and" is written onto the next word; only before a word we know is it surely that.
        attached = bool(self.words.prefixes) and text.startswith("و") and len(text) > 3
        return attached and bool(self._r.tag(place, "nouns") or self._r.tag(place, "verbs"))
