"""Side effects have one place each: who opens a transaction, and that importing a module changes no environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "traboule"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)

# What begins, ends or divides a transaction of Django, and the context manager that wraps it with row security.
TRANSACTION_CALLS = {"atomic", "savepoint", "set_autocommit", "non_atomic_requests"}
ACTOR_TRANSACTION = "acting"
TRANSACTION_MODULE = "database/context.py"
SNAPSHOT_MODULE = "database/arrow.py"  # Read-only snapshots, on a connection of their own.
DISPATCH_MODULE = "app/dispatch.py"
ENVIRONMENT = {"environ", "putenv", "unsetenv"}


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def called(tree: ast.AST) -> Iterator[str]:
    """Yield the last name of everything that is called, or used as a decorator."""
    for node in ast.walk(tree):
        target = node.func if isinstance(node, ast.Call) else None
        targets = [target] if target is not None else []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            targets = node.decorator_list
        for name in targets:
            if isinstance(name, ast.Attribute):
                yield name.attr
            elif isinstance(name, ast.Name):
                yield name.id


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that Python executes when it imports a module: all but the bodies of functions."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            defaults = [*child.args.defaults, *filter(None, child.args.kw_defaults), *child.decorator_list]
            for part in defaults:
                yield from run_at_import(part)
        elif not isinstance(child, ast.Lambda):
            yield from run_at_import(child)


def environment_at_import(tree: ast.Module) -> list[int]:
    """Return the lines on which importing a module reads or changes the environment."""
    nodes = [node for node in run_at_import(tree) if isinstance(node, ast.Attribute | ast.Name)]
    return sorted(
        {node.lineno for node in nodes if (node.attr if isinstance(node, ast.Attribute) else node.id) in ENVIRONMENT}
    )


def callers(names: set[str]) -> set[str]:
    return {str(path.relative_to(SOURCE)) for path in FILES if names & set(called(parsed(path)))}


def test_one_module_opens_transactions() -> None:
    assert callers(TRANSACTION_CALLS - {"set_autocommit"}) == {TRANSACTION_MODULE}
    assert callers({"set_autocommit"}) == {SNAPSHOT_MODULE}
    assert "REPEATABLE READ READ ONLY" in (SOURCE / SNAPSHOT_MODULE).read_text(encoding="utf-8")


def test_only_dispatch_uses_them() -> None:
    assert callers({ACTOR_TRANSACTION}) == {DISPATCH_MODULE}


def test_no_module_touches_the_environment_when_imported() -> None:
    touching = {str(path.relative_to(SOURCE)): environment_at_import(parsed(path)) for path in FILES}
    assert {path: lines for path, lines in touching.items() if lines} == {}


@pytest.mark.parametrize(
    "planted",
    ["with transaction.atomic():\n    pass", "@atomic\ndef write(): ...", "transaction.set_autocommit(False)"],
)
def test_a_planted_transaction_is_seen(planted: str) -> None:
    assert TRANSACTION_CALLS & set(called(ast.parse(planted)))


@pytest.mark.parametrize(
    ("planted", "lines"),
    [
        ('import os\nos.environ["A"] = "1"', [2]),
        ('import os\nif True:\n    os.environ.setdefault("A", "1")', [3]),
        ('import os\nclass A:\n    b = os.environ.get("A")', [3]),
        ('import os\ndef a(b=os.environ.get("A")): ...', [2]),
        ('import os\nos.putenv("A", "1")', [2]),
        ('import os\ndef a():\n    os.environ["A"] = "1"', []),
        ("import os\na = lambda: os.environ", []),
    ],
)
def test_a_planted_environment_is_seen(planted: str, lines: list[int]) -> None:
    assert environment_at_import(ast.parse(planted)) == lines
