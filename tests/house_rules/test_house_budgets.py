"""Budgets of the house: alarms, not aims. Each is measured on the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "traboule"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
BANNED_NAMES = (
    "util",
    "utils",
    "misc",
    "helper",
    "helpers",
    "common",
    "base",
    "manager",
    "service",
    "services",
)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def relative(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def long_files(files: list[Path], limit: int = 400) -> list[str]:
    return [relative(p) for p in files if len(p.read_text(encoding="utf-8").splitlines()) > limit]


def long_functions(tree: ast.AST, limit: int = 50) -> list[str]:
    return [f.name for f in functions(tree) if (f.end_lineno or f.lineno) - f.lineno + 1 > limit]


def wide_functions(tree: ast.AST, limit: int = 7) -> list[str]:
    result = []
    for f in functions(tree):
        names = [a.arg for a in (*f.args.posonlyargs, *f.args.args, *f.args.kwonlyargs)]
        if len([n for n in names if n not in ("self", "cls")]) > limit:
            result.append(f.name)
    return result


def imports_inside(tree: ast.AST) -> list[str]:
    return [f.name for f in functions(tree) for node in ast.walk(f) if isinstance(node, ast.Import | ast.ImportFrom)]


def broad_excepts(tree: ast.AST) -> int:
    broad = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            name = node.type.id if isinstance(node.type, ast.Name) else None
            broad += node.type is None or name in ("Exception", "BaseException")
    return broad


def test_files_fit_in_the_head() -> None:
    assert long_files(FILES) == []


def test_functions_fit_in_the_head() -> None:
    assert {relative(p): long_functions(parsed(p)) for p in FILES if long_functions(parsed(p))} == {}


def test_functions_take_few_parameters() -> None:
    assert {relative(p): wide_functions(parsed(p)) for p in FILES if wide_functions(parsed(p))} == {}


def test_folders_hold_few_files() -> None:
    """Twelve a folder, the face (``__init__``) and the tables (``models``) of a stage not counted."""
    crowded = {}
    for folder in {p.parent for p in FILES}:
        count = len([p for p in FILES if p.parent == folder and p.stem not in ("__init__", "models")])
        if count > 12:
            crowded[relative(folder)] = count
    assert crowded == {}


def test_imports_stand_at_the_head() -> None:
    assert {relative(p): imports_inside(parsed(p)) for p in FILES if imports_inside(parsed(p))} == {}


def test_broad_excepts_stand_only_at_the_door() -> None:
    allowed = {"app/dispatch.py", "cli/main.py", "returns/child.py", "web/api/entry.py", "web/entry.py", "web/work.py"}
    assert [relative(p) for p in FILES if broad_excepts(parsed(p)) and relative(p) not in allowed] == []


def test_names_say_what_a_room_is_for() -> None:
    names = [relative(p) for p in FILES if p.stem in BANNED_NAMES]
    folders = [relative(p.parent) for p in FILES if p.parent.name in BANNED_NAMES]
    assert names + folders == []


def test_every_file_says_what_it_is_for() -> None:
    assert [relative(p) for p in FILES if not ast.get_docstring(parsed(p))] == []


def test_every_public_function_says_what_it_promises() -> None:
    silent = []
    for path in FILES:
        tree = parsed(path)
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{relative(path)}:{node.name}")
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK", "NotImplemented" + "Error")
    result = [relative(p) for p in FILES if any(w in p.read_text(encoding="utf-8") for w in words)]
    assert result == []


class TestTheBudgetsBite:
    """Each measure is shown a fault and must see it."""

    @pytest.mark.parametrize(
        ("measure", "source"),
        [
            (long_functions, "def f():\n" + "    x = 1\n" * 60),
            (wide_functions, "def f(a, b, c, d, *, e, g, h, i): ..."),
            (imports_inside, "def f():\n    import os"),
            (broad_excepts, "try:\n    f()\nexcept Exception:\n    pass"),
            (broad_excepts, "try:\n    f()\nexcept:\n    pass"),
        ],
    )
    def test_planted_fault_is_seen(self, measure: object, source: str) -> None:
        assert callable(measure)
        assert measure(ast.parse(source))
