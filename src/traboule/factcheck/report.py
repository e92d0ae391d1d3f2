"""Hold and word what the check says: claims with their verdicts, and the sentence that gives the reason.

In: verdicts with their facts. Out: :class:`Claim` and :class:`ClaimsReport`, plain data with a JSON form. Guaranteed:
every reason stands in the catalogue ``words.yaml`` in four languages, with numbers written the reader's way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from typing import Any

from babel.dates import format_date

from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import locale_of, number, shaped
from traboule.factcheck.comparison import CONFIRMED, CONSISTENT, DROPPED, NOT_OURS, WRONG
from traboule.factcheck.reading.lexicon import PACKAGE, lexicon
from traboule.factcheck.reading.markers import fold, tokens
from traboule.factcheck.reading.operations import FAMILY, operation_mentions
from traboule.figures.published import PublishedFactSheet, PublishedFigure

# The style of a remark on a word, beside the verdicts on numbers.
WORDING = "wording"

Value = int | float | str | None

# How surely an operation was recognised.
BY_NAME, BY_FAMILY, BY_FIGURES, ASSUMED, NOTHING = "named", "family", "figures", "assumed", "nothing"
# Groups of claims in the order in which they are shown, and the verdicts of each.
GROUPS: tuple[str, ...] = ("wrong", "remarks", "right", "not_ours")
_GROUPS = {WRONG: "wrong", DROPPED: "remarks", CONFIRMED: "right", CONSISTENT: "right", NOT_OURS: "not_ours"}


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
class WordingRemark:
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
    remarks: tuple[WordingRemark, ...] = ()

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


def recognition(text: str, report: ClaimsReport, sheets: Sequence[PublishedFactSheet]) -> str:
    """Return how surely the operation of a report was recognised in ``text``.

    NAMED by its own name, FAMILY by the name it shares with other editions, FIGURES by a published number to the digit
    or its dates, ASSUMED where nothing of the kind stands there, NOTHING where no number can be one of ours.
    """
    sheet = next((sheet for sheet in sheets if sheet.code == report.operation), None)
    if sheet is None:
        return NOTHING
    names = _names(text, report.language, sheets)
    if sheet.code in names:
        return BY_NAME
    if FAMILY in names:
        return BY_FAMILY
    if any(_is_telling(claim) for claim in report.claims):
        return BY_FIGURES
    return ASSUMED if any(claim.figure for claim in report.claims) else NOTHING


def _names(text: str, language: str, sheets: Sequence[PublishedFactSheet]) -> frozenset[str]:
    """Return the codes of the operations that a text names, in any spelling that the check accepts."""
    text_tokens = tokens(fold(text))
    words = lexicon(language)
    mentions = operation_mentions(text_tokens, words.tags(text_tokens), sheets, words)
    return frozenset(mention.code for mention in mentions)


def _is_telling(claim: Claim) -> bool:
    """Tell whether a claim alone shows which operation is meant: its dates, or a large exact number."""
    if claim.verdict not in (CONFIRMED, DROPPED):
        return False
    return claim.figure == "window" or (isinstance(claim.value, int) and claim.value >= 1000 and claim.value % 100 > 0)


def recognition_words(code: str, language: str) -> str:
    """Return the words for how surely an operation was recognised."""
    return fill(_words()["recognised"][code], language if language in LANGUAGES else "en", {})


def group_of(entry: Claim | WordingRemark) -> str:
    """Return the group an entry is shown in: wrong, remarks, right or not_ours."""
    return _GROUPS[entry.verdict] if isinstance(entry, Claim) else "remarks"


def in_order(report: ClaimsReport) -> list[Claim | WordingRemark]:
    """Return claims and remarks in the order of the text; a remark within the words of a claim comes after it."""
    return sorted((*report.claims, *report.remarks), key=lambda entry: (entry.start, isinstance(entry, WordingRemark)))


def counts(report: ClaimsReport) -> dict[str, int]:
    """Return how many entries stand in each group, in the order in which they are shown."""
    numbers = Counter(group_of(entry) for entry in in_order(report))
    return {group: numbers[group] for group in GROUPS}


def group_name(group: str, language: str) -> str:
    """Return the heading of a group, in the reader's language."""
    return fill(_words()["groups"][group], language if language in LANGUAGES else "en", {})


def folded_words(count: int, language: str) -> str:
    """Return what stands for claims that are not shown: how many, and how to see them."""
    reader = language if language in LANGUAGES else "en"
    return fill(_words()["folded"], reader, {"count": count_in("not_ours", count, reader)})


def count_in(group: str, number: int, language: str) -> str:
    """Return how many claims stand in one group, in the reader's language: "Wrong: 1"."""
    reader = language if language in LANGUAGES else "en"
    return fill(_words()["count"], reader, {"verdict": group_name(group, reader), "number": written(number, reader)})


def reason(code: str, language: str, **values: object) -> str:
    """Return the sentence ``code`` in the reader's ``language``, numbers written its way."""
    reader = language if language in LANGUAGES else "en"
    values_in_words = {name: written(value, reader) for name, value in values.items()}
    return fill(_words()["reasons"][code], reader, values_in_words)


def figure_name(figure: str, language: str) -> str:
    """Return what a figure is called, in the reader's language."""
    names = _words()["figures"]
    return fill(names[figure], language if language in LANGUAGES else "en", {}) if figure in names else figure


def title_of(report: ClaimsReport, language: str) -> str:
    """Return the title of the operation that a report is about, or the sentence that it is about none."""
    reader = language if language in LANGUAGES else "en"
    return report.titles.get(reader) or report.operation or reason("no_operation", reader)


def column_names(language: str) -> list[str]:
    """Return the headings of the table of claims: number, verdict, words of the text, figure, reason."""
    reader = language if language in LANGUAGES else "en"
    return [fill(words, reader, {}) for words in _words()["columns"].values()]


def verdict_name(verdict: str, language: str) -> str:
    """Return what a verdict is called, or a remark on the wording, in the reader's language."""
    words = _words()[WORDING] if verdict == WORDING else _words()["verdicts"][verdict]
    return fill(words, language if language in LANGUAGES else "en", {})


def verdict_of(entry: Claim | WordingRemark) -> str:
    """Return the verdict on a claim, WORDING for a remark on a word."""
    return entry.verdict if isinstance(entry, Claim) else WORDING


def shown_value(figure: PublishedFigure, language: str) -> str:
    """Return a published value with its precision in words: "about 24,000", "at least 1,800"."""
    reader = language if language in LANGUAGES else "en"
    value = written(figure.value, reader)
    return fill(_words()["precisions"][figure.precision], reader, {"value": value})


def written(value: object, language: str) -> str:
    """Return a number or a day as ``language`` writes it, anything else unchanged."""
    if isinstance(value, date):
        return shaped(str(format_date(value, format="long", locale=locale_of(language))), language)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return number(value, language)


@cache
def _words() -> dict[str, Any]:
    return dict(catalogue(PACKAGE, "words.yaml"))
