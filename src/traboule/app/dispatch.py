"""The single way in: every verb passes here, whoever asks and however.

Comes in: who acts, the verb's name, its arguments, the instant. Goes out: what the verb returns, always with a JSON
form. Promises: the permission is checked first; one transaction holds the whole verb, with the actor's role and units
set for row security and for that transaction alone, or the engine's where the verb is a computation; the ledger's entry
is written in it in the actor's name, so that the deed and its trace are kept or lost together.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from traboule.app.verbs import VERBS, Verb
from traboule.core.errors import NotFound, Refused
from traboule.core.permissions import Actor, Role

Progress = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a verb is told besides its own arguments: who, when, and where progress may be shown.

    ``context`` is what the transaction was opened with, for bulk reads that use a connection of their own; None for a
    verb that needs no database.
    """

    by: Actor
    at: datetime
    progress: Progress = silent
    context: Any = None


def admitted(name: str, by: Actor) -> Verb:
    """Return verb ``name`` if ``by`` may perform it. Raises NotFound or Refused."""
    verb = VERBS.get(name)
    if verb is None:
        raise NotFound("verb-unknown", verb=name)
    if not by.may(verb.permission):
        raise Refused("not-permitted", verb=name, role=by.role.value)
    return verb


def acceptable(verb: Verb, by: Actor, arguments: Mapping[str, Any]) -> None:
    """Raise Refused where nobody would have signed what is done, or a text is one that no database keeps."""
    if verb.changes and not by.name.strip():
        raise Refused("actor-unnamed")
    texts = (text for value in arguments.values() for text in (value if isinstance(value, tuple) else (value,)))
    if any(isinstance(text, str) and "\x00" in text for text in texts):
        raise Refused("text-unkeepable")


def behind_walls(verb: Verb, by: Actor) -> Actor:
    """Return as whom the database knows ``by`` while ``verb`` is done: the engine where it computes for them."""
    return replace(by, role=Role.ENGINE, units=frozenset()) if verb.engine else by


def function(verb: Verb) -> Callable[..., Any]:
    """Return the function that does ``verb``."""
    module, name = verb.place.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
