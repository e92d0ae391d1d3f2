"""The wheel that is built holds everything, and its demo runs outside the checkout as it does inside."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import open_directory

ROOT = Path(__file__).parents[2]
SHIPPED = {".py", ".typed", ".yaml", ".csv", ".json", ".typ", ".ttf", ".txt", ".html", ".po", ".mo"}
SHIPPED |= {".css", ".js", ".svg", ".woff2"}  # What pages of the room load.


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TRABOULE_LANGUAGE": "en"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=3_600, check=False
    )


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_directory() as made:
        yield made


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    """The wheel, built from a copy of the source so that nothing is left in the checkout."""
    source = folder / "source"
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    built = run(
        *pip, "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--wheel-dir", folder, ".", folder=source
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("traboule-*.whl"))


def compiled_on_this_machine(packages: Path) -> None:
    """Hand on what numba has compiled of the same source: a minute that says nothing about the wheel."""
    for code in sorted((ROOT / "src").rglob("__pycache__/*.nb[ic]")):
        source = code.parent.parent / f"{code.name.partition('.')[0]}.py"
        if not source.exists():  # Moved or deleted since it was compiled.
            continue
        folder = packages / code.parent.relative_to(ROOT / "src")
        folder.mkdir(exist_ok=True)
        shutil.copy(code, folder)
        shutil.copystat(source, packages / source.relative_to(ROOT / "src"))  # By its time numba knows it again.


@pytest.fixture(scope="module")
def program(folder: Path, wheel: Path) -> Path:
    """The program of an environment that holds the wheel alone and sees the packages that running needs."""
    home = folder / "environment"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    installed = run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, folder=folder)
    assert installed.returncode == 0, installed.stderr
    # Its .pth files are not read from there: the checkout, which stands in one of them, stays out of sight.
    packages = next((home / "lib").glob("python*/site-packages"))
    (packages / "packages.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    compiled_on_this_machine(packages)
    where = run(python, "-c", "import traboule; print(traboule.__file__)", folder=folder)
    assert Path(where.stdout.strip()).is_relative_to(home)
    return home / "bin" / "traboule"


def test_the_wheel_holds_every_file_of_the_source(wheel: Path) -> None:
    source = {
        str(path.relative_to(ROOT / "src"))
        for path in (ROOT / "src" / "traboule").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in source} <= SHIPPED
    assert source - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_its_demo_ends_with_documents_outside_the_checkout(folder: Path, program: Path) -> None:
    finished = run(program, "demo", "--persons", "40", folder=folder)
    assert finished.returncode == 0, finished.stderr
    paths = re.findall(r"xdg-open (\S+)", finished.stdout)
    assert len(paths) == 3
    assert all((folder / path).stat().st_size > 0 for path in paths)
