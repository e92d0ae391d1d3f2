"""A program's requests to the room without a network: Django's client over a desk, with the token of an account."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tests.room import STEPS
from traboule.app.desk import Desk
from traboule.app.dispatch import Wish
from traboule.web.api.caller import MEMORY
from traboule.web.api.limits import CallerMemory, RequestRates
from traboule.web.api.routes import PREFIX, ApiRoute
from traboule.web.visit import DESK, WORKS
from traboule.web.work import Works

RATE = 100_000  # So many that a test meets the limit only where it wants to.


def token_of(desk: Desk, login: str) -> str:
    """Return a new token of an account of a demo."""
    now = datetime.now(UTC)
    session = desk.act_in_demo(login, "", at=now).token
    made: str = desk.signed_in(session).perform(Wish("token.make", now), name=f"program {now.isoformat()}").token
    return made


def program(desk: Desk, login: str = "", *, most: int = RATE, **headers: str) -> Client:
    """Return a program before ``desk``, with a token of the account ``login`` where one is named."""
    memory = CallerMemory(RequestRates(most))
    environ: dict[str, Any] = {DESK: desk, WORKS: Works(), MEMORY: memory}
    sent = {"authorization": f"Bearer {token_of(desk, login)}"} if login else {}
    return Client(True, headers={"host": "127.0.0.1", **sent, **headers}, **environ)


def address(route: ApiRoute) -> str:
    """Return an address of ``route``."""
    return "/" + PREFIX + re.sub(r"<\w+:(\w+)>", lambda step: STEPS[step[1]], route.path)


def plain(answer: HttpResponse) -> dict[str, Any]:
    """Return the plain values of an answer."""
    values: dict[str, Any] = json.loads(answer.content)
    return values
