"""The one way into a screen: method, session, right, then the screen, and every error as a page in words.

In: a route. Out: Django's view of it. Guaranteed: default deny. Nobody enters a route with verbs unless signed in and
granted the first of them; an error never shows a traceback.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from traboule.core.errors import Refused, TrabouleError
from traboule.core.permissions import Role, able
from traboule.web.failures import in_words
from traboule.web.routes import Route
from traboule.web.visit import Visit, visit_of


def enter(route: Route) -> Callable[..., HttpResponse]:
    """Return the view of ``route``."""

    def view(request: HttpRequest, **steps: Any) -> HttpResponse:
        if request.method not in route.methods and not (request.method == "HEAD" and "GET" in route.methods):
            return HttpResponseNotAllowed(route.methods)
        visit = visit_of(request, route)
        try:
            return _admitted(visit, steps)
        except TrabouleError as error:
            if error.code == "sign-in-needed" and route.name != "sign-in":
                return _sign_in(request)
            return in_words(visit, error)
        except Exception:
            logging.getLogger("traboule").exception("broken")
            return in_words(visit, None)

    view.__name__ = route.name
    return view


def _admitted(visit: Visit, steps: dict[str, Any]) -> HttpResponse:
    """Let the visit into its screen. Raises Refused where nobody is signed in or the right lacks."""
    if visit.route.permission is not None:
        if visit.person is None:
            raise Refused("sign-in-needed")
        if not visit.person.may(visit.route.permission):
            raise Refused("role-lacking", roles=_codes(visit.person.roles), able=_codes(able(visit.route.permission)))
    visit.expect_as_of()
    module, name = visit.route.place.split(":")
    screen: Callable[..., HttpResponse] = getattr(importlib.import_module(f"traboule.web.screens.{module}"), name)
    return screen(visit, **steps)


def _codes(roles: Iterable[Role]) -> str:
    return ", ".join(role.value for role in roles)


def _sign_in(request: HttpRequest) -> HttpResponse:
    """Return the way to the sign-in page, which leads back here; a form that was sent is not repeated."""
    back = request.get_full_path() if request.method == "GET" else "/"
    return HttpResponseRedirect(f"{reverse('sign-in')}?next={quote(back)}")
