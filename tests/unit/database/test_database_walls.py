"""Row security and roles: what the application cannot do, whatever it tries."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import Error, connection, transaction
from django.db.models import Model
from psycopg import sql
from tests.conftest import ActAs, Administered, entered
from tests.returns_built import OPERATION, Filed, file, people

from traboule.core.errors import Refused
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.database.roles import APP, AUDITOR, OWNER
from traboule.database.row_security import statements, unwalled
from traboule.register import models as register
from traboule.returns import models as returns

ROWS = {
    **people("p1", family_name="Traoré"),
    "victims": {"v1": {"person": "p1", "promised_job": "vendeuse"}},
    "identifiers": {"i1": {"person": "p1", "kind": "phone", "value": "+22370000000"}},
    "actions": {"a1": {"kind": "raid", "narrative": "…"}},
}
PROTECTED = [
    register.PersonIdentity,
    register.Identifier,
    register.Narrative,
    register.AsFiled,
    register.Victim,
    register.Person,
    returns.ReturnOriginal,
    returns.ReturnReceived,
    returns.HeldRow,
    returns.HeldContent,
]
FILED = [register.Action]
EVERY_UNIT = sql.SQL("SELECT DISTINCT unit FROM {}")


def table(model: type[Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)


@pytest.fixture
def filed(database: Administered) -> Administered:
    """Two states have filed the same rows, one of them held."""
    for unit in ("ML", "SN"):
        file(Filed({**ROWS, **people("p1", "p2", family_name="Traoré")}, unit=unit, held=frozenset({("people", "p2")})))
    return database


@pytest.fixture
def owner(database: Administered) -> Iterator[psycopg.Connection]:
    with psycopg.connect(database.owner.uri(), autocommit=True) as opened:
        yield opened


def units(model: type) -> set[str]:
    return set(model.objects.values_list("unit", flat=True))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "row",
    [
        (Role.NATIONAL, ("ML",), {"ML"}, {"ML"}),
        (Role.NATIONAL, ("BF",), set(), set()),
        (Role.NATIONAL, (), set(), set()),
        (Role.NATIONAL, ("ML", "SN"), {"ML", "SN"}, {"ML", "SN"}),
        (Role.DESK, (), {"ML", "SN"}, set()),
        (Role.AUDITOR, (), {"ML", "SN"}, set()),
        (Role.PROTECTION, (), {"ML", "SN"}, {"ML", "SN"}),
        (Role.ENGINE, (), {"ML", "SN"}, {"ML", "SN"}),
        (Role.PRESS, (), set(), set()),
        (Role.ADMINISTRATOR, (), set(), set()),
    ],
)
def test_who_reads_what(
    filed: Administered, as_actor: ActAs, row: tuple[Role, tuple[str, ...], set[str], set[str]]
) -> None:
    role, speaks_for, filed_of, protected_of = row
    with as_actor(role, *speaks_for):
        assert {model.__name__: units(model) for model in FILED} == {model.__name__: filed_of for model in FILED}
        seen = {model.__name__: units(model) for model in PROTECTED}
        assert seen == {model.__name__: protected_of for model in PROTECTED}


def test_without_a_context_nothing_is_seen_and_none_outlives_its_transaction(
    filed: Administered, as_actor: ActAs
) -> None:
    assert units(register.Person) == set()
    with as_actor(Role.ENGINE):
        assert units(register.Person) == {"ML", "SN"}
    assert units(register.Person) == set()
    with pytest.raises(ZeroDivisionError), as_actor(Role.ENGINE):
        raise ZeroDivisionError
    with transaction.atomic():
        assert units(register.Person) == set()


def test_a_context_does_not_nest_and_a_unit_is_a_code(database: Administered, as_actor: ActAs) -> None:
    with pytest.raises(RuntimeError), as_actor(Role.DESK), as_actor(Role.NATIONAL, "ML"):
        pass
    with pytest.raises(Refused), acting(Actor("x", Role.NATIONAL, frozenset({"ML,SN"}))):
        pass


def person(unit: str) -> register.Person:
    return register.Person(
        operation=OPERATION,
        unit=unit,
        agency="a",
        row_id="r",
        record=f"{unit}/a/r",
        version=1,
        return_id=uuid4(),
        entered_at="2024-10-01T00:00:00Z",
        sheet="s",
        row_number=2,
        content_hash="",
    )


@pytest.mark.parametrize(
    ("role", "speaks_for"),
    [(Role.NATIONAL, "SN"), (Role.DESK, ""), (Role.ENGINE, ""), (Role.PROTECTION, ""), (Role.ADMINISTRATOR, "")],
)
def test_nobody_writes_for_another_state(database: Administered, as_actor: ActAs, role: Role, speaks_for: str) -> None:
    with pytest.raises(Error, match="row-level security"), as_actor(role, *filter(None, [speaks_for])):
        person("ML").save(force_insert=True)


@pytest.mark.parametrize("verb", ["UPDATE {} SET unit = unit", "DELETE FROM {}", "TRUNCATE {}"])
def test_not_even_the_filing_state_changes_what_it_filed(filed: Administered, as_actor: ActAs, verb: str) -> None:
    for model in (*PROTECTED, *FILED):
        with (
            pytest.raises(Error, match="permission denied"),
            as_actor(Role.NATIONAL, "ML"),
            connection.cursor() as cursor,
        ):
            cursor.execute(verb.format(model._meta.db_table))


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TABLE taken (x int)",
        "CREATE TEMP TABLE taken (x int)",
        "CREATE SCHEMA taken",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW taken AS SELECT * FROM register_victim",
        "ALTER TABLE register_victim DISABLE ROW LEVEL SECURITY",
        "DROP POLICY readers ON register_victim",
        "SET ROLE traboule_owner",
        "CREATE ROLE taken SUPERUSER",
        "GRANT traboule_owner TO traboule_app",
        "SET SESSION AUTHORIZATION traboule_owner",
        "COPY register_victim FROM PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT rolpassword FROM pg_authid",
    ],
)
def test_the_application_is_not_its_own_master(database: Administered, attempt: str) -> None:
    with pytest.raises(Error), connection.cursor() as cursor:
        cursor.execute(attempt)


def test_row_security_cannot_be_switched_off(filed: Administered) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET row_security = off")
        with pytest.raises(Error, match="row-level security"):
            cursor.execute("SELECT count(*) FROM register_victim")


def test_the_roles_are_what_they_should_be(database: Administered, owner: psycopg.Connection) -> None:
    query = "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication FROM pg_roles"
    flags = dict(owner.execute(query).fetchall())
    assert {role: flags[role] for role in (OWNER, APP, AUDITOR)} == {OWNER: False, APP: False, AUDITOR: False}
    owned = "SELECT count(*) FROM pg_class WHERE relowner IN (%s::regrole, %s::regrole)"
    assert owner.execute(owned, [APP, AUDITOR]).fetchone() == (0,)


def test_the_owner_reads_no_row(filed: Administered) -> None:
    with psycopg.connect(filed.owner.uri()) as acting_owner:
        entered(acting_owner, filed, Actor("engine", Role.ENGINE))
        assert acting_owner.execute("SELECT count(*) FROM register_person").fetchone() == (0,)


def test_the_auditor_reads_all_but_personal_rows_and_writes_nothing(filed: Administered) -> None:
    with psycopg.connect(filed.auditor.uri()) as auditor:
        entered(auditor, filed, Actor("auditor", Role.AUDITOR))
        for model in FILED:
            assert set(auditor.execute(EVERY_UNIT.format(table(model)))) == {("ML",), ("SN",)}
        for model in PROTECTED:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), auditor.transaction():
                auditor.execute(EVERY_UNIT.format(table(model)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), auditor.transaction():
            auditor.execute("INSERT INTO register_person (unit) VALUES ('ML')")


def test_a_unique_constraint_tells_nothing(filed: Administered, as_actor: ActAs, owner: psycopg.Connection) -> None:
    """Whoever writes the very keys of another state's hidden row is not told that they are taken."""
    with as_actor(Role.NATIONAL, "ML"):
        hidden = returns.ReturnReceived.objects.get()
    hidden.pk, hidden.unit = None, "BF"
    with as_actor(Role.NATIONAL, "BF"):
        hidden.save(force_insert=True)
    unique = """
        SELECT i.indexrelid::regclass::text FROM pg_index i
        WHERE i.indisunique AND NOT i.indisprimary AND i.indrelid::regclass::text ~ '^(returns|register)_'
          AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = 'unit')
          AND 'unit' <> (SELECT attname FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0])
    """
    assert owner.execute(unique).fetchall() == []
    foreign = """
        SELECT conname FROM pg_constraint WHERE contype = 'f' AND EXISTS
          (SELECT FROM pg_attribute a WHERE a.attrelid IN (conrelid, confrelid) AND a.attname = 'unit')
    """
    assert owner.execute(foreign).fetchall() == []


