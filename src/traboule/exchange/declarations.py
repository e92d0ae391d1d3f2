"""Read for each format where every field of the form goes, and what becomes of it there.

In: ``formats/*.yaml``. Out: a :class:`FormatDeclaration` a format. Guaranteed: each field of the form has one line in
each format; an outcome and a reason are words of ``words.yaml``.

A file names its ``place`` for whatever it says nothing else of, as a pattern of ``{table}`` and ``{field}``, or under
``rest`` what becomes of that. Under ``fields`` stand ``table.field``, ``table.*`` and ``*.field``; the first of these
that fits counts. What ``every.yaml`` says of a field holds for all formats that say nothing of that field by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from traboule.core.language.messages import catalogue
from traboule.returns.form import form

KEPT, GENERALISED, DROPPED = "kept", "generalised", "dropped"
FORMATS = ("csv", "parquet", "stix", "graphml", "geojson", "ftm", "misp", "htcds", "unodc")
_EVERY = "every"


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """One field of the form in one format: its ``place`` there, ``outcome`` and ``reason``; empty where it is kept."""

    table: str
    field: str
    place: str
    outcome: str
    reason: str

    def to_json(self) -> dict[str, str]:
        """Return plain values."""
        return {
            "table": self.table,
            "field": self.field,
            "place": self.place,
            "outcome": self.outcome,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class FormatDeclaration:
    """A format: its ``standard`` by name and version, its ``validator``, and where every field of the form goes."""

    name: str
    standard: str
    validator: str
    fields: tuple[FieldPlace, ...]


@cache
def declaration(name: str) -> FormatDeclaration:
    """Return the declaration of format ``name``. Raises KeyError for a name that is not of :data:`FORMATS`."""
    if name not in FORMATS:
        raise KeyError(name)
    raw = _read(name)
    return FormatDeclaration(name, raw["standard"], raw["validator"], tuple(_fields(raw)))


def _read(name: str) -> Mapping[str, Any]:
    return catalogue("traboule.exchange", f"formats/{name}.yaml")


def _fields(raw: Mapping[str, Any]) -> Iterator[FieldPlace]:
    every = _read(_EVERY)["fields"]
    own = raw.get("fields", {})
    for table, content in form().tables.items():
        for field in content.fields:
            exact = f"{table}.{field}"
            line = own.get(exact) or every.get(exact) or own.get(f"{table}.*") or own.get(f"*.{field}")
            line = line or raw.get("rest") or {"place": raw["place"]}
            place = str(line.get("place", "")).format(table=table, field=field)
            yield FieldPlace(table, field, place, line.get("outcome", KEPT), line.get("reason", ""))
