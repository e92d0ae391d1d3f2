"""The words of a communiqué in one language, and numbers said in them.

In: ``locale/<language>/communique.yaml``. Out: phrases such as "3,222 potential victims of human trafficking".
Guaranteed: a number and its noun, with qualifier and precision, are one phrase that cannot be taken apart; plural
categories and number shapes are CLDR's (Unicode TR 35), Arabic's six included.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_decimal

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.core.language.languages import is_right_to_left
from traboule.core.language.messages import catalogue
from traboule.core.language.numbers import locale_of, number, numbering, shaped, share
from traboule.figures.definition import dictionary
from traboule.release.statement import CaseDescription, Line

# ``oblique``: the figure stands after a preposition or as an object, where Arabic has another dual.
# ``headline`` and ``act`` name the figures that say most, by their place: what was counted, and what officers did.
REFERENCE = re.compile(
    r"\{(figure|date|headline|act|operation|name|Name|purpose|organisation|window|kind|rounding)"
    r"(?::([a-z_]+))?(?::(oblique))?\}"
)
PLACES: Mapping[str, Collection[str]] = {
    "date": ("next",),
    "headline": ("first", "second"),
    "act": ("first", "second"),
}
PLAIN_REFERENCES = ("operation", "name", "Name", "purpose", "organisation", "window", "kind", "rounding")
# What a label may leave open besides: numbers of the policy and of a charted figure, filled in as numbers; days and
# texts of a release.
LABEL_PLACE = re.compile(r"\{(rounding|threshold|minors|number|low|high|level|text|place|day|start|end)\}")
MILLION = 1_000_000
MAJORITY = 18  # Years (rule 16).
LEADING_DIGITS = 2  # A figure that is about right shows two leading digits.
QUOTATION_MARKS = '"“”„«»‹›\u00a0\u202f '
FIRST_OF_MONTH = {"fr": "1er"}  # French says the first day as an ordinal, and no other.


@dataclass(frozen=True)
class ReleaseWording:
    """The catalogue of one language, with the rules that keep its texts honest."""

    language: str
    catalogue: Mapping[str, Any]

    @property
    def right_to_left(self) -> bool:
        """Tell whether the language runs from right to left."""
        return is_right_to_left(self.language)

    def number(self, value: int) -> str:
        """Return ``value`` with the language's grouping and digits."""
        return number(value, self.language)

    def day(self, day: date) -> str:
        """Return ``day`` written out, with the digits the numbers have."""
        return self._written(day, "long")

    def window(self, start: date, end: date) -> str:
        """Return a span of days as it stands in a sentence: "from 29 September to 4 October 2024"."""
        if start == end:
            return self.label("window_of_days", "single").format(end=self.day(end))
        pattern = "long"
        if start.year == end.year:
            long_form = Locale.parse(self._locale).date_formats["long"].pattern
            pattern = "d" if start.month == end.month else re.sub(r"\W*(de')?\W*y$", "", long_form)
        return self.label("window_of_days", "several").format(start=self._written(start, pattern), end=self.day(end))

    def moment(self, moment: datetime) -> str:
        """Return an aware moment written out to the minute, in UTC."""
        instant = moment.astimezone(UTC)
        written = format_datetime(instant, format="d MMMM y, HH:mm", locale=self._locale)
        return f"{self._first(self._shaped(written), instant)} UTC"

    def span(self, line: Line) -> str:
        """Return the least and the most a figure can be, as one number where they are the same."""
        return self._between(line.low, line.high)

    def interval(self, line: Line) -> str:
        """Return the range in which a figure lies with the probability of its level.

        A figure that can be nothing else has its value; a range that is not published is empty.
        """
        if line.precision != "exact":
            return self.label("declared")
        if line.interval is None:
            return self.number(line.value) if line.low == line.high else ""
        return self._between(line.interval.low, line.interval.high)

    def interval_heading(self, lines: Sequence[Line]) -> str:
        """Return the heading over the ranges of several figures, which says their level; empty where none has one."""
        levels = [share(line.interval.level, self.language) for line in lines if line.interval]
        return self.label("interval").format(level=levels[0]) if levels else ""

    def shaped(self, text: str) -> str:
        """Return a text with the digits the numbers have."""
        return self._shaped(text)

    def quoted(self, text: str) -> str:
        """Return a text between the quotation marks of the language, instead of any that it brings."""
        frame, words = self.label("quoted"), text.strip().strip(QUOTATION_MARKS)
        # In Spanish the full stop stands after the closing mark.
        return frame.format(text=words.rstrip(".") if frame.endswith(".") else words)

    def euphonic(self, text: str) -> str:
        """Return a filled text with the changes that two words bring about where they meet, such as "e" for "y"."""
        for change in self.catalogue.get("euphony", ()):
            text = re.sub(change["pattern"], change["replacement"], text)
        return text

    def coded(self, vocabulary_name: str, code: str) -> str:
        """Return the label of a code, with the digits the numbers have."""
        return self._shaped(vocabulary(vocabulary_name).label(code, self.language))

    def phrase(self, line: Line, *, oblique: bool = False) -> str:
        """Return a figure as it may stand in a text: precision, number, qualifier and noun.

        ``oblique``: after a preposition or as an object; so stands whatever follows "about" or "at least".
        """
        forms: Mapping[str, str] = self.catalogue["figures"][line.figure]
        exact = line.precision == "exact" or line.value == 0
        if oblique or not exact:
            forms = {**forms, **self.catalogue.get("oblique", {}).get(line.figure, {})}
        value = displayed(line.value, line.precision)
        form = forms[str(Locale.parse(self._locale).plural_form(value))]
        number = self.number(value)
        if line.precision == "about" and value >= MILLION:
            number = self._compact(value)
            # A decimal of millions takes the plural of a round million: "8,1 millions de vols".
            form = forms[str(Locale.parse(self._locale).plural_form(value if value % MILLION == 0 else MILLION))]
        # No line ends between a number and its noun.
        phrase = form.replace("{n} ", "{n}\N{NO-BREAK SPACE}").format(n=number)
        return self._precise(phrase, line.value, line.precision)

    def number_phrase(self, value: int, precision: str) -> str:
        """Return a number with its precision and no noun, as it stands in a table."""
        return self._precise(self.number(displayed(value, precision)), value, precision)

    def described(self, case: CaseDescription, country: Callable[[str, str], str]) -> str:
        """Return what may be said of a case in one line: place, time, who, origin, form.

        ``country`` returns the name of a state by code and language.
        """
        labels = self.catalogue["labels"]["case"]
        when = case.when
        if len(when) == len("2024-10"):
            month = format_date(date.fromisoformat(f"{when}-01"), format=labels["month"], locale=self._locale)
            when = self._shaped(month)
        elif when:
            when = self.day(date.fromisoformat(when))
        people = labels.get(f"{case.sex}_{_maturity(case.age)}")
        person = [people or vocabulary("sexes").label(case.sex, self.language)] if case.sex else []
        if case.age and not (people and case.age == _maturity(case.age)):
            person.append(labels.get(case.age) or self.coded("age_bands", case.age))
        place = case.place
        if place:
            is_state = place in vocabulary("countries")
            place = country(place, self.language) if is_state else vocabulary("regions").label(place, self.language)
        parts = (
            place,
            when,
            self.label("name_separator").join(person),
            f"{labels['origin']} {country(case.origin, self.language)}" if case.origin else "",
            vocabulary("exploitation_types").label(case.form, self.language) if case.form else "",
        )
        return " · ".join(f"{part[:1].upper()}{part[1:]}" for part in parts if part)

    def _precise(self, phrase: str, value: int, precision: str) -> str:
        """Return a phrase with its precision; nought is nought, neither about nor at least."""
        template: str = self.catalogue["precision"][precision if value else "exact"]
        return template.format(phrase=phrase)

    def label(self, *path: str) -> str:
        """Return a label, such as ``label("titles", "arrests")``."""
        node: Any = self.catalogue["labels"]
        for step in path:
            node = node[step]
        return str(node)

    def title(self, figure: str) -> str:
        """Return a figure's title, the same wherever it stands by itself: the dictionary's."""
        return dictionary()[figure].titles[self.language]

    def part(self, figure: str) -> str:
        """Return a part's title as it stands below its whole, which it does not repeat: "of which minors"."""
        return f"{self.label('of_which')} {self.label('parts', figure)}"

    def _between(self, low: int, high: int) -> str:
        return self.number(low) if low == high else f"{self.number(low)} – {self.number(high)}"

    def _compact(self, value: int) -> str:
        """Return a number of millions in words, to one decimal."""
        written = format_compact_decimal(
            value,
            format_type="long",
            locale=self._locale,
            fraction_digits=1 if value % MILLION else 0,
            numbering_system=numbering(self.language),
        )
        return self._shaped(written)

    def _written(self, day: date, pattern: str) -> str:
        return self._first(self._shaped(format_date(day, format=pattern, locale=self._locale)), day)

    def _first(self, written: str, day: date) -> str:
        first = FIRST_OF_MONTH.get(self.language)
        return re.sub(r"^1(?=\s|$)", first, written) if first and day.day == 1 else written

    @property
    def _locale(self) -> str:
        return locale_of(self.language)

    def _shaped(self, text: object) -> str:
        return shaped(str(text), self.language)


