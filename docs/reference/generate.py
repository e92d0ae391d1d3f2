"""The reference, written from what the program itself reads.

In: the code and the YAML of the installed program. Out: the pages of this folder, the same bytes from the same source.
Run it after every change of a command, verb, error, figure, form, vocabulary or fault:

    .venv/bin/python docs/reference/generate.py

``tests/house_rules/test_house_reference.py`` compares the pages that are kept with those made anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import from_code
import from_exchange
import from_tests
import from_words
from markdown import WRITTEN, code, table

from traboule.app import start

FOLDER = Path(__file__).parent

# Page, what it holds, what it is made from, what makes it.
PAGES: tuple[tuple[str, str, str, Callable[[], str]], ...] = (
    ("commands.md", "every command, its options and exit statuses", "cli/", from_code.commands),
    ("verbs.md", "everything the system can do, and who may", "app/verbs.py, core/permissions.py", from_code.verbs),
    ("return-form.md", "every table and field of a return", "returns/forms/", from_words.return_form),
    ("exchange.md", "where each field goes in each format of an export", "exchange/formats/", from_exchange.exchange),
    ("vocabularies.md", "every list of codes, in four languages", "core/vocabularies/", from_words.vocabularies),
    ("faults.md", "everything a check can say", "returns/faults/, returns/reading/, operation/", from_words.faults),
    ("figures.md", "what each figure is", "figures/definitions/", from_words.figures),
    (
        "promises.md",
        "every promise with its tests, and who reads what",
        "docs/explanation/promises.yaml, tests/, database/",
        from_tests.promises,
    ),
    ("asvs.md", "OWASP ASVS 5.0, level 2, as a checked list", "docs/explanation/asvs.yaml", from_tests.asvs),
    ("errors.md", "what can stop a command", "core/errors.yaml", from_code.errors_page),
)


def pages() -> dict[str, str]:
    """Return every page by its file name. Nothing is written."""
    start.prepare()
    return {"README.md": _index(), **{name: make() for name, _, _, make in PAGES}}


def _index() -> str:
    rows = [(f"[{name.removesuffix('.md')}]({name})", holds, code(source)) for name, holds, source, _ in PAGES]
    made = {"README.md", *(name for name, _, _, _ in PAGES)}
    by_hand = [f"[{path.stem}]({path.name})" for path in sorted(FOLDER.glob("*.md")) if path.name not in made]
    parts = [
        "# Reference",
        WRITTEN,
        "To look things up in. Each page is written from the very files the program reads, under `src/traboule/`, and "
        "a test compares the two; after a change run `.venv/bin/python docs/reference/generate.py`.",
        table(("Page", "Holds", "Made from"), rows),
        *([f"Written by hand: {', '.join(by_hand)}."] if by_hand else []),
        "What words mean: the [glossary](../glossary.md). "
        "What the numbered rules say: [rules](../explanation/rules.md).",
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the pages that have changed, and name them."""
    for name, content in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8", newline="\n")
            sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    main()
