"""Every message stands in every language, in gettext, with the same places to fill; a language is one folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel.messages.catalog import Catalog
from translate import catalogues
from translate.catalogues import SOURCE, Fault, faults, has_faulty_forms, messages, updated, written

from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue, domain_of, domains, translated

PLACE = re.compile(r"\{\w+\}")
TRANSLATED = (*LANGUAGES[1:], *GROWING_LANGUAGES)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_message_is_missing_fuzzy_or_stale(language: str) -> None:
    assert list(faults(language, growing=language in GROWING_LANGUAGES)) == []


def test_no_file_of_messages_carries_another_language() -> None:
    def languages_in(content: Any) -> set[str]:
        if isinstance(content, list):
            return set().union(*map(languages_in, content))
        if not isinstance(content, dict):
            return set()
        own = set(content) & set(TRANSLATED) if isinstance(content.get("en"), str | list) else set()
        return own.union(*map(languages_in, content.values()))

    files = [path for path in sorted(SOURCE.rglob("*.yaml")) if domain_of(path.relative_to(SOURCE).as_posix())]
    assert len(files) > 70
    assert {path.name for path in files if languages_in(yaml.safe_load(path.read_text(encoding="utf-8")))} == set()


def test_every_domain_holds_messages() -> None:
    assert [domain for domain in domains() if not messages(domain)] == []


def test_a_message_is_found_by_its_place() -> None:
    assert catalogue("traboule.cli", "words.yaml")["options"]["fr"] == "Options"
    assert catalogue("traboule.core", "errors.yaml")["not-permitted"]["ar"].startswith("الدور")
    own = translated({"options": {"en": "Options", "fr": "Own"}}, "cli/words.yaml")
    assert own["options"]["fr"] == "Own", "what a text carries itself stands"


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Catalogues of one language in a folder of their own."""
    monkeypatch.setattr(catalogues, "_LOCALE", tmp_path)
    for domain in domains():
        catalogues.write("fr", domain, Catalog(locale="fr"))
    return tmp_path


def test_planted_faults_are_seen(apart: Path) -> None:
    message = next(message for message in messages("cli") if "{" in message.english)
    assert Fault("fr", "cli", message.context, "missing") in set(faults("fr"))
    catalog = updated("fr", "cli")
    catalog.get(message.english, message.context).string = "sans rien"
    catalogues.write("fr", "cli", catalog)
    assert Fault("fr", "cli", message.context, "places") in set(faults("fr"))
    path = apart / "fr" / "LC_MESSAGES" / "cli.po"
    path.write_text(path.read_text(encoding="utf-8").replace("sans rien", "sans  rien"), encoding="utf-8")
    assert Fault("fr", "cli", "", "stale") in set(faults("fr"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tout est dit une fois. Tout est dit une fois. ", "repeated"),
        ("{count} ligne(s)", "forms"),
        ("{count} {count:one=ligne}", "forms"),
        ("{count} {count:one=ligne|few=lignes|other=lignes}", "forms"),
        ("{count} {count:one=ligne|other=lignes}", None),
    ],
)
def test_a_text_said_twice_and_plurals_that_are_none_are_seen(apart: Path, text: str, kind: str | None) -> None:
    message = next(message for message in messages("cli") if {"{count}"} == set(PLACE.findall(message.english)))
    catalog = updated("fr", "cli")
    catalog.get(message.english, message.context).string = text if "{count}" in text else f"{text}{{count}}" * 2
    catalogues.write("fr", "cli", catalog)
    of_message = [fault.kind for fault in faults("fr") if fault.context == message.context]
    assert of_message == ([] if kind is None else [kind])
    assert has_faulty_forms("{count} {count:one=صف|other=صفوف}", "ar")


def test_english_has_a_form_for_one_and_for_many() -> None:
    texts = [message for domain in domains() for message in messages(domain)]
    assert [message.context for message in texts if has_faulty_forms(message.english, "en")] == []


def test_a_translation_of_changed_english_is_kept_and_fuzzy(apart: Path) -> None:
    message = messages("cli")[0]
    catalog = Catalog(locale="fr")
    catalog.add(f"{message.english}, earlier", "traduction", context=message.context)
    catalogues.write("fr", "cli", catalog)
    entry = updated("fr", "cli").get(message.english, message.context)
    assert (entry.string, entry.fuzzy) == ("traduction", True)
    assert written(updated("fr", "cli")) == written(updated("fr", "cli"))
