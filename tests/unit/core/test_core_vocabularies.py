"""Every vocabulary, code and label: whole, in four languages, and found again however it is typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from traboule.core.codes import Vocabulary, vocabulary, vocabulary_names
from traboule.core.errors import NotFound
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.spelling import fold

NAMES = vocabulary_names()

# What other rooms rely on, code for code.
RELIED_ON = {
    "measures": "arrests arrests_trafficking_or_smuggling arrests_trafficking arrests_smuggling potential_victims "
    "potential_victims_minors identified_victims confirmed_victims irregular_migrants smuggled_migrants "
    "migrants_facilitated persons_found persons_intercepted persons_intercepted_minors suspects "
    "flights_monitored database_checks investigations hits",
    "counted_units": "person event record item flight check investigation",
    "precisions": "exact at_least about",
    "return_status": "draft preliminary revised final withdrawn nil",
    "phases": "pre operation post",
    "roles": "suspect arrested possible_victim victim not_a_victim smuggled_migrant irregular_migrant witness missing "
    "pending_screening",
    "trafficking_status": "PossibleVictimOfTrafficking ActualVictimOfTrafficking NotAVictimOfTrafficking",
    "exploitation_types": "ForcedLabour SexualExploitation ChildLabour ForcedMarriage Servitude "
    "ForcedMilitaryByNonStateActors OrganRemoval ForcedBegging ForcedAdoption Surrogacy Other ForcedCriminality "
    "ForcedCriminality.OnlineScam ForcedCriminality.Drugs ForcedCriminality.Theft ForcedCriminality.Begging "
    "ForcedCriminality.Other",
    "attributions": "trafficking smuggling both linked incidental",
    "minor_status": "yes no presumed unknown",
    "sexes": "female male transgender_female transgender_male non_conforming unknown",
    "age_bands": "0-8 9-17 18-20 21-23 24-26 27-29 30-38 39-47 48+",
    "identifier_kinds": "passport id_card visa phone imei imsi iban card wallet plate vin email handle company address "
    "advert residence_permit case_number",
    "action_kinds": "raid border_check flight_monitoring inspection patrol online arrest",
    "handling": "H0 H1 H2 H3",
    "source_evaluation": "A B C X",
    "information_evaluation": "1 2 3 4",
    "check_kinds": "database_check flight vessel vehicle premises person",
    "directions": "entry exit transit inland",
    "leg_stages": "recruitment transit exploitation",
    "date_precisions": "day month year estimated",
    "crime_types": "trafficking smuggling drugs fraud online_scam money_laundering document_forgery weapons "
    "sexual_exploitation child_exploitation organised_crime corruption theft violence other",
    "yes_no": "yes no",
    "consents": "given refused",
    "confirmations": "confirmed pending not_confirmed",
}
ALSO_NAMED = {
    "arrest_bases",
    "countries",
    "currencies",
    "deciding_bodies",
    "sectors",
    "control_methods",
    "recruitment_methods",
    "offences",
    "perpetrator_parts",
    "trafficking_acts",
    "trafficking_means",
    "sexual_exploitation_types",
    "referral_status",
    "screening_findings",
    "transport_modes",
    "seizure_kinds",
    "quantity_units",
    "hit_categories",
    "deception_indicators",
}


def labels(words: Vocabulary) -> Iterator[tuple[str, str, str]]:
    for code in words.codes:
        for language in LANGUAGES:
            yield code, language, words.label(code, language)


def has_arabic(text: str) -> bool:
    return any(unicodedata.name(sign, "").startswith("ARABIC LETTER") for sign in text)


@pytest.mark.parametrize("name", NAMES)
def test_vocabulary_says_where_it_comes_from(name: str) -> None:
    words = vocabulary(name)
    assert words.name == name
    assert words.standard.strip()
    assert words.source.strip()
    assert words.codes


@pytest.mark.parametrize("name", NAMES)
def test_every_code_has_four_labels_in_their_own_script(name: str) -> None:
    words = vocabulary(name)
    assert [(code, language) for code, language, label in labels(words) if label != label.strip() or not label] == []
    assert [code for code, language, label in labels(words) if language == "ar" and not has_arabic(label)] == []
    assert [code for code, language, label in labels(words) if language != "ar" and has_arabic(label)] == []


@pytest.mark.parametrize("name", NAMES)
def test_four_labels_are_written_for_each_code_and_none_is_borrowed(name: str) -> None:
    words = vocabulary(name)
    assert [c for c in words.codes if any(words.attribute(c, language) is None for language in LANGUAGES)] == []


@pytest.mark.parametrize("name", NAMES)
def test_codes_are_unique_in_the_file(name: str) -> None:
    text = files("traboule.core").joinpath(f"vocabularies/{name}.yaml").read_text(encoding="utf-8")
    codes = [entry["code"] for entry in yaml.safe_load(text)["codes"]]
    assert len(codes) == len(set(codes))
    assert all(isinstance(code, str) for code in codes), "a code that YAML reads as a number or a truth wants quotes"


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_unique_in_each_language(name: str) -> None:
    words = vocabulary(name)
    for language in LANGUAGES:
        folded = [fold(words.label(code, language)) for code in words.codes]
        assert len(folded) == len(set(folded)), language


@pytest.mark.parametrize("name", NAMES)
def test_every_code_label_and_synonym_is_found_again(name: str) -> None:
    words = vocabulary(name)
    lost = [(code, label) for code, _, label in labels(words) if words.find(label) != code]
    lost += [(code, code) for code in words.codes if words.find(code) != code]
    for code in words.codes:
        synonyms = words.attribute(code, "synonyms") or []
        assert isinstance(synonyms, list)
        lost += [(code, synonym) for synonym in synonyms if words.find(synonym) != code]
    assert lost == []


@pytest.mark.parametrize("name", NAMES)
def test_labels_are_found_whatever_case_spaces_and_marks(name: str) -> None:
    words = vocabulary(name)
    lost = []
    for code, _, label in labels(words):
        bare = "".join(sign for sign in unicodedata.normalize("NFD", label) if not unicodedata.combining(sign))
        for typed in (label.upper(), f"  {label}\t", label.replace(" ", "  "), bare, f"\u200f{label}\u200e"):
            if words.find(typed) != code:
                lost.append((code, typed))
    assert lost == []


@pytest.mark.parametrize(("name", "codes"), RELIED_ON.items())
def test_codes_that_other_rooms_rely_on_are_there(name: str, codes: str) -> None:
    assert set(codes.split()) - set(vocabulary(name).codes) == set()


def test_every_vocabulary_named_by_the_forms_is_there() -> None:
    assert ALSO_NAMED - set(NAMES) == set()


def test_a_name_without_a_file_is_not_found() -> None:
    with pytest.raises(NotFound) as caught:
        vocabulary("no_such_list")
    assert "no_such_list" in caught.value.sentence("fr")


def test_a_code_that_is_not_of_the_vocabulary_has_no_label() -> None:
    with pytest.raises(KeyError):
        vocabulary("handling").label("H9", "en")


def test_extensions_are_marked_and_standard_codes_are_not() -> None:
    exploitation = vocabulary("exploitation_types")
    ours = {code for code in exploitation.codes if exploitation.extension(code)}
    assert ours == {code for code in exploitation.codes if code.startswith("ForcedCriminality")}
    controls = vocabulary("control_methods")
    assert {c for c in controls.codes if controls.extension(c)} == {"RestrictsMovement", "UsesChildren"}
    assert len([c for c in controls.codes if not controls.extension(c)]) == 16


def test_htcds_is_attributed_where_its_codes_stand() -> None:
    for name in NAMES:
        text = files("traboule.core").joinpath(f"vocabularies/{name}.yaml").read_text(encoding="utf-8")
        if "HTCDS" in vocabulary(name).source or "HTCDS" in vocabulary(name).standard.split(",")[0]:
            assert "CC BY 4.0" in text, name
            assert "does not endorse" in text, name


def test_offences_not_yet_read_at_the_source_are_marked() -> None:
    offences = vocabulary("offences")
    unread = {code for code in offences.codes if offences.attribute(code, "verified") is False}
    assert {"02042", "02043", "02044", "02022", "0701", "0703", "07041", "0601", "0901", "09051", "08059"} <= unread
    read_at_source = {"0204", "02041", "0203", "02032", "020321", "0302", "020291", "0201", "08051", "07023", "0802"}
    assert unread & read_at_source == set()
    crimes = vocabulary("crime_types")
    assert {offences.attribute(code, "crime") for code in offences.codes} <= set(crimes.codes)


def test_measures_know_their_unit_and_their_whole() -> None:
    measures, units = vocabulary("measures"), vocabulary("counted_units")
    for code in measures.codes:
        assert measures.attribute(code, "unit") in units
        whole = measures.attribute(code, "part_of")
        assert whole is None or whole in measures
    assert measures.attribute("potential_victims_minors", "part_of") == "potential_victims"


def test_age_bands_follow_each_other_without_gap() -> None:
    bands = vocabulary("age_bands")
    edges = [(bands.attribute(code, "low"), bands.attribute(code, "high")) for code in bands.codes]
    assert edges[0][0] == 0
    assert edges[-1][1] is None
    assert [low for low, _ in edges[1:]] == [int(str(high)) + 1 for _, high in edges[:-1]]


class TestCountries:
    def test_there_are_the_249_of_iso_and_kosovo(self) -> None:
        countries = vocabulary("countries")
        assert len(countries.codes) == 250
        assert {"XK", "TW", "HK", "PS", "BQ", "SS", "NO"} <= set(countries.codes)
        assert {"EU", "UN", "ZZ", "XA", "QO"} & set(countries.codes) == set()
        assert list(countries.codes) == sorted(countries.codes)

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("MK", "MK"),
            ("mk", "MK"),
            ("MKD", "MK"),
            ("Macédoine du Nord", "MK"),
            ("MACEDOINE DU NORD", "MK"),
            ("FYROM", "MK"),
            ("مقدونيا الشمالية", "MK"),
            ("مقـدونيا", "MK"),
            ("Turkey", "TR"),
            ("Türkiye", "TR"),
            ("Turquía", "TR"),
            ("تركيا", "TR"),
            ("UK", "GB"),
            ("EE.UU.", "US"),
            ("RDC", "CD"),
            ("cote d’ivoire", "CI"),
            ("Côte d'Ivoire", "CI"),
            ("Togolaise", "TG"),
            ("syrienne", "SY"),
            ("NO", "NO"),
            ("NA", "NA"),
            ("Kosovo", "XK"),
        ],
    )
    def test_national_spellings_are_read(self, typed: str, code: str) -> None:
        assert vocabulary("countries").find(typed) == code

    @pytest.mark.parametrize(
        "typed", ["Congo", "Korea", "Corée", "الكونغو", "dominicain", "Atlantis", "", " ", "ZZ", "-"]
    )
    def test_a_word_that_fits_two_countries_or_none_is_not_guessed(self, typed: str) -> None:
        assert vocabulary("countries").find(typed) is None


class TestCurrencies:
    def test_money_of_the_day_and_of_yesterday_is_there(self) -> None:
        currencies = vocabulary("currencies")
        assert {"USD", "EUR", "XOF", "PHP", "ARS", "MKD", "HRK", "ZWG"} <= set(currencies.codes)
        assert {"XXX", "DEM", "FRF"} & set(currencies.codes) == set()

    @pytest.mark.parametrize(
        ("typed", "code"), [("US$", "USD"), ("€", "EUR"), ("FCFA", "XOF"), ("peso filipino", "PHP")]
    )
    def test_usual_signs_are_read(self, typed: str, code: str) -> None:
        assert vocabulary("currencies").find(typed) == code


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.sampled_from(NAMES), st.text(max_size=30))
def test_find_gives_a_code_of_the_vocabulary_or_nothing(name: str, text: str) -> None:
    result = vocabulary(name).find(text)
    assert result is None or result in vocabulary(name)
