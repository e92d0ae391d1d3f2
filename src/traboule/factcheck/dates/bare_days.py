"""Read days whose month stands in an earlier sentence: "… in November. From the 10th to the 21st …".

In: a reading. Out: pairs of bare days that are an operation's first and last. Guaranteed: both days are the operation's
and its month has just been named; nothing is called wrong for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from traboule.factcheck.reading.text import TextReading
from traboule.figures.published import PublishedFactSheet

# So far apart two days of one window may stand, bare ("10 to 21") or as ordinals ("began on the 10th, ended on the …").
_CLOSE, _FAR = 4, 9
# In how many sentences before the days their month may stand.
_SENTENCES = 2
_JOINS = ("date_words", "stops", "linking", "range_words.to", "range_words.and", "towards", "weekday")


def bare_windows(reading: TextReading, sheet: PublishedFactSheet) -> Iterator[tuple[int, int]]:
    """Yield the tokens ``[first, last)`` from an operation's first day to its last, written without a month."""
    days = [place for place, token in enumerate(reading.tokens) if token.kind == "number" and len(token.text) <= 2]
    dated = {place for date in reading.dates for place in range(date.first, date.last)}
    for start in days:
        if start in dated or int(reading.text(start)) != sheet.start.day or not _month_before(reading, start, sheet):
            continue
        last = reading.sentence(start)[1]
        ends = (end for end in days if start < end < min(start + _FAR, last) and end not in dated)
        for end in ends:
            if int(reading.text(end)) == sheet.end.day and _joined(reading, start, end):
                yield start, end + 1 + _suffixed(reading, end)
                break


def _joined(reading: TextReading, start: int, end: int) -> bool:
    after = end + 1 + _suffixed(reading, end)
    if reading.tag(after, "nouns") is not None or reading.tag(after, "number.percent") is not None:
        return False
    if _suffixed(reading, start) and _suffixed(reading, end):
        return True
    between = range(start + 1, end)
    opened = any(reading.tag(start - 1, name) for name in _JOINS)
    joins = all(any(reading.tag(place, name) for name in _JOINS) or reading.text(place) == "-" for place in between)
    return opened and len(between) < _CLOSE and joins


def _suffixed(reading: TextReading, place: int) -> bool:
    """Tell whether a number is an ordinal: "10th", "10."."""
    return reading.tag(place + 1, "number.ordinal_suffix") is not None or reading.text(place + 1) in (".", "°")


def _month_before(reading: TextReading, place: int, sheet: PublishedFactSheet) -> bool:
    """Tell whether the last month named, in this sentence or shortly before it, is one of the operation's."""
    sentence = reading.tokens[place].sentence
    first = reading.sentences[max(sentence - _SENTENCES, 0)][0]
    months = [tag.value for step in range(first, place) if (tag := reading.tag(step, "month")) is not None]
    return bool(months) and months[-1] in (sheet.start.month, sheet.end.month)
