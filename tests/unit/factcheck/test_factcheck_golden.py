"""The claims check against texts whose claims were listed by reading them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from traboule.factcheck import Claim, ClaimsReport, check_text
from traboule.figures.published import shipped_sheets

CHECKOUT = Path(__file__).parents[3]
GOLDEN = CHECKOUT / "tests" / "golden"
# The article is another's text: it is read where the project's data lies, and is no part of the project.
ARTICLE = CHECKOUT.parent.joinpath("shared", "data", "press-article-liberterra-ii.fr.txt")


def loaded(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


SHORT: list[dict[str, Any]] = loaded(GOLDEN / "claims.yml")
WIRE: list[dict[str, Any]] = [case for path in sorted((GOLDEN / "claims-texts").iterdir()) for case in loaded(path)]
CASES = SHORT + WIRE
ARTICLES: dict[str, dict[str, Any]] = {
    path.stem: loaded(path) for path in sorted((GOLDEN / "claims-articles").iterdir())
}
SIX = {"en", "fr", "es", "ar", "de", "pt"}


def checked(case: dict[str, Any]) -> ClaimsReport:
    return check_text(case["text"], sheets=shipped_sheets(), default="liberterra-ii")


def covering(claims: tuple[Claim, ...], text: str, fragment: str) -> list[Claim]:
    places = [place for place in range(len(text)) if text.startswith(fragment, place)]
    return [c for c in claims if any(c.start < place + len(fragment) and place < c.end for place in places)]


def faults(case: dict[str, Any]) -> list[str]:
    """What the check says otherwise than the case does: missing, differing and unexpected claims."""
    report = checked(case)
    differences = []
    matched: list[Claim] = []
    for expected in case["claims"]:
        near = covering(report.claims, case["text"], expected["fragment"])
        same = [c for c in near if (c.verdict, c.figure) == (expected["verdict"], expected["figure"])]
        matched += same
        if not same or ("right" in expected and same[0].right != expected["right"]):
            differences.append(f"{expected} but {near}")
    allowed = {"not_ours"} if case.get("others") else set()
    differences += [f"unexpected {c}" for c in report.claims if c not in matched and c.verdict not in allowed]
    if case.get("operation", report.operation) != report.operation:
        differences.append(f"operation {report.operation}")
    return differences


def accuracy(cases: list[dict[str, Any]]) -> float:
    """Return the share of claims judged as listed; each unexpected claim counts as one more judged amiss."""
    amiss = sum(len(faults(case)) for case in cases)
    return 1 - amiss / sum(max(1, len(case["claims"])) for case in cases)


def test_there_are_enough_cases_in_six_languages() -> None:
    assert len(SHORT) >= 40
    assert len(WIRE) >= 120
    assert {checked(case).language for case in CASES} == SIX
    assert {article["language"] for article in ARTICLES.values()} == SIX
    assert len(ARTICLES) >= 12


def test_nineteen_of_twenty_cases_are_judged_right() -> None:
    wrong = {case["text"]: differences for case in CASES if (differences := faults(case))}
    assert len(wrong) <= 0.05 * len(CASES), wrong


@pytest.mark.parametrize("language", sorted(SIX))
def test_nineteen_of_twenty_verdicts_are_right_in_each_language(language: str) -> None:
    path = GOLDEN / "claims-texts" / f"{language}.yml"
    assert accuracy(loaded(path)) >= 0.95


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:40] for case in CASES])
def test_nothing_is_called_wrong_that_is_not(case: dict[str, Any]) -> None:
    claims = checked(case).claims
    wrong = [entry["fragment"] for entry in case["claims"] if entry["verdict"] == "wrong"]
    expected = [claim for fragment in wrong for claim in covering(claims, case["text"], fragment)]
    assert [claim for claim in claims if claim.verdict == "wrong" and claim not in expected] == []


def test_french_article() -> None:
    if not ARTICLE.exists():
        pytest.skip("the press article is another's text and lies beside the checkout, not in it")
    golden = loaded(GOLDEN / "claims-french-article.yml")
    text = ARTICLE.read_text(encoding="utf-8")
    report = check_text(text, sheets=shipped_sheets())
    assert (report.operation, report.language) == (golden["operation"], golden["language"])
    listed_exactly(report, golden["claims"], text)


def listed_exactly(report: ClaimsReport, expected_claims: list[dict[str, Any]], text: str) -> None:
    """Every claim listed is made, with its verdict, figure and right value, and no other is."""
    left = list(report.claims)
    for expected in expected_claims:
        near = covering(tuple(left), text, expected["fragment"])
        same = [c for c in near if (c.verdict, c.figure) == (expected["verdict"], expected["figure"])]
        assert same, (expected, near)
        assert same[0].right == expected.get("right", same[0].right)
        assert text[same[0].start : same[0].end] == same[0].text
        left.remove(same[0])
    assert left == []


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_article_of_our_own(name: str) -> None:
    article = ARTICLES[name]
    report = check_text(article["text"], sheets=shipped_sheets())
    assert (report.operation, report.language) == (article["operation"], article["language"])
    assert 120 <= len(article["text"].split()) <= 320
    listed_exactly(report, article["claims"], article["text"])
