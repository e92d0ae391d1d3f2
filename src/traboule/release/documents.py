"""All documents of one release.

Comes in: a :class:`Statement`. Goes out: file name to bytes: the communiqué in every language as HTML and PDF, the fact
sheet as JSON and CSV. Promises: all are made from the one statement, or none is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from traboule.core.words import LANGUAGES
from traboule.release import factsheet, render
from traboule.release.communique import compose
from traboule.release.statement import Statement


def documents(
    statement: Statement, progress: Callable[[str, int, int], None] = lambda step, done, total: None
) -> Mapping[str, bytes]:
    """Return the documents in the order of their names."""
    made: dict[str, bytes] = {
        "factsheet.csv": factsheet.as_csv(statement),
        "factsheet.json": factsheet.as_json(statement),
    }
    for done, language in enumerate(LANGUAGES):
        progress("release", done, len(LANGUAGES))
        communique = compose(statement, language)
        made[f"communique.{language}.html"] = render.html(communique)
        made[f"communique.{language}.pdf"] = render.pdf(communique, statement.issued_on)
    progress("release", len(LANGUAGES), len(LANGUAGES))
    return dict(sorted(made.items()))
