"""A browser's requests to the room without a network: Django's client over a desk, signed in as whom a test chooses."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.worlds import HANDLE
from traboule.app.desk import Desk
from traboule.web.openid.provider import Provider
from traboule.web.routes import Route
from traboule.web.visit import COOKIE, DESK, PROVIDER, WORKS
from traboule.web.work import Works

# What stands in the place of each step of a path.
STEPS = {
    "work": "of-nobody",
    "figure": "potential_victims",
    "receipt": "of-nobody",
    "handle": HANDLE,
    "place": "0",
    "number": "1",
    "name": "none.pdf",
}


def browser(desk: Desk, login: str = "", *, checks_forms: bool = False, provider: Provider | None = None) -> Client:
    """Return a browser before ``desk``, signed in as an account of a demo where one is named."""
    told: dict[str, Any] = {DESK: desk, WORKS: Works(), PROVIDER: provider}
    client = Client(checks_forms, HTTP_HOST="127.0.0.1", **told)
    if login:
        client.cookies[COOKIE] = desk.act_in_demo(login, "", at=datetime.now(UTC)).token
    return client


def address(route: Route) -> str:
    """Return an address of ``route``, its steps filled from :data:`STEPS`."""
    return "/" + re.sub(r"<\w+:(\w+)>", lambda step: STEPS[step[1]], route.path)


def ask(client: Client, route: Route, method: str, **form: Any) -> HttpResponse:
    """Return the answer of ``route`` to ``method``."""
    path = address(route)
    answer: HttpResponse = client.post(path, form) if method == "POST" else client.generic(method, path)
    return answer


def ended(client: Client, address: str) -> str:
    """Return the page of a work once it has ended."""
    for _ in range(60):
        answer = client.get(address)
        if answer.status_code == 302:
            address = answer["Location"]
        elif "Refresh" not in answer:
            return answer.content.decode()
        time.sleep(0.2)
    raise AssertionError("the work did not end")
