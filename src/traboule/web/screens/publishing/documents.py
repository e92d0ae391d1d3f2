"""Documents of a release or a draft: listed by what they are, looked at inside the room, saved.

Guaranteed: a document that is shown inside the room runs no script and reaches no address, ours included; it may carry
its own styles, for which the room itself has no exception.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from traboule.core.language.languages import SPOKEN_LANGUAGES, Language, how_written
from traboule.web.downloads import document_of, download

_SHOWN = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


def document_answer(files: Mapping[str, bytes], name: str) -> HttpResponse:
    """Return one of ``files``: a page to be looked at, anything else to be saved. Raises NotFound for another name."""
    content = document_of(files, name)
    if not name.endswith(".html"):
        return download(content, name, mimetypes.guess_type(name)[0] or "application/octet-stream")
    answer = HttpResponse(content, content_type="text/html; charset=utf-8")
    for header, value in _SHOWN.items():
        answer[header] = value
    return answer


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """The documents of one kind in one language, or of no language: ``files`` are names with their formats."""

    kind: str
    language: str
    tag: str
    files: tuple[tuple[str, str], ...]


def lines_of(files: Iterable[Mapping[str, Any]]) -> list[DocumentLine]:
    """Return a line for each kind and language of documents: ``communique.ar.pdf`` is a communiqué in Arabic."""
    lines: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for file in files:
        kind, language, form = _parts(file["name"])
        lines.setdefault((kind, language), []).append((file["name"], form))
    order = [*SPOKEN_LANGUAGES, ""]
    return [
        DocumentLine(kind, *_written(language), tuple(sorted(names)))
        for (kind, language), names in sorted(lines.items(), key=lambda item: (item[0][0], order.index(item[0][1])))
    ]


def _parts(name: str) -> tuple[str, str, str]:
    """Return kind, language and format of a document; no language where its name has none that is spoken here."""
    kind, *middle, form = name.split(".")
    language = middle[0] if middle and middle[0] in SPOKEN_LANGUAGES else ""
    return kind, language, " ".join(part.upper() for part in [*(middle if not language else []), form])


def _written(language: str) -> tuple[str, str]:
    written = how_written(language) if language else None
    return (written.name, written.tag) if written else ("", "")


def side_by_side(first: str, files: Iterable[str], kind: str = "communique") -> list[tuple[Language, str]]:
    """Return the page of a ``kind`` of document in each language that has one, that of the reader ``first``: the
    language, and the name of the document."""
    names = set(files)
    codes = sorted(SPOKEN_LANGUAGES, key=lambda code: code != first)
    pages = ((how_written(code), f"{kind}.{code}.html") for code in codes)
    return [(written, name) for written, name in pages if name in names]
