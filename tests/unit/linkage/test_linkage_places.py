"""Places: one key across scripts and languages; a country is no town; sexes that documents state either way."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.linkage_pair import Row, pair
from tests.linkage_population import IDENTIFIERS, IDENTITIES, PEOPLE

from traboule.core.identifiers import normalise
from traboule.core.language.messages import catalogue
from traboule.linkage.fields.places import place_key
from traboule.linkage.prepare import prepare
from traboule.linkage.stop_list import stop_list


@pytest.mark.parametrize(
    "names",
    [
        ("Cairo", "Le Caire", "El Cairo", "القاهرة", "Каир", "开罗", "CAIRO, Egypt", "Egypt, Cairo"),
        ("Moscow", "Moscou", "Москва", "г. Москва", "موسكو", "مدينة موسكو"),
        ("Bamako", "باماكو", "Ville de Bamako", "Bamako (Mali)", "Бамако"),
        ("Shanghai", "上海市", "上海", "شنغهاي"),
        ("Mopti", "موبتي"),
        ("Kharkov oblast", "Харьков", "г. Харьков"),
        ("Singapore", "سنغافورة", "新加坡"),
    ],
    ids=lambda names: names[0],
)
def test_one_town_in_every_script(names: tuple[str, ...]) -> None:
    assert len({place_key(name) for name in names}) == 1
    assert place_key(names[0])


@pytest.mark.parametrize("name", ["Mali", "مالي", "France", "", " ", "🙂", "123", "-", "province", "ML"])
def test_a_country_or_nothing_is_no_town(name: str) -> None:
    assert place_key(name) == ""


@pytest.mark.parametrize(("one", "other"), [("Bamako", "Mopti"), ("Lagos", "Lagos de Moreno"), ("Cairo", "Giza")])
def test_two_towns_are_two(one: str, other: str) -> None:
    assert place_key(one) != place_key(other)


@given(st.text(max_size=250))
def test_no_text_makes_it_raise(text: str) -> None:
    assert place_key(text) == place_key(text)


def test_a_sex_that_documents_state_either_way_speaks_neither_for_nor_against() -> None:
    people = [
        {"record": f"FR/a/{place}", "unit": "FR", "sex": sex, "citizenships": []}
        for place, sex in enumerate(("female", "male", "transgender_female", "non_conforming"))
    ]
    records = prepare(
        pa.Table.from_pylist(people, schema=PEOPLE),
        IDENTITIES.empty_table(),
        IDENTIFIERS.empty_table(),
        stop_list(),
        on=date(2024, 9, 29),
    )
    assert (records.sex > 0).tolist() == [True, True, False, False]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "1-800-FLOWERS"),
        ("passport", "A1" * 250),
        ("plate", "AB123" * 100),
        ("email", "anna" * 125),
        ("iban", "🙂12a" * 125),
    ],
)
def test_what_cannot_be_of_its_kind_links_nothing_and_is_told(kind: str, value: str) -> None:
    records_of = ["FR/a/1", "FR/a/2"]
    people = [{"record": record, "unit": "FR", "citizenships": []} for record in records_of]
    held = [
        {"record": f"{record}/i", "unit": "FR", "person_record": record, "kind": kind, "value": value, "issuer": "FR"}
        for record in records_of
    ]
    records = prepare(
        pa.Table.from_pylist(people, schema=PEOPLE),
        IDENTITIES.empty_table(),
        pa.Table.from_pylist(held, schema=IDENTIFIERS),
        stop_list(),
        on=date(2024, 9, 29),
    )
    assert all(len(shared.value) == 0 for shared in records.identifiers.groups.values())
    assert records.stopped["reason"].to_pylist() == ["malformed"]


class TestStopList:
    def test_every_listed_value_is_in_its_normal_form(self) -> None:
        for entry in catalogue("traboule.linkage", "stop_list.yaml")["values"]:
            if entry["kind"] != "phone" or entry["value"].startswith("+"):
                assert normalise(entry["kind"], entry["value"]).normal == entry["value"]

    @pytest.mark.parametrize(
        ("address", "reason"),
        [
            ("г. Киев, приют «Надежда»", "shelter"),
            ("北京市朝阳区希望酒店", "hotel"),
            ("Polizei, Hauptstraße 1", "authority"),
            ("مطار القاهرة", "crossing"),
            ("12 rue Haute", ""),
        ],
    )
    def test_places_where_many_stay_in_every_script(self, address: str, reason: str) -> None:
        assert stop_list().reason("address", normalise("address", address).normal) == reason

    @pytest.mark.parametrize(
        ("kind", "value", "reason"),
        [
            ("email", "Info@agency.example-travel.com", "office"),
            ("email", "no-reply@booking.com", "office"),
            ("email", "contact2+es@agency.net", "office"),
            ("email", "none@none.org", "placeholder"),
            ("email", "anna@test.com", "placeholder"),
            ("email", "anna.k@mailinator.com", "of_many"),
            ("email", "maria.garcia.99@gmail.com", ""),
            ("email", "informatik.koch@web.de", ""),
            ("handle", "@maria", "anybodys"),
            ("handle", "@kbz4", "anybodys"),
            ("handle", "@kbz44", ""),
            ("handle", "ig: maria", ""),
            ("handle", "https://t.me/joinchat/AAAAAE", "of_many"),
            ("handle", "https://t.me/+AbCdEfG1", "of_many"),
            ("handle", "https://t.me/+33698412207", ""),
            ("handle", "https://chat.whatsapp.com/FqK21", "of_many"),
            ("handle", "https://www.facebook.com/groups/4412", "of_many"),
            ("handle", "https://www.instagram.com/p/Cxy1/", "of_many"),
            ("handle", "https://www.instagram.com/maria_r/p/Cxy1/", ""),
            ("iban", "DE89 3704 0044 0532 0130 00", "specimen"),
            ("card", "4111 1111 1111 1111", "specimen"),
            ("imei", "12345678901234", "placeholder"),
            ("card", "4242 4242 4242 4242", "specimen"),
        ],
    )
    def test_what_many_use_says_nothing_of_persons(self, kind: str, value: str, reason: str) -> None:
        found = normalise(kind, value)
        assert ("placeholder" if found.placeholder else stop_list().of_persons(kind, found.normal)) == reason

    @pytest.mark.parametrize(
        ("kind", "value"), [("email", "info@agency.net"), ("handle", "https://t.me/joinchat/AAAAAE")]
    )
    def test_what_many_use_may_say_much_of_things(self, kind: str, value: str) -> None:
        assert stop_list().reason(kind, normalise(kind, value).normal) == ""

    def test_a_masked_card_is_no_evidence(self) -> None:
        person: Row = {"family_name": "Garcia", "given_names": "Maria", "birth_date": "1999-04-17"}
        masked = person | {"citizenships": ["CO"], "card": "522118******1447"}
        (link,) = pair(masked, masked).links.to_pylist()
        assert (link["status"], link["tier"]) == ("open", "medium")
