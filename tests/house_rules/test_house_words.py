"""Names say what a thing is: few vague identifiers, no class name with two meanings. Rooms are added once renamed."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "traboule"
ROOMS = ("linkage",)
MOST = 3.0  # Vague identifiers bound in a thousand lines.
VAGUE = frozenset(
    re.findall(
        r"\w+",
        """one ones other others found told tell kept keep said says held holds given known named shown asked heard met
        still moving thing things it what which who whom way ways here there beside besides alike again anew whole rest
        each some few many woven walked drawn judged counted weighed spelled spelt listed standing""",
    )
)
DJANGO = ("Meta", "Migration")  # Names that Django prescribes.


def bound(tree: ast.AST) -> list[str]:
    """Return the names that a file binds, as variables, arguments, functions and classes."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.arg):
            names.append(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
    return names


def vague(tree: ast.AST) -> list[str]:
    """Return the vague ones among the names that a file binds."""
    return [name for name in bound(tree) if name.strip("_").lower() in VAGUE]


def classes() -> dict[str, list[str]]:
    """Return the files of the renamed rooms that define each class name."""
    files = defaultdict(list)
    for path in sorted(path for room in ROOMS for path in (SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name not in DJANGO:
                files[node.name].append(str(path.relative_to(SOURCE)))
    return files


def test_few_identifiers_are_vague() -> None:
    lines, worst = 0, Counter[str]()
    for room in ROOMS:
        for path in sorted((SOURCE / room).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            lines += len(text.splitlines())
            worst[str(path.relative_to(SOURCE))] += len(vague(ast.parse(text)))
    assert 1000 * worst.total() / lines <= MOST, worst.most_common(10)


def test_each_class_name_has_one_meaning() -> None:
    assert {name: files for name, files in classes().items() if len(files) > 1} == {}


def test_vague_identifiers_are_seen_wherever_they_are_bound() -> None:
    source = "class Told:\n held = 1\ndef _found(which, *, left):\n for one in left:\n  return [it for it in one]\n"
    assert sorted(vague(ast.parse(source))) == ["Told", "_found", "held", "it", "one", "which"]
