"""How-to pages are run as they stand, like the tutorial: each block must leave with the status it announces."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.journey.test_journey_tutorial import BLOCK, folder, run

__all__ = ["folder"]  # The fixture: a short path, and the database in it stopped afterwards.

PAGES = Path(__file__).parents[2] / "docs" / "how-to"


@pytest.mark.parametrize(
    ("page", "promised"),
    [
        ("complete-commands-in-the-shell.md", []),
        ("correct-or-withdraw-a-return.md", ["3 rows are no longer in force", "3 new, 0 changed"]),
        ("issue-a-release.md", ["Signatures still missing: 0", "WITHDRAWN by", "bit for bit the same"]),
        ("verify-the-ledger.md", ["The ledger is intact", "The ledger is whole", "is signed and kept in head.json"]),
        ("people-and-sign-in.md", ["Signed in as Iris Novak (iris)", "iris.desk: ended", "Password for one use"]),
        ("sign-in-by-a-provider.md", ["signs in iris from now on", "8d1f6c2a", "signs in nobody from now on"]),
        (
            "screen-and-refer.md",
            ["is told not to charge", "is referred to IOM Bamako", "the service has received the person"],
        ),
        ("write-an-operation-file.md", ["3 countries and territories take part", "0 of 3 have filed"]),
    ],
)
def test_how_to_runs_as_it_stands(page: str, promised: list[str], folder: Path, forked: Path) -> None:
    blocks = BLOCK.findall((PAGES / page).read_text(encoding="utf-8"))
    assert blocks
    said = ""
    for status, script in blocks:
        finished = run(folder, forked, script)
        said += " ".join(finished.stdout.split()) + " "
        assert finished.returncode == int(status or 0), f"{script}\n{finished.stdout}\n{finished.stderr}"
    assert [words for words in promised if words not in said] == []
