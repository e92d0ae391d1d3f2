"""Find a wrong year beside an operation's name: "Liberterra II in 2023", "Liberterra II, menée en mai 2023".

In: a reading and the fact sheets. Out: the years that contradict an operation, each with its sheet. Guaranteed: the
sentence names one operation and says nothing but the year of it; an operation planned, reported on or compared in
another year is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from traboule.factcheck.reading.operations import OperationMention
from traboule.factcheck.reading.text import TextReading
from traboule.factcheck.scope import own_years
from traboule.figures.published import PublishedFactSheet

# No more words than these join a year to a name: "Liberterra II, que se llevó a cabo en el año 2023".
_REACH, _NEAR = 10, 3
_JOINS = ("stops", "linking", "auxiliaries", "verbs.happen", "month_parts", "nouns.year", "nouns.operation")
# What stands right before such a year; an article does not ("in the 2025 report").
_BEFORE = ("month_parts", "linking", "nouns.year")


def belying_years(
    reading: TextReading, sheets: Sequence[PublishedFactSheet]
) -> Iterator[tuple[int, int, int, PublishedFactSheet]]:
    """Yield each year, alone or behind its month, that is given to an operation of another year.

    That is: its tokens ``[first, last)``, the year, and the operation's sheet.
    """
    by_code = {sheet.code: sheet for sheet in sheets}
    years = [
        (mention.first, mention.last, int(mention.value))
        for mention, kind in zip(reading.mentions, reading.kinds, strict=True)
        if kind == "year" and mention.high is None
    ]
    dated = [(d.first, d.last, d.day.year) for d in reading.dates if d.day.year and d.until is None and not d.day.day]
    years_by_sentence: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for year_told in (*years, *dated):
        years_by_sentence[reading.tokens[year_told[0]].sentence].append(year_told)
    names_by_sentence: dict[int, list[OperationMention]] = defaultdict(list)
    for name in reading.names:
        names_by_sentence[reading.tokens[name.first].sentence].append(name)
    for number, years_told in years_by_sentence.items():
        if not len(years_told) == len(names_by_sentence[number]) == 1:
            continue
        (start, end, year), name = years_told[0], names_by_sentence[number][0]
        first, last = reading.sentences[number]
        sheet = by_code.get(name.code)
        if sheet is None or year in own_years(sheet) or _compares(reading, first, last):
            continue
        if _follows(reading, name, start, end) or _precedes(reading, name, start, end):
            yield start, end, year, sheet


def _follows(reading: TextReading, name: OperationMention, start: int, end: int) -> bool:
    """Tell whether a year is joined to the name before it: "(2023)", "in 2023", "which took place in 2023"."""
    between = range(name.last, start)
    signs = [reading.text(place) for place in between if reading.tokens[place].kind == "sign"]
    if not 0 < len(between) <= _REACH or reading.tag(end, "nouns") is not None or reading.text(end) == ":":
        return False
    if signs == ["("] and len(between) == 1:
        return reading.text(end) == ")"
    if signs == [","] and len(between) < _NEAR and reading.tag(end, "verbs.happen"):
        # "Liberterra III, die 2024 stattfand".
        return True
    happens = any(reading.tag(place, "verbs.happen") for place in between)
    return _led_in(reading, start) and _joined(reading, between) and (happens or not signs) and signs in ([], [","])


def _precedes(reading: TextReading, name: OperationMention, start: int, end: int) -> bool:
    """Tell whether "in 2023 took place" stands right before the name."""
    between = range(end, name.first)
    happens = any(reading.tag(place, "verbs.happen") for place in (*between, name.last, name.last + 1))
    near = end <= name.first and len(between) < _NEAR
    return near and happens and _led_in(reading, start) and _joined(reading, between)


def _led_in(reading: TextReading, start: int) -> bool:
    """Tell whether "in" stands before a year, or its month."""
    return any(reading.tag(start - 1, tag) for tag in _BEFORE) or reading.tag(start, "month") is not None


def _joined(reading: TextReading, between: range) -> bool:
    """Tell whether every word of ``between`` is one that joins, or part of a longer such phrase."""
    place = between.start
    while place < between.stop:
        tags = [tag for name in _JOINS if (tag := reading.tag(place, name)) is not None]
        if not tags and reading.tokens[place].kind == "word" and not _light(reading, place):
            return False
        place += max((tag.length for tag in tags), default=1)
    return True


def _light(reading: TextReading, place: int) -> bool:
    """Tell whether a word is an article or pronoun of a letter or three that says nothing: "se", "el", "die"."""
    return len(reading.text(place)) <= _NEAR and not reading.index[place].get("negations")


def _compares(reading: TextReading, first: int, last: int) -> bool:
    names = ("compared", "other_context", "against")
    return any(reading.tag(place, name) for place in range(first, last) for name in names)
