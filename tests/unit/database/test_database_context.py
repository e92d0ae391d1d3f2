"""The context in the database: what a signed one lets through, and that no other counts."""

from __future__ import annotations

import json
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection
from psycopg import sql
from tests.conftest import ActAs, Administered, entered
from tests.returns_built import Filed, file, people

from traboule.core.errors import Unready
from traboule.core.permissions import Actor, Role
from traboule.database import connections
from traboule.database.arrow import reading
from traboule.database.context import LONGEST, Context, acting
from traboule.database.keys.derived import KeyPurpose, derived, padded
from traboule.database.row_security import statements
from traboule.database.walls.verified_context import NOT_VALID, SESSION

COUNT = "SELECT count(*) FROM register_person"
COUNT_ACTIONS = "SELECT count(*) FROM register_action"
CLAIMS = "SELECT traboule.context() ->> 'actor', traboule.context() ->> 'role', traboule.context() ->> 'account'"
ENGINE = Context.of(Actor("engine", Role.ENGINE))
# RFC 4231, test cases 1 to 4, 6 and 7: key, data, HMAC-SHA-256. Case 5 is about a truncated result.
VECTORS = [
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        b"\xaa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be"
        b" hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
]


@pytest.fixture
def filed(database: Administered) -> Administered:
    """Two states have filed a person each."""
    for unit in ("ML", "SN"):
        file(Filed(people("p1", family_name="Traoré"), unit=unit))
    return database


@pytest.fixture
def app(filed: Administered) -> Iterator[psycopg.Connection]:
    """A session of the application's role, as whoever has its password opens one."""
    with psycopg.connect(filed.app.uri()) as opened:
        yield opened


def session(app: psycopg.Connection) -> tuple[int, int]:
    row = app.execute(SESSION).fetchone()
    assert row is not None
    return row[0], row[1]


def signed(app: psycopg.Connection, filed: Administered, context: Context = ENGINE) -> str:
    backend, began = session(app)
    return context.token(filed.app.master, backend=backend, began=began)


def set_context(app: psycopg.Connection, token: str, *, local: bool = True) -> None:
    app.execute("SELECT set_config('traboule.context', %s, %s)", [token, local])


def refused(app: psycopg.Connection) -> bool:
    """Tell whether the database refuses the context; the transaction is over then."""
    try:
        app.execute(COUNT)
    except psycopg.Error as error:
        app.rollback()
        return error.sqlstate == NOT_VALID and "engine" not in str(error)
    return False


@pytest.mark.parametrize(("key", "message", "code"), VECTORS)
def test_the_databases_hmac_is_that_of_rfc_4231(database: Administered, key: bytes, message: bytes, code: str) -> None:
    with psycopg.connect(database.owner.uri()) as owner:
        computed = owner.execute("SELECT traboule.hmac_sha256(%s, %s, %s)", [*padded(key), message]).fetchone()
    assert computed == (bytes.fromhex(code),)


@pytest.mark.promise("context-cannot-be-chosen")
def test_the_application_cannot_choose_its_context_by_sql(app: psycopg.Connection, filed: Administered) -> None:
    for name, value in (("traboule.role", "engine"), ("traboule.units", "ML,SN"), ("role", "traboule_app")):
        app.execute("SELECT set_config(%s, %s, false)", [name, value])
    assert app.execute(COUNT).fetchone() == (0,)
    claims = {"role": "engine", "units": ["ML"], "actor": "x", "account": "", "until": 2**62}
    claims |= dict(zip(("backend", "began"), session(app), strict=True))
    forged = json.dumps(claims)
    for token in (forged, "0" * 64 + forged, ENGINE.token(b"guessed", backend=session(app)[0], began=session(app)[1])):
        set_context(app, token)
        assert refused(app)
    # The control: the very same session with a context that the process has signed.
    set_context(app, signed(app, filed))
    assert app.execute(COUNT).fetchone() == (2,)


@pytest.mark.promise("context-cannot-be-chosen")
def test_without_the_check_of_the_code_a_forged_context_lets_everything_through(
    app: psycopg.Connection, filed: Administered
) -> None:
    """The control of the test above: the forged context fails because of the code, and of nothing else."""
    verify = next(text for text in statements() if "FUNCTION traboule.context()" in text and "plpgsql" in text)
    unchecked = verify.replace("IS NOT TRUE THEN", "IS NULL THEN", 1)
    assert unchecked != verify
    backend, began = session(app)
    forged = ENGINE.token(b"guessed", backend=backend, began=began)
    with psycopg.connect(filed.owner.uri(), autocommit=True) as owner:
        owner.execute(unchecked)
        try:
            set_context(app, forged)
            assert app.execute(COUNT).fetchone() == (2,)
        finally:
            owner.execute(verify)
    app.rollback()
    set_context(app, forged)
    assert refused(app)


@pytest.mark.promise("context-cannot-be-chosen")
def test_an_overheard_token_is_of_no_use_in_another_session_or_transaction(
    app: psycopg.Connection, filed: Administered
) -> None:
    with acting(Actor("engine", Role.ENGINE)), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('traboule.context')")
        (overheard,) = cursor.fetchone()
        set_context(app, overheard)
        assert refused(app)
    token = signed(app, filed)
    set_context(app, token, local=False)
    assert app.execute(COUNT).fetchone() == (2,)
    app.commit()
    assert refused(app)  # It outlived its transaction by our own doing, and counts for nothing.


