"""Classes of errors that texts were once passed with, in six languages.

A case is a text with claims, each a fragment, a verdict, a figure and the right value. No claim that is not listed may
be wrong; ``operation`` and ``remarks`` are held to where they are given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from traboule.core.language.messages import catalogue
from traboule.factcheck import ClaimsReport, check_text
from traboule.figures.published import shipped_sheets

SHEETS = shipped_sheets()
GOLDEN = Path(__file__).parents[2] / "golden" / "claims-mended"
CASES: list[dict[str, Any]] = [
    case
    for path in sorted(GOLDEN.iterdir())
    for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
]


def checked(case: dict[str, Any]) -> ClaimsReport:
    return check_text(case["text"], sheets=SHEETS, language=case.get("language"), reader="en")


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:60] for case in CASES])
def test_a_mended_class_stays_mended(case: dict[str, Any]) -> None:
    report = checked(case)
    assert report.operation == case.get("operation", report.operation)
    expected = []
    for fragment, verdict, figure, right in case["claims"]:
        place = case["text"].index(fragment)
        claims = [c for c in report.claims if c.start < place + len(fragment) and place < c.end]
        assert [(c.verdict, c.figure, c.right) for c in claims] == [(verdict, figure, right)]
        expected += claims
    assert [claim for claim in report.claims if claim.verdict == "wrong" and claim not in expected] == []
    assert [remark.text for remark in report.remarks] == case.get("remarks", [r.text for r in report.remarks])


def test_remarks_stand_where_the_text_has_them_and_in_the_json() -> None:
    text = "Liberterra II: 17,793 illegal migrants."
    report = check_text(text, sheets=SHEETS, reader="fr")
    (remark,) = report.remarks
    assert text[remark.start : remark.end] == remark.text == "illegal migrants"
    assert "situation irrégulière" in remark.reason
    assert report.to_json()["remarks"] == [
        {"text": remark.text, "start": remark.start, "end": remark.end, "reason": remark.reason}
    ]


@pytest.mark.parametrize(("language", "word"), [
    ("en", "illegal migrants"), ("en", "illegals"), ("fr", "migrants illégaux"), ("fr", "clandestins"),
    ("es", "migrantes ilegales"), ("ar", "مهاجرين غير شرعيين"), ("ar", "متسللون"),
])  # fmt: skip
def test_what_our_releases_forbid_earns_a_remark(language: str, word: str) -> None:
    report = check_text(f"Liberterra II, 2517. {word}", sheets=SHEETS, language=language)
    assert [remark.text for remark in report.remarks] == [word]
    assert catalogue("traboule", f"locale/{language}/communique.yaml")["forbidden"]


@pytest.mark.parametrize(("text", "reason"), [
    ("Liberterra II: police seized 42 boats.", "Not among the figures held here."),
    ("Liberterra II: 42 boats were seized, Europol said.", "Not among the figures held here."),
    ("Liberterra II, in its second year, in 2019, seized 42 boats.", "Not among the figures held here."),
    ("Liberterra II led to 2,517 arrests. Operation Turquesa seized 42 boats.", "another operation"),
])  # fmt: skip
def test_only_a_text_that_names_another_operation_is_said_to_speak_of_it(text: str, reason: str) -> None:
    (claim,) = [c for c in check_text(text, sheets=SHEETS).claims if c.value == 42]
    assert reason in claim.reason
