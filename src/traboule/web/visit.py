"""One request: who asks, in which language, and the verbs that the screen asked for may perform.

In: Django's request and the route. Out: :class:`Visit`, which a screen gets and nothing else. Guaranteed: a screen
performs no verb that its route does not list; each verb is checked anew at the door of the application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse

from traboule.app.desk import Desk, SignedIn
from traboule.app.dispatch import Progress, Wish, silent
from traboule.app.verbs import VERBS
from traboule.core.errors import Refused
from traboule.core.language.languages import SPOKEN_LANGUAGES, how_written
from traboule.core.permissions import GRANTS, Permission, Role
from traboule.web.forms import instant_typed
from traboule.web.looking_back import AS_OF, Instant, LookingBack, looking_back
from traboule.web.openid.provider import Provider
from traboule.web.routes import MENU, ROUTES, Route
from traboule.web.words import country, has_words, languages_of, moment, say
from traboule.web.work import Work, Works, owner_of

LANGUAGE_COOKIE = "traboule-language"
# Keys of the environment of a request: the desk, the long work of this process, and who else vouches.
DESK, WORKS, PROVIDER = "traboule.desk", "traboule.works", "traboule.provider"
COOKIE, SECURE_COOKIE = "traboule-session", "__Host-traboule-session"
NOTICE = "done"  # What a page after a deed says has been done, as a code.


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, with roles and the states they speak for."""

    login: str
    name: str
    roles: tuple[Role, ...]
    states: tuple[str, ...]

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the roles is granted ``permission``."""
        return any(permission in GRANTS[role] for role in self.roles)


@dataclass
class Visit:
    """A request on its way through a screen. ``token`` is that of the session, empty where nobody is signed in."""

    request: HttpRequest
    route: Route
    desk: Desk
    works: Works
    token: str = field(default="", repr=False)
    number: str = ""  # That of the work whose page this is.
    provider: Provider | None = None  # The OpenID provider that is configured.

    @cached_property
    def language(self) -> str:
        """The language asked for, else the one chosen before, else the browser's first that is spoken here."""
        chosen = (self.request.GET.get("language"), self.request.COOKIES.get(LANGUAGE_COOKIE))
        wanted = (*chosen, *languages_of(self.request))
        return next((code for code in wanted if code in SPOKEN_LANGUAGES), "en")

    @cached_property
    def person(self) -> Visitor | None:
        """Who is signed in; None where nobody is, or no longer."""
        if not self.token:
            return None
        try:
            plain = self.door.show(at=self.now).to_json()
        except Refused as refusal:
            if refusal.code != "sign-in-needed":
                raise
            return None
        roles = tuple(dict.fromkeys(Role(entry["role"]) for entry in plain["roles"]))
        states = tuple(sorted({entry["unit"].split("-")[0] for entry in plain["roles"] if entry["unit"]}))
        return Visitor(plain["login"], plain["name"], roles, states)

    @property
    def states(self) -> list[tuple[str, str]]:
        """The states that who is signed in speaks for, with their names; none listed is any."""
        return [(state, self.state(state)) for state in (self.person.states if self.person else ())]

    @property
    def door(self) -> SignedIn:
        """The desk as this session may use it."""
        return self.desk.signed_in(self.token)

    @property
    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)

    @cached_property
    def as_of(self) -> datetime | None:
        """The instant that the address looks back to; None for now, and where it is none that has passed."""
        try:
            return self.expect_as_of()
        except Refused:
            return None

    def expect_as_of(self) -> datetime | None:
        """Return the instant that the address looks back to. Raises Refused for what is none, or has not come yet."""
        at = instant_typed(self.request.GET.get(AS_OF, ""))
        if at is not None and at > self.now:
            raise Refused("instant-to-come", instant=f"{at:%Y-%m-%d %H:%M}")
        return at

    @property
    def shown(self) -> datetime:
        """The instant whose knowledge is shown: that looked back to, else the present one."""
        return self.as_of or self.now

    @property
    def back_to_now(self) -> str:
        """The address of this screen as it is now."""
        return f"?{urlencode(self.query)}"

    @property
    def query(self) -> list[tuple[str, str]]:
        """What else the address asks for, to be asked again as of another instant."""
        asked = ((name, str(value)) for name, value in self.request.GET.items())
        return [(name, value) for name, value in asked if name not in (AS_OF, NOTICE, "language")]

    def perform(
        self, verb: str, /, *, states: frozenset[str] = frozenset(), progress: Progress = silent, **arguments: Any
    ) -> Any:
        """Perform ``verb`` as who is signed in. Raises LookupError for one that the route does not list."""
        if verb not in self.route.verbs:
            raise LookupError(f"the route {self.route.name} does not list the verb {verb}")
        return self.door.perform(Wish(verb, self.now, states), progress=progress, **arguments)

    def begin(
        self, name: str, perform: Callable[[Progress], Any], finish: Callable[[Visit, Any], HttpResponse]
    ) -> HttpResponse:
        """Let ``perform`` run beside this request, and return the way to its page, which shows how far it is; there
        ``finish`` makes the page of its result."""
        work = Work(owner_of(self.token), name, self.now, finish)
        return self.to("work", self.works.begin(work, lambda mine: perform(mine.show)))

    def work(self, number: str) -> Work:
        """Return the work ``number`` of this session. Raises NotFound where it has none such."""
        return self.works.of(number, owner_of(self.token))

    def may(self, verb: str) -> bool:
        """Tell whether a role of who is signed in is granted ``verb``; the door asks again when it is performed."""
        return self.person is not None and self.person.may(VERBS[verb].permission)

    def say(self, code: str, **values: object) -> str:
        """Return a sentence in the language of this visit."""
        return say(code, self.language, **values)

    def state(self, unit: str) -> str:
        """Return the name of the state of a unit, with its code."""
        code = unit.split("-", maxsplit=1)[0]
        return f"{country(code, self.language)} ({code})"

    def page(self, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
        """Return the page made by ``template`` with ``values``, for whoever is signed in."""
        written = how_written(self.language)
        done = self.request.GET.get(NOTICE, "")
        frame = {
            "as_of_words": moment(self.as_of, self.language) if self.as_of else "",
            "looking": self._looking_back((values or {}).get("instants", ())),
            "visit": self,
            "language": self.language,
            "direction": "rtl" if written.right_to_left else "ltr",
            "tag": written.tag,
            "person": self.person,
            "menu": list(self._menu()),
            "languages": [(code, how_written(code)) for code in SPOKEN_LANGUAGES],
            "form_token": get_token(self.request),
            "notice": f"done-{done}" if has_words(f"done-{done}") else "",
            "here": self.request.get_full_path(),
        }
        if taken := frame.keys() & (values or {}).keys():
            raise LookupError(f"the frame has {', '.join(taken)} already")
        return render(self.request, template, {**frame, **(values or {})}, status=status)

    def to(self, name: str, *steps: str, done: str = "") -> HttpResponse:
        """Return the way to another route, which says there that ``done`` has been done."""
        address = reverse(name, args=steps)
        return HttpResponseRedirect(f"{address}?{NOTICE}={done}" if done else address)

    def _looking_back(self, instants: tuple[Instant, ...] | None) -> LookingBack | None:
        """Return how to look back from this screen; None from one that cannot, or has nothing of the past to show."""
        if instants is None or not self.route.looks_back:
            return None
        return looking_back(self.as_of, instants, self.query)

    def _menu(self) -> list[tuple[str, list[Route]]]:
        """Return the screens that whoever is signed in may enter, by group."""
        if self.person is None:
            return []
        may = [route for route in ROUTES if route.menu and (not route.permission or self.person.may(route.permission))]
        groups = [(group, [route for route in may if route.menu == group]) for group in MENU]
        return [(group, routes) for group, routes in groups if routes]


def visit_of(request: HttpRequest, route: Route) -> Visit:
    """Return the visit that ``request`` is, to ``route``."""
    token = request.COOKIES.get(cookie_name(request), "")
    environ: dict[str, Any] = request.environ  # type: ignore[attr-defined]
    return Visit(request, route, environ[DESK], environ[WORKS], token, provider=environ.get(PROVIDER))


def cookie_name(request: HttpRequest) -> str:
    """Return the name of the cookie of a session; over TLS one that no other host can have set."""
    return SECURE_COOKIE if request.is_secure() else COOKIE
