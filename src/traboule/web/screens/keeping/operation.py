"""The operation: its window, who takes part, and opening the next one from its file."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.web.failures import NO_OPERATION
from traboule.web.forms import text_given
from traboule.web.visit import Visit

MOST_BYTES = 1_000_000


def show(visit: Visit) -> HttpResponse:
    """Show the operation that is open, and the form that opens one."""
    plain = None
    if visit.may("operation.show"):
        try:
            plain = visit.perform("operation.show").to_json()
        except (NotFound, Refused) as none:
            if none.code not in NO_OPERATION:
                raise
    return visit.page("keeping/operation.html", {"plain": plain})


def open_from_file(visit: Visit) -> HttpResponse:
    """Open the operation that a file describes."""
    visit.perform("operation.open", text=text_given(visit.request, "text", MOST_BYTES))
    return visit.to("operation", done="operation-opened")
