"""Person records: births, identifiers, stop-list, shared values, names."""

from __future__ import annotations

import gc
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.linkage_population import IDENTIFIERS, IDENTITIES, LATIN, PEOPLE, population

from traboule.linkage.arrays.gc_pause import gc_paused
from traboule.linkage.fields.births import FIRST_OF_JANUARY, Births, births
from traboule.linkage.fields.shared_values import SharedValues
from traboule.linkage.names.tokens import token_texts
from traboule.linkage.names.writing.cleaning import clean, script
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.stop_list import stop_list

ON = date(2024, 9, 29)


def records_of(
    people: list[dict[str, object]],
    identities: list[dict[str, object]],
    identifiers: list[dict[str, object]],
    **entry: str,
) -> PersonRecords:
    return prepare(
        pa.Table.from_pylist(people, schema=PEOPLE),
        pa.Table.from_pylist(identities, schema=IDENTITIES),
        pa.Table.from_pylist(identifiers, schema=IDENTIFIERS),
        stop_list([entry] if entry else []),
        on=ON,
    )


def holders(kind: str, value: str, count: int, *, one_person: bool = False) -> PersonRecords:
    """``count`` records that hold one value, of as many persons or of one."""
    families, givens = LATIN["fr"]
    people = [{"record": f"FR/a/{place:03d}", "unit": "FR", "citizenships": ["FR"]} for place in range(count)]
    identities = [
        {
            "record": row["record"],
            "family_name": "Martin" if one_person else families[place],
            "given_names": "Anne" if one_person else givens[place],
            "birth_date": "1980-03-04" if one_person else f"19{60 + place % 30}-0{1 + place % 9}-1{place % 9}",
        }
        for place, row in enumerate(people)
    ]
    identifiers = [
        {
            "record": f"{row['record']}/i",
            "unit": "FR",
            "person_record": row["record"],
            "kind": kind,
            "value": value,
            "issuer": "FR",
        }
        for row in people
    ]
    return records_of(people, identities, identifiers)


def born(day: str, precision: str = "", band: str = "") -> Births:
    return births(*(pa.array([text]) for text in (day, precision, band)), on=ON)


class TestBirths:
    def test_a_whole_date_and_its_swap(self) -> None:
        found = born("1990-03-07")
        assert (found.full[0], found.swapped[0], found.year[0], found.vague[0]) == (19900307, 19900703, 1990, 0)

    def test_a_date_that_swaps_into_none_has_no_swap(self) -> None:
        assert born("1990-03-27").swapped[0] == 0

    def test_the_first_of_january_is_a_year(self) -> None:
        found = born("1990-01-01")
        assert (found.full[0], found.swapped[0], found.year[0], found.vague[0]) == (0, 0, 1990, FIRST_OF_JANUARY)

    @pytest.mark.parametrize(("text", "year", "month"), [("1990", 1990, 0), ("1990-05", 1990, 5)])
    def test_what_is_not_known_is_nothing(self, text: str, year: int, month: int) -> None:
        found = born(text)
        assert (found.full[0], found.year[0], found.month[0], found.vague[0]) == (0, year, month, 1)

    def test_an_estimate_spans_years(self) -> None:
        found = born("1990-05-07", precision="estimated")
        assert (found.full[0], found.low[0], found.high[0]) == (0, 1988, 1992)

    def test_an_age_band_spans_years(self) -> None:
        found = born("", band="18-20")
        assert (found.low[0], found.high[0], found.year[0]) == (2003, 2006, 0)

    @pytest.mark.parametrize("text", ["", "unknown", "0000-00-00", "1990-13-45", "9999999999"])
    def test_nonsense_is_missing_or_vague_and_never_an_error(self, text: str) -> None:
        assert born(text).full[0] == 0


