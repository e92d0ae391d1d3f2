"""What the room says, in the reader's language.

In: codes of ``words.yaml`` beside this file. Out: sentences, numbers and moments as the language writes them. What both
the command line and the room say, such as the names of roles, stands once, in the command line's catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from babel.dates import format_date, format_datetime, format_timedelta
from django.http import HttpRequest

from traboule.app.wording import sentences
from traboule.core.codes import vocabulary
from traboule.core.errors import TrabouleError
from traboule.core.language.languages import how_written, in_language
from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import locale_of, numbered, shaped


def say(code: str, language: str, **values: object) -> str:
    """Return the sentence ``code`` in ``language``. KeyError for a code that no catalogue has."""
    wording = catalogue("traboule.web", "words.yaml").get(code) or catalogue("traboule.cli", "words.yaml")[code]
    return fill(wording, language, numbered(values, language))


def has_words(code: str) -> bool:
    """Tell whether there is a sentence ``code``."""
    return code in catalogue("traboule.web", "words.yaml") or code in catalogue("traboule.cli", "words.yaml")


def refusal(error: TrabouleError, language: str) -> str:
    """Return the sentence of an error, followed by the name that was probably meant where there is one."""
    return sentences.refusal(error, language, say)


def moment(value: datetime | str, language: str) -> str:
    """Return an instant to the minute, in UTC, as ``language`` writes it."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    parts = (format_datetime(at.astimezone(UTC), part, locale=locale_of(language)) for part in ("d MMM y", "HH:mm"))
    return f"{shaped(how_written(language).separator.join(parts), language)} UTC"


def day(value: str, language: str) -> str:
    """Return a day (ISO 8601) as ``language`` writes it."""
    return shaped(format_date(date.fromisoformat(value), "d MMM y", locale=locale_of(language)), language)


def lasted(hours: float, language: str) -> str:
    """Return how long something has lasted: in hours up to three days, then in days, months, years."""
    lasting = timedelta(hours=hours)
    text = format_timedelta(lasting, granularity="hour", threshold=3, format="long", locale=locale_of(language))
    return shaped(text, language)


def country(code: str, language: str) -> str:
    """Return the name of a state; its code where it has none."""
    return in_vocabulary("countries", code, language)


def in_vocabulary(name: str, code: str, language: str) -> str:
    """Return the label of ``code`` in the vocabulary ``name``; the code where it is not there."""
    codes = vocabulary(name)
    return codes.label(code, language) if code in codes else code


def languages_of(request: HttpRequest) -> list[str]:
    """Return the codes of the languages that a browser or program prefers, in its order, spoken here or not."""
    header = request.headers.get("accept-language", "")
    return [part.split(";")[0].strip().lower()[:2] for part in header.split(",")]


def titled(titles: Mapping[str, str], language: str) -> str:
    """Return a title in ``language``, in English where there is none."""
    return in_language(titles, language)
