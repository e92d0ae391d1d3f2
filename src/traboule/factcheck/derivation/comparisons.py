"""Find changes between two editions that are told wrongly: "29 per cent more arrests than in Liberterra II".

In: a phrase and its scope. Out: the figure compared, with the change that the published numbers give. Guaranteed: the
sentence names an edition and speaks of one figure alone, of no state and of no part; the number is so near the true one
that nothing else can be meant, or so far from it that no rounding explains it.
"""

from __future__ import annotations

from collections.abc import Sequence

from traboule.factcheck.candidates import is_part_of_people, measures_of_noun
from traboule.factcheck.comparison import likeness, slipped
from traboule.factcheck.derivation.derived import Derivation
from traboule.factcheck.measures import ARRESTS, COMMON_BELOW, VICTIMS
from traboule.factcheck.reading.operations import FAMILY, UNKNOWN_OPERATION
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading
from traboule.factcheck.scope import Scope, own_years
from traboule.figures.published import PublishedFactSheet

# How far "more" or "up by" may stand from its number.
_REACH = 4
# How far the noun that is compared may stand from its number, and how long a word may be that is no noun.
_BEHIND, _BEFORE, _SMALL_WORD = 5, 12, 4
# A difference less like the true one than this is one of something else.
_LEAST_LIKENESS = 0.9
# Points of a hundred by which a change differs that is wrong: written plainly, and with a hedge.
_POINTS, _HEDGED_POINTS = 0.03, 0.12
# "Twice" is wrong of less than 1.65 and of more than 2.7.
_LESS, _MORE = 0.825, 1.35
_SMALL = 0.005
# What makes of the number one of a part, of another's or of something else: "arrests of women", "at airports".
_APART = (
    *("other_bodies", "negations", "forms", "verbs.other", "examining"),
    *("nouns.woman", "nouns.man", "nouns.minor", "nouns.adult", "nouns.other"),
)


