"""The fact sheet: the figures of a release for machines and for whoever counts after us.

In: a :class:`Statement`. Out: JSON after the shipped schema, CSV, and a page in one language, as bytes. Guaranteed: the
same statement gives the same bytes; every value carries its unit, qualifier, precision and range (rules 1, 2, 4), its
definition, the window, the rounding rule and what earlier releases said; the CSV opens in a spreadsheet as it stands
and carries no live formula.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from traboule.core.codes import vocabulary
from traboule.core.csv_tables import csv_table
from traboule.core.language.languages import GROWING_LANGUAGES
from traboule.release.communique import compose
from traboule.release.communique.document import HIDDEN
from traboule.release.render import page
from traboule.release.statement import STORY_PARTS, Line, Past, PublishedDefinition, Statement, ordered
from traboule.release.wording import ReleaseWording, wording

SCHEMA = "factsheet.schema.json"
COLUMNS = (
    "operation",
    "release",
    "kind",
    "figure",
    "of",
    "value",
    "low",
    "high",
    "interval_level",
    "interval_low",
    "interval_high",
    "precision",
    "unit",
    "qualifier",
    "window_start",
    "window_end",
    "issued_on",
    "title",
)


def as_json(statement: Statement) -> bytes:
    """Return the statement with titles and rules in every language, indented for reading by people too."""
    plain: dict[str, Any] = {"schema": "traboule-factsheet-1", **statement.to_json()}
    # Whom a case concerns and who cleared it is the desk's to know: its text may not even name the state.
    plain["stories"] = [{name: story[name] for name in ("told", *STORY_PARTS, "persons")} for story in plain["stories"]]
    plain["labels"] = {
        figure: {language: wording(language).title(figure) for language in statement.languages}
        for figure in (*(line.figure for line in statement.lines), *statement.held_back)
    }
    plain["rounding_rule"] = {language: _rounding(statement, wording(language)) for language in statement.languages}
    return (json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=2) + "\n").encode()


def schema(languages: Sequence[str] = ()) -> bytes:
    """Return the JSON Schema (2020-12) that :func:`as_json` keeps to, as shipped; for a release in a growing language
    with that one among those a text may have."""
    shipped = files("traboule.release").joinpath(SCHEMA).read_bytes()
    growing = [language for language in languages if language in GROWING_LANGUAGES]
    if not growing:
        return shipped
    plain = json.loads(shipped)
    for name in ("texts", "translations"):
        properties = plain["$defs"][name]["properties"]
        properties |= dict.fromkeys(growing, properties["en"])
    return (json.dumps(plain, ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(statement: Statement) -> bytes:
    """Return one row a figure, as :func:`csv_table` writes it."""
    rows = [
        (
            statement.operation,
            statement.number,
            statement.kind.value,
            line.figure,
            line.of or "",
            line.value,
            line.low,
            line.high,
            *((line.interval.level, line.interval.low, line.interval.high) if line.interval else ("", "", "")),
            line.precision,
            line.unit,
            line.qualifier,
            statement.start.isoformat(),
            statement.end.isoformat(),
            statement.issued_on.isoformat(),
            wording("en").title(line.figure),
        )
        for line in statement.lines
    ]
    return csv_table([COLUMNS, *rows])


def as_html(statement: Statement, language: str) -> bytes:
    """Return the page for people: figures with their definitions, window, rounding rule, revision history."""
    words = wording(language)
    title = f"{words.label('factsheet')}{words.label('colon')}{statement.titles.get(language, statement.titles['en'])}"
    context = {
        "it": compose(statement, language),
        "title": title,
        "window": f"{words.day(statement.start)} – {words.day(statement.end)}",
        "labels": {name: words.label(name) for name in LABELS},
        "interval": words.interval_heading(statement.lines),
        "figures": [_figure(line, depth, words) for line, depth in ordered(statement.lines)],
        "definitions": [_definition(entry, statement, words) for entry in statement.definitions],
        "rounding": _rounding(statement, words),
        "history": [_past(entry, statement, words) for entry in statement.history],
        "compared": [words.title(line.figure) for line in _headline(statement)],
        "hash": statement.figures_hash,
    }
    return page("factsheet.html", context, right_to_left=words.right_to_left)


LABELS = (
    "colon",
    "definitions",
    "factsheet",
    "figure",
    "hash",
    "history",
    "issued",
    "kind",
    "not_issued_before",
    "precision",
    "range",
    "reason",
    "release",
    "rounding_heading",
    "source",
    "standard",
    "unit",
    "value",
    "window",
)


def _figure(line: Line, depth: int, words: ReleaseWording) -> dict[str, Any]:
    units = vocabulary("counted_units")
    return {
        "depth": str(depth),
        "title": words.part(line.figure) if depth else words.title(line.figure),
        "value": words.number_phrase(line.value, line.precision),
        "interval": words.interval(line) or HIDDEN,
        "range": words.span(line) if line.precision == "exact" else words.label("declared"),
        "precision": words.label("precisions", line.precision),
        "unit": units.label(line.unit, words.language) if line.unit in units else line.unit,
    }


def _definition(definition: PublishedDefinition, statement: Statement, words: ReleaseWording) -> dict[str, Any]:
    """Return a definition under the figure's title; of a part also as the tables have it, below its whole."""
    parts = {line.figure for line, depth in ordered(statement.lines) if depth}
    below = words.part(definition.figure) if definition.figure in parts else ""
    caveats = [caveat.get(words.language, caveat["en"]) for caveat in definition.caveats]
    title = definition.titles.get(words.language, definition.titles["en"])
    return {"title": title, "below": below, "caveats": caveats, "standard": definition.standard}


def _rounding(statement: Statement, words: ReleaseWording) -> str:
    policy = statement.policy or {}
    names = {"rounding": "rounding", "threshold": "threshold", "minors": "minors_threshold"}
    numbers = {place: words.number(int(str(policy.get(name, 1)))) for place, name in names.items()}
    return words.label("rounding_rule").format(**numbers)


def _past(past: Past, statement: Statement, words: ReleaseWording) -> dict[str, Any]:
    kind = str(words.catalogue["kinds"][past.kind.value])
    because = past.withdrawn_because.get(words.language, "")
    withdrawn = f"{words.label('withdrawn')}{words.label('colon')}{because}" if because else ""
    return {
        "number": words.number(past.number),
        "kind": kind,
        "issued": words.day(past.issued_on),
        "values": [
            words.number(past.values[line.figure]) if line.figure in past.values else "…"
            for line in _headline(statement)
        ],
        "reason": words.label("list_separator").join(
            part for part in (past.reason.get(words.language, ""), withdrawn) if part
        ),
    }


def _headline(statement: Statement) -> list[Line]:
    """Return the figures whose history is shown on the page; the sheet for machines holds all."""
    return [line for line in statement.lines if line.unit == "person" and line.of is None]
