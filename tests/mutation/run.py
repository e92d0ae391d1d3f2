"""Try mutants: change one spot of the program, run the tests that execute it, and see whether one of them fails.

    .venv/bin/python -m tests.mutation.run [GROUP …] [--sample N] [--only MODULE] [--survivors]

In: groups of modules and tests (``groups.yaml``). Out: ``results.json`` and the page ``docs/reference/mutation.md``.
A run tries the next N mutants that have not been tried of the source as it is; with ``--survivors`` those that survived
so far. Guaranteed: each mutant is tried in a forked child, so none outlives its trial; the same seed gives the same
order; a run that is interrupted has noted what it tried. A mutant counts as killed where a test fails or it takes
longer than its time; a change that cannot be loaded counts as not tried.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib
import json
import os
import random
import resource
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
import yaml
from _pytest.runner import runtestprotocol
from tests.mutation import page
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.shared_database import SharedDatabase

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "traboule"
FOLDER = Path(__file__).parent
MEASURED = ROOT / ".traboule" / "mutation-measured.json"
SEED = 17
MOST_SECONDS = 30.0  # Of tests for one mutant, as long as they take while their lines are noted.
WALLS = {"traboule.database.row_security", "traboule.database.walls.verified_context"}  # Executed in the database.
Test = tuple[str, float, frozenset[tuple[str, int]]]  # Its id, its seconds, the lines it executes.


def module_of(path: str) -> ModuleType:
    """Return the module of a path below ``src/traboule``."""
    return importlib.import_module("traboule." + path.removesuffix(".py").replace("/", "."))


class Trials:
    """A plugin of pytest that, instead of running the collected tests once, runs those that matter for each mutant."""

    def __init__(self, groups: Mapping[str, Any], name: str, chosen: list[page.Site]) -> None:
        self.groups = groups
        self.group = groups[name]
        self.chosen = chosen
        self.database: SharedDatabase | None = None
        self.reports: list[tuple[str, str, float]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how a phase of a test ended and what it took."""
        self.reports.append((report.nodeid, "failed" if report.failed else report.when or "", report.duration))

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure the tests, then try every mutant."""
        session.items = [
            item for item in session.items if not any(name in item.nodeid for name in self.group["left_out"])
        ]
        self.database = SharedDatabase() if self.group["database"] else None
        try:
            tests = self.measured(session.items)
            items = {item.nodeid: item for item in session.items}
            failing = self.control([items[name] for name in in_order(tests, "", most=float("inf"))])
            tests = [test for test in tests if test[0] not in failing]
            print(f"{len(tests)} tests pass, of {len(session.items)}", flush=True)
            for path, index, mutant in self.chosen:
                is_stored = module_of(path).__name__ in WALLS
                names = matching(tests, str(SOURCE / path), mutant, is_stored=is_stored)
                took = sum(test[1] for test in tests if test[0] in names)
                outcome = "not executed"
                if names:
                    seconds = int(15 + 4 * took)
                    picked = [items[name] for name in names]
                    outcome = self.in_child(
                        lambda p=path, m=mutant, i=picked: self.try_mutant(p, m, i), seconds=seconds
                    )
                if self.database:
                    self.database.is_rebuilt = is_stored
                outcome = str(outcome or page.LATE)
                page.note(path, index, mutant, outcome)
                print(f"{outcome[:40]:40} {path} {mutant.function}:{mutant.first} {mutant.change}", flush=True)
        finally:
            if self.database:
                self.database.leave()
        return True

    def measured(self, items: list[pytest.Item]) -> list[Test]:
        """Return the tests that pass unmutated; those of a file that has not changed since are not run again."""
        stored, source = stored_measures(), self.source()
        for path in dict.fromkeys(item.path for item in items):
            digest, of_file = (
                hashlib.sha256(path.read_bytes() + source).hexdigest(),
                [item for item in items if item.path == path],
            )
            if stored.get(str(path), {}).get("digest") != digest:
                answer = self.in_child(lambda some=of_file: self.measure(some), seconds=1800)
                stored[str(path)] = {"digest": digest, "tests": answer if isinstance(answer, list) else []}
                store_measures(stored)
        names = {item.nodeid for item in items}
        tests = [test for path in dict.fromkeys(str(item.path) for item in items) for test in stored[path]["tests"]]
        return [(name, took, frozenset(map(tuple, lines))) for name, took, lines in tests if name in names]

    def control(self, ordered: list[pytest.Item]) -> set[str]:
        """Return the tests that fail with nothing changed in the order of a trial: they would notice any mutant."""
        files = dict.fromkeys(item.path for item in ordered)
        digest = hashlib.sha256(self.source() + b"".join(path.read_bytes() for path in files)).hexdigest()
        stored = stored_measures()
        if digest not in stored:
            stored[digest] = self.in_child(lambda: self.failing(ordered, all_of_them=True), seconds=1800)
            store_measures(stored)
        return set(stored[digest])

    def source(self) -> bytes:
        """Return what is mutated."""
        return b"".join((SOURCE / path).read_bytes() for path in self.group["modules"])

    def in_child(self, task: Callable[[], Any], *, seconds: int) -> Any:
        """Return what ``task`` gives in a forked child; None where it takes longer or the child dies.

        ``seconds`` of the processor, and of waiting ten times as many: others may be at work on this machine.
        """
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
            for limit in (signal.SIGALRM, signal.SIGXCPU):
                signal.signal(limit, _interrupt)
            signal.alarm(10 * seconds)
            os.close(reading)
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            os.dup2(quiet, 2)
            try:
                if self.database:
                    self.database.enter()
                answer = task()
            except BaseException as stopped:  # noqa: BLE001  Whatever a mutant does is an answer.
                late = isinstance(stopped, KeyboardInterrupt)
                answer = page.LATE if late else f"killed: {type(stopped).__name__}"
            if self.database:
                self.database.end()
            with os.fdopen(writing, "w") as pipe:
                json.dump(answer, pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        return json.loads(text) if text else None

    def measure(self, items: list[pytest.Item]) -> list[tuple[str, float, list[tuple[str, int]]]]:
        """Run the tests unmutated; return for each that passes its seconds and the lines that it executes."""
        targets = {str(SOURCE / path) for group in self.groups.values() for path in group["modules"]}
        lines: set[tuple[str, int]] = set()

        def trace(frame: Any, event: str, _argument: Any) -> Any:
            if frame.f_code.co_filename not in targets:
                return None
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            return trace

        measured: list[tuple[str, float, set[tuple[str, int]]]] = []
        shared: dict[str, set[tuple[str, int]]] = {}
        for item, following in zip(items, [*items[1:], None], strict=True):
            self.reports.clear()
            lines.clear()
            threading.settrace(trace)
            sys.settrace(trace)
            runtestprotocol(item, nextitem=following or item)
            sys.settrace(None)
            # What a fixture of the whole file executes first counts for all tests of the file.
            shared.setdefault(item.nodeid.split("::")[0], set(lines))
            if not any(outcome == "failed" for _, outcome, _ in self.reports):
                measured.append((item.nodeid, sum(took for _, _, took in self.reports), set(lines)))
        return [(name, took, sorted(own | shared[name.split("::")[0]])) for name, took, own in measured]

    def try_mutant(self, path: str, mutant: Mutant, items: list[pytest.Item]) -> str:
        """Change the program and run ``items`` until one fails."""
        module = module_of(path)
        try:
            apply(module, mutant.tree((SOURCE / path).read_text(encoding="utf-8")), mutant)
        except (ValueError, SyntaxError):
            return page.NOT_LOADED
        if self.database and module.__name__ in WALLS:
            self.database.take_down()
            self.database.execute(self.database.walls.statements())
        failing = self.failing(items)
        return f"killed by {failing[0]}" if failing else "survived"

    def failing(self, items: list[pytest.Item], *, all_of_them: bool = False) -> list[str]:
        """Run ``items`` until one fails, or all of them; return those that fail."""
        names = []
        for item, following in zip(items, [*items[1:], items[-1]], strict=True):
            self.reports.clear()
            runtestprotocol(item, nextitem=following)
            if any(outcome == "failed" for _, outcome, _ in self.reports):
                names.append(item.nodeid)
                if not all_of_them:
                    break
        return names


def _interrupt(_signal: int, _frame: Any) -> None:
    """Stop what takes too long as a person would, so that it is tidied up; what goes on nevertheless is killed."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(60)
    raise KeyboardInterrupt


