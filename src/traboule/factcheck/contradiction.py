"""Decide whether a number contradicts a published figure.

In: a phrase and the figure it may mean. Out: yes or no. Guaranteed: no, where the number may count something else: a
part, one country's own work, a single day, or an operation of another size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from traboule.factcheck.candidates import Candidate, FigureMatch, is_part_of_people, names_case
from traboule.factcheck.comparison import OFF, SAME, exchanged, likeness, slip
from traboule.factcheck.measures import (
    COMMON_BELOW,
    LIKENESS,
    MIGRANTS,
    ON_THEME,
    SMALL,
    UNITS,
    UNMISTAKABLE,
    VICTIMS,
)
from traboule.factcheck.reading.lexicon import REGION
from traboule.factcheck.reading.numerals.dates import DateMention
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import PEOPLE, PlaceMention, TextReading
from traboule.figures.published import PublishedFactSheet, PublishedFigure

_LIKENESS = LIKENESS["wrong"]
_TWO_DIGITS = 10
_SHIFTS = (10, 100, 1000)
_LONG = 1000
# An item of a list says no more than its number and what it counts.
_ITEM = 6
_DATELINE = 8
# What is found in countries, and how far from its number its noun may stand.
_FOUND_IN = ("nouns.arrest", "nouns.victim", "nouns.migrant", "nouns.suspect", "nouns.person", "nouns.other")
_COUNTED_REACH = 4
# So many words may stand between "one" and "five": "una de las cinco".
_ONE_OF = 2


class Contradiction:
    """Tells which numbers of one text contradict a figure."""

    def __init__(self, reading: TextReading) -> None:
        """Take the reading of the text."""
        self._r = reading
        self._places: dict[int, list[PlaceMention]] = defaultdict(list)
        for place in reading.places:
            self._places[reading.tokens[place.first].sentence].append(place)
        self._dates: dict[int, list[DateMention]] = defaultdict(list)
        for date in reading.dates:
            self._dates[reading.tokens[date.first].sentence].append(date)
        self._lengths: dict[int, list[float]] = defaultdict(list)
        for mention in reading.mentions:
            led = reading.tag(mention.opening - 1, "during") is not None
            if led and mention.kind == "count" and reading.tag(mention.last, "nouns.day") is not None:
                self._lengths[reading.tokens[mention.first].sentence].append(mention.value)

    def between(self, phrase: Phrase, candidate: Candidate, sheet: PublishedFactSheet, *, in_company: bool) -> bool:
        """Tell whether ``phrase`` contradicts ``candidate``; ``beside``: a true figure stands in its sentence."""
        figure, value, high = candidate.figure, phrase.mention.value, phrase.mention.high
        right = figure.value or 0
        within = high is not None and value <= right <= high
        similarity = likeness(value, right)
        # "At least 1,800" may have become 2,000 elsewhere.
        grown = figure.precision == "at_least" and value > right and similarity > _LIKENESS["grown"]
        # "2,000 of the victims were women" tells of a part.
        portion = figure.of is None and (
            phrase.relation.has_total or (phrase.relation.is_part and phrase.noun.head in (None, *PEOPLE))
        )
        # "The victims: 4,141, which is no small number": a negation behind does not touch what the noun before says.
        negated = phrase.predicate.is_negated and not (
            value > _LONG and (phrase.noun.is_label or slip(phrase.mention, figure))
        )
        if not right or negated or within or grown or portion or self._on_a_day(phrase, figure, sheet):
            return False
        if candidate.state is not None:
            diverted = phrase.is_diverted and not exchanged(phrase.mention, figure)
            return (
                phrase.setting.state == candidate.state and not diverted and self._belies_case(phrase, candidate, sheet)
            )
        if not candidate.firm or (figure.id not in SMALL and self._diverted(phrase, figure, sheet)):
            return False
        # "Senegal had one of the five units" counts all of them.
        placed = phrase.setting.state is not None and not (figure.id == UNITS and self._is_one_of(phrase))
        if placed or is_part_of_people(phrase):
            # "In Africa and Asia" may be the whole operation, but only a slip of a digit is then surely one, as it is
            # beside a state's people: "Eleven Hondurans were found in the operation, which rescued 3,232 victims".
            misread = value > _LONG and slip(phrase.mention, figure) and not is_part_of_people(phrase)
            return phrase.setting.is_worldwide and (
                misread or (phrase.setting.state == REGION and similarity >= _LIKENESS["region"])
            )
        return self._belies_world(phrase, figure, sheet, is_worldwide=phrase.setting.is_worldwide or in_company)

    def _diverted(self, phrase: Phrase, figure: PublishedFigure, sheet: PublishedFactSheet) -> bool:
        """Tell whether the clause says something else of those counted, and the number is no misprint."""
        value = phrase.mention.value
        # "312 for trafficking" may be some of the 850 for trafficking or smuggling.
        may_be_part = phrase.predicate.has_single_theme and figure.id == ON_THEME and value < (figure.value or 0)
        misread = slip(phrase.mention, figure) or exchanged(phrase.mention, figure)
        shifted = figure.id in UNMISTAKABLE and _is_shifted(value, figure.value or 0)
        misread = misread or shifted
        return (phrase.is_diverted or may_be_part) and not (misread or is_telling(value, sheet))

    def _on_a_day(self, phrase: Phrase, figure: PublishedFigure, sheet: PublishedFactSheet) -> bool:
        """Tell whether the sentence counts up to one day of the operation, before its last."""
        dates = self._dates[self._sentence(phrase)]
        days = [date for date in dates if date.until is None and not self._in_dateline(date)]
        short = any(days < (sheet.end - sheet.start).days for days in self._lengths[self._sentence(phrase)])
        if short and not slip(phrase.mention, figure):
            # "2,400 people in three days".
            return True
        ends = {(moment.month, moment.day) for moment in (sheet.end, sheet.published) if moment is not None}
        return any(date.day.day is not None and (date.day.month, date.day.day) not in ends for date in days)

    def _in_dateline(self, date: DateMention) -> bool:
        """Tell whether a day stands in a dateline: "LYON, France, Jan 27 (Agency) -- Police in …"."""
        first, last = self._r.sentence(date.first)
        after = range(date.last, min(date.last + _DATELINE, last))
        return date.first - first <= _DATELINE and any(self._r.text(place) in "—-" for place in after)

    def _belies_case(self, phrase: Phrase, candidate: Candidate, sheet: PublishedFactSheet) -> bool:
        """Tell whether a number about one state can only misstate its published case.

        A state does much besides: only where the words name the very thing, whose people they were, or the digits were
        exchanged.
        """
        figure = candidate.figure
        sentence_places = self._places[self._sentence(phrase)]
        places = {place.code for place in sentence_places if not place.towards}
        if len(places - {phrase.setting.state, REGION}) > len(phrase.noun.peoples) or figure.value == 1:
            return False
        story = sheet.story(candidate.state or "")
        figures = story.figures if story is not None else ()
        if exchanged(phrase.mention, figure) and phrase.mention.value >= _TWO_DIGITS:
            return all(case_figure.value != phrase.mention.value for case_figure in figures)
        swapped = any(
            case_figure.value == phrase.mention.value >= _TWO_DIGITS
            for case_figure in figures
            if case_figure is not figure
        )
        if swapped and candidate.firm and names_case(phrase, figure.id):
            # "14 victims, among them 59 minors."
            return True
        if likeness(phrase.mention.value, figure.value or 0) < _LIKENESS["case"]:
            return False
        origins = {place.code for place in sentence_places if place.towards or place.people} - {
            phrase.setting.state,
            REGION,
        }
        if story is not None and story.nationalities and origins and origins.isdisjoint(story.nationalities):
            # "In Mali 30 victims from Burkina Faso were found."
            return False
        nationals = story is not None and any(place.code in story.nationalities for place in sentence_places)
        # "180 Chinese" may be a part of the 250 found; all the victims of the case in Mali were women from Togo.
        alone = len(figures) == 1 and figure.id in VICTIMS
        theirs = nationals and alone and phrase.noun.head in ("woman", "person") and phrase.predicate.verb != "arrest"
        return theirs or (candidate.firm and names_case(phrase, figure.id))

    def _belies_world(
        self, phrase: Phrase, figure: PublishedFigure, sheet: PublishedFactSheet, *, is_worldwide: bool
    ) -> bool:
        value, right = phrase.mention.value, figure.value or 0
        similarity = likeness(value, right)
        if is_telling(value, sheet):
            # Two figures were exchanged.
            return is_worldwide or phrase.setting.near_state is None
        if figure.id == MIGRANTS and not (
            is_worldwide or phrase.noun.is_label or phrase.predicate.verb in ("identify", "rescue", "arrest")
        ):
            # Irregular migrants are counted by many, at many borders.
            return slip(phrase.mention, figure)
        if figure.id in SMALL:
            # A charity may work in 90 countries; those that police came from or that joined are the operation's.
            joined = is_worldwide and not phrase.is_diverted and not self._uncounted(phrase)
            is_participation = joined or figure.id == UNITS or self._joins(phrase)
            lost = is_worldwide and self._joins(phrase) and _lost_a_digit(value, right)
            return lost or (
                similarity >= _LIKENESS["countries"] and (is_participation or exchanged(phrase.mention, figure))
            )
        if (
            (is_worldwide or phrase.setting.near_state is None)
            and figure.id in UNMISTAKABLE
            and _is_shifted(value, right)
        ):
            return True
        lost = value > _LONG and _lost_a_digit(value, right)
        if phrase.setting.near_state is not None:
            return (lost or similarity >= _LIKENESS["plain"]) if is_worldwide else slip(phrase.mention, figure)
        shifted = is_worldwide and (lost or value in (right * 10, right / 10) or slip(phrase.mention, figure))
        # "More than 41,000 officers took part."
        shifted = shifted or (value > _LONG and exchanged(phrase.mention, figure))
        loose = is_worldwide or figure.id in UNMISTAKABLE
        return shifted or similarity >= (_LIKENESS["worldwide"] if loose else _LIKENESS["plain"])

    def _is_one_of(self, phrase: Phrase) -> bool:
        """Tell whether "one of" stands right before a number."""
        before = range(phrase.mention.opening - _ONE_OF, phrase.mention.opening + 1)
        return any(m.value == 1 and m.last in before and m.first < phrase.mention.opening for m in self._r.mentions)

    def _sentence(self, phrase: Phrase) -> int:
        return self._r.tokens[phrase.mention.first].sentence

    def _joins(self, phrase: Phrase) -> bool:
        """Tell whether the sentence says that countries took part, or what police did in them."""
        inside = range(*self._r.sentence(phrase.mention.first))
        if any(self._r.tag(place, "joining") for place in inside):
            return True
        if phrase.predicate.verb == "other" or self._uncounted(phrase):
            return False
        participation = ("authorities", "nouns.officer", "nouns.arrest", "verbs.arrest")
        opening = phrase.mention.opening
        led_in = any(self._r.tag(place, "stops") for place in inside if place < opening)
        item = len(inside) <= _ITEM and not led_in and not phrase.is_diverted
        return item or any(self._r.tag(place, name) for place in inside for name in participation)

    def _uncounted(self, phrase: Phrase) -> bool:
        """Tell whether people or arrests that no number counts stand before the countries they were in: "victims were
        found in 98 countries", "the network was active in 98 countries"; behind them, where the countries go first."""
        first, last = self._r.sentence(phrase.mention.first)
        clause = self._r.tokens[phrase.mention.first].clause
        begins = phrase.mention.opening - first <= 1
        for place in range(first, last if begins else phrase.mention.opening):
            if self._r.tokens[place].clause == clause and any(self._r.tag(place, name) for name in _FOUND_IN):
                neighbourhood = range(place - _COUNTED_REACH, place + _COUNTED_REACH)
                counted_mentions = (m for m in self._r.mentions if m is not phrase.mention and m.kind != "article")
                return not any(mention.first in neighbourhood for mention in counted_mentions)
        return False


