"""Show both sides of a link: where each record comes from, and its coded fields.

In: a record that the reader may see: :mod:`~traboule.app.handlers.linking.explaining` decides. Out: its files, sheets
and rows, and its coded fields in words. Guaranteed: no name, identifier or free text is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from traboule.core.codes import vocabulary
from traboule.core.errors import NotFound
from traboule.core.language.languages import in_language
from traboule.register.provenance import coded_person, provenance
from traboule.returns.form import form


@dataclass(frozen=True, slots=True)
class Source:
    """One version of a row: the file that said so, where in it, when it was received, and whether it is in force."""

    file: str
    sheet: str
    row: int
    version: int
    received: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One record: its versions, the newest first; ``facts`` are labels and values in words."""

    record: str
    sources: Sequence[Source]
    facts: Sequence[tuple[str, str]]


def side(operation: str, record: str, language: str, *, are_things: bool = False) -> Side:
    """Return what the reader may see of a record; nothing but its name where that is hidden."""
    try:
        origins = provenance(operation, "identifiers" if are_things else "people", record)
        facts = () if are_things else tuple(_facts(operation, record, language))
    except NotFound:
        return Side(record, (), ())
    sources = [
        Source(
            version.file_name,
            version.sheet,
            version.row_number,
            version.version,
            version.entered_at.isoformat(),
            version.in_force,
        )
        for version in origins
    ]
    return Side(record, sources, facts)


def _facts(operation: str, record: str, language: str) -> Iterable[tuple[str, str]]:
    coded = coded_person(operation, record)
    for name, value in coded.person.items():
        if value:
            yield _label("people", name, language), _words("people", name, value, language)
    for action in coded.actions:
        yield _label("roles", "role", language), " · ".join(_action(action, language))


def _action(action: Mapping[str, object], language: str) -> Iterable[str]:
    yield _words("roles", "role", action["role"], language)
    for name in ("kind", "start", "country"):
        if value := action.get(name):
            yield _words("actions", name, value, language)


def _label(table: str, field: str, language: str) -> str:
    return in_language(form().tables[table].fields[field].label, language)


def _words(table: str, field: str, value: object, language: str) -> str:
    """Return a value in words: the labels of codes, a moment to its day."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    codes = value if isinstance(value, list) else [value]
    name = form().tables[table].fields[field].vocabulary
    labels = vocabulary(name) if name else None
    return ", ".join(labels.label(str(code), language) if labels and code in labels else str(code) for code in codes)
