"""What went wrong, as a page in words, with what to do next.

In: an error, or none where the fault is our own. Out: a page with the status that the kind of error has on the web.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from traboule.app.wording.sentences import fault
from traboule.core.errors import Broken, Conflict, Invalid, NotFound, Refused, TrabouleError, Unready
from traboule.web.routes import Route
from traboule.web.visit import Visit, visit_of
from traboule.web.words import refusal, say

STATUSES: dict[type[TrabouleError], int] = {
    Refused: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    Unready: 503,
    Broken: 500,
}
MOST_FINDINGS = 50
NO_OPERATION = ("operation-none-open", "operation-which")  # There is none to show; no fault of whoever asks.
_NOWHERE = Route("nowhere", "", "")
_ENDS_THE_VISIT = ("sign-in-needed", "role-lacking")


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with a form, in words, to be shown above it. ``status``: that of the page."""

    sentence: str
    status: int


def problem_of(visit: Visit, perform: Callable[[], object]) -> Problem | None:
    """Return what went wrong while ``perform`` ran, None where nothing did. Raises what ends the visit: nobody signed
    in, or a right that lacks."""
    try:
        perform()
    except (Refused, NotFound, Conflict) as error:
        if error.code in _ENDS_THE_VISIT:
            raise
        return Problem(refusal(error, visit.language), status_of(error))
    return None


def page_with(visit: Visit, template: str, values: dict[str, Any], problem: Problem | None) -> HttpResponse:
    """Return the page made by ``template`` with ``problem`` above its form, with its status; none where all is well."""
    return visit.page(template, {**values, "problem": problem}, status=problem.status if problem else 200)


def status_of(error: TrabouleError | None) -> int:
    """Return the HTTP status of an error; None is our own fault."""
    return next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 500)


def in_words(visit: Visit, error: TrabouleError | None) -> HttpResponse:
    """Return the page of an error."""
    sentence = refusal(error, visit.language) if error is not None else visit.say("broken-room")
    findings = [fault(finding, visit.language) for finding in getattr(error, "findings", ())[:MOST_FINDINGS]]
    values = {"sentence": sentence, "findings": findings, "code": error.code if error else "broken"}
    return visit.page("room/failure.html", values, status=status_of(error))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the answer to a form that carries no token of this browser: mostly a page left open too long."""
    del reason
    return _plain(request, "form-stale", 403)


def bad(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the answer to a request that is none of ours."""
    del exception
    return _plain(request, "request-bad", 400)


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the answer where there is no such page."""
    del exception
    return _plain(request, "page-absent", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Return the answer where even the page of an error could not be made."""
    return HttpResponse(say("broken-room", "en"), status=500, content_type="text/plain")


def _plain(request: HttpRequest, code: str, status: int) -> HttpResponse:
    visit = visit_of(request, _NOWHERE)
    return visit.page("room/failure.html", {"sentence": visit.say(code), "code": code}, status=status)
