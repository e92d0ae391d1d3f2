"""A return read record by record: what linkage compares of each person, as texts and numbers of its own.

In come the register's rows of one return and a stop-list; out come :class:`Person` records. It promises: pure; each
record is what :func:`traboule.linkage.prepare.prepare` makes of the same rows among any others (a test holds the two
together), because both read each text by the same functions; a few rows take microseconds, where columns take
milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

import pyarrow as pa

from traboule.linkage.fields.births import Births, born
from traboule.linkage.fields.filed import Reading, read_each
from traboule.linkage.fields.places import place_key
from traboule.linkage.names.sounds import sound_of
from traboule.linkage.names.table import FiledName, Forms, forms_of
from traboule.linkage.prepare import citizenship, met, stated_sex
from traboule.linkage.stop_list import StopList

_NAME = ("family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names")
_IDENTITY = (*_NAME, "birth_date", "birth_place")
_PEOPLE = ("birth_precision", "age_band", "sex")
_IDENTIFIER = ("kind", "value", "issuer", "unit")


@dataclass(frozen=True)
class Arrived:
    """People and what was filed of them, as the register gives it; the rows of one return."""

    people: pa.Table
    identities: pa.Table
    identifiers: pa.Table
    encounters: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What one record says. ``forms``: of its name, none where it has none. ``born``: as
    :class:`~traboule.linkage.fields.births.Births` has columns. ``nations``: citizenships, in their order.
    ``identifiers``: in their order, each once; ``met``: encounters, likewise.
    """

    record: str
    forms: Forms
    sound: str
    born: tuple[int, ...]
    sex: str
    nations: tuple[str, ...]
    citizenship: str
    place: str
    identifiers: tuple[Reading, ...]
    met: tuple[str, ...]


def blank(record: str) -> Person:
    """Return a record that says nothing."""
    return Person(record, (), "", (0,) * len(fields(Births)), "", (), "", "", (), ())


def persons(arrived: Arrived, listed: StopList, *, on: date) -> list[Person]:
    """Return the records of one return, sorted. ``on``: the day on which an age band is read. Raises KeyError where a
    column is missing."""
    identities = {owner: named for owner, *named in reversed(_rows(arrived.identities, "record", *_IDENTITY))}
    identifiers, encounters = _identifiers(arrived.identifiers, listed), _encounters(arrived.encounters)
    found: dict[str, Person] = {}
    nations = arrived.people["citizenships"].to_pylist()
    for (record, *filed), held in zip(_rows(arrived.people, "record", *_PEOPLE), nations, strict=True):
        if record not in found:
            *name, birth, place = identities.get(record) or [""] * len(_IDENTITY)
            forms, codes = forms_of(FiledName(*name)), sorted({code or "" for code in held or ()})
            found[record] = Person(
                record=record,
                forms=forms,
                sound=sound_of([word.text for word in forms[0] or forms[2]]) if forms else "",
                born=born(birth, filed[0], filed[1], on),
                sex=stated_sex(filed[2]),
                nations=tuple(codes),
                citizenship=citizenship(codes),
                place=place_key(place),
                identifiers=tuple(sorted(identifiers.get(record, ()))),
                met=tuple(sorted(encounters.get(record, ()))),
            )
    return [found[record] for record in sorted(found)]


def _rows(table: pa.Table, *names: str) -> list[tuple[str, ...]]:
    """Return the rows of a table as texts, empty where null."""
    found: list[tuple[str, ...]] = []
    for batch in table.to_batches():
        columns = ([text or "" for text in batch[name].to_pylist()] for name in names)
        found += zip(*columns, strict=True)
    return found


def _identifiers(filed: pa.Table, listed: StopList) -> dict[str, set[Reading]]:
    """Return what identifiers each record holds."""
    found: dict[str, set[Reading]] = {}
    for owner, kind, value, issuer, unit in _rows(filed, "person_record", *_IDENTIFIER):
        for reading in read_each((kind, value, issuer, unit), listed) if value else ():
            found.setdefault(owner, set()).add(reading)
    return found


def _encounters(filed: pa.Table | None) -> dict[str, set[str]]:
    """Return where and when each record was met."""
    found: dict[str, set[str]] = {}
    if filed is not None:
        for (owner, state), at in zip(_rows(filed, "person_record", "state"), filed["at"].to_pylist(), strict=True):
            if text := met(state, at):
                found.setdefault(owner, set()).add(text)
    return found
