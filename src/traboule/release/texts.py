"""What the desk adds to a release in its own words: case stories and a quotation.

Comes in: YAML (``stories``, ``quotation``), and a statement that holds them. Goes out: :class:`Story` and
:class:`Quotation`, and the faults of their texts. Promises: these texts keep the rules of the shipped wording: no digit
typed, no qualifier dropped, all languages there; a story stands only where every state it concerns has cleared it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.core.words import LANGUAGES
from traboule.figures.definition import dictionary
from traboule.release.statement import Line, Quotation, Statement, Story
from traboule.release.wording import text_faults, wording

PLACE = re.compile(r"\{(persons|state)(?::([A-Z]{2}))?\}")
MOST_BYTES = 200_000
PRECISIONS = ("exact", "about", "at_least")


def read(text: str) -> tuple[tuple[Story, ...], Quotation | None]:
    """Return the stories and the quotation of a YAML text; nothing for an empty one.

    Form: ``stories: [{id, states, cleared_by, texts: {en, fr, es, ar}, persons: {figure, value, precision}}]`` and
    ``quotation: {speaker: {…}, texts: {…}}``. Raises Invalid for a text of another form.
    """
    if not text.strip():
        return (), None
    plain = _loaded(text)
    try:
        stories = tuple(_story(entry) for entry in plain.get("stories") or ())
        found = plain.get("quotation")
        return stories, Quotation(_texts(found["speaker"]), _texts(found["texts"])) if found else None
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Invalid("release-texts-unreadable", place=str(wrong)[:80]) from wrong


def uncleared(statement: Statement) -> list[tuple[str, tuple[str, ...]]]:
    """Return each story that some state has not cleared, with those states."""
    found = []
    for story in statement.stories:
        missing = tuple(sorted({*story.states, *_named(story)} - {*story.cleared_by}))
        if missing:
            found.append((story.id, missing))
    return found


def faults_of(statement: Statement) -> list[Finding]:
    """Return every fault of the texts the desk added: the rules of :func:`traboule.release.wording.faults_of`."""
    faults = list(_reason_faults(statement.reason))
    known = {line.figure for line in statement.lines}
    for story in statement.stories:
        faults += _faults(story.texts, known, f"stories.{story.id}", persons=story.persons is not None)
    if statement.quotation is not None:
        faults += _faults(statement.quotation.texts, known, "quotation.texts", persons=False)
        faults += _faults(statement.quotation.speaker, known, "quotation.speaker", persons=False)
    return faults


def _faults(texts: Mapping[str, str], figures: set[str], place: str, *, persons: bool) -> Iterator[Finding]:
    countries = vocabulary("countries")
    for language in LANGUAGES:
        text = texts.get(language, "")
        if not text.strip():
            yield _finding("text-missing", place, language, "")
            continue
        for kind, code in PLACE.findall(text):
            if (kind == "persons" and not persons) or (kind == "state" and code not in countries):
                yield _finding("reference-unknown", place, language, code or kind)
        for code, value in text_faults(PLACE.sub(" ", text), wording(language).catalogue, figures):
            yield _finding(code, place, language, value)


def _reason_faults(reason: str) -> Iterator[Finding]:
    """A reason is in the language of who wrote it, so only what no language may do is looked for: a number typed."""
    for mark in reason:
        if unicodedata.category(mark) in ("Nd", "No", "Nl"):
            yield _finding("digit-typed", "reason", "", mark)


def _finding(code: str, place: str, language: str, value: str) -> Finding:
    return Finding(code, Severity.ERROR, sheet=place, field=language, cell=language, value=value, rule="2")


def _named(story: Story) -> set[str]:
    return {code for text in story.texts.values() for kind, code in PLACE.findall(text) if kind == "state"}


def _loaded(text: str) -> Mapping[str, Any]:
    if len(text.encode()) > MOST_BYTES:
        raise Invalid("release-texts-unreadable", place=f"> {MOST_BYTES}")
    try:
        # An alias lets a small file stand for an endless one; nothing here needs one.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.CSafeLoader)):
            raise Invalid("release-texts-unreadable", place="*")
        plain = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as wrong:
        raise Invalid("release-texts-unreadable", place=str(wrong).splitlines()[0][:80]) from wrong
    if not isinstance(plain, dict) or not plain.keys() <= {"stories", "quotation"}:
        raise Invalid("release-texts-unreadable", place="stories, quotation")
    return plain


def _story(entry: Mapping[str, Any]) -> Story:
    persons = entry.get("persons")
    return Story(
        id=str(entry["id"]),
        states=tuple(sorted(str(state) for state in entry["states"])),
        cleared_by=tuple(sorted(str(state) for state in entry.get("cleared_by") or ())),
        texts=_texts(entry["texts"]),
        persons=_line(persons) if persons else None,
    )


def _line(persons: Mapping[str, Any]) -> Line:
    figure, value, precision = str(persons["figure"]), int(persons["value"]), str(persons.get("precision", "exact"))
    if value < 1 or precision not in PRECISIONS:
        raise ValueError(f"{figure}: {value} {precision}")
    counted = dictionary()[figure]
    unit, qualifier = str(counted.unit), str(counted.qualifier or "")
    return Line(figure, value, value, value, precision, None, unit, qualifier, 0)


def _texts(texts: Mapping[str, Any]) -> dict[str, str]:
    return {language: str(texts[language]).strip() for language in LANGUAGES if texts.get(language)}
