"""What may be done with a pair: tiers (rule 11), contradictions, households, twins, judgements, explanations."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from tests.linkage_pair import Row, pair

from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.linkage.explain import explain, grounds
from traboule.linkage.resolve import LinkResult
from traboule.linkage.verdicts import JudgedPair, LinkVerdict, in_force
from traboule.linkage.weights.comparisons import COMPARISONS, LEVEL_OF, Comparison
from traboule.linkage.weights.model import declared_model
from traboule.linkage.weights.relatives import RELATIVES

AT = datetime(2024, 10, 5, tzinfo=UTC)

SAMIR: Row = {
    "family_name": "Haddad",
    "given_names": "Samir",
    "birth_date": "1990-03-17",
    "sex": "male",
    "citizenships": ["LB"],
    "passport": "LR5566778",
    "phone": "+9613123409",
    "imei": "490154203237518",
}


def status(left: Row, right: Row) -> str:
    links = pair(left, right).links.to_pylist()
    return str(links[0]["status"]) if links else "none"


def only(*names: str, **changed: object) -> Row:
    """Return Samir with only the fields named, and others changed."""
    return {name: SAMIR[name] for name in names} | changed


NAME = ("family_name", "given_names")
PERSON = (*NAME, "birth_date", "sex", "citizenships")


class TestAutomatic:
    @pytest.mark.parametrize("strong", ["passport", "imei"])
    def test_one_strong_piece_is_enough(self, strong: str) -> None:
        assert status(only(*PERSON, strong), only(*PERSON, strong)) == "automatic"

    def test_two_independent_medium_pieces_are_enough(self) -> None:
        assert status(only(*PERSON, "phone"), only(*PERSON, "phone")) == "automatic"

    def test_a_slip_in_name_and_date_does_not_hinder_a_document(self) -> None:
        other = only(*PERSON, "passport", given_names="Sameer", birth_date="1990-03-71"[:8] + "11")
        assert status(only(*PERSON, "passport"), other) == "automatic"

    def test_the_same_person_in_another_script(self) -> None:
        arabic = only("sex", "citizenships", "passport", "birth_date", family_name="حداد", given_names="سمير")
        assert status(only(*PERSON, "passport"), arabic) == "automatic"


class TestDocuments:
    @pytest.mark.parametrize(
        ("other", "level"),
        [
            ({"passport": "LR7000001"}, 0),
            ({"passport": "LR7000001", "id_card": "000045678"}, 0),
            ({"id_card": "000045678"}, None),
            ({"passport": "LR7000001", "issuer": "FR"}, None),
            ({"passport": "LR5566778"}, 2),
            ({"passport": "LR5566778", "issuer": "FR"}, 1),
        ],
    )
    def test_only_documents_of_one_kind_and_issuer_speak_against_each_other(
        self, other: Row, level: int | None
    ) -> None:
        links = pair(only(*PERSON, "phone", "passport"), only(*PERSON, "phone", **other)).links.to_pylist()
        fields = json.loads(links[0]["evidence"])["fields"]
        assert fields.get("document", [None])[0] == level


def _without_sides(links: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return links without what their explanation says of the stopped values each side holds."""
    found = [json.loads(str(link["evidence"])) for link in links]
    return [
        {**link, "evidence": {name: part for name, part in told.items() if name != "sides"}}
        for link, told in zip(links, found, strict=True)
    ]


