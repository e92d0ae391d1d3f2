"""When: the operation's window and length, the day of publication, and whether the results are preliminary.

In come the reading and scopes; out go claims. It promises that a window is wrong only where the sentence speaks of this
operation and of no other time; a single day that is none of the operation's is not ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from traboule.figures.published import PublishedFactSheet
from traboule.release.claims.judge import CONFIRMED, CONSISTENT, NOT_OURS, WRONG
from traboule.release.claims.moments.bare_days import bare_windows
from traboule.release.claims.moments.years import belying_years
from traboule.release.claims.reading.numerals.dates import DateMention, Day
from traboule.release.claims.reading.operations import OTHER
from traboule.release.claims.reading.text import Phrase, Reading
from traboule.release.claims.report import Claim, Value, reason
from traboule.release.claims.scope import Scope

_COUNTED = ("arrest", "country", "officer", "check", "flight", "migrant", "suspect")
_UNIT_DAYS = {"day": 1, "week": 7}
# A window this far from the operation's is another event's.
_LASTED_REACH = 6
_LASTED_AFTER = 3
# No phrase such as "over the course of" is longer.
_DURING_REACH = 5
# A length in weeks is wrong only where it is off by half.
_WEEKS_OFF = 1.5
_NEAR_WINDOW = timedelta(days=45)
# "A week" is said of five to eight days, "two weeks" of ten to fifteen.
_WEEK_SHORTER, _WEEK_LONGER = 0.7, 1.15


class MomentReader:
    """Judges dates, lengths and the word "preliminary" of one text."""

    def __init__(
        self,
        reading: Reading,
        phrases: Sequence[Phrase],
        scopes: Sequence[Scope],
        sheets: Sequence[PublishedFactSheet],
        reader: str,
    ) -> None:
        """Take the text's phrases and scopes, all sheets at hand; reasons are written in the language ``reader``."""
        codes = {name.code for name in reading.names}
        self._named = [sheet for sheet in sheets if sheet.code in codes]
        self._r = reading
        self._phrases = phrases
        self._scopes = scopes
        self._reader = reader

    def claims(self) -> list[Claim]:
        """Return the claims on time and status, in no particular order."""
        found = [self._date(mention) for mention in self._r.dates]
        lengths = [self._counted_length(phrase) for phrase in self._phrases]
        worded = [self._word(place) for place in range(len(self._r.tokens))]
        told = (*self._years(), *found, *self._bare(), *lengths, *worded)
        return [claim for claim in told if claim is not None]

    def _bare(self) -> Iterator[Claim]:
        """Yield the claims of days whose month stands in another sentence."""
        for sheet in {sheet.code: sheet for scope in self._scopes for sheet in scope.sheets[:1]}.values():
            written = f"{sheet.start.isoformat()}/{sheet.end.isoformat()}"
            for first, last in bare_windows(self._r, sheet):
                if sheet in self._scopes[self._r.tokens[first].sentence].sheets:
                    why = reason("window", self._reader, start=sheet.start, end=sheet.end)
                    yield self._claim((first, last), CONFIRMED, "window", (written, written), why)

    def _years(self) -> Iterator[Claim]:
        """Yield the claims of years that belie the operation whose name they stand by."""
        for first, last, year, sheet in belying_years(self._r, self._named):
            why = reason("wrong_window", self._reader, start=sheet.start, end=sheet.end)
            values = (str(year), f"{sheet.start.isoformat()}/{sheet.end.isoformat()}")
            yield self._claim((first, last), WRONG, "window", values, why)

    # Dates

    def _date(self, mention: DateMention) -> Claim | None:
        scope = self._scopes[self._r.tokens[mention.first].sentence]
        for sheet in scope.sheets:
            claim = self._window(mention, sheet) if mention.until else self._single(mention, sheet)
            if claim is not None:
                return claim
        for sheet in self._named:
            # A text that names two editions may give the window of either.
            claim = self._window(mention, sheet)
            if claim is not None:
                return claim
        for sheet in scope.sheets:
            if self._another_year(mention, sheet):
                return self._ran(mention, sheet, WRONG, "wrong_window")
        if mention.until is not None and scope.sure and self._speaks_of_operation(mention):
            wrong = self._wrong_window(mention, scope.sheets[0])
            if wrong is not None:
                return wrong
        if mention.day.day is None and mention.day.year is None:
            # A month alone that is none of the operation's says nothing.
            return None
        return self._claim(
            (mention.first, mention.last), NOT_OURS, None, (_iso(mention), None), reason("date", self._reader)
        )

    def _window(self, mention: DateMention, sheet: PublishedFactSheet) -> Claim | None:
        if mention.until is None or not (_is_day(mention.day, sheet.start) and _is_day(mention.until, sheet.end)):
            return None
        return self._ran(mention, sheet, CONFIRMED, "window")

    def _another_year(self, mention: DateMention, sheet: PublishedFactSheet) -> bool:
        """Tell whether the operation's own days are given with a year that is not its own."""
        if mention.until is None or mention.day.year is None:
            return False
        days = replace(mention.day, year=None), replace(mention.until, year=None)
        return _is_day(days[0], sheet.start) and _is_day(days[1], sheet.end) and self._speaks_of_operation(mention)

    def _single(self, mention: DateMention, sheet: PublishedFactSheet) -> Claim | None:
        day = mention.day
        if day.day is None:
            if day.year is None and not self._at_large(mention):
                return None
            if any(_is_month(day, moment) for moment in (sheet.start, sheet.end)):
                return self._ran(mention, sheet, CONSISTENT, "window")
            if sheet.published and day.year is not None and _is_month(day, sheet.published):
                return self._published(mention.first, mention.last, sheet, CONSISTENT)
            return None
        if sheet.published and _is_day(day, sheet.published):
            return self._published(mention.first, mention.last, sheet, CONFIRMED)
        if _is_day(day, sheet.start) or _is_day(day, sheet.end):
            return self._ran(mention, sheet, CONFIRMED, "window")
        return None

    def _wrong_window(self, mention: DateMention, sheet: PublishedFactSheet) -> Claim | None:
        start = _as_date(mention.day, sheet.start.year)
        end = _as_date(mention.until, sheet.end.year)
        if start is None or end is None or start > end or abs(start - sheet.start) > _NEAR_WINDOW:
            return None
        if (end - start).days > 2 * (sheet.end - sheet.start).days + 7:
            return None
        return self._ran(mention, sheet, WRONG, "wrong_window")

    def _speaks_of_operation(self, mention: DateMention) -> bool:
        first, last = self._r.sentence(mention.first)
        inside = range(first, last)
        named = any(first <= name.first < last for name in self._r.names)
        ours = named or any(self._r.tag(i, "nouns.operation") for i in inside)
        if not ours and any(self._r.tag(i, "verbs.happen") for i in inside):
            # "It ran from 29 September to 14 October": one end is the operation's own.
            sheet = self._scopes[self._r.tokens[mention.first].sentence].sheets[0]
            ends = (mention.until is not None and _is_day(mention.until, sheet.end), _is_day(mention.day, sheet.start))
            ours = any(ends)
        return ours and self._at_large(mention)

    def _at_large(self, mention: DateMention) -> bool:
        """Tell whether the sentence speaks of no other time or source, and of no single country."""
        first, last = self._r.sentence(mention.first)
        other = any(self._r.tag(i, "other_context") or self._r.tag(i, "compared") for i in range(first, last))
        placed = any(first <= place.first < last and not place.people for place in self._r.places)
        return not other and not placed

    def _ran(self, mention: DateMention, sheet: PublishedFactSheet, verdict: str, code: str) -> Claim:
        why = reason(code, self._reader, start=sheet.start, end=sheet.end)
        right = f"{sheet.start.isoformat()}/{sheet.end.isoformat()}"
        values = (_iso(mention, sheet.start.year), right)
        return self._claim((mention.first, mention.last), verdict, "window", values, why)

    def _published(self, first: int, last: int, sheet: PublishedFactSheet, verdict: str) -> Claim:
        right = sheet.published.isoformat() if sheet.published else None
        why = reason("published", self._reader, right=sheet.published)
        return self._claim((first, last), verdict, "published", (right, right), why)

    # Lengths

    def _counted_length(self, phrase: Phrase) -> Claim | None:
        """Judge "five-day operation", "over twelve days": returned beside the number's own claim, which it replaces."""
        if phrase.head not in _UNIT_DAYS or phrase.mention.kind not in ("count", "article"):
            return None
        days = phrase.mention.value * _UNIT_DAYS[phrase.head]
        operation = self._r.tag(phrase.last, "nouns.operation") or self._r.tag(phrase.last + 1, "nouns.operation")
        spoken = operation is not None or phrase.worldwide or self._told_before(phrase)
        told = self._counts(phrase) or self._dated(phrase) or self._stands_alone(phrase) or self._during(phrase)
        spoken = spoken or (phrase.place is None and self._right_length(phrase, days) and told)
        # "The 11-day operation" is the operation's length, whatever else its sentence speaks of.
        elsewhere = phrase.compared if operation is not None else phrase.elsewhere
        if not spoken or elsewhere or phrase.mention.hedge in ("less_than", "up_to"):
            return None
        weeks = phrase.head == "week"
        inside = range(*self._r.sentence(phrase.first))
        whole = any(self._r.tag(place, "nouns.operation") for place in inside)
        firm = operation is not None or self._lasted(phrase) or (whole and self._told_before(phrase))
        firm = firm or self._worked(phrase) or (self._told_before(phrase) and self._windowed(phrase))
        return self._length(phrase.first, phrase.last, days, weeks=weeks, firm=firm)

    def _right_length(self, phrase: Phrase, days: float) -> bool:
        """Tell whether a length is the operation's, to the day or in weeks: only then may its sentence say no more."""
        lengths = [(sheet.end - sheet.start).days + 1 for sheet in self._scope(phrase).sheets]
        return any(
            days == right or (phrase.head == "week" and _WEEK_SHORTER <= right / days <= _WEEK_LONGER)
            for right in lengths
        )

    def _counts(self, phrase: Phrase) -> bool:
        """Tell whether the sentence speaks of what such operations count: "In six days 2,517 people were arrested"."""
        inside = range(*self._r.sentence(phrase.first))
        return any(self._r.tag(place, f"nouns.{noun}") for place in inside for noun in _COUNTED) or any(
            self._r.tag(place, f"verbs.{verb}") for place in inside for verb in ("arrest", "rescue")
        )

    def _stands_alone(self, phrase: Phrase) -> bool:
        """Tell whether a length is a sentence of its own: "Twelve days."."""
        first, last = self._r.sentence(phrase.first)
        return (phrase.first, phrase.last) == (first, last)

    def _dated(self, phrase: Phrase) -> bool:
        """Tell whether the operation's own window, or one end of it, stands in the sentence of a length."""
        inside = range(*self._r.sentence(phrase.first))
        sheets = self._scope(phrase).sheets[:1]
        return any(
            self._window(date, sheet) or _is_day(date.day, sheet.start) or _is_day(date.day, sheet.end)
            for date in self._r.dates
            if date.first in inside
            for sheet in sheets
        )

    def _during(self, phrase: Phrase) -> bool:
        """Tell whether "during" stands before a length, in a sentence on trafficking or smuggling."""
        led_in = any(self._r.tag(phrase.first - 1, name) for name in ("during", "stops"))
        return led_in and any(self._r.tag(place, "theme") for place in range(*self._r.sentence(phrase.first)))

    def _scope(self, phrase: Phrase) -> Scope:
        return self._scopes[self._r.tokens[phrase.first].sentence]

    def _told_before(self, phrase: Phrase) -> bool:
        """Tell whether "it lasted" stands right before the length."""
        before = range(max(phrase.first - 3, 0), phrase.first)
        return any(self._r.tag(place, "verbs.happen") for place in before) and self._ends(phrase)

    def _lasted(self, phrase: Phrase) -> bool:
        """Tell whether the length is the operation's own: "the operation lasted ten days", "opération de dix jours"."""
        first, _last = self._r.sentence(phrase.first)
        begin = max(first, phrase.first - _LASTED_REACH)
        ours = {place for name in self._r.names if name.code != OTHER for place in range(name.first, name.last)}
        told = [place for place in range(begin, phrase.first) if place in ours or self._r.tag(place, "nouns.operation")]
        if not told:
            # "Zehn Tage dauerte die Operation".
            after = range(phrase.last + 1, phrase.last + 1 + _LASTED_AFTER)
            behind = any(place in ours or self._r.tag(place, "nouns.operation") for place in after)
            return behind and self._r.tag(phrase.last, "verbs.happen") is not None
        between = range(told[-1] + 1, phrase.first)
        lasted = any(self._r.tag(place, "verbs.happen") for place in between) and self._ends(phrase)
        linked = all(self._r.tag(place, "linking") or self._r.tag(place, "number.articles") for place in between)
        return (lasted or linked) and not any(self._r.text(place) in ",;:" for place in between)

    def _windowed(self, phrase: Phrase) -> bool:
        """Tell whether the operation's own window stands beside a length: "it lasted ten days, from 10 to 21 …"."""
        near = range(phrase.first - _LASTED_REACH, phrase.last + _LASTED_REACH)
        sheets = self._scope(phrase).sheets[:1]
        return any(self._window(date, sheet) for date in self._r.dates if date.first in near for sheet in sheets)

    def _worked(self, phrase: Phrase) -> bool:
        """Tell whether "over ten days" is the time in which the sentence counts the operation's countries or police."""
        first, last = self._r.sentence(phrase.first)
        before = range(max(first, phrase.first - _DURING_REACH), phrase.first)
        during = any(
            tag.length == phrase.first - place for place in before if (tag := self._r.tag(place, "during")) is not None
        )
        # "In ten days of" or "for ten days after" measures something else.
        told = during and not any(self._r.tag(phrase.last, name) for name in ("stops", "linking", "compared"))
        if not told or not phrase.worldwide or phrase.place is not None or phrase.near is not None:
            return False
        beside = [other for other in self._phrases if first <= other.mention.first < last]
        return any(other.head in ("country", "officer") and other.mention.kind == "count" for other in beside)

    def _ends(self, phrase: Phrase) -> bool:
        """Tell whether a length ends in what is known: "took place ten days ago" gives no length at all."""
        _first, last = self._r.sentence(phrase.first)
        return phrase.last >= last or self._r.tokens[phrase.last].kind != "word" or bool(self._r.index[phrase.last])

    def _length(self, first: int, last: int, days: float, *, weeks: bool, firm: bool) -> Claim | None:
        scope = self._scopes[self._r.tokens[first].sentence]
        for sheet in scope.sheets:
            right = (sheet.end - sheet.start).days + 1
            facts = {"start": sheet.start, "end": sheet.end, "right": right, "value": days}
            if days == right and not weeks:
                verdict = CONFIRMED
            elif abs(days - right) <= 1 or (weeks and _WEEK_SHORTER <= right / days <= _WEEK_LONGER):
                verdict = CONSISTENT
            elif (
                firm
                and scope.sure
                and self._belied(days, right, weeks=weeks)
                and not self._of_another(days, sheet, first)
            ):
                why = reason("wrong_duration", self._reader, **facts)
                return self._claim((first, last), WRONG, "duration", (days, right), why)
            else:
                continue
            return self._claim(
                (first, last), verdict, "duration", (days, right), reason("duration", self._reader, **facts)
            )
        return None

    def _of_another(self, days: float, sheet: PublishedFactSheet, place: int) -> bool:
        """Tell whether a length is that of another edition the text has named before ``place``."""
        before = {name.code for name in self._r.names if name.first < place}
        others = (other for other in self._named if other is not sheet and other.code in before)
        return any(days == (other.end - other.start).days + 1 for other in others)

    def _belied(self, days: float, right: int, *, weeks: bool) -> bool:
        """Tell whether a length is off by more than ways of counting explain: one day, or half of what is said."""
        if not right / 4 <= days <= right * 6:
            return False
        return max(days, right) / min(days, right) > _WEEKS_OFF if weeks else abs(days - right) > 1

    # Words

    def _word(self, place: int) -> Claim | None:
        length = self._r.tag(place, "duration")
        if length is not None and self._whole(place):
            last = place + length.length
            beside = range(max(place - 2, 0), place + 1)
            lasted = any(self._r.tag(i, "verbs.happen") for i in beside)
            inside = range(*self._r.sentence(place))
            firm = self._r.tag(last, "nouns.operation") is not None
            firm = firm or (lasted and any(self._r.tag(i, "nouns.operation") for i in inside))
            return self._length(place, last, length.value, weeks=length.value % 7 == 0, firm=firm)
        scope = self._scopes[self._r.tokens[place].sentence]
        sheet = scope.sheets[0] if scope.sheets else None
        if sheet is None:
            return None
        status = self._r.tag(place, "status.preliminary")
        # "Vorläufig festgenommen" says nothing of the results.
        held = status is not None and self._r.tag(place + status.length, "verbs.arrest") is not None
        if status is not None and not held and sheet.status == "preliminary":
            values = ("preliminary", sheet.status)
            why = reason("status", self._reader)
            return self._claim((place, place + status.length), CONFIRMED, "status", values, why)
        weekday = self._r.tag(place, "weekday")
        if weekday is not None and sheet.published and weekday.value == sheet.published.weekday():
            first, last = self._r.sentence(place)
            # "Wednesday 6 November" is one claim, the date's.
            near = range(max(first, place - 3), min(last, place + 4))
            dated = any(mention.first in near for mention in self._r.dates)
            if not dated and any(
                self._r.tag(i, "verbs.announce") for i in range(max(first, place - 6), min(last, place + 6))
            ):
                told = self._day_in_brackets(place + weekday.length, sheet.published.day)
                return self._published(place, place + weekday.length + told, sheet, CONFIRMED if told else CONSISTENT)
        return None

    def _day_in_brackets(self, place: int, day: int) -> int:
        """Return how many tokens "(6)" takes after a weekday, as Brazilian papers write a day; 0 for none."""
        written = [self._r.text(step) for step in range(place, place + 3)]
        return 3 if written == ["(", str(day), ")"] else 0

    def _whole(self, place: int) -> bool:
        first, last = self._r.sentence(place)
        named = any(first <= name.first < last for name in self._r.names)
        whole = ("nouns.operation", "scope.world", "verbs.arrest", "verbs.rescue", "verbs.identify")
        return named or any(self._r.tag(i, name) for i in range(first, last) for name in whole)

    def _claim(
        self, span: tuple[int, int], verdict: str, figure: str | None, values: tuple[Value, Value], why: str
    ) -> Claim:
        start, end = self._r.span(*span)
        return Claim(self._r.folded.original[start:end], start, end, verdict, figure, *values, why)


def _is_month(day: Day, moment: date) -> bool:
    return day.month == moment.month and day.year in (None, moment.year)


def _is_day(day: Day, moment: date) -> bool:
    return (day.month, day.day) == (moment.month, moment.day) and day.year in (None, moment.year)


def _as_date(day: Day | None, year: int) -> date | None:
    if day is None or day.day is None:
        return None
    try:
        return date(day.year or year, day.month, day.day)
    except ValueError:
        return None


def _iso(mention: DateMention, year: int | None = None) -> str:
    days = [mention.day] if mention.until is None else [mention.day, mention.until]
    return "/".join(_iso_day(day, year) for day in days)


def _iso_day(day: Day, year: int | None) -> str:
    known = day.year or year
    parts = [f"{known:04d}" if known else "-", f"{day.month:02d}"]
    if day.day is not None:
        parts.append(f"{day.day:02d}")
    return "-".join(parts)
