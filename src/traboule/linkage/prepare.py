"""From the register's tables to person records that can be compared: one row a record, sorted by record.

In come people, identities and identifiers as the register gives them, and a stop-list; out go
:class:`PersonRecords`. It promises: pure; the same records in any order give the same result; what a clerk wrote badly
is missing, never an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.fields.births import Births, births
from traboule.linkage.fields.identifiers import Held, held_identifiers
from traboule.linkage.fields.places import place_key
from traboule.linkage.fields.shared import Shared
from traboule.linkage.names.likeness import FiledName, NameTable, name_table
from traboule.linkage.stop_list import Persons, StopList

Integers = npt.NDArray[np.int64]

# Columns that hold one value of a group a record, for joins that know no lists.
FIRSTS = {"document_first": "documents", "device_first": "devices"}
# What says nothing of the sex another document may state: one who has changed it is filed under either.
_NO_SEX = frozenset(
    {"", "unknown", "not_asked", "not_applicable", "transgender_female", "transgender_male", "non_conforming"}
)
_NAME_FIELDS = ("family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names")


@dataclass(frozen=True)
class PersonRecords:
    """Everything about the person records that linkage compares, by record number (the place in ``records``).

    ``name``: number in ``names``, -1 without a name. ``sound``, ``sex``, ``citizenship``, ``place``: numbers of
    distinct texts, 0 where not known. ``shared``: groups of shared values. ``labels``: the texts behind the numbers.
    """

    records: tuple[str, ...]
    units: tuple[str, ...]
    names: NameTable
    name: Integers
    sound: Integers
    born: Births
    sex: Integers
    citizenship: Integers
    place: Integers
    shared: dict[str, Shared]
    labels: dict[str, tuple[str, ...]]
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
            "birth_vague": pa.array(self.born.vague),
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
    people = _once_each(people)
    identities = _aligned(identities, people["record"])
    names, name = name_table(_filed_names(identities))
    born = births(
        _texts(identities, "birth_date"), _texts(people, "birth_precision"), _texts(people, "age_band"), on=on
    )
    records = tuple(_texts(people, "record"))
    sound, sounds = _numbers([names.sound[number] if number >= 0 else "" for number in name.tolist()])
    held = held_identifiers(_identifier_rows(identifiers, records), Persons(sound=sound, birth=born.full), listed)
    citizenships = _lists(people, "citizenships")
    citizenship, codes = _numbers([each[0] if len(each) == 1 else " ".join(sorted(set(each))) for each in citizenships])
    sex, sexes = _numbers(["" if each in _NO_SEX else each for each in _texts(people, "sex")])
    place, places = _keys(_texts(identities, "birth_place"))
    shared = dict(held.groups)
    shared["citizenships"], nations = _shared_texts(citizenships)
    shared["encounters"], met = _encounters(encounters, records)
    return PersonRecords(
        records=records,
        units=tuple(_texts(people, "unit")),
        names=names,
        name=name,
        sound=sound,
        born=born,
        sex=sex,
        citizenship=citizenship,
        place=place,
        shared=shared,
        labels={"sound": sounds, "citizenship": codes, "sex": sexes, "place": places}
        | {
            "citizenships": nations,
            "encounters": met,
            "identifiers": held.texts,
            "document_kinds": held.document_texts,
        },
        held=held,
    )


def filed_names(people: pa.Table, identities: pa.Table) -> dict[str, FiledName]:
    """Return the name of each record of ``people`` as filed."""
    people = _once_each(people)
    return dict(zip(_texts(people, "record"), _filed_names(_aligned(identities, people["record"])), strict=True))


def _filed_names(identities: pa.Table) -> list[FiledName]:
    return [FiledName(*row) for row in zip(*(_texts(identities, name) for name in _NAME_FIELDS), strict=True)]


def _once_each(people: pa.Table) -> pa.Table:
    """Return ``people`` sorted by record, each record once."""
    ordered = people.sort_by("record")
    records = ordered["record"].to_numpy(zero_copy_only=False)
    first = np.ones(len(records), dtype=np.bool_)
    first[1:] = records[1:] != records[:-1]
    return ordered.filter(pa.array(first))


def _aligned(identities: pa.Table, records: pa.ChunkedArray[Any]) -> pa.Table:
    """Return the identity of each of ``records``, in that order; nulls where none was filed."""
    where = pc.index_in(records, value_set=identities["record"].combine_chunks())
    return identities.take(where)


def _texts(table: pa.Table, column: str) -> list[str]:
    """Return a column as texts, empty where null."""
    return [value or "" for value in table[column].to_pylist()]


def _lists(table: pa.Table, column: str) -> list[list[str]]:
    return [value or [] for value in table[column].to_pylist()]


def _numbers(texts: Sequence[str]) -> tuple[Integers, tuple[str, ...]]:
    """Return for each text its number among the distinct ones sorted, from 1; 0 for an empty one. And the texts."""
    distinct = ("", *sorted(set(texts) - {""}))
    number = {text: place for place, text in enumerate(distinct)}
    return np.array([number[text] for text in texts], dtype=np.int64), distinct


def _keys(places: Sequence[str]) -> tuple[Integers, tuple[str, ...]]:
    """Return the numbers of the keys of places, each distinct text read once."""
    read = {text: place_key(text) for text in set(places)}
    return _numbers([read[text] for text in places])


def _identifier_rows(identifiers: pa.Table, records: Sequence[str]) -> list[tuple[int, str, str, str, str]]:
    """Return (record number, kind, value, issuer, unit) of each identifier that belongs to one of ``records``."""
    number = {record: place for place, record in enumerate(records)}
    columns = [_texts(identifiers, name) for name in ("person_record", "kind", "value", "issuer", "unit")]
    return [
        (number[person], kind, value, issuer, unit)
        for person, kind, value, issuer, unit in zip(*columns, strict=True)
        if person in number and value
    ]


def _shared_texts(held: Sequence[Sequence[str]]) -> tuple[Shared, tuple[str, ...]]:
    """Return who holds which text, and the texts."""
    texts = tuple(sorted({text for each in held for text in each}))
    distinct = {text: place for place, text in enumerate(texts)}
    rows = [(record, distinct[text]) for record, each in enumerate(held) for text in each]
    pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Shared.of(pairs[:, 0], pairs[:, 1], len(held)), texts


def _encounters(encounters: pa.Table | None, records: Sequence[str]) -> tuple[Shared, tuple[str, ...]]:
    """Return who was met where and when, to the minute, in the local time of the state."""
    held: list[list[str]] = [[] for _ in records]
    if encounters is not None:
        number = {record: place for place, record in enumerate(records)}
        columns = (encounters[name].to_pylist() for name in ("person_record", "state", "at"))
        for person, state, at in zip(*columns, strict=True):
            if person in number and state and isinstance(at, datetime):
                held[number[person]].append(f"{state} {at:%Y-%m-%dT%H:%M}")
    return _shared_texts(held)


def _nullable(values: Integers, known: npt.NDArray[np.bool_]) -> pa.Array[Any]:
    return pa.array(values, mask=~known)


def _dates(full: Integers) -> pa.Array[Any]:
    """Return yyyymmdd numbers as ISO texts, null for 0."""
    return pa.array(
        [f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" if day else None for day in full.tolist()],
        pa.string(),
    )
