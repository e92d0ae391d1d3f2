"""What the check says: claims with their verdicts, and the sentence that gives the reason.

In come verdicts with their facts; out go :class:`Claim` and :class:`ClaimsReport`, plain data with a JSON form. It
promises that every reason stands in the catalogue ``words.yaml`` in four languages, with numbers written the reader's
way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from traboule.core.words import DATED_AS, LANGUAGES, catalogue, fill
from traboule.figures.published import PublishedFigure
from traboule.release.claims.reading.lexicon import PACKAGE

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim: ``text`` is the original's ``[start, end)``; ``figure`` the published figure's identifier or None.

    ``value`` is what the text says (a number, a share between 0 and 1, an ISO 8601 date or interval), ``right`` what
    was published, None where nothing was.
    """

    text: str
    start: int
    end: int
    verdict: str
    figure: str | None
    value: Value
    right: Value
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A word of the original's ``[start, end)`` that deserves a remark, and the sentence that says why."""

    text: str
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimsReport:
    """The operation meant (a fact sheet's code, None where none of ours), the text's language, its claims in order.

    ``titles`` are the operation's, by language; ``remarks`` are on words, not on numbers.
    """

    operation: str | None
    language: str
    claims: tuple[Claim, ...]
    titles: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain data: ``operation``, ``language``, ``claims``, each with the eight fields of a claim, and
        ``remarks``, each with four."""
        fields = ("text", "start", "end", "verdict", "figure", "value", "right", "reason")
        return {
            "operation": self.operation,
            "language": self.language,
            "claims": [{name: getattr(claim, name) for name in fields} for claim in self.claims],
            "remarks": [asdict(remark) for remark in self.remarks],
        }


def reason(code: str, language: str, **values: object) -> str:
    """Return the sentence ``code`` in the reader's ``language``, numbers written its way."""
    reader = language if language in LANGUAGES else "en"
    shown = {name: written(value, reader) for name, value in values.items()}
    return fill(_words()["reasons"][code], reader, shown)


def figure_name(figure: str, language: str) -> str:
    """Return what a figure is called, in the reader's language."""
    names = _words()["figures"]
    return fill(names[figure], language if language in LANGUAGES else "en", {}) if figure in names else figure


def title_of(report: ClaimsReport, language: str) -> str:
    """Return the title of the operation a report is about, or the sentence that it is about none of ours."""
    reader = language if language in LANGUAGES else "en"
    return report.titles.get(reader) or report.operation or reason("no_operation", reader)


def count_of(verdict: str, number: int, language: str) -> str:
    """Return how many claims have one verdict, in the reader's language: "confirmed: 10"."""
    reader = language if language in LANGUAGES else "en"
    return fill(_words()["count"], reader, {"verdict": verdict_name(verdict, reader), "number": number})


def column_names(language: str) -> list[str]:
    """Return the headings of the table of claims: number, verdict, words of the text, figure, reason."""
    reader = language if language in LANGUAGES else "en"
    return [fill(words, reader, {}) for words in _words()["columns"].values()]


def verdict_name(verdict: str, language: str) -> str:
    """Return what a verdict is called, in the reader's language."""
    return fill(_words()["verdicts"][verdict], language if language in LANGUAGES else "en", {})


def shown_value(figure: PublishedFigure, language: str) -> str:
    """Return a published value with its precision in words: "about 24,000", "at least 1,800"."""
    reader = language if language in LANGUAGES else "en"
    value = written(figure.value, reader)
    return fill(_words()["precisions"][figure.precision], reader, {"value": value})


def written(value: object, language: str) -> str:
    """Return a number with the separators of ``language``, a day in its words; anything else as it is."""
    if isinstance(value, date):
        return str(format_date(value, format="long", locale=DATED_AS.get(language, language)))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return str(format_decimal(value, locale=language))


@cache
def _words() -> dict[str, Any]:
    return dict(catalogue(PACKAGE, "words.yaml"))