def test_every_table_is_walled(database: Administered, owner: psycopg.Connection) -> None:
    assert unwalled(owner) == []
    query = "SELECT count(*) FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
    assert owner.execute(query).fetchone() == (len([model for model in apps.get_models() if model._meta.managed]),)


WALLED = (
    "CREATE TABLE planted (unit text); ALTER TABLE planted ENABLE ROW LEVEL SECURITY;"
    " ALTER TABLE planted FORCE ROW LEVEL SECURITY"
)
VERIFIED = "(SELECT traboule.context() ->> 'role' = 'desk')"
POLICY = "CREATE POLICY planted ON register_victim TO traboule_app USING ({})"
PLANTED = [
    ("CREATE TABLE planted (x text)", "public.planted: a table without forced row security"),
    (
        "CREATE TABLE planted (unit text); ALTER TABLE planted ENABLE ROW LEVEL SECURITY",
        "public.planted: a table without a policy",
    ),
    (WALLED, "public.planted: a table without a policy"),
    (
        "CREATE TABLE planted (x int) PARTITION BY LIST (x); CREATE TABLE part PARTITION OF planted DEFAULT",
        "public.part: a partition without forced row security",
    ),
    ("ALTER TABLE register_victim NO FORCE ROW LEVEL SECURITY", "public.register_victim: a table without forced"),
    ("ALTER TABLE register_victim DISABLE ROW LEVEL SECURITY", "public.register_victim: a table without forced"),
    (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        " CREATE FOREIGN TABLE planted (x int) SERVER s",
        "public.planted: a foreign table",
    ),
    ("CREATE VIEW planted AS SELECT * FROM register_victim", "public.planted: a view that does not run as its reader"),
    (
        "CREATE VIEW planted WITH (security_invoker = false) AS SELECT * FROM register_victim",
        "public.planted: a view that does not run as its reader",
    ),
    ("CREATE MATERIALIZED VIEW planted AS SELECT 1 AS x", "public.planted: a materialised view"),
    (POLICY.format("true"), "policy planted: a condition that is always true"),
    (POLICY.format(f"true OR {VERIFIED}"), "policy planted: a condition that is always true"),
    (POLICY.format(f"1 = 1 OR NOT {VERIFIED}"), "policy planted: a condition that is always true"),
    (POLICY.format(f"{VERIFIED} IS NULL"), "policy planted: a condition that is always true"),
    (
        "CREATE POLICY planted ON register_victim FOR INSERT TO traboule_app WITH CHECK (true)",
        "policy planted: a condition that is always true",
    ),
    (POLICY.format("unit = 'ML'"), "policy planted: a condition that does not ask for the verified context"),
    (
        POLICY.format("current_setting('traboule.role', true) = 'desk'"),
        "policy planted: a condition that reads what the application can set",
    ),
    (
        f"CREATE POLICY planted ON register_victim USING ({VERIFIED})",
        "policy planted: a policy for another role",
    ),
    (
        f"CREATE POLICY planted ON register_victim TO pg_monitor USING ({VERIFIED})",
        "policy planted: a policy for another role",
    ),
    ("GRANT SELECT ON register_victim TO PUBLIC", "register_victim: granted to PUBLIC: SELECT"),
    ("GRANT TRUNCATE ON register_victim TO traboule_app", "register_victim: granted to traboule_app: TRUNCATE"),
    ("GRANT INSERT ON register_person TO traboule_auditor", "granted to traboule_auditor: INSERT"),
    ("GRANT SELECT ON register_victim TO traboule_app WITH GRANT OPTION", "granted to traboule_app: SELECT"),
    ("GRANT SELECT ON traboule.context_key TO traboule_app", "traboule.context_key: granted to traboule_app: SELECT"),
    ("GRANT SELECT ON django_migrations TO traboule_app", "public.django_migrations: granted to traboule_app"),
    ("GRANT UPDATE ON register_victim TO traboule_app", "only ever added to, and yet granted: UPDATE"),
    ("GRANT SELECT (unit) ON register_victim TO PUBLIC", "public.register_victim.unit: a grant on a column"),
    ("CREATE SEQUENCE planted; GRANT USAGE ON SEQUENCE planted TO traboule_app", "public.planted: granted to"),
    (
        "CREATE FUNCTION planted() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'",
        "public.planted: a function that runs with its owner's rights",
    ),
    ("CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'", "public.planted: may be called by PUBLIC"),
    (
        "CREATE OR REPLACE FUNCTION traboule.context() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER"
        """ SET search_path = pg_catalog, pg_temp AS $$SELECT '{"role": "engine"}'::jsonb$$""",
        "traboule.context: not the function that checks a context",
    ),
    ("ALTER FUNCTION traboule.context() RESET search_path", "traboule.context: not the function that checks"),
    ("GRANT EXECUTE ON FUNCTION traboule.context() TO pg_monitor", "traboule.context: may be called by pg_monitor"),
    ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "every schema: default privileges"),
    ("CREATE SCHEMA planted", "planted: a schema that is not ours"),
    ("GRANT CREATE ON SCHEMA public TO traboule_app", "public: the schema is open to traboule_app: CREATE"),
    ("GRANT USAGE ON SCHEMA public TO PUBLIC", "public: the schema is open to PUBLIC: USAGE"),
    ("GRANT USAGE ON SCHEMA public TO pg_monitor", "public: the schema is open to pg_monitor: USAGE"),
    ("GRANT TEMPORARY ON DATABASE {database} TO traboule_app", "the database lets traboule_app do: TEMPORARY"),
    ("GRANT CONNECT ON DATABASE {database} TO pg_monitor", "the database lets pg_monitor do: CONNECT"),
    ("GRANT CONNECT ON DATABASE {database} TO PUBLIC", "the database lets PUBLIC do: CONNECT"),
    ("ALTER ROLE traboule_app BYPASSRLS", "traboule_app: a role that may do too much"),
    ("ALTER ROLE traboule_owner LOGIN", "traboule_owner: a role that may do too much"),
    ("GRANT traboule_owner TO traboule_app", "traboule_app: a member of traboule_owner"),
    ("GRANT pg_read_all_data TO traboule_auditor", "traboule_auditor: a member of pg_read_all_data"),
    (
        "ALTER TABLE register_victim OWNER TO traboule_app",
        "public.register_victim: owned by a role that may",
    ),
    ("CREATE RULE planted AS ON INSERT TO register_victim DO ALSO NOTHING", "register_victim: a rule that rewrites"),
    ("CREATE PUBLICATION planted FOR TABLE register_victim", "planted: a publication"),
]


