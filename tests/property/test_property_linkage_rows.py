"""A return read record by record is what columns make of the same rows among others, whatever was filed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.examples import examples
from tests.linkage_population import ENCOUNTERS, IDENTIFIERS, IDENTITIES, PEOPLE, population
from tests.property.test_property_linkage_columns import FIELDS, HOSTILE, KINDS, LISTED, STATES

from traboule.linkage.live.batch_records import RARITY_GROUPS
from traboule.linkage.live.record_reader import ArrivedReturn, read_persons
from traboule.linkage.live.store import RecordStore
from traboule.linkage.matching.packed_records import RARE_BIT, pack
from traboule.linkage.matching.term_frequency import rarity
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.weights.model import declared_model

ON = date(2024, 9, 29)
UNCOUNTED = replace(LISTED, limits={}, most=2**31)
RECORDS = ("FR/a/1", "FR/a/2", "SN/b/1", "ZZ/é/9", "")
DATES = ("1990-02-01", "1990-01-01", "1990", "1990-13", "0000-00-00", "1990-02-30", "٢٠٢٠", "2024-12", "x" * 300)
TOWNS = ("Cairo", "القاهرة", "Le Caire", "France", "12", "🙂", "Saint-Louis", ", ,")
TEXTS = st.none() | FIELDS
PERSON = st.fixed_dictionaries(
    {
        "record": st.sampled_from(RECORDS),
        "birth_precision": st.sampled_from((None, "", "day", "month", "year", "estimated", "?")),
        "age_band": st.sampled_from((None, "0-8", "48+", "?")),
        "sex": st.sampled_from((None, "female", "male", "unknown", "Ж")),
        "citizenships": st.none() | st.lists(st.none() | st.sampled_from((*STATES, "SN", "ML")), max_size=4),
    }
)
IDENTITY = st.fixed_dictionaries(
    {
        "record": st.sampled_from(RECORDS),
        **dict.fromkeys(
            ("family_name", "given_names", "family_name_romanised", "given_names_romanised", "other_names"), TEXTS
        ),
        "birth_date": st.none() | st.sampled_from(DATES) | st.text(max_size=12),
        "birth_place": st.sampled_from(TOWNS) | TEXTS,
    }
)
IDENTIFIER = st.fixed_dictionaries(
    {
        "person_record": st.sampled_from(RECORDS),
        "kind": st.sampled_from(KINDS),
        "value": st.none() | st.sampled_from(HOSTILE) | st.text(max_size=30),
        "issuer": st.sampled_from((None, *STATES)),
        "unit": st.sampled_from((None, *STATES)),
    }
)
ENCOUNTER = st.fixed_dictionaries(
    {
        "person_record": st.sampled_from(RECORDS),
        "state": st.sampled_from((None, *STATES)),
        "at": st.none() | st.datetimes(),
    }
)


def told_by_columns(records: PersonRecords) -> Iterator[tuple[Any, ...]]:
    """Yield what columns say of each record, as texts."""
    names, held, born = records.names, records.identifiers.table.to_pylist(), records.born
    nations, met = records.shared["citizenships"], records.shared["encounters"]
    for place, record in enumerate(records.records):
        forms = names.words.forms[records.name[place]].tolist() if records.name[place] >= 0 else []
        yield (
            record,
            tuple(tuple(names.tokens[token] for token in form if token >= 0) for form in forms),
            tuple(int(column[place]) for column in vars(born).values()),
            *(records.labels[name][getattr(records, name)[place]] for name in ("sound", "sex", "citizenship", "place")),
            [records.labels["citizenships"][at] for at in nations.value[nations.record == place]],
            [
                (each["kind"], each["value"], each["issuer"], not each["verified"], each["stopped"])
                for each in held
                if each["number"] == place
            ],
            [records.labels["encounters"][at] for at in met.value[met.record == place]],
        )


def agree(arrived: ArrivedReturn, beside: ArrivedReturn) -> None:
    """Hold what is read of ``arrived`` by itself to what columns make of it beside other rows."""
    read = read_persons(arrived, UNCOUNTED, on=ON)
    both = [
        pa.concat_tables([one, other.select(one.column_names)])
        for one, other in zip(vars(arrived).values(), vars(beside).values(), strict=True)
    ]
    for tables in (list(vars(arrived).values()), both):
        records = prepare(*tables[:3], UNCOUNTED, on=ON, encounters=tables[3])
        ours = {each.record for each in read}
        found = [each for each in told_by_columns(records) if each[0] in ours]
        assert found == [
            (
                *(each.record, each.forms, each.born, each.sound, each.sex, each.citizenship, each.place),
                *([*each.nations], [*map(tuple, each.identifiers)], [*each.encounters]),
            )
            for each in read
        ]


def packed_alike(arrived: ArrivedReturn) -> None:
    """Hold records packed one by one to records packed in columns."""
    store, model = RecordStore(UNCOUNTED, declared_model()), declared_model()
    store.add(read_persons(arrived, UNCOUNTED, on=ON))
    records = prepare(
        arrived.people, arrived.identities, arrived.identifiers, UNCOUNTED, on=ON, encounters=arrived.encounters
    )
    ours, theirs = store.packed, pack(records)
    for name in ours.rows.dtype.names:
        if name not in ("name", "start", "nation"):
            np.testing.assert_array_equal(ours.rows[name], theirs.rows[name], err_msg=name)
    np.testing.assert_array_equal(ours.nations, theirs.nations)
    np.testing.assert_array_equal(ours.values["mark"], theirs.values["mark"])
    told = [
        np.where(each & RARITY_GROUPS, each, each & ~np.uint16(RARE_BIT))
        for each in (ours.values["group"], theirs.values["group"])
    ]
    np.testing.assert_array_equal(*told)
    np.testing.assert_array_equal(store.rarity, rarity(records, model))


def table(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


def others() -> ArrivedReturn:
    """Return rows of other records, enough of them for what only columns do."""
    made = population(70, 5, again=0.5)
    tables = []
    for each in (made.people, made.identities, made.identifiers, made.encounters):
        owner = "person_record" if "person_record" in each.column_names else "record"
        renamed = pa.array([f"~{record}" for record in each[owner].to_pylist()])
        tables.append(each.set_column(each.column_names.index(owner), owner, renamed))
    return ArrivedReturn(*tables)


BESIDE = others()


@given(
    st.lists(PERSON, max_size=4),
    st.lists(IDENTITY, max_size=4),
    st.lists(IDENTIFIER, max_size=6),
    st.lists(ENCOUNTER, max_size=3),
)
@settings(max_examples=examples(80), deadline=None)
def test_rows_are_read_as_columns(
    people: list[dict[str, Any]],
    identities: list[dict[str, Any]],
    identifiers: list[dict[str, Any]],
    encounters: list[dict[str, Any]],
) -> None:
    arrived = ArrivedReturn(
        table(people, PEOPLE),
        table(identities, IDENTITIES),
        table(identifiers, IDENTIFIERS),
        table(encounters, ENCOUNTERS),
    )
    agree(arrived, BESIDE)
    packed_alike(arrived)


def test_a_whole_population_is_read_as_columns() -> None:
    made = population(300, 9, again=0.5)
    arrived = ArrivedReturn(made.people, made.identities, made.identifiers, made.encounters)
    agree(arrived, BESIDE)
    packed_alike(arrived)
