"""Find the operation each sentence is about, and whether it is about another time.

In: a reading and the sheet the text is about. Out: a :class:`Scope` for each sentence. Guaranteed: a sentence about
another operation, year or edition is never held against ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from traboule.core.language.messages import catalogue
from traboule.factcheck.reading.lexicon import PACKAGE
from traboule.factcheck.reading.operations import UNKNOWN_OPERATION, is_host
from traboule.factcheck.reading.text import TextReading
from traboule.figures.published import PublishedFactSheet


@dataclass(frozen=True, slots=True)
class Scope:
    """``sheets`` to judge by; ``sure`` where one alone is meant and no other time; ``foreign`` where none is."""

    sheets: tuple[PublishedFactSheet, ...]
    sure: bool
    foreign: bool


def scopes(reading: TextReading, sheets: Sequence[PublishedFactSheet], main: PublishedFactSheet | None) -> list[Scope]:
    """Return the scope of each sentence, in order."""
    by_code = {sheet.code: sheet for sheet in sheets}
    hosts = _other_hosts(reading)
    codes_by_sentence: dict[int, list[str]] = {}
    for name in reading.names:
        codes_by_sentence.setdefault(reading.tokens[name.first].sentence, []).append(name.code)
    years = _years(reading)
    months = _months(reading)
    result: list[Scope] = []
    paragraph, carried, last = -1, "", ""
    spoken: set[int] = set()
    hosted = False
    for number, (first, _last) in enumerate(reading.sentences):
        own_paragraph = reading.tokens[first].paragraph if first < len(reading.tokens) else paragraph
        if own_paragraph != paragraph:
            paragraph, carried, spoken, hosted = own_paragraph, "", set(), False
        codes = codes_by_sentence.get(number, [])
        if codes:
            carried = last = codes[-1]
        own_sentence_years = years.get(number, set())
        scope = _scope(
            codes or ([carried] if carried else []), own_sentence_years or (set() if codes else spoken), by_code, main
        )
        if carried and not codes and main is not None and not scope.foreign and scope.sheets[0] is not main:
            # What was said of another edition may go on, or the text may be back at its own.
            other_sheets = tuple(sheet for sheet in scope.sheets if sheet is not main)
            scope = Scope((*other_sheets, main), sure=False, foreign=False)
        # "The first one was in July 2021. Then there were 286 arrests.": one sentence on.
        spoken = (
            own_sentence_years - own_years(main)
            if main is not None and main.start.year not in own_sentence_years
            else set()
        )
        # "Europol held action days of its own. They led to 229 arrests.": to the paragraph's end, or to our own name.
        hosted = hosts.get(number, hosted and not codes)
        # A text that has turned to another operation may go on about it until it names ours again.
        if hosted or last == UNKNOWN_OPERATION:
            scope = replace(scope, sure=False)
        if scope.sure and not months.get(number, set()) <= _own_months(scope.sheets[0]):
            scope = replace(scope, sure=False)
        result.append(scope)
    return result


def _other_hosts(reading: TextReading) -> dict[int, bool]:
    """Tell, of each sentence that names hosts of operations, whether it names only those of others."""
    content = catalogue(PACKAGE, "lexicons/operations.yaml")
    hosts: dict[int, bool] = {}
    for token in reading.tokens:
        if is_host(token.text, content["hosts"]):
            hosts[token.sentence] = False
        elif is_host(token.text, content["other_hosts"]):
            hosts.setdefault(token.sentence, True)
    return hosts


def _scope(
    codes: Sequence[str],
    years: set[int],
    by_code: Mapping[str, PublishedFactSheet],
    main: PublishedFactSheet | None,
) -> Scope:
    other_sheets = [by_code[code] for code in dict.fromkeys(codes) if code in by_code and by_code[code] is not main]
    ours_named = main is not None and main.code in codes
    if UNKNOWN_OPERATION in codes:
        spoken_of = (*([main] if main and ours_named else []), *other_sheets)
        return Scope(tuple(spoken_of), sure=False, foreign=not spoken_of)
    if other_sheets:
        spoken_of = (*([main] if main and ours_named else []), *other_sheets)
        sure = len(spoken_of) == 1 and _fits(years, spoken_of[0])
        # "The arrests, 3,744, are 49 per cent up on Liberterra II": one edition named, the text's own counted.
        own = [main] if main and not ours_named else []
        return Scope((*spoken_of, *own), sure=sure, foreign=False)
    if main is None:
        return Scope((), sure=False, foreign=True)
    if _fits(years, main):
        return Scope((main,), sure=True, foreign=False)
    # Another year: perhaps another edition's, which is then looked at as well, but nothing is called wrong.
    editions = tuple(sheet for sheet in by_code.values() if sheet.start.year in years and sheet is not main)
    return Scope((*editions, main), sure=False, foreign=False)


def own_years(sheet: PublishedFactSheet) -> set[int]:
    """Return the years in which an operation ran and its results were published."""
    return {sheet.start.year, sheet.end.year} | ({sheet.published.year} if sheet.published else set())


def _fits(years: set[int], sheet: PublishedFactSheet) -> bool:
    return years <= own_years(sheet)


def _own_months(sheet: PublishedFactSheet) -> set[int]:
    moments = (sheet.start, sheet.end, sheet.published)
    near = {moment.month for moment in moments if moment is not None}
    # A window misprinted by a month is still held against the operation.
    return near | {month % 12 + 1 for month in near} | {(month - 2) % 12 + 1 for month in near}


def _years(reading: TextReading) -> dict[int, set[int]]:
    years: dict[int, set[int]] = {}
    for mention, kind in zip(reading.mentions, reading.kinds, strict=True):
        if kind == "year":
            years.setdefault(reading.tokens[mention.first].sentence, set()).add(int(mention.value))
    for date in reading.dates:
        for day in (date.day, date.until):
            if day is not None and day.year is not None:
                years.setdefault(reading.tokens[date.first].sentence, set()).add(day.year)
    return years


def _months(reading: TextReading) -> dict[int, set[int]]:
    """Return the months each sentence names; where a month is also another word ("march"), only after "in" or a day."""
    months: dict[int, set[int]] = {}
    for place, token in enumerate(reading.tokens):
        month = reading.tag(place, "month")
        if month is None or place == 0 or len(token.text) < 4:
            continue
        if (
            reading.tag(place - 1, "stops")
            or reading.tag(place - 1, "date_words")
            or reading.tokens[place - 1].kind == "number"
        ):
            months.setdefault(token.sentence, set()).add(int(month.value))
    return months
