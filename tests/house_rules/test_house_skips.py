"""No test is skipped without a reason; every reason is checked: where it does not hold nothing is skipped for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.spark_here import Spark

TESTS = Path(__file__).parents[1]
BESIDE = TESTS.parents[1] / "shared" / "data"

# The words of a reason, and whether it holds here.
REASONS = {
    "the press article is another's text and lies beside the checkout, not in it": lambda: (
        not (BESIDE / "press-article-liberterra-ii.fr.txt").exists()
    ),
    "Spark needs Java and the spark extra, and this machine lacks one of them": lambda: not Spark().exists(),
}
SKIPPING = {"skip", "skipif", "importorskip", "xfail"}


def skips(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SKIPPING:
                yield node


def reason(call: ast.Call) -> str:
    words = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    words += [k.value.value for k in call.keywords if k.arg == "reason" and isinstance(k.value, ast.Constant)]
    return str(words[0]) if words else ""


def test_every_skip_gives_a_known_reason() -> None:
    unknown = {
        f"{path.relative_to(TESTS)}:{call.lineno}": reason(call)
        for path in sorted(TESTS.rglob("*.py"))
        for call in skips(ast.parse(path.read_text(encoding="utf-8")))
        if reason(call) not in REASONS
    }
    assert unknown == {}


def test_a_reason_that_does_not_hold_skips_nothing() -> None:
    """Each skip stands behind the very condition that its reason speaks of: the thing is absent."""
    for path in sorted(TESTS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        guarded = {
            id(call)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "exists()" in ast.unparse(node.test)
            for call in skips(node)
        }
        bare = [call.lineno for call in skips(tree) if id(call) not in guarded]
        assert bare == [], path


def test_every_reason_is_still_used() -> None:
    used = {reason(call) for path in TESTS.rglob("*.py") for call in skips(ast.parse(path.read_text(encoding="utf-8")))}
    assert set(REASONS) - used == set()


def test_planted_skip_is_seen() -> None:
    assert [reason(call) for call in skips(ast.parse('pytest.skip("later")'))] == ["later"]
