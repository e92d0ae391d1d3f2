"""Judge single days on which an operation is said to begin, end or be announced: "launched on 2 October".

In: a reading and a day. Out: the published day that it contradicts, None where the words may mean another day.
Guaranteed: the operation itself is what began or ended; a day of publication is wrong only where it lies before the
true one and the text has the published numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from traboule.factcheck.measures import COMMON_BELOW
from traboule.factcheck.reading.numerals.dates import DateMention
from traboule.factcheck.reading.operations import UNKNOWN_OPERATION, is_host
from traboule.factcheck.reading.text import TextReading
from traboule.figures.published import PublishedFactSheet

# How far before a day, and behind it, the verb may stand; how far from the verb the operation.
_VERB_BEFORE, _VERB_AFTER, _SUBJECT_REACH = 8, 3, 14
_ANNOUNCED = 10
# No operation is told to have begun on a day further from its own.
_NEAR, _NEXT = timedelta(days=45), timedelta(days=1)
# What may stand between the operation, its verb and the day.
_BETWEEN = (
    *("auxiliaries", "coordinators", "relatives", "stops", "date_words", "linking", "weekday", "month"),
    *("verbs.begin", "ending", "month_parts", "number.articles"),
)
_SHORT = 3


@dataclass(frozen=True, slots=True)
class BeliedDay:
    """What a text says a day to be: in ``window`` (first or last day) or ``published``."""

    figure: str


class SingleDays:
    """Finds the single days of one text that contradict an operation. ``hosts`` names who runs it."""

    def __init__(self, reading: TextReading, hosts: tuple[str, ...]) -> None:
        """Take the reading."""
        self._r = reading
        self._hosts = hosts
        self._dated = frozenset(place for day in reading.dates for place in range(day.first, day.last))
        names = (name for name in reading.names if name.code != UNKNOWN_OPERATION)
        self._ours = frozenset(place for name in names for place in range(name.first, name.last))
        tagged = (place for place in range(len(reading.tokens)) if reading.tag(place, "nouns.operation"))
        self._generic = frozenset(tagged)

    def belied(self, mention: DateMention, sheet: PublishedFactSheet) -> BeliedDay | None:
        """Return which day of ``sheet`` the text wrongly says ``mention`` to be, None where it says none."""
        day = mention.day
        if mention.until is not None or day.day is None or self._r.tokens[mention.first].sentence in self._r.events:
            return None
        try:
            moment = date(day.year or sheet.start.year, day.month, day.day)
        except ValueError:
            return None
        for name, right in (("verbs.begin", sheet.start), ("ending", sheet.end)):
            # "The operation began on 2 October" may be a raid of one town, unless the day is next to the true one.
            subjects = self._ours | (self._generic if abs(moment - right) <= _NEXT else frozenset())
            if abs(moment - right) <= _NEAR and self._is_said_of(subjects, mention, name):
                return BeliedDay("window")
        before = sheet.published is not None and sheet.end < moment < sheet.published
        return BeliedDay("published") if before and self._is_announced(mention, sheet) else None

    def _is_said_of(self, subjects: frozenset[int], mention: DateMention, name: str) -> bool:
        """Tell whether the text says the day of one of ``subjects``, with a verb named ``name``."""
        first, last = self._r.sentence(mention.first)
        before = range(mention.first - 1, max(mention.first - 1 - _VERB_BEFORE, first - 1), -1)
        for place in before:
            if self._r.tag(place, name):
                return self._is_subject_before(subjects, place, first) or self._is_subject_after(
                    subjects, place + 1, last
                )
            if not (self._may_precede(place) or place in self._ours):
                break
        if name == "ending" and mention.first > first + _SHORT:
            return False
        # "Am 28. September begann die Operation."
        for place in range(mention.last, min(mention.last + _VERB_AFTER, last)):
            if self._r.tag(place, name):
                return self._is_subject_after(subjects, place + 1, last)
        return False

    def _is_subject_before(self, subjects: frozenset[int], verb: int, first: int) -> bool:
        """Tell whether the operation stands before its verb with nothing but small words or days between."""
        for place in range(verb - 1, max(verb - 1 - _SUBJECT_REACH, first - 1), -1):
            if place in subjects:
                return True
            if not self._is_between(place) and self._r.text(place) != ",":
                return False
        return False

    def _is_subject_after(self, subjects: frozenset[int], place: int, last: int) -> bool:
        """Tell whether the operation stands right behind, an article between."""
        steps = range(place, min(place + _SHORT, last))
        return any(
            step in subjects and all(self._may_precede(between) for between in range(place, step)) for step in steps
        )

    def _may_precede(self, place: int) -> bool:
        return self._is_between(place) or place in self._generic

    def _is_between(self, place: int) -> bool:
        token = self._r.tokens[place]
        small = token.kind == "word" and len(token.text) <= _SHORT
        return place in self._dated or small or any(self._r.tag(place, name) for name in _BETWEEN)

    def _is_announced(self, mention: DateMention, sheet: PublishedFactSheet) -> bool:
        """Tell whether the text says that the host announced the published numbers on that day."""
        first, last = self._r.sentence(mention.first)
        near = range(max(first, mention.first - _ANNOUNCED), min(last, mention.last + _ANNOUNCED))
        announced = any(self._r.tag(place, "verbs.announce") for place in near)
        hosted = any(is_host(self._r.text(place), self._hosts) for place in range(first, last))
        own = {figure.value for figure in sheet.figures if figure.value and figure.value % 100}
        values = (m.value for m in self._r.mentions if first <= m.first < last)
        return announced and hosted and any(value in own and value > COMMON_BELOW for value in values)
