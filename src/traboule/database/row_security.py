"""Row security: who reads and writes which rows, decided by the database itself.

In: Django's models. Out: the statements that put a wall on each table, and a lint that reads the catalogue and names
every hole. Guaranteed: ENABLE and FORCE on each table, every condition asks for the verified context, no policy for the
owner, grants that make filed rows append-only for the application.

A model says which wall it stands behind by a class attribute ``wall``; one that says nothing gets the wall its
columns and its room ask for. A model with ``append_only = True`` is never changed or deleted from, wall or none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import psycopg
from django.apps import apps
from django.db.models import Model

from traboule.core.permissions import PROTECTORS, Role
from traboule.database.roles import APP, AUDITOR
from traboule.database.walls.lint import holes
from traboule.database.walls.verified_context import VERIFY, schema_statements

# A column that says whose row it is. ``counted_unit`` and ``quantity_unit`` say what was counted and are none.
OWNING = ("unit", "left_unit", "right_unit")
FILING_ROOMS = ("returns", "register")
RELEASING_ROOM = "release"  # It may not import this module, so its models name no wall.


class Wall(StrEnum):
    """What a table's rows are, and so who passes."""

    FILED = "filed"  # A state's own rows: it alone writes them (rule 18), the desk reads.
    PROTECTED = "protected"  # Personal and victims' rows: the state, the protection officer and the engine (rule 22).
    KEYED = "keyed"  # Wrapped keys of persons: as their rows, but replaced when a key is destroyed or wrapped anew.
    ERASED = "erased"  # Who was erased: the state, the protection officer and the engine read, the latter two write.
    DERIVED = "derived"  # What the desk computed about a unit: never the filing state's to read (filing never answers).
    DECIDED = "decided"  # What the desk decides, of things that nobody else may read: it alone writes.
    OPENED = "opened"  # What an operation is: everybody who acts reads it, desk and administrator open it.
    RELEASED = "released"  # Drafts, signatures and releases: the desk's house reads and writes, no state.
    SHARED = "shared"  # What carries no unit and says no wall: whoever acts, and nobody without a signed context.
    DIRECTORY = "directory"  # Who has which account and role: written by the sign-in path, read by who keeps people.
    CREDENTIAL = "credential"  # Passwords, codes, sessions: nobody's to read but the sign-in path's.
    LINKED = "linked"  # What linkage found and people judged; the desk passes where nobody protected is concerned.
    COUNTED = "counted"  # Counts as the engine needs them, before any disclosure control.
    TRACED = "traced"  # The ledger: whoever acts adds an entry; the desk, the auditor and the unit itself read.
    NOTIFIED = "notified"  # What the desk shows a unit of a hit: that unit reads, the engine alone writes.
    CARE = "care"  # What was done for a protected person: the protection officer, the engine and the owner.
    GUARDED = "guarded"  # What the protection officer alone decides and reads: decoys.
    EXCHANGED = "exchanged"  # What a state or the protection officer exported: who did, and the protection officer.
    SHOWN = "shown"  # Whose record was shown to whom: whoever acts adds; the owner and the protection officer read.


@dataclass(frozen=True, slots=True)
class RowPolicy:
    """Who passes a wall: roles by name, and whether the owning unit does.

    ``protectors``: where there are any, a row flagged ``protected`` is read and written by these roles alone.
    ``unread_verbs``: beginnings of verbs; the owning unit does not read rows that these wrote.
    """

    readers: tuple[Role, ...]
    unit_reads: bool
    writers: tuple[Role, ...]
    unit_writes: bool
    changeable: bool
    audited: bool
    protectors: tuple[Role, ...] = ()
    unread_verbs: tuple[str, ...] = ()


_DESK = (Role.DESK, Role.ENGINE, Role.PROTECTION, Role.AUDITOR)
POLICIES: dict[Wall, RowPolicy] = {
    Wall.FILED: RowPolicy(_DESK, True, (), True, changeable=False, audited=True),
    Wall.PROTECTED: RowPolicy(PROTECTORS, True, (), True, changeable=False, audited=False),
    Wall.KEYED: RowPolicy(PROTECTORS, True, PROTECTORS, True, changeable=True, audited=False),
    Wall.ERASED: RowPolicy(PROTECTORS, True, PROTECTORS, False, changeable=False, audited=False),
    Wall.DERIVED: RowPolicy(
        (*_DESK, Role.PRESS),
        False,
        (Role.DESK, Role.ENGINE, Role.PROTECTION, Role.PRESS),
        False,
        changeable=True,
        audited=True,
    ),
    Wall.DECIDED: RowPolicy((Role.DESK, Role.ENGINE), False, (Role.DESK,), False, changeable=False, audited=False),
    Wall.OPENED: RowPolicy(tuple(Role), False, (Role.DESK, Role.ADMINISTRATOR), False, changeable=False, audited=True),
    Wall.RELEASED: RowPolicy(
        (*_DESK, Role.PRESS), False, (Role.DESK, Role.ENGINE, Role.PRESS), False, changeable=False, audited=True
    ),
    Wall.SHARED: RowPolicy(tuple(Role), False, tuple(Role), False, changeable=True, audited=True),
    Wall.DIRECTORY: RowPolicy(
        (Role.SIGN_IN, Role.ADMINISTRATOR, Role.AUDITOR, Role.ENGINE),
        False,
        (Role.SIGN_IN,),
        False,
        changeable=True,
        audited=True,
    ),
    Wall.CREDENTIAL: RowPolicy((Role.SIGN_IN,), False, (Role.SIGN_IN,), False, changeable=True, audited=False),
    Wall.LINKED: RowPolicy(
        (Role.DESK, *PROTECTORS),
        False,
        (Role.DESK, *PROTECTORS),
        False,
        changeable=False,
        audited=False,
        protectors=PROTECTORS,
    ),
    Wall.CARE: RowPolicy(PROTECTORS, True, (Role.PROTECTION,), True, changeable=False, audited=False),
    Wall.GUARDED: RowPolicy(PROTECTORS, False, (Role.PROTECTION,), False, changeable=False, audited=False),
    Wall.EXCHANGED: RowPolicy(PROTECTORS, True, (Role.PROTECTION,), True, changeable=False, audited=False),
    Wall.COUNTED: RowPolicy(PROTECTORS, False, (Role.ENGINE,), False, changeable=False, audited=False),
    Wall.TRACED: RowPolicy(
        (Role.DESK, Role.AUDITOR, Role.ENGINE), True, tuple(Role), False, changeable=False, audited=True
    ),
    Wall.NOTIFIED: RowPolicy(PROTECTORS, True, (Role.ENGINE,), False, changeable=False, audited=False),
    # Whoever judges links, or looks at what they show, reads records that are linked; and the desk exports those that
    # no link joins to a protected person. A unit that saw such reads would know of a link.
    Wall.SHOWN: RowPolicy(
        (Role.PROTECTION, Role.ENGINE),
        True,
        tuple(Role),
        False,
        changeable=False,
        audited=False,
        unread_verbs=("judge.", "hits.", "networks.", "recurrence.", "exchange.export-desk"),
    ),
}


