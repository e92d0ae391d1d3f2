"""What is said of each number: the noun it counts, its qualifiers, the verb, the place, the whole it is part of.

In comes a reading; out goes a :class:`Phrase` for each mention. It promises to look only where grammar allows: the
noun after the number up to the end of its phrase, otherwise the label before it; the verb of the same clause; a
country of the same clause or named before in the same sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from traboule.release.claims.reading.lexicon import Lexicon
from traboule.release.claims.reading.numbers import Mention
from traboule.release.claims.reading.text import Place, Reading

# People without a role: what was done with them says which figure they belong to.
PEOPLE = frozenset({"person", "suspect", "minor", "woman", "man", "adult"})
SUBSETS = frozenset({"minor", "woman", "man", "adult"})
TIMES = frozenset({"day", "week", "month", "year"})
VERBS = ("arrest", "rescue", "identify", "other")
_UNKNOWN_WORDS = 4
_QUALIFIER_REACH = 5
_VERB_REACH = 10
_LABEL_REACH = 6
_THEME_REACH = 40
_HARD_SIGNS = frozenset(";:.!?—|•")
_END_SIGNS = frozenset(",;:.!?—|•()[]/")


@dataclass(slots=True)
class Phrase:
    """The surroundings of mention number ``index``.

    ``head`` is the noun (arrest, victim, migrant, person, country …), None where the number stands alone
    (``alone``) or counts something unknown; ``part`` tells that it is introduced as a part ("of whom 850"), ``whole``
    that its whole follows ("850 of the 2,517"); ``label`` that the noun stood before it ("Arrests: 2,517").
    ``place`` is the state spoken of in the clause, ``near`` the one last spoken of in the paragraph.
    """

    index: int
    mention: Mention
    first: int
    last: int
    head: str | None = None
    alone: bool = False
    label: bool = False
    qualifiers: set[str] = field(default_factory=set)
    subsets: set[str] = field(default_factory=set)
    peoples: set[str] = field(default_factory=set)
    verb: str | None = None
    theme: bool = False
    themed: bool = False
    negated: bool = False
    part: bool = False
    whole: bool = False
    place: str | None = None
    near: str | None = None
    worldwide: bool = False
    elsewhere: bool = False
    origin: bool = False
    begins: bool = False


class PhraseReader:
    """Reads the phrases of one text."""

    def __init__(self, reading: Reading, words: Lexicon) -> None:
        """Take the reading and its language's lexicon."""
        self._r = reading
        self._words = words
        counted = [m for m in reading.mentions if m.kind not in ("article", "ordinal")]
        self._mention_at = {m.first: m for m in counted}
        self._inside = frozenset(place for m in counted for place in range(m.first, m.last))
        self._ends = frozenset(m.last for m in counted)
        self._by_sentence: dict[int, list[Mention]] = defaultdict(list)
        for mention in counted:
            self._by_sentence[reading.tokens[mention.first].sentence].append(mention)
        self._places: dict[int, list[Place]] = defaultdict(list)
        for place in reading.places:
            self._places[reading.tokens[place.first].sentence].append(place)

    def phrases(self) -> list[Phrase]:
        """Return the phrase of every mention, in order."""
        found = [self._phrase(index, mention) for index, mention in enumerate(self._r.mentions)]
        self._add_places(found)
        return found

    def _phrase(self, index: int, mention: Mention) -> Phrase:
        phrase = Phrase(index, mention, first=mention.opening, last=mention.closing)
        sentence = self._r.sentence(mention.first)
        article = mention.kind == "article"
        if article and not self._places[self._r.tokens[mention.first].sentence]:
            # "A woman" counts only as the case of a state, and no state is spoken of.
            return phrase
        self._find_head(phrase, sentence)
        if phrase.head is None and not phrase.part and not phrase.whole and not article:
            self._find_label(phrase, sentence)
        phrase.part = phrase.part or self._part_before(phrase)
        self._find_verb(phrase, sentence)
        if mention.kind not in ("article", "ordinal"):
            self._find_theme(phrase, sentence)
        phrase.origin = self._r.tag(mention.opening - 1, "towards") is not None
        phrase.begins = mention.opening == sentence[0]
        return phrase

    # The noun

    def _find_head(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        place, unknown = phrase.mention.closing, 0
        if self._r.tag(place, "part.after"):
            phrase.part, phrase.alone = True, True
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
            return 1 if place == start and self._r.tag(place + 1, "nouns") else 0
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
        limit = min(place + _QUALIFIER_REACH, sentence[1])
        while place < limit and not self._blocked(place):
            qualifier = self._r.tag(place, "qualifiers")
            noun = self._r.tag(place, "nouns")
            people = self._r.tag(place, "people")
            if qualifier is not None:
                phrase.qualifiers.add(qualifier.name.removeprefix("qualifiers."))
                phrase.last = max(phrase.last, place + qualifier.length)
                place += qualifier.length
                continue
            if people is not None:
                phrase.peoples.add(str(people.value))
            elif noun is not None and phrase.head in PEOPLE and noun.name in ("nouns.victim", "nouns.migrant"):
                phrase.head, phrase.last = noun.name.removeprefix("nouns."), place + noun.length
            elif self._ends_noun(place):
                return
            place += 1

    def _ends_noun(self, place: int) -> bool:
        charged = self._r.tag(place, "theme_link") and self._r.tag(place + 1, "theme")
        return bool(self._coordinates(place) or self._r.tag(place, "verbs.arrest") or charged)

    def _find_label(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        """Find the noun before: "Arrests: 2,517", "the number of arrests rose to 2,517"."""
        place = phrase.mention.opening - 1
        for _ in range(_LABEL_REACH):
            if place < sentence[0] or self._r.text(place) in (",", ";"):
                return
            if place in self._inside:
                return
            noun = self._r.tag(place, "nouns")
            if noun is not None and place + noun.length <= phrase.mention.opening:
                if any(m.closing <= place and place - m.closing < 4 for m in self._before(phrase)):
                    return
                phrase.head, phrase.label = noun.name.removeprefix("nouns."), True
                for step in (place - 1, place - 2, place + noun.length, place + noun.length + 1):
                    tag = self._r.tag(step, "qualifiers")
                    if tag is not None:
                        phrase.qualifiers.add(tag.name.removeprefix("qualifiers."))
                return
            place -= 1

    def _before(self, phrase: Phrase) -> list[Mention]:
        mine = self._by_sentence[self._r.tokens[phrase.mention.first].sentence]
        return [m for m in mine if m.first < phrase.mention.first]

    def _part_before(self, phrase: Phrase) -> bool:
        for length in range(1, 5):
            tag = self._r.tag(phrase.mention.opening - length, "part.before")
            if tag is not None and tag.length == length:
                return True
        return False

    # The verb and the theme

    def _find_verb(self, phrase: Phrase, sentence: tuple[int, int]) -> None:
        after = self._verb_after(phrase, sentence, reach=_VERB_REACH)
        before = self._verb_before(phrase, sentence)
        if after is not None and (phrase.alone or after[1] <= 4 or before is None):
            phrase.verb = after[0]
        elif before is not None:
            phrase.verb = before

    def _verb_after(self, phrase: Phrase, sentence: tuple[int, int], reach: int) -> tuple[str, int] | None:
        start = max(phrase.last, phrase.mention.closing)
        other: tuple[str, int] | None = None
        for place in range(start, min(start + reach, sentence[1])):
            if self._blocked(place) or (self._coordinates(place) and not self._r.tag(place, "auxiliaries")):
                break
            verb = self._verb_at(place)
            if verb is not None and verb != "other":
                return verb, place - start
            other = other or ((verb, place - start) if verb else None)
        # "A man wanted by Romania was arrested": what was done comes after what describes.
        return other

    def _verb_before(self, phrase: Phrase, sentence: tuple[int, int]) -> str | None:
        for place in range(
            phrase.mention.opening - 1, max(phrase.mention.opening - 1 - _VERB_REACH, sentence[0] - 1), -1
        ):
            if self._r.text(place) in _HARD_SIGNS or place + 1 in self._ends:
                return None
            verb = self._verb_at(place)
            if verb is not None:
                return verb
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
        while place < limit and place not in self._mention_at and self._r.text(place) not in _HARD_SIGNS:
            if self._r.tag(place, "part.before") and place > phrase.mention.closing:
                break
            linked = linked or self._r.tag(place, "theme_link") is not None
            phrase.negated = phrase.negated or self._r.tag(place, "negations") is not None
            if self._r.tag(place, "theme") is not None:
                phrase.theme, phrase.themed = True, linked
                return
            place += 1

    # The place

    def _add_places(self, phrases: list[Phrase]) -> None:
        scopes: dict[int, tuple[bool, bool]] = {}
        near: dict[int, str] = {}
        last_read = 0
        for phrase in phrases:
            token = self._r.tokens[phrase.mention.first]
            sentence = self._r.sentence(phrase.mention.first)
            for earlier in range(last_read, token.sentence):
                for place in self._places[earlier]:
                    if not place.towards:
                        near[self._r.tokens[place.first].paragraph] = place.code
            last_read = token.sentence
            if token.sentence not in scopes:
                scopes[token.sentence] = self._scope(sentence)
            phrase.worldwide, phrase.elsewhere = scopes[token.sentence]
            phrase.near = near.get(token.paragraph)
            phrase.place = self._place_of(phrase, token.sentence)
            phrase.near = self._place_behind(phrase, token.sentence) or phrase.near

    def _scope(self, sentence: tuple[int, int]) -> tuple[bool, bool]:
        """Tell whether a sentence speaks of the operation as a whole, and whether of other times and sources."""
        inside = range(*sentence)
        whole = any(self._r.tag(i, "scope.world") or self._r.tag(i, "nouns.operation") for i in inside)
        named = any(sentence[0] <= name.first < sentence[1] for name in self._r.names)
        return whole or named, any(self._r.tag(i, "other_context") for i in inside)

    def _place_of(self, phrase: Phrase, sentence: int) -> str | None:
        hard = list(self._hard_places(phrase, sentence))
        if not hard:
            return None
        before = [p for p in hard if p.first < phrase.mention.first and not p.people]
        after = [p for p in hard if p.first >= phrase.mention.first and not p.people]
        return (before[-1:] or after[:1] or hard[:1])[0].code

    def _place_behind(self, phrase: Phrase, sentence: int) -> str | None:
        """Return a country later in the clause, behind another number: "14 minors among 59 victims in Argentina"."""
        clause = self._r.tokens[phrase.mention.first].clause
        behind = [
            place.code
            for place in self._places[sentence]
            if place.first > phrase.last
            and not place.towards
            and not place.people
            and self._r.tokens[place.first].clause == clause
        ]
        return behind[0] if behind else None

    def _hard_places(self, phrase: Phrase, sentence: int) -> Iterator[Place]:
        mine = range(phrase.mention.opening, phrase.last)
        clause = self._r.tokens[phrase.mention.first].clause
        for place in self._places[sentence]:
            if place.towards or place.first in mine:
                continue
            before = place.first < phrase.mention.first
            same_clause = self._r.tokens[place.first].clause == clause
            if before or (same_clause and not place.people and not self._mention_between(phrase, place)):
                yield place

    def _mention_between(self, phrase: Phrase, place: Place) -> bool:
        mine = self._by_sentence[self._r.tokens[place.first].sentence]
        return any(phrase.mention.last <= m.first < place.first and m.kind == "count" for m in mine)

    # Where a phrase ends

    def _blocked(self, place: int) -> bool:
        return self._r.text(place) in _END_SIGNS or place in self._mention_at

    def _stops(self, place: int) -> bool:
        if self._r.text(place) in _END_SIGNS or self._coordinates(place):
            return True
        return any(self._r.tag(place, name) for name in ("stops", "auxiliaries", "part", "theme_link"))

    def _coordinates(self, place: int) -> bool:
        if self._r.tag(place, "coordinators"):
            return True
        text = self._r.text(place)
        # In Arabic "and" is written onto the next word; only before a word we know is it surely that.
        attached = bool(self._words.prefixes) and text.startswith("و") and len(text) > 3
        return attached and bool(self._r.tag(place, "nouns") or self._r.tag(place, "verbs"))
