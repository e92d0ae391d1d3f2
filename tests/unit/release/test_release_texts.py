"""What the desk writes beside the figures: no number typed, no qualifier dropped, no state or people named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders import full_statement

from traboule.core.codes import vocabulary
from traboule.core.errors import Invalid
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.release.statement import Kind, Quotation, ReleaseStory
from traboule.release.texts import broken_rules, faults_of, read, reason_faults, states_typed

PEOPLES = catalogue("traboule.factcheck", "lexicons/demonyms.yaml")
# States whose people have no word in the language, or share it with those of another state, which has it.
NAMELESS = {"en": {"DM"}, "ar": {"ML"}}


NOBODY = dict.fromkeys(LANGUAGES, "X")


@pytest.mark.parametrize(
    ("reason", "codes"),
    [
        ("late returns; nothing else", []),
        ("potential victims are counted once where links between records were judged", []),
        ("déclarations tardives ; victimes potentielles recomptées au sein du bureau", []),
        ("informes tardíos; se corrigieron posibles víctimas contadas dos veces", []),
        ("تقارير متأخرة وتصحيح عدد الضحايا المحتملين", []),
        ("one Gambian boy found late", ["state-typed"]),
        ("a late return from Hong Kong", ["state-typed"]),
        ("a late return from Trinidad", ["state-typed"]),
        ("une ivoirienne comptée deux fois", ["state-typed"]),
        ("informe tardío de Bosnia", ["state-typed"]),
        ("تقرير متأخر من السنغال", ["state-typed"]),
        ("وللسنغاليات", ["state-typed"]),
        ("victims were counted twice", ["qualifier-dropped"]),
        ("víctimas contadas dos veces", ["qualifier-dropped"]),
        ("late return of ٣ states", ["digit-typed"]),
        ("a return of illegal migrants", ["word-forbidden"]),
    ],
)
def test_a_reason_keeps_the_rules_of_all_languages(reason: str, codes: list[str]) -> None:
    assert [fault.code for fault in reason_faults(reason)] == codes


def test_a_revision_with_such_a_reason_has_its_faults() -> None:
    sample = replace(full_statement(Kind.REVISED), reason={"fr": "one Gambian boy"})
    faults = [(fault.code, fault.value) for fault in faults_of(sample) if fault.sheet == "reason.fr"]
    assert faults == [("state-typed", "Gambia")]


def test_a_quotation_names_no_people() -> None:
    quotation = Quotation(NOBODY, {"en": "A boy.", "fr": "Un Gambien.", "es": "Uno.", "ar": "غامبي."}, NOBODY)
    faults = faults_of(replace(full_statement(), quotation=quotation))
    assert [(fault.code, fault.cell) for fault in faults] == [("state-typed", "fr"), ("state-typed", "ar")]


def test_a_case_names_no_people_of_any_state() -> None:
    texts = {"en": "A Gambian boy on the coast.", "fr": "Un garçon.", "es": "Un niño en la costa.", "ar": "صبي."}
    assert [fault.cell for fault in states_typed(ReleaseStory("boy", (), (), texts))] == ["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_people_of_states_have_words(language: str) -> None:
    states = {code for code in vocabulary("countries").codes if code in PEOPLES}
    assert len(states) > 180
    unnamed = {code for code in states if not PEOPLES[code].get(language)}
    assert unnamed == NAMELESS.get(language, set())


def test_a_file_that_is_no_yaml_is_told_by_line_and_column() -> None:
    with pytest.raises(Invalid) as wrong:
        read("stories:\n  - [")
    assert wrong.value.values["place"] == "3:1"


def test_a_broken_rule_names_the_sentence_that_breaks_it() -> None:
    texts = read(
        "quotation: {texts: {en: 'Together, {figure:arrests}. A Gambian boy.', fr: Ensemble. }}\n"
        "reason: {en: late. Counted ٣ times., fr: '', es: x, ar: تقرير متأخر من السنغال}\n"
        "stories: [{id: a, action: A, finding: {en: 'In {state:XX}.'}, response: {}, assistance: {}}]"
    )
    rules = broken_rules(texts, ("en", "fr"), ("arrests",))
    assert [(rule.place, rule.language, rule.finding.code, rule.sentence) for rule in rules] == [
        ("stories.a.finding", "en", "reference-unknown", "In {state:XX}."),
        ("stories.a.finding", "fr", "text-missing", ""),
        *(
            (f"stories.a.{part}", language, "text-missing", "")
            for part in ("response", "assistance")
            for language in ("en", "fr")
        ),
        ("quotation.texts", "en", "state-typed", "A Gambian boy."),
        ("reason", "en", "digit-typed", "Counted ٣ times."),
        ("reason", "fr", "text-missing", ""),
    ]


PARTS = "finding: {en: x}, response: {en: y}, assistance: {en: z}"
STORY = f"stories: [{{id: a, action: ML/police/A1, {PARTS}, cleared_by: [ML]}}]"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("stories: x", "stories"),
        ("stories: [1]", "stories.1"),
        ("stories: [{id: a}]", "stories.1.action"),
        (STORY.replace("{en: x}", "x"), "stories.1.finding"),
        (STORY.replace("{en: x}", "{en: 5}"), "stories.1.finding.en"),
        (STORY.replace("{en: x}", "{eng: x}"), "stories.1.finding.eng"),
        (STORY.replace("[ML]", "ML"), "stories.1.cleared_by"),
        (STORY.replace("id: a", "id: a, colour: red"), "stories.1.colour"),
        (STORY.replace("id: a", "id: a, about: {shoe: big}"), "stories.1.about.shoe"),
        (STORY.replace("id: a", "id: a, about: {sex: nope}"), "stories.1.about.sex: nope"),
        ("quotation: x", "quotation"),
        ("quotation: {speaker: {en: a}}", "quotation.texts"),
        ("quotation: {speaker: {en: a}, texts: {en: b}}", "quotation.function"),
        ("quotation: {speaker: x, function: y, texts: z}", "quotation.texts"),
        ("reason: late", "reason"),
        ("next_release: soon", "next_release: soon"),
    ],
)
def test_a_file_of_another_form_is_told_by_the_place(text: str, place: str) -> None:
    """ "cleared_by: ML" was taken for the states M and L, and the rest told in words of the programming language."""
    assert read(STORY).stories[0].story.cleared_by == ("ML",)
    with pytest.raises(Invalid) as wrong:
        read(text)
    assert (wrong.value.code, wrong.value.values["place"]) == ("release-texts-unreadable", place)
