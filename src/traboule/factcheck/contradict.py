"""Whether a number can be nothing but a published figure told amiss.

In come a phrase and the figure it may speak of; out goes a plain yes or no. It promises no where the number may count
something else: a part, one country's own work, a single day, or an operation of another size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from traboule.factcheck.anchor import (
    MIGRANTS,
    ON_THEME,
    TELLING,
    UNITS,
    VICTIMS,
    Candidate,
    Found,
    is_part_of_people,
    names_case,
)
from traboule.factcheck.judge import OFF, SAME, exchanged, likeness, slip
from traboule.factcheck.reading.lexicon import REGION
from traboule.factcheck.reading.numerals.dates import DateMention
from traboule.factcheck.reading.numerals.mention import Mention
from traboule.factcheck.reading.text import PEOPLE, Phrase, Place, Reading
from traboule.figures.published import PublishedFactSheet, PublishedFigure

# How alike a number must be to the published one to be called wrong: the less the sentence says that it speaks of
# the whole operation, the more. Below, it is taken for a number of something else.
_ALIKE_WHOLE, _ALIKE_PLAIN, _ALIKE_CASE = 0.3, 0.4, 0.3
# Interpol has 196 members, and a text that says so says nothing of who took part.
_ALIKE_COUNTRIES = 0.62
_ALIKE_REGION, _ALIKE_GROWN, _ALIKE_MISPRINT = 0.9, 0.85, 0.92
# Nothing else that is counted in such texts goes by these names.
_UNMISTAKABLE = frozenset({"flights_monitored", "database_checks"})
SMALL = frozenset({"participants", "coordination_units", "nationalities"})
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

    def __init__(self, reading: Reading) -> None:
        """Take the reading of the text."""
        self._r = reading
        self._places: dict[int, list[Place]] = defaultdict(list)
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

    def between(self, phrase: Phrase, candidate: Candidate, sheet: PublishedFactSheet, *, beside: bool) -> bool:
        """Tell whether ``phrase`` contradicts ``candidate``; ``beside``: a true figure stands in its sentence."""
        figure, value, high = candidate.figure, phrase.mention.value, phrase.mention.high
        right = figure.value or 0
        within = high is not None and value <= right <= high
        alike = likeness(value, right)
        # "At least 1,800" may have become 2,000 elsewhere.
        grown = figure.precision == "at_least" and value > right and alike > _ALIKE_GROWN
        # "2,000 of the victims were women" tells of a part.
        portion = figure.of is None and (phrase.whole or (phrase.part and phrase.head in (None, *PEOPLE)))
        # "The victims: 4,141, which is no small number": a negation behind does not touch what the noun before says.
        negated = phrase.negated and not (value > _LONG and (phrase.label or slip(phrase.mention, figure)))
        if not right or negated or within or grown or portion or self._on_a_day(phrase, figure, sheet):
            return False
        if candidate.state is not None:
            other = phrase.diverted and not exchanged(phrase.mention, figure)
            return phrase.place == candidate.state and not other and self._belies_case(phrase, candidate, sheet)
        if not candidate.firm or (figure.id not in SMALL and self._diverted(phrase, figure, sheet)):
            return False
        # "Senegal had one of the five units" counts all of them.
        placed = phrase.place is not None and not (figure.id == UNITS and self._is_one_of(phrase))
        if placed or is_part_of_people(phrase):
            # "In Africa and Asia" may be the whole operation, but only a slip of a digit is then surely one, as it is
            # beside a state's people: "Eleven Hondurans were found in the operation, which rescued 3,232 victims".
            misread = value > _LONG and slip(phrase.mention, figure) and not is_part_of_people(phrase)
            return phrase.worldwide and (misread or (phrase.place == REGION and alike >= _ALIKE_REGION))
        return self._belies_world(phrase, figure, sheet, whole=phrase.worldwide or beside)

    def _diverted(self, phrase: Phrase, figure: PublishedFigure, sheet: PublishedFactSheet) -> bool:
        """Tell whether something else is told of what is counted, and the number is no published one misprinted."""
        value = phrase.mention.value
        # "312 for trafficking" may be some of the 850 for trafficking or smuggling.
        some = phrase.lone and figure.id == ON_THEME and value < (figure.value or 0)
        misread = slip(phrase.mention, figure) or exchanged(phrase.mention, figure)
        shifted = figure.id in _UNMISTAKABLE and _is_shifted(value, figure.value or 0)
        misread = misread or shifted
        return (phrase.diverted or some) and not (misread or is_telling(value, sheet))

    def _on_a_day(self, phrase: Phrase, figure: PublishedFigure, sheet: PublishedFactSheet) -> bool:
        """Tell whether the sentence counts up to one day of the operation, before its last."""
        told = self._dates[self._sentence(phrase)]
        days = [date for date in told if date.until is None and not self._in_dateline(date)]
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
        """Tell whether a number about one state can be nothing but its published case, told amiss.

        A state does much besides: only where the words name the very thing, whose people they were, or the digits were
        exchanged.
        """
        figure = candidate.figure
        here = self._places[self._sentence(phrase)]
        places = {place.code for place in here if not place.towards}
        if len(places - {phrase.place, REGION}) > len(phrase.peoples) or figure.value == 1:
            return False
        story = sheet.story(candidate.state or "")
        figures = story.figures if story is not None else ()
        if exchanged(phrase.mention, figure) and phrase.mention.value >= _TWO_DIGITS:
            return all(other.value != phrase.mention.value for other in figures)
        swapped = any(other.value == phrase.mention.value >= _TWO_DIGITS for other in figures if other is not figure)
        if swapped and candidate.firm and names_case(phrase, figure.id):
            # "14 victims, among them 59 minors."
            return True
        if likeness(phrase.mention.value, figure.value or 0) < _ALIKE_CASE:
            return False
        origins = {place.code for place in here if place.towards or place.people} - {phrase.place, REGION}
        if story is not None and story.nationalities and origins and origins.isdisjoint(story.nationalities):
            # "In Mali 30 victims from Burkina Faso were found."
            return False
        nationals = story is not None and any(place.code in story.nationalities for place in here)
        # "180 Chinese" may be a part of the 250 found; all the victims of the case in Mali were women from Togo.
        alone = len(figures) == 1 and figure.id in VICTIMS
        theirs = nationals and alone and phrase.head in ("woman", "person") and phrase.verb != "arrest"
        return theirs or (candidate.firm and names_case(phrase, figure.id))

    def _belies_world(self, phrase: Phrase, figure: PublishedFigure, sheet: PublishedFactSheet, *, whole: bool) -> bool:
        value, right = phrase.mention.value, figure.value or 0
        alike = likeness(value, right)
        if is_telling(value, sheet):
            # Two figures were exchanged.
            return whole or phrase.near is None
        if figure.id == MIGRANTS and not (whole or phrase.label or phrase.verb in ("identify", "rescue", "arrest")):
            # Irregular migrants are counted by many, at many borders.
            return slip(phrase.mention, figure)
        if figure.id in SMALL:
            # A charity may work in 90 countries; those that police came from or that joined are the operation's.
            joined = whole and not phrase.diverted and not self._uncounted(phrase)
            told = joined or figure.id == "coordination_units" or self._joins(phrase)
            lost = whole and self._joins(phrase) and _lost_a_digit(value, right)
            return lost or (alike >= _ALIKE_COUNTRIES and (told or exchanged(phrase.mention, figure)))
        if (whole or phrase.near is None) and figure.id in _UNMISTAKABLE and _is_shifted(value, right):
            return True
        lost = value > _LONG and _lost_a_digit(value, right)
        if phrase.near is not None:
            return (lost or alike >= _ALIKE_PLAIN) if whole else slip(phrase.mention, figure)
        shifted = whole and (lost or value in (right * 10, right / 10) or slip(phrase.mention, figure))
        # "More than 41,000 officers took part."
        shifted = shifted or (value > _LONG and exchanged(phrase.mention, figure))
        loose = whole or figure.id in _UNMISTAKABLE
        return shifted or alike >= (_ALIKE_WHOLE if loose else _ALIKE_PLAIN)

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
        if phrase.verb == "other" or self._uncounted(phrase):
            return False
        told = ("authorities", "nouns.officer", "nouns.arrest", "verbs.arrest")
        opening = phrase.mention.opening
        led_in = any(self._r.tag(place, "stops") for place in inside if place < opening)
        item = len(inside) <= _ITEM and not led_in and not phrase.diverted
        return item or any(self._r.tag(place, name) for place in inside for name in told)

    def _uncounted(self, phrase: Phrase) -> bool:
        """Tell whether people or arrests that no number counts stand before the countries they were in: "victims were
        found in 98 countries", "the network was active in 98 countries"; behind them, where the countries go first."""
        first, last = self._r.sentence(phrase.mention.first)
        clause = self._r.tokens[phrase.mention.first].clause
        begins = phrase.mention.opening - first <= 1
        for place in range(first, last if begins else phrase.mention.opening):
            if self._r.tokens[place].clause == clause and any(self._r.tag(place, name) for name in _FOUND_IN):
                beside = range(place - _COUNTED_REACH, place + _COUNTED_REACH)
                others = (m for m in self._r.mentions if m is not phrase.mention and m.kind != "article")
                return not any(other.first in beside for other in others)
        return False


