"""Who passes which wall, as the policies of the real tables decide it: every role, every command, every wall.

The matrix below is written by hand. A wall that is opened in the source must be opened here as well.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from psycopg import sql
from tests.conftest import Administered, entered

from traboule.core.permissions import Actor, Role
from traboule.database.roles import APP, AUDITOR
from traboule.database.row_security import Wall, wall_of

# r: reads, a: adds, w: changes and removes as well. "own" and "others": a national officer, about rows of the own state
# and of another. "verifier": the database role that verifies and never writes.
MATRIX = """
                     desk  protection  press  auditor  engine  administrator  sign-in  own  others  verifier
filed                r     r           -      r        r       -              -        ra   -       r
protected            -     r           -      -        r       -              -        ra   -       -
keyed                -     raw         -      -        raw     -              -        raw  -       -
erased               -     ra          -      -        ra      -              -        r    -       -
care                 -     ra          -      -        r       -              -        ra   -       -
exchanged            -     ra          -      -        r       -              -        ra   -       -
guarded              -     ra          -      -        r       -              -        -    -       -
notified             -     r           -      -        ra      -              -        r    -       -
linked               ra    ra          -      -        ra      -              -        -    -       -
linked, protected    -     ra          -      -        ra      -              -        -    -       -
counted              -     r           -      -        ra      -              -        -    -       -
decided              ra    -           -      -        r       -              -        -    -       -
opened               ra    r           r      r        r       ra             r        r    r       r
released             ra    r           ra     r        ra      -              -        -    -       r
shared               ra    ra          ra     ra       ra      ra             ra       ra   ra      r
directory            -     -           -      r        r       r              raw      -    -       r
credential           -     -           -      -        -       -              raw      -    -       -
traced               ra    a           a      ra       ra      a              a        ra   a       r
shown                a     ra          a      a        ra      a              a        ra   a       -
"""
HEAD, *LINES = [[part.strip() for part in line.split("  ") if part.strip()] for line in MATRIX.strip().splitlines()]
EXPECTED = {line[0]: dict(zip(HEAD, line[1:], strict=True)) for line in LINES}
COLUMNS = "unit text, left_unit text, right_unit text, protected boolean, verb text"


def tables() -> dict[Wall, list[str]]:
    """Return the tables behind each wall; those that are changed stand before those that are only added to."""
    managed = [model for model in apps.get_models() if model._meta.managed]
    managed.sort(key=lambda model: (getattr(model, "append_only", False), model._meta.db_table))
    return {wall: [model._meta.db_table for model in managed if wall_of(model) is wall] for wall in Wall}


def copy_policies(root: psycopg.Connection, source: str) -> None:
    """Make an empty table ``copied`` with the grants and policies of the table ``source``."""
    root.execute(f"CREATE TABLE copied ({COLUMNS})")  # type: ignore[arg-type]
    root.execute("ALTER TABLE copied ENABLE ROW LEVEL SECURITY")
    grants = "SELECT grantee, privilege_type FROM information_schema.role_table_grants WHERE table_name = %s"
    for role, right in root.execute(grants, [source]).fetchall():
        if role in (APP, AUDITOR):
            root.execute(sql.SQL("GRANT {} ON copied TO {}").format(sql.SQL(right), sql.Identifier(role)))
    policies = "SELECT policyname, cmd, roles[1], qual, with_check FROM pg_policies WHERE tablename = %s"
    for name, command, role, using, check in root.execute(policies, [source]).fetchall():
        parts = [f"CREATE POLICY {name} ON copied FOR {command} TO {role}"]
        parts += [f"{clause} ({text})" for clause, text in (("USING", using), ("WITH CHECK", check)) if text]
        root.execute(" ".join(parts).encode())


def rights(root: psycopg.Connection, database: Administered, actor: Actor, row: tuple[str, bool], role: str) -> str:
    """Return which commands let ``actor`` at a row of a unit, protected or not: see the matrix."""
    unit, is_protected = row
    values = sql.SQL("VALUES ({0}, {0}, {0}, {1}, 'x')").format(sql.Literal(unit), sql.Literal(is_protected))
    passed = ""
    for letter, command in (
        ("r", "SELECT FROM copied"),
        ("a", "INSERT INTO copied {}"),
        ("w", "UPDATE copied SET unit = unit"),
        ("w", "DELETE FROM copied"),
    ):
        with root.transaction(force_rollback=True):
            root.execute(sql.SQL("INSERT INTO copied {}").format(values))
            root.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            entered(root, database, actor)
            try:
                with root.transaction():
                    done = root.execute(sql.SQL(command).format(values)).rowcount
            except psycopg.errors.InsufficientPrivilege:
                done = 0
        passed += letter if done else ""
    assert passed.count("w") in (0, 2)
    return passed.replace("ww", "w") or "-"


@pytest.fixture
def root(database: Administered) -> Iterator[psycopg.Connection]:
    """The superuser in one transaction that is rolled back."""
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as opened:
        yield opened
        opened.rollback()


def test_every_wall_with_a_table_stands_in_the_matrix() -> None:
    assert {wall.value for wall, behind in tables().items() if behind} == {line.split(",")[0] for line in EXPECTED}


@pytest.mark.promise("tables-are-walled")
@pytest.mark.parametrize("line", EXPECTED)
def test_a_wall_lets_through_whom_the_matrix_names_and_nobody_else(
    database: Administered, root: psycopg.Connection, line: str
) -> None:
    wall, _, is_protected = line.partition(", ")
    copy_policies(root, tables()[Wall(wall)][0])
    seen = {}
    for role in Role:
        by = Actor("somebody", role, frozenset({"ML"}) if role is Role.NATIONAL else frozenset())
        for unit in ("ML", "SN") if role is Role.NATIONAL else ("ML",):
            name = role.value if role is not Role.NATIONAL else "own" if unit == "ML" else "others"
            seen[name] = rights(root, database, by, (unit, bool(is_protected)), APP)
    auditing = Actor("somebody", Role.AUDITOR)
    seen["verifier"] = rights(root, database, auditing, ("ML", bool(is_protected)), AUDITOR)
    assert seen == EXPECTED[line]


@pytest.mark.promise("tables-are-walled")
def test_all_tables_behind_a_wall_have_its_policies(root: psycopg.Connection) -> None:
    """Two tables differ at most by which column says whose row it is."""
    query = "SELECT tablename, policyname, cmd, roles::text, qual, with_check FROM pg_policies"
    policies: dict[str, set[tuple[str, ...]]] = {}
    for table, *policy in root.execute(query).fetchall():
        policies.setdefault(table, set()).add(tuple(map(str, policy)))
    for wall, behind in tables().items():
        assert len({frozenset(policies[table]) for table in behind}) == bool(behind), wall
