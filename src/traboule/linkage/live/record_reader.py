"""Read a return record by record into what linkage compares of each person.

Each record equals what :func:`traboule.linkage.prepare.prepare` makes of the same rows (a test checks it), because both
read each text with the same functions. A few rows take microseconds, where columns take milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import pyarrow as pa

from traboule.linkage.fields.births import Births, born
from traboule.linkage.fields.identifier_columns import IdentifierReading, read_filed
from traboule.linkage.fields.places import place_key
from traboule.linkage.names.phonetics import name_skeleton
from traboule.linkage.names.table import FiledName, Forms, forms_of
from traboule.linkage.prepare import citizenship_text, encounter_text, stated_sex
from traboule.linkage.stop_list import IdentifierStopList

_NAME = ("family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names")
_IDENTITY = (*_NAME, "birth_date", "birth_place")
_PEOPLE = ("birth_precision", "age_band", "sex")
_IDENTIFIER = ("kind", "value", "issuer", "unit")


@dataclass(frozen=True)
class ArrivedReturn:
    """The rows of one return, as the register gives them."""

    people: pa.Table
    identities: pa.Table
    identifiers: pa.Table
    encounters: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class ReadPerson:
    """What one record says. ``forms``: of its name, empty without one. ``born``: in the order of the columns of
    :class:`~traboule.linkage.fields.births.Births`. ``nations``: citizenships, sorted. ``identifiers``, ``encounters``:
    sorted, distinct."""

    record: str
    forms: Forms
    sound: str
    born: tuple[int, ...]
    sex: str
    nations: tuple[str, ...]
    citizenship: str
    place: str
    identifiers: tuple[IdentifierReading, ...]
    encounters: tuple[str, ...]


def blank_person(record: str) -> ReadPerson:
    """Return a record that says nothing."""
    return ReadPerson(record, (), "", (0,) * len(fields(Births)), "", (), "", "", (), ())


def read_persons(arrived: ArrivedReturn, stops: IdentifierStopList, *, on: date) -> list[ReadPerson]:
    """Return the records of one return, sorted. ``on``: the day on which an age band is read. Raises KeyError where a
    column is missing."""
    identities = {owner: identity for owner, *identity in reversed(_rows(arrived.identities, "record", *_IDENTITY))}
    identifiers, encounters = _identifiers(arrived.identifiers, stops), _encounters(arrived.encounters)
    persons_by_record: dict[str, ReadPerson] = {}
    nations = arrived.people["citizenships"].to_pylist()
    for (record, *filed), citizenships in zip(_rows(arrived.people, "record", *_PEOPLE), nations, strict=True):
        if record not in persons_by_record:
            *name, birth, place = identities.get(record) or [""] * len(_IDENTITY)
            forms, codes = forms_of(FiledName(*name)), sorted({code or "" for code in citizenships or ()})
            persons_by_record[record] = ReadPerson(
                record=record,
                forms=forms,
                sound=name_skeleton([word.text for word in forms[0] or forms[2]]) if forms else "",
                born=born(birth, filed[0], filed[1], on),
                sex=stated_sex(filed[2]),
                nations=tuple(codes),
                citizenship=citizenship_text(codes),
                place=place_key(place),
                identifiers=tuple(sorted(identifiers.get(record, ()))),
                encounters=tuple(sorted(encounters.get(record, ()))),
            )
    return [persons_by_record[record] for record in sorted(persons_by_record)]


def _rows(table: pa.Table, *names: str) -> list[tuple[str, ...]]:
    """Return the rows of a table as texts, empty where null."""
    rows: list[tuple[str, ...]] = []
    for batch in table.to_batches():
        columns = ([text or "" for text in batch[name].to_pylist()] for name in names)
        rows += zip(*columns, strict=True)
    return rows


def _identifiers(filed: pa.Table, stops: IdentifierStopList) -> dict[str, set[IdentifierReading]]:
    """Return the identifiers of each record."""
    readings_by_record: dict[str, set[IdentifierReading]] = {}
    for owner, kind, value, issuer, unit in _rows(filed, "person_record", *_IDENTIFIER):
        for reading in read_filed((kind, value, issuer, unit), stops) if value else ():
            readings_by_record.setdefault(owner, set()).add(reading)
    return readings_by_record


def _encounters(filed: pa.Table | None) -> dict[str, set[str]]:
    """Return where and when each record was met."""
    texts_by_record: dict[str, set[str]] = {}
    if filed is not None:
        for (owner, state), at in zip(_rows(filed, "person_record", "state"), filed["at"].to_pylist(), strict=True):
            if text := encounter_text(state, at):
                texts_by_record.setdefault(owner, set()).add(text)
    return texts_by_record
