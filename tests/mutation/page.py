"""Note what came of the mutants and write the page that lists those that survived.

In: ``results.json``, which the runner fills, and ``reasons.yaml``, in which people say why a survivor may stay. Out:
``docs/reference/mutation.md``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from tests.mutation.mutants import Mutant

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "results.json"
REASONS = FOLDER / "reasons.yaml"
LATE, NOT_LOADED = "took too long", "cannot be loaded"
Site = tuple[str, int, Mutant]  # A module, the number of one of its mutants, the mutant.
PAGE = FOLDER.parents[1] / "docs" / "reference" / "mutation.md"
HEAD = """# Mutation tests

Small changes to the source, one at a time: a comparison shifted, a condition dropped, a constant one more, a wall
opened. A change that no test notices survives. `make mutation` tries the next changes in an order of a fixed seed, and
writes this page; CI does not run it. A trial runs the quickest tests that execute the changed line, at most 30 seconds
of them, so that a slower test may still notice a survivor, and so may one that runs the program in a process of its
own, where nothing is changed. A trial that takes too long counts as noticed.

"""


def begin(path: str, source: str, group: str, sites: int, on: date) -> None:
    """Begin the trials of a module on a day; what was noted of it is forgotten where its source has changed."""
    results = _results()
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    if results.get(path, {}).get("source") != digest:
        results[path] = {"source": digest, "sites": sites, "killed": "", "late": "", "survivors": {}}
    results[path] |= {"group": group, "date": on.isoformat()}
    _store(results)


def tried(path: str) -> set[int]:
    """Return the mutants of a module that have been tried."""
    row = _results()[path]
    return {int(index) for index in [*row["killed"].split(), *row["late"].split(), *row["survivors"]]}


def survivors(path: str) -> set[int]:
    """Return the mutants of a module that survived."""
    return {int(index) for index in _results()[path]["survivors"]}


def note(path: str, index: int, mutant: Mutant, outcome: str) -> None:
    """Note what came of a trial. What cannot be loaded, a test can neither notice nor miss: nothing is noted."""
    results = _results()
    row = results[path]
    row["survivors"].pop(str(index), None)
    if outcome.startswith("killed"):
        row["killed"] = f"{row['killed']} {index}".strip()
    elif outcome == LATE:
        row["late"] = f"{row['late']} {index}".strip()
    elif outcome != NOT_LOADED:
        row["survivors"][str(index)] = {
            "line": mutant.line,
            "function": mutant.function,
            "change": mutant.change,
            "outcome": outcome,
        }
    _store(results)


def _results() -> dict[str, Any]:
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    return results


def _store(results: dict[str, Any]) -> None:
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def write() -> None:
    """Write the page."""
    results = _results()
    reasons = yaml.safe_load(REASONS.read_text(encoding="utf-8")) or {} if REASONS.exists() else {}
    parts = [HEAD, "| Group | Changes | Tried | Noticed | of which too long | |\n|---|---:|---:|---:|---:|---:|\n"]
    groups = dict.fromkeys(row["group"] for row in results.values())
    parts += [_row(name, [row for row in results.values() if row["group"] == name]) for name in groups]
    parts.append(
        "\n| Module | Changes | Tried | Noticed | of which too long | | Date |\n|---|---:|---:|---:|---:|---:|---|\n"
    )
    parts += [f"{_row(f'`{path}`', [row])[:-1]} {row['date']} |\n" for path, row in results.items()]
    parts.append("\n## Survivors\n\n| Where | Change | Why it may stay |\n|---|---|---|\n")
    for path, row in results.items():
        for line in sorted(row["survivors"].values(), key=lambda line: (line["line"], line["change"])):
            reason = reasons.get(f"{path} {line['function']} {line['change']}") or _of_function(reasons, path, line)
            change = line["change"].replace("|", "\\|").replace("`", "'")
            parts.append(f"| `{path}`, {line['line']} | `{change}` | {reason} |\n")
    PAGE.write_text("".join(parts), encoding="utf-8")


def _of_function(reasons: dict[str, str], path: str, line: dict[str, Any]) -> str:
    """Return the reason that holds for all changes of a function."""
    reason = reasons.get(f"{path} {line['function']}")
    return reason or ("No chosen test executes it." if line["outcome"] == "not executed" else "Not judged yet.")


def _row(name: str, rows: Sequence[dict[str, Any]]) -> str:
    killed, late = (sum(len(row[kind].split()) for row in rows) for kind in ("killed", "late"))
    tried = killed + late + sum(len(row["survivors"]) for row in rows)
    share = f"{100 * (killed + late) / tried:.0f} %" if tried else "–"
    return f"| {name} | {sum(row['sites'] for row in rows)} | {tried} | {killed + late} | {late} | {share} |\n"
