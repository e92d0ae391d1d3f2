"""From the register's tables to person records that can be compared: one row a record, sorted by record.

In come people, identities and identifiers as the register gives them, and a stop-list; out go
:class:`PersonRecords`. It promises: pure; the same records in any order give the same result; what a clerk wrote badly
is missing, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.parallel import both
from traboule.linkage.arrays.distinct import first_of_each
from traboule.linkage.arrays.uncollected import uncollected
from traboule.linkage.fields.births import Births, births
from traboule.linkage.fields.filed import read_identifiers
from traboule.linkage.fields.identifiers import Held, held_identifiers
from traboule.linkage.fields.places import place_key
from traboule.linkage.fields.shared import Shared
from traboule.linkage.fields.texts import (
    Column,
    Integers,
    Texts,
    are_same,
    ascend,
    column_of,
    dense,
    filled,
    known_from_one,
    numbered,
    ordered,
    places_in,
    taken,
    texts_of,
    together,
)
from traboule.linkage.names.table import NameTable, name_columns
from traboule.linkage.stop_list import Persons, StopList

# Columns that hold one value of a group a record, for joins that know no lists.
FIRSTS = {"document_first": "documents", "device_first": "devices"}
# What says nothing of the sex another document may state: one who has changed it is filed under either.
_NO_SEX = frozenset(
    {"", "unknown", "not_asked", "not_applicable", "transgender_female", "transgender_male", "non_conforming"}
)
_PEOPLE_FIELDS = ("birth_precision", "age_band", "sex", "citizenships")
_BIRTH_FIELDS = ("birth_date", "birth_place")
_NAME_FIELDS = ("family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names")


@dataclass(frozen=True)
class PersonRecords:
    """Everything about the person records that linkage compares, by record number (the place in ``records``).

    ``name``: number in ``names``, -1 without a name. ``sound``, ``sex``, ``citizenship``, ``place``: numbers of
    distinct texts, 0 where not known. ``shared``: groups of shared values. ``labels``: the texts behind the numbers.
    """

    records: Texts
    names: NameTable
    name: Integers
    sound: Integers
    born: Births
    sex: Integers
    citizenship: Integers
    place: Integers
    shared: dict[str, Shared]
    labels: dict[str, Texts]
    held: Held

    def __len__(self) -> int:
        return len(self.records)

    @property
    def stopped(self) -> pa.Table:
        """The table of stopped identifiers."""
        return self.held.stopped

    @cached_property
    def table(self) -> pa.Table:
        """The records as one arrow table, for an engine: a column ``number`` and every column compared in SQL."""
        columns: dict[str, pa.Array[Any]] = {
            "number": pa.array(np.arange(len(self))),
            "name": _nullable(self.name, self.name >= 0),
            "sound": _nullable(self.sound, self.sound > 0),
            "sex": _nullable(self.sex, self.sex > 0),
            "citizenship": _nullable(self.citizenship, self.citizenship > 0),
            "place": _nullable(self.place, self.place > 0),
            "birth_full": _nullable(self.born.full, self.born.full > 0),
            "birth_text": _dates(self.born.full),
            "birth_swapped": _nullable(self.born.swapped, self.born.swapped > 0),
            "birth_year": _nullable(self.born.year, self.born.year > 0),
            "birth_month": _nullable(self.born.month, self.born.month > 0),
            "birth_vague": pa.array((self.born.vague > 0).astype(np.int64)),
            "birth_low": _nullable(self.born.low, self.born.low > 0),
            "birth_high": _nullable(self.born.high, self.born.high > 0),
        }
        for group, held in sorted(self.shared.items()):
            columns[group] = held.lists()
            columns[f"{group}_rare"] = held.rare().lists()
        columns["document_kinds"] = self.held.document_kinds.lists()
        for name, group in FIRSTS.items():
            columns[name] = self.first(group)
        return pa.table(columns)

    def first(self, group: str) -> pa.Array[Any]:
        """Return each record's first value of ``group``, null where it holds none."""
        held = self.shared[group]
        filled = held.filled()
        starts = np.searchsorted(held.record, np.arange(len(self)))
        values = np.append(held.value, 0)[np.where(filled, starts, len(held.value))]
        return _nullable(values, filled)


