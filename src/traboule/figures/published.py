"""Read what was published of an operation, as printed, with its sources.

In: the YAML fact sheets and CSV tables of ``figures/published/`` (or the content of such a sheet). Out:
:class:`PublishedFactSheet` and :class:`PublishedOperation`. Guaranteed: nothing printed is lost: "about" and "at least"
stay part of a value (rule 4), a qualifier stays with its figure (rule 2), and each fact names its source. Pure.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from traboule.core.errors import Invalid, NotFound
from traboule.core.language.messages import catalogue

SHEETS: tuple[str, ...] = ("liberterra-i", "liberterra-ii", "liberterra-iii")
_PACKAGE = "traboule.figures"
_FACTSHEET = "traboule-factsheet-"
_FOLDER = "published"
_SIGNS = {"~": "about", "+": "at_least"}
_PRINTED = re.compile(r"(~?)(\d+)(\+?)")


@dataclass(frozen=True, slots=True)
class PublishedFigure:
    """One printed number. ``value`` is None where a finding was published without one.

    ``precision`` is exact, at_least or about; ``qualifier`` the word that must stay with it (``potential``,
    ``irregular``); ``unit`` what is counted; ``of`` the figure it is a part of; ``source`` where it was printed.
    """

    id: str
    value: int | None
    precision: str
    qualifier: str
    unit: str
    of: str | None
    source: str


@dataclass(frozen=True, slots=True)
class CaseStory:
    """What was published of one state: figures of a case, never totals of the state."""

    state: str
    figures: tuple[PublishedFigure, ...]
    nationalities: tuple[str, ...]
    exploitation: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PublishedFactSheet:
    """All that was published of one operation.

    ``family`` are the names it shares with its earlier and later editions, ``aliases`` the names that are its own;
    ``start`` and ``end`` are local dates, both within the operation.
    """

    code: str
    titles: Mapping[str, str]
    family: tuple[str, ...]
    aliases: tuple[str, ...]
    start: date
    end: date
    published: date | None
    status: str
    coordination_units: tuple[str, ...]
    source: str
    figures: tuple[PublishedFigure, ...]
    stories: tuple[CaseStory, ...]

    def figure(self, name: str) -> PublishedFigure | None:
        """Return the world figure ``name``, or None where none was published."""
        return next((figure for figure in self.figures if figure.id == name), None)

    def story(self, state: str) -> CaseStory | None:
        """Return the case published of ``state`` (ISO 3166-1), or None."""
        return next((story for story in self.stories if story.state == state), None)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number of the history table: its value and precision, and the text it stood in."""

    value: int
    precision: str
    text: str


@dataclass(frozen=True, slots=True)
class PublishedOperation:
    """One row of ``published-operations.csv``: ``figures`` the cells that hold a number, ``row`` all as written."""

    name: str
    figures: Mapping[str, Printed]
    row: Mapping[str, str]

    @property
    def source(self) -> str:
        """Where the row was printed."""
        return self.row["source"]


@cache
def shipped(code: str) -> PublishedFactSheet:
    """Return the fact sheet shipped under ``code`` (one of :data:`SHEETS`). Raises NotFound for any other."""
    if code not in SHEETS:
        raise NotFound("published-sheet-unknown", code=code, known=", ".join(SHEETS))
    return read_sheet(catalogue(_PACKAGE, f"{_FOLDER}/{code}.yaml"))


def shipped_sheets() -> tuple[PublishedFactSheet, ...]:
    """Return every shipped fact sheet, oldest operation first."""
    return tuple(sorted((shipped(code) for code in SHEETS), key=lambda sheet: sheet.start))


def read_sheet(content: Mapping[str, Any]) -> PublishedFactSheet:
    """Return the fact sheet that ``content`` (a loaded YAML sheet) describes. Raises KeyError for a missing key."""
    source = str(content["source"])
    return PublishedFactSheet(
        code=str(content["code"]),
        titles=dict(content["titles"]),
        family=tuple(content.get("family", ())),
        aliases=tuple(content["aliases"]),
        start=content["start"],
        end=content["end"],
        published=content.get("published"),
        status=str(content["status"]),
        coordination_units=tuple(content["coordination_units"]),
        source=source,
        figures=tuple(_figure(entry, source) for entry in content["figures"]),
        stories=tuple(_story(entry) for entry in content.get("stories", ())),
    )