def stored_measures() -> dict[str, Any]:
    """Return what was measured of tests whose files and source have not changed since."""
    stored: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
    return stored


def store_measures(stored: Mapping[str, Any]) -> None:
    """Store what was measured."""
    MEASURED.parent.mkdir(exist_ok=True)
    MEASURED.write_text(json.dumps(stored), encoding="utf-8")


def matching(tests: list[Test], file: str, mutant: Mutant, *, is_stored: bool = False) -> list[str]:
    """Return the tests that execute what is mutated, in the order of a trial and within the time for one mutant.

    Of a constant of the module that is where it is used, or anything of the module where another constant uses it. What
    is stored in the database, any test may execute there.
    """
    spot = {(file, line) for line in range(mutant.first, mutant.line + 1)}
    if not mutant.function:
        tree = ast.parse(Path(file).read_text(encoding="utf-8"))
        bound = {name.id for name in ast.walk(tree.body[mutant.path[0][1]]) if _is_bound(name)}
        spot = {(file, name.lineno) for name in ast.walk(tree) if isinstance(name, ast.Name) and name.id in bound}
    executing = [test for test in tests if is_stored or test[2] & spot]
    if not executing and not mutant.function:
        executing = [test for test in tests if any(at[0] == file for at in test[2])]
    return in_order(executing, Path(file).stem, most=MOST_SECONDS)


