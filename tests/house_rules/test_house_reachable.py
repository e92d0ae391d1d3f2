"""Every module serves a verb, and every file that a docstring names exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from traboule.web.api.routes import API_ROUTES
from traboule.web.routes import ROUTES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "traboule"
# Where a process begins: the command line, Django's list of models, and the child that reads a file.
STARTS = ("traboule.cli.main", "traboule.web.settings")
# Packages and modules that a later issue gives a verb to. Their docstrings say so.
RESERVED = (
    "traboule.engines.spark",
    "traboule.linkage.names.log_odds",
    "traboule.linkage.scale",
)
# Programs run by hand, which made a file that is shipped.
PROGRAMS = frozenset({"traboule.release.pictures.boundaries"})
# Files that others publish, or that a command writes.
ELSEWHERE = frozenset({"countries-110m.json", "countries-50m.json", "current-database.json"})
# The screens and functions that a route leads to; packages come with them.
PLACES = frozenset(route.place.partition(":")[0] for route in ROUTES)
API_PLACES = frozenset(route.place.partition(":")[0] for route in API_ROUTES)
FILE = re.compile(r"(?<![\w/.*<{])((?:[\w-]+/)*[\w-]+\.(?:py|yaml|yml|md|csv|json|typ|html|toml))\b")


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports, and the dotted names in its texts: settings and children name modules so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("traboule."):
            yield node.value.partition(":")[0]


def unreachable(known: dict[str, Path], starts: tuple[str, ...] = STARTS) -> list[str]:
    """Return the modules that imports do not reach from ``starts``; a package reaches its models and migrations."""
    waiting, reached = [*starts], set()
    while waiting:
        name = waiting.pop()
        if name in reached or name not in known:
            continue
        reached.add(name)
        waiting.append(name.rpartition(".")[0])
        waiting.extend(imported(ast.parse(known[name].read_text(encoding="utf-8"))))
        # Click loads a command when it is called, Django a room's tables when it starts.
        if name == "traboule.cli.main":
            waiting.extend(module for module in known if module.startswith("traboule.cli."))
        if name == "traboule.web.routes":
            waiting.extend(f"traboule.web.screens.{place}" for place in PLACES)
        if name == "traboule.web.api.routes":
            waiting.extend(f"traboule.web.api.{place}" for place in API_PLACES)
        waiting.extend(module for module in known if module.startswith((f"{name}.models", f"{name}.migrations")))
    return sorted(set(known) - reached)


def test_every_module_serves_a_verb() -> None:
    reserved = {name for name in modules() if name.startswith(RESERVED)}
    assert set(unreachable(modules())) == reserved | PROGRAMS


def test_what_waits_for_a_later_issue_says_so() -> None:
    known = modules()
    for name in RESERVED:
        text = ast.get_docstring(ast.parse(known[name].read_text(encoding="utf-8"))) or ""
        assert "Reserved:" in text, name


def test_a_module_that_nothing_leads_to_is_seen(tmp_path: Path) -> None:
    for name, text in (("a", "import b"), ("b", ""), ("c", "import a")):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert unreachable({name: tmp_path / f"{name}.py" for name in "abc"}, ("a",)) == ["c"]


def docstrings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield ast.get_docstring(node) or ""


def test_every_file_that_a_docstring_names_exists() -> None:
    names = {path.name for path in ROOT.rglob("*") if ".venv" not in path.parts and ".git" not in path.parts}
    stale = []
    for folder in ("src", "tests", "bench", "docs", "translate"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for text in docstrings(ast.parse(path.read_text(encoding="utf-8"))):
                for named in FILE.findall(text):
                    near = (ROOT, *path.parents[:4], SOURCE, SOURCE / "locale", SOURCE / "linkage")
                    is_near = any((place / named).exists() for place in near)
                    if not is_near and named not in ELSEWHERE and ("/" in named or named not in names):
                        stale.append(f"{path.relative_to(ROOT)}: {named}")
    assert stale == []