class TestNotAutomatic:
    @pytest.mark.parametrize("extra", [(), ("sex",), ("sex", "citizenships")])
    def test_a_name_alone_never_links(self, extra: tuple[str, ...]) -> None:
        assert status(only(*NAME, *extra), only(*NAME, *extra)) != "automatic"

    def test_name_and_birth_date_are_one_medium_piece(self) -> None:
        assert status(only(*PERSON), only(*PERSON)) == "open"

    def test_one_phone_is_one_medium_piece(self) -> None:
        without_date = ("family_name", "given_names", "sex", "citizenships", "phone")
        assert status(only(*without_date), only(*without_date)) == "open"

    def test_an_address_and_an_arrest_are_weak(self) -> None:
        here = only(
            *NAME, "sex", "citizenships", address="12 Oak Lane", arrested=datetime.fromisoformat("2024-10-01T09:30")
        )
        assert status(here, here) != "automatic"

    def test_one_document_with_another_name_and_date_is_for_a_person(self) -> None:
        other = only(
            "sex", "passport", family_name="Okafor", given_names="Chinedu", birth_date="1971-11-02", citizenships=["NG"]
        )
        assert status(only(*PERSON, "passport"), other) == "open"

    def test_a_device_passed_on_is_for_a_person(self) -> None:
        other = only(
            "citizenships", "imei", family_name="Mansour", given_names="Leila", birth_date="1985-07-30", sex="female"
        )
        assert status(only(*PERSON, "imei"), other) == "open"

    def test_a_household_is_not_linked(self) -> None:
        brother = only(
            "family_name",
            "sex",
            "citizenships",
            "phone",
            given_names="Walid",
            birth_date="1994-11-05",
            address="12 Oak Lane",
        )
        assert status(only(*PERSON, "phone", address="12 Oak Lane"), brother) in ("rejected", "none")

    def test_twins_are_not_linked_and_not_held_probable(self) -> None:
        twin = only(
            "family_name",
            "birth_date",
            "citizenships",
            "phone",
            given_names="Leila",
            sex="female",
            passport="LR5566779",
        )
        links = pair(only(*PERSON, "phone", "passport"), twin).links.to_pylist()
        assert [link["status"] for link in links if link["status"] == "automatic"] == []
        assert all(link["probability"] < 0.5 for link in links)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Marko", "Mirko"),
            ("Marko", "Мирко"),
            ("Jan", "Jana"),
            ("Hanako", "ハナエ"),
            ("Karim", "Karam"),
            ("Robert", "Norbert"),
            ("민수", "Minji"),
            ("زهرا", "Zohreh"),
        ],
    )
    def test_twins_whose_names_look_alike_are_for_a_person(self, one: str, other: str) -> None:
        fields = ("birth_date", "citizenships", "phone")
        twins = [only(*fields, family_name="Jovanov", given_names=name) for name in (one, other)]
        assert status(*twins) == "open"
        assert status(twins[0], twins[0]) == "automatic"

    def test_a_failed_check_digit_is_no_strong_evidence(self) -> None:
        fields = (*NAME, "citizenships")
        failed = only(*fields, imei="490154203237519")
        assert status(failed, failed) != "automatic"

    def test_a_document_without_its_issuer_is_no_strong_evidence(self) -> None:
        unissued = only(*NAME, "citizenships", "passport", issuer=None)
        links = pair(unissued, unissued).links.to_pylist()
        assert [link["tier"] for link in links] == ["weak"]

    def test_stopped_identifiers_link_nothing(self) -> None:
        stopped = only(*PERSON, passport="000000", phone="+18883737888", address="1 Shelter Street")
        without = pair(only(*PERSON), only(*PERSON)).links.to_pylist()
        with_stopped = pair(stopped, stopped)
        assert _without_sides(with_stopped.links.to_pylist()) == _without_sides(without)
        assert json.loads(with_stopped.links["evidence"][0].as_py())["sides"]["contact"] == ["stopped", "stopped"]
        assert sorted(with_stopped.stopped["reason"].to_pylist()) == ["hotline", "placeholder", "shelter"]


class TestJudgements:
    LEFT, RIGHT = only(*PERSON), only(*PERSON)

    def judged(self, *verdicts: LinkVerdict) -> LinkResult:
        judgements = [JudgedPair("ML/a/1", "FR/a/1", verdict, AT, number) for number, verdict in enumerate(verdicts)]
        return pair(self.LEFT, self.RIGHT, *judgements)

    def clusters(self, *verdicts: LinkVerdict) -> int:
        return len(self.judged(*verdicts).clusters["cluster"].unique())

    def test_a_match_joins(self) -> None:
        assert self.judged(LinkVerdict.MATCH).links["status"].to_pylist() == ["judged_match"]
        assert self.clusters(LinkVerdict.MATCH) == 1

    def test_no_match_parts(self) -> None:
        assert self.judged(LinkVerdict.NO_MATCH).links["status"].to_pylist() == ["judged_no_match"]
        assert self.clusters(LinkVerdict.NO_MATCH) == 2

    def test_unsure_stays_open(self) -> None:
        assert self.judged(LinkVerdict.UNSURE).links["status"].to_pylist() == ["open"]

    def test_undone_is_as_if_it_had_never_been(self) -> None:
        before, after = self.judged(), self.judged(LinkVerdict.MATCH, LinkVerdict.UNDONE)
        assert after.links.equals(before.links)
        assert after.clusters.equals(before.clusters)

    def test_undoing_lets_the_earlier_verdict_stand(self) -> None:
        assert self.judged(LinkVerdict.NO_MATCH, LinkVerdict.MATCH, LinkVerdict.UNDONE).links["status"].to_pylist() == [
            "judged_no_match"
        ]

    def test_undoing_nothing_changes_nothing(self) -> None:
        assert in_force([JudgedPair("a", "b", LinkVerdict.UNDONE, AT)]) == {}

    def test_no_match_overrides_strong_evidence(self) -> None:
        strong = only(*PERSON, "passport")
        result = pair(strong, strong, JudgedPair("FR/a/1", "ML/a/1", LinkVerdict.NO_MATCH, AT))
        assert len(result.clusters["cluster"].unique()) == 2

    def test_records_that_share_nothing_can_be_judged_one(self) -> None:
        result = pair(only("sex"), only(*NAME), JudgedPair("FR/a/1", "ML/a/1", LinkVerdict.MATCH, AT))
        assert len(result.clusters["cluster"].unique()) == 1

    def test_a_judgement_on_a_record_no_longer_there_is_left_out(self) -> None:
        result = pair(only("sex"), only(*NAME), JudgedPair("FR/a/1", "XX/a/9", LinkVerdict.MATCH, AT))
        assert result.clusters.num_rows == 2


