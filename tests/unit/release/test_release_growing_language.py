"""A growing language whose part of a release is whole has its communiqué; documents in the settled ones do not move."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.builders import LINES, POLICY, PRESS, QUOTATION, STORY, full_statement
from tests.json_schema import faults

from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES, SPOKEN_LANGUAGES, without_growing
from traboule.core.language.release_languages import missing_for_release, release_languages
from traboule.figures import definition
from traboule.figures.definition import dictionary
from traboule.release import factsheet
from traboule.release.communique import compose
from traboule.release.documents import documents
from traboule.release.statement import Kind, PublishedDefinition, Statement
from traboule.release.texts import reason_faults

FINDING = "Em {state:ML}, os agentes encontraram {persons} provenientes de {state:TG}."


def portuguese(kind: Kind = Kind.FINAL) -> Statement:
    """Return the statement of a release in Portuguese and English."""
    said = full_statement(kind)
    story = {"finding": FINDING, "response": "Foram detidos presumíveis recrutadores.", "assistance": "Têm abrigo."}
    return replace(
        said,
        titles={**said.titles, "pt": "Operação Liberterra II"},
        policy={**POLICY, "languages": ["pt", "en"]},
        press=replace(PRESS, texts={key: {**texts, "pt": f"pt {key}"} for key, texts in PRESS.texts.items()}),
        quotation=replace(
            QUOTATION,
            speaker={**QUOTATION.speaker, "pt": "Maria Chefe"},
            texts={**QUOTATION.texts, "pt": "Só uma ação coordenada pode contrariar estas ameaças."},
            function={**QUOTATION.function, "pt": "responsável da mesa"},
        ),
        stories=(replace(STORY, **{part: {**STORY.parts()[part], "pt": text} for part, text in story.items()}),),
        definitions=tuple(
            PublishedDefinition(line.figure, dict(dictionary()[line.figure].titles), "House", ()) for line in LINES
        ),
    )


@pytest.mark.parametrize("kind", list(Kind))
def test_a_release_in_portuguese_has_all_its_documents(kind: Kind) -> None:
    said = portuguese(kind)
    made = documents(said)
    assert said.languages == ("en", "pt")
    assert {"communique.pt.pdf", "communique.pt.docx", "communique.pt.html", "factsheet.pt.html"} <= set(made)
    assert b'<html lang="pt" dir="ltr">' in made["communique.pt.html"]
    sheet = json.loads(made["factsheet.json"])
    assert list(faults(sheet, json.loads(made[factsheet.SCHEMA]))) == []
    assert sheet["labels"]["arrests"]["pt"] == "Detenções"


def test_the_communique_is_portuguese_throughout() -> None:
    mine, english = (
        {block.text for block in compose(portuguese(), language).blocks if len(block.text.split()) > 3}
        for language in ("pt", "en")
    )
    assert len(mine) > 30
    assert mine & english == set()
    lead = next(block.text for block in compose(portuguese(), "pt").blocks if block.kind == "lead")
    plain = lead.replace("\xa0", " ")
    assert "116 países e territórios efetuaram 2 517 detenções e identificaram 3 222 potenciais vítimas" in plain
    assert "de 29 de setembro a 4 de outubro de 2024" in plain


def test_the_schema_of_a_release_in_settled_languages_is_the_one_shipped() -> None:
    assert documents(full_statement())[factsheet.SCHEMA] == factsheet.schema()


def test_a_reason_obeys_the_rules_of_portuguese_too() -> None:
    assert [fault.code for fault in reason_faults("Um relatório da Alemanha chegou tarde.")] == ["state-typed"]
    assert [fault.code for fault in reason_faults("Algumas vítimas foram contadas de novo.")] == ["qualifier-dropped"]
    assert reason_faults("Chegaram relatórios tardios.") == []


def test_the_hash_of_the_dictionary_does_not_move_while_a_translation_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert any("pt" in figure.titles for figure in dictionary().values())
    settled = {
        name: replace(
            figure, titles=without_growing(figure.titles), caveats=tuple(map(without_growing, figure.caveats))
        )
        for name, figure in dictionary().items()
    }
    before = definition.dictionary_hash()
    monkeypatch.setattr(definition, "dictionary", lambda: settled)
    assert definition.dictionary_hash.__wrapped__() == before


def test_a_language_is_released_in_once_nothing_of_a_release_is_missing() -> None:
    assert release_languages()[: len(LANGUAGES)] == LANGUAGES
    assert set(release_languages()) <= set(SPOKEN_LANGUAGES)
    assert [language for language in GROWING_LANGUAGES if language in release_languages()] == ["pt"]
    missing = missing_for_release("de")
    assert missing[0] == "locale/de/communique.yaml"
    assert "core/vocabularies/sexes#codes/female" in missing
    assert "figures/definitions/arrests#titles" in missing
    assert not any(context.startswith("cli/") for context in missing)
