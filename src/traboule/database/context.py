"""Open a transaction that row security knows the actor of: role, units, name and account.

In: an actor. Out: a transaction whose row security lets that actor through and nobody else. Guaranteed: outside of it
the application's role sees no row of any unit. The context is a token that this process signs for one transaction of
one session, so that nobody can choose another by SQL, and none carries over to a later transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from traboule.core.errors import Refused
from traboule.core.permissions import Actor, Role
from traboule.database.address import from_settings
from traboule.database.keys.derived import KeyPurpose, derived
from traboule.database.walls.verified_context import SESSION, SETTING

LONGEST = 24 * 60 * 60 * 1_000_000  # Microseconds in which a transaction must be done; linking a billion takes hours.
_UNIT = re.compile(r"[A-Za-z0-9-]{1,16}")


@dataclass(frozen=True, slots=True)
class Context:
    """What row security asks for. ``units`` are the ISO codes of the states the actor speaks for."""

    role: Role
    units: frozenset[str]
    actor: str
    account: str = ""

    @classmethod
    def of(cls, by: Actor) -> Context:
        """Return the context of ``by``. Raises Refused where a unit is no code of a state."""
        for unit in by.units:
            if not _UNIT.fullmatch(unit):
                raise Refused("unit-not-a-code")
        return cls(by.role, by.units, by.name, by.account)

    def token(self, master: bytes, *, backend: int, began: int) -> str:
        """Return the context signed for the transaction that ``backend`` began at ``began``: see :data:`SESSION`."""
        claims = {
            "role": self.role.value,
            "units": sorted(self.units),
            "actor": self.actor,
            "account": self.account,
            "backend": backend,
            "began": began,
            "until": began + LONGEST,
        }
        text = json.dumps(claims, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hmac.digest(derived(master, KeyPurpose.CONTEXT), text.encode(), hashlib.sha256).hex() + text


@contextmanager
def acting(by: Actor) -> Iterator[Context]:
    """Hold one transaction in which row security knows ``by``; commit at the end, roll back on any error.

    Only :mod:`traboule.app.dispatch` calls this (house rule 3). It does not nest: a second context inside would outlive
    its end. Raises Unready where this process holds no key to sign a context with.
    """
    context = Context.of(by)
    master = from_settings(connection.settings_dict).signing_key()
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(SESSION)
            backend, began = cursor.fetchone()
            token = context.token(master, backend=backend, began=began)
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, token])
        yield context
