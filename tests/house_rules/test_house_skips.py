"""No test is skipped without a reason, and each reason goes with the one condition under which it is true."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SKIPPING = {"skip", "skipif", "importorskip", "xfail"}

# The reason as the source gives it, and the condition that must stand with it.
REASONS = {
    '"the press article is another\'s text and lies beside the checkout, not in it"': "not ARTICLE.exists()",
    "'TRABOULE_NAME_PAIRS names no folder of pairs'": "not PAIRS",
    # `.ci/run` installs it.
    '"a PostgreSQL server of this machine\'s own packages is not installed"': "programs() is None",
    # `.ci/run` installs it.
    '"Debian\'s chromium is not installed"': "program is None",
    # `.ci/run` installs it.
    "'nginx 1.25.1 or later is not installed'": "program is None",
    "'systemd-analyze is not installed'": "ANALYZE is None",
    # Its own tests check that it is true: tests/contract/test_engine_port.py. `make test-spark` runs what it skips.
    "'Spark needs Java and the spark extra, and this machine lacks one of them'": "not Spark().exists()",
}


def skips(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield reason and condition of everything that skips, as source."""
    under: dict[ast.AST, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.If):
            under |= {inside: ast.unparse(node.test) for one in node.body for inside in ast.walk(one)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SKIPPING:
            continue
        given = next((one.value for one in node.keywords if one.arg == "reason"), None)
        if name == "skip":
            yield ast.unparse(node.args[0]) if node.args else "", under.get(node, "")
        else:
            yield ast.unparse(given) if given else "", ast.unparse(node.args[0]) if node.args else ""


def found() -> dict[str, list[tuple[str, str]]]:
    files = sorted(path for path in TESTS.rglob("*.py") if path != Path(__file__))
    return {str(path.relative_to(TESTS)): list(skips(ast.parse(path.read_text(encoding="utf-8")))) for path in files}


def test_every_skip_has_a_known_reason_and_its_condition() -> None:
    wrong = {file: one for file, several in found().items() for one in several if REASONS.get(_same(one[0])) != one[1]}
    assert wrong == {}


def test_every_reason_is_still_used() -> None:
    used = {_same(reason) for several in found().values() for reason, _ in several}
    assert {_same(reason) for reason in REASONS} - used == set()


@pytest.mark.parametrize(
    "source", ['pytest.skip("later")', "pytest.mark.skipif(True, reason='slow')", "pytest.importorskip('numba')"]
)
def test_planted_skip_is_seen(source: str) -> None:
    ((reason, condition),) = skips(ast.parse(source))
    assert REASONS.get(_same(reason)) != condition or not reason


def _same(reason: str) -> str:
    """Return the reason as Python would write it."""
    return ast.unparse(ast.parse(reason, mode="eval")) if reason else ""