def _maturity(age: str) -> str:
    """Return "minor" or "adult" for an age as a case may tell it, empty where it tells none."""
    bands = vocabulary("age_bands")
    if age not in bands:
        return age
    youngest = bands.attribute(age, "low")
    return "adult" if isinstance(youngest, int) and youngest >= MAJORITY else "minor"


def displayed(value: int, precision: str) -> int:
    """Return a number as documents show it: one that is about right is rounded to two leading digits, half up."""
    step: int = 10 ** max(0, len(str(value)) - LEADING_DIGITS)
    return (value + step // 2) // step * step if precision == "about" else value


@cache
def wording(language: str) -> ReleaseWording:
    """Return the checked wording of ``language``. Raises Invalid with all faults where its texts break a rule."""
    result = ReleaseWording(language, catalogue("traboule", f"locale/{language}/communique.yaml"))
    faults = faults_of(result.catalogue)
    if faults:
        raise Invalid("wording-faulty", findings=faults, language=language, count=len(faults))
    return result


def texts_of(block: Mapping[str, Any]) -> list[str]:
    """Return the texts of a block of the catalogue, the fullest first; one that is empty where it has none."""
    text = block.get("text", "")
    return [str(part) for part in text] if isinstance(text, list) else [str(text)]


def faults_of(words: Mapping[str, Any]) -> list[Finding]:
    """Return every fault of a catalogue: a figure without its phrase, a digit typed, an unknown reference, a qualifier
    dropped (rule 2), a word that must not be used of people, a plural that the language has and a noun lacks."""
    language = str(words["language"])
    faults = [
        Finding("text-missing", Severity.ERROR, sheet=language, cell=f"figures: {figure}")
        for figure in dictionary()
        if figure not in words["figures"]
    ]
    for index, block in enumerate(words["blocks"]):
        for code, value in (fault for text in texts_of(block) for fault in text_faults(text, words)):
            faults.append(Finding(code, Severity.ERROR, sheet=language, row=index + 1, value=value))
    for place, label in _labels(words["labels"]):
        for code, value in text_faults(LABEL_PLACE.sub(" ", label), words):
            faults.append(Finding(code, Severity.ERROR, sheet=language, field=place, value=value))
    oblique: Mapping[str, Mapping[str, str]] = words.get("oblique", {})
    for figure, plain in words["figures"].items():
        forms = [*plain.values(), *oblique.get(figure, {}).values()]
        for code, value in [
            *_plural_faults(language, plain),
            *(_plural_faults(language, {**plain, **oblique[figure]}) if figure in oblique else ()),
        ]:
            faults.append(Finding(code, Severity.ERROR, sheet=language, field=figure, value=value))
        for form in forms:
            for code, value in text_faults(str(form).replace("{n}", ""), words):
                faults.append(Finding(code, Severity.ERROR, sheet=language, field=figure, value=value))
    return faults


def text_faults(text: str, words: Mapping[str, Any], figures: Collection[str] | None = None) -> list[tuple[str, str]]:
    """Return the faults of one text as (code, what stands there); ``figures`` are those it may refer to."""
    known_figures = words["figures"] if figures is None else figures
    faults = []
    for match in REFERENCE.finditer(text):
        kind, name, case = match.groups()
        is_known = name in (known_figures if kind == "figure" else PLACES.get(kind, ()))
        if case and (kind != "figure" or "oblique" not in words):
            is_known = False
        if not is_known and not (not case and kind in PLAIN_REFERENCES and name is None):
            faults.append(("reference-unknown", match.group()))
    plain = REFERENCE.sub(" ", text)
    if "{" in plain or "}" in plain:
        faults.append(("reference-unknown", plain[plain.find("{") :][:20]))
    faults += [("digit-typed", number) for number in numbers_typed(plain)]
    return [*faults, *people_faults(plain, [words])]


def numbers_typed(text: str) -> list[str]:
    """Return the numbers that stand in a text as signs, in any script: digits, fractions, Roman numerals of Unicode."""
    runs = groupby(text, key=lambda sign: unicodedata.category(sign) in ("Nd", "No", "Nl"))
    return ["".join(signs) for numeric, signs in runs if numeric]


def people_faults(text: str, several: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return the words for people that lack a qualifier or must not be used by the rules of any of ``several``
    catalogues, as (code, what stands there). What one of them allows, the others do not fault."""
    for words in several:
        for allowed in words["unqualified_allowed"]:
            text = text.replace(allowed, " ")
        for rule in words["qualified"]:
            text = re.sub(str(rule["only_as"]), " ", text, flags=re.IGNORECASE)
    faults = []
    for words in several:
        for rule in words["qualified"]:
            faults += [("qualifier-dropped", m.group()) for m in re.finditer(str(rule["word"]), text, re.IGNORECASE)]
        for pattern in words["forbidden"]:
            faults += [("word-forbidden", m.group()) for m in re.finditer(str(pattern), text, re.IGNORECASE)]
    return faults


@cache
def plural_categories(language: str) -> Mapping[str, bool]:
    """Return the CLDR categories that whole numbers take in ``language``, and whether each is of one number alone.

    A category of one number alone may be said in words ("two" in Arabic); the others must show their number.
    """
    form = Locale.parse(locale_of(language)).plural_form
    seen: dict[str, set[int]] = {}
    for value in (*range(1_200), *range(999_900, 1_000_300), 2 * MILLION, 10 * MILLION, 1000 * MILLION):
        seen.setdefault(str(form(value)), set()).add(value)
    return {category: len(numbers) == 1 for category, numbers in sorted(seen.items())}


def _plural_faults(language: str, forms: Mapping[str, str]) -> list[tuple[str, str]]:
    needed = plural_categories(language)
    faults = [("plural-missing", category) for category in needed if not str(forms.get(category, "")).strip()]
    faults += [("plural-unknown", category) for category in forms if category not in needed]
    faults += [
        ("plural-without-number", category)
        for category, form in forms.items()
        if category in needed and not needed[category] and "{n}" not in form
    ]
    return faults


def _labels(labels: Mapping[str, Any], path: str = "labels") -> Iterator[tuple[str, str]]:
    for name, label in labels.items():
        if isinstance(label, Mapping):
            yield from _labels(label, f"{path}.{name}")
        else:
            yield f"{path}.{name}", str(label)
