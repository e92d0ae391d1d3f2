"""How many relatives an operation has for each person filed twice, learned where they meet: on one telephone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from tests.linkage_population import IDENTIFIERS, IDENTITIES, PEOPLE

from traboule.linkage.matching.score import score
from traboule.linkage.prepare import PersonRecords, prepare
from traboule.linkage.stop_list import stop_list
from traboule.linkage.weights.co_encounters import estimate_relatives
from traboule.linkage.weights.model import LinkModel, declared_model, read_model
from traboule.linkage.weights.relatives import RELATIVES, Relatives

FAMILIES = ("Okafor", "Petrenko", "Haddad", "Nguyen", "Svensson", "Quispe", "Yilmaz", "Ferrari", "Mwangi", "Kowalska")
GIVEN = ("Blessing", "Oksana", "Samir", "Linh", "Birgitta", "Wilmer", "Emre", "Giulia", "Njeri", "Agnieszka", "Tomasz")
TWINS = ({"family_name": "Okafor", "given_names": "Blessing"}, {"family_name": "Okafor", "given_names": "Njeri"})

Told = dict[str, str]


def records(pairs: list[tuple[Told, Told]]) -> PersonRecords:
    """Return the records of pairs that each share a telephone, one record after the other."""
    told = [
        (f"FR/a/{2 * place + side:05d}", each, place)
        for place, two in enumerate(pairs)
        for side, each in enumerate(two)
    ]
    phones = [
        {"record": f"{record}/1", "person_record": record, "kind": "phone", "value": f"+3361{place:07d}"}
        for record, _, place in told
    ]
    return prepare(
        pa.Table.from_pylist([{"record": record, "unit": "FR"} for record, _, _ in told], schema=PEOPLE),
        pa.Table.from_pylist([{"record": record, "unit": "FR", **each} for record, each, _ in told], schema=IDENTITIES),
        pa.Table.from_pylist(phones, schema=IDENTIFIERS),
        stop_list(),
        on=date(2024, 9, 29),
    )


def born(place: int) -> str:
    return f"{1960 + place * 7 % 45}-{1 + place % 12:02d}-{2 + place * 11 % 26:02d}"


def person(place: int) -> Told:
    return {"family_name": FAMILIES[place % 10], "given_names": GIVEN[place % 11], "birth_date": born(place)}


def again(place: int) -> tuple[Told, Told]:
    return person(place), person(place)


def siblings(place: int) -> tuple[Told, Told]:
    return person(place), person(place) | {"given_names": GIVEN[(place + 3) % 11], "birth_date": born(place + 5)}


def strangers(place: int) -> tuple[Told, Told]:
    return person(place), person(place + 34)


def learned(*pairs: tuple[Told, Told]) -> Relatives:
    made, model = records(list(pairs)), declared_model()
    m, u = (
        {name: {at: getattr(share, of) for at, share in each.items()} for name, each in model.levels.items()}
        for of in "mu"
    )
    return estimate_relatives(made, np.arange(len(made)), m, u)


def test_families_are_counted_where_they_share_a_telephone() -> None:
    few, some, many = (
        learned(*map(again, range(200)), *map(siblings, range(count))).per_match for count in (0, 150, 600)
    )
    assert few < 0.15
    assert 0.6 < some < 1.2
    assert 2.5 < many < 4.5


def test_strangers_on_one_telephone_are_no_family() -> None:
    assert learned(*map(again, range(200)), *map(strangers, range(600))).per_match < 0.25


def test_where_nobody_meets_what_is_believed_holds() -> None:
    assert learned().per_match == 1.0
    assert learned(*map(again, range(5))).per_match == pytest.approx(1.0, rel=0.4)


def test_no_operation_is_taken_to_be_without_families() -> None:
    assert learned(*map(again, range(3000))).per_match == pytest.approx(0.1)


def test_how_much_of_a_name_relatives_share_is_learned_as_well() -> None:
    """Here always the family name and nothing else; fathers and sons of one name stay as rare as they are declared."""
    name = learned(*map(again, range(200)), *map(siblings, range(600))).name
    assert name[1] > 0.9
    assert sum(name.values()) == pytest.approx(1.0)
    assert {level: name[level] for level in (3, 4, 5, 6)} == {level: RELATIVES["name"][level] for level in (3, 4, 5, 6)}
    assert learned().name == pytest.approx(RELATIVES["name"])


def test_twins_are_the_less_one_person_the_more_families_there_are() -> None:
    made = records([(TWINS[0] | {"birth_date": "1990-03-17"}, TWINS[1] | {"birth_date": "1990-03-17"})])

    def chance(relatives: float) -> float:
        found = score(made, _with(relatives), np.array([0]), np.array([1]))
        return float(found.probability[0])

    chances = [chance(relatives) for relatives in (0.1, 1.0, 4.0)]
    assert all(more > less + 0.02 for more, less in pairwise(chances))
    assert (
        score(made, _with(4.0), np.array([0]), np.array([1])).weight
        == score(made, _with(0.1), np.array([0]), np.array([1])).weight
    )


def test_it_stands_in_the_model_and_its_hash() -> None:
    assert read_model(_with(2.5).to_json()).relatives == _with(2.5).relatives
    assert _with(2.5).hash != _with(0.5).hash


def _with(many: float) -> LinkModel:
    return replace(declared_model(), relatives=Relatives(many))
