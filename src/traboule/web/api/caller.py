"""One request of a program: whose token, in which language, with which parameters.

In: Django's request and the route. Out: :class:`ApiCall`, which a function behind a route gets and nothing else.
Guaranteed: it performs no verb that its route does not list; each verb is checked anew at the door of the application;
a cookie is never looked at.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from traboule.app.desk import Desk
from traboule.app.dispatch import Wish
from traboule.core.errors import Invalid, NotFound
from traboule.core.language.languages import SPOKEN_LANGUAGES
from traboule.web.api.limits import Answer, CallerMemory
from traboule.web.api.routes import ApiRoute
from traboule.web.visit import DESK
from traboule.web.words import languages_of
from traboule.web.work import owner_of

MEMORY = "traboule.api"  # The key of :class:`CallerMemory` in the environment of a request.
MOST_ITEMS, USUAL_ITEMS = 200, 50
# Instants beyond these are outside what Python and PostgreSQL count in every time zone; nothing is known by either.
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)
_LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A request on its way. ``token`` is empty where none was sent."""

    request: HttpRequest
    route: ApiRoute
    desk: Desk
    memory: CallerMemory
    now: datetime
    token: str = field(default="", repr=False)

    @property
    def language(self) -> str:
        """The first language of ``Accept-Language`` that is spoken here."""
        return language_of(self.request)

    @property
    def caller(self) -> str:
        """What stands for the caller here: the hash of the token, else the address."""
        if not self.token:
            return f"address {self.request.META.get('REMOTE_ADDR', '')}"
        return owner_of(self.token)

    @property
    def operation(self) -> str | None:
        """The operation asked for; None for the one that is open."""
        return self.request.GET.get("operation") or None

    @property
    def states(self) -> frozenset[str]:
        """The state asked for, for an officer of any state."""
        state = self.request.GET.get("state")
        return frozenset({state} if state else ())

    @property
    def instant(self) -> datetime | None:
        """The instant asked for, with its zone. Raises Invalid."""
        if (text := self.request.GET.get("at")) is None:
            return None
        with suppress(ValueError):
            at = datetime.fromisoformat(text)
            if at.tzinfo is not None:
                return min(max(at, _EARLIEST), _LATEST)
        raise Invalid("api-parameter", name="at", example="2024-10-06T18:00:00Z")

    def perform(self, verb: str, /, *, states: frozenset[str] = frozenset(), **arguments: Any) -> Any:
        """Perform ``verb`` as whose token it is. Raises LookupError for one that the route does not list."""
        self._expect(verb)
        return self.desk.signed_in(self.token).perform(Wish(verb, self.now, states), **arguments)

    def published(self, number: int | None = None) -> Any:
        """Return what anybody may read."""
        self._expect("release.published")
        return self.desk.published(at=self.now, number=number, operation=self.operation)

    def page_of(self, name: str, items: Sequence[dict[str, Any]], key: str) -> HttpResponse:
        """Return the part of ``items`` that is asked for, and under ``next`` the cursor of the part that follows.

        Items stand in a stable order, and ``key`` tells them apart. Raises Invalid for a limit that is none, NotFound
        for a cursor that leads nowhere.
        """
        limit, begin = self._limit(), 0
        if cursor := self.request.GET.get("cursor"):
            places = {_cursor(item[key]): place for place, item in enumerate(items)}
            if cursor not in places:
                raise NotFound("api-cursor")
            begin = places[cursor] + 1
        shown = list(items[begin : begin + limit])
        following = _cursor(shown[-1][key]) if shown and begin + limit < len(items) else None
        return answered({name: shown, "next": following})

    def once(self, digest: str, perform: Callable[[], Answer]) -> HttpResponse:
        """Answer, or give the answer that was given before under the idempotency key sent."""
        key = self.request.headers.get("idempotency-key")
        if key is None:
            answer = perform()
        elif not 0 < len(key) <= _LONGEST_KEY:
            raise Invalid("api-parameter", name="Idempotency-Key", example="5f0c1d9e-return-7")
        else:
            digest = hashlib.sha256(f"{self.route.name} {self.operation} {digest}".encode()).hexdigest()
            answer = self.memory.answers.once((self.caller, key), digest, self.now, perform)
        return HttpResponse(answer.content, status=answer.status, content_type="application/json")

    def _expect(self, verb: str) -> None:
        if verb not in self.route.verbs:
            raise LookupError(f"the route {self.route.name} does not list the verb {verb}")

    def _limit(self) -> int:
        text = self.request.GET.get("limit", str(USUAL_ITEMS))
        if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_ITEMS))):
            raise Invalid("api-parameter", name="limit", example=USUAL_ITEMS)
        if not 0 < int(text) <= MOST_ITEMS:
            raise Invalid("api-parameter", name="limit", example=USUAL_ITEMS)
        return int(text)


def call_of(request: HttpRequest, route: ApiRoute) -> ApiCall:
    """Return the call that ``request`` is, to ``route``."""
    environ: dict[str, Any] = request.environ  # type: ignore[attr-defined]
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    return ApiCall(request, route, environ[DESK], environ[MEMORY], datetime.now(UTC), token)


def language_of(request: HttpRequest) -> str:
    """Return the first language of ``Accept-Language`` that is spoken here, else English."""
    return next((code for code in languages_of(request) if code in SPOKEN_LANGUAGES), "en")


def as_bytes(plain: Any) -> bytes:
    """Return plain values as JSON."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def answered(plain: Any, status: int = 200) -> HttpResponse:
    """Return an answer of plain values."""
    return HttpResponse(as_bytes(plain), status=status, content_type="application/json")


def _cursor(value: object) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")
