"""Turn the register's tables into person records that can be compared, one per record, sorted by record.

Input: people, identities and identifiers as the register gives them, and a stop list. Output: :class:`PersonRecords`,
the same whatever the order of the rows. A badly written value counts as missing and never raises.
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
from traboule.linkage.arrays.gc_pause import gc_paused
from traboule.linkage.arrays.text_encoding import (
    Column,
    Integers,
    TextSequence,
    as_column,
    combine_codes,
    dense,
    index_in,
    is_ascending,
    is_filled,
    number_from_one,
    rank_texts,
    same_texts,
    sort_places,
    take_texts,
    text_column,
)
from traboule.linkage.arrays.unique import first_occurrences
from traboule.linkage.fields.births import Births, births
from traboule.linkage.fields.identifier_columns import read_identifiers
from traboule.linkage.fields.identifiers import PersonIdentifiers, person_identifiers
from traboule.linkage.fields.places import place_key
from traboule.linkage.fields.shared_values import SharedValues
from traboule.linkage.names.table import NameTable, name_columns
from traboule.linkage.stop_list import IdentifierStopList, PersonTraits

# Columns with one value of a group per record, for joins without lists.
FIRSTS = {"document_first": "documents", "device_first": "devices"}
# Values that do not determine the sex another document states: a transgender person may be filed under either.
_NO_SEX = frozenset(
    {"", "unknown", "not_asked", "not_applicable", "transgender_female", "transgender_male", "non_conforming"}
)
_PEOPLE_FIELDS = ("birth_precision", "age_band", "sex", "citizenships")
_BIRTH_FIELDS = ("birth_date", "birth_place")
_NAME_FIELDS = ("family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names")


@dataclass(frozen=True)
class PersonRecords:
    """What linkage compares of the person records, by record number (the index in ``records``).

    ``name``: number in ``names``, -1 without a name. ``sound``, ``sex``, ``citizenship``, ``place``: numbers of
    distinct texts, 0 where unknown. ``shared``: groups of shared values. ``labels``: the texts behind the numbers.
    """

    records: TextSequence
    names: NameTable
    name: Integers
    sound: Integers
    born: Births
    sex: Integers
    citizenship: Integers
    place: Integers
    shared: dict[str, SharedValues]
    labels: dict[str, TextSequence]
    identifiers: PersonIdentifiers

    def __len__(self) -> int:
        return len(self.records)

    @property
    def stopped(self) -> pa.Table:
        """The table of stopped identifiers."""
        return self.identifiers.stopped

    @cached_property
    def table(self) -> pa.Table:
        """The records as an Arrow table for an engine: a column ``number`` and every column compared in SQL."""
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
        for group, shared_values in sorted(self.shared.items()):
            columns[group] = shared_values.lists()
            columns[f"{group}_rare"] = shared_values.rare().lists()
        columns["document_kinds"] = self.identifiers.document_kinds.lists()
        for name, group in FIRSTS.items():
            columns[name] = self.first(group)
        return pa.table(columns)

    def first(self, group: str) -> pa.Array[Any]:
        """Return each record's first value of ``group``, null where it holds none."""
        shared_values = self.shared[group]
        filled = shared_values.filled()
        starts = np.searchsorted(shared_values.record, np.arange(len(self)))
        values = np.append(shared_values.value, 0)[np.where(filled, starts, len(shared_values.value))]
        return _nullable(values, filled)