def in_order(tests: list[Test], stem: str, *, most: float) -> list[str]:
    """Return the names of tests, files named for the module first, then the quickest, within ``most`` seconds."""
    by_file: dict[str, list[Test]] = {}
    for test in tests:
        by_file.setdefault(test[0].split("::")[0], []).append(test)
    names, took = [], 0.0
    files = sorted(by_file.items(), key=lambda part: (stem not in part[0], sum(test[1] for test in part[1])))
    for _, in_file in files:
        for test in sorted(in_file, key=lambda test: test[1]):
            if took + test[1] <= most or not names:
                names.append(test[0])
                took += test[1]
    return names


def _is_bound(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def apply(module: ModuleType, tree: ast.Module, mutant: Mutant) -> None:
    """Change ``module`` and everything that took something from it. Raises ValueError where nothing changes."""
    if not mutant.function:
        return _rebind(module, tree, mutant.path[0][1])
    holder: Any = module
    parts = mutant.function.split(".")
    for depth, name in enumerate(parts, 1):
        holder = holder.__dict__[name]
        holder = getattr(holder, "fget", None) or getattr(holder, "__func__", holder)
        while hasattr(holder, "__wrapped__"):
            holder = holder.__wrapped__
        if isinstance(holder, FunctionType):  # A function inside it changes with it.
            parts = parts[:depth]
            break
    codes = _codes(compile(tree, str(module.__file__), "exec"))
    holder.__code__ = next(code for code in codes if _plain(code) == ".".join(parts))
    return None


def _plain(code: CodeType) -> str:
    return code.co_qualname.replace(".<locals>", "")


def _codes(code: CodeType) -> list[CodeType]:
    """Return the code of every function, outer ones first."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*inner, *(deeper for each in inner for deeper in _codes(each))]


def _rebind(module: ModuleType, tree: ast.Module, first: int) -> None:
    """Assign the constants of ``module`` anew from the statement ``first`` on, wherever they were imported to."""
    before = dict(module.__dict__)
    kept = [node for node in tree.body[first:] if isinstance(node, ast.Assign | ast.AnnAssign)]
    exec(compile(ast.Module(kept, []), str(module.__file__), "exec"), module.__dict__)  # noqa: S102  Our own source.
    for name, old in before.items():
        new = module.__dict__[name]
        if new is old:
            continue
        for user in [user for key, user in sys.modules.items() if key.startswith(("traboule", "tests"))]:
            if user.__dict__.get(name) is old:
                setattr(user, name, new)
        for function in vars(module).values():
            if isinstance(function, FunctionType) and function.__kwdefaults__:
                function.__kwdefaults__ = {
                    key: new if value is old else value for key, value in function.__kwdefaults__.items()
                }


def main() -> int:
    """Try the mutants that the arguments name, and write results and page."""
    parser = argparse.ArgumentParser()
    groups = yaml.safe_load((FOLDER / "groups.yaml").read_text(encoding="utf-8"))
    parser.add_argument("groups", nargs="*", default=list(groups))
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--only", default="")
    parser.add_argument("--survivors", action="store_true")
    options = parser.parse_args()
    for name in options.groups or groups:
        group = groups[name]
        paths = [path for path in group["modules"] if options.only in path]
        sources = {path: (SOURCE / path).read_text(encoding="utf-8") for path in paths}
        sites = [(path, index, mutant) for path in paths for index, mutant in enumerate(mutants(sources[path]))]
        on = datetime.now(UTC).date()
        for path in paths:
            page.begin(path, sources[path], group["group"], sum(of == path for of, _, _ in sites), on)
        random.Random(SEED).shuffle(sites)
        survived = {path: page.survivors(path) for path in paths}
        tried = {path: page.tried(path) for path in paths}
        chosen = [site for site in sites if site[1] in survived[site[0]]]
        if not options.survivors:
            chosen = [site for site in sites if site[1] not in tried[site[0]]][: options.sample]
        if chosen:
            tests = [test for test in group["tests"] if (ROOT / test).exists()]
            pytest.main([*tests, "-n", "0", "-s", "--tb=no"], [Trials(groups, name, chosen)])
    page.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())
