"""Roles, the permissions that verbs need, and which role has which.

:mod:`traboule.app.dispatch` checks the permission and passes role and units on to the database, where row security
checks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from traboule.core.language.spelling import fold
from traboule.core.record_names import agency_of, unit_of


class Role(StrEnum):
    """The roles of ``docs/glossary.md``. ENGINE and SIGN_IN are never a person's.

    ENGINE is the desk's own computation; SIGN_IN checks who somebody is, and alone reads and writes credentials.
    """

    NATIONAL = "national"
    DESK = "desk"
    PROTECTION = "protection"
    PRESS = "press"
    AUDITOR = "auditor"
    ENGINE = "engine"
    ADMINISTRATOR = "administrator"
    SIGN_IN = "sign-in"


class Permission(StrEnum):
    """What a verb asks for."""

    OPEN_OPERATION = "operation.open"
    PREPARE_RETURN = "return.prepare"  # template, check: nothing is read or kept
    FILE_RETURN = "return.file"  # preview, receive, withdraw: only for one's own state
    LINK = "link"
    JUDGE = "judge"
    PROTECT = "protect"  # screening and referral: who waits, and what is done
    CONFIRM_REFERRAL = "referral.confirm"  # for one's own records alone
    STOP_IDENTIFIERS = "stop"  # what a hotline or a shelter answers on links nobody
    VERIFY_HITS = "hits.verify"  # what the desk may see: list, verify, pass on, withhold
    GUARD_HITS = "hits.guard"  # what budgets have frozen, on whoever's records
    ANSWER_HITS = "hits.answer"  # only for one's own state's records
    ANNOUNCE_ACTIONS = "deconflict"  # only of one's own state
    LIST_READS = "reads.list"  # who was shown one's own state's records
    READ_NETWORKS = "networks.read"  # groups, convergence, recurrence, routes: each reader's own
    READ_FIGURES = "figures.read"  # what a release shows, and who has filed
    COMPUTE_FIGURES = "figures.compute"
    FOLLOW = "live.follow"  # link and count as returns arrive: no person's
    EXPLAIN_FIGURES = "figures.explain"  # rows and states behind a figure, which no disclosure control has seen
    RELEASE = "release"
    SIGN_RELEASE = "release.sign"  # two persons, neither twice
    READ_PUBLISHED = "release.published"  # fact sheets in force, for whoever asks
    EXPORT_RESEARCH = "research.export"
    EXPORT_RECORDS = "exchange.export"  # a state its own; the protection officer everybody's
    EXPORT_UNPROTECTED = "exchange.desk"  # without names, and without protected persons
    LIST_EXPORTS = "exchange.list"
    CHECK_TEXT = "text.check"
    KEEP_DATABASE = "database.keep"
    PROPOSE_ERASURE = "erasure.propose"  # only of one's own state
    READ_ERASURES = "erasure.list"
    CONFIRM_ERASURE = "erasure.confirm"  # never what one proposed oneself
    VERIFY_LEDGER = "ledger.verify"  # who did what and when, in the whole operation
    WITNESS_LEDGER = "ledger.witness"  # a signed checkpoint and a proof: hashes alone
    SIGN_IN = "session.begin"
    KEEP_OWN_ACCOUNT = "account.keep"  # Everybody who is signed in: sign out, change one's password.
    READ_PEOPLE = "people.read"
    KEEP_PEOPLE = "people.keep"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.NATIONAL: frozenset(
        {
            Permission.PREPARE_RETURN,
            Permission.FILE_RETURN,
            Permission.ANSWER_HITS,
            Permission.ANNOUNCE_ACTIONS,
            Permission.LIST_READS,
            Permission.CONFIRM_REFERRAL,
            Permission.PROPOSE_ERASURE,
            Permission.READ_ERASURES,
            Permission.EXPORT_RECORDS,
            Permission.LIST_EXPORTS,
            Permission.CHECK_TEXT,
            Permission.WITNESS_LEDGER,
            Permission.KEEP_OWN_ACCOUNT,
        }
    ),
    Role.DESK: frozenset(
        {
            Permission.OPEN_OPERATION,
            Permission.PREPARE_RETURN,
            Permission.LINK,
            Permission.STOP_IDENTIFIERS,
            Permission.JUDGE,
            Permission.VERIFY_HITS,
            Permission.READ_NETWORKS,
            Permission.READ_FIGURES,
            Permission.COMPUTE_FIGURES,
            Permission.EXPLAIN_FIGURES,
            Permission.SIGN_RELEASE,
            Permission.EXPORT_RESEARCH,
            Permission.EXPORT_UNPROTECTED,
            Permission.LIST_EXPORTS,
            Permission.CHECK_TEXT,
            Permission.VERIFY_LEDGER,
            Permission.WITNESS_LEDGER,
            Permission.KEEP_OWN_ACCOUNT,
        }
    ),
    Role.PROTECTION: frozenset(
        {
            Permission.READ_ERASURES,
            Permission.CONFIRM_ERASURE,
            Permission.JUDGE,
            Permission.VERIFY_HITS,
            Permission.GUARD_HITS,
            Permission.PROTECT,
            Permission.EXPORT_RECORDS,
            Permission.LIST_EXPORTS,
            Permission.READ_NETWORKS,
            Permission.READ_FIGURES,
            Permission.COMPUTE_FIGURES,
            Permission.EXPLAIN_FIGURES,
            Permission.CHECK_TEXT,
            Permission.WITNESS_LEDGER,
            Permission.KEEP_OWN_ACCOUNT,
        }
    ),
    Role.PRESS: frozenset(
        {
            Permission.READ_FIGURES,
            Permission.RELEASE,
            Permission.SIGN_RELEASE,
            Permission.CHECK_TEXT,
            Permission.WITNESS_LEDGER,
            Permission.KEEP_OWN_ACCOUNT,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.READ_FIGURES,
            Permission.EXPLAIN_FIGURES,
            Permission.CHECK_TEXT,
            Permission.VERIFY_LEDGER,
            Permission.WITNESS_LEDGER,
            Permission.KEEP_OWN_ACCOUNT,
            Permission.READ_PEOPLE,
        }
    ),
    Role.ENGINE: frozenset(
        {Permission.LINK, Permission.COMPUTE_FIGURES, Permission.FOLLOW, Permission.EXPORT_RESEARCH}
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.OPEN_OPERATION,
            Permission.KEEP_DATABASE,
            Permission.PREPARE_RETURN,
            Permission.CHECK_TEXT,
            Permission.KEEP_OWN_ACCOUNT,
            Permission.READ_PEOPLE,
            Permission.KEEP_PEOPLE,
        }
    ),
    Role.SIGN_IN: frozenset({Permission.SIGN_IN, Permission.READ_PUBLISHED}),
}

# The roles a person can have, those that see and may least first: of an account's roles the first that suffices acts.
PERSONAL_ROLES = (Role.NATIONAL, Role.PRESS, Role.AUDITOR, Role.DESK, Role.PROTECTION, Role.ADMINISTRATOR)


def able(permission: Permission) -> tuple[Role, ...]:
    """Return the roles of persons that are granted ``permission``, the least first."""
    return tuple(role for role in PERSONAL_ROLES if permission in GRANTS[role])


PROTECTORS = (Role.ENGINE, Role.PROTECTION)
"""Who may see that somebody is protected: a victim, a minor, a migrant, a witness."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a name for the ledger, a role, and the units (ISO codes of states) the person speaks for.

    ``account`` is the id of the account that acts and ``person`` that of the human being it belongs to, who may have
    several; both are empty for the engine, and for callers that name nobody. ``agencies`` are those a unit files for;
    none listed means every agency of the states.
    """

    name: str
    role: Role
    units: frozenset[str] = frozenset()
    account: str = ""
    person: str = ""
    agencies: frozenset[str] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor's role is granted ``permission``."""
        return permission in GRANTS[self.role]

    def is_of_agency(self, agency: str) -> bool:
        """Tell whether the actor speaks for ``agency`` of a state, however its name is spelled."""
        return not self.agencies or fold(agency) in {fold(own) for own in self.agencies}

    def owns(self, record: str) -> bool:
        """Tell whether ``record`` is of a unit and an agency that the actor speaks for."""
        return unit_of(record) in self.units and self.is_of_agency(agency_of(record))

    @property
    def sees_protected(self) -> bool:
        """Tell whether the actor may see protected persons of every state."""
        return self.role in PROTECTORS