@uncollected()
def prepare(
    people: pa.Table,
    identities: pa.Table,
    identifiers: pa.Table,
    listed: StopList,
    *,
    on: date,
    encounters: pa.Table | None = None,
) -> PersonRecords:
    """Return the person records of ``people`` (one row a record), ready to be compared.

    ``on``: the day on which an age band is read. ``encounters``: where and when a person was met (person_record, state,
    at), from arrests; it supports a link and never makes one. Raises KeyError where a column is missing.
    """
    record, order, where = _side_by_side(texts_of(people, "record"), texts_of(identities, "record"))
    (names, name), (filed, stated) = both(
        lambda: _named(_rows(identities, _NAME_FIELDS, where)),
        lambda: (
            read_identifiers(*_owned(identifiers, record), listed),
            _stated(_rows(people, _PEOPLE_FIELDS, order), _rows(identities, _BIRTH_FIELDS, where), on),
        ),
    )
    sound = np.append(names.sound, 0)[name]
    held = held_identifiers(filed, Persons(sound=sound, birth=stated.born.full), listed)
    shared = dict(held.groups)
    shared["citizenships"] = stated.citizenships
    shared["encounters"], hours = _encounters(encounters, record)
    return PersonRecords(
        records=Texts(record),
        names=names,
        name=name,
        sound=sound,
        born=stated.born,
        sex=stated.sex,
        citizenship=stated.citizenship,
        place=stated.place,
        shared=shared,
        labels=stated.labels
        | {
            "sound": names.sounds_of,
            "encounters": hours,
            "identifiers": held.texts,
            "document_kinds": held.document_texts,
        },
        held=held,
    )


def _named(identities: pa.Table) -> tuple[NameTable, Integers]:
    return name_columns([texts_of(identities, field) for field in _NAME_FIELDS])


@dataclass(frozen=True)
class _Stated:
    """What is stated of each person besides names and identifiers, as :class:`PersonRecords` has it."""

    born: Births
    sex: Integers
    place: Integers
    citizenship: Integers
    citizenships: Shared
    labels: dict[str, Texts]


def _stated(people: pa.Table, identities: pa.Table, on: date) -> _Stated:
    citizenships, nations, whole, codes = _citizenships(people["citizenships"])
    sex, sexes = _read_once(texts_of(people, "sex"), stated_sex)
    place, places = _read_once(texts_of(identities, "birth_place"), place_key)
    dates = texts_of(identities, "birth_date"), texts_of(people, "birth_precision"), texts_of(people, "age_band")
    labels = {"citizenship": codes, "citizenships": nations, "sex": sexes, "place": places}
    return _Stated(births(*dates, on=on), sex, place, whole, citizenships, labels)


def _side_by_side(filed: Column, named: Column) -> tuple[Column, Integers, Integers]:
    """Return the records in their order, each once, and the places where each was filed and named, -1 where never."""
    record, order = _once_each(filed)
    return record, order, order if are_same(named, filed) else places_in(record, named)


def _once_each(filed: Column) -> tuple[Column, Integers]:
    """Return the ``filed`` records in their order, each once, and where each was filed."""
    if ascend(filed):
        return filed, np.arange(len(filed))
    order = ordered(filed)
    record = taken(filed, order)
    if not ascend(record):
        number, _ = numbered(record)
        order = order[np.diff(number, prepend=-1) > 0]
        record = taken(filed, order)
    return record, order


def _rows(table: pa.Table, columns: Sequence[str], places: Integers) -> pa.Table:
    """Return the rows of ``columns`` at ``places``; nulls where there is none (-1)."""
    chosen = table.select(columns)
    if len(places) == len(chosen) and (places == np.arange(len(places))).all():
        return chosen
    rows: Any = pa.array(places, mask=places < 0)
    return chosen.take(rows)


