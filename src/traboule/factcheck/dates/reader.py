"""Judge an operation's window and length, its day of publication, and the word "preliminary".

In: the reading and scopes. Out: claims. Guaranteed: a window is wrong only where the sentence speaks of this operation
and of no other time; a single day that is none of the operation's is not ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from traboule.factcheck.comparison import CONFIRMED, CONSISTENT, NOT_OURS, WRONG
from traboule.factcheck.dates.bare_days import bare_windows
from traboule.factcheck.dates.lengths import LengthReader
from traboule.factcheck.dates.single_days import SingleDays
from traboule.factcheck.dates.windows import is_day, is_window
from traboule.factcheck.dates.years import belying_years
from traboule.factcheck.reading.numerals.dates import DateMention, Day
from traboule.factcheck.reading.operations import hosts
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading
from traboule.factcheck.report import Claim, Value, reason
from traboule.factcheck.scope import Scope
from traboule.figures.published import PublishedFactSheet

_NEAR_WINDOW = timedelta(days=45)
# What an operation does in its days, and how near its name may stand to them.
_RAN = ("verbs.happen", "verbs.begin", "verbs.arrest", "verbs.rescue", "verbs.identify", "joining")
_NAME_REACH = 2


class DateClaimReader:
    """Judges dates, lengths and the word "preliminary" of one text."""

    def __init__(
        self,
        reading: TextReading,
        phrases: Sequence[Phrase],
        scopes: Sequence[Scope],
        sheets: Sequence[PublishedFactSheet],
        reader: str,
    ) -> None:
        """Take the text's phrases, scopes and all sheets; reasons are written in the language ``reader``."""
        codes = {name.code for name in reading.names}
        self._named_sheets = [sheet for sheet in sheets if sheet.code in codes]
        self._r = reading
        self._phrases = phrases
        self._scopes = scopes
        self._days = SingleDays(reading, hosts())
        self._reader = reader

    def claims(self) -> list[Claim]:
        """Return the claims on time and status, in no particular order."""
        dates = [self._date(mention) for mention in self._r.dates]
        lengths = LengthReader(self._r, self._phrases, self._scopes, self._named_sheets, self._reader).claims()
        worded = [self._word(place) for place in range(len(self._r.tokens))]
        claims = (*self._years(), *dates, *self._bare_windows(), *lengths, *worded)
        return [claim for claim in claims if claim is not None]

    def _bare_windows(self) -> Iterator[Claim]:
        """Yield the claims of days whose month stands in another sentence."""
        for sheet in {sheet.code: sheet for scope in self._scopes for sheet in scope.sheets[:1]}.values():
            written = f"{sheet.start.isoformat()}/{sheet.end.isoformat()}"
            for first, last in bare_windows(self._r, sheet):
                if sheet in self._scopes[self._r.tokens[first].sentence].sheets:
                    why = reason("window", self._reader, start=sheet.start, end=sheet.end)
                    yield self._claim((first, last), CONFIRMED, "window", (written, written), why)

    def _years(self) -> Iterator[Claim]:
        """Yield the claims of years that contradict the operation whose name they stand by."""
        for first, last, year, sheet in belying_years(self._r, self._named_sheets):
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
        for sheet in self._named_sheets:
            # A text that names two editions may give the window of either.
            claim = self._window(mention, sheet)
            if claim is not None:
                return claim
        for sheet in scope.sheets:
            if self._another_year(mention, sheet):
                return self._ran(mention, sheet, WRONG, "wrong_window")
        if (
            mention.until is not None
            and scope.sure
            and self._speaks_of_operation(mention)
            and self._is_operations(mention)
        ):
            wrong = self._wrong_window(mention, scope.sheets[0])
            if wrong is not None:
                return wrong
        belied = self._days.belied(mention, scope.sheets[0]) if scope.sure and self._at_large(mention) else None
        if belied is not None and belied.figure == "published":
            return self._published(mention.first, mention.last, scope.sheets[0], WRONG, value=_iso(mention))
        if belied is not None:
            return self._ran(mention, scope.sheets[0], WRONG, "wrong_window")
        if mention.day.day is None and mention.day.year is None:
            # A month alone that is none of the operation's says nothing.
            return None
        return self._claim(
            (mention.first, mention.last), NOT_OURS, None, (_iso(mention), None), reason("date", self._reader)
        )

    def _window(self, mention: DateMention, sheet: PublishedFactSheet) -> Claim | None:
        return self._ran(mention, sheet, CONFIRMED, "window") if is_window(mention, sheet) else None

    def _another_year(self, mention: DateMention, sheet: PublishedFactSheet) -> bool:
        """Tell whether the operation's own days are given with a year that is not its own."""
        if mention.until is None or mention.day.year is None:
            return False
        days = replace(mention.day, year=None), replace(mention.until, year=None)
        return is_day(days[0], sheet.start) and is_day(days[1], sheet.end) and self._speaks_of_operation(mention)

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
        if sheet.published and is_day(day, sheet.published):
            return self._published(mention.first, mention.last, sheet, CONFIRMED)
        if is_day(day, sheet.start) or is_day(day, sheet.end):
            return self._ran(mention, sheet, CONFIRMED, "window")
        return None

    def _wrong_window(self, mention: DateMention, sheet: PublishedFactSheet) -> Claim | None:
        start = _as_date(mention.day, sheet.start.year)
        end = _as_date(mention.until, sheet.end.year)
        if start is None or end is None or start > end or abs(start - sheet.start) > _NEAR_WINDOW:
            return None
        anchored = start == sheet.start or end == sheet.end
        if not anchored and (end - start).days > 2 * (sheet.end - sheet.start).days + 7:
            return None
        return self._ran(mention, sheet, WRONG, "wrong_window")

    def _speaks_of_operation(self, mention: DateMention) -> bool:
        first, last = self._r.sentence(mention.first)
        inside = range(first, last)
        names_operation = any(first <= name.first < last for name in self._r.names)
        ours = names_operation or any(self._r.tag(i, "nouns.operation") for i in inside)
        if not ours and any(self._r.tag(i, "verbs.happen") for i in inside):
            # "It ran from 29 September to 14 October": one end is the operation's own.
            sheet = self._scopes[self._r.tokens[mention.first].sentence].sheets[0]
            ends = (mention.until is not None and is_day(mention.until, sheet.end), is_day(mention.day, sheet.start))
            ours = any(ends)
        return ours and self._at_large(mention)

    def _is_operations(self, mention: DateMention) -> bool:
        """Tell whether days can only be the operation's: it ran or people were arrested then, it stands beside them, or
        one end is its own. "From 1 to 5 December Interpol meets to discuss the operation" tells other days."""
        first, last = self._r.sentence(mention.first)
        sentence = self._r.tokens[mention.first].sentence
        sheet = self._scopes[sentence].sheets[0]
        if sentence in self._r.events:
            return False
        if is_day(mention.day, sheet.start) or (mention.until is not None and is_day(mention.until, sheet.end)):
            return True
        neighbourhood = range(mention.first - _NAME_REACH, mention.last + _NAME_REACH)
        names_operation = any(name.first in neighbourhood or name.last in neighbourhood for name in self._r.names)
        operation = any(self._r.tag(place, "nouns.operation") for place in neighbourhood if first <= place < last)
        other_verb = self._r.has_tag(sentence, sentence, "verbs.other")
        return not other_verb and (names_operation or operation or self._r.has_tag(sentence, sentence, *_RAN))

    def _at_large(self, mention: DateMention) -> bool:
        """Tell whether the sentence speaks of no other time or source, and of no single country."""
        first, last = self._r.sentence(mention.first)
        other_context = any(self._r.tag(i, "other_context") or self._r.tag(i, "compared") for i in range(first, last))
        placed = any(first <= place.first < last and not place.people for place in self._r.places)
        return not other_context and not placed

    def _ran(self, mention: DateMention, sheet: PublishedFactSheet, verdict: str, code: str) -> Claim:
        why = reason(code, self._reader, start=sheet.start, end=sheet.end)
        right = f"{sheet.start.isoformat()}/{sheet.end.isoformat()}"
        values = (_iso(mention, sheet.start.year), right)
        return self._claim((mention.first, mention.last), verdict, "window", values, why)

    def _published(
        self, first: int, last: int, sheet: PublishedFactSheet, verdict: str, *, value: Value = None
    ) -> Claim:
        right = sheet.published.isoformat() if sheet.published else None
        why = reason("published", self._reader, right=sheet.published)
        return self._claim((first, last), verdict, "published", (value or right, right), why)

    # Words

    def _word(self, place: int) -> Claim | None:
        scope = self._scopes[self._r.tokens[place].sentence]
        sheet = scope.sheets[0] if scope.sheets else None
        if sheet is None:
            return None
        status = self._r.tag(place, "status.preliminary")
        # "Vorläufig festgenommen" says nothing of the results.
        of_arrest = status is not None and self._r.tag(place + status.length, "verbs.arrest") is not None
        if status is not None and not of_arrest and sheet.status == "preliminary":
            values = ("preliminary", sheet.status)
            why = reason("status", self._reader)
            return self._claim((place, place + status.length), CONFIRMED, "status", values, why)
        final = self._r.tag(place, "status.final")
        sentence = self._r.tokens[place].sentence
        # "Once the figures are final", "no results are final" say nothing of the kind.
        stated = scope.sure and not self._r.has_tag(
            sentence, sentence, "negations", "other_bodies", "status.preliminary"
        )
        if final is not None and stated and sheet.status == "preliminary" and self._opens(place):
            why = reason("status", self._reader)
            return self._claim((place, place + final.length), WRONG, "status", ("final", sheet.status), why)
        weekday = self._r.tag(place, "weekday")
        if weekday is not None and sheet.published and weekday.value == sheet.published.weekday():
            first, last = self._r.sentence(place)
            # "Wednesday 6 November" is one claim, the date's.
            near = range(max(first, place - 3), min(last, place + 4))
            dated = any(mention.first in near for mention in self._r.dates)
            if not dated and any(
                self._r.tag(i, "verbs.announce") for i in range(max(first, place - 6), min(last, place + 6))
            ):
                bracketed = self._day_in_brackets(place + weekday.length, sheet.published.day)
                return self._published(
                    place, place + weekday.length + bracketed, sheet, CONFIRMED if bracketed else CONSISTENT
                )
        return None

    def _opens(self, place: int) -> bool:
        """Tell whether a word opens its sentence, but for one article."""
        return place - self._r.sentence(place)[0] <= 1

    def _day_in_brackets(self, place: int, day: int) -> int:
        """Return how many tokens "(6)" takes after a weekday, as Brazilian papers write a day; 0 for none."""
        written = [self._r.text(step) for step in range(place, place + 3)]
        return 3 if written == ["(", str(day), ")"] else 0

    def _claim(
        self, span: tuple[int, int], verdict: str, figure: str | None, values: tuple[Value, Value], why: str
    ) -> Claim:
        start, end = self._r.span(*span)
        return Claim(self._r.folded.original[start:end], start, end, verdict, figure, *values, why)


def _is_month(day: Day, moment: date) -> bool:
    return day.month == moment.month and day.year in (None, moment.year)


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
    known_year = day.year or year
    parts = [f"{known_year:04d}" if known_year else "-", f"{day.month:02d}"]
    if day.day is not None:
        parts.append(f"{day.day:02d}")
    return "-".join(parts)
