"""Derive changes between editions, remainders, daily rates and multiples from published numbers.

In: a phrase, its scope and what the sentence's other numbers were found to be. Out: the published figure a number
follows from, with the value that the published numbers give. Guaranteed: the arithmetic fits and the sentence speaks of
that figure; a number that is a difference or a rate is no figure itself: "1,200 more than last year" is no number of
arrests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from traboule.factcheck.candidates import FigureMatch, measures_of_noun
from traboule.factcheck.comparison import OFF, RANGE, likeness, relation
from traboule.factcheck.measures import (
    ARRESTS,
    COMMON_BELOW,
    FRACTIONS,
    LIKENESS,
    MINORS_SUFFIX,
    ON_THEME,
    PARTICIPANTS,
    TOLERANCES,
    VICTIMS,
)
from traboule.factcheck.reading.numerals.hedge_kinds import hedges_above, hedges_below
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import PEOPLE, TextReading
from traboule.factcheck.scope import Scope, own_years
from traboule.figures.published import PublishedFactSheet, PublishedFigure

# How far a cue may stand from its number: "1,227 more", "los otros 1.667", "4,000 flights a day".
_CUE_BEFORE, _CUE_AFTER = 3, 4
_RATE_AFTER, _RATE_HEAD = 6, 2
# A rate may stand two sentences behind what it is of: "2,517 arrests in six days? That is many." "It is 420 a day."
_SENTENCES_BACK = 2
# A sentence that speaks of more measures than this compares none of them in so many words.
_SUBJECTS = 5
_SUM_ALIKE = LIKENESS["derived"]["sum"]
_CHANGE, _MULTIPLE, _RATE = TOLERANCES["change"], TOLERANCES["multiple"], TOLERANCES["rate"]


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a number follows from: the published figure's identifier, and the value the published numbers give."""

    figure: str
    right: float
    state: str | None = None