class ComparisonReader:
    """Finds the wrong changes that one text states."""

    def __init__(self, reading: TextReading, phrases: Sequence[Phrase]) -> None:
        """Take the text's phrases."""
        self._r = reading
        self._phrases = phrases

    def belied(self, phrase: Phrase, scope: Scope) -> Derivation | None:
        """Return the figure whose change ``phrase`` states wrongly, with the true change, None where it states none."""
        if len(scope.sheets) != 2 or scope.foreign or not self._compares_editions(phrase, scope):
            return None
        figure = self._subject(phrase)
        values = [_value(sheet, figure) for sheet in sorted(scope.sheets, key=lambda sheet: sheet.start)]
        if figure is None or values[0] is None or values[1] is None:
            return None
        right = self._true_change(phrase, values[0], values[1])
        return None if right is None else Derivation(figure, right)

    def _true_change(self, phrase: Phrase, earlier: int, later: int) -> float | None:
        """Return the true change where the number is another one."""
        mention = phrase.mention
        if mention.high is not None:
            return None
        if mention.kind == "multiple":
            ratio = max(earlier, later) / min(earlier, later)
            off = ratio < _LESS * mention.value or ratio > _MORE * mention.value
            return round(ratio, 2) if off and mention.value >= 2 else None
        if mention.kind == "share":
            # A change may be told of either number: "a third fewer" of the later is "half as many again".
            true = abs(later / earlier - 1)
            far = _HEDGED_POINTS if mention.hedge or mention.approximate else _POINTS
            off = min(abs(mention.value - true), abs(mention.value - abs(1 - earlier / later))) > far
            return round(true, 4) if off and mention.value > _SMALL and self._is_change(phrase) else None
        difference = abs(later - earlier)
        plain = mention.kind == "count" and not mention.hedge and mention.value > COMMON_BELOW and mention.value % 100
        near = slipped(mention.value, difference) or likeness(mention.value, difference) >= _LEAST_LIKENESS
        is_wrong = plain and mention.value != difference and near and self._is_change(phrase)
        return difference if is_wrong else None

    def _is_change(self, phrase: Phrase) -> bool:
        """Tell whether "more", "up" or "down" stands by a number."""
        first, last = self._r.sentence(phrase.mention.first)
        around = range(max(first, phrase.mention.opening - _REACH), min(last, phrase.mention.closing + _REACH))
        cues = ("derived.more", "derived.up", "derived.down")
        numbers = range(phrase.mention.opening, phrase.mention.last)
        earlier = (
            m.last for m in self._r.mentions if first <= m.first < phrase.mention.opening and m.kind != "article"
        )
        # "Gegenüber Liberterra II stieg die Zahl der Festnahmen um 94 Prozent."
        since = range(max(earlier, default=first), phrase.mention.opening)
        if any(self._r.tag(place, cue) for place in since for cue in ("derived.up", "derived.down")):
            return True
        return any(self._r.tag(place, cue) for place in around if place not in numbers for cue in cues)

    def _compares_editions(self, phrase: Phrase, scope: Scope) -> bool:
        """Tell whether the sentence names one of two editions, and no state, year or operation besides."""
        first, last = self._r.sentence(phrase.mention.first)
        codes = {name.code for name in self._r.names if first <= name.first < last} - {FAMILY}
        placed = any(first <= place.first < last for place in self._r.places)
        years = {
            int(mention.value)
            for mention, kind in zip(self._r.mentions, self._r.kinds, strict=True)
            if kind == "year" and first <= mention.first < last
        }
        own = own_years(scope.sheets[0]) | own_years(scope.sheets[1])
        # "Double of the arrests" is no part of them.
        part = phrase.relation.is_part and phrase.mention.kind != "multiple"
        apart = placed or is_part_of_people(phrase) or phrase.predicate.is_negated or part or not years <= own
        inside = (place for place in range(first, last) if not phrase.mention.first <= place < phrase.mention.last)
        spoken = any(self._r.tag(place, name) for place in inside for name in _APART)
        return bool(codes) and UNKNOWN_OPERATION not in codes and not apart and not spoken

    def _subject(self, phrase: Phrase) -> str | None:
        """Return the one figure that the sentence speaks of, None where it speaks of several or of none."""
        first, last = self._r.sentence(phrase.mention.first)
        figures = {figure for place in range(first, last) for figure in self._measured(place)}
        themed = any(self._r.tag(place, "theme") for place in range(first, last))
        # Arrests "for trafficking" are another figure than all arrests.
        alone = len(figures) == 1 and not (themed and ARRESTS in figures)
        behind = range(phrase.mention.closing, min(phrase.mention.closing + _BEHIND, last))
        before = range(phrase.mention.opening - 1, max(phrase.mention.opening - _BEFORE, first) - 1, -1)
        return next(iter(figures)) if alone and any(self._reaches(places) for places in (behind, before)) else None

    def _reaches(self, places: range) -> bool:
        """Tell whether a measure stands at ``places``, and no word before it that nobody here knows: "twice as many
        newspapers"."""
        for place in places:
            if self._measured(place):
                return True
            if not self._r.index[place] and len(self._r.text(place)) > _SMALL_WORD:
                return False
        return False

    def _measured(self, place: int) -> set[str]:
        noun, verb = self._r.tag(place, "nouns"), self._r.tag(place, "verbs")
        if noun is not None:
            return set(measures_of_noun(noun.name.removeprefix("nouns."))[:1])
        if verb is not None and verb.name in ("verbs.arrest", "verbs.rescue"):
            return set(measures_of_noun(verb.name.removeprefix("verbs.").replace("rescue", "victim"))[:1])
        return set()


def _value(sheet: PublishedFactSheet, figure: str | None) -> int | None:
    # What one edition calls victims another calls potential victims.
    names = VICTIMS if figure in VICTIMS else (figure,)
    figures = (sheet.figure(name) for name in names if name)
    return next((match.value for match in figures if match is not None and match.precision == "exact"), None)
