"""Sign in by the OpenID provider that is configured: there, back, and a one-time code where one is needed.

Guaranteed: a sign-in begins with a form of the room, so that no link from elsewhere begins one, and ends in the browser
in which it was begun, which holds a secret in a cookie until then. Who leaves or comes back is answered with a page
that leads on, not with a redirect: a form may lead to no other site, and the session's cookie is for requests from the
room's own pages.
"""

from __future__ import annotations

import secrets

from django.http import HttpResponse
from django.urls import reverse
from django.utils.encoding import iri_to_uri

from traboule.app.desk import CodeWanted
from traboule.core.errors import NotFound, Refused, TrabouleError, Unready
from traboule.web.failures import status_of
from traboule.web.openid.provider import Provider
from traboule.web.screens.account.clients import client_of
from traboule.web.screens.account.sites import site_of
from traboule.web.screens.room.signing import own_address, sign_in_form, with_session
from traboule.web.visit import Visit
from traboule.web.words import refusal

_LASTS = 15 * 60  # Seconds.
_SEPARATOR = " "


def begin(visit: Visit) -> HttpResponse:
    """Lead the browser to the provider, with a secret in a cookie. Raises NotFound where none is configured."""
    provider = _provider(visit)
    browser, back = secrets.token_urlsafe(32), own_address(visit.request.POST.get("next", "/"))
    begun = visit.desk.begin_with_provider(provider.configuration.issuer, browser, at=visit.now)
    try:
        address = provider.address(begun, _return_address(visit), at=visit.now)
    except (Refused, Unready) as problem:
        return _failed(visit, problem)
    answer = visit.page("room/to_provider.html", {"address": address, "name": provider.configuration.name})
    answer["Refresh"] = f"0; url={iri_to_uri(address)}"
    answer.set_cookie(
        _cookie_name(visit),
        f"{browser}{_SEPARATOR}{back}",
        max_age=_LASTS,
        secure=visit.request.is_secure(),
        httponly=True,
        samesite="Lax",  # The provider sends the browser back; a strict cookie would not come along.
    )
    return answer


def come_back(visit: Visit) -> HttpResponse:
    """Sign in whom the provider vouches for, or ask for the account's own one-time code."""
    provider, (browser, back) = _provider(visit), _begun_by(visit)
    brought = visit.request.GET
    try:
        state = brought.get("state", "")
        begun = visit.desk.resume_with_provider(provider.configuration.issuer, browser, state, at=visit.now)
        if brought.get("iss", provider.configuration.issuer) != provider.configuration.issuer:
            raise Refused("provider-refused")
        if "error" in brought or not brought.get("code"):
            raise Refused("provider-declined")
        exchanged = provider.exchange(brought["code"], begun.proof_key, _return_address(visit), at=visit.now)
        answer = {"state": state, "browser": browser, "token": exchanged.token, "keys": exchanged.keys}
        entered = visit.desk.sign_in_by_provider(provider.party, answer, at=visit.now, client=client_of(visit.request))
    except (Refused, Unready) as problem:
        return _failed(visit, problem)
    if isinstance(entered, CodeWanted):
        return visit.page("room/provider_code.html", {"ticket": entered.ticket})
    return _leading_on(visit, entered.token, back)


def give_code(visit: Visit) -> HttpResponse:
    """Sign in whom the provider has vouched for, by the one-time code that was typed."""
    _provider(visit)
    form, (browser, back) = visit.request.POST, _begun_by(visit)
    ticket = form.get("ticket", "")
    try:
        entered = visit.desk.sign_in_by_provider_code(
            ticket, browser, form.get("code", ""), at=visit.now, client=client_of(visit.request)
        )
    except Refused as problem:
        if problem.code == "provider-stale":
            return _failed(visit, problem)
        values = {"ticket": ticket, "sentence": refusal(problem, visit.language)}
        return visit.page("room/provider_code.html", values, status=status_of(problem))
    return _leading_on(visit, entered.token, back)


def _provider(visit: Visit) -> Provider:
    if visit.provider is None:
        raise NotFound("provider-none")
    return visit.provider


def _return_address(visit: Visit) -> str:
    return f"{site_of(visit.request)['origin']}{reverse('sign-in-provider-return')}"


def _begun_by(visit: Visit) -> tuple[str, str]:
    """Return the secret of the browser, and where it goes once signed in; both empty where it has begun nothing."""
    browser, _, back = visit.request.COOKIES.get(_cookie_name(visit), "").partition(_SEPARATOR)
    return browser, own_address(back)


def _cookie_name(visit: Visit) -> str:
    return "__Host-traboule-provider" if visit.request.is_secure() else "traboule-provider"


def _leading_on(visit: Visit, token: str, back: str) -> HttpResponse:
    """Return the page that leads on for who has signed in."""
    page = with_session(visit, visit.page("room/signed_in.html", {"back": back}), token)
    page["Refresh"] = f"0; url={iri_to_uri(back)}"
    return _forgetting(visit, page)


def _failed(visit: Visit, problem: TrabouleError) -> HttpResponse:
    sentence = refusal(problem, visit.language)
    return _forgetting(visit, sign_in_form(visit, status=status_of(problem), next="/", sentence=sentence))


def _forgetting(visit: Visit, answer: HttpResponse) -> HttpResponse:
    answer.set_cookie(
        _cookie_name(visit), "", max_age=0, secure=visit.request.is_secure(), httponly=True, samesite="Lax"
    )
    return answer