@pytest.mark.promise("tables-are-walled")
@pytest.mark.parametrize(("plant", "hole"), PLANTED)
def test_the_lint_sees_a_planted_hole(database: Administered, plant: str, hole: str) -> None:
    """Planted by the superuser, in a transaction that is rolled back; the control is the lint before it."""
    name = database.app.database
    with psycopg.connect(database.root.to(database=name).uri()) as root:
        assert unwalled(root) == []
        for statement in plant.replace("{database}", name).split(";"):
            root.execute(statement.encode())
        assert any(hole in line for line in unwalled(root)), unwalled(root)
        root.rollback()


def test_a_view_that_runs_as_its_reader_is_no_hole(database: Administered) -> None:
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        root.execute("CREATE VIEW planted WITH (security_invoker = true) AS SELECT * FROM register_victim")
        assert unwalled(root) == []
        root.rollback()


@pytest.mark.promise("tables-are-walled")
def test_a_table_without_a_unit_shows_nothing_without_a_context(database: Administered) -> None:
    """The attack that read action-level counts from a table without a wall, against every table there is."""
    readable = []
    with psycopg.connect(database.app.uri(), autocommit=True) as app:
        for model in apps.get_models():
            query = sql.SQL("SELECT count(*) FROM {}").format(table(model))
            plan = app.execute(sql.SQL("EXPLAIN (VERBOSE, COSTS OFF) ") + query).fetchall()
            if not any("traboule.context()" in line or "One-Time Filter: false" in line for (line,) in plan):
                readable.append(model.__name__)
    assert readable == []


def test_the_statements_can_be_executed_again(database: Administered, owner: psycopg.Connection) -> None:
    for statement in statements():
        owner.execute(statement)
    assert unwalled(owner) == []
