"""Habits: the commit hook warns and never refuses, every decision record has a date, a status and a line in the index,
and paths in documents written by hand exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOK = ROOT / ".githooks" / "commit-msg"
DECISIONS = ROOT / "docs" / "decisions"
DATED = re.compile(
    r"^# \d+\. .+\n\nDate: \d{4}-\d{2}-\d{2}\b[^\n]*?(?:\n[^\n]+)*?\bStatus: (?:accepted|superseded by \d+)\b"
)

PATH = re.compile(r"`([A-Za-z_][\w.-]*(?:/[\w.-]+)+/?)`")


def missing_paths(page: str, files: set[str]) -> list[str]:
    """Return the paths in back quotes that no file or folder ends with, whether or not they name the suffix."""
    return [
        path
        for path in (match.rstrip("/") for match in PATH.findall(page))
        if not any(f"{path}{suffix}" in files for suffix in ("", ".py", ".yaml"))
    ]


def ends_of_paths() -> set[str]:
    """Return every file and folder of the repository by each of the ends of its path."""
    ends = set()
    for part in ("src", "tests", "docs", "bench", "changes", "translate", ".githooks", ".ci"):
        for path in (ROOT / part).rglob("*"):
            steps = path.relative_to(ROOT).parts
            ends |= {"/".join(steps[start:]) for start in range(len(steps))}
    return ends


def warnings(folder: Path, message: str) -> str:
    """Return what the hook prints of a commit message; it succeeds whatever the message is."""
    path = folder / "COMMIT_EDITMSG"
    path.write_text(message, encoding="utf-8")
    result = subprocess.run([HOOK, path], capture_output=True, text=True, encoding="utf-8", check=True)
    assert result.stdout == ""
    return result.stderr


@pytest.mark.parametrize(
    "message",
    [
        "Add a commit hook\n\nWhy it is there, at whatever length the reason needs; with full stops and semicolons.\n",
        "é" * 72 + "\n",
        "\n# A comment of Git, which no commit keeps.\nName the rooms by the field's terms\n",
        "Merge branch 'a-branch-with-quite-a-long-name' into another-branch-with-quite-a-long-name\n",
        "Bring every language up to date\n",
        "",
    ],
)
def test_a_good_subject_brings_no_warning(tmp_path: Path, message: str) -> None:
    assert warnings(tmp_path, message) == ""


@pytest.mark.parametrize(
    ("message", "warning"),
    [
        ("E" * 73 + "\n", "73 characters, at most 72"),
        ("Added a commit hook\n", "imperative"),
        ("Adding a commit hook\n", "imperative"),
        ("add a commit hook\n", "capital letter"),
        ("Add a commit hook.\n", "no full stop"),
        ("Add a commit hook; rename a room\n", "one change"),
    ],
)
def test_a_bad_subject_is_warned_of(tmp_path: Path, message: str, warning: str) -> None:
    lines = warnings(tmp_path, message).splitlines()
    assert len(lines) == 1
    assert warning in lines[0]


def test_every_decision_record_has_a_date_and_a_status() -> None:
    records = sorted(DECISIONS.glob("[0-9]*.md"))
    assert [path.name for path in records if not DATED.match(path.read_text(encoding="utf-8"))] == []
    assert not DATED.match("# 1. A record\n\n**Decided.** Something, without Status: accepted.\n")


def test_the_index_of_decisions_lists_every_record_under_its_title() -> None:
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"\[([^\]]+)\]\((\d{4}-[a-z0-9-]+\.md)\)", index))
    titles = {}
    for path in sorted(DECISIONS.glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").partition("\n")[0].partition(". ")[2]
        titles[title] = path.name
    assert listed == titles


def test_paths_in_documents_exist() -> None:
    files = ends_of_paths()
    pages = [*ROOT.glob("[RCS]*.md"), *(ROOT / "docs").rglob("*.md")]
    by_hand = [page for page in pages if page.parent.name != "reference" and page.name != "CHANGELOG.md"]
    missing = {str(page.relative_to(ROOT)): missing_paths(page.read_text(encoding="utf-8"), files) for page in by_hand}
    assert {page: paths for page, paths in missing.items() if paths} == {}
    assert missing_paths("see `figures/ranges/walk`, `figures/intervals/` and `app/dispatch`", files) == [
        "figures/ranges/walk"
    ]
