"""The forms of a return: which tables there are, and what each field is called, contains and requires.

In: ``forms/*.yaml`` (house rule 6: what a form is lives in YAML). Out: a :class:`Form`, for the workbook, the readers,
the check, the register and the documentation. Guaranteed: identifiers never change, tables and fields are in the order
of the form, labels and help are in every language. Read once per process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from traboule.core.language.messages import catalogue

FORM_VERSION = "1"
COVER = "cover"

_FILES = (
    "cover", "totals", "actions", "people", "roles", "victims", "arrests", "migrants", "identifiers", "legs",
    "activity",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field. ``type`` is text, code, codes, integer, number, date, moment, reference or references.

    ``vocabulary`` names the code list of ``code`` and ``codes``; ``refers_to`` names the table of a reference;
    ``personal`` fields are kept apart from the rest; ``synonyms`` are further spellings accepted as a header.
    """

    id: str
    type: str
    vocabulary: str | None
    required: bool
    personal: bool
    max_length: int
    refers_to: str | None
    label: Mapping[str, str]
    help: Mapping[str, str]
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table: a sheet of the workbook, a file of the zip, a key of the JSON form."""

    id: str
    label: Mapping[str, str]
    about: Mapping[str, str]
    fields: dict[str, Field]
    synonyms: tuple[str, ...] = ()

    def sheet_name(self, language: str) -> str:
        """Return the name of the table's sheet in ``language``, English where the language is unknown."""
        return self.label.get(language, self.label["en"])

    @property
    def required(self) -> tuple[str, ...]:
        """The identifiers of the fields every row must fill."""
        return tuple(name for name, field in self.fields.items() if field.required)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The whole form; ``tables`` in the order in which a workbook shows them, the cover first."""

    version: str
    tables: dict[str, TableForm]

    @property
    def row_tables(self) -> dict[str, TableForm]:
        """The tables that hold rows: all but the cover."""
        return {name: table for name, table in self.tables.items() if name != COVER}


@cache
def form() -> Form:
    """Return the form of a return. Raises KeyError or ValueError where a form file breaks its own rules."""
    shared: dict[str, Any] = dict(catalogue("traboule.returns", "forms/rows.yaml"))
    before = [_field(raw, shared["fields"]) for raw in shared["before"]]
    after = [_field(raw, shared["fields"]) for raw in shared["after"]]
    tables: dict[str, TableForm] = {}
    for name in _FILES:
        for table, raw in catalogue("traboule.returns", f"forms/{name}.yaml").items():
            own = [_field(entry, shared["fields"]) for entry in raw["fields"]]
            rows = own if table == COVER else [*before, *own, *after]
            tables[table] = TableForm(
                id=table,
                label=raw["label"],
                about=raw["about"],
                fields={field.id: field for field in rows},
                synonyms=tuple(raw.get("synonyms", ())),
            )
    return Form(version=FORM_VERSION, tables=tables)


_LENGTHS = {"text": 300, "code": 200, "codes": 2000, "reference": 64, "references": 2000}


def _field(raw: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]]) -> Field:
    """Return one field; ``use`` takes wording and type over from the fields that several tables share."""
    entry = {**shared[raw["use"]], **raw} if "use" in raw else raw
    kind = entry["type"]
    if kind in ("code", "codes") and "vocabulary" not in entry:
        raise ValueError(f"field {entry['id']} names no vocabulary")
    return Field(
        id=entry["id"],
        type=kind,
        vocabulary=entry.get("vocabulary"),
        required=bool(entry.get("required", False)),
        personal=bool(entry.get("personal", False)),
        max_length=int(entry.get("max", _LENGTHS.get(kind, 40))),
        refers_to=entry.get("to"),
        label=entry["label"],
        help=entry["help"],
        synonyms=tuple(entry.get("synonyms", ())),
    )
