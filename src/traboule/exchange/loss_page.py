"""Write a loss report as a page that stands alone, in one language.

In: the report, who it was made for, the files. Out: HTML as bytes. Guaranteed: every text is escaped; nothing is
fetched from anywhere; the same report gives the same bytes; right-to-left languages run from right to left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape

from traboule.core.codes import vocabulary
from traboule.core.language.languages import is_right_to_left
from traboule.core.language.messages import catalogue, fill
from traboule.exchange.losses import LossReport
from traboule.returns.form import form


def loss_page(report: LossReport, files: Iterable[str], made: Mapping[str, str], language: str) -> bytes:
    """Return the page. ``made`` has recipient, purpose (a code) and at (ISO)."""
    title = _say(language, "title", format=report.format)
    purpose = vocabulary("export_purposes").label(made["purpose"], language)
    at = f"{datetime.fromisoformat(made['at']):%Y-%m-%d %H:%M} UTC"
    names = "".join(f"<li><bdi>{escape(name)}</bdi></li>" for name in files)
    paragraphs = (
        _say(language, "intro", rows=report.rows),
        _say(language, "made-for", recipient=made["recipient"], purpose=purpose, at=at),
        _say(language, "standard", standard=report.standard),
    )
    parts = [
        f"<h1>{title}</h1>",
        *(f"<p>{text}</p>" for text in paragraphs),
        f"<h2>{_say(language, 'files')}</h2><ul>{names}</ul>",
        *_section(language, "withheld", ("table", "rows", "reason"), _withheld(report, language)),
        *_section(language, "faulty", ("table", "record", "field", "value", "fault"), _faulty(report, language)),
        *_section(language, "fields", ("table", "field", "place", "outcome", "reason"), _fields(report, language)),
    ]
    direction = "rtl" if is_right_to_left(language) else "ltr"
    start = f'<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head><meta charset="utf-8">'
    body = "\n".join(parts)
    return f"{start}<title>{title}</title></head>\n<body>\n{body}\n</body>\n</html>\n".encode()


def _fields(report: LossReport, language: str) -> list[list[str]]:
    return [
        [
            _table_name(place.table, language),
            _field_name(place.table, place.field, language),
            f"<bdi>{escape(place.place)}</bdi>",
            _say(language, f"outcomes.{place.outcome}"),
            _say(language, f"reasons.{place.reason}") if place.reason else "",
        ]
        for place in report.fields
    ]


def _withheld(report: LossReport, language: str) -> list[list[str]]:
    return [
        [_table_name(entry.table, language), str(entry.rows), _say(language, f"reasons.{entry.reason}")]
        for entry in report.withheld
    ]


def _faulty(report: LossReport, language: str) -> list[list[str]]:
    return [
        [
            _table_name(value.table, language),
            f"<bdi>{escape(value.record)}</bdi>",
            _field_name(value.table, value.field, language),
            f"<bdi>{escape(value.value)}</bdi>",
            _say(language, f"faults.{value.fault}"),
        ]
        for value in report.faulty
    ]


def _say(language: str, code: str, **values: object) -> str:
    group, _, name = code.partition(".")
    words = catalogue("traboule.exchange", "words.yaml")[group]
    return escape(fill(words[name] if name else words, language, values))


def _table_name(table: str, language: str) -> str:
    return escape(form().tables[table].sheet_name(language))


def _field_name(table: str, field: str, language: str) -> str:
    label = form().tables[table].fields[field].label
    return escape(label.get(language, label["en"]))


def _section(language: str, code: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Return the heading of a section and its table, or a word where it is empty."""
    title = f"<h2>{_say(language, code)}</h2>"
    if not rows:
        return title, f"<p>{_say(language, 'nothing')}</p>"
    names = "".join(f'<th scope="col">{_say(language, f"columns.{name}")}</th>' for name in head)
    lines = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return title, f"<table border>\n<thead><tr>{names}</tr></thead>\n<tbody>\n{lines}\n</tbody>\n</table>"
