"""Read the catalogue and name everything by which a row could be read or written past the walls.

In: a connection to a migrated database, as anybody, and the tables that are only ever added to. Out: what is wrong, one
line each. Guaranteed: it trusts nothing that the statements of :mod:`traboule.database.row_security` say of themselves,
only what PostgreSQL's catalogue holds now: tables and partitions, policies' text, views, foreign tables, functions,
grants, default privileges, rights to create, roles and their memberships.
"""

from __future__ import annotations

from collections.abc import Collection

import psycopg
from psycopg import sql

from traboule.database.roles import APP, AUDITOR, OWNER
from traboule.database.walls.verified_context import KEY_TABLE, SCHEMA, VERIFY, VERIFY_BODY

NOT_WALLED = {
    "public.django_migrations": "which migrations ran: names of our own files; granted to nobody",
    KEY_TABLE: "what contexts are checked with: granted to nobody, read by the function that checks, as its owner",
}
"""Tables without row security, each with its reason. The lint sees to it that nobody is granted them."""

DEFINERS = {VERIFY: "checks the context against a key that its caller may not read"}
"""Functions that run with their owner's rights, each with its reason."""


def holes(connection: psycopg.Connection, appended: Collection[str]) -> list[str]:
    """Return every hole as ``object: what is wrong``, sorted. ``appended``: tables that are only ever added to."""
    values = {
        "not_walled": sql.Literal(sorted(NOT_WALLED)),
        "definers": sql.Literal(sorted(DEFINERS)),
        "body": sql.Literal(VERIFY_BODY),
        "schemas": sql.Literal(["public", SCHEMA]),
        "appended": sql.Literal(sorted(f"public.{name}" for name in appended)),
        "ours": sql.Literal([OWNER, APP, AUDITOR]),
        "served": sql.Literal([APP, AUDITOR]),
        "owner": sql.Literal(OWNER),
        "app": sql.Literal(APP),
        "auditor": sql.Literal(AUDITOR),
    }
    query = sql.SQL(_OBJECTS + " UNION ".join(_HOLES)).format(**values)
    return sorted(f"{name}: {fault}" for name, fault in connection.execute(query).fetchall())


# The objects that are not PostgreSQL's own, and what each role is granted on them; PUBLIC is role 0.
_OBJECTS = """
WITH schema AS (
  SELECT n.* FROM pg_namespace n WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
), relation AS (
  SELECT c.*, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN schema n ON n.oid = c.relnamespace
), routine AS (
  SELECT p.*, n.nspname || '.' || p.proname AS name FROM pg_proc p JOIN schema n ON n.oid = p.pronamespace
), policy AS (
  SELECT p.*, r.name || ', policy ' || p.polname AS name,
    concat_ws(' ; ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) AS condition
  FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
), granted AS (
  SELECT r.name, r.relkind, a.grantee, coalesce(g.rolname, 'PUBLIC') AS role, a.privilege_type AS privilege,
    a.is_grantable
  FROM relation r CROSS JOIN aclexplode(r.relacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
  WHERE a.grantee <> r.relowner
)
"""

