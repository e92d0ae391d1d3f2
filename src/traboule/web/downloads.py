"""Files that are given to be saved, for screens and programs alike."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from traboule.core.errors import NotFound


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to save under ``name``."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def document_of(files: Mapping[str, bytes], name: str) -> bytes:
    """Return the document ``name`` of a release. Raises NotFound for a name that is none of its documents."""
    if name not in files:
        raise NotFound("document-unknown")
    return files[name]
