"""Choose the language of the room."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect

from traboule.core.language.languages import SPOKEN_LANGUAGES
from traboule.web.screens.room.signing import own_address
from traboule.web.visit import LANGUAGE_COOKIE, Visit

_YEAR = 365 * 24 * 3600


def choose(visit: Visit) -> HttpResponse:
    """Remember the language that was chosen, and go back to the page."""
    chosen = visit.request.POST.get("language", "")
    answer = HttpResponseRedirect(own_address(visit.request.POST.get("next", "/")))
    if chosen in SPOKEN_LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=_YEAR, secure=visit.request.is_secure(), httponly=True, samesite="Lax"
        )
    return answer
