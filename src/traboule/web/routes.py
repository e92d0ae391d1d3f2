"""Every route of the room, on one page.

A path that is not listed does not exist. Each route names the verbs that its screen may perform; the first is what
somebody must be granted to enter. A route without verbs is open to everybody. ``tests/unit/web`` plays every route by
every role, from this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from traboule.app.verbs import VERBS
from traboule.core.permissions import Permission

READ, WRITE = ("GET",), ("POST",)


@dataclass(frozen=True, slots=True)
class Route:
    """One path of the room. ``place`` is ``module:function`` below ``traboule.web.screens``.

    ``verbs`` are those the screen may perform, ``methods`` how it may be asked. ``menu``: its group in the menu, where
    it is a screen of its own. ``looks_back``: it can show what was known at an earlier instant.
    """

    name: str
    path: str
    place: str
    verbs: tuple[str, ...] = ()
    methods: tuple[str, ...] = READ
    menu: str = ""
    looks_back: bool = False

    @property
    def permission(self) -> Permission | None:
        """What somebody must be granted to enter; None for everybody."""
        return VERBS[self.verbs[0]].permission if self.verbs else None


BOTH = ("GET", "POST")
_ANSWERING = "account.show"  # Granted to whoever is signed in.

ROUTES: tuple[Route, ...] = (
    # Open to everybody.
    Route("health", "healthz", "room.health:health"),
    Route("sign-in", "sign-in", "room.signing:sign_in", methods=BOTH),
    Route("sign-in-demo", "sign-in/demo", "room.signing:act_in_demo", methods=WRITE),
    Route("sign-in-passkey", "sign-in/passkey", "room.passkeys:sign_in", methods=WRITE),
    Route("sign-in-provider", "sign-in/provider", "room.provider:begin", methods=WRITE),
    Route("sign-in-provider-return", "sign-in/provider/return", "room.provider:come_back"),
    Route("sign-in-provider-code", "sign-in/provider/code", "room.provider:give_code", methods=WRITE),
    Route("language", "language", "room.language:choose", methods=WRITE),
    Route("published", "published", "publishing.published:show"),
    Route("published-document", "published/<int:number>/<str:name>", "publishing.published:document"),
    # Whoever is signed in.
    Route("sign-out", "sign-out", "room.signing:sign_out", (_ANSWERING, "session.end"), WRITE),
    Route("overview", "", "room.overview:show",
          (_ANSWERING, "operation.show", "figures.show", "hits.mine", "referral.own"), menu="today", looks_back=True),
    Route("wall", "wall", "room.wall:show", ("figures.show", "operation.show"), menu="today", looks_back=True),
    Route("wall-stream", "wall/stream", "room.wall:stream", ("figures.show", "operation.show")),
    Route("work", "work/<str:work>", "room.work:show", (_ANSWERING,)),
    # Returns.
    Route("returns", "returns", "filing.returns:show", ("return.list",), menu="filing", looks_back=True),
    Route("participation", "participation", "filing.participation:show", ("operation.show",),
          menu="filing", looks_back=True),
    Route("template", "returns/template", "filing.returns:template", ("return.template",)),
    Route("return-check", "returns/check", "filing.filing:check",
          ("return.check", "return.cover", "return.preview"), WRITE),
    Route("return-commit", "returns/commit/<str:work>", "filing.filing:commit",
          ("return.receive", "return.preview"), WRITE),
    Route("return-marked", "returns/marked/<str:work>", "filing.filing:marked", ("return.check",)),
    Route("return-proof", "returns/proof/<str:work>", "filing.filing:proof", ("return.list",)),
    Route("return-receipt", "returns/receipt/<str:receipt>", "filing.returns:receipt", ("return.list",)),
    Route("return-withdraw", "returns/withdraw", "filing.returns:withdraw", ("return.withdraw",), WRITE),
    # Links. The name of a record never stands in an address: a link is a place in a queue that was shown.
    Route("links", "links", "linking.judging:queue", ("judge.queue",), menu="linking"),
    Route("links-run", "links/run", "linking.judging:run", ("link",), WRITE),
    Route("link", "links/<str:work>/<int:place>", "linking.judging:link", ("judge.explain",)),
    Route("link-decide", "links/<str:work>/<int:place>/decide", "linking.judging:decide", ("judge.decide",), WRITE),
    Route("link-undo", "links/<str:work>/<int:place>/undo", "linking.judging:undo", ("judge.undo",), WRITE),
    Route("links-ended", "links/<str:work>/<int:place>/ended", "linking.judging:ended", ("judge.queue",)),
    Route("stops", "stops", "linking.stops:show", ("stop.list", "judge.left-out"), menu="linking"),
    Route("stop-add", "stops/add", "linking.stops:add", ("stop.add",), WRITE),
    Route("stop-end", "stops/<int:number>/end", "linking.stops:end", ("stop.undo",), WRITE),
    # What the links show: each screen is computed for its reader.
    Route("networks", "networks", "analysis.networks:show", ("networks.list",), menu="analysis"),
    Route("network", "networks/<int:number>", "analysis.networks:group", ("networks.show",)),
    Route("convergence", "convergence", "analysis.patterns:convergence", ("convergence.show",), menu="analysis"),
    Route("recurrence", "recurrence", "analysis.patterns:recurrence", ("recurrence.list",), menu="analysis"),
    Route("offers", "offers", "analysis.patterns:offers", ("offers.list",), menu="analysis"),
    Route("routes", "routes", "analysis.patterns:routes", ("routes.show",), menu="analysis"),
    # Publishing.
    Route("releases", "releases", "publishing.releases:show", ("release.show",), menu="publishing"),
    Route("release-withdraw", "releases/<int:number>/withdraw", "publishing.releases:withdraw",
          ("release.withdraw",), WRITE),
    Route("release-confirm-withdrawal", "releases/<int:number>/confirm-withdrawal",
          "publishing.releases:confirm_withdrawal", ("release.confirm-withdrawal",), WRITE),
    Route("release-document", "releases/<int:number>/<str:name>", "publishing.releases:document", ("release.show",)),
    Route("release-desk", "desk", "publishing.desk:show", ("release.proof",), menu="publishing"),
    Route("release-draft", "desk/draft", "publishing.drafting:draft",
          ("release.draft", "release.revise", "release.finalise", "release.verdict", "release.texts",
           "release.check-texts"), BOTH),
    Route("release-text-check", "desk/texts/<str:name>", "publishing.drafting:check",
          ("release.check-texts", "release.texts"), WRITE),
    Route("release-sign", "desk/sign", "publishing.desk:sign", ("release.sign",), WRITE),
    Route("release-embargo", "desk/embargo", "publishing.desk:embargo", ("release.embargo", "release.verdict"), WRITE),
    Route("release-issue", "desk/issue", "publishing.desk:issue", ("release.issue",), WRITE),
    Route("release-draft-document", "desk/<str:work>/<str:name>", "publishing.desk:document", ("release.proof",)),
    Route("texts", "texts", "publishing.texts:show", ("text.check",), menu="publishing"),
    Route("text-check", "texts/check", "publishing.texts:check", ("text.check",), WRITE),
    # Between states. A handle names no person; the name of a record never stands in an address.
    Route("hits", "hits", "care.hits:show", ("hits.list",), menu="care"),
    Route("hit-alarms", "hits/alarms", "care.hits:alarms", ("hits.alarms", "hits.thaw"), BOTH, menu="care"),
    Route("decoys", "hits/decoys", "care.decoys:show",
          ("decoy.list", "decoy.plant", "decoy.withdraw"), BOTH, menu="care"),
    Route("hits-mine", "hits/mine", "care.contacts:show", ("hits.mine",), menu="care"),
    Route("hit-mine", "hits/mine/<str:handle>", "care.contacts:answer",
          ("hits.mine", "hits.release", "hits.refuse"), BOTH),
    Route("hit", "hits/<str:handle>", "care.hit:show",
          ("hits.list", "hits.verify", "hits.pass-on", "hits.withhold", "judge.explain"), BOTH),
    Route("screenings", "screenings", "care.protection:screenings",
          ("screening.list", "screening.record"), BOTH, menu="care"),
    Route("referrals", "referrals", "care.protection:referrals", ("referral.list", "referral.make"), BOTH, menu="care"),
    Route("referrals-mine", "referrals/mine", "care.protection:own",
          ("referral.own", "referral.confirm"), BOTH, menu="care"),
    # One's own account, and who read one's own records.
    Route("account", "account", "account.account:show",
          ("account.show", "account.password", "account.codes", "account.codes-confirm", "session.list",
           "session.end-others"), BOTH, menu="keeping"),
    Route("passkeys", "account/passkeys", "account.passkeys:show",
          ("passkey.list", "passkey.challenge", "passkey.add", "passkey.remove"), BOTH, menu="keeping"),
    Route("tokens", "account/tokens", "account.tokens:show", ("token.list", "token.make", "token.end"), BOTH,
          menu="keeping"),
    Route("reads", "reads", "account.reads:show", ("reads.mine",), BOTH, menu="keeping"),
    # Figures.
    Route("figures", "figures", "counting.figures:show", ("figures.show", "operation.show"),
          menu="counting", looks_back=True),
    Route("figures-count", "figures/count", "counting.figures:count", ("figures.compute",), WRITE),
    Route("figures-changes", "figures/changes", "counting.changes:show", ("figures.compare", "figures.show"),
          menu="counting"),
    Route("figure", "figures/<slug:figure>", "counting.figure:show", ("figures.explain", "figures.show"),
          looks_back=True),
    # Keeping.
    Route("operation", "operation", "keeping.operation:show", ("operation.open", "operation.show"), menu="keeping"),
    Route("operation-open", "operation/open", "keeping.operation:open_from_file", ("operation.open",), WRITE),
    Route("people", "people", "keeping.people:show", ("people.list",), menu="keeping"),
    Route("people-add", "people/add", "keeping.people:add", ("people.add",), WRITE),
    Route("people-end", "people/end", "keeping.people:end", ("people.end",), WRITE),
    Route("people-sessions", "people/sessions", "keeping.people:end_sessions", ("people.sessions-end",), WRITE),
    Route("people-password", "people/password", "keeping.people:make_password", ("people.password",), WRITE),
    Route("identities", "people/identities", "keeping.identities:show",
          ("people.identities", "people.bind", "people.unbind"), BOTH, menu="keeping"),
    Route("ledger", "ledger", "keeping.ledger:show", ("ledger.head",), menu="keeping"),
    Route("ledger-verify", "ledger/verify", "keeping.ledger:verify", ("ledger.verify",), WRITE),
)  # fmt: skip


def named(name: str) -> Route:
    """Return the route ``name``. KeyError for one that is not listed."""
    return _BY_NAME[name]


_BY_NAME = {route.name: route for route in ROUTES}
MENU = ("today", "filing", "linking", "analysis", "care", "counting", "publishing", "keeping")
