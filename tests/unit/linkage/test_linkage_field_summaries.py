"""The queue's explanation with two records side by side: levels and precision, never a value."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from tests.linkage_population import ENCOUNTERS, IDENTIFIERS, IDENTITIES, PEOPLE, population

from traboule.core.identifiers.documents import DOCUMENTS
from traboule.core.language.languages import LANGUAGES
from traboule.linkage.explain import side_by_side, word
from traboule.linkage.field_summaries import KINDS_OF_FIELD, field_summaries
from traboule.linkage.fields.identifiers import GROUPS_OF_KIND
from traboule.linkage.prepare import prepare
from traboule.linkage.resolve import LinkInputs, resolve
from traboule.linkage.stop_list import stop_list
from traboule.linkage.things.find import find_things
from traboule.linkage.verdicts import JudgedPair, LinkVerdict
from traboule.linkage.weights.model import declared_model

ON = date(2024, 9, 29)
PEOPLE_ROWS = [
    {"record": "FR/a/1", "unit": "FR", "sex": "female", "citizenships": ["ML", "FR"], "age_band": None},
    {"record": "ML/a/1", "unit": "ML", "sex": None, "citizenships": [], "age_band": "18-20"},
]
IDENTITY_ROWS = [
    {"record": "FR/a/1", "unit": "FR", "family_name": "Traoré", "given_names": "Aminata", "birth_date": "2004-01-01"},
    {"record": "ML/a/1", "unit": "ML", "family_name": "Traore", "given_names": "Aminata"},
]
HELD_ROWS = [
    ("FR/a/1", "passport", "A1234568", "ML"),
    ("FR/a/1", "phone", "+223 65 00 12 34", None),
    ("ML/a/1", "passport", "A1234568", None),
    ("ML/a/1", "phone", "65 00 12 34", None),
    ("ML/a/1", "address", "12 Shelter Road", None),
    ("ML/a/1", "imei", "490154203237519", None),
]


def inputs() -> LinkInputs:
    held = [
        {
            "record": f"{person}/{place}",
            "unit": person[:2],
            "person_record": person,
            "kind": kind,
            "value": value,
            "issuer": issuer,
        }
        for place, (person, kind, value, issuer) in enumerate(HELD_ROWS)
    ]
    return LinkInputs(
        pa.Table.from_pylist(PEOPLE_ROWS, schema=PEOPLE),
        pa.Table.from_pylist(IDENTITY_ROWS, schema=IDENTITIES),
        pa.Table.from_pylist(held, schema=IDENTIFIERS),
        ON,
        ENCOUNTERS.empty_table(),
    )


def test_what_each_record_holds_is_told_by_its_precision() -> None:
    given = inputs()
    records = prepare(given.people, given.identities, given.identifiers, stop_list(), on=ON)
    first, second = field_summaries(records).of(0), field_summaries(records).of(1)
    assert (first["birth"], second["birth"]) == ("first_of_january", "age_band")
    assert (first["citizenship"], second["citizenship"]) == ("several", "missing")
    assert (first["document"], second["document"]) == ("held", "unconfirmed")
    assert (first["device"], second["device"]) == ("missing", "unconfirmed")
    assert (first["contact"], second["contact"], first["sex"], second["sex"]) == ("held", "held", "held", "missing")


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_nothing_was_compared_is_said(language: str) -> None:
    """A name filed as "Victim 2" is none, and a passport beside an identity card is another kind of number."""
    held = '"document":["held","held"],"device":["held","missing"],"name":["nameless","several"]'
    evidence = f'{{"against":[],"fields":{{}},"medium":[],"sides":{{{held}}},"strong":[]}}'
    lines = {line.field: line for line in side_by_side(evidence, language)}
    name, document, device = (lines[word("fields", each, language)] for each in ("name", "document", "device"))
    assert name.left == word("sides", "nameless", language)
    assert {name.comparison, device.comparison} == {word("verdicts", "missing", language)}
    assert document.comparison == word("verdicts", "apart", language)


def test_a_name_of_nobody_is_no_name_on_either_side() -> None:
    given = inputs()
    names = pa.Table.from_pylist(
        [{**row, "family_name": "Victim 2", "given_names": None} for row in IDENTITY_ROWS], schema=IDENTITIES
    )
    records = prepare(given.people, names, given.identifiers, stop_list(), on=ON)
    assert [field_summaries(records).of(number)["name"] for number in (0, 1)] == ["nameless", "nameless"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_open_link_shows_both_sides_and_no_value(language: str) -> None:
    (link,) = resolve(inputs(), model=declared_model()).links.to_pylist()
    assert link["status"] == "open"
    lines = side_by_side(link["evidence"], language)
    shown = json.dumps([asdict(line) for line in lines], ensure_ascii=False)
    for value in ("Traor", "Aminata", "2004", "A1234568", "6500", "Shelter", "49015"):
        assert value not in shown
    told = {line.field: line for line in lines}
    sex = told[word("fields", "sex", language)]
    assert (sex.verdict, sex.left, sex.right) == (
        "missing",
        word("sides", "held", language),
        word("sides", "missing", language),
    )
    assert told[word("fields", "name", language)].verdict == "same"
    assert told[word("fields", "document", language)].verdict == "close"
    assert word("fields", "vehicle", language) not in told


def test_links_to_be_judged_or_judged_carry_their_sides() -> None:
    known = population(60, seed=4)
    given = LinkInputs(known.people, known.identities, known.identifiers, ON, known.encounters)
    links = resolve(given, model=declared_model()).links.to_pylist()
    first = {status: next(one for one in links if one["status"] == status) for status in ("open", "automatic")}
    said = {"open": LinkVerdict.MATCH, "automatic": LinkVerdict.NO_MATCH}
    judged = [
        JudgedPair(one["left"], one["right"], said[status], datetime(2024, 10, 9, tzinfo=UTC), place)
        for place, (status, one) in enumerate(first.items())
    ]
    links = resolve(given, model=declared_model(), judgements=judged).links.to_pylist()
    shown = {"open", "judged_match", "judged_no_match"}
    assert shown < {link["status"] for link in links}
    for link in links:
        assert ("sides" in json.loads(link["evidence"])) == (link["status"] in shown)
        lines = side_by_side(link["evidence"], "en")
        assert sum(line.bits for line in lines) + json.loads(link["evidence"])["prior"] == pytest.approx(
            link["weight"], abs=0.01
        )


def test_things_are_explained_by_the_same_words() -> None:
    rows = [
        {"record": f"FR/a/{place}", "unit": "FR", "kind": "company", "value": name, "issuer": None}
        for place, name in enumerate(("Golden Gate Travel Ltd", "Gate Golden SARL"))
    ]
    (link,) = find_things(pa.Table.from_pylist(rows), stop_list()).all_links.to_pylist()
    for language in LANGUAGES:
        (line,) = side_by_side(link["evidence"], language)
        assert (line.verdict, line.comparison) == ("same", word("levels", "company_same_words", language))


def test_every_kind_that_is_compared_alone_is_summarised_in_a_field() -> None:
    """A kind that joins a group of linkage needs no entry of its own in the queue."""
    summarised = {kind for kinds in KINDS_OF_FIELD.values() for kind in kinds}
    assert summarised == set(GROUPS_OF_KIND)
    assert KINDS_OF_FIELD["document"] == DOCUMENTS
