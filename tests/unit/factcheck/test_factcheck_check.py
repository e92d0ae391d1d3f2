"""What the claims check takes, refuses and gives back."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from tests.counted_work import python_steps

from traboule.core.errors import Invalid
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.factcheck import ClaimsReport, check_text
from traboule.factcheck.comparison import VERDICTS
from traboule.factcheck.display.page import page
from traboule.factcheck.reading.lexicon import lexicon
from traboule.factcheck.report import recognition
from traboule.figures.published import shipped, shipped_sheets

MODULES = 450  # What a start loads at most; Django or an array library alone would bring several hundred more.


def check(text: str, **options: str | None) -> ClaimsReport:
    return check_text(text, sheets=shipped_sheets(), **options)


@pytest.mark.parametrize("text", ["", "   \n\t ", "\u00a0"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        check(text)
    assert raised.value.code == "claims-text-empty"


def test_five_megabytes_are_refused_unread() -> None:
    def refuse() -> None:
        with pytest.raises(Invalid) as raised:
            check("2,571 arrests. " * 350_000)
        assert raised.value.code == "claims-text-too-long"

    assert python_steps(refuse) < 5_000


@pytest.mark.parametrize("text", ["1," * 27_000, "5% " * 13_000, "the 2517 of 850 in " * 6_500, "twenty " * 13_000])
def test_a_heap_of_numbers_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        check(text, language="en")
    assert raised.value.code == "claims-text-numbers"


@pytest.mark.parametrize(
    "text", ["1234567890" * 5_000, "(" * 9_000 + "2,517 arrests" + ")" * 9_000, "&" * 20_000, "a-\n" * 9_000]
)
def test_strange_texts_take_little_work(text: str) -> None:
    """Some hundred steps a character, where comparing each character with each other would be ten thousand."""
    check(text, language="en")
    part = text[: len(text) // 10]
    assert python_steps(check, part, language="en") < 500 * len(part)


def test_binary_is_refused() -> None:
    with pytest.raises(Invalid) as raised:
        check(bytes(range(256)).decode("latin-1") * 4)
    assert raised.value.code == "claims-text-binary"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("zxq wvk prrt 2517 bnm", "claims-language-unknown"),
        ("В операции были арестованы 2517 человек и на границе не было", "claims-language-unsupported"),
        (
            "Il bilancio della operazione e di 2517 arresti che sono stati anche nel corso",
            "claims-language-unsupported",
        ),
    ],
)
def test_other_languages_are_refused_by_name(text: str, code: str) -> None:
    with pytest.raises(Invalid) as raised:
        check(text)
    assert raised.value.code == code
    assert all(raised.value.sentence(language) for language in LANGUAGES)


def test_unsupported_language_asked_for() -> None:
    with pytest.raises(Invalid) as raised:
        check("2,517 arrests", language="xx")
    assert raised.value.code == "claims-language-unsupported"


def test_json_has_exactly_its_fields() -> None:
    data = json.loads(json.dumps(check("2,571 arrests", default="liberterra-ii").to_json()))
    assert list(data) == ["operation", "language", "claims", "remarks"]
    assert list(data["claims"][0]) == ["text", "start", "end", "verdict", "figure", "value", "right", "reason"]
    assert data["claims"][0]["value"] == 2571
    assert data["claims"][0]["right"] == 2517


def test_without_a_default_bare_numbers_are_nobodys() -> None:
    report = check("2,571 arrests")
    assert report.operation is None
    assert [claim.verdict for claim in report.claims] == ["not_ours"]


@pytest.mark.parametrize("reader", LANGUAGES)
def test_reasons_speak_the_readers_language(reader: str) -> None:
    report = check("2,571 arrests", default="liberterra-ii", reader=reader)
    begins = {"en": "The published", "fr": "Le chiffre", "es": "La cifra", "ar": "الرقم"}
    assert report.claims[0].reason.startswith(begins[reader])


def test_operation_is_read_from_name_dates_or_numbers() -> None:
    assert check("Operation Liberterra III was large.").operation == "liberterra-iii"
    assert check("The sweep ran from 5 to 9 July 2021.").operation == "liberterra-i"
    assert check("Police identified 17,793 irregular migrants.").operation == "liberterra-ii"
    assert check("Liberterra 2 and the Liberterra-II results").operation == "liberterra-ii"
    assert check("Operation Jackal was large.", default="liberterra-ii").operation is None


@pytest.mark.parametrize(
    "written",
    ["2,517", "2 517", "2\u00a0517", "2\u202f517", "2\u2009517", "2.517", "2'517", "2’517", "2517", "٢٥١٧", "２５１７"],
)
def test_any_separator_and_digits_and_the_span_is_the_originals(written: str) -> None:
    text = f"In total, {written} arrests were made."
    (claim,) = check(text, default="liberterra-ii").claims
    assert (claim.verdict, claim.value) == ("confirmed", 2517)
    assert claim.text == f"{written} arrests" == text[claim.start : claim.end]


def test_decomposed_accents_and_soft_hyphens_do_not_move_the_span() -> None:
    text = "Re\u0301sultats : 2 571 arres\u00adtations au total, a\u0300 ce jour."
    claim = check(text, default="liberterra-ii", language="fr").claims[0]
    assert claim.verdict == "wrong"
    assert text[claim.start : claim.end] == claim.text == "2 571 arres\u00adtations"


def test_starts_and_runs_without_heavy_company() -> None:
    program = (
        "import sys\n"
        "from traboule.factcheck import check_text\n"
        "from traboule.figures.published import shipped_sheets\n"
        "text = 'The operation led to 2,571 arrests in 116 countries. ' * 60\n"
        "check_text(text, sheets=shipped_sheets(), default='liberterra-ii')\n"
        "heavy = {'django', 'pandas', 'duckdb', 'numpy', 'pyarrow'} & set(sys.modules)\n"
        "print(len(sys.modules), sorted(heavy))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules, company = run.stdout.strip().split(" ", 1)
    assert company == "[]"
    assert int(modules) < MODULES


def test_the_command_itself_starts_without_django() -> None:
    program = (
        "import sys\n"
        "from traboule.cli.main import run\n"
        "status = run(['check', '-', '--json'])\n"
        "heavy = sorted({'django', 'psycopg', 'duckdb', 'numpy', 'pandas'} & set(sys.modules))\n"
        "print(status, heavy, len(sys.modules), file=sys.stderr)\n"
    )
    text = b"In Operation Liberterra II 2,571 people were arrested."
    run = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, check=True)
    status, company, modules = run.stderr.decode().split(" ")
    assert json.loads(run.stdout)["claims"][0]["right"] == 2517
    assert (status, company) == ("0", "[]")
    assert int(modules) < MODULES


def test_work_grows_with_length_and_not_with_its_square() -> None:
    sentence = "In all 12 people and 3,222 potential victims among 17 others in France "
    check(sentence, default="liberterra-ii")
    steps = [python_steps(check, sentence * repeats, default="liberterra-ii") for repeats in (25, 200)]
    # Eight times the text; a square would be 64 times the work.
    assert steps[1] < 10 * steps[0]


@pytest.mark.parametrize("piece", ["a ", "3-", "(1", ".", "a@", "وو", "between 3 and ", "Mali 3. "])
def test_no_strange_text_holds_it_up(piece: str) -> None:
    """Ten times the text takes no more than some ten times the work: a square would be a hundred."""
    check("2,517 arrests", language="en")
    steps = []
    for length in (250, 2_500):
        text = (piece * length)[:length]
        steps.append(python_steps(check, text, language="en"))
    assert steps[1] < 15 * steps[0]


def test_page_escapes_and_keeps_the_text() -> None:
    text = 'The operation <b onclick="x()">led</b> to 2,571 arrests & more.'
    report = check(text, default="liberterra-ii", language="en")
    html = page(text, report, "en", recognition(text, report, shipped_sheets()))
    assert "<b onclick" not in html
    assert "&lt;b onclick=&quot;x()&quot;&gt;" in html
    assert '<mark class="wrong"' in html
    assert "http" not in html
    assert "<h1>Operation Liberterra II</h1>" in html
    assert html.count('<th scope="col">') == html.partition("</tr>")[0].count("<th ") == 5
    arabic = page(text, report, "ar", "named")
    assert 'dir="rtl"' in arabic
    assert "<h1>عملية ليبرتيرا الثانية</h1>" in arabic


def test_page_on_no_operation_of_ours_says_so() -> None:
    text = "The weather was mild, and in all seven people took the early train to the sea for the day, as in old times."
    report = check(text, language="en")
    assert report.operation is None
    assert "<h1>This text is about something else: no operation whose figures are held here.</h1>" in page(
        text, report, "en", recognition(text, report, shipped_sheets())
    )


def test_every_word_of_the_catalogue_has_four_languages() -> None:
    words = catalogue("traboule.factcheck", "words.yaml")
    for section in ("verdicts", "precisions", "figures", "reasons"):
        for code, wording in words[section].items():
            assert set(wording) - set(GROWING_LANGUAGES) == set(LANGUAGES), code
    assert set(words["verdicts"]) == set(VERDICTS)
    published = {f.id for s in shipped_sheets() for f in s.figures} | {
        f.id for story in shipped("liberterra-ii").stories for f in story.figures
    }
    assert published <= set(words["figures"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_lexicons_hold_words_only(language: str) -> None:
    """YAML reads an unquoted no or on as a truth value; such an entry would never be found in a text."""

    def leaves(node: object) -> list[object]:
        if isinstance(node, dict):
            return [leaf for value in node.values() for leaf in leaves(value)]
        return [leaf for value in node for leaf in leaves(value)] if isinstance(node, list) else [node]

    content = dict(catalogue("traboule.factcheck", f"lexicons/{language}.yaml"))
    numbers = content.pop("numbers")
    durations = content.pop("duration_phrases")
    # The truth values that a language holds besides its words.
    for manner in ("adjective_follows", "verb_first", "months_capital"):
        content.pop(manner, None)
    assert all(isinstance(leaf, str) for leaf in leaves(content))
    assert all(isinstance(leaf, str) for leaf in leaves([entry["words"] for entry in durations]))
    assert all(isinstance(key, str) for section in numbers.values() if isinstance(section, dict) for key in section)
    assert lexicon(language).language == language
