"""All documents of one release.

In: a :class:`Statement`. Out: file name to bytes: the communiqué in every language of the operation as HTML, PDF and
DOCX, the fact sheet as JSON with its schema, as CSV, and in every such language as HTML. Guaranteed: all are made from
the one statement, or none is; languages are made in parallel, and the bytes do not depend on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.metadata import version

from traboule.core.parallel import THREADS
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
    progress("release", 0, len(languages))
    # The typesetter runs outside the interpreter's lock.
    with ThreadPoolExecutor(THREADS) as pool:
        for done, documents_in in enumerate(pool.map(partial(_documents_in, statement), languages), 1):
            made |= documents_in
            progress("release", done, len(languages))
    return dict(sorted(made.items()))


def _documents_in(statement: Statement, language: str) -> dict[str, bytes]:
    communique = compose(statement, language)
    return {
        f"communique.{language}.docx": word_processor.docx(communique, statement.issued_on),
        f"communique.{language}.html": render.html(communique),
        f"communique.{language}.pdf": render.pdf(communique, statement.issued_on),
        f"factsheet.{language}.html": factsheet.as_html(statement, language),
    }


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
