"""A checked text in a terminal and as a page: the summary first, the wrong on top, the rest folded."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from rich.cells import cell_len

from traboule.app.desk import Desk
from traboule.app.handlers.texts import CheckedText
from traboule.cli.main import run
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role

ENGLISH = (
    "Interpol's Operation Liberterra II led to 2,571 arrests in 116 countries. Officers freed 3,222 victims and met "
    "17,793 illegal migrants between 29 September and 4 October. A man of 34 had paid 5,000 dollars in 2019."
)
FRENCH = (
    "L'opération Liberterra II a permis d'arrêter 2 517 personnes dans 116 pays, d'identifier 17\u202f793 migrants en "
    "situation irrégulière, de secourir 3\u00a0322 victimes potentielles et de faire 8 000 000 de vérifications."
)
ARABIC = "أسفرت عملية ليبرتيرا الثانية عن توقيف 2571 شخصاً في 116 دولة وإنقاذ 3222 ضحية محتملة."
ELSEWHERE = "Seven people took the early train to the sea, and each of them paid 20 euros for 3 hours, the mayor said."


def checked(text: str, language: str = "en") -> CheckedText:
    by, at = Actor("press", Role.PRESS), datetime(2026, 1, 1, tzinfo=UTC)
    done = Desk.plain().perform("text.check", by=by, at=at, content=text.encode(), name="a.txt", language=language)
    assert isinstance(done, CheckedText)
    return done


def plain(text: str, language: str = "en", *, width: int = 80, everything: bool = False) -> str:
    return checked(text, language).render(width, everything=everything).plain


def test_the_summary_stands_first_and_the_wrong_on_top() -> None:
    lines = plain(ENGLISH).splitlines()
    assert lines[0] == "Operation Liberterra II – named in the text"
    assert lines[1] == "Wrong: 1 · Remarks: 2 · Right: 3"
    headings = [line for line in lines if line in ("Wrong", "Remarks", "Right", "The text")]
    assert headings == ["Wrong", "Remarks", "Right", "The text"]
    assert lines[lines.index("Wrong") + 1] == "[1] 2,571 arrests – wrong"
    assert "2,517, not 2,571" in lines[lines.index("Wrong") + 2]
    assert "[5] illegal migrants – wording" in lines
    # That a number is the published one is reason enough.
    assert lines[lines.index("[2] 116 countries – confirmed") + 1].startswith("[4] ")


def test_what_is_not_among_the_figures_is_counted_and_shown_when_asked_for() -> None:
    folded, everything = plain(ENGLISH), plain(ENGLISH, everything=True)
    assert "Not among the figures held here: 3 (--all shows them)" in folded.splitlines()
    assert "5,000" not in folded.partition("The text")[0]
    assert re.search(r"^\[\d\] 5,000", everything, re.M)
    assert "--all" not in everything


def test_the_text_appears_entire_with_numbers_added() -> None:
    text_shown = plain(ENGLISH, everything=True).partition("The text\n")[2]
    assert re.sub(r"\[\d+\]", "", text_shown.replace("\n", " ")) == ENGLISH


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_about_something_else_is_said_to_be_that(language: str) -> None:
    done = checked(ELSEWHERE, language)
    assert done.to_json()["recognised"] == "nothing"
    rendered = done.render(80).plain
    assert "Liberterra" not in rendered
    assert "train" not in rendered
    assert "train" in done.render(80, everything=True).plain
    assert "<h1>" + escape(rendered.splitlines()[0]) in done.page().decode()


@pytest.mark.parametrize(
    ("text", "recognised"),
    [
        ("Operation LIBERTERRA  II led to 2,517 arrests.", "named"),
        ("In Interpol's Liberterra 2,517 people were arrested in 116 countries.", "family"),
        ("Police made 2,517 arrests in 116 countries, Interpol said.", "figures"),
        ("Police made 2,500 arrests.", "assumed"),
        ("Liberterra III led to 3,744 arrests.", "named"),
        ("In Operation Libertierra II 2,517 people were arrested.", "named"),
        ("أدت عملية ليبيرتييرا الثانية إلى توقيف 2517 شخصا.", "named"),
    ],
)
def test_how_surely_the_operation_was_recognised_is_said(text: str, recognised: str) -> None:
    assert checked(text).to_json()["recognised"] == recognised


@pytest.mark.parametrize("width", range(24, 81, 7))
@pytest.mark.parametrize("text", [ENGLISH, FRENCH, ARABIC])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_is_too_long_and_no_number_broken(text: str, language: str, width: int) -> None:
    lines = plain(text, language, width=width, everything=True).splitlines()
    assert max(map(cell_len, lines)) <= width
    body = lines[max(at for at, line in enumerate(lines) if not line) + 2 :]
    for number in re.findall(r"\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+|\d+", text):
        assert any(number in line for line in body), number
    # Nor in a reason: a line that begins with three digits would continue a number.
    groups = [line for line in lines if re.match(r"\s*[\d٠-٩]{3}(?![\d٠-٩])", line)]
    assert all(any(line.strip().startswith(n) for n in ("116", "١١٦")) for line in groups), groups


def test_french_quotation_marks_stay_with_their_words() -> None:
    text = "Près de 19 000 migrants en situation irrégulière ont été identifiés lors de Liberterra II."
    for width in range(40, 81):
        lines = plain(text, "fr", width=width).splitlines()
        assert not [line for line in lines if line.endswith("«") or line.lstrip().startswith(("»", ":"))]


def test_words_written_the_other_way_keep_their_direction() -> None:
    assert "[1] \u20682571 شخصاً\u2069 – wrong" in plain(ARABIC)
    assert "\u2068[1]\u2069" in plain(ARABIC).partition("The text")[2]
    assert "[١] \u20682,571 arrests\u2069 – خطأ" in plain(ENGLISH, "ar")


def test_a_terminal_is_not_told_what_to_do() -> None:
    text = f"Liberterra II:\x1b[2J\t[bold]2,571 arrests[/bold]\r\nin 116 countries\x07. {ENGLISH}"
    rendered = checked(text).render(80)
    assert "\x1b" not in rendered.plain
    assert "[bold]2,571 arrests[1][/bold]" in rendered.plain
    assert "116 countries[2]" in rendered.plain


def test_the_page_has_the_same_order_and_folds_the_rest() -> None:
    page = checked(ENGLISH).page().decode()
    places = [page.index(piece) for piece in ("<h1>", "named in the text", "<h2>Wrong", "<h2>Remarks", "<h2>Right")]
    places += [page.index(piece) for piece in ("<details><summary>Not among", "<h2>The text")]
    assert places == sorted(places)
    assert '<mark class="dropped_qualifier"' in page
    assert re.search(r'<mark class="confirmed wording" title="[^"]+">illegal migrants</mark>', page)
    body = re.sub(r"<sup>.*?</sup>|<[^>]+>", "", page.partition('<div class="text"')[2].partition(">")[2])
    assert body.strip() == ENGLISH.replace("'", "&#x27;")


def test_programs_find_all_keys_they_knew_and_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    article = tmp_path / "article.html"
    article.write_text(f"<html><body><nav>77 arrests</nav><p>{ENGLISH}</p></body></html>", encoding="utf-8")
    assert run(["check", str(article), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {"operation", "language", "claims", "recognised", "summary"} <= set(data)
    assert data["summary"] == {"wrong": 1, "remarks": 2, "right": 3, "not_ours": 3}
    assert "77" not in {claim["text"] for claim in data["claims"]}


def test_the_command_shows_a_summary(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    article = tmp_path / "article.txt"
    article.write_text(FRENCH, encoding="utf-8")
    assert run(["check", str(article), "--language", "fr"]) == 0
    assert capsys.readouterr().out.startswith("Opération Liberterra II – nommée dans le texte\nFaux\u00a0: 1")
