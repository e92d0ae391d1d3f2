"""``tests/unit`` mirrors the source: its folders are those of the source, and a test stands beside what it imports."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
UNIT, SOURCE = ROOT / "tests" / "unit", ROOT / "src" / "traboule"
# Programs that stand beside the source, with tests of their own.
PROGRAMS = {"bench", "changes", "translate"}


def packages(room: str, source: str) -> Iterator[tuple[str, ...]]:
    """Yield the package of every module of ``room`` that a test imports, as steps below ``traboule``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            imported = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        else:
            continue
        for name in imported:
            top, *steps = name.split(".")
            if top == "traboule" and steps[:1] == [room]:
                while steps and not (SOURCE.joinpath(*steps)).is_dir():
                    steps.pop()
                yield tuple(steps)


def place(room: str, source: str) -> str:
    """Return where a test of ``room`` belongs, or in a folder of it: the deepest package that holds all it imports."""
    return os.path.commonpath(["/".join(steps) for steps in packages(room, source)] or [room])


def misplaced(tests: dict[str, str]) -> dict[str, str]:
    """Return the tests that stand elsewhere, by path below ``tests/unit``, and where they belong."""
    wrong = {}
    for path, source in tests.items():
        folder = str(Path(path).parent)
        room = folder.partition("/")[0]
        belongs = place(room, source)
        if room not in PROGRAMS and not f"{folder}/".startswith(f"{belongs}/"):
            wrong[path] = belongs
    return wrong


def test_every_folder_of_unit_tests_is_one_of_the_source() -> None:
    folders = {str(path.relative_to(UNIT)) for path in UNIT.rglob("*") if path.is_dir() and path.name != "__pycache__"}
    assert {name for name in folders - PROGRAMS if not (SOURCE / name).is_dir()} == set()


def test_every_unit_test_stands_beside_what_it_imports() -> None:
    tests = {str(path.relative_to(UNIT)): path.read_text(encoding="utf-8") for path in UNIT.rglob("test_*.py")}
    assert misplaced(tests) == {}


def test_a_planted_test_in_the_wrong_folder_is_seen() -> None:
    phonetics = "from traboule.linkage.names.phonetics import skeleton"
    planted = {
        "linkage/test_linkage_phonetics.py": phonetics,
        "linkage/names/test_linkage_phonetics.py": phonetics,
        "linkage/test_linkage_both.py": f"{phonetics}\nfrom traboule.linkage.cluster import cluster",
        "linkage/test_linkage_nothing.py": "import traboule.core.dates",
    }
    assert misplaced(planted) == {"linkage/test_linkage_phonetics.py": "linkage/names"}
