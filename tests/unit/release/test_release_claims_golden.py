"""The claims check against texts whose claims were listed by reading them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from traboule.figures.published import shipped_sheets
from traboule.release.claims import Claim, ClaimsReport, check_text

CHECKOUT = Path(__file__).parents[3]
GOLDEN = CHECKOUT / "tests" / "golden"
# The article is another's text: it is read where the project's data lies, and is no part of the project.
ARTICLE = CHECKOUT.parent.joinpath("shared", "data", "press-article-liberterra-ii.fr.txt")

CASES: list[dict[str, Any]] = yaml.safe_load((GOLDEN / "claims.yml").read_text(encoding="utf-8"))


def checked(case: dict[str, Any]) -> ClaimsReport:
    return check_text(case["text"], sheets=shipped_sheets(), default="liberterra-ii")


def covering(claims: tuple[Claim, ...], text: str, fragment: str) -> list[Claim]:
    places = [place for place in range(len(text)) if text.startswith(fragment, place)]
    return [c for c in claims if any(c.start < place + len(fragment) and place < c.end for place in places)]


def faults(case: dict[str, Any]) -> list[str]:
    """What the check says otherwise than the case does: missing, differing and unexpected claims."""
    report = checked(case)
    found = []
    met: list[Claim] = []
    for expected in case["claims"]:
        near = covering(report.claims, case["text"], expected["fragment"])
        same = [c for c in near if (c.verdict, c.figure) == (expected["verdict"], expected["figure"])]
        met += same
        if not same or ("right" in expected and same[0].right != expected["right"]):
            found.append(f"{expected} but {near}")
    allowed = {"not_ours"} if case.get("others") else set()
    found += [f"unexpected {c}" for c in report.claims if c not in met and c.verdict not in allowed]
    if case.get("operation", report.operation) != report.operation:
        found.append(f"operation {report.operation}")
    return found


def test_there_are_enough_cases_in_four_languages() -> None:
    languages = [checked(case).language for case in CASES]
    assert len(CASES) >= 40
    assert set(languages) == {"en", "fr", "es", "ar"}


def test_nineteen_of_twenty_cases_are_judged_right() -> None:
    wrong = {case["text"]: found for case in CASES if (found := faults(case))}
    assert len(wrong) <= 0.05 * len(CASES), wrong


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:40] for case in CASES])
def test_nothing_is_called_wrong_that_is_not(case: dict[str, Any]) -> None:
    claims = checked(case).claims
    wrong = [entry["fragment"] for entry in case["claims"] if entry["verdict"] == "wrong"]
    expected = [claim for fragment in wrong for claim in covering(claims, case["text"], fragment)]
    assert [claim for claim in claims if claim.verdict == "wrong" and claim not in expected] == []


def test_french_article() -> None:
    if not ARTICLE.exists():
        pytest.skip("the press article is another's text and lies beside the checkout, not in it")
    golden = yaml.safe_load((GOLDEN / "claims-french-article.yml").read_text(encoding="utf-8"))
    text = ARTICLE.read_text(encoding="utf-8")
    report = check_text(text, sheets=shipped_sheets())
    assert (report.operation, report.language) == (golden["operation"], golden["language"])
    left = list(report.claims)
    for expected in golden["claims"]:
        near = covering(tuple(left), text, expected["fragment"])
        same = [c for c in near if (c.verdict, c.figure) == (expected["verdict"], expected["figure"])]
        assert same, (expected, near)
        assert same[0].right == expected.get("right", same[0].right)
        assert text[same[0].start : same[0].end] == same[0].text
        left.remove(same[0])
    assert left == []