def test_a_changed_claim_and_an_expired_token_are_refused(app: psycopg.Connection, filed: Administered) -> None:
    national = Context.of(Actor("clerk", Role.NATIONAL, frozenset({"ML"})))
    set_context(app, signed(app, filed, national))
    assert app.execute(COUNT).fetchone() == (1,)
    set_context(app, signed(app, filed, national).replace("national", "engine"))
    assert refused(app)
    backend, began = session(app)
    late = ENGINE.token(filed.app.master, backend=backend, began=began)
    until = str(began + LONGEST)
    assert until in late
    set_context(app, late.replace(until, str(began + LONGEST * 2)))
    assert refused(app)


def test_a_token_ends(app: psycopg.Connection, filed: Administered, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("traboule.database.context.LONGEST", 0)
    set_context(app, signed(app, filed))
    assert refused(app)


def test_neither_application_nor_auditor_reads_the_key_or_signs_with_it(filed: Administered) -> None:
    attempts = (
        "SELECT * FROM traboule.context_key",
        "SELECT traboule.hmac_sha256('', '', '')",
        "DELETE FROM traboule.context_key",
    )
    for address in (filed.app, filed.auditor):
        for attempt in attempts:
            with (
                psycopg.connect(address.uri()) as opened,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                opened.execute(attempt)


def test_the_databases_key_is_of_no_use_for_seals_and_hashes(filed: Administered) -> None:
    with psycopg.connect(filed.owner.uri()) as owner:
        stored = owner.execute("SELECT inner_key, outer_key FROM traboule.context_key").fetchone()
    assert stored == padded(derived(filed.app.master, KeyPurpose.CONTEXT))
    assert len({derived(filed.app.master, purpose) for purpose in KeyPurpose}) == len(KeyPurpose)


def test_arrow_reads_under_the_same_context(filed: Administered, as_actor: ActAs) -> None:
    query = sql.SQL("SELECT unit FROM register_person ORDER BY unit")
    for context, seen in ((ENGINE, ["ML", "SN"]), (Context.of(Actor("b", Role.NATIONAL, frozenset({"BF"}))), [])):
        with reading(context) as reader:
            assert reader.table(query)["unit"].to_pylist() == seen


def test_an_actors_name_may_hold_anything_a_text_may(filed: Administered) -> None:
    name = 'x","role":"engine\\\'{}%s\n\u202e\U0001f600'
    with acting(Actor(name, Role.NATIONAL, frozenset({"ML"}), account="a-1")), connection.cursor() as cursor:
        cursor.execute(CLAIMS)
        assert cursor.fetchone() == (name, "national", "a-1")
        cursor.execute(COUNT)
        assert cursor.fetchone() == (1,)


def test_the_context_is_verified_once_a_statement(filed: Administered, as_actor: ActAs) -> None:
    with as_actor(Role.NATIONAL, "ML"), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) SELECT unit FROM register_person")
        plan = [line for (line,) in cursor.fetchall()]
    calls = [line for line in plan if line.strip().startswith("InitPlan")]
    assert all("loops=1)" in line for line in plan if "Result" in line), plan
    assert len(calls) == 2, plan
    assert not any("SubPlan" in line for line in plan), plan


def test_a_session_shows_no_statement_to_others(filed: Administered, app: psycopg.Connection) -> None:
    with acting(Actor("engine", Role.ENGINE)), connection.cursor() as cursor:
        cursor.execute("SELECT record FROM register_personidentity WHERE record = 'Traoré'")
        shown = app.execute("SELECT query FROM pg_stat_activity WHERE usename = current_user").fetchall()
    assert not any("traboule.context" in (text or "") or "Traoré" in (text or "") for (text,) in shown)


def test_the_auditor_needs_a_context_too(filed: Administered) -> None:
    for unit in ("BF", "NE"):
        file(Filed({"actions": {"A1": {"kind": "raid", "country": unit}}}, unit=unit))
    with psycopg.connect(filed.auditor.uri()) as auditor:
        assert auditor.execute(COUNT_ACTIONS).fetchone() == (0,)
    for role, seen in ((Role.AUDITOR, 2), (Role.ENGINE, 0)):
        with psycopg.connect(filed.auditor.uri()) as auditor:
            entered(auditor, filed, Actor("a", role))
            assert auditor.execute(COUNT_ACTIONS).fetchone() == (seen,)


def test_a_process_without_the_key_does_nothing(filed: Administered) -> None:
    connections.use(filed.app.signing(b""))
    with pytest.raises(Unready) as absent, acting(Actor("x", Role.ENGINE)):
        pass
    assert absent.value.code == "database-key-absent"


def test_a_wrong_key_is_said_in_words(filed: Administered) -> None:
    connections.use(filed.app.signing(b"another"))
    with (
        pytest.raises(Unready) as wrong,
        connections.in_words("here"),
        acting(Actor("x", Role.ENGINE)),
        connection.cursor() as cursor,
    ):
        cursor.execute(COUNT)
    assert wrong.value.code == "database-context-refused"
