"""Note what came of the mutants and write the page that lists those that survived.

In: ``results.json``, which the runner fills, and ``reasons.yaml``, in which people say why a survivor may stay. Out:
``docs/reference/mutation.md``.
"""

from __future__ import annotations

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
PAGE = FOLDER.parents[1] / "docs" / "reference" / "mutation.md"
HEAD = """# Mutation tests

Small changes to the source, one at a time: a comparison shifted, a condition dropped, a constant one more, a wall
opened. A change that no test notices survives. `make mutation` tries a sample of all changes, picked by a fixed seed,
and writes this page; CI does not run it. A trial runs the quickest tests that execute the changed line, at most
10 seconds of them, so that a slower test may still notice a survivor. A trial that takes too long counts as noticed.

"""


def note(
    group: str,
    sites: Sequence[tuple[str, Mutant]],
    tried: Sequence[tuple[str, Mutant]],
    outcomes: Sequence[str],
    on: date,
) -> None:
    """Add what came of a run to the results; a module tried again replaces what was noted of it."""
    results: dict[str, Any] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for path in dict.fromkeys(path for path, _ in sites):
        lines = [
            {
                "line": mutant.first,
                "function": mutant.function,
                "change": mutant.change,
                "outcome": outcome.split(":")[0],
            }
            for (of, mutant), outcome in zip(tried, outcomes, strict=False)
            if of == path
        ]
        killed = sum(line["outcome"].startswith("killed") for line in lines)
        results[path] = {
            "group": group,
            "date": on.isoformat(),
            "sites": sum(of == path for of, _ in sites),
            "tried": len(lines),
            "killed": killed,
            "survivors": [line for line in lines if not line["outcome"].startswith("killed")],
        }
    RESULTS.write_text(json.dumps(results, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def write() -> None:
    """Write the page."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    reasons = yaml.safe_load(REASONS.read_text(encoding="utf-8")) or {} if REASONS.exists() else {}
    parts = [HEAD, "| Group | Changes | Tried | Noticed | |\n|---|---:|---:|---:|---:|\n"]
    groups = dict.fromkeys(row["group"] for row in results.values())
    parts += [_row(name, [row for row in results.values() if row["group"] == name]) for name in groups]
    parts.append("\n| Module | Changes | Tried | Noticed | | Date |\n|---|---:|---:|---:|---:|---|\n")
    parts += [f"{_row(f'`{path}`', [row])[:-1]} {row['date']} |\n" for path, row in results.items()]
    parts.append("\n## Survivors\n\n| Where | Change | Why it may stay |\n|---|---|---|\n")
    for path, row in results.items():
        for line in row["survivors"]:
            reason = reasons.get(f"{path} {line['function']} {line['change']}") or _of_function(reasons, path, line)
            change = line["change"].replace("|", "\\|").replace("`", "'")
            parts.append(f"| `{path}`, {line['line']} | `{change}` | {reason} |\n")
    PAGE.write_text("".join(parts), encoding="utf-8")


def _of_function(reasons: dict[str, str], path: str, line: dict[str, Any]) -> str:
    """Return the reason that holds for all changes of a function."""
    reason = reasons.get(f"{path} {line['function']}")
    return reason or ("No chosen test executes it." if line["outcome"] == "not executed" else "Not judged yet.")


def _row(name: str, rows: Sequence[dict[str, Any]]) -> str:
    sites, tried, killed = (sum(row[key] for row in rows) for key in ("sites", "tried", "killed"))
    share = f"{100 * killed / tried:.0f} %" if tried else "–"
    return f"| {name} | {sites} | {tried} | {killed} | {share} |\n"
