"""Notes are gathered into the changelog whole, the latest version first."""

from __future__ import annotations

from changes.gather import bullet, gathered


def test_a_version_stands_before_the_one_before_it() -> None:
    text = gathered("# Changelog\n\nHow.\n\n## 0.1.0 (2026-11-28)\n\n- First.\n", ["Second."], "0.2.0", "2026-12-01")
    assert text == "# Changelog\n\nHow.\n\n## 0.2.0 (2026-12-01)\n\n- Second.\n\n## 0.1.0 (2026-11-28)\n\n- First.\n"


def test_the_first_version_follows_the_head() -> None:
    assert gathered("# Changelog\n\nHow.\n", ["First."], "0.1.0", "2026-11-28").endswith(
        "How.\n\n## 0.1.0 (2026-11-28)\n\n- First.\n\n"
    )


def test_a_note_loses_no_line() -> None:
    assert bullet("# A desk\n\n- It drafts,\n  and signs.\n- It issues.\n") == (
        "- A desk\n  - It drafts,\n    and signs.\n  - It issues."
    )