_HOLES = (
    # A partition does not inherit row security: it is a table like any other here.
    """
    SELECT name, CASE WHEN relispartition THEN 'a partition' ELSE 'a table' END || ' without forced row security'
    FROM relation WHERE relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
      AND NOT name = ANY ({not_walled})
    """,
    """
    SELECT r.name, 'a table without a policy' FROM relation r
    WHERE r.relkind IN ('r', 'p') AND r.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = r.oid)
    """,
    "SELECT name, 'a foreign table' FROM relation WHERE relkind = 'f'",
    "SELECT name, 'a materialised view' FROM relation WHERE relkind = 'm'",
    """
    SELECT name, 'a view that does not run as its reader' FROM relation
    WHERE relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)
    """,
    # ``false`` alone lets nobody through. Our own conditions never say true, ask for absence or read a setting.
    """
    SELECT name, 'a condition that is always true' FROM policy WHERE condition ~* '\\mtrue\\M|IS NULL|<>|\\mNOT \\('
    """,
    """
    SELECT name, 'a condition that does not ask for the verified context' FROM policy
    WHERE EXISTS (
      SELECT FROM regexp_split_to_table(condition, ' ; ') part
      WHERE part <> 'false' AND position('traboule.context() ->' IN part) = 0)
    """,
    """
    SELECT name, 'a condition that reads what the application can set' FROM policy
    WHERE condition ~ '\\m(current_setting|current_user|session_user|current_role|inet_client_addr)\\M'
    """,
    """
    SELECT name, 'a policy for another role' FROM policy
    WHERE EXISTS (
      SELECT FROM unnest(polroles) r WHERE r NOT IN (SELECT oid FROM pg_roles WHERE rolname = ANY ({served})))
    """,
    """
    SELECT name, 'granted to ' || role || ': ' || privilege FROM granted
    WHERE NOT role = ANY ({served}) OR is_grantable OR relkind = 'S' OR name = ANY ({not_walled})
      OR role = {auditor} AND privilege <> 'SELECT'
      OR role = {app} AND NOT privilege = ANY (ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'])
    """,
    """
    SELECT name, 'only ever added to, and yet granted: ' || privilege FROM granted
    WHERE name = ANY ({appended}) AND privilege IN ('UPDATE', 'DELETE', 'TRUNCATE')
    """,
    """
    SELECT r.name || '.' || a.attname, 'a grant on a column' FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    """,
    """
    SELECT name, 'a function that runs with its owner''s rights' FROM routine
    WHERE prosecdef AND NOT (name = ANY ({definers}) AND pronargs = 0)
    """,
    """
    SELECT name, 'not the function that checks a context' FROM routine
    WHERE name = ANY ({definers}) AND (prosrc <> {body} OR proowner <> {owner}::regrole
      OR NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false))
    """,
    """
    SELECT p.name, 'may be called by ' || coalesce(g.rolname, 'PUBLIC')
    FROM routine p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
      LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE a.grantee <> p.proowner AND NOT (p.name = ANY ({definers}) AND coalesce(g.rolname = ANY ({served}), false))
    """,
    """
    SELECT coalesce(n.nspname, 'every schema'), 'default privileges for what is made later'
    FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
    """,
    "SELECT nspname, 'a schema that is not ours' FROM schema WHERE NOT nspname = ANY ({schemas})",
    """
    SELECT s.nspname, 'the schema is open to ' || coalesce(g.rolname, 'PUBLIC') || ': ' || a.privilege_type
    FROM schema s CROSS JOIN aclexplode(s.nspacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE a.grantee <> s.nspowner AND (a.privilege_type = 'CREATE' OR NOT coalesce(g.rolname = ANY ({served}), false))
    """,
    """
    SELECT d.datname, 'the database lets ' || coalesce(g.rolname, 'PUBLIC') || ' do: ' || a.privilege_type
    FROM pg_database d CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
      LEFT JOIN pg_roles g ON g.oid = a.grantee
    WHERE d.datname = current_database() AND a.grantee <> d.datdba
      AND NOT (a.privilege_type = 'CONNECT' AND coalesce(g.rolname = ANY ({ours}), false))
    """,
    """
    SELECT rolname, 'a role that may do too much' FROM pg_roles
    WHERE rolname = ANY ({ours}) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
      OR rolname = {owner} AND rolcanlogin)
    """,
    """
    SELECT m.member::regrole::text, 'a member of ' || m.roleid::regrole::text FROM pg_auth_members m
    WHERE m.member IN (SELECT oid FROM pg_roles WHERE rolname = ANY ({ours}))
    """,
    """
    SELECT name, 'owned by a role that may own nothing' FROM relation
    WHERE relowner IN (SELECT oid FROM pg_roles WHERE rolname = ANY ({served}))
    """,
    """
    SELECT r.name, 'a rule that rewrites queries' FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class
    WHERE r.relkind NOT IN ('v', 'm')
    """,
    "SELECT pubname, 'a publication, which sends rows past every wall' FROM pg_publication",
)
