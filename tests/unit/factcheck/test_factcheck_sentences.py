"""Single sentences beside an operation: what became of people later, another quantity, or other days than its own."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from traboule.factcheck import check_text
from traboule.figures.published import shipped_sheets

SHEETS = shipped_sheets()
FILES = sorted((Path(__file__).parents[2] / "golden" / "claims-sentences").iterdir())
Case = tuple[str, str, str]


def cases(kind: str) -> list[Case]:
    """Return (language, lead, sentence) for every sentence of one kind."""
    sentences: list[Case] = []
    for path in FILES:
        for language, case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader).items():
            sentences += [(language, case["lead"], sentence) for sentence in case[kind]]
    return sentences


def verdicts(language: str, lead: str, sentence: str) -> list[str]:
    """Return the verdicts of the claims of a sentence behind its language's lead."""
    claims = check_text(f"{lead} {sentence}", sheets=SHEETS, language=language).claims
    return [claim.verdict for claim in claims if claim.start > len(lead)]


def verdict_on(text: str, number: str) -> str:
    """Return the verdict of the claim that begins with ``number``."""
    claims = check_text(text, sheets=SHEETS).claims
    return next(claim.verdict for claim in claims if claim.text.startswith(number))


@pytest.mark.parametrize(("language", "lead", "sentence"), cases("later"))
def test_another_quantity_is_no_figure_told_amiss(language: str, lead: str, sentence: str) -> None:
    assert "wrong" not in verdicts(language, lead, sentence)


@pytest.mark.parametrize(("language", "lead", "sentence"), cases("told"))
def test_what_the_operation_did_told_amiss_is_wrong(language: str, lead: str, sentence: str) -> None:
    assert "wrong" in verdicts(language, lead, sentence)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (
            "Interpol a fait état, pour Liberterra II, de 3 222 victimes potentielles secourues et de 17 793 migrants "
            "en situation irrégulière.",
            "17 793",
        ),
        ("Liberterra I ended with about 430 victims rescued and 4,000 irregular migrants in 47 countries.", "4,000"),
    ],
)
def test_a_rescue_told_of_others_is_not_told_of_migrants(text: str, number: str) -> None:
    assert verdict_on(text, number) == "confirmed"


@pytest.mark.parametrize(
    ("text", "number", "verdict"),
    [
        # A paper at home names its country once.
        (
            "Gendarmes hallaron en Campana a 59 trabajadores en una plantación, en la operación Liberterra II. "
            "En la Argentina el caso causó revuelo.",
            "59",
            "confirmed",
        ),
        ("Na Liberterra II, a PF prendeu quem levou 70 migrantes aos EUA. No Brasil, o caso segue.", "70", "confirmed"),
        ("Na Liberterra II uma quadrilha levou 60 migrantes aos EUA. No Brasil, o caso segue.", "60", "not_ours"),
        # "Over" behind a verb of spreading leads nowhere, "nearly" does.
        ("Liberterra II: officers ran nearly eight million checks in 116 countries.", "nearly", "confirmed"),
        ("Liberterra II ran over 116 countries and territories.", "116", "confirmed"),
        ("Liberterra II: Nearly 42,000 flights were monitored.", "Nearly 42,000", "wrong"),
        ("Liberterra III, du 10 au 21 novembre, soit neuf jours.", "neuf jours", "wrong"),
        ("Liberterra III: 3,744 arrests. About a quarter of the arrests were for trafficking.", "About a", "not_ours"),
        ("Liberterra III: 3,744 arrests. A quarter of the arrests were for trafficking or smuggling.", "A q", "wrong"),
        # A year before a number makes no telephone number of both.
        ("Liberterra II dejó en 2024 2.517 detenciones.", "2.517", "confirmed"),
        ("This year it was 4,414, the victims of trafficking whom Liberterra III safeguarded.", "4,414", "confirmed"),
        (
            "Once hondureñas fueron rescatadas en Liberterra II, operación que rescató a 3.232 víctimas potenciales.",
            "3.232",
            "wrong",
        ),
        ("Liberterra II. El albergue recibió este año a 2.600 víctimas de todo tipo.", "2.600", "not_ours"),
        ("Liberterra III. C'est un coup sans précédent : 3 474 arrestations dans 119 pays.", "3 474", "wrong"),
        # A sum of editions is told as one.
        ("Liberterra II ended with 2,803 arrests.", "2,803", "wrong"),
        # What else is told of people rounds no figure.
        ("Liberterra II : au moins 1 150 victimes potentielles ont ensuite été expulsées.", "au moins", "not_ours"),
    ],
)
def test_single_verdicts(text: str, number: str, verdict: str) -> None:
    assert verdict_on(text, number) == verdict
