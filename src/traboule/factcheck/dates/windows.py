"""Tell whether a day or window of a text is an operation's own.

In: days as a text gives them, and a fact sheet. Out: yes or no. A year left out is no contradiction.
"""

from __future__ import annotations

from datetime import date

from traboule.factcheck.reading.numerals.dates import DateMention, Day
from traboule.figures.published import PublishedFactSheet


def is_window(mention: DateMention, sheet: PublishedFactSheet) -> bool:
    """Tell whether a date goes from an operation's first day to its last."""
    if mention.until is None:
        return False
    return is_day(mention.day, sheet.start) and is_day(mention.until, sheet.end)


def is_end(mention: DateMention, sheet: PublishedFactSheet) -> bool:
    """Tell whether a date is an operation's first day or its last, or goes from one to the other."""
    return is_window(mention, sheet) or is_day(mention.day, sheet.start) or is_day(mention.day, sheet.end)


def is_day(day: Day, moment: date) -> bool:
    """Tell whether ``day`` is ``moment``; a month alone is no day."""
    return (day.month, day.day) == (moment.month, moment.day) and day.year in (None, moment.year)
