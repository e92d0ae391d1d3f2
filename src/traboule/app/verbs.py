"""Everything the system can do, on one page.

A verb that is not listed does not exist. Each entry names the permission it needs and its handler. Handlers are
imported when first called, so that the check of a text loads neither Django nor the database.
"""

from __future__ import annotations

from dataclasses import dataclass

from traboule.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing the system can do. ``place`` is ``module:function``.

    ``changes``: it writes, and leaves an entry in the ledger. ``stored``: it needs the database. ``engine``: a
    computation that reads, on the actor's behalf, what the actor may not, and returns counts, codes and words alone.
    ``shows``: where its result names records of persons, as paths of keys in its JSON form; it leaves an entry that
    commits to which records were shown to whom.
    ``credentials``: it is about accounts, and reads and writes what only the sign-in path may.
    """

    permission: Permission
    place: str
    changes: bool = True
    stored: bool = True
    engine: bool = False
    shows: tuple[str, ...] | None = None
    credentials: bool = False

    @property
    def recorded(self) -> bool:
        """Tell whether the verb leaves an entry in the ledger."""
        return self.changes or self.shows is not None


_SESSIONS = "traboule.app.handlers.accounts.sessions"
_ERASING = "traboule.app.handlers.retention.erasing"
_EXPIRY = "traboule.app.handlers.retention.expiry"
_HITS = "traboule.app.handlers.hits.desk"
_GUARDED_HITS = "traboule.app.handlers.hits.guarding"
_DECOYS = "traboule.app.handlers.hits.decoys"
_ANNOUNCING = "traboule.app.handlers.hits.announcing"
_OWN_HITS = "traboule.app.handlers.hits.owner"
_LIVE = "traboule.app.live.following"
_TOKENS = "traboule.app.handlers.accounts.tokens"
_PASSKEYS = "traboule.app.handlers.accounts.passkeys"
_PROVIDERS = "traboule.app.handlers.accounts.providers"
_PEOPLE = "traboule.app.handlers.accounts.people"
_WAITING_LISTS = "traboule.app.handlers.protection.waiting"
_CARE = "traboule.app.handlers.protection.acting"
_EXCHANGE = "traboule.app.handlers.exchange.exporting"
_WAITING = ("persons.record",)
_NETWORKS = "traboule.app.handlers.analysis.networks"
_PATTERNS = "traboule.app.handlers.analysis.patterns"
_RECRUITMENT = "traboule.app.handlers.analysis.recruitment"
_FINDINGS = "traboule.app.handlers.analysis.findings"

VERBS: dict[str, Verb] = {
    # Who acts. The first ten are the sign-in’s own; they and release.published need no session.
    "session.begin": Verb(Permission.SIGN_IN, f"{_SESSIONS}:begin", credentials=True),
    "session.passkey": Verb(Permission.SIGN_IN, f"{_PASSKEYS}:sign_in", credentials=True),
    "session.challenge": Verb(Permission.SIGN_IN, f"{_PASSKEYS}:begin_signing_in", changes=False, credentials=True),
    "session.provider-begin": Verb(
        Permission.SIGN_IN, f"{_PROVIDERS}:begin_signing_in", changes=False, credentials=True
    ),
    "session.provider-resume": Verb(Permission.SIGN_IN, f"{_PROVIDERS}:resume", changes=False, credentials=True),
    "session.provider": Verb(Permission.SIGN_IN, f"{_PROVIDERS}:sign_in", credentials=True),
    "session.provider-code": Verb(Permission.SIGN_IN, f"{_PROVIDERS}:give_code", credentials=True),
    "session.seat": Verb(Permission.SIGN_IN, f"{_SESSIONS}:sit_down", credentials=True),
    "session.demo": Verb(Permission.SIGN_IN, f"{_SESSIONS}:act_in_demo", credentials=True),
    "session.accounts": Verb(Permission.SIGN_IN, f"{_SESSIONS}:list_demo_accounts", changes=False, credentials=True),
    "session.end": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_SESSIONS}:end", credentials=True),
    "session.list": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_SESSIONS}:list_own", changes=False, credentials=True),
    "session.end-others": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_SESSIONS}:end_others", credentials=True),
    "account.show": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_SESSIONS}:show", changes=False, credentials=True),
    "account.password": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_SESSIONS}:change_password", credentials=True),
    "account.codes": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_SESSIONS}:begin_codes", credentials=True),
    "account.codes-confirm": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_SESSIONS}:confirm_codes", credentials=True),
    "passkey.challenge": Verb(
        Permission.KEEP_OWN_ACCOUNT, f"{_PASSKEYS}:begin_adding", changes=False, credentials=True
    ),
    "passkey.add": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_PASSKEYS}:add", credentials=True),
    "passkey.list": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_PASSKEYS}:list_own", changes=False, credentials=True),
    "passkey.remove": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_PASSKEYS}:remove", credentials=True),
    "token.make": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_TOKENS}:make", credentials=True),
    "token.list": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_TOKENS}:list_tokens", changes=False, credentials=True),
    "token.end": Verb(Permission.KEEP_OWN_ACCOUNT, f"{_TOKENS}:end", credentials=True),
    "people.list": Verb(Permission.READ_PEOPLE, f"{_PEOPLE}:list_accounts", changes=False, credentials=True),
    "people.add": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:add", credentials=True),
    "people.end": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:end", credentials=True),
    "people.grant": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:grant", credentials=True),
    "people.revoke": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:revoke", credentials=True),
    "people.unit": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:set_unit", credentials=True),
    "people.password": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:make_password", credentials=True),
    "people.codes-remove": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:remove_codes", credentials=True),
    "people.sessions-end": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:end_sessions", credentials=True),
    "people.bind": Verb(Permission.KEEP_PEOPLE, f"{_PROVIDERS}:bind", credentials=True),
    "people.identities": Verb(Permission.READ_PEOPLE, f"{_PROVIDERS}:list_identities", changes=False, credentials=True),
    "people.unbind": Verb(Permission.KEEP_PEOPLE, f"{_PROVIDERS}:unbind", credentials=True),
    "people.demo": Verb(Permission.KEEP_PEOPLE, f"{_PEOPLE}:prepare_demo", credentials=True),
    # Operation.
    "operation.open": Verb(Permission.OPEN_OPERATION, "traboule.app.handlers.opening:open_operation"),
    "operation.show": Verb(Permission.READ_FIGURES, "traboule.app.handlers.opening:show", changes=False, engine=True),
    # Returns.
    "return.template": Verb(Permission.PREPARE_RETURN, "traboule.app.handlers.filing:template", changes=False),
    "return.check": Verb(Permission.PREPARE_RETURN, "traboule.app.handlers.filing:check", changes=False),
    "return.read": Verb(
        Permission.PREPARE_RETURN, "traboule.app.handlers.filing:read_all", changes=False, stored=False
    ),
    "return.cover": Verb(Permission.PREPARE_RETURN, "traboule.app.handlers.filing:cover", changes=False),
    "return.preview": Verb(Permission.FILE_RETURN, "traboule.app.handlers.filing:preview", changes=False),
    "return.receive": Verb(Permission.FILE_RETURN, "traboule.app.handlers.filing:receive"),
    "return.list": Verb(Permission.FILE_RETURN, "traboule.app.handlers.filing:list_returns", changes=False),
    "return.withdraw": Verb(Permission.FILE_RETURN, "traboule.app.handlers.filing:withdraw"),
    # Linkage.
    "stop.add": Verb(Permission.STOP_IDENTIFIERS, "traboule.app.handlers.linking.stopping:add"),
    "stop.undo": Verb(Permission.STOP_IDENTIFIERS, "traboule.app.handlers.linking.stopping:undo"),
    "stop.list": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.handlers.linking.stopping:list_stops", changes=False, engine=True
    ),
    "link": Verb(Permission.LINK, "traboule.app.handlers.linking.finding:link", engine=True),
    "link.model": Verb(Permission.JUDGE, "traboule.app.handlers.linking.explaining_model:explain_model", changes=False),
    "judge.queue": Verb(
        Permission.JUDGE,
        "traboule.app.handlers.linking.queue:queue",
        changes=False,
        engine=True,
        shows=("links.left", "links.right"),
    ),
    "judge.explain": Verb(
        Permission.JUDGE,
        "traboule.app.handlers.linking.explaining:explain",
        changes=False,
        engine=True,
        shows=("left", "right"),
    ),
    "judge.built": Verb(
        Permission.JUDGE, "traboule.app.handlers.linking.building:built", changes=False, shows=("members",)
    ),
    "judge.left-out": Verb(
        Permission.JUDGE,
        "traboule.app.handlers.linking.leaving_out:left_out",
        changes=False,
        shows=("cut.0", "cut.1", "watched"),
    ),
    "judge.decide": Verb(Permission.JUDGE, "traboule.app.handlers.linking.judging:decide"),
    "judge.undo": Verb(Permission.JUDGE, "traboule.app.handlers.linking.judging:undo"),
    # Hits between units.
    "hits.list": Verb(
        Permission.VERIFY_HITS,
        f"{_HITS}:list_hits",
        changes=False,
        engine=True,
        shows=("hits.left", "hits.right"),
    ),
    "hits.verify": Verb(Permission.VERIFY_HITS, f"{_HITS}:verify", engine=True),
    "hits.pass-on": Verb(Permission.VERIFY_HITS, f"{_HITS}:pass_on", engine=True),
    "hits.withhold": Verb(Permission.VERIFY_HITS, f"{_HITS}:withhold", engine=True),
    "hits.alarms": Verb(Permission.GUARD_HITS, f"{_GUARDED_HITS}:list_alarms", changes=False, shows=("alarms.record",)),
    "hits.thaw": Verb(Permission.GUARD_HITS, f"{_GUARDED_HITS}:thaw"),
    "decoy.plant": Verb(Permission.GUARD_HITS, f"{_DECOYS}:plant"),
    "decoy.list": Verb(Permission.GUARD_HITS, f"{_DECOYS}:list_decoys", changes=False),
    "decoy.withdraw": Verb(Permission.GUARD_HITS, f"{_DECOYS}:withdraw"),
    "hits.mine": Verb(Permission.ANSWER_HITS, f"{_OWN_HITS}:list_own", changes=False),
    "hits.release": Verb(Permission.ANSWER_HITS, f"{_OWN_HITS}:release"),
    "hits.refuse": Verb(Permission.ANSWER_HITS, f"{_OWN_HITS}:refuse"),
    # Deconfliction: an overlap of two announced actions is a hit.
    "deconflict.announce": Verb(Permission.ANNOUNCE_ACTIONS, f"{_ANNOUNCING}:announce"),
    "deconflict.mine": Verb(Permission.ANNOUNCE_ACTIONS, f"{_ANNOUNCING}:list_own", changes=False),
    "deconflict.withdraw": Verb(Permission.ANNOUNCE_ACTIONS, f"{_ANNOUNCING}:withdraw"),
    # Who read a state's own records.
    "reads.mine": Verb(Permission.LIST_READS, "traboule.app.handlers.hits.reads:list_reads", changes=False),
    # What protected persons wait for. The verb is the purpose for which a record is read.
    "screening.list": Verb(Permission.PROTECT, f"{_WAITING_LISTS}:list_screenings", changes=False, shows=_WAITING),
    "screening.record": Verb(Permission.PROTECT, f"{_CARE}:screen"),
    "referral.list": Verb(Permission.PROTECT, f"{_WAITING_LISTS}:list_referrals", changes=False, shows=_WAITING),
    "referral.make": Verb(Permission.PROTECT, f"{_CARE}:refer"),
    "referral.own": Verb(Permission.CONFIRM_REFERRAL, f"{_WAITING_LISTS}:own", changes=False),
    "referral.confirm": Verb(Permission.CONFIRM_REFERRAL, f"{_CARE}:confirm"),
    # What the links show: each computed for its reader from what that reader may see.
    "networks.list": Verb(
        Permission.READ_NETWORKS,
        f"{_NETWORKS}:list_groups",
        changes=False,
        engine=True,
        shows=("facilitators.record",),
    ),
    "networks.show": Verb(
        Permission.READ_NETWORKS,
        f"{_NETWORKS}:show_group",
        changes=False,
        engine=True,
        shows=("persons.name",),
    ),
    "networks.findings": Verb(
        Permission.READ_NETWORKS,
        f"{_FINDINGS}:show_findings",
        changes=False,
        engine=True,
        shows=("facilitators.record", "seen.record"),
    ),
    "convergence.show": Verb(Permission.READ_NETWORKS, f"{_PATTERNS}:show_convergence", changes=False, engine=True),
    "recurrence.list": Verb(
        Permission.READ_NETWORKS, f"{_PATTERNS}:show_recurrence", changes=False, engine=True, shows=("seen.record",)
    ),
    "routes.show": Verb(Permission.READ_NETWORKS, f"{_PATTERNS}:show_routes", changes=False, engine=True),
    "offers.list": Verb(Permission.READ_NETWORKS, f"{_RECRUITMENT}:list_offers", changes=False, engine=True),
    # Figures.
    "figures.compute": Verb(Permission.COMPUTE_FIGURES, "traboule.app.handlers.counting:compute", engine=True),
    "figures.show": Verb(Permission.COMPUTE_FIGURES, "traboule.app.handlers.counting:show", changes=False, engine=True),
    "figures.explain": Verb(
        Permission.EXPLAIN_FIGURES,
        "traboule.app.handlers.counting:explain",
        changes=False,
        engine=True,
        shows=("contributing.entries.record",),
    ),
    "figures.compare": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.handlers.counting:compare", changes=False, engine=True
    ),
    "figures.unseen": Verb(
        Permission.COMPUTE_FIGURES, "traboule.app.handlers.counting:unseen", changes=False, engine=True
    ),
    # What the process does that links and counts as returns arrive.
    "live.look": Verb(Permission.FOLLOW, f"{_LIVE}:look", changes=False, engine=True),
    "live.store": Verb(Permission.FOLLOW, f"{_LIVE}:store", engine=True),
    # Release.
    "release.draft": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:draft", engine=True),
    "release.revise": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:revise", engine=True),
    "release.finalise": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:finalise", engine=True),
    "release.texts": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:show_texts", changes=False),
    "release.check-texts": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:check_texts", changes=False),
    "release.embargo": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:embargo"),
    "release.verdict": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:verdict", engine=True),
    "release.proof": Verb(Permission.SIGN_RELEASE, "traboule.app.handlers.releasing:proof", changes=False),
    "release.sign": Verb(Permission.SIGN_RELEASE, "traboule.app.handlers.releasing:sign"),
    "release.issue": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:issue", engine=True),
    "release.withdraw": Verb(Permission.RELEASE, "traboule.app.handlers.releasing:withdraw"),
    "release.confirm-withdrawal": Verb(Permission.SIGN_RELEASE, "traboule.app.handlers.releasing:confirm_withdrawal"),
    "release.show": Verb(Permission.READ_FIGURES, "traboule.app.handlers.releasing:show", changes=False, engine=True),
    "release.list": Verb(
        Permission.READ_FIGURES, "traboule.app.handlers.releasing:list_releases", changes=False, engine=True
    ),
    # What anybody may read: the only verb on stored data for which nobody signs in.
    "release.published": Verb(
        Permission.READ_PUBLISHED, "traboule.app.handlers.releasing:published", changes=False, engine=True
    ),
    "release.rebuild": Verb(
        Permission.READ_FIGURES, "traboule.app.handlers.releasing:rebuild", changes=False, engine=True
    ),
    "release.recount": Verb(
        Permission.EXPLAIN_FIGURES, "traboule.app.handlers.counting:recount", changes=False, engine=True
    ),
    # Research.
    "research.export": Verb(Permission.EXPORT_RESEARCH, "traboule.app.handlers.researching:export", engine=True),
    # Exchange: what leaves for those entitled, in the formats of the field.
    "exchange.export": Verb(Permission.EXPORT_RECORDS, f"{_EXCHANGE}:export", shows=("shown",)),
    "exchange.export-desk": Verb(
        Permission.EXPORT_UNPROTECTED, f"{_EXCHANGE}:export_unprotected", engine=True, shows=("shown",)
    ),
    "exchange.list": Verb(Permission.LIST_EXPORTS, f"{_EXCHANGE}:list_exports", changes=False),
    "exchange.check": Verb(Permission.LIST_EXPORTS, f"{_EXCHANGE}:check", changes=False),
    # Other people's texts.
    "text.check": Verb(Permission.CHECK_TEXT, "traboule.app.handlers.texts:check", changes=False, stored=False),
    # What has been published.
    "public-record.rows": Verb(Permission.CHECK_TEXT, "traboule.app.handlers.texts:rows", changes=False, stored=False),
    "public-record.compare": Verb(
        Permission.CHECK_TEXT, "traboule.app.handlers.texts:compare", changes=False, stored=False
    ),
    # The ledger.
    "ledger.key": Verb(Permission.WITNESS_LEDGER, "traboule.app.handlers.auditing:key", changes=False),
    "ledger.head": Verb(Permission.WITNESS_LEDGER, "traboule.app.handlers.auditing:head", changes=False),
    "ledger.verify": Verb(
        Permission.VERIFY_LEDGER, "traboule.app.handlers.auditing:verify", changes=False, engine=True
    ),
    "ledger.export": Verb(Permission.VERIFY_LEDGER, "traboule.app.handlers.auditing:export", changes=False),
    "ledger.begin": Verb(Permission.KEEP_DATABASE, "traboule.app.handlers.auditing:begin", engine=True),
    "ledger.inspect": Verb(
        Permission.WITNESS_LEDGER, "traboule.app.handlers.witnessing:inspect", changes=False, stored=False
    ),
    "ledger.cosign": Verb(
        Permission.WITNESS_LEDGER, "traboule.app.handlers.witnessing:cosign", changes=False, stored=False
    ),
    # The database.
    "erasure.propose": Verb(Permission.PROPOSE_ERASURE, f"{_ERASING}:propose"),
    "erasure.list": Verb(Permission.READ_ERASURES, f"{_ERASING}:proposals", changes=False, shows=("proposals.record",)),
    "erasure.confirm": Verb(Permission.CONFIRM_ERASURE, f"{_ERASING}:confirm"),
    "retention.show": Verb(Permission.KEEP_DATABASE, f"{_EXPIRY}:show", changes=False, engine=True),
    "retention.run": Verb(Permission.KEEP_DATABASE, f"{_EXPIRY}:run", engine=True),
    "retention.replay": Verb(Permission.KEEP_DATABASE, f"{_EXPIRY}:replay", engine=True),
    "keys.rotate": Verb(Permission.KEEP_DATABASE, "traboule.app.handlers.keeping:exchange_root_key"),
    "database.status": Verb(Permission.KEEP_DATABASE, "traboule.app.handlers.keeping:status", changes=False),
}

# What the token of a program may ask for, whatever roles its account has: no program judges, signs or keeps people.
FOR_PROGRAMS = frozenset(
    {
        "account.show",
        "return.check",
        "return.receive",
        "return.list",
        "hits.mine",
        "figures.show",
        "figures.explain",
        "release.list",
        "release.show",
    }
)
