"""Find what a number counts: the noun behind it, and what qualifies that noun.

In: a phrase and its sentence. Out: the phrase with its noun, and whether it is part of a total that the noun phrase
names. Guaranteed: the search ends at the next number, at the end of a clause, and behind a few unknown words.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import replace

from traboule.factcheck.reading.lexicon import REGION, Tag
from traboule.factcheck.reading.markers import END_SIGNS
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import NounPhrase, Phrase
from traboule.factcheck.reading.text import PEOPLE, SUBSETS, TIMES, TextReading

_UNKNOWN_WORDS = 4
_QUALIFIER_REACH = 6
# A hedge of two words at most stands between a label's colon and its number.
_LABELLED = 3


def _bare(tag: Tag) -> str:
    """Return the name of ``tag`` without its section: "nouns.victim" is "victim"."""
    return tag.name.partition(".")[2]


class NounReader:
    """Reads the nouns of one text. ``mentioned`` are the places where numbers begin that count something,
    ``coordinates`` tells whether an "and" stands at a place."""

    def __init__(self, reading: TextReading, mentioned: Set[int], coordinates: Callable[[int], bool]) -> None:
        """Take the reading, and where its numbers and its "and" stand."""
        self._r = reading
        self._mentioned = mentioned
        self._coordinates = coordinates
        self._named_at = frozenset(name.first for name in reading.names)

    def read(self, phrase: Phrase, sentence: tuple[int, int]) -> Phrase:
        """Return ``phrase`` with its noun, its qualifiers, and whether it is a part or has a total."""
        phrase = self._with_head(phrase, sentence)
        return replace(phrase, noun=self._with_apposition(phrase.noun, sentence))

    def predicate_noun(self, noun: NounPhrase, place: int, sentence: tuple[int, int]) -> NounPhrase:
        """Take "of whom 14 were children", "von denen 14 minderjährig waren" for 14 children."""
        passed = ("auxiliaries", "linking", "verbs")
        while place < sentence[1] and any(self._r.tag(place, name) for name in passed):
            place += 1
        if place < sentence[1] and self._r.tag(place - 1, "auxiliaries") and not self._r.index[place]:
            # "14 were only children".
            place += 1
        subset = self._r.tag(place, "nouns")
        if subset is not None and _bare(subset) in SUBSETS:
            head = _bare(subset)
            noun = replace(noun, subsets=noun.subsets | {head}, head=head, last=place + subset.length)
        migrants = self._r.tag(place + 1, "nouns") if self._r.tag(place, "stops") else None
        if migrants is not None and migrants.name == "nouns.migrant":
            # "Another 4,000 were identified as irregular migrants".
            noun = replace(noun, head="migrant", last=place + 1 + migrants.length, is_alone=False)
            noun = self._with_complements(noun, noun.last, sentence)
        return noun

    def noun_before_comma(self, phrase: Phrase) -> NounPhrase:
        """Let "minors, 14 of them in Argentina", "minors, including 14" count minors: the noun before the comma."""
        before = phrase.mention.opening - 1
        while before > phrase.mention.opening - 4 and self._r.text(before) != ",":
            before -= 1
        before -= 1
        noun = self._r.tag(before, "nouns") if self._r.text(before + 1) == "," else None
        return phrase.noun if noun is None or noun.length != 1 else _with_subset(phrase.noun, noun)

    # The head

    def _with_head(self, phrase: Phrase, sentence: tuple[int, int]) -> Phrase:
        inside = self._noun_inside(phrase)
        if inside is not None:
            return replace(phrase, noun=self._with_complements(inside, phrase.mention.closing, sentence))
        place = phrase.mention.closing
        if place >= sentence[1]:
            # What the next sentence begins with ("Sur le territoire") is nothing of this number's.
            return replace(phrase, noun=replace(phrase.noun, is_alone=True))
        phrase = self._with_portion(phrase, place)
        if phrase.noun.head is not None:
            return phrase
        alone = self._is_of_operation(place)
        phrase = replace(phrase, noun=replace(phrase.noun, is_alone=alone))
        if alone:
            return phrase
        after, total = self._r.tag(place, "part.after"), self._r.tag(place, "part.of")
        if total is not None and after is None:
            has_total = phrase.mention.kind in ("count", "vague")
            place += total.length
            alone = self._stops(place) or place in self._mentioned
            phrase = replace(
                phrase,
                noun=replace(phrase.noun, is_alone=alone),
                relation=replace(phrase.relation, has_total=has_total),
            )
        elif after is not None:
            # "21 of them were minors": what "of them" covers is no noun of the number's own.
            place += after.length
        return replace(phrase, noun=self._search(phrase, place, sentence))

    def _search(self, phrase: Phrase, start: int, sentence: tuple[int, int]) -> NounPhrase:
        """Return the noun phrase behind ``start``, past a few unknown words."""
        place, unknown, noun = start, 0, phrase.noun
        while place < sentence[1] and not self._blocked(place):
            length, noun = self._noun_step(phrase.mention, noun, place, start)
            if length == 0:
                break
            if noun.head is not None:
                noun = replace(noun, last=max(noun.last, place + length))
                return self._with_portion_noun(self._with_complements(noun, place + length, sentence))
            if length < 0:
                length, unknown = 1, unknown + 1
                if unknown > _UNKNOWN_WORDS:
                    break
            place += length
        if noun.peoples:
            return replace(noun, head="person")
        if not unknown:
            return self.predicate_noun(replace(noun, is_alone=True), place, sentence)
        return noun

    def _noun_inside(self, phrase: Phrase) -> NounPhrase | None:
        """Take the noun a number word holds in itself: the Arabic dual, "une arrestation sur trois"."""
        for place in range(phrase.mention.first, phrase.mention.last):
            noun = self._r.tag(place, "nouns")
            if noun is not None and phrase.mention.kind in ("count", "share", "article"):
                return _with_subset(replace(phrase.noun, head=_bare(noun)), noun)
        return None

    def _noun_step(self, mention: Mention, noun: NounPhrase, place: int, start: int) -> tuple[int, NounPhrase]:
        """Return how far to go on, and the noun phrase so far: 0 ends the search, -1 passes an unknown word."""
        tag = self._r.tag(place, "nouns")
        if tag is not None:
            head = _bare(tag)
            times = head in TIMES
            if (times and place != mention.closing) or (not times and self._labels_next(place + tag.length)):
                return 0, noun
            noun = _with_subset(replace(noun, head=head), tag)
            # "Sans-papiers", "clandestinos" say it in the noun.
            return tag.length, _with_qualifier(noun, self._r.tag(place, "qualifiers"))
        length, noun = self._description(noun, place)
        if length:
            return length, noun
        if self._r.tag(place, "verbs") is not None:
            # "3,222 rescued victims": a participle before its noun.
            described = any(self._r.tag(place + 1, name) for name in ("nouns", "qualifiers", "people"))
            return (1 if place == start and described else 0), noun
        if self._r.tag(place, "linking") is not None:
            return (1 if place == start else 0), noun
        return (0 if self._stops(place) else -1), noun

    def _labels_next(self, place: int) -> bool:
        """Tell whether a noun that ends at ``place`` is a later number's label: "checks: 8 Mio. Arrests: 2,517"."""
        behind = range(place + 1, place + 1 + _LABELLED)
        return self._r.text(place) == ":" and any(step in self._mentioned for step in behind)

    def _description(self, noun: NounPhrase, place: int) -> tuple[int, NounPhrase]:
        """Take in a nationality, a qualifier or the theme before the noun; return its length, 0 for none."""
        people, qualifier = self._r.tag(place, "people"), self._r.tag(place, "qualifiers")
        if people is not None:
            peoples = noun.peoples | {str(people.value)}
            return people.length, replace(noun, peoples=peoples, last=max(noun.last, place + people.length))
        if qualifier is not None:
            return qualifier.length, _with_qualifier(noun, qualifier)
        theme = self._r.tag(place, "theme")
        return (theme.length if theme is not None else 0), noun

    # The total

    def _with_portion(self, phrase: Phrase, place: int) -> Phrase:
        """Take "850 of them" for a part, and "half of them", whose "of" stands within the share's own words.

        The phrase returned has a head where a share's words hold its noun.
        """
        for step in (1, 0) if phrase.mention.kind == "share" else (0,):
            tag = self._r.tag(place - step, "part.after")
            if tag is not None and tag.length > step:
                phrase = self._part_of_noun(phrase, place, place - step + tag.length)
                if phrase.noun.head is not None:
                    return phrase
        return phrase

    def _part_of_noun(self, phrase: Phrase, first: int, last: int) -> Phrase:
        """Take "850 of the arrests", "a third of those detained" for a part, with the noun that a share has there."""
        noun, verb = replace(phrase.noun, is_alone=True), phrase.predicate.verb
        inside = (self._r.tag(step, "nouns") for step in range(first, last))
        whole = next((tag for tag in inside if tag is not None), None)
        if whole is not None and phrase.mention.kind == "count" and whole.name == "nouns.arrest":
            verb = "arrest"
        if whole is not None and phrase.mention.kind == "share":
            noun = replace(noun, head=_bare(whole), last=last, is_alone=False)
            if any(self._r.tag(step, "verbs.arrest") for step in range(first, last)):
                verb = "arrest"
        return replace(
            phrase,
            noun=noun,
            relation=replace(phrase.relation, is_part=True),
            predicate=replace(phrase.predicate, verb=verb),
        )

    def _is_of_operation(self, place: int) -> bool:
        """Take "frente a los 2.715 de Liberterra II" for a number that stands alone, no part of what follows."""
        behind = self._r.tag(place, "part.of")
        return behind is not None and place + behind.length in self._named_at

    def _with_portion_noun(self, noun: NounPhrase) -> NounPhrase:
        """Take "1,500 potential victims were adults" for a part of the victims."""
        subset = self._r.tag(noun.last + 1, "nouns") if self._r.tag(noun.last, "auxiliaries") else None
        return noun if subset is None else _with_subset(noun, subset)

    # What follows the head

    def _with_apposition(self, noun: NounPhrase, sentence: tuple[int, int]) -> NounPhrase:
        """Take "3,222 people, potential victims of trafficking," for potential victims."""
        place = noun.last + 1
        if noun.head != "person" or noun.subsets or self._r.text(noun.last) != ",":
            return noun
        qualifiers = set()
        while place < sentence[1] and (tag := self._r.tag(place, "qualifiers")) is not None:
            qualifiers.add(_bare(tag))
            place += tag.length
        apposition = self._r.tag(place, "nouns")
        if apposition is None or apposition.name not in ("nouns.victim", "nouns.migrant"):
            return noun
        after = self._r.tag(place + apposition.length, "qualifiers")
        if after is not None:
            qualifiers.add(_bare(after))
        if not qualifiers and self._r.tag(place + apposition.length, "linking") is None:
            return noun
        return replace(noun, head=_bare(apposition), qualifiers=noun.qualifiers | qualifiers)

    def _with_complements(self, noun: NounPhrase, place: int, sentence: tuple[int, int]) -> NounPhrase:
        """Take in what follows the head: "personnes victimes", "migrants en situation irrégulière"."""
        place, noun = self._end_of_list(noun, place, sentence)
        limit, crossed = min(place + _QUALIFIER_REACH, sentence[1]), False
        while place < limit and not self._blocked(place):
            qualifier = self._r.tag(place, "qualifiers")
            complement = self._r.tag(place, "nouns")
            people = self._r.tag(place, "people")
            if self._charges(place):
                return noun
            theme = self._r.tag(place, "theme")
            if theme is not None and theme.length > 1:
                # The migrants of "sospechosos de tráfico de migrantes" are not who is counted.
                place += theme.length
                continue
            if qualifier is not None and not self._qualifies_other(noun, place + qualifier.length):
                noun = _with_qualifier(noun, qualifier)
                noun = replace(noun, last=max(noun.last, place + qualifier.length))
                place += qualifier.length
                continue
            if people is not None and not crossed:
                noun = replace(noun, peoples=noun.peoples | {str(people.value)})
            elif (
                complement is not None and noun.head in PEOPLE and complement.name in ("nouns.victim", "nouns.migrant")
            ):
                noun = replace(noun, head=_bare(complement), last=place + complement.length)
            elif self._ends_noun(place):
                return noun
            elif not crossed and noun.head in (*PEOPLE, "victim", "migrant") and (origin := self._origin(place)):
                noun = replace(noun, peoples=noun.peoples | {origin})
            # Past "were found in a" a people's name no longer tells who was counted.
            crossed = crossed or any(self._r.tag(place, name) for name in ("auxiliaries", "stops", "verbs"))
            place += 1
        return noun

    def _origin(self, place: int) -> str:
        """Return the state that "from" at ``place`` says people come from: "24 women from Togo"; "" for none."""
        if not (self._r.tag(place, "towards") or self._r.tag(place, "linking")):
            return ""
        state = next((tag for step in (1, 2) if (tag := self._r.tag(place + step, "place"))), None)
        return str(state.value) if state is not None and state.value != REGION else ""

    def _end_of_list(self, noun: NounPhrase, place: int, sentence: tuple[int, int]) -> tuple[int, NounPhrase]:
        """Take "men, women and children" for people; return where the list ends."""
        end, members = place, 0
        while noun.head in SUBSETS and end + 1 < sentence[1]:
            step = end + 1 if self._r.text(end) == "," or self._coordinates(end) else end
            member = self._r.tag(step, "nouns")
            if member is None or _bare(member) not in SUBSETS:
                break
            end, members = step + member.length, members + 1
        if members > 1:
            return end, replace(noun, head="person", last=end, subsets=frozenset())
        return place, noun

    def _qualifies_other(self, noun: NounPhrase, place: int) -> bool:
        """Tell whether a qualifier belongs elsewhere: "victims rescued from suspected traffickers"."""
        behind = self._r.tag(place, "nouns")
        return noun.head not in (*PEOPLE, "victim", "migrant") or (
            behind is not None and behind.name == "nouns.suspect"
        )

    def _ends_noun(self, place: int) -> bool:
        return bool(self._coordinates(place) or self._r.tag(place, "verbs.arrest") or self._charges(place))

    def _charges(self, place: int) -> bool:
        """Tell whether "suspected of smuggling" stands at ``place``."""
        linked = self._r.tag(place, "theme_link") is not None
        return linked and any(self._r.tag(place + step, "theme") for step in (1, 2))

    # Where a phrase ends

    def _blocked(self, place: int) -> bool:
        return self._r.text(place) in END_SIGNS or place in self._mentioned

    def _stops(self, place: int) -> bool:
        if self._r.text(place) in END_SIGNS or self._coordinates(place):
            return True
        return any(self._r.tag(place, name) for name in ("stops", "auxiliaries", "part", "theme_link", "count_words"))


def _with_subset(noun: NounPhrase, tag: Tag) -> NounPhrase:
    """Return ``noun`` with the subset of people that ``tag`` names, if it names one."""
    return replace(noun, subsets=noun.subsets | {_bare(tag)}) if _bare(tag) in SUBSETS else noun


def _with_qualifier(noun: NounPhrase, tag: Tag | None) -> NounPhrase:
    return noun if tag is None else replace(noun, qualifiers=noun.qualifiers | {_bare(tag)})