class TestStopList:
    @pytest.mark.parametrize("value", ["+33 6 39 98 21 47", "0639982147"])
    def test_a_phone_of_many_unrelated_persons_is_stopped(self, value: str) -> None:
        records = holders("phone", value, 8)
        assert len(records.shared["phones"].value) == 0
        (row,) = records.stopped.to_pylist()
        assert (row["kind"], row["reason"], row["records"]) == ("phone", "too_common", 8)

    def test_a_phone_of_one_person_filed_often_is_not(self) -> None:
        records = holders("phone", "+33 6 39 98 21 47", 8, one_person=True)
        assert records.stopped.num_rows == 0
        assert len(records.shared["phones"].value) == 8

    def test_a_household_is_not_stopped(self) -> None:
        assert holders("phone", "+33 6 39 98 21 47", 4).stopped.num_rows == 0

    def test_what_is_stopped_is_shown_with_its_reason_and_without_its_value(self) -> None:
        rows = holders("phone", "+33 6 39 98 21 47", 9).stopped.to_pylist()
        assert [row["reason"] for row in rows] == ["too_common"]
        assert "639982147" not in str(rows)

    def test_placeholders_are_stopped(self) -> None:
        assert holders("passport", "000000", 2).stopped["reason"].to_pylist() == ["placeholder"]

    def test_the_address_of_a_shelter_is_stopped_by_its_word(self) -> None:
        assert holders("address", "12 Shelter Road", 2).stopped["reason"].to_pylist() == ["shelter"]

    def test_an_operation_stops_its_own(self) -> None:
        people: list[dict[str, object]] = [{"record": "FR/a/1", "unit": "FR", "citizenships": []}]
        held: list[dict[str, object]] = [
            {"record": "FR/a/1/i", "unit": "FR", "person_record": "FR/a/1", "kind": "email", "value": "Help@Desk.org"}
        ]
        stopped = records_of(people, [], held, kind="email", value="help@desk.org", reason="hotline").stopped
        assert stopped["reason"].to_pylist() == ["hotline"]


class TestIdentifiers:
    def test_a_failed_check_digit_is_no_strong_evidence_and_keeps_its_number(self) -> None:
        records = holders("imei", "350000000000000", 2)
        good = holders("imei", "490154203237518", 2)
        assert (len(records.shared["devices"].value), len(good.shared["devices"].value)) == (0, 2)

    def test_a_phone_is_read_in_the_state_that_filed_it(self) -> None:
        local, abroad = holders("phone", "06 39 98 21 47", 1), holders("phone", "+33639982147", 1)
        assert local.identifiers.table["value"].to_pylist() == abroad.identifiers.table["value"].to_pylist()


class TestShared:
    def test_common_values_are_found_without_a_loop(self) -> None:
        shared = SharedValues.of(np.array([0, 0, 1, 2]), np.array([5, 7, 7, 9]), 4)
        left, right = np.array([0, 0, 1, 0]), np.array([1, 2, 2, 3])
        assert shared.has_common(left, right).tolist() == [True, False, False, False]

    def test_rare_leaves_out_what_many_hold(self) -> None:
        shared = SharedValues.of(np.arange(6), np.array([1, 1, 1, 1, 1, 2]), 6)
        assert shared.rare(4).value.tolist() == [2]


class TestTokens:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("محمد", "arabic"), ("Иван", "cyrillic"), ("王", "han"), ("김", "hangul"), ("Ana", "latin"), ("12", "none")],
    )
    def test_script(self, text: str, expected: str) -> None:
        assert script(text) == expected

    def test_invisible_signs_emoji_and_digits_are_dropped(self) -> None:
        assert clean("\u202eAna🙂 7\u200b") == "ana"

    def test_order_of_fields_does_not_matter(self) -> None:
        assert token_texts("Okafor", "Joy Faith") == token_texts("Joy Faith", "Okafor")

    @pytest.mark.parametrize(
        "text", ["", " ", "🙂", "\u202e\u202c", "'", "-", "x" * 5000, "ي" * 700, "aб王" * 40, "\x00"]
    )
    def test_no_text_makes_it_raise(self, text: str) -> None:
        assert len(token_texts(text, text)) <= 6


def test_order_of_rows_changes_nothing() -> None:
    made = population(60, seed=3)
    backwards = [
        table.take(pa.array(range(table.num_rows - 1, -1, -1)))
        for table in (made.people, made.identities, made.identifiers)
    ]
    one = prepare(made.people, made.identities, made.identifiers, stop_list(), on=ON)
    other = prepare(*backwards, stop_list(), on=ON)
    assert one.records == other.records
    assert one.table.equals(other.table)


def test_a_record_without_identity_is_kept_and_has_no_name() -> None:
    records = records_of([{"record": "FR/a/1", "unit": "FR", "citizenships": None}], [], [])
    assert len(records) == 1
    assert records.name.tolist() == [-1]


def test_the_search_for_garbage_goes_on_after_bulk_work() -> None:
    with gc_paused():
        assert not gc.isenabled()
        with gc_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="broken"), gc_paused():
        raise ValueError("broken")
    assert gc.isenabled()
