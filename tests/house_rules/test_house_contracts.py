"""Each import contract is shown a planted fault in a copy of the source and must break, and only then."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OWN_CONTRACTS = ["tests/house_rules/purity.py"]

# Planted instead of a line: the file loses all it holds.
NOTHING_IMPORTED = ""

# contract, file to plant in, the line planted
FAULTS = [
    ("data-way", "core/findings.py", "import traboule.returns"),
    ("data-way", "a_new_room/__init__.py", '"""A room without a place."""'),
    ("privacy-wall", "release/__init__.py", "import traboule.register"),
    ("one-door", "cli/__init__.py", "import traboule.register"),
    ("engine-adapters", "figures/__init__.py", "import duckdb"),
    ("database-adapters", "linkage/__init__.py", "import psycopg"),
    ("outgoing-requests", "web/openid/provider.py", "import http.client"),
    ("pure-files", "core/findings.py", "import django"),
    ("pure-files", "figures/a_new_module.py", "import traboule.linkage.run"),
    ("pure-files", "operation/stops.py", NOTHING_IMPORTED),
    ("acyclic", "core/findings.py", "import traboule.core.errors"),
    ("readers-apart", "returns/reading/delimited.py", "import traboule.returns.reading.json_form"),
    ("linkage-layers", "linkage/names/tokens.py", "import traboule.linkage.fields.births"),
    ("linkage-layers", "linkage/things/pairs.py", "import traboule.linkage.evidence"),
    ("names-layers", "linkage/names/similarity/alignment.py", "import traboule.linkage.names.table"),
    (
        "factcheck-acyclic",
        "factcheck/reading/lexicon/tables.py",
        "from traboule.factcheck.reading.numerals.composing import Composer",
    ),
]


def contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]]


def broken(folder: Path, contract: str) -> bool:
    finished = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--contract",
            contract,
            "--no-cache",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in finished.stderr, finished.stderr
    return finished.returncode != 0


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file in OWN_CONTRACTS:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__", "*.ttf"))
    return tmp_path


@pytest.mark.parametrize(("contract", "file", "line"), FAULTS, ids=[f"{c}:{f}" for c, f, _ in FAULTS])
def test_contract_sees_planted_fault(copy: Path, contract: str, file: str, line: str) -> None:
    path = copy / "src" / "traboule" / file
    path.parent.mkdir(exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{text}\n{line}\n" if line != NOTHING_IMPORTED else "", encoding="utf-8")
    assert broken(copy, contract)


def test_contracts_hold_as_the_source_stands(copy: Path) -> None:
    assert [contract for contract in contracts() if broken(copy, contract)] == []


def test_every_contract_has_its_fault() -> None:
    assert set(contracts()) == {contract for contract, _, _ in FAULTS}
