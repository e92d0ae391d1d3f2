"""What becomes of people after an operation is another quantity than those it arrested, rescued or found."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from traboule.figures.published import shipped_sheets
from traboule.release.claims import check_text

SHEETS = shipped_sheets()
GOLDEN = Path(__file__).parents[2] / "golden" / "claims-later.yml"
CASES: dict[str, dict[str, str | list[str]]] = yaml.load(GOLDEN.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
# Smaller numbers are days and ages.
LEAST = 1000


def verdicts(language: str, sentence: str) -> list[str]:
    """Return the verdicts of the large numbers of a sentence behind its language's lead."""
    lead = CASES[language]["lead"]
    claims = check_text(f"{lead} {sentence}", sheets=SHEETS, language=language).claims
    return [
        claim.verdict
        for claim in claims
        if claim.start > len(lead) and isinstance(claim.value, int | float) and claim.value >= LEAST
    ]


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, one) for language, case in CASES.items() for one in case["later"]]
)
def test_what_became_of_people_is_no_figure_told_amiss(language: str, sentence: str) -> None:
    assert "wrong" not in verdicts(language, sentence)


@pytest.mark.parametrize(
    ("language", "sentence"), [(language, one) for language, case in CASES.items() for one in case["told"]]
)
def test_what_the_operation_did_told_amiss_is_wrong(language: str, sentence: str) -> None:
    assert "wrong" in verdicts(language, sentence)


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
    found = {claim.text: claim.verdict for claim in check_text(text, sheets=SHEETS).claims}
    assert next(verdict for told, verdict in found.items() if told.startswith(number)) == "confirmed"
