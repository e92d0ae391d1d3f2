"""The desk in use: a database started, verbs performed through the door.

Comes in: where the database lies. Goes out: :meth:`Desk.perform`. Promises: nothing is read or written but through
the door; leaving the desk stops what it started.
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traboule.app.dispatch import Call, Progress, acceptable, admitted, behind_walls, function, silent
from traboule.core.errors import Unready
from traboule.core.permissions import Actor

if TYPE_CHECKING:
    from traboule.app.start import Started

DATABASE = "traboule"


class Desk:
    """The desk over one database, or over none for verbs that need none."""

    def __init__(self, started: Started | None) -> None:
        self._started = started

    @classmethod
    def start(cls, data: Path, url: str | None = None, database: str = DATABASE, *, create: bool = True) -> Desk:
        """Start on the server at ``url``, else on the embedded database under ``data``.

        Raises Unready, and NotFound where there is no such database and none is to be created.
        """
        # Loaded only now: help, and the check of a text, need neither Django nor the driver.
        begun = importlib.import_module("traboule.app.start").start(url or data, database_name=database, create=create)
        return cls(begun)

    @classmethod
    def plain(cls) -> Desk:
        """Return a desk without a database; verbs that need one raise Unready."""
        return cls(None)

    @property
    def place(self) -> str:
        """Where the database lies, as people may see it; empty without one."""
        return self._started.place if self._started else ""

    def perform(self, verb: str, /, *, by: Actor, at: datetime, progress: Progress = silent, **arguments: Any) -> Any:
        """Let ``by`` do ``verb`` at instant ``at``; return the verb's result.

        Raises NotFound for a verb that does not exist, Refused where the role lacks the permission, and whatever the
        verb itself raises, after everything it wrote has been rolled back.
        """
        admission = admitted(verb, by)
        acceptable(admission, by, arguments)
        call = Call(by, at, progress)
        if not admission.stored:
            return function(admission)(call, **arguments)
        if self._started is None:
            raise Unready("database-not-started", verb=verb)
        acting = importlib.import_module("traboule.database.context").acting
        in_words = importlib.import_module("traboule.database.connections").in_words
        with in_words(self._started.place, self._started.home), acting(behind_walls(admission, by)) as context:
            result = function(admission)(replace(call, context=context), **arguments)
            if admission.changes:
                importlib.import_module("traboule.app.ledger.record").record(verb, by, at, result)
            return result

    def stop(self) -> None:
        """Leave the database. A second call does nothing."""
        if self._started is not None:
            self._started.stop()
            self._started = None