def _read_once(column: Column, read: Callable[[str], str]) -> tuple[Integers, Texts]:
    """Return the numbers from 1 of what is read of each text, 0 where that is nothing, and what was read."""
    number, distinct = numbered(column)
    found, known = known_from_one(column_of([read(text) for text in distinct.to_pylist()]))
    return found[number], known


def stated_sex(sex: str) -> str:
    """Return a sex, empty where it says nothing of what another document may state."""
    return "" if sex in _NO_SEX else sex


def _owned(identifiers: pa.Table, record: Column) -> tuple[pa.Table, Integers]:
    """Return the identifiers that belong to one of the records and are not empty, and the numbers of their records."""
    number = places_in(texts_of(identifiers, "person_record"), record)
    identifiers = identifiers.select(["kind", "value", "issuer", "unit"])
    kept = (number >= 0) & filled(texts_of(identifiers, "value"))
    return (identifiers, number) if kept.all() else (identifiers.filter(kept), number[kept])


def _citizenships(lists: pa.ChunkedArray[Any]) -> tuple[Shared, Texts, Integers, Texts]:
    """Return who holds which citizenship, these as texts, and all that a record holds as the number of one text."""
    column: Any = lists.combine_chunks()
    records = len(column)
    value, distinct = numbered(texts_of(pa.table({"code": column.flatten()}), "code"))
    lengths: Any = pc.list_value_length(column)
    shared = Shared.of(np.repeat(np.arange(records), lengths.fill_null(0).to_numpy()), value, records)
    bounds = np.searchsorted(shared.record, np.arange(records + 1))
    many, texts = np.diff(bounds), [*distinct.to_pylist(), ""]
    # The text of a record is its only citizenship, or all of them one after the other; most have one.
    whole = np.where(many == 1, np.append(shared.value, 0)[bounds[:-1]], len(texts) - 1)
    several = np.flatnonzero(many > 1)
    whole[several] = len(texts) + np.arange(len(several))
    for start, end in zip(bounds[several].tolist(), bounds[several + 1].tolist(), strict=True):
        texts.append(citizenship([texts[place] for place in shared.value[start:end].tolist()]))
    used, place = dense(whole, len(texts))
    number, known = known_from_one(column_of([texts[at] for at in used.tolist()]))
    return shared, Texts(distinct), number[place], known


def citizenship(held: Sequence[str]) -> str:
    """Return all citizenships of a record, in their order, as one text."""
    return " ".join(held)


def met(state: str, at: object) -> str:
    """Return where and when a person was met, to the minute in the local time of the state; empty if not known."""
    return f"{state} {at:%Y-%m-%dT%H:%M}" if state and isinstance(at, datetime) else ""


def _encounters(encounters: pa.Table | None, record: Column) -> tuple[Shared, Texts]:
    """Return who was met where and when."""
    if encounters is None:
        nobody = np.zeros(0, dtype=np.int64)
        return Shared.of(nobody, nobody, len(record)), Texts(column_of([]))
    owner = places_in(texts_of(encounters, "person_record"), record)
    known, owner = encounters.filter(owner >= 0), owner[owner >= 0]
    state, at = texts_of(known, "state"), known["at"].combine_chunks()
    # One raid meets many: each state and instant is written once.
    instants: Any = at.dictionary_encode(null_encoding="encode")
    (states, distinct), instant = numbered(state), instants.indices.to_numpy().astype(np.int64)
    codes, _ = together((instant, len(instants.dictionary)), (states, len(distinct)))
    first, place = first_of_each(codes)
    each = zip(taken(state, first).to_pylist(), at.take(first).to_pylist(), strict=True)
    number, texts = known_from_one(column_of([met(*one) for one in each]))
    value = number[place] - 1
    met_at_all = value >= 0
    return Shared.of(owner[met_at_all], value[met_at_all], len(record)), texts[1:]


def _nullable(values: Integers, known: npt.NDArray[np.bool_]) -> pa.Array[Any]:
    return pa.array(values, mask=~known)


def _dates(full: Integers) -> pa.Array[Any]:
    """Return yyyymmdd numbers as ISO texts, null for 0."""
    return pa.array(
        [f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" if day else None for day in full.tolist()],
        pa.string(),
    )
