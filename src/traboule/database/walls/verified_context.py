"""The context in the database: a schema of its own, with a function that lets only a signed context count.

Out: the statements that make the schema; the key in it is stored when a database is made. Guaranteed: the function
returns nothing without a context, and raises on one that is forged, expired, or was signed for another session or
another transaction. The application's role may call it; it may not read the key.

A token is the HMAC-SHA-256 in 64 hexadecimal digits, then the claims as JSON: role, units, actor, account, and what
binds it: the process number of the server's backend, when the transaction began, and when the token ends (both in
microseconds since 1970). A transaction cannot choose when it began, so a token that somebody overhears is of no use.
"""

from __future__ import annotations

SCHEMA = "traboule"
KEY_TABLE = f"{SCHEMA}.context_key"
VERIFY = f"{SCHEMA}.context"
HMAC = f"{SCHEMA}.hmac_sha256"
SETTING = "traboule.context"
READ_KEY = "SELECT inner_key FROM traboule.context_key"
STORE_KEY = "INSERT INTO traboule.context_key VALUES (true, %s, %s)"
NOT_VALID = "TB401"  # SQLSTATE of a context that is not valid; classes from T on are free for us.

SESSION = "SELECT pg_backend_pid(), (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint"
"""What a token is bound to: asked in the transaction it is for, before it is signed."""


def schema_statements(callers: str) -> list[str]:
    """Return what the owner executes to make the schema; ``callers`` are the roles that may call, by commas.

    Executing them a second time changes nothing.
    """
    return [
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
        f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {callers}",
        f"CREATE TABLE IF NOT EXISTS {KEY_TABLE} (only_row boolean PRIMARY KEY CHECK (only_row),"
        " inner_key bytea NOT NULL, outer_key bytea NOT NULL)",
        f"REVOKE ALL ON {KEY_TABLE} FROM PUBLIC, {callers}",
        _HMAC,
        _VERIFY,
        f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC, {callers}",
        f"GRANT EXECUTE ON FUNCTION {VERIFY}() TO {callers}",
    ]


_HMAC = f"""
CREATE OR REPLACE FUNCTION {HMAC}(inner_key bytea, outer_key bytea, message bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN sha256(outer_key || sha256(inner_key || message))
"""

# The two codes are compared by their hashes under the key, so that how long it takes tells nothing of the right one.
# In a parallel worker the process number is another's: the leader evaluates the function.
VERIFY_BODY = f"""
DECLARE
  token text := current_setting('{SETTING}', true);
  inner_key bytea;
  outer_key bytea;
  claims jsonb;
BEGIN
  IF token IS NULL OR token = '' THEN
    RETURN NULL;
  END IF;
  SELECT k.inner_key, k.outer_key INTO inner_key, outer_key FROM {KEY_TABLE} k;
  IF (sha256(inner_key || convert_to(left(token, 64), 'UTF8')) = sha256(inner_key || convert_to(encode(
      {HMAC}(inner_key, outer_key, convert_to(substr(token, 65), 'UTF8')), 'hex'), 'UTF8'))) IS NOT TRUE THEN
    RAISE EXCEPTION 'the context is not valid' USING ERRCODE = '{NOT_VALID}';
  END IF;
  claims := substr(token, 65)::jsonb;
  IF ((claims ->> 'backend')::integer = pg_backend_pid()
      AND (claims ->> 'began')::bigint = (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint
      AND (claims ->> 'until')::bigint > (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) IS NOT TRUE THEN
    RAISE EXCEPTION 'the context is not valid' USING ERRCODE = '{NOT_VALID}';
  END IF;
  RETURN claims;
END
"""  # noqa: S608  The names are our own.

_VERIFY = f"""
CREATE OR REPLACE FUNCTION {VERIFY}() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED SET search_path = pg_catalog, pg_temp
AS $${VERIFY_BODY}$$
"""