def is_telling(value: float, sheet: PublishedFactSheet) -> bool:
    """Tell whether a number is any published one that is neither small nor round."""
    return value > COMMON_BELOW and value % 100 != 0 and any(figure.value == value for figure in sheet.figures)


def is_misprint(mention: Mention, figure: PublishedFigure) -> bool:
    """Tell whether a number is a published one with digits exchanged, one misread, or zeros added or missing."""
    shifted = min(mention.value, figure.value or 0) >= _LONG and _is_shifted(mention.value, figure.value or 0)
    return shifted or slip(mention, figure) or (mention.value > _TWO_DIGITS and exchanged(mention, figure))


def _is_shifted(value: float, right: int) -> bool:
    """Tell whether a number is another with zeros added or missing: 80 million of 8 million, 8 billion."""
    more, less = max(value, right), min(value, right)
    return any(more == less * factor for factor in _SHIFTS)


def _lost_a_digit(value: float, right: int) -> bool:
    """Tell whether a number is another with one digit left out: 16 of 116."""
    digits, true = str(value), str(right)
    return len(digits) > 1 and any(true[:place] + true[place + 1 :] == digits for place in range(len(true)))


def withdrawn(phrases: Sequence[Phrase], decided: Mapping[int, FigureMatch]) -> list[int]:
    """Return the numbers wrongly matched: the text states their figure elsewhere, and they do not misprint it.

    "2,517 arrests in 116 countries. In 80 countries, police searched homes." tells of two things, unless the sentence
    says that those were arrested, rescued or found.
    """
    world = [(index, match) for index, match in decided.items() if match.candidate.state is None]
    right = {match.candidate.figure for _, match in world if match.relation == SAME}
    doubtful = [(index, match) for index, match in world if match.relation == OFF and match.candidate.figure in right]
    return [
        index
        for index, match in doubtful
        if not (_says_figure(phrases[index], match) or _misprinted(phrases[index], match))
    ]


def _says_figure(phrase: Phrase, match: FigureMatch) -> bool:
    """Tell whether a sentence says of the whole operation what the figure counts; countries are excluded."""
    is_counted = (
        phrase.setting.is_worldwide or phrase.noun.is_label or phrase.predicate.verb in ("arrest", "rescue", "identify")
    )
    return is_counted and match.candidate.figure.id not in SMALL


def _misprinted(phrase: Phrase, match: FigureMatch) -> bool:
    """Tell whether a number is so close to this or another published figure that it must misstate it."""
    figure, value = match.candidate.figure, phrase.mention.value
    is_similar = likeness(value, figure.value or 0) >= _LIKENESS["misprint"] or slip(phrase.mention, figure)
    return is_similar or is_telling(value, match.sheet)