@gc_paused()
def prepare(
    people: pa.Table,
    identities: pa.Table,
    identifiers: pa.Table,
    stops: IdentifierStopList,
    *,
    on: date,
    encounters: pa.Table | None = None,
) -> PersonRecords:
    """Return the person records of ``people`` (one row per record), ready to be compared.

    ``on``: the day on which an age band is read. ``encounters``: where and when a person was met (person_record, state,
    at), from arrests; they support a link and never make one. Raises KeyError where a column is missing.
    """
    record, order, identity_rows = _align_records(text_column(people, "record"), text_column(identities, "record"))
    (names, name), (filed, stated) = both(
        lambda: _name_table(_rows(identities, _NAME_FIELDS, identity_rows)),
        lambda: (
            read_identifiers(*_owned(identifiers, record), stops),
            _stated_fields(_rows(people, _PEOPLE_FIELDS, order), _rows(identities, _BIRTH_FIELDS, identity_rows), on),
        ),
    )
    sound = np.append(names.sound, 0)[name]
    person_ids = person_identifiers(filed, PersonTraits(sound=sound, birth=stated.born.full), stops)
    shared = dict(person_ids.groups)
    shared["citizenships"] = stated.citizenships
    shared["encounters"], hours = _encounters(encounters, record)
    return PersonRecords(
        records=TextSequence(record),
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
            "identifiers": person_ids.texts,
            "document_kinds": person_ids.document_texts,
        },
        identifiers=person_ids,
    )


def _name_table(identities: pa.Table) -> tuple[NameTable, Integers]:
    return name_columns([text_column(identities, field) for field in _NAME_FIELDS])


@dataclass(frozen=True)
class _StatedFields:
    """The fields of each person besides names and identifiers, as in :class:`PersonRecords`."""

    born: Births
    sex: Integers
    place: Integers
    citizenship: Integers
    citizenships: SharedValues
    labels: dict[str, TextSequence]


def _stated_fields(people: pa.Table, identities: pa.Table, on: date) -> _StatedFields:
    citizenships, nations, citizenship, codes = _citizenships(people["citizenships"])
    sex, sexes = _read_distinct(text_column(people, "sex"), stated_sex)
    place, places = _read_distinct(text_column(identities, "birth_place"), place_key)
    dates = (
        text_column(identities, "birth_date"),
        text_column(people, "birth_precision"),
        text_column(people, "age_band"),
    )
    labels = {"citizenship": codes, "citizenships": nations, "sex": sexes, "place": places}
    return _StatedFields(births(*dates, on=on), sex, place, citizenship, citizenships, labels)


def _align_records(filed: Column, identity_records: Column) -> tuple[Column, Integers, Integers]:
    """Return the distinct records, sorted, and for each the rows in which it was filed and named, -1 for none."""
    record, order = _once_each(filed)
    return record, order, order if same_texts(identity_records, filed) else index_in(record, identity_records)


def _once_each(filed: Column) -> tuple[Column, Integers]:
    """Return the distinct ``filed`` records, sorted, and where each was filed."""
    if is_ascending(filed):
        return filed, np.arange(len(filed))
    order = sort_places(filed)
    record = take_texts(filed, order)
    if not is_ascending(record):
        number, _ = rank_texts(record)
        order = order[np.diff(number, prepend=-1) > 0]
        record = take_texts(filed, order)
    return record, order


def _rows(table: pa.Table, columns: Sequence[str], places: Integers) -> pa.Table:
    """Return the rows of ``columns`` at ``places``; nulls for -1."""
    chosen = table.select(columns)
    if len(places) == len(chosen) and (places == np.arange(len(places))).all():
        return chosen
    rows: Any = pa.array(places, mask=places < 0)
    return chosen.take(rows)


def _read_distinct(column: Column, read: Callable[[str], str]) -> tuple[Integers, TextSequence]:
    """Return the numbers (from 1) of what is read of each text, 0 where nothing is, and what was read; each distinct
    text is read once."""
    number, distinct = rank_texts(column)
    numbers, texts = number_from_one(as_column([read(text) for text in distinct.to_pylist()]))
    return numbers[number], texts


def stated_sex(sex: str) -> str:
    """Return a sex, empty where it does not determine what another document may state."""
    return "" if sex in _NO_SEX else sex


