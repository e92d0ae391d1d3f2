"""The page of promises: each with the tests that keep it, and who reads which table.

In: ``docs/explanation/promises.yaml``, the markers in ``tests/``, the grants of roles and the walls of tables. Out:
Markdown. Promise: a test is named only where its source carries the marker; nothing is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from django.apps import apps
from markdown import code, codes, page, table, text

from traboule.core.permissions import GRANTS, Role
from traboule.database.row_security import POLICIES, Wall, wall_of

ROOT = Path(__file__).parents[2]
PROMISES = ROOT / "docs" / "explanation" / "promises.yaml"


def listed() -> dict[str, Mapping[str, object]]:
    """Return every promise by its id, in the order of the file."""
    lines: dict[str, Mapping[str, object]] = yaml.safe_load(PROMISES.read_text(encoding="utf-8"))
    return lines


def marked() -> dict[str, list[str]]:
    """Return by promise the tests that carry its marker, as ``file::test``, in the order of the files."""
    tests: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        source = path.read_text(encoding="utf-8")
        if "mark.promise" in source:
            for promise, test in _marks(ast.parse(source)):
                tests.setdefault(promise, []).append(f"{path.relative_to(ROOT).as_posix()}::{test}")
    return tests


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (promise, test) for the marks of a module, of its classes and of its tests."""
    of_module = [
        name
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == "pytestmark" for to in node.targets)
        for name in _names(node.value)
    ]
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        of_class = (
            [name for mark in node.decorator_list for name in _names(mark)] if isinstance(node, ast.ClassDef) else []
        )
        for member in members:
            if isinstance(member, ast.FunctionDef) and member.name.startswith("test"):
                own = [name for mark in member.decorator_list for name in _names(mark)]
                yield from ((name, member.name) for name in (*of_module, *of_class, *own))


def _names(marks: ast.AST) -> Iterator[str]:
    """Yield the ids that calls of ``pytest.mark.promise(...)`` name."""
    for call in ast.walk(marks):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "promise":
            yield from (str(argument.value) for argument in call.args if isinstance(argument, ast.Constant))


def promises() -> str:
    """Return the page of promises, and of who may read what."""
    tests = marked()
    rows = []
    for name, line in listed().items():
        keepers = [_link(test) for test in dict.fromkeys(tests.get(name, ()))]
        rows.append((code(name), text(line["promise"]), "<br>".join(keepers) or "**none**"))
    about = (
        "What is promised, by which test, and who may read what. `pytest -m promise` runs every test below. What the "
        "promises mean and where they end: [protection](../explanation/protection.md)."
    )
    parts = [
        table(("Promise", "In words", "Kept by"), rows),
        "## What each role may do",
        table(("Role", "Permissions"), [(role.value, codes(sorted(GRANTS[role]))) for role in Role]),
        "## Who reads and writes which rows",
        "Decided by the database itself, whatever the program asks for. “Its unit” is the state whose row it is.",
        table(("Wall", "Readers", "Writers", "Auditor's own access", "Tables"), _walls()),
        "Tables without a wall, which every role of the application may read:",
        codes(_tables().get(None, ())) + ".",
    ]
    return page("Promises", about, parts)


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{text(name.replace('_', ' ').removeprefix('test '))}](../../{path})"


def _walls() -> list[tuple[str, ...]]:
    rows = []
    tables = _tables()
    for wall, policy in POLICIES.items():
        readers = [role.value for role in policy.readers] + ["its unit"] * policy.unit_reads
        writers = [role.value for role in policy.writers] + ["its unit"] * policy.unit_writes
        audited = "yes" if policy.audited else ""
        rows.append((wall.value, ", ".join(readers), ", ".join(writers), audited, codes(tables.get(wall, ()))))
    return rows


def _tables() -> dict[Wall | None, list[str]]:
    tables: dict[Wall | None, list[str]] = {}
    for model in sorted(apps.get_models(), key=lambda model: model._meta.db_table):
        if model._meta.managed:
            tables.setdefault(wall_of(model), []).append(model._meta.db_table)
    return tables


STANDARD = ROOT / "docs" / "explanation" / "asvs.yaml"
STATES = {"met": "met", "open": "**open**", "none": "does not apply"}


def standard() -> dict[str, Mapping[str, Mapping[str, Mapping[str, str]]]]:
    """Return OWASP ASVS as checked: ``chapters`` by title and number, and those that do not apply."""
    lines: dict[str, Mapping[str, Mapping[str, Mapping[str, str]]]] = yaml.safe_load(
        STANDARD.read_text(encoding="utf-8")
    )
    return lines


def asvs() -> str:
    """Return the page of OWASP ASVS 5.0, level 2, requirement by requirement."""
    content = standard()
    states = [line["state"] for lines in content["chapters"].values() for line in lines.values()]
    about = (
        "The OWASP Application Security Verification Standard 5.0, levels 1 and 2, checked against a command line with "
        f"a database. Of {len(states)} requirements {states.count('met')} are met, {states.count('open')} are open and "
        f"{states.count('none')} do not apply. Numbers are the standard's; its texts are shortened. We checked this "
        "ourselves; nobody from outside has."
    )
    parts = ["## Chapters that do not apply yet"]
    parts.append(
        table(("Chapter", "Why"), [(text(name), text(why)) for name, why in content["not_applicable"].items()])
    )
    for chapter, lines in content["chapters"].items():
        rows = [
            (number, text(line["text"]), STATES[line["state"]], _reason(line["state"], line["by"]))
            for number, line in lines.items()
        ]
        parts += [f"## {chapter}", table(("Number", "Requirement", "State", "By"), rows)]
    return page("OWASP ASVS 5.0, level 2", about, parts)


def _reason(state: str, by: str) -> str:
    return f"[{text(Path(by).name)}](../../{by})" if state == "met" else text(by)
