"""The releases that anybody may read, without signing in: those in force, each with its fact sheet."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.web.failures import NO_OPERATION
from traboule.web.screens.publishing.documents import document_answer, lines_of, side_by_side
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Show the last release in force, or the one whose number is asked for, and the way to the others."""
    asked = visit.request.GET.get("number", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else None
    try:
        releases = visit.desk.published(at=visit.now).to_json()["releases"]
    except (NotFound, Refused) as none:
        if none.code not in NO_OPERATION:
            raise
        releases = []
    if not releases:
        return visit.page("publishing/published.html", {"releases": []})
    plain = visit.desk.published(at=visit.now, number=number or releases[0]["number"]).to_json()
    values = {
        "releases": releases,
        "shown": plain["releases"][0],
        "documents": lines_of({"name": name} for name in plain["files"]),
        "page": next(iter(side_by_side(visit.language, plain["files"], kind="factsheet")), None),
    }
    return visit.page("publishing/published.html", values)


def document(visit: Visit, number: int, name: str) -> HttpResponse:
    """Give a document of the fact sheet of a release in force. Raises NotFound for any other."""
    return document_answer(visit.desk.published(at=visit.now, number=number).files, name)
