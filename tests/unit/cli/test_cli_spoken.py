"""A command that is called wrongly, or meets a fault, says so in the language of the person who called it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.builders import POLICY, full_statement

from traboule.cli.main import run
from traboule.core.language.languages import SPOKEN_LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.operation.operation import shipped_text
from traboule.release.factsheet import as_json

WRONG = {
    "usage-command": ["release", "frobnicate"],
    "usage-option": ["release", "issue", "--frobnicate"],
    "usage-missing": ["release", "draft"],
    "usage-choice": ["release", "sign", "--role", "analyst"],
    "usage-moment": ["release", "embargo", "--until", "yesterday"],
    "usage-number": ["release", "show", "--number", "abc"],
    "usage-file": ["release", "draft", "--kind", "final", "--texts", "/nowhere/at.all"],
    "usage-bare": ["release", "show", "--number"],
    "usage-other": ["release", "show", "surplus"],
}


def head(code: str, language: str) -> str:
    """Return the longest piece that an entry of the catalogue says beside its places."""
    said = catalogue("traboule.cli", "words.yaml")[code][language]
    return max(said.replace("}", "{").split("{")[::2], key=len).strip()


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
@pytest.mark.parametrize("code", WRONG)
def test_wrong_usage_is_said_in_the_language_of_the_call(
    code: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRABOULE_LANGUAGE", language)
    assert run(WRONG[code]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert head(code, language) in said.err
    assert language == "en" or not {"Usage:", "Try", "Invalid"} & set(said.err.split())


def test_a_common_option_may_stand_before_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``traboule --language fr figures`` was refused: there was no such option."""
    nowhere = str(tmp_path / "nowhere")
    assert run(["--language", "fr", "--data", nowhere, "figures"]) == 4
    said = capsys.readouterr().err
    assert nowhere in said.replace("\n", "")
    assert said.startswith(catalogue("traboule.cli", "words.yaml")["error"]["fr"])
    assert run(["--json", "return", f"--data={nowhere}", "check", __file__]) == 4
    assert json.loads(capsys.readouterr().out)["error"] == "database-none-here"
    assert run(["--data", nowhere, "figures", "--json", "--data", f"{nowhere}/deeper"]) == 4
    assert "deeper" in json.loads(capsys.readouterr().out)["message"]


def test_wrong_usage_is_one_object_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["release", "show", "--number", "abc", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "usage"


@pytest.mark.parametrize("language", SPOKEN_LANGUAGES)
def test_help_has_no_word_of_another_language(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["release", "sign", "--language", language, "--help"]) == 0
    assert run(["--language", language, "--help"]) == 0
    output = capsys.readouterr().out
    assert catalogue("traboule.cli", "words.yaml")["options"][language] in output
    assert language == "en" or not {"Usage", "Show"} & set(output.split())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Line 3: the file"),
        ("es", "Línea 3: a partir"),
        ("pt", "Linha 3: a partir"),
        ("ar", "السطر \u20683\u2069"),
    ],
)
def test_a_fault_of_an_operation_file_is_a_sentence(
    language: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("code: x\ntitle: [\n", encoding="utf-8")
    assert run(["operation", "open", str(file), "--language", language, "--data", str(tmp_path / "d")]) == 6
    told = capsys.readouterr().err
    assert said in told
    assert "operation-unreadable" not in told


@pytest.mark.parametrize(
    ("language", "warning"),
    [
        ("en", "Nothing of it can be released before"),
        ("fr", "Rien ne pourra en paraître avant"),
        ("es", "No podrá publicarse nada antes"),
        ("pt", "Nada dela pode ser publicado antes"),
        ("ar", "لا يمكن إصدار شيء عنها قبل"),
    ],
)
def test_opening_a_file_says_at_once_what_its_releases_will_lack(
    language: str, warning: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lacking.yaml"
    text = shipped_text("liberterra-ii").replace("email: press@traboule.example", "phone: '1'")
    file.write_text(text.replace("place: {en: Lyon, fr: Lyon, ", "place: {en: Lyon, "), encoding="utf-8")
    assert run(["operation", "open", str(file), "--language", language, "--data", str(tmp_path / "d")]) == 0
    output = capsys.readouterr().out
    assert warning in output
    assert "press.place (fr)" in output
    assert "press.contact.email" in output


def test_texts_that_are_no_text_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "texts.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    arguments = ["release", "draft", "--kind", "final", "--texts", str(file), "--data", str(tmp_path / "d"), "--json"]
    assert run(arguments) == 6
    assert json.loads(capsys.readouterr().out)["error"] == "release-texts-unreadable"


def test_an_issued_row_on_smuggling_is_confirmed_in_portuguese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The term of the United Nations protocol is no noun for people: its row counts arrests."""
    sheet, page = tmp_path / "factsheet.json", tmp_path / "communique.html"
    issued = replace(full_statement(), policy={**POLICY, "languages": ["en"]})
    sheet.write_bytes(as_json(issued))
    page.write_text(
        "<html lang='pt'><h2>Os números</h2><table><tr><td>Detenções</td><td>2 517</td></tr>"
        "<tr><td>das quais por tráfico de pessoas ou tráfico ilícito de migrantes</td><td>850</td></tr></table></html>",
        encoding="utf-8",
    )
    arguments = ["check", str(page), "--against", str(sheet), "--text-language", "pt", "--json"]
    run(arguments)
    verdicts = {claim["text"]: claim["verdict"] for claim in json.loads(capsys.readouterr().out)["claims"]}
    assert verdicts["850"] == "confirmed"