class DerivedReader:
    """Finds what the numbers of one text follow from."""

    def __init__(self, reading: TextReading, phrases: Sequence[Phrase], sheets: Sequence[PublishedFactSheet]) -> None:
        """Take the text's phrases and all sheets; editions are compared in the order of their operations."""
        self._r = reading
        self._phrases = phrases
        self._years_by_sentence: dict[int, set[int]] = defaultdict(set)
        for mention, kind in zip(reading.mentions, reading.kinds, strict=True):
            if kind == "year":
                self._years_by_sentence[reading.tokens[mention.first].sentence].add(int(mention.value))
        self._hedges = frozenset(m.opening for m in reading.mentions if m.hedge and m.opening < m.first)
        self._lengths = frozenset(m.first for m in reading.mentions if m.hedge and m.kind == "article")
        self._sheets = sorted(sheets, key=lambda sheet: sheet.start)

    def derivation(self, phrase: Phrase, scope: Scope, decided: Mapping[int, FigureMatch]) -> Derivation | None:
        """Return what ``phrase`` follows from, None where nothing fits. ``decided`` is what earlier numbers are."""
        if not scope.sheets or phrase.mention.high is not None:
            return None
        if phrase.mention.kind == "share":
            return self._change(phrase, decided)
        if phrase.mention.kind == "multiple" or self._times(phrase):
            return self._multiple(phrase, scope, decided)
        if phrase.mention.kind != "count":
            return None
        if self._is_rate(phrase):
            return self._rate(phrase, scope, decided)
        return self._difference(phrase, decided) or self._remainder(phrase, scope) or self._sum(phrase, decided)

    def is_no_figure(self, phrase: Phrase) -> bool:
        """Tell whether a number is a difference, a rate or what a multiple is taken of, and so no figure itself."""
        return phrase.mention.kind == "count" and (
            self._is_rate(phrase)
            or self._is_difference(phrase)
            or self._is_base(phrase)
            or self._sum(phrase, {}) is not None
        )

    def is_rest(self, phrase: Phrase) -> bool:
        """Tell whether a number is a remainder: "45 other victims", "the remaining 45"."""
        inside = range(phrase.mention.closing, max(phrase.last - 1, phrase.mention.closing))
        neighbours = (*self._before(phrase, 1), *self._after(phrase, 2))
        return bool(
            self._cue(inside, "rest") or any(self._cue(range(place, place + 1), "rest") for place in neighbours)
        )

    # What the words around a number make of it

    def _cue(self, places: range, *names: str) -> str:
        """Return the first of ``names`` tagged at ``places``, nearest first, empty where none is."""
        for place in places:
            if place in self._hedges:
                # The "more" of "more than 2,500" is that number's own.
                continue
            for name in names:
                if self._r.tag(place, f"derived.{name}"):
                    return name
        return ""

    def _after(self, phrase: Phrase, reach: int) -> range:
        last = self._r.sentence(phrase.mention.first)[1]
        end = phrase.mention.closing
        while end < min(phrase.mention.closing + reach, last) and self._r.text(end) not in ",;:()":
            end += 1
        return range(phrase.mention.closing, end)

    def _before(self, phrase: Phrase, reach: int) -> range:
        first = self._r.sentence(phrase.mention.first)[0]
        return range(phrase.mention.opening - 1, max(phrase.mention.opening - 1 - reach, first - 1), -1)

    def _is_rate(self, phrase: Phrase) -> bool:
        """Tell whether "a day" or "on average" belongs to the number; "a day-long operation" is none of it."""
        first, last = self._r.sentence(phrase.mention.first)
        # "Per day, that is …" speaks of the whole sentence.
        head = range(first, min(first + _RATE_HEAD, last))
        if any(place in self._lengths for place in self._before(phrase, 6)):
            # "In just under a week, in more than 110 countries".
            return False
        around = (self._after(phrase, _RATE_AFTER), self._before(phrase, 6), head)
        return any(self._cue(places, "lasting", "rate") == "rate" for places in around)

    def _is_difference(self, phrase: Phrase) -> bool:
        """Tell whether "more" or "fewer" belongs to the number itself: "1,227 more", "mais 1.227 detidos do que"."""
        after = self._after(phrase, _CUE_AFTER)
        return any(self._r.tag(place, "derived.more") and self._qualifies(phrase, place) for place in after)

    def _qualifies(self, phrase: Phrase, place: int) -> bool:
        """Tell whether "more" at ``place`` stands right behind the number, or behind the noun it counts."""
        return place == phrase.mention.closing or (place == phrase.last and self._ends_noun(place))

    def _ends_noun(self, place: int) -> bool:
        return not self._r.tag(place, "verbs") and place not in self._hedges

    def _is_base(self, phrase: Phrase) -> bool:
        """Tell whether a multiple stands before the number: "twice as many as the 1,200 of 2020"."""
        for earlier in reversed(self._phrases[: phrase.index]):
            gap = phrase.mention.opening - earlier.mention.closing
            if gap > _CUE_BEFORE + 2 or earlier.mention.first < self._r.sentence(phrase.mention.first)[0]:
                return False
            if earlier.mention.kind == "multiple" or self._times(earlier):
                return not any(self._r.text(p) in ",;:" for p in range(earlier.mention.closing, phrase.mention.opening))
        return False

    def _times(self, phrase: Phrase) -> bool:
        behind = range(phrase.mention.last, phrase.mention.last + 1)
        return phrase.mention.kind == "count" and bool(
            self._cue(behind, "times") or self._cue(self._before(phrase, _CUE_BEFORE), "multiplied")
        )

    # The arithmetic

    def _subjects(self, phrase: Phrase, decided: Mapping[int, FigureMatch], back: int = 1) -> list[str]:
        """Return the figures the sentence speaks of, the nearest before the number first, then those behind it.

        Where it speaks of none, those of the last ``back`` sentences.
        """
        first, last = self._r.sentence(phrase.mention.first)
        before = range(phrase.mention.opening - 1, first - 1, -1)
        themed = any(self._r.tag(place, "theme") for place in range(first, last))
        nouns = [
            figure
            for place in (*before, *range(phrase.mention.closing, last))
            for figure in self._figures_named(place)
            if figure != ON_THEME or themed
        ]
        stated: list[str] = []
        for earlier in reversed(self._phrases[: phrase.index]):
            sentences = self._sentence(phrase) - self._sentence(earlier)
            apart = back == 1 and self._paragraph(phrase) != self._paragraph(earlier)
            if sentences > back or apart or (sentences and stated):
                break
            figure = decided[earlier.index].candidate.figure.id if earlier.index in decided else ""
            # Nobody counts countries by the day or by the country.
            if figure and not (back > 1 and figure == PARTICIPANTS):
                stated.append(figure)
        return list(dict.fromkeys([*stated[:1], *nouns, *stated]))[:_SUBJECTS]

    def _figures_named(self, place: int) -> Iterator[str]:
        noun = self._r.tag(place, "nouns")
        verb = self._r.tag(place, "verbs")
        if noun is not None:
            yield from measures_of_noun(noun.name.removeprefix("nouns."))
        elif verb is not None and verb.name == "verbs.arrest":
            yield from measures_of_noun("arrest")
        elif verb is not None and verb.name == "verbs.rescue":
            yield from measures_of_noun("victim")

    def _pairs(self, figure: str, phrase: Phrase) -> Iterator[tuple[int, int]]:
        """Yield a figure's values in a later and an earlier edition, neighbours first.

        A sentence that names another year ("double the number of 2023") compares with something else.
        """
        years = self._years(phrase)
        values = [(sheet, value) for sheet in self._sheets if (value := _value(sheet, figure))]
        for step in range(1, len(values)):
            for place in range(len(values) - 1, step - 1, -1):
                (later, high), (earlier, low) = values[place], values[place - step]
                if years <= own_years(later) | own_years(earlier):
                    yield high, low

    def _years(self, phrase: Phrase) -> set[int]:
        return self._years_by_sentence[self._sentence(phrase)]

    def _change(self, phrase: Phrase, decided: Mapping[int, FigureMatch]) -> Derivation | None:
        first, _last = self._r.sentence(phrase.mention.first)
        near = self._cue(self._after(phrase, _CUE_AFTER), "up", "down")
        sign = {"+": "up", "-": "down"}.get(self._r.text(phrase.mention.opening - 1), "")
        # What comes after the number may say how the next one changed.
        before = self._cue(range(phrase.mention.opening - 1, first - 1, -1), "up", "down")
        directions = {direction for direction in (near or sign, before) if direction}
        for figure in self._subjects(phrase, decided) if directions else ():
            for later, earlier in self._pairs(figure, phrase):
                change = later / earlier - 1
                if ("up" if change > 0 else "down") in directions and _fits_points(phrase.mention, abs(change)):
                    return Derivation(figure, round(change, 4))
        return None

    def _difference(self, phrase: Phrase, decided: Mapping[int, FigureMatch]) -> Derivation | None:
        is_difference = self._is_difference(phrase)
        # "Arrests are up by 1,227."
        led = self._cue(self._before(phrase, _CUE_BEFORE), "up", "down")
        for figure in self._subjects(phrase, decided) if is_difference or led or phrase.setting.is_compared else ():
            for later, earlier in self._pairs(figure, phrase):
                left = abs(later - earlier)
                if phrase.mention.value == left or (is_difference and _stands(phrase.mention, left)):
                    return Derivation(figure, later - earlier)
        return None

    def _sum(self, phrase: Phrase, decided: Mapping[int, FigureMatch]) -> Derivation | None:
        """Return the sum over consecutive editions: "6,547 arrests in three operations"."""
        may_be_sum = phrase.mention.value > COMMON_BELOW and not phrase.is_diverted and self._of_several(phrase)
        for figure in self._subjects(phrase, decided) if may_be_sum else ():
            values = [value for sheet in self._sheets if (value := _value(sheet, figure))]
            ranges = ((first, last) for first in range(len(values)) for last in range(first + 2, len(values) + 1))
            for total in (sum(values[first:last]) for first, last in ranges):
                if (
                    figure != PARTICIPANTS
                    and likeness(phrase.mention.value, total) > _SUM_ALIKE
                    and _stands(phrase.mention, total)
                ):
                    return Derivation(figure, total)
        return None

    def _of_several(self, phrase: Phrase) -> bool:
        """Tell whether a sentence speaks of several editions: "the three operations", "Liberterra I and II"."""
        sentence = self._sentence(phrase)
        names = {name.code for name in self._r.names if self._r.tokens[name.first].sentence == sentence}
        counts_editions = any(
            phrase_beside is not phrase
            and 1 < phrase_beside.mention.value <= len(self._sheets)
            and self._sentence(phrase_beside) == sentence
            for phrase_beside in self._phrases
        )
        return counts_editions or len(names) > 1

    def _multiple(self, phrase: Phrase, scope: Scope, decided: Mapping[int, FigureMatch]) -> Derivation | None:
        mention = phrase.mention
        if not mention.hedge and self._r.tag(mention.last, "approximators.more_than"):
            # In Arabic "more than" follows "doubled".
            mention = replace(mention, hedge="more_than")
        if any(self._r.tag(mention.last + step, "number.halves") for step in (0, 1)):
            # "Dos veces y media".
            mention = replace(mention, value=mention.value + 0.5)
        subjects = self._subjects(phrase, decided)
        for figure in subjects:
            for later, earlier in self._pairs(figure, phrase):
                if _fits_multiple(mention, max(later, earlier) / min(later, earlier)):
                    return Derivation(figure, round(later / earlier, 2))
        for sheet in scope.sheets:
            values = {figure: value for figure in subjects if (value := _value(sheet, figure))}
            for figure, value in values.items():
                for smaller_figure, less in values.items():
                    if figure != smaller_figure and value > less and _fits_multiple(mention, value / less):
                        return Derivation(figure, round(value / less, 2))
        return None

    def _rate(self, phrase: Phrase, scope: Scope, decided: Mapping[int, FigureMatch]) -> Derivation | None:
        """Return the figure of which a number is the rate per day or per country."""
        for sheet in scope.sheets:
            days, countries = (sheet.end - sheet.start).days + 1, _value(sheet, PARTICIPANTS)
            for figure in self._subjects(phrase, decided, _SENTENCES_BACK):
                value = _value(sheet, figure) or 0
                for share in (value / days, value / (countries or days)):
                    if share and _fits_rate(phrase.mention, share):
                        return Derivation(figure, round(share))
        return None

    def _remainder(self, phrase: Phrase, scope: Scope) -> Derivation | None:
        """Return the total of which a number is the remainder beside a published part: "the other 1,667 arrests"."""
        if phrase.noun.head not in (None, "arrest", "suspect", "victim", "country", *PEOPLE):
            return None
        has_cue = self._cue(self._before(phrase, _CUE_BEFORE), "rest") or self._cue(self._after(phrase, 3), "rest")
        if phrase.noun.head == "country":
            return self._participants_but_one(phrase, scope) if has_cue else None
        for sheet in scope.sheets:
            for state, figures in _tables(sheet):
                if state != phrase.setting.state and (
                    state is None or phrase.setting.state is not None or state != phrase.setting.near_state
                ):
                    continue
                for total, part in _parts(figures):
                    left = (total.value or 0) - (part.value or 0)
                    adults = phrase.noun.head == "adult" and part.id.endswith(MINORS_SUFFIX)
                    exact = phrase.mention.value == left
                    cue = has_cue or adults or (exact and state is None and phrase.predicate.is_negated)
                    # Of "at least 1,800" no more than so many are left, and only a rounded number says that.
                    rounded = part.precision == "exact" or bool(phrase.mention.hedge)
                    if cue and (exact or (rounded and _stands(phrase.mention, left))):
                        return Derivation(total.id, left, state)
        return None

    def _participants_but_one(self, phrase: Phrase, scope: Scope) -> Derivation | None:
        """Return the participants where a number is all of them without the speaker's: "with 118 other countries"."""
        for sheet in scope.sheets:
            if phrase.mention.value + 1 == _value(sheet, PARTICIPANTS):
                return Derivation(PARTICIPANTS, phrase.mention.value)
        return None

    def _paragraph(self, phrase: Phrase) -> int:
        return self._r.tokens[phrase.mention.first].paragraph

    def _sentence(self, phrase: Phrase) -> int:
        return self._r.tokens[phrase.mention.first].sentence


