"""Count identifiers that say nothing of what they hold, and class names with two meanings.

``python -m tests.house_rules.vague_identifiers`` prints the rate of vague identifiers per thousand lines and the worst
files. An identifier counts wherever it is bound: as a variable, argument, function or class, leading and trailing
underscores aside.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "traboule"
VAGUE = frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split())


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and name of every variable, argument, function and class that a module binds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name


def vague_names(tree: ast.AST) -> list[tuple[int, str]]:
    """Return line and name of each vague identifier of a module."""
    return [(line, name) for line, name in bound_names(tree) if name.strip("_").lower() in VAGUE]


def modules(source: Path = SOURCE) -> Mapping[str, ast.Module]:
    """Return each module of the source, by its path, migrations aside: Django writes those."""
    paths = sorted(path for path in source.rglob("*.py") if "migrations" not in path.parts)
    return {path.relative_to(source).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def rate(source: Path = SOURCE) -> float:
    """Return vague identifiers per thousand lines of the source."""
    lines = sum(len((source / path).read_text(encoding="utf-8").splitlines()) for path in modules(source))
    return 1000 * sum(len(vague_names(tree)) for tree in modules(source).values()) / max(lines, 1)


def class_names_with_two_meanings(source: Path = SOURCE) -> Mapping[str, list[str]]:
    """Return each class name that stands more than once, with the modules in which it stands."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path, tree in modules(source).items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name != "Meta":
                places[node.name.strip("_")].append(path)
    return {name: paths for name, paths in places.items() if len(paths) > 1}


def main() -> int:
    """Print the rate, the twenty worst files with their names, and class names that stand twice."""
    counts = {path: vague_names(tree) for path, tree in modules().items()}
    print(f"{sum(map(len, counts.values()))} vague identifiers, {rate():.1f} per thousand lines")
    for path, names in sorted(counts.items(), key=lambda item: -len(item[1]))[:20]:
        if names:
            print(f"{len(names):4} {path}: {', '.join(sorted({name for _, name in names}))}")
    for name, paths in class_names_with_two_meanings().items():
        print(f"class {name}: {', '.join(paths)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
