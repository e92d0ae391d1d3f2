"""Recognise numbers of another edition of the same operation: "up from 2,517 a year earlier".

In: the text's phrases and every sheet of the family. Out: the figure of another edition that a number is. Guaranteed: a
number of another edition is never called wrong; a slip of one digit in such a number is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from traboule.factcheck.candidates import Candidate, FigureMatch, is_part_of_people, world_candidates
from traboule.factcheck.comparison import BOUND, OFF, ROUNDED, SAME, likeness, relation, slip
from traboule.factcheck.measures import LIKENESS, UNMISTAKEN_ABOVE, VICTIMS
from traboule.factcheck.reading.operations import UNKNOWN_OPERATION
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading
from traboule.factcheck.scope import Scope
from traboule.figures.published import PublishedFactSheet

# Numbers below this stand in every text and tell of no edition.
_LEAST = 40
_SLIP_LEAST = 200
_LEAST_SIMILARITY = LIKENESS["edition"]["least"]


class EditionFinder:
    """Finds other editions' figures among the numbers of one text. ``sheets`` are all, the latest first."""

    def __init__(
        self,
        reading: TextReading,
        phrases: Sequence[Phrase],
        scopes: Sequence[Scope],
        sheets: Sequence[PublishedFactSheet],
    ) -> None:
        """Take the text's phrases and scopes, and all sheets."""
        self._r = reading
        self._phrases = phrases
        self._scopes = scopes
        self._by_sentence: dict[int, list[Phrase]] = defaultdict(list)
        for phrase in phrases:
            self._by_sentence[self._sentence(phrase)].append(phrase)
        self._named_codes = {name.code for name in reading.names}
        self._values = {phrase.mention.value for phrase in phrases if phrase.mention.kind == "count"}
        self.sheets = sorted(sheets, key=lambda sheet: sheet.start, reverse=True)

    def match(self, phrase: Phrase, scope: Scope) -> FigureMatch | None:
        """Return the other edition's figure that ``phrase`` states, None where it states none."""
        if phrase.mention.kind != "count" or phrase.mention.value < _LEAST or not scope.sheets:
            return None
        if phrase.setting.state is not None or is_part_of_people(phrase):
            return None
        compared = phrase.setting.is_elsewhere or not scope.sure
        slipped: FigureMatch | None = None
        nearby: FigureMatch | None = None
        for sheet, candidate in self._candidates(phrase, scope):
            stands = relation(phrase.mention, candidate.figure)
            near = likeness(phrase.mention.value, candidate.figure.value or 0) >= _LEAST_SIMILARITY
            is_spoken_of = (
                compared
                or self._is_told_of(sheet)
                or self._ordered(phrase)
                or self.stated_beside(phrase, scope, candidate.figure.id)
            )
            loose = stands == ROUNDED or (stands == BOUND and phrase.mention.hedge)
            rounded = near and loose and (phrase.setting.is_compared or sheet in scope.sheets)
            if is_spoken_of and stands == SAME:
                return FigureMatch(candidate, sheet, stands)
            if is_spoken_of and rounded:
                nearby = nearby or FigureMatch(candidate, sheet, stands)
            if candidate.firm and self._compares(phrase) and slip(phrase.mention, candidate.figure):
                slipped = slipped or FigureMatch(candidate, sheet, OFF)
        return nearby or slipped

    def fits_another(self, phrase: Phrase, sheet: PublishedFactSheet, candidate: Candidate) -> bool:
        """Tell whether a number is true of another edition that the text names elsewhere: then it may speak of that."""
        if candidate.state is not None:
            return False
        measure = candidate.figure.id
        names = VICTIMS if measure in VICTIMS else (measure,)
        other_sheets = [
            edition for edition in self.sheets if edition is not sheet and edition.code in self._named_codes
        ]
        figures = [figure for edition in other_sheets for name in names if (figure := edition.figure(name)) is not None]
        return any(relation(phrase.mention, figure) != OFF for figure in figures)

    def _is_told_of(self, sheet: PublishedFactSheet) -> bool:
        """Tell whether the text states two of an edition's own numbers, and so means it without its name."""
        own = {figure.value for figure in sheet.figures if figure.value and figure.value % 100}
        return sum(value > _SLIP_LEAST for value in own & self._values) > 1

    def _ordered(self, phrase: Phrase) -> bool:
        """Tell whether the sentence numbers the editions: "the first one saw 286 arrests"."""
        return any(neighbour.mention.kind == "ordinal" for neighbour in self._by_sentence[self._sentence(phrase)])

    def _candidates(self, phrase: Phrase, scope: Scope) -> Iterator[tuple[PublishedFactSheet, Candidate]]:
        for sheet in self.sheets:
            if sheet in scope.sheets and scope.sure:
                continue
            direct = world_candidates(phrase, sheet)
            for candidate in direct:
                yield sheet, candidate
            if not direct and phrase.noun.head is None and (phrase.noun.is_alone or phrase.setting.is_compared):
                value = phrase.mention.value
                # "Compare the 3,222 of the year before": so large a number, to the digit, is no other's.
                exact = [f.id for f in sheet.figures if f.value == value > UNMISTAKEN_ABOVE and value % 100]
                for name in (*self._measures_before(phrase, scope), *exact):
                    figure = sheet.figure(name)
                    if figure is not None:
                        yield sheet, Candidate(figure, True)

    def _measures_before(self, phrase: Phrase, scope: Scope) -> Iterator[str]:
        """Yield what the nearest earlier number of the sentence stands for: "3,744 arrests, up from 2,517"."""
        for earlier in reversed(self._phrases[: phrase.index]):
            if not self._together(earlier, phrase):
                return
            for sheet in scope.sheets:
                for candidate in world_candidates(earlier, sheet):
                    if candidate.firm or relation(earlier.mention, candidate.figure) != OFF:
                        yield candidate.figure.id

    def stated_beside(self, phrase: Phrase, scope: Scope, figure: str) -> bool:
        """Tell whether another number of the sentence already is ``figure``: then this one is something else."""
        for neighbour in self._by_sentence[self._sentence(phrase)]:
            if neighbour is phrase or neighbour.mention.kind != "count":
                continue
            for sheet in scope.sheets:
                published = sheet.figure(figure)
                speaks = {c.figure.id for c in world_candidates(neighbour, sheet)} or {figure}
                if published is not None and figure in speaks and relation(neighbour.mention, published) == SAME:
                    return True
        return False

    def _compares(self, phrase: Phrase) -> bool:
        """Tell whether the sentence compares published editions, and names no other operation."""
        if (phrase.setting.is_elsewhere and not phrase.setting.is_compared) or phrase.mention.value < _SLIP_LEAST:
            return False
        first, last = self._r.sentence(phrase.mention.first)
        codes = {name.code for name in self._r.names if first <= name.first < last}
        ours = {sheet.code for sheet in self.sheets}
        scope = self._scopes[self._r.tokens[phrase.mention.first].sentence]
        # "Up on the 4,416 of 2022": a year of no edition.
        compared = phrase.setting.is_compared and scope.sure
        return UNKNOWN_OPERATION not in codes and (compared or len(codes & ours) > 1 or len(scope.sheets) > 1)

    def _together(self, left: Phrase, right: Phrase) -> bool:
        return self._sentence(left) == self._sentence(right)

    def _sentence(self, phrase: Phrase) -> int:
        return self._r.tokens[phrase.mention.first].sentence
