"""Perform a verb: check the permission, open the transaction, call the handler, write the entry of the ledger.

In: who acts, the verb's name, its arguments, the instant. Out: what the handler returns, always with a JSON form. Two
doors lead in. :func:`authenticated` turns a session's token into an actor, for whoever sits outside: the command line
and the web use nothing else. :func:`perform` believes the actor it gets, and is for callers in this process that are
no person: the demo, the engine, tests. Guaranteed: the permission is checked first. One transaction holds the
handler, the ledger's entry and the announcement that something changed, so all are committed or none. It carries the
actor's role and units for row security, or the engine's where the verb is a computation; the ledger always names the
actor. No other module opens a transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traboule.app.verbs import FOR_PROGRAMS, VERBS, Verb
from traboule.core.errors import NotFound, Refused, Unready
from traboule.core.permissions import Actor, Role

if TYPE_CHECKING:
    from traboule.app.start import Started

Progress = Callable[[str, int, int], None]
LEDGER_KEY = "ledger-key"  # The file of the ledger's key in a data folder.

# Who checks who somebody is: no person, and the only one to whom credentials are open.
SIGN_IN = Actor("sign-in", Role.SIGN_IN)


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Call:
    """What every handler gets before the verb's own arguments: who acts, when, and where to show progress.

    ``context`` is the row security of the transaction, for bulk reads that use a connection of their own; None for a
    verb that needs no database. ``key_file`` is the file of the ledger's key. ``key`` is what tokens of sessions are
    hashed with; empty but for verbs about sessions.
    """

    by: Actor
    at: datetime
    progress: Progress = silent
    context: Any = None
    key_file: Path | None = None
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of a verb before it is known who acts: its name, the instant, the states it is for, and the only
    role to act in, where one is wanted."""

    verb: str
    at: datetime
    states: frozenset[str] = frozenset()
    role: Role | None = None


def authenticated(token: str, wish: Wish, started: Started | None) -> Actor:
    """Return the actor of the session ``token`` for a verb. This is the door for whoever is outside: default deny.

    The session, the account and its roles are read anew for each verb. Raises Refused where nobody is signed in, and
    where no role of the account is granted the verb or a program's token asks for what is not for programs; then
    NotFound for an unknown verb.
    """
    if started is None:
        raise Unready("database-not-started", verb=wish.verb)
    sessions = importlib.import_module("traboule.accounts.sessions")
    tokens = importlib.import_module("traboule.accounts.tokens")
    connections = importlib.import_module("traboule.database.connections")
    transactions = importlib.import_module("traboule.database.context")
    with connections.in_words(started.place, started.home), transactions.acting(SIGN_IN):
        standing = sessions.standing(token, key=session_key(started), at=wish.at)
    verb = VERBS.get(wish.verb)
    if verb is None:
        raise NotFound("verb-unknown", verb=wish.verb)
    if tokens.is_of_program(token) and wish.verb not in FOR_PROGRAMS:
        raise Refused("token-not-for-this")
    actor: Actor = standing.actor(verb.permission, states=wish.states, role=wish.role)
    return actor


def session_key(started: Started) -> bytes:
    """Return what the hashes of tokens and logins are keyed with: whoever has only the tables cannot guess them."""
    return hmac.new(started.app.password.encode("utf-8"), b"traboule sessions", hashlib.sha256).digest()


def perform(name: str, call: Call, arguments: Mapping[str, Any], started: Started | None) -> Any:
    """Perform verb ``name`` on the database ``started`` and return the handler's result.

    Raises NotFound for an unknown verb, Refused without the permission, Unready where a verb needs a database and none
    is started, and what the handler raises, after everything it wrote has been rolled back.
    """
    verb = permitted(name, call.by)
    check_arguments(verb, call.by, arguments)
    if not verb.stored:
        return handler(verb)(call, **arguments)
    if started is None:
        raise Unready("database-not-started", verb=name)
    # Loaded only now: help, and the check of a text, need neither Django nor the driver.
    connections = importlib.import_module("traboule.database.connections")
    transactions = importlib.import_module("traboule.database.context")
    call = replace(call, key_file=call.key_file or (started.home / LEDGER_KEY if started.home else None))
    with (
        connections.in_words(started.place, started.home),
        transactions.acting(database_actor(verb, call.by)) as context,
    ):
        session = session_key(started) if verb.credentials else b""
        result = handler(verb)(replace(call, context=context, key=session), **arguments)
        if not verb.recorded:
            return result
        # Who signs in is known only when it has been done.
        call = replace(call, by=getattr(result, "actor", None) or call.by)
        importlib.import_module("traboule.app.recording.announcing").announce(name)
        return importlib.import_module("traboule.app.recording.entry").record(name, call, result)


def permitted(name: str, by: Actor) -> Verb:
    """Return verb ``name`` if ``by`` may perform it. Raises NotFound or Refused."""
    verb = VERBS.get(name)
    if verb is None:
        raise NotFound("verb-unknown", verb=name)
    if not by.may(verb.permission):
        raise Refused("not-permitted", verb=name, role=by.role.value)
    return verb


def check_arguments(verb: Verb, by: Actor, arguments: Mapping[str, Any]) -> None:
    """Raise Refused where the ledger would name an actor without a name, and for a text that PostgreSQL cannot store
    (NUL)."""
    if verb.recorded and not by.name.strip():
        raise Refused("actor-unnamed")
    texts = (text for value in arguments.values() for text in (value if isinstance(value, tuple) else (value,)))
    if any(isinstance(text, str) and "\x00" in text for text in texts):
        raise Refused("text-unkeepable")


def database_actor(verb: Verb, by: Actor) -> Actor:
    """Return the actor that row security sees: ``by``, the engine where the verb is a computation, or the sign-in path
    where it is about accounts."""
    if verb.credentials:
        return replace(by, role=Role.SIGN_IN, units=frozenset())
    return replace(by, role=Role.ENGINE, units=frozenset()) if verb.engine else by


def handler(verb: Verb) -> Callable[..., Any]:
    """Import and return the function that performs ``verb``."""
    module, name = verb.place.split(":")
    function: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return function