def wall_of(model: type[Model]) -> Wall:
    """Return the wall ``model`` stands behind. There is no table without one."""
    declared: Wall | None = getattr(model, "wall", None)
    if declared is not None:
        return declared
    if not _owning_columns(model):
        return Wall.RELEASED if model._meta.app_label == RELEASING_ROOM else Wall.SHARED
    return Wall.FILED if model._meta.app_label in FILING_ROOMS else Wall.DERIVED


def statements() -> list[str]:
    """Return everything the owner executes after migrating, in the order of the tables' names.

    The same models give the same statements, and executing them a second time changes nothing.
    """
    out = [
        *schema_statements(f"{APP}, {AUDITOR}"),
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {APP}, {AUDITOR}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {APP}, {AUDITOR}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {APP}, {AUDITOR}",
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {APP}, {AUDITOR}",
    ]
    for table, model in sorted(_managed().items()):
        out.extend(_table_statements(model, _quoted(table)))
    return out


def unwalled(connection: psycopg.Connection) -> list[str]:
    """Name everything in the catalogue by which a row could be read or written past its wall, sorted.

    See :mod:`traboule.database.walls.lint`. An empty list is what it should be.
    """
    appended = [model._meta.db_table for model in _managed().values() if not _is_changeable(model)]
    return holes(connection, appended)


def _managed() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models() if model._meta.managed}


def _is_changeable(model: type[Model]) -> bool:
    return not getattr(model, "append_only", False) and POLICIES[wall_of(model)].changeable


def _owning_columns(model: type[Model]) -> list[str]:
    columns = {field.column for field in model._meta.concrete_fields}
    return [name for name in OWNING if name in columns]


def _table_statements(model: type[Model], table: str) -> list[str]:
    policy = POLICIES[wall_of(model)]
    rights = "SELECT, INSERT, UPDATE, DELETE" if _is_changeable(model) else "SELECT, INSERT"
    out = [f"GRANT {rights} ON {table} TO {APP}"]
    if policy.audited:
        out.append(f"GRANT SELECT ON {table} TO {AUDITOR}")
    return [*out, *_policy_statements(table, policy, _owning_columns(model))]


def _policy_statements(table: str, policy: RowPolicy, columns: Sequence[str]) -> list[str]:
    reads = _condition(policy.readers, columns if policy.unit_reads else (), policy.unread_verbs)
    writes = _condition(policy.writers, columns if policy.unit_writes else ())
    if policy.protectors:
        reads, writes = (
            f"({passes}) AND (NOT protected OR {_condition(policy.protectors, ())})" for passes in (reads, writes)
        )
    policies = [
        ("readers", f"FOR SELECT TO {APP} USING ({reads})"),
        ("writers", f"FOR INSERT TO {APP} WITH CHECK ({writes})"),
        ("changers", f"FOR UPDATE TO {APP} USING ({writes}) WITH CHECK ({writes})"),
        ("removers", f"FOR DELETE TO {APP} USING ({writes})"),
    ]
    if policy.audited:
        verified = _condition((Role.AUDITOR,), ())
        policies.append(("auditors", f"FOR SELECT TO {AUDITOR} USING ({verified})"))
    out = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"]
    for name, body in policies:
        out.append(f"DROP POLICY IF EXISTS {name} ON {table}")
        out.append(f"CREATE POLICY {name} ON {table} {body}")
    return out


def _condition(roles: Sequence[Role], columns: Sequence[str], unread_verbs: Sequence[str] = ()) -> str:
    """Return the condition under which a row passes. The context is verified once a statement, not once a row.

    With two owning columns the unit passes only where it owns both ends (rule 19).
    """
    parts = []
    if roles:
        names = ", ".join(f"'{role.value}'" for role in roles)
        parts.append(f"(SELECT coalesce({VERIFY}() ->> 'role' IN ({names}), false))")
    if columns:
        units = f"ARRAY(SELECT jsonb_array_elements_text({VERIFY}() -> 'units'))"
        tests = [f"{column} = ANY ({units})" for column in columns]
        owned = " AND ".join([*tests, *(f"NOT starts_with(verb, '{verb}')" for verb in unread_verbs)])
        parts.append(f"coalesce({owned}, false)")
    return " OR ".join(parts) or "false"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
