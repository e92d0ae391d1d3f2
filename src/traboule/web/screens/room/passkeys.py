"""Sign in by a passkey: what the browser is to be asked for, then what it answered.

In: a form. Out: without an answer in it JSON, which the room's script hands to the browser; else the session, or the
page on which somebody signs in with what went wrong.
"""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse

from traboule.core.errors import Refused
from traboule.web.failures import status_of
from traboule.web.screens.account.clients import client_of
from traboule.web.screens.account.sites import site_of
from traboule.web.screens.room.signing import own_address, sign_in_form, signed_in
from traboule.web.visit import Visit
from traboule.web.words import refusal


def sign_in(visit: Visit) -> HttpResponse:
    """Return what the browser is asked for, or sign in by what it answered."""
    form, site = visit.request.POST, site_of(visit.request)
    answer, back = form.get("answer", ""), own_address(form.get("next", "/"))
    if not answer:
        return JsonResponse(visit.desk.ask_for_passkey(**site, at=visit.now))
    try:
        entered = visit.desk.sign_in_by_passkey(**site, answer=answer, at=visit.now, client=client_of(visit.request))
    except Refused as refused:
        sentence = refusal(refused, visit.language)
        return sign_in_form(visit, status=status_of(refused), next=back, sentence=sentence)
    return signed_in(visit, entered, back)
