"""Judge the length of an operation: "five-day operation", "over twelve days", "week-long".

In: the reading, its phrases and scopes. Out: claims on the length, which replace those of the bare numbers. Guaranteed:
a length is wrong only where it is said of the operation itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from traboule.factcheck.comparison import CONFIRMED, CONSISTENT, WRONG, slip
from traboule.factcheck.dates.windows import is_end, is_window
from traboule.factcheck.reading.numerals.hedge_kinds import hedges_above, hedges_below
from traboule.factcheck.reading.operations import UNKNOWN_OPERATION
from traboule.factcheck.reading.phrase import Phrase
from traboule.factcheck.reading.text import TextReading
from traboule.factcheck.report import Claim, reason
from traboule.factcheck.scope import Scope
from traboule.figures.published import PublishedFactSheet

_COUNTED_TAGS = (
    *(f"nouns.{noun}" for noun in ("arrest", "country", "officer", "check", "flight", "migrant", "suspect")),
    *("verbs.arrest", "verbs.rescue"),
)
# Behind a length these lead on to what it is measured from.
_LEADS_ON = ("stops", "towards", "compared")
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30}
_PEOPLE = ("nouns.victim", "nouns.migrant", "nouns.suspect", "nouns.person", "nouns.minor", "nouns.woman", "nouns.man")
# How far before or behind a length "lasted" may stand.
_LASTED_REACH = 6
_LASTED_AFTER = 3
# "A ten-day worldwide police operation": so far behind its length the operation may stand, and what ends the search.
_ATTRIBUTE_REACH = 4
# No article or preposition is longer.
_SMALL = 3
_ENDS_ATTRIBUTE = ("stops", "linking", "coordinators", "auxiliaries", "verbs", "compared")
# No phrase such as "over the course of" is longer.
_DURING_REACH = 5
# A sentence so short speaks of what the one before spoke of.
_FEW_WORDS = 7
# A length in weeks or months is wrong only where it is off by half.
_WEEKS_OFF = 1.5
# A length of a quarter or of fifteen times as long is said of something else.
_SHORTEST, _LONGEST = 1 / 4, 15
# "More than a week" and "less than two weeks" are true of twelve days, and say nothing of two or of a hundred.
_BOUND = 2
# "A week" is said of five to eight days, "two weeks" of ten to fifteen.
_WEEK_SHORTER, _WEEK_LONGER = 0.7, 1.15


class LengthReader:
    """Judges the lengths of one text."""

    def __init__(
        self,
        reading: TextReading,
        phrases: Sequence[Phrase],
        scopes: Sequence[Scope],
        named_sheets: Sequence[PublishedFactSheet],
        reader: str,
    ) -> None:
        """Take the text's phrases and scopes, and the sheets it names; ``reader`` is the language of the reasons."""
        self._r = reading
        self._phrases = phrases
        self._scopes = scopes
        self._named_sheets = named_sheets
        self._reader = reader
        names = (name for name in reading.names if name.code != UNKNOWN_OPERATION)
        self._ours = frozenset(place for name in names for place in range(name.first, name.last))

    def claims(self) -> list[Claim]:
        """Return the claims on lengths, in no particular order."""
        counted_lengths = (self._counted_length(phrase) for phrase in self._phrases)
        worded = (self._worded_length(place) for place in range(len(self._r.tokens)))
        return [claim for claim in (*counted_lengths, *worded) if claim is not None]

    def _counted_length(self, phrase: Phrase) -> Claim | None:
        """Judge "five-day operation", "over twelve days"; the claim replaces that on the bare number."""
        if phrase.noun.head not in _UNIT_DAYS or phrase.mention.kind not in ("count", "article"):
            return None
        days = phrase.mention.value * _UNIT_DAYS[phrase.noun.head]
        attribute = self._describes_operation(phrase.last) or self._is_apposition(phrase)
        if self._leads_on(phrase):
            # "Two months after Operation Liberterra III".
            attribute = False
            if self._measured_from(phrase) and not self._right_length(phrase, days):
                return None
        spoken = attribute or phrase.setting.is_worldwide or self._told_before(phrase)
        is_tied = self._counts(phrase) or self._dated(phrase) or self._stands_alone(phrase) or self._during(phrase)
        spoken = spoken or (phrase.setting.state is None and self._right_length(phrase, days) and is_tied)
        # "The 11-day operation" is the operation's length, whatever else its sentence speaks of.
        elsewhere = phrase.setting.is_compared if attribute else phrase.setting.is_elsewhere
        if not spoken or elsewhere:
            return None
        inside = range(*self._r.sentence(phrase.first))
        names_operation = any(self._r.tag(place, "nouns.operation") for place in inside)
        lasted = self._lasted(phrase) or self._worked(phrase) or self._sums_up(phrase)
        lasted = lasted or (self._told_before(phrase) and (names_operation or self._windowed(phrase)))
        # "The first phase lasted five days", "a five-day training operation".
        own = self._r.tokens[phrase.first].sentence not in self._r.events
        # "In Spain, a ten-day operation of the Guardia Civil" is another one.
        local = phrase.setting.state is not None and self._ours.isdisjoint(
            range(phrase.first, phrase.last + _ATTRIBUTE_REACH)
        )
        firm = own and not local and (attribute or (lasted and not self._of_people(phrase)))
        hedge, coarse = phrase.mention.hedge, phrase.noun.head != "day"
        return self._length((phrase.first, phrase.last), days, hedge, coarse=coarse, firm=firm)

    def _describes_operation(self, last: int) -> bool:
        """Tell whether the operation or its name stands right behind a length: "the 10-day Liberterra II sweep"."""
        end = self._r.sentence(last - 1)[1]
        if self._r.text(last) == "," and last + 1 < end and self._is_operation(last + 1):
            # "Over nine days, Operation …"
            return True
        for place in range(last, min(last + _ATTRIBUTE_REACH, end)):
            if self._is_operation(place):
                return True
            if len(self._r.text(place)) <= _SMALL or self._r.tokens[place].kind != "word":
                return False
            if any(self._r.tag(place, name) for name in _ENDS_ATTRIBUTE):
                return False
        return False

    def _is_apposition(self, phrase: Phrase) -> bool:
        """Tell whether a length is set beside the operation between commas: "Liberterra II, longue de neuf jours,", or
        before it at the head of a sentence: "Longue de neuf jours, l'opération …"."""
        first, last = self._r.sentence(phrase.first)
        place = phrase.first - 1
        while place > first and (self._r.tag(place, "linking") or self._r.tag(place, "length_words")):
            place -= 1
        end = phrase.last
        while end < last and (self._r.tag(end, "linking") or self._r.tag(end, "length_words")):
            end += 1
        has_word = any(
            self._r.tag(step, "length_words") for step in (*range(place, phrase.first), *range(phrase.last, end))
        )
        led = has_word or place < phrase.first - 1
        closed = end >= last or self._r.text(end) in (",", ")", "—", ";", ":") or has_word
        if led and closed and self._r.text(place) in (",", "(") and self._is_operation(place - 1):
            return True
        if place == first and has_word and self._r.text(end) == ",":
            return any(self._is_operation(step) for step in range(end + 1, min(end + _LASTED_REACH, last)))
        # "The operation was ten days long."
        return has_word and self._r.tag(place, "auxiliaries") is not None and self._is_operation(place - 1)

    def _is_operation(self, place: int) -> bool:
        return place in self._ours or self._r.tag(place, "nouns.operation") is not None

    def _leads_on(self, phrase: Phrase) -> bool:
        """Tell whether what a length is measured from stands behind it, unlike the "in" of "seven days in all"."""
        if self._r.tag(phrase.last, "scope.world"):
            return False
        return any(self._r.tag(phrase.last, name) for name in _LEADS_ON)

    def _measured_from(self, phrase: Phrase) -> bool:
        """Tell whether a length leads on to the operation: "held for 30 days after Operation Liberterra III"."""
        behind = range(phrase.last, min(phrase.last + _LASTED_AFTER, self._r.sentence(phrase.first)[1]))
        names_operation = any(name.first in behind for name in self._r.names)
        return names_operation or any(self._r.tag(place, "nouns.operation") for place in behind)

    def _right_length(self, phrase: Phrase, days: float) -> bool:
        """Tell whether a length is the operation's, exactly or in weeks: then its sentence need not name it."""
        lengths = [(sheet.end - sheet.start).days + 1 for sheet in self._scope(phrase).sheets]
        return any(
            days == right
            or (phrase.noun.head == "week" and _WEEK_SHORTER <= right / days <= _WEEK_LONGER)
            or (phrase.mention.hedge and _bounds(days, phrase.mention.hedge, right))
            for right in lengths
        )

    def _counts(self, phrase: Phrase) -> bool:
        """Tell whether the sentence speaks of what such operations count: "In six days 2,517 people were arrested"."""
        sentence = self._r.tokens[phrase.first].sentence
        return self._r.has_tag(sentence, sentence, *_COUNTED_TAGS)

    def _stands_alone(self, phrase: Phrase) -> bool:
        """Tell whether a length is a sentence of its own: "Twelve days of work.", "Days: 12"."""
        first, last = self._r.sentence(phrase.first)
        return phrase.noun.is_label or (phrase.first == first and last - first <= _FEW_WORDS)

    def _dated(self, phrase: Phrase) -> bool:
        """Tell whether the operation's own window, or one end of it, stands in the sentence of a length."""
        inside = range(*self._r.sentence(phrase.first))
        return any(
            is_end(date, sheet) for date in self._r.dates if date.first in inside for sheet in self._sheets(phrase)
        )

    def _during(self, phrase: Phrase) -> bool:
        """Tell whether "in" leads into a length, in a sentence on trafficking or a short one: "In six days only."."""
        first, last = self._r.sentence(phrase.first)
        sentence = self._r.tokens[phrase.first].sentence
        led_in = self._r.tag(phrase.first - 1, "during") or self._r.tag(phrase.first - 1, "stops")
        return led_in is not None and (last - first <= _FEW_WORDS or self._r.has_tag(sentence, sentence, "theme"))

    def _sheets(self, phrase: Phrase) -> Sequence[PublishedFactSheet]:
        return self._scope(phrase).sheets[:1]

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
        operations = [place for place in range(begin, phrase.first) if self._is_operation(place)]
        if not operations:
            # "Zehn Tage dauerte die Operation".
            after = range(phrase.last + 1, phrase.last + 1 + _LASTED_AFTER)
            behind = any(self._is_operation(place) for place in after)
            return behind and self._r.tag(phrase.last, "verbs.happen") is not None
        between = range(operations[-1] + 1, phrase.first)
        lasted = any(self._r.tag(place, "verbs.happen") for place in between) and self._ends(phrase)
        linked = all(self._r.tag(place, "linking") or self._r.tag(place, "number.articles") for place in between)
        return (lasted or linked) and not any(self._r.text(place) in ",;:" for place in between)

    def _of_people(self, phrase: Phrase) -> bool:
        """Tell whether a length is said of people: "victims freed in the operation had been held for 90 days".

        Not where they are what the operation was against, or where a number counts them.
        """
        first, last = self._r.sentence(phrase.first)
        numbers = {mention.last for mention in self._r.mentions if first <= mention.first < last}
        for place in range(first, phrase.first):
            noun = any(self._r.tag(place, name) for name in _PEOPLE)
            led = any(self._r.tag(place - step, name) for step in (1, 2) for name in ("stops", "linking", "towards"))
            if noun and not led and numbers.isdisjoint(range(place - _DURING_REACH, place + 1)):
                return True
        return False

    def _windowed(self, phrase: Phrase) -> bool:
        """Tell whether the operation's own window stands beside a length: "it lasted ten days, from 10 to 21 …"."""
        near = range(phrase.first - _LASTED_REACH, phrase.last + _LASTED_REACH)
        return any(
            is_window(date, sheet) for date in self._r.dates if date.first in near for sheet in self._sheets(phrase)
        )

    def _sums_up(self, phrase: Phrase) -> bool:
        """Tell whether a length is that of the operation's own window before it: "10 to 21 November, or ten days"."""
        near = range(phrase.first - _DURING_REACH, phrase.first + 1)
        own = any(
            is_window(date, sheet) for date in self._r.dates if date.last in near for sheet in self._sheets(phrase)
        )
        return own and not self._leads_on(phrase)

    def _worked(self, phrase: Phrase) -> bool:
        """Tell whether "over ten days" is the time in which the sentence counts the operation's countries or police."""
        first, last = self._r.sentence(phrase.first)
        # The "over" of "over 16 days" is read as "more than", and may be "during".
        number = phrase.mention.first
        before = range(max(first, number - _DURING_REACH), number)
        during = any(
            tag.length in (phrase.first - place, number - place)
            for place in before
            if (tag := self._r.tag(place, "during")) is not None
        )
        # "In ten days of" or "for ten days after" measures something else.
        is_during = during and not any(self._r.tag(phrase.last, name) for name in ("stops", "linking", "compared"))
        if (
            not is_during
            or phrase.noun.head == "month"
            or not phrase.setting.is_worldwide
            or phrase.setting.state is not None
            or phrase.setting.near_state is not None
        ):
            return False
        neighbours = [neighbour for neighbour in self._phrases if first <= neighbour.mention.first < last]
        counts = [neighbour.mention for neighbour in neighbours if neighbour.noun.head in ("country", "officer")]
        figures = [figure for sheet in self._scope(phrase).sheets[:1] for figure in sheet.figures]
        return any(count.value == figure.value or slip(count, figure) for count in counts for figure in figures)

    def _ends(self, phrase: Phrase) -> bool:
        """Tell whether a sign, a known word or nothing follows a length; "ten days ago" states none."""
        _first, last = self._r.sentence(phrase.first)
        return phrase.last >= last or self._r.tokens[phrase.last].kind != "word" or bool(self._r.index[phrase.last])

    def _length(self, span: tuple[int, int], days: float, hedge: str, *, coarse: bool, firm: bool) -> Claim | None:
        """Judge a length of so many days; ``coarse`` where it was told in weeks or months."""
        scope = self._scopes[self._r.tokens[span[0]].sentence]
        for sheet in scope.sheets:
            right = (sheet.end - sheet.start).days + 1
            # The first day counts, or it does not.
            fits = days in (right, right - 1) or (coarse and _WEEK_SHORTER <= right / days <= _WEEK_LONGER)
            belied = firm and scope.sure and _belied(days, right, coarse=coarse)
            if days == right and not coarse:
                verdict, code = CONFIRMED, "duration"
            elif fits or _bounds(days, hedge, right):
                verdict, code = CONSISTENT, "duration"
            elif belied and not self._of_another(days, sheet, span[0]):
                verdict, code = WRONG, "wrong_duration"
            else:
                continue
            why = reason(code, self._reader, start=sheet.start, end=sheet.end, right=right, value=days)
            start, end = self._r.span(*span)
            text = self._r.folded.original[start:end]
            return Claim(text, start, end, verdict, "duration", days, right, why)
        return None

    def _of_another(self, days: float, sheet: PublishedFactSheet, place: int) -> bool:
        """Tell whether a length is that of another edition the text has named before ``place``."""
        before = {name.code for name in self._r.names if name.first < place}
        other_sheets = (edition for edition in self._named_sheets if edition is not sheet and edition.code in before)
        return any(days == (edition.end - edition.start).days + 1 for edition in other_sheets)

    def _worded_length(self, place: int) -> Claim | None:
        """Judge "week-long", "a fortnight"."""
        length = self._r.tag(place, "day_length") or self._r.tag(place, "duration")
        if length is not None and self._speaks_of_operation(place):
            last = place + length.length
            before = range(max(place - 2, 0), place + 1)
            lasted = any(self._r.tag(i, "verbs.happen") for i in before)
            inside = range(*self._r.sentence(place))
            firm = self._describes_operation(last) and self._r.tokens[place].sentence not in self._r.events
            firm = firm or (lasted and any(self._r.tag(i, "nouns.operation") for i in inside))
            return self._length((place, last), length.value, "", coarse=length.name == "duration", firm=firm)
        return None

    def _speaks_of_operation(self, place: int) -> bool:
        first, last = self._r.sentence(place)
        names_operation = any(first <= name.first < last for name in self._r.names)
        operation_tags = ("nouns.operation", "scope.world", "verbs.arrest", "verbs.rescue", "verbs.identify")
        return names_operation or any(self._r.tag(i, name) for i in range(first, last) for name in operation_tags)


def _belied(days: float, right: int, *, coarse: bool) -> bool:
    """Tell whether a length is off by more than the first day or half of what is said."""
    if not _SHORTEST * right <= days <= _LONGEST * right:
        return False
    return max(days, right) / min(days, right) > _WEEKS_OFF if coarse else days not in (right, right - 1)


def _bounds(days: float, hedge: str, right: int) -> bool:
    """Tell whether "more than" or "less than" so many days is true of ``right`` days, and says something of them."""
    above = hedge in hedges_above() and days < right <= _BOUND * days
    return above or (hedge in hedges_below() and right < days <= _BOUND * right)