def is_telling(value: float, sheet: PublishedFactSheet) -> bool:
    """Tell whether a number is a published one, whatever it counts there, and neither small nor round, as many are."""
    return value > TELLING and value % 100 != 0 and any(figure.value == value for figure in sheet.figures)


def is_misprint(mention: Mention, figure: PublishedFigure) -> bool:
    """Tell whether a number has a published one's digits exchanged, one misread, or noughts added or taken."""
    shifted = min(mention.value, figure.value or 0) >= _LONG and _is_shifted(mention.value, figure.value or 0)
    return shifted or slip(mention, figure) or (mention.value > _TWO_DIGITS and exchanged(mention, figure))


def _is_shifted(value: float, right: int) -> bool:
    """Tell whether a number is another with noughts added or taken: 80 million of 8 million, 8 billion."""
    more, less = max(value, right), min(value, right)
    return any(more == less * factor for factor in _SHIFTS)


def _lost_a_digit(value: float, right: int) -> bool:
    """Tell whether a number is another with one digit left out: 16 of 116."""
    digits, true = str(value), str(right)
    return len(digits) > 1 and any(true[:place] + true[place + 1 :] == digits for place in range(len(true)))


def withdrawn(phrases: Sequence[Phrase], decided: Mapping[int, Found]) -> list[int]:
    """Return which numbers, decided to be wrong, are not: the text has their figure right, and they are no misprint.

    "2,517 arrests in 116 countries. In 80 countries, police searched homes." tells of two things, unless the sentence
    says that those were arrested, rescued or found.
    """
    world = [(index, found) for index, found in decided.items() if found.candidate.state is None]
    right = {found.candidate.figure for _, found in world if found.relation == SAME}
    told = [(index, found) for index, found in world if found.relation == OFF and found.candidate.figure in right]
    return [index for index, found in told if not (_said(phrases[index], found) or _misprinted(phrases[index], found))]


def _said(phrase: Phrase, found: Found) -> bool:
    """Tell whether a sentence says of the whole operation what the figure counts; of countries much else is told."""
    counted = phrase.worldwide or phrase.label or phrase.verb in ("arrest", "rescue", "identify")
    return counted and found.candidate.figure.id not in SMALL


def _misprinted(phrase: Phrase, found: Found) -> bool:
    """Tell whether a number is so like a figure, or another of the published, that it is the figure told amiss."""
    figure, value = found.candidate.figure, phrase.mention.value
    alike = likeness(value, figure.value or 0) >= _ALIKE_MISPRINT or slip(phrase.mention, figure)
    return alike or is_telling(value, found.sheet)
