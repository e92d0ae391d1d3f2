"""Read the days, windows and months of a text.

In: tokens and tags. Out: date mentions: a day or month, or a window of two, with the year where the text has one.
Guaranteed: the orders in use are read ("29 September", "September 29", "29/09/2024", "2024-09-29", "5-9 July"); the
tokens of a date are its own, so that a day is never read as a count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from traboule.factcheck.reading.lexicon import Tag
from traboule.factcheck.reading.markers import Folded, Token

_NUMERIC = re.compile(
    r"(?:(?<![\d.,/-])|(?<=\d/)(?=\d{4}-))(?:(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})|(?P<d2>\d{1,2})[/.-](?P<m2>\d{1,2})[/.-](?P<y2>\d{4})"
    r"|(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?!\d))(?!\d|/(?!\d{4}-)|-(?!\d{1,2}[./]))"
    # "29. 9. bis 4. 10."
    r"|(?<![\d.,/-])(?P<d7>\d{1,2})\.[ ](?P<m7>\d{1,2})\.(?!\d)"
    # "29.09-04.10.2024": the first day has neither year nor dot.
    r"|(?<![\d.,/-])(?P<d4>\d{1,2})[./](?P<m4>\d{1,2})(?=\s*-\s*\d{1,2}[./]\d{1,2}[./]\d{4})"
    # "In the release of 26/07": two digits each.
    r"|(?<![\d.,/-])(?P<d6>\d{2})/(?P<m6>\d{2})(?![\d/-])"
    r"|(?<=-)(?P<d5>\d{1,2})[./](?P<m5>\d{1,2})[./](?P<y5>\d{4})(?![\d/-])"
)
_BETWEEN_DATES = 3
_LONGEST_PART = 3


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or a month where ``day`` is None; ``year`` is None where the text leaves it out."""

    year: int | None
    month: int
    day: int | None


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date at tokens ``[first, last)``; ``until`` is the other end of a window."""

    first: int
    last: int
    day: Day
    until: Day | None = None


class DateReader:
    """Reads the dates of one text."""

    def __init__(
        self,
        folded: Folded,
        tokens: Sequence[Token],
        tags: Sequence[tuple[Tag, ...]],
        taken: frozenset[int] = frozenset(),
    ) -> None:
        """Take the text's tokens with their tags; those ``taken`` (the 2 of "Liberterra 2") are no day."""
        self._taken = taken
        self._folded = folded
        self._tokens = tokens
        self._tags = tags

    def mentions(self) -> list[DateMention]:
        """Return the dates in order, two of one window as one."""
        dates = sorted([*self._numeric(), *self._with_month_names()], key=lambda mention: mention.first)
        windows: list[DateMention] = []
        for mention in dates:
            previous = windows[-1] if windows else None
            if previous is not None and mention.first < previous.last:
                continue
            if previous is not None and previous.until is None and self._one_window(previous, mention):
                start = replace(previous.day, year=previous.day.year or mention.day.year)
                windows[-1] = DateMention(previous.first, mention.last, start, mention.day)
            else:
                windows.append(mention)
        return windows

    def _numeric(self) -> list[DateMention]:
        starts = {token.start: index for index, token in enumerate(self._tokens)}
        dates = []
        for match in _NUMERIC.finditer(self._folded.text):
            groups = {name: int(value) for name, value in match.groupdict().items() if value}
            year, month, of_month = (
                next(
                    (groups[name + turn] for turn in ("", "2", "3", "4", "5", "6", "7") if name + turn in groups), None
                )
                for name in "ymd"
            )
            if (month or 0) > 12 >= (of_month or 0):
                # "7/26/2021", as Americans write it.
                month, of_month = of_month, month
            day = Day(year, month or 0, of_month)
            first = starts.get(match.start())
            if first is None or not (1 <= day.month <= 12 and 1 <= (day.day or 0) <= 31):
                continue
            if "d6" in groups and not self._dated(first):
                continue
            last = first
            while last < len(self._tokens) and self._tokens[last].start < match.end():
                last += 1
            dates.append(self._opened(DateMention(first, last, day)))
        return dates

    def _with_month_names(self) -> list[DateMention]:
        dates = []
        for place, tags in enumerate(self._tags):
            month = next((tag for tag in tags if tag.name == "month"), None)
            if month is not None:
                dates.extend(self._around(place, month))
        return dates

    def _around(self, place: int, month: Tag) -> list[DateMention]:
        after = place + month.length
        if after < len(self._tokens) and self._tokens[after].text in "/|(":
            # Arabic papers name a month twice: "29 أيلول/سبتمبر".
            twin = next((t for t in self._tags_at(after + 1) if t.name == "month" and t.value == month.value), None)
            after = after + 1 + twin.length if twin else after
        if after < len(self._tokens) and self._tokens[after].text == ".":
            after += 1
        before = self._day_before(place)
        day = self._day(before)
        if day is not None:
            year, last = self._year(after)
            return [self._opened(DateMention(before, last, Day(year, month.value, day)))]
        day = self._day(after)
        if day is not None and self._tokens[after].sentence == self._tokens[place].sentence:
            last, until = after + 1, None
            if self._hyphen(after) and self._day(after + 1) is not None:
                until, last = self._day(after + 1), after + 2
            elif self._second_day(place, after + 1):
                until, last = self._day(after + 2), after + 3
            year, last = self._year(last)
            end = Day(year, month.value, until) if until else None
            return [DateMention(place, last, Day(year, month.value, day), end)]
        year, last = self._year(after)
        # A month alone may be another word ("may", "mars"); with its year, or after "in" or "early", it is a date.
        return [DateMention(place, last, Day(year, month.value, None))] if year or self._in(place) else []

    def _in(self, month: int) -> bool:
        """Tell whether "in", "early", "the end of" stands before the month."""
        return len(self._tokens[month].text) > 2 and any(
            tag.name == "month_parts" and tag.length == length
            for length in range(1, min(_LONGEST_PART, month) + 1)
            for tag in self._tags[month - length]
        )

    def _dated(self, place: int) -> bool:
        """Tell whether a word that introduces a date stands before ``place``."""
        names = ("date_words", "month_parts", "stops", "weekday")
        return any(self._is(place - 1, name) for name in names)

    def _day_before(self, place: int) -> int:
        """Return where the day before the month at ``place`` stands; -1 where it belongs to an earlier month."""
        before = place - 1
        while before > max(place - 3, 0) and self._is(before, "linking"):
            before -= 1
        if before > 0 and self._touches(before) and (self._is(before, "number.ordinal_suffix") or self._dot(before)):
            before -= 1
        # In "Sept. 29-Oct. 4" the 29 is September's.
        earlier = before - 2 if before > 1 and self._tokens[before - 1].text == "." else before - 1
        if before > 0 and self._hyphen(before) and self._is(earlier, "month"):
            return -1
        return before

    def _opened(self, mention: DateMention) -> DateMention:
        """Take in the first day of "5-9 July", "du 5 au 9 juillet"."""
        first = mention.first
        step = first - 1 - (first > 1 and self._dot(first - 1))
        if self._day(step) is not None and self._hyphen(step):
            place = step
        elif first > 1 and self._tokens[first - 1].text in "-—" and self._day(first - 2) is not None:
            place = first - 2
        elif self._joiner(step):
            # "entre el 10 y el 21 de noviembre": the article stands between as well.
            step -= self._joiner(step - 1)
            place = step - 1 - (step > 1 and self._dot(step - 1))
        else:
            return mention
        start, end = self._day(place), mention.day
        if start is None or end.day is None or start >= end.day:
            return mention
        return DateMention(place, mention.last, replace(end, day=start), end)

    def _second_day(self, month: int, place: int) -> bool:
        """Tell whether "and 21" at ``place`` closes "between November 10 and 21", unlike "and 21 people"."""
        if place + 1 >= len(self._tokens) or not self._joiner(place) or self._day(place + 1) is None:
            return False
        after = place + 2
        ended = after >= len(self._tokens) or self._tokens[after].sentence != self._tokens[place].sentence
        ended = ended or self._tokens[after].text in ",;)" or self._year(after)[0] is not None
        opened = self._is(month - 1, "range_words.between") or self._is(month - 1, "date_words")
        return ended and opened and not self._is(after, "month")

    def _joiner(self, place: int) -> bool:
        """Tell whether the word at ``place`` may join two days of one window: "to", "and", an article."""
        return self._is(place, "date_words") and not self._is(place, "range_words.between") and self._plain(place)

    def _plain(self, place: int) -> bool:
        """Tell whether the word between two days joins them in the same sentence."""
        return self._tokens[place].sentence == self._tokens[place - 1].sentence

    def _one_window(self, start: DateMention, end: DateMention) -> bool:
        if self._tokens[start.last - 1].sentence != self._tokens[end.first].sentence:
            return False
        between = range(start.last, end.first)
        if len(between) > _BETWEEN_DATES:
            return False
        joined = all(
            self._is(index, "date_words") or self._tokens[index].text in ("-", "—", "/") or self._weekday(index)
            for index in between
        )
        return joined and start.day.day is not None and end.day.day is not None and start.day != end.day

    def _weekday(self, place: int) -> bool:
        return any(tag.name == "weekday" for tag in self._tags_at(place))

    def _day(self, place: int) -> int | None:
        if not 0 <= place < len(self._tokens) or place in self._taken:
            return None
        token = self._tokens[place]
        if token.kind != "number" or not token.text.isdecimal() or not 1 <= int(token.text) <= 31:
            return None
        return int(token.text)

    def _touches(self, place: int) -> bool:
        return self._tokens[place - 1].end == self._tokens[place].start

    def _hyphen(self, place: int) -> bool:
        """Tell whether only a hyphen stands between the tokens at ``place`` and the next."""
        if place + 1 >= len(self._tokens):
            return False
        return self._folded.text[self._tokens[place].end : self._tokens[place + 1].start].strip() == "-"

    def _dot(self, place: int) -> bool:
        """Tell whether the dot of a day, as in "29. September", stands at ``place``."""
        return self._tokens[place].text == "." and self._touches(place) and self._day(place - 1) is not None

    def _year(self, place: int) -> tuple[int | None, int]:
        step = place
        while (
            step < len(self._tokens)
            and step < place + 2
            and (self._tokens[step].text in ",." or self._is(step, "linking"))
        ):
            step += 1
        if step < len(self._tokens):
            token = self._tokens[step]
            same = token.sentence == self._tokens[place - 1].sentence
            if same and token.kind == "number" and len(token.text) == 4 and token.text[:2] in ("19", "20"):
                return int(token.text), step + 1
        return None, place

    def _is(self, place: int, name: str) -> bool:
        return place >= 0 and any(tag.name == name and tag.length == 1 for tag in self._tags_at(place))

    def _tags_at(self, place: int) -> tuple[Tag, ...]:
        return self._tags[place] if 0 <= place < len(self._tags) else ()
