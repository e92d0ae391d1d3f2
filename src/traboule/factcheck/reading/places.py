"""Link each number to a state, and tell whether its sentence is about the whole world or another time.

In: a reading and its phrases. Out: the phrases with their place, the place last spoken of, and whether the sentence is
about the whole operation or something else. Guaranteed: a country reached or left ("to", "from") is never where people
were found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from traboule.factcheck.reading.lexicon import REGION, Lexicon
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import PEOPLE, PlaceMention, TextReading

# "A study of some of the 2,000 arrests".
_LOOKED_INTO = 5
# Words between a number and what governs it, and what governs it only across one: "the files of 1,500 people".
_LEADING = ("linking", "stops", "towards", "during")
_LED_BY = 2
_GOVERNING = ("databases", "nouns.case", "nouns.investigation", "nouns.other", "theme_link")


class PlaceLinker:
    """Places the phrases of one text."""

    def __init__(self, reading: TextReading, mentions: Mapping[int, Sequence[Mention]], words: Lexicon) -> None:
        """Take the reading, the counted mentions of each sentence, and the lexicon of the text's language."""
        self._r = reading
        self._words = words
        self._by_sentence = mentions
        # The "estimated" of "an estimated 17,000" names no other source.
        self._hedges = frozenset(
            place
            for mention in reading.mentions
            for place in (*range(mention.opening, mention.first), *range(mention.last, mention.closing))
        )
        self._places: dict[int, list[PlaceMention]] = defaultdict(list)
        for place in reading.places:
            self._places[reading.tokens[place.first].sentence].append(place)
        self._scopes: dict[int, tuple[bool, bool]] = {}

    def place(self, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return ``phrases``, which stand in the text's order, with their settings."""
        placed: list[Phrase] = []
        near: dict[int, str] = {}
        last_read = 0
        for phrase in phrases:
            token = self._r.tokens[phrase.mention.first]
            for earlier in range(last_read, token.sentence):
                for place in self._places[earlier]:
                    if not place.towards:
                        near[self._r.tokens[place.first].paragraph] = place.code
            last_read = token.sentence
            placed.append(self._with_state(self._with_account(phrase), near.get(token.paragraph)))
        return placed

    def _with_account(self, phrase: Phrase) -> Phrase:
        """Return ``phrase`` with what operation, time and source its number is of."""
        sentence = self._r.sentence(phrase.mention.first)
        number = self._r.tokens[phrase.mention.first].sentence
        if number not in self._scopes:
            self._scopes[number] = self._scope(sentence)
        is_worldwide, is_elsewhere = self._scopes[number]
        is_compared = phrase.relation.is_earlier or self._compared(phrase, sentence)
        setting = replace(
            phrase.setting,
            is_worldwide=is_worldwide,
            is_elsewhere=is_elsewhere or is_compared,
            is_compared=is_compared,
            is_hosted=self._r.has_tag(number, number, "nouns.unit"),
            is_governed=self._is_governed(phrase, sentence, number),
        )
        phrase = replace(phrase, setting=setting)
        is_foreign = phrase.noun.head is None and self._counts_other(phrase)
        return replace(phrase, setting=replace(setting, is_foreign=is_foreign))

    def _is_governed(self, phrase: Phrase, sentence: tuple[int, int], number: int) -> bool:
        """Tell whether another body, a study, a notice or an unknown word governs the number of ``phrase``.

        ``number`` is the sentence's.
        """
        # "The charity said it had helped 2,000 victims rescued in Liberterra II."
        before = range(sentence[0], phrase.mention.first)
        # "The ministry announced that Liberterra II led to 2,400 arrests" is told of the operation.
        names = (name.last for name in self._r.names if sentence[0] <= name.first < phrase.mention.first)
        since = range(max(names, default=sentence[0]), phrase.mention.first)
        return (
            self._told_by_others(since)
            or self._examined(phrase, sentence)
            # "It spoke of Liberterra II and of a study by which there are 2,900 victims."
            or any(self._r.tag(place, "examining") for place in since)
            # "Interpol's notices led to 1,100 arrests."
            or self._r.has_tag(number, number, "instruments")
            or self._done_unknown(phrase, before)
        )

    def _with_state(self, phrase: Phrase, near: str | None) -> Phrase:
        """Return ``phrase`` with its state, and with the one last spoken of, ``near`` unless one stands behind."""
        sentence = self._r.tokens[phrase.mention.first].sentence
        state = self._place_of(phrase, sentence)
        near_state = self._place_behind(phrase, sentence) or near
        if state is None and self._in_many(self._r.sentence(phrase.mention.first)):
            near_state = None
        return replace(phrase, setting=replace(phrase.setting, state=state, near_state=near_state))

    def _scope(self, sentence: tuple[int, int]) -> tuple[bool, bool]:
        """Tell whether a sentence speaks of the operation as a whole, and whether of other times and sources."""
        inside = range(*sentence)
        is_worldwide = any(self._r.tag(i, "scope.world") or self._r.tag(i, "nouns.operation") for i in inside)
        names_operation = any(sentence[0] <= name.first < sentence[1] for name in self._r.names)
        # "The ministry counted 3,100 arrests" speaks of its own, unless it speaks of the operation by its name.
        theirs = not names_operation and self._told_by_others(inside)
        context = any(self._r.tag(i, "other_context") and i not in self._hedges for i in inside)
        return is_worldwide or names_operation, theirs or context

    def _told_by_others(self, places: range) -> bool:
        """Tell whether another body is named; in "from Asia to the EU" it is where people went."""
        return any(self._r.tag(i, "other_bodies") and not self._r.tag(i - 1, "towards") for i in places)

    def _examined(self, phrase: Phrase, sentence: tuple[int, int]) -> bool:
        """Tell whether what is counted was looked into, not done: "a study of 2,000 arrests", "examined 300 files"."""
        for place in range(phrase.mention.opening - 1, max(phrase.mention.opening - _LOOKED_INTO, sentence[0]) - 1, -1):
            if self._r.tag(place, "examining"):
                return True
            passed = not self._r.index[place] or any(self._r.tag(place, name) for name in ("linking", "stops", "part"))
            if self._r.tokens[place].kind != "word" or not passed:
                return False
        return False

    def _done_unknown(self, phrase: Phrase, before: range) -> bool:
        """Tell whether a word we do not know governs what is counted, and no operation does: "judges upheld 1,900
        arrests", "the files of 1,500 arrests"."""
        told_of = phrase.noun.head in (*PEOPLE, "victim", "migrant", "suspect")
        people = told_of and (phrase.predicate.verb in (None, "other") or phrase.predicate.is_described)
        bare = phrase.noun.head is None and not (phrase.relation.is_part or phrase.predicate.has_theme)
        opened = phrase.noun.head == "investigation"
        if not (people or bare or opened or phrase.noun.head == "arrest"):
            return False
        place, led = self._governor(phrase, before)
        if place not in before or self._r.tokens[place].kind != "word":
            # "During 1,500 arrests no warrant was shown."
            return led and phrase.noun.head == "arrest" and self._r.tag(place + 1, "during") is not None
        tags = self._r.index[place]
        if self._words.verb_first and phrase.predicate.is_described and "auxiliaries" in tags:
            # In Arabic a "were" before people tells what they were; the verb behind, which.
            return True
        is_unknown = not tags or "verbs.other" in tags
        # "Na operação foram ouvidas 3.500 vítimas", "the operation drew on 600 investigations".
        adjoins = place + 1 == phrase.mention.opening
        passive = (opened and led) or (adjoins and self._r.tag(place - 1, "auxiliaries") is not None)
        if (opened or self._operates(before)) and not (passive and is_unknown):
            return False
        # "The passport scans of 12,000 migrants"; the arrest of people is theirs.
        is_owned_noun = self._r.tag(place + 1, "linking") is not None and "nouns" in tags
        owned = is_owned_noun and tags["nouns"].name not in ("nouns.arrest", "nouns.operation")
        governed = is_unknown or owned or (led and any(name in tags for name in _GOVERNING))
        return governed and not self._words.produces(self._r.text(place))

    def _operates(self, before: range) -> bool:
        """Tell whether an operation stands before a number; the longest noun counts, as an Arabic arrest is "an
        operation of arresting"."""
        nouns = (self._r.tag(step, "nouns") for step in before)
        return self._named_in(before) or any(noun is not None and noun.name == "nouns.operation" for noun in nouns)

    def _governor(self, phrase: Phrase, before: range) -> tuple[int, bool]:
        """Return where the word stands that governs a number, and whether a small word leads from it to the number."""
        first = phrase.mention.opening
        place = first - 1
        while place in before and first - place <= _LED_BY and any(self._r.tag(place, name) for name in _LEADING):
            place -= 1
        # An Arabic noun governs the next without a word between.
        led = place < first - 1 or self._words.verb_first
        # "استمعت الشرطة إلى": so does its verb across who does it.
        while self._words.verb_first and place in before and self._r.tag(place, "authorities"):
            place -= 1
        return place, led

    def _named_in(self, places: range) -> bool:
        return any(name.first in places for name in self._r.names)

    def _counts_other(self, phrase: Phrase) -> bool:
        """Tell whether an unknown word that looks like a noun stands right behind a number: "2,517 households".

        Where the sentence speaks of the operation, or says that so many were arrested, it is a word for those people.
        """
        place = phrase.mention.closing
        if place >= self._r.sentence(phrase.mention.first)[1] or self._r.index[place]:
            return False
        token = self._r.tokens[place]
        noun = token.capital if self._words.nouns_capital else token.text.endswith(self._words.plural_ends)
        spoken = phrase.setting.is_worldwide and not phrase.is_diverted
        return token.kind == "word" and noun and not spoken and phrase.predicate.verb not in ("arrest", "rescue")

    def _compared(self, phrase: Phrase, sentence: tuple[int, int]) -> bool:
        """Tell whether a comparison begins before the number: "3,744 arrests, up from 2,517" compares the second."""
        sentence_number = self._r.tokens[phrase.mention.first].sentence
        spoken = self._r.has_tag(sentence_number, sentence_number, "compared")
        before = spoken and any(self._r.tag(i, "compared") for i in range(sentence[0], phrase.mention.first))
        opening = phrase.mention.opening
        # "Contre 2 517" compares, "contre la traite" does not.
        set_against = any(
            tag.length == opening - place or tag.length == opening - place - 1
            for place in range(max(opening - 4, sentence[0]), opening)
            if (tag := self._r.tag(place, "against")) is not None
        )
        if before or set_against or not spoken:
            return before or set_against
        clause = self._r.tokens[phrase.mention.first].clause
        numbers = {mention.first for mention in self._by_sentence.get(self._r.tokens[sentence[0]].sentence, ())}
        for place in range(phrase.mention.last, sentence[1]):
            if place in numbers or self._r.tokens[place].clause != clause:
                return False
            if self._r.tag(place, "compared"):
                return True
        return False

    def _place_of(self, phrase: Phrase, sentence: int) -> str | None:
        hard = list(self._hard_places(phrase, sentence))
        if not hard:
            return None
        before = [p for p in hard if p.first < phrase.mention.first and not p.people]
        after = [p for p in hard if p.first >= phrase.mention.first and not p.people]
        # "In Montenegro eleven had moved 350 people out of Asia": where people come from is no second state.
        if before and after and after[0].code != REGION and self._taken(before[-1], phrase):
            before = []
        peoples = [p for p in hard if p.first < phrase.mention.first]
        return (before[-1:] or after[:1] or peoples[-1:] or hard[:1])[0].code

    def _taken(self, place: PlaceMention, phrase: Phrase) -> bool:
        """Tell whether a place of an earlier clause belongs to a number before this one: "In Argentina 59 were found;
        seven were arrested in Algeria"."""
        clause = self._r.tokens[place.first].clause
        # "Serbia: 12 arrested who had moved 178 migrants to Bosnia": all is told of Serbia.
        if clause == self._r.tokens[phrase.mention.first].clause or self._r.text(place.last) == ":":
            return False
        earlier = [m for m in self._by_sentence.get(self._r.tokens[place.first].sentence, ()) if m.kind == "count"]
        before = (m for m in earlier if m.first < phrase.mention.first)
        return any(m.first > place.first or self._r.tokens[m.first].clause == clause for m in before)

    def _place_behind(self, phrase: Phrase, sentence: int) -> str | None:
        """Return a state later in the clause, behind another number: "14 minors among 59 victims in Argentina"."""
        clause = self._r.tokens[phrase.mention.first].clause
        behind = [
            place
            for place in self._places[sentence]
            if place.first > phrase.last and not place.towards and not place.people
        ]
        in_clause = [place.code for place in behind if self._r.tokens[place.first].clause == clause]
        loose = (
            phrase.noun.subsets or phrase.noun.head in PEOPLE or (phrase.relation.is_part and phrase.noun.head is None)
        )
        if not in_clause and loose and len({place.code for place in behind}) == 1:
            # "The victims, 14 of them children, were found in Argentina."
            return behind[0].code
        return in_clause[0] if in_clause else None

    def _hard_places(self, phrase: Phrase, sentence: int) -> Iterator[PlaceMention]:
        mine = range(phrase.mention.opening, phrase.last)
        clause = self._r.tokens[phrase.mention.first].clause
        scope_end = self._many_before(phrase, self._r.sentence(phrase.mention.first))
        for place in self._places[sentence]:
            if place.towards or place.first in mine or place.first < scope_end:
                continue
            before = place.first < phrase.mention.first
            same_clause = self._r.tokens[place.first].clause == clause
            if before or (same_clause and not place.people and not self._mention_between(phrase, place)):
                yield place

    def _many_before(self, phrase: Phrase, sentence: tuple[int, int]) -> int:
        """Return where "various countries" last stands before a number, -1 where it does not: it ends the scope of a
        country named before it."""
        before = range(sentence[0], phrase.mention.opening)
        return max((place for place in before if self._r.tag(place, "many_countries")), default=-1)

    def _in_many(self, sentence: tuple[int, int]) -> bool:
        """Tell whether a number's sentence places it in "various countries"."""
        return any(self._r.tag(place, "many_countries") for place in range(*sentence))

    def _mention_between(self, phrase: Phrase, place: PlaceMention) -> bool:
        mine = self._by_sentence.get(self._r.tokens[place.first].sentence, ())
        return any(phrase.mention.last <= m.first < place.first and m.kind == "count" for m in mine)
