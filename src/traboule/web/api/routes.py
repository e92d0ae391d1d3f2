"""Every route of the programming interface, on one page.

A route that is not listed does not exist. Each names the verbs that it may perform; the first is what the token's
account must be granted to enter. ``tests/unit/web`` plays every route by every role, from this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from traboule.app.verbs import VERBS
from traboule.core.permissions import GRANTS, Permission, Role

PREFIX = "api/v1/"
FILE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class ApiRoute:
    """One method of one path. ``place`` is ``module:function`` below ``traboule.web.api``.

    ``verbs`` are those it may perform. ``parameters`` and ``answer`` name entries of ``schemas.yaml``; an answer that
    is :data:`FILE` is a document. ``takes_file``: its body is a return.
    """

    name: str
    method: str
    path: str
    place: str
    verbs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    answer: str = ""
    takes_file: bool = False

    @property
    def permission(self) -> Permission | None:
        """What somebody must be granted to enter; None for everybody."""
        return VERBS[self.verbs[0]].permission if self.verbs else None

    @property
    def is_open(self) -> bool:
        """Tell whether nobody needs a token here."""
        return self.permission is None or self.permission in GRANTS[Role.SIGN_IN]


_PAGES = ("operation", "limit", "cursor")
_NUMBERED = ("number", "operation")

API_ROUTES: tuple[ApiRoute, ...] = (
    # Open to everybody: how it is used, and what has been published.
    ApiRoute("openapi", "GET", "openapi.json", "document:give", answer="Document"),
    ApiRoute("public-releases", "GET", "public/releases", "releases:published",
             ("release.published",), _PAGES, "PublicReleases"),
    ApiRoute("public-facts", "GET", "public/releases/<int:number>", "releases:published_facts",
             ("release.published",), _NUMBERED, "Facts"),
    ApiRoute("public-document", "GET", "public/releases/<int:number>/documents/<str:name>",
             "releases:published_document", ("release.published",), (*_NUMBERED, "name"), FILE),
    # Returns of one's own states.
    ApiRoute("returns", "GET", "returns", "returns:listed", ("return.list",), ("state", *_PAGES), "Returns"),
    ApiRoute("return-file", "POST", "returns", "returns:file",
             ("return.receive", "return.check"), ("operation", "idempotency-key"), "Filed", takes_file=True),
    ApiRoute("return-check", "POST", "returns/check", "returns:check",
             ("return.check",), ("operation", "idempotency-key"), "Checked", takes_file=True),
    ApiRoute("return", "GET", "returns/<str:receipt>", "returns:shown",
             ("return.list",), ("receipt", "state", "operation"), "Return"),
    # Hits of one's own records.
    ApiRoute("hits-mine", "GET", "hits/mine", "reading:hits", ("hits.mine",), ("state", *_PAGES), "Hits"),
    # Figures.
    ApiRoute("figures", "GET", "figures", "reading:figures", ("figures.show",), ("operation", "at"), "Figures"),
    ApiRoute("figure", "GET", "figures/<str:figure>", "reading:figure",
             ("figures.explain",), ("figure", "operation", "at"), "Figure"),
    # Releases.
    ApiRoute("releases", "GET", "releases", "releases:listed", ("release.list",), _PAGES, "Releases"),
    ApiRoute("release", "GET", "releases/<int:number>", "releases:shown", ("release.show",), _NUMBERED, "Release"),
    ApiRoute("release-facts", "GET", "releases/<int:number>/facts", "releases:facts",
             ("release.show",), _NUMBERED, "Facts"),
    ApiRoute("release-document", "GET", "releases/<int:number>/documents/<str:name>", "releases:document",
             ("release.show",), (*_NUMBERED, "name"), FILE),
)  # fmt: skip


def at_path(path: str) -> tuple[ApiRoute, ...]:
    """Return the methods of a path."""
    return tuple(route for route in API_ROUTES if route.path == path)


PATHS = tuple(dict.fromkeys(route.path for route in API_ROUTES))