def read_factsheet(content: object) -> PublishedFactSheet:
    """Return as a sheet what one of our own releases published: the loaded JSON of its fact sheet.

    Names of a shipped sheet of the same operation are taken over, since an article calls the operation as it did
    before. Raises Invalid (``factsheet-unreadable``, naming the place) where the content is no such fact sheet.
    """
    if not isinstance(content, Mapping) or not str(content.get("schema", "")).startswith(_FACTSHEET):
        raise Invalid("factsheet-unreadable", place="schema")
    place = ""
    try:
        for place in ("operation", "titles", "start", "end", "issued_on", "kind", "lines"):
            content[place]
        code, titles = str(content["operation"]), {str(k): str(v) for k, v in content["titles"].items()}
        shipped_sheet = shipped(code) if code in SHEETS else None
        names = [name for title in titles.values() for name in (title, title.partition(" ")[2]) if name]
        place = "start, end, issued_on"
        start, end, issued = (date.fromisoformat(str(content[key])) for key in ("start", "end", "issued_on"))
        place = "lines"
        figures = tuple(_line(line, f"{code} {content.get('number', '')}".strip()) for line in content["lines"])
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Invalid("factsheet-unreadable", place=place) from fault
    return PublishedFactSheet(
        code=code,
        titles=titles,
        family=shipped_sheet.family if shipped_sheet else (),
        aliases=tuple(
            dict.fromkeys([*(shipped_sheet.aliases if shipped_sheet else ()), *names, code.replace("-", " ")])
        ),
        start=start,
        end=end,
        published=issued,
        status=str(content["kind"]),
        coordination_units=shipped_sheet.coordination_units if shipped_sheet else (),
        source=f"{code} {content.get('number', '')}".strip(),
        figures=figures,
        stories=(),
    )


def public_record() -> tuple[dict[str, str], ...]:
    """Return the rows of ``liberterra-ii-public-record.csv``, per state and for the world (``WORLD``), as written.

    Three columns were added to what was collected, so that no program need read prose: ``word_used`` (the source's
    verb), ``also_claimed_by`` (a second state claiming the same arrest), ``undecided`` (what the source leaves open).
    """
    return tuple(_table("liberterra-ii-public-record.csv"))


@cache
def published_operations() -> tuple[PublishedOperation, ...]:
    """Return the operations of ``published-operations.csv`` in the order of the table."""
    return tuple(_operation(row) for row in _table("published-operations.csv"))


def printed_number(text: str) -> Printed | None:
    """Return the number a cell begins with: ``~430`` is about 430, ``1800+`` at least 1,800; None without one."""
    match = _PRINTED.match(text)
    if match is None:
        return None
    before, digits, after = match.groups()
    return Printed(int(digits), _SIGNS.get(before or after, "exact"), text)


def _figure(entry: Mapping[str, Any], source: str) -> PublishedFigure:
    return PublishedFigure(
        id=str(entry["id"]),
        value=entry["value"],
        precision=str(entry["precision"]),
        qualifier=str(entry.get("qualifier", "")),
        unit=str(entry["unit"]),
        of=entry.get("of"),
        source=str(entry.get("source", source)),
    )


def _line(line: Mapping[str, Any], source: str) -> PublishedFigure:
    value = line["value"]
    # A cell that was withheld is no number, and nothing is wrong beside it.
    number = value if isinstance(value, int) and not isinstance(value, bool) else None
    return _figure({**line, "id": line["figure"], "value": number}, source)


def _story(entry: Mapping[str, Any]) -> CaseStory:
    source = str(entry["source"])
    return CaseStory(
        state=str(entry["state"]),
        figures=tuple(_figure(figure, source) for figure in entry["figures"]),
        nationalities=tuple(entry.get("nationalities", ())),
        exploitation=tuple(entry.get("exploitation", ())),
        source=source,
    )


# Columns that hold numbers; dates and words begin with digits too and must not be read as counts.
_COUNTS = (
    "days_to_publish",
    "countries",
    "arrests_total",
    "arrests_trafficking",
    "arrests_smuggling",
    "arrests_thb_or_som",
    "victims",
    "irregular_migrants",
    "nationalities",
    "db_or_border_checks",
    "flights",
    "officers",
    "investigations_opened",
)


def _operation(row: dict[str, str]) -> PublishedOperation:
    figures = {name: printed for name in _COUNTS if (printed := printed_number(row[name])) is not None}
    return PublishedOperation(name=row["operation"], figures=figures, row=row)


def _table(name: str) -> list[dict[str, str]]:
    text = files(_PACKAGE).joinpath(_FOLDER, name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
