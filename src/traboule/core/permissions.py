"""Roles, the permissions that verbs need, and which role has which.

:mod:`traboule.app.dispatch` checks the permission and passes role and units on to the database, where row security
checks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of ``docs/glossary.md``. ENGINE is the desk's own computation, never a person at a screen."""

    NATIONAL = "national"
    DESK = "desk"
    PROTECTION = "protection"
    PRESS = "press"
    AUDITOR = "auditor"
    ENGINE = "engine"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a verb asks for."""

    OPEN_OPERATION = "operation.open"
    PREPARE_RETURN = "return.prepare"  # template, check: nothing is read or kept
    FILE_RETURN = "return.file"  # preview, receive, withdraw: only for one's own state
    LINK = "link"
    JUDGE = "judge"
    STOP_IDENTIFIERS = "stop"  # what a hotline or a shelter answers on links nobody
    READ_FIGURES = "figures.read"  # what a release shows, and who has filed
    COMPUTE_FIGURES = "figures.compute"
    EXPLAIN_FIGURES = "figures.explain"  # rows and states behind a figure, which no disclosure control has seen
    RELEASE = "release"
    SIGN_RELEASE = "release.sign"  # two persons, neither twice
    EXPORT_RESEARCH = "research.export"
    CHECK_TEXT = "text.check"
    KEEP_DATABASE = "database.keep"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.NATIONAL: frozenset({Permission.PREPARE_RETURN, Permission.FILE_RETURN, Permission.CHECK_TEXT}),
    Role.DESK: frozenset(
        {
            Permission.OPEN_OPERATION,
            Permission.PREPARE_RETURN,
            Permission.LINK,
            Permission.STOP_IDENTIFIERS,
            Permission.JUDGE,
            Permission.READ_FIGURES,
            Permission.COMPUTE_FIGURES,
            Permission.EXPLAIN_FIGURES,
            Permission.SIGN_RELEASE,
            Permission.CHECK_TEXT,
        }
    ),
    Role.PROTECTION: frozenset({Permission.JUDGE, Permission.READ_FIGURES, Permission.CHECK_TEXT}),
    Role.PRESS: frozenset(
        {Permission.READ_FIGURES, Permission.RELEASE, Permission.SIGN_RELEASE, Permission.CHECK_TEXT}
    ),
    Role.AUDITOR: frozenset({Permission.READ_FIGURES, Permission.EXPLAIN_FIGURES, Permission.CHECK_TEXT}),
    Role.ENGINE: frozenset({Permission.LINK, Permission.COMPUTE_FIGURES, Permission.EXPORT_RESEARCH}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.OPEN_OPERATION,
            Permission.KEEP_DATABASE,
            Permission.PREPARE_RETURN,
            Permission.CHECK_TEXT,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a name for the ledger, a role, and the units (ISO codes of states) the person speaks for.

    ``account`` is the id of the account that acts; empty for the engine, and for callers that name nobody.
    """

    name: str
    role: Role
    units: frozenset[str] = frozenset()
    account: str = ""

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor's role is granted ``permission``."""
        return permission in GRANTS[self.role]