def _tables(sheet: PublishedFactSheet) -> Iterator[tuple[str | None, Sequence[PublishedFigure]]]:
    yield None, sheet.figures
    for story in sheet.stories:
        yield story.state, story.figures


def _parts(figures: Sequence[PublishedFigure]) -> Iterator[tuple[PublishedFigure, PublishedFigure]]:
    by_id = {figure.id: figure for figure in figures}
    for part in figures:
        total = by_id.get(part.of or "")
        if total is not None and total.value and part.value:
            yield total, part


def _value(sheet: PublishedFactSheet, figure: str) -> int | None:
    # What one edition calls victims another calls potential victims: compared, they are the same measure.
    names = VICTIMS if figure in VICTIMS else (figure,)
    return next((published.value for name in names if (published := sheet.figure(name)) is not None), None)


def _stands(mention: Mention, right: int) -> bool:
    figure = PublishedFigure(ARRESTS, right, "exact", "", "person", None, "")
    stands = relation(mention, figure)
    return stands not in (OFF, RANGE) and mention.value >= 0.7 * right


def _fits_points(mention: Mention, right: float) -> bool:
    value, off = mention.value, right - mention.value
    if mention.hedge in hedges_above():
        return -_CHANGE["points"] <= off <= _CHANGE["open"]
    if mention.hedge in hedges_below():
        return -_CHANGE["spoken"] <= off <= 0.01
    spoken = mention.hedge or any(abs(value - share) < 1e-3 for share in FRACTIONS)
    return abs(off) <= (_CHANGE["spoken"] if spoken else _CHANGE["points"])


def _fits_multiple(mention: Mention, right: float) -> bool:
    value = mention.value
    if value < 2:
        return False
    if mention.hedge in hedges_above():
        return value <= right < value + max(_MULTIPLE["open"], 0.2 * value)
    return abs(right - value) <= max(_MULTIPLE["near"] * value, 0.3)


def _fits_rate(mention: Mention, right: float) -> bool:
    if mention.hedge in hedges_above():
        return mention.value <= right <= mention.value * (1 + _RATE["open"])
    if mention.hedge in hedges_below():
        return right <= mention.value <= right * (1 + _RATE["open"])
    return abs(right - mention.value) <= _RATE["near"] * right
