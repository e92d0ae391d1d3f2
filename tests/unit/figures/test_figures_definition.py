"""Definitions say what a figure is, and a faulty one is refused with all its faults."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml
from tests.figures_world import operation

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid, NotFound
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.figures.definition import dictionary, dictionary_hash, read, select
from traboule.figures.resolved.attributes import BAND_CODES

FIGURES = (
    "participants",
    "arrests",
    "arrests_trafficking_or_smuggling",
    "potential_victims",
    "potential_victims_minors",
    "irregular_migrants",
    "flights_monitored",
    "database_checks",
    "investigations",
)


def texts() -> dict[str, str]:
    folder = files("traboule.figures").joinpath("definitions")
    return {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir()}


def faults(name: str, **changes: object) -> set[str]:
    every = texts()
    every[name] = yaml.safe_dump({**yaml.safe_load(every[name]), **changes})
    with pytest.raises(Invalid) as raised:
        read(every)
    codes = {finding.code for finding in raised.value.findings}
    assert codes <= set(catalogue("traboule.figures", "words/remarks.yaml"))
    return codes


def test_the_nine_figures_stand_in_published_order() -> None:
    assert tuple(dictionary()) == FIGURES


def test_every_title_and_caveat_stands_in_four_languages() -> None:
    for definition in dictionary().values():
        for sentence in (definition.titles, *definition.caveats):
            assert set(sentence) - set(GROWING_LANGUAGES) == set(LANGUAGES)


def test_every_remark_stands_in_four_languages() -> None:
    for sentence in catalogue("traboule.figures", "words/remarks.yaml").values():
        assert set(sentence) - set(GROWING_LANGUAGES) == set(LANGUAGES)


def test_what_definitions_name_exists_in_the_vocabularies() -> None:
    measures, units = vocabulary("measures"), vocabulary("counted_units")
    fields = {"role": "roles", "status": "trafficking_status", "attribution": "attributions", "kind": "check_kinds"}
    for definition in dictionary().values():
        assert set(definition.declared.measures + definition.declared.union) <= set(measures.codes)
        assert {definition.unit, *definition.declared.units} <= set(units.codes)
        for condition in (part for clause in definition.filter for part in (clause, *clause.unless)):
            if condition.field:
                assert set(condition.among) <= set(vocabulary(fields[condition.field]).codes)


def test_the_age_bands_are_those_of_the_vocabulary() -> None:
    assert vocabulary("age_bands").codes == BAND_CODES


def test_a_part_draws_from_the_rows_of_its_whole() -> None:
    definitions = dictionary()
    assert definitions["potential_victims_minors"].filter == definitions["potential_victims"].filter


def test_an_operation_is_counted_by_what_it_asks_for() -> None:
    assert tuple(select(dictionary(), ("arrests", "participants"))) == ("participants", "arrests")
    assert tuple(select(dictionary(), operation().figures)) == FIGURES


def test_an_unknown_figure_is_not_found() -> None:
    with pytest.raises(NotFound) as raised:
        select(dictionary(), ("arests",))
    assert "arests" in str(raised.value)


def test_the_dictionary_has_a_stable_hash() -> None:
    assert len(dictionary_hash()) == 64


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"filter": [{"table": "arrests", "field": "colour", "among": ["red"]}]}, "figure-value-unknown"),
        ({"filter": [{"table": "seizures", "field": "kind", "among": ["red"]}]}, "figure-value-unknown"),
        ({"of": "arrests_trafficking_or_smuggling"}, "figure-of-itself"),
        ({"of": "arrested"}, "figure-whole-unknown"),
        ({"of": "potential_victims"}, "figure-whole-differs"),
        ({"population": "ghosts"}, "figure-population-unknown"),
        ({"titles": {"en": "Arrests", "fr": "Arrestations"}}, "figure-language-missing"),
        ({"colour": "red"}, "figure-key-unknown"),
        ({"precision": "roughly"}, "figure-value-unknown"),
        ({"id": "potential_victims"}, "figure-defined-twice"),
        ({"filter": "arrests"}, "figure-shape-wrong"),
        ({"filter": [{"field": "attribution"}]}, "figure-shape-wrong"),
        ({"filter": [{"table": "arrests", "unless": "x"}]}, "figure-shape-wrong"),
        ({"declared": {"measure": ["arrests"]}}, "figure-shape-wrong"),
        ({"titles": ["Arrests"]}, "figure-shape-wrong"),
        ({"rules": "7"}, "figure-shape-wrong"),
        ({"order": "second"}, "figure-shape-wrong"),
        ({"of": ["arrests"]}, "figure-shape-wrong"),
    ],
)
def test_a_faulty_definition_is_refused(changes: dict[str, object], code: str) -> None:
    assert code in faults("arrests.yaml", **changes)


def test_parts_that_are_each_other_s_whole_are_a_circle() -> None:
    every = texts()
    for name, total in (("arrests", "arrests_trafficking_or_smuggling"),):
        every[f"{name}.yaml"] = yaml.safe_dump({**yaml.safe_load(every[f"{name}.yaml"]), "of": total})
    with pytest.raises(Invalid) as raised:
        read(every)
    circle = {(finding.code, finding.table) for finding in raised.value.findings}
    assert {("figure-of-itself", "arrests"), ("figure-of-itself", "arrests_trafficking_or_smuggling")} <= circle


def test_all_faults_come_at_once() -> None:
    assert {"figure-language-missing", "figure-key-unknown"} <= faults("arrests.yaml", titles={}, colour="red")


def test_a_file_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(Invalid):
        read({**texts(), "arrests.yaml": "a: [b"})
