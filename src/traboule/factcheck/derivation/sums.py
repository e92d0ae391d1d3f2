"""Judge sums and remainders of a sentence's own numbers: "2,517 arrests, 850 for trafficking, the other 1,567".

In: a phrase and what the sentence's earlier numbers were found to be. Out: the sum with its verdict. Guaranteed: the
sentence has the published numbers to the digit, so that nothing else can be meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from traboule.factcheck.candidates import FigureMatch
from traboule.factcheck.comparison import CONSISTENT, SAME, WRONG, likeness, slipped
from traboule.factcheck.derivation.derived import DerivedReader
from traboule.factcheck.measures import LIKENESS
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import PEOPLE, TextReading

_ALIKE_REST = LIKENESS["derived"]["remainder"]
# How far from its number "in all" or "for other crimes" may stand.
_TOTAL_REACH, _DENIAL_REACH = 3, 6


@dataclass(frozen=True, slots=True)
class Sum:
    """A verdict, the figure that a sum or remainder is of, and the value that the published numbers give."""

    verdict: str
    figure: str
    right: int


class SumReader:
    """Judges the sums and remainders of one text."""

    def __init__(self, reading: TextReading, phrases: Sequence[Phrase], derived: DerivedReader) -> None:
        """Take the text's phrases; ``derived`` tells which numbers are remainders."""
        self._r = reading
        self._phrases = phrases
        self._derived = derived

    def verdict(self, phrase: Phrase, decided: Mapping[int, FigureMatch]) -> Sum | None:
        """Return the verdict on ``phrase`` as a sum or a remainder of earlier numbers, None where it is neither."""
        if phrase.mention.kind != "count" or phrase.mention.hedge or phrase.mention.high is not None:
            return None
        if phrase.setting.state is not None or phrase.noun.head not in (None, "arrest", "suspect", *PEOPLE):
            return None
        stated = list(self._stated_before(phrase, decided))
        return self._remainder(phrase, stated) or self._total(phrase, stated)

    def _stated_before(self, phrase: Phrase, decided: Mapping[int, FigureMatch]) -> Iterator[FigureMatch]:
        """Yield the figures of the whole operation that the sentence has stated exactly."""
        sentence = self._r.tokens[phrase.mention.first].sentence
        for earlier in self._phrases[: phrase.index]:
            result = decided.get(earlier.index)
            together = self._r.tokens[earlier.mention.first].sentence == sentence
            if together and result is not None and result.relation == SAME and result.candidate.state is None:
                yield result

    def _remainder(self, phrase: Phrase, stated: Sequence[FigureMatch]) -> Sum | None:
        off_theme = self._is_off_theme(phrase)
        if not (self._derived.is_rest(phrase) or off_theme):
            return None
        value = phrase.mention.value
        for part in stated:
            total = next((f for f in stated if f.candidate.figure.id == part.candidate.figure.of), None)
            exact = part.candidate.figure.precision == "exact"
            if total is None or not exact or total.sheet is not part.sheet:
                continue
            right = (total.candidate.figure.value or 0) - (part.candidate.figure.value or 0)
            if value == right:
                return Sum(CONSISTENT, total.candidate.figure.id, right)
            if slipped(value, right) or (off_theme and likeness(value, right) >= _ALIKE_REST):
                return Sum(WRONG, total.candidate.figure.id, right)
        return None

    def _is_off_theme(self, phrase: Phrase) -> bool:
        """Tell whether "for other crimes" stands behind a number."""
        last = self._r.sentence(phrase.mention.first)[1]
        behind = range(phrase.mention.closing, min(phrase.mention.closing + _DENIAL_REACH, last))
        denied = any(self._r.tag(place, "negations") for place in behind)
        return denied and any(self._r.tag(place, "derived.rest") for place in behind)

    def _total(self, phrase: Phrase, stated: Sequence[FigureMatch]) -> Sum | None:
        wholes = {f.candidate.figure.id: f.candidate.figure for f in stated if f.candidate.figure.of is None}
        people = [figure for figure in wholes.values() if figure.unit == "person" and figure.value]
        if len(people) < 2 or not self._sums_up(phrase):
            return None
        right = sum(figure.value or 0 for figure in people)
        if phrase.mention.value == right:
            return Sum(CONSISTENT, people[0].id, right)
        return Sum(WRONG, people[0].id, right) if slipped(phrase.mention.value, right) else None

    def _sums_up(self, phrase: Phrase) -> bool:
        """Tell whether "in all" stands by a number."""
        around = range(phrase.mention.opening - _TOTAL_REACH, phrase.last + _TOTAL_REACH)
        first, last = self._r.sentence(phrase.mention.first)
        return any(self._r.tag(place, "scope.world") for place in around if first <= place < last)
