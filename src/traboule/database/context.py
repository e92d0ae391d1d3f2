"""Open a transaction that row security knows the actor of: role, units and name.

In: an actor. Out: a transaction whose row security lets that actor through and nobody else. Guaranteed: outside of it
the application's role sees no row of any unit. The context ends with the transaction, so a reused connection carries
nothing over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from traboule.core.errors import Refused
from traboule.core.permissions import Actor, Role

_UNIT = re.compile(r"[A-Za-z0-9-]{1,16}")


@dataclass(frozen=True, slots=True)
class Context:
    """What row security asks for. ``units`` are the ISO codes of the states the actor speaks for."""

    role: Role
    units: frozenset[str]
    actor: str

    @classmethod
    def of(cls, by: Actor) -> Context:
        """Return the context of ``by``. Raises Refused where a unit is not a code: units are joined by commas."""
        for unit in by.units:
            if not _UNIT.fullmatch(unit):
                raise Refused("unit-not-a-code")
        return cls(by.role, by.units, by.name)

    def settings(self) -> dict[str, str]:
        """Return the context as PostgreSQL's settings."""
        return {
            "traboule.role": self.role.value,
            "traboule.units": ",".join(sorted(self.units)),
            "traboule.actor": self.actor,
        }


@contextmanager
def acting(by: Actor) -> Iterator[Context]:
    """Hold one transaction in which row security knows ``by``; commit at the end, roll back on any error.

    Only :mod:`traboule.app.dispatch` calls this (house rule 3). It does not nest: a second context inside would outlive
    its end.
    """
    context = Context.of(by)
    with transaction.atomic(durable=True):
        settings = context.settings()
        with connection.cursor() as cursor:
            places = ", ".join(["set_config(%s, %s, true)"] * len(settings))
            cursor.execute(f"SELECT {places}", [part for pair in settings.items() for part in pair])
        yield context