def _owned(identifiers: pa.Table, record: Column) -> tuple[pa.Table, Integers]:
    """Return the non-empty identifiers of known records, and the numbers of the records."""
    number = index_in(text_column(identifiers, "person_record"), record)
    identifiers = identifiers.select(["kind", "value", "issuer", "unit"])
    is_owned = (number >= 0) & is_filled(text_column(identifiers, "value"))
    return (identifiers, number) if is_owned.all() else (identifiers.filter(is_owned), number[is_owned])


def _citizenships(lists: pa.ChunkedArray[Any]) -> tuple[SharedValues, TextSequence, Integers, TextSequence]:
    """Return which record holds which citizenship, the citizenships, all citizenships of each record as the number of
    one text, and these texts."""
    column: Any = lists.combine_chunks()
    records = len(column)
    value, distinct = rank_texts(text_column(pa.table({"code": column.flatten()}), "code"))
    lengths: Any = pc.list_value_length(column)
    shared = SharedValues.of(np.repeat(np.arange(records), lengths.fill_null(0).to_numpy()), value, records)
    bounds = np.searchsorted(shared.record, np.arange(records + 1))
    counts, texts = np.diff(bounds), [*distinct.to_pylist(), ""]
    # The text of a record is its only citizenship, or all of them one after the other; most have one.
    text_number = np.where(counts == 1, np.append(shared.value, 0)[bounds[:-1]], len(texts) - 1)
    several = np.flatnonzero(counts > 1)
    text_number[several] = len(texts) + np.arange(len(several))
    for start, end in zip(bounds[several].tolist(), bounds[several + 1].tolist(), strict=True):
        texts.append(citizenship_text([texts[place] for place in shared.value[start:end].tolist()]))
    used, place = dense(text_number, len(texts))
    number, labels = number_from_one(as_column([texts[at] for at in used.tolist()]))
    return shared, TextSequence(distinct), number[place], labels


def citizenship_text(codes: Sequence[str]) -> str:
    """Return all citizenships of a record, in their order, as one text."""
    return " ".join(codes)


def encounter_text(state: str, at: object) -> str:
    """Return where and when a person was met, to the minute in the state's local time; empty if unknown."""
    return f"{state} {at:%Y-%m-%dT%H:%M}" if state and isinstance(at, datetime) else ""


def _encounters(encounters: pa.Table | None, record: Column) -> tuple[SharedValues, TextSequence]:
    """Return which records were met where and when."""
    if encounters is None:
        no_records = np.zeros(0, dtype=np.int64)
        return SharedValues.of(no_records, no_records, len(record)), TextSequence(as_column([]))
    owner = index_in(text_column(encounters, "person_record"), record)
    matched, owner = encounters.filter(owner >= 0), owner[owner >= 0]
    state, at = text_column(matched, "state"), matched["at"].combine_chunks()
    # One raid meets many people: each distinct state and instant is formatted once.
    instants: Any = at.dictionary_encode(null_encoding="encode")
    (states, distinct), instant = rank_texts(state), instants.indices.to_numpy().astype(np.int64)
    codes, _ = combine_codes((instant, len(instants.dictionary)), (states, len(distinct)))
    first, place = first_occurrences(codes)
    distinct_encounters = zip(take_texts(state, first).to_pylist(), at.take(first).to_pylist(), strict=True)
    number, texts = number_from_one(
        as_column([encounter_text(*state_and_time) for state_and_time in distinct_encounters])
    )
    value = number[place] - 1
    met_at_all = value >= 0
    return SharedValues.of(owner[met_at_all], value[met_at_all], len(record)), texts[1:]


def _nullable(values: Integers, is_known: npt.NDArray[np.bool_]) -> pa.Array[Any]:
    return pa.array(values, mask=~is_known)


def _dates(full: Integers) -> pa.Array[Any]:
    """Return yyyymmdd numbers as ISO texts, null for 0."""
    return pa.array(
        [f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" if day else None for day in full.tolist()],
        pa.string(),
    )
