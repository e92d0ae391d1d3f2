"""The one way into a route of the programming interface: rate, method, token, right, then the route; problems.

In: a path. Out: Django's view of it. Guaranteed: default deny. Nobody enters a route that is not open to everybody
without a token whose account is granted its first verb; an error never shows a traceback.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from traboule.app.dispatch import Wish
from traboule.core.errors import Invalid, NotFound, Refused, TrabouleError
from traboule.web.api.caller import ApiCall, call_of
from traboule.web.api.problems import problem
from traboule.web.api.routes import ApiRoute

View = Callable[..., HttpResponse]
_NOWHERE = ApiRoute("nowhere", "", "", "")


def enter(routes: tuple[ApiRoute, ...]) -> View:
    """Return the view of a path, whose methods are ``routes``; of no path where there are none."""
    by_method = {route.method: route for route in routes}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]

    def view(request: HttpRequest, **steps: Any) -> HttpResponse:
        call = call_of(request, by_method.get(request.method or "", _NOWHERE))
        try:
            call.memory.rates.count(call.caller, call.now)
            if not by_method:
                raise NotFound("api-path-unknown")
            if call.route is _NOWHERE:
                raise Refused("api-method", methods=", ".join(sorted(by_method)))
            answer = _admitted(call, steps)
        except TrabouleError as error:
            answer = problem(request, error)
        except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
            answer = problem(request, Invalid("request-malformed"))
        except Exception:
            logging.getLogger("traboule").exception("broken")
            answer = problem(request, None)
        if by_method and answer.status_code == 405:
            answer["Allow"] = ", ".join(sorted(by_method))
        answer["Cache-Control"] = "no-store"
        return answer

    view.csrf_exempt = True  # type: ignore[attr-defined]  # No cookie is looked at, so no form can be forged.
    return view


def _admitted(call: ApiCall, steps: dict[str, Any]) -> HttpResponse:
    """Let the call in. Raises Refused without a token in force, or where the account's roles lack the right."""
    if not call.route.is_open:
        try:
            call.desk.signed_in(call.token).actor(Wish(call.route.verbs[0], call.now))
        except Refused as refusal:
            if refusal.code == "sign-in-needed":
                raise Refused("token-needed") from refusal
            raise
    if unknown := sorted(set(call.request.GET) - set(call.route.parameters)):  # Mostly a name misspelled.
        raise Invalid("api-parameter", name=unknown[0], example=", ".join(call.route.parameters) or "none")
    module, name = call.route.place.split(":")
    function: View = getattr(importlib.import_module(f"traboule.web.api.{module}"), name)
    return function(call, **steps)
