"""Read the phrase of each number: its noun, its verb and the total it is part of.

In: a reading. Out: a :class:`Phrase` for each mention, all but its setting. Guaranteed: the noun stands in the number's
own noun phrase, otherwise in the label before it; the verb in the same clause.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from traboule.factcheck.reading.lexicon import Lexicon
from traboule.factcheck.reading.markers import END_SIGNS
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import NounPhrase, Phrase, Setting
from traboule.factcheck.reading.phrases.labels import LabelReader
from traboule.factcheck.reading.phrases.neighbours import Neighbours
from traboule.factcheck.reading.phrases.nouns import NounReader
from traboule.factcheck.reading.phrases.parts import PartReader
from traboule.factcheck.reading.predicates.diversion import DiversionReader
from traboule.factcheck.reading.predicates.verbs import PredicateReader
from traboule.factcheck.reading.text import PEOPLE, TextReading


class PhraseReader:
    """Reads the phrases of one text, all but their settings. ``counted`` are the mentions of each sentence, ``words``
    the lexicon."""

    def __init__(self, reading: TextReading, words: Lexicon) -> None:
        """Take the reading and its language's lexicon."""
        self._r = reading
        self.words = words
        counted_mentions = [
            mention
            for mention, kind in zip(reading.mentions, reading.kinds, strict=True)
            if mention.kind not in ("article", "ordinal", "multiple") and kind != "year"
        ]
        self._mentioned = frozenset(m.first for m in counted_mentions)
        self._opened = frozenset(m.opening for m in counted_mentions)
        self.counted: dict[int, list[Mention]] = defaultdict(list)
        for mention in counted_mentions:
            self.counted[reading.tokens[mention.first].sentence].append(mention)
        self._nouns = NounReader(reading, self._mentioned, self._coordinates)
        self._predicates = PredicateReader(reading, words, counted_mentions, self._coordinates)
        self._diversions = DiversionReader(reading, words, counted_mentions, self._predicates.next_clause)
        self._parts = PartReader(reading, self.counted)
        self._labels = LabelReader(reading, words, self.counted, self._coordinates)
        self._placed = frozenset(reading.tokens[place.first].sentence for place in reading.places)

    def phrases(self) -> list[Phrase]:
        """Return the phrase of every mention, in order."""
        phrases = [self._phrase(index, mention) for index, mention in enumerate(self._r.mentions)]
        neighbours = Neighbours(self._r, self._mentioned)
        for index in range(len(phrases) - 1):
            phrase, after = neighbours.share(phrases[index], phrases[index + 1])
            near = after.mention.opening - phrase.mention.closing < 4
            if phrase.relation.has_total and phrase.noun.head is None and near:
                # "21 of the 27 people intercepted were minors".
                noun = self._nouns.predicate_noun(phrase.noun, after.last, self._sentence(phrase))
                phrase = replace(phrase, noun=replace(noun, last=min(noun.last, after.mention.opening)))
            phrases[index], phrases[index + 1] = phrase, after
        return [
            self._with_theme(phrase) if phrase.relation.is_inverted else phrase for phrase in neighbours.invert(phrases)
        ]

    def _phrase(self, index: int, mention: Mention) -> Phrase:
        phrase = Phrase(index, mention, NounPhrase(mention.closing))
        sentence = self._sentence(phrase)
        article = mention.kind == "article"
        timed = article and self._r.tag(mention.last, "nouns.week") is not None
        if article and not timed and self._r.tokens[mention.first].sentence not in self._placed:
            # "A woman" counts only as the case of a state, and no state is spoken of; "a week" may be a length.
            return phrase
        phrase = self._nouns.read(phrase, sentence)
        phrase = self._with_hedge_behind(phrase)
        is_bare = phrase.noun.head is None and not phrase.relation.is_part and not phrase.relation.has_total
        if is_bare and not article:
            phrase = self._labels.read(phrase, sentence)
        phrase = self._with_part(phrase)
        verb = self._predicates.verb(phrase, sentence)
        phrase = replace(phrase, predicate=replace(phrase.predicate, verb=verb))
        if phrase.noun.head == "person" and verb is None and not phrase.relation.is_part:
            phrase = replace(phrase, noun=self._labels.counted_noun(phrase, sentence))
        if mention.kind not in ("article", "ordinal"):
            phrase = self._with_theme(phrase)
            accused = self._predicates.is_accused(phrase)
            phrase = replace(phrase, predicate=replace(phrase.predicate, is_accused=accused))
            phrase = replace(phrase, predicate=self._diversions.predicate(phrase, sentence))
        return replace(
            phrase,
            setting=Setting(
                has_origin=self._comes_from(mention.opening - 1), opens_sentence=mention.opening == sentence[0]
            ),
        )

    def _sentence(self, phrase: Phrase) -> tuple[int, int]:
        return self._r.sentence(phrase.mention.first)

    def _with_theme(self, phrase: Phrase) -> Phrase:
        return replace(phrase, predicate=self._predicates.theme(phrase, self._sentence(phrase)))

    def _with_part(self, phrase: Phrase) -> Phrase:
        """Return ``phrase`` with whether it is a part, and with the noun of what it is a part of."""
        is_part = phrase.relation.is_part or self._parts.opened(phrase)
        phrase = replace(phrase, relation=replace(phrase.relation, is_part=is_part))
        if is_part and phrase.noun.is_alone and phrase.noun.head is None:
            return replace(phrase, noun=self._nouns.noun_before_comma(phrase))
        return phrase

    def _with_hedge_behind(self, phrase: Phrase) -> Phrase:
        """Take in the "como mínimo" of "178 migrantes como mínimo"."""
        place, last = phrase.last, self._sentence(phrase)[1]
        tag = self._r.tag(place, "approximators_after")
        behind = self._r.tag(place + 1, "approximators_after")
        if tag is None and behind is not None and self._closes(place + 1 + behind.length, last):
            # "24 000 vols surveillés environ et …"
            place, tag = place + 1, behind
        if tag is None or phrase.noun.head is None or phrase.mention.hedge or place >= last:
            return phrase
        if not self._opened.isdisjoint(range(place, place + tag.length)):
            # "119 Staaten und mehr als 14.000 Beamte": the "mehr als" is the next number's.
            return phrase
        mention = replace(phrase.mention, hedge=tag.name.removeprefix("approximators_after."))
        return replace(phrase, mention=mention, noun=replace(phrase.noun, last=place + tag.length))

    def _closes(self, place: int, last: int) -> bool:
        """Tell whether a phrase ends before ``place``: at a sign, an "and" or the sentence's end, ``last``."""
        return place >= last or self._r.text(place) in END_SIGNS or self._coordinates(place)

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

    def _coordinates(self, place: int) -> bool:
        """Tell whether an "and" stands at ``place``."""
        if self._r.tag(place, "coordinators"):
            return True
        text = self._r.text(place)
        # In Arabic "and" is written onto the next word; only before a word we know is it surely that.
        attached = bool(self.words.prefixes) and text.startswith("و") and len(text) > 3
        return attached and bool(self._r.tag(place, "nouns") or self._r.tag(place, "verbs"))
