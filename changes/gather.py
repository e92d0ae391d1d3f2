"""Gather the notes of ``changes/`` into CHANGELOG.md under a new version: ``make changelog VERSION=x.y.z``.

In: the version, and the notes, one file a change, named ``<issue>-<subject>.md``. Out: a section at the head of the
changelog, by issue and subject, to be edited for readers; the notes that stand in it are deleted.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

_NOTES = Path(__file__).parent
_CHANGELOG = _NOTES.parent / "CHANGELOG.md"
_VERSION = re.compile(r"\d+\.\d+\.\d+")


def bullet(note: str) -> str:
    """Return a note as one bullet: its first paragraph leads, headings and inner bullets follow indented."""
    lines = [
        line.lstrip("# ").removeprefix("- ").rstrip() if number == 0 else f"  {line}".rstrip()
        for number, line in enumerate(note.strip().splitlines())
    ]
    return "- " + "\n".join(line for line in lines if line)


def gathered(changelog: str, notes: list[str], version: str, day: str) -> str:
    """Return the changelog with a section for ``version`` before the latest one."""
    section = f"## {version} ({day})\n\n" + "\n".join(map(bullet, notes)) + "\n\n"
    head, mark, sections = changelog.partition("\n## ")
    return f"{head}\n{section}## {sections}" if mark else f"{head.rstrip()}\n\n{section}"


def main(arguments: list[str]) -> int:
    """Rewrite CHANGELOG.md; refuse what is no version and a gathering of nothing."""
    version = arguments[0] if arguments else ""
    files = sorted(_NOTES.glob("*.md"))
    if not _VERSION.fullmatch(version) or not files:
        print("Nothing to gather." if not files else "Which version? make changelog VERSION=x.y.z", file=sys.stderr)
        return 2
    notes = [file.read_text(encoding="utf-8") for file in files]
    today = datetime.now(UTC).date().isoformat()
    text = gathered(_CHANGELOG.read_text(encoding="utf-8"), notes, version, today)
    _CHANGELOG.write_text(text, encoding="utf-8")
    for file in files:
        file.unlink()
    print(f"{len(notes)} notes gathered under {version}; edit CHANGELOG.md for its readers.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
