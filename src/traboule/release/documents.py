"""All documents of one release.

In: a :class:`Statement`. Out: file name to bytes: the communiqué in every language of the operation as HTML, PDF and
DOCX, the fact sheet as JSON with its schema, as CSV, and in every such language as HTML. Guaranteed: all are made from
the one statement, or none is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version

from traboule.release import factsheet, render, word_processor
from traboule.release.communique import compose
from traboule.release.statement import Statement

MAKINGS = frozenset({".py", ".yaml", ".html", ".typ", ".ttf", ".json"})
PROGRAMS = ("typst", "babel", "django", "python-docx")


def documents(
    statement: Statement, progress: Callable[[str, int, int], None] = lambda step, done, total: None
) -> Mapping[str, bytes]:
    """Return the documents in the order of their names."""
    made: dict[str, bytes] = {
        "factsheet.csv": factsheet.as_csv(statement),
        "factsheet.json": factsheet.as_json(statement),
        factsheet.SCHEMA: factsheet.schema(statement.languages),
    }
    languages = statement.languages
    for done, language in enumerate(languages):
        progress("release", done, len(languages))
        communique = compose(statement, language)
        made[f"communique.{language}.docx"] = word_processor.docx(communique, statement.issued_on)
        made[f"communique.{language}.html"] = render.html(communique)
        made[f"communique.{language}.pdf"] = render.pdf(communique, statement.issued_on)
        made[f"factsheet.{language}.html"] = factsheet.as_html(statement, language)
    progress("release", len(languages), len(languages))
    return dict(sorted(made.items()))


@cache
def made_with() -> str:
    """Return the SHA-256 (hex) over everything but the statement that a document's bytes depend on."""
    digest = hashlib.sha256()
    for path in sorted(render.PACKAGE_FOLDER.rglob("*")):
        if path.is_file() and path.suffix in MAKINGS and "claims" not in path.parts:
            digest.update(path.relative_to(render.PACKAGE_FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    for program in PROGRAMS:
        digest.update(f"{program} {version(program)}".encode())
    return digest.hexdigest()