class TestExplanation:
    EVIDENCE = pair(only(*PERSON, "phone"), only(*PERSON, "phone")).links.to_pylist()[0]

    def test_the_bits_add_up_to_the_weight(self) -> None:
        read = json.loads(self.EVIDENCE["evidence"])
        total = read["prior"] + sum(bits for _, bits in read["fields"].values())
        assert total == pytest.approx(self.EVIDENCE["weight"], abs=1e-3)

    def test_it_names_the_model_and_no_person(self) -> None:
        text = self.EVIDENCE["evidence"]
        assert declared_model().hash in text
        assert not any(secret in text for secret in ("Haddad", "haddad", "Samir", "1990", "9613123409", "LB"))

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_is_told_in_each_language(self, language: str) -> None:
        lines = explain(self.EVIDENCE["evidence"], language)
        assert {line.field for line in lines} >= {
            catalogue("traboule.linkage", "words.yaml")["fields"]["name"][language]
        }
        assert abs(lines[0].bits) == max(abs(line.bits) for line in lines)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_what_links_and_what_forbids_it_is_told_in_each_language(self, language: str) -> None:
        brother = only(*PERSON, "phone", "imei", given_names="Walid")
        (link,) = pair(only(*PERSON, "phone", "imei"), brother).links.to_pylist()
        carried, against = grounds(link["evidence"], language)
        words = catalogue("traboule.linkage", "words.yaml")
        assert set(carried) == {words["kinds"][kind][language] for kind in ("devices", "phones")}
        assert against == (words["against"]["names"][language],)

    def test_every_level_has_its_words(self) -> None:
        words = catalogue("traboule.linkage", "words.yaml")
        for comparison in COMPARISONS:
            assert set(words["fields"][comparison.name]) - set(GROWING_LANGUAGES) == set(LANGUAGES)
            for level in comparison.levels:
                assert set(words["levels"][level.label]) - set(GROWING_LANGUAGES) == set(LANGUAGES)


@pytest.mark.parametrize("name", list(RELATIVES))
def test_what_is_said_of_relatives_is_whole(name: str) -> None:
    comparison = next(each for each in COMPARISONS if each.name == name)
    assert set(RELATIVES[name]) == {level.value for level in comparison.levels}
    assert sum(RELATIVES[name].values()) == pytest.approx(1.0)


@pytest.mark.parametrize("comparison", COMPARISONS, ids=lambda each: each.name)
def test_what_is_declared_of_a_comparison_is_whole(comparison: Comparison) -> None:
    levels = comparison.levels
    assert sum(level.m for level in levels) == pytest.approx(1.0)
    assert sum(level.u for level in levels) == pytest.approx(1.0, abs=0.02)


def test_every_level_has_a_label_of_its_own_by_which_rules_name_it() -> None:
    levels = [(level.label, level.value) for comparison in COMPARISONS for level in comparison.levels]
    assert len(LEVEL_OF) == len(levels)
    assert all(LEVEL_OF[label] == value for label, value in levels)
    assert {name: sorted(shares) for name, shares in RELATIVES.items()} == {
        comparison.name: sorted(level.value for level in comparison.levels)
        for comparison in COMPARISONS
        if comparison.name in RELATIVES
    }
    assert all(sum(shares.values()) == pytest.approx(1) for shares in RELATIVES.values())
