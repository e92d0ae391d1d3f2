"""The desk in use: a started database, and verbs performed on it.

In: where the database is. Out: :meth:`Desk.perform`. Guaranteed: everything is read and written through
:mod:`traboule.app.dispatch`; leaving the desk stops what it started.
"""

from __future__ import annotations

import importlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traboule.app import dispatch
from traboule.app.dispatch import LEDGER_KEY, Call, Progress, silent
from traboule.core.permissions import Actor

if TYPE_CHECKING:
    from traboule.app.start import Started

DATABASE = "traboule"


class Desk:
    """The desk over one database, or over none for verbs that need none."""

    def __init__(self, started: Started | None, ledger_key: Path | None = None) -> None:
        self._started = started
        self._ledger_key = ledger_key

    @classmethod
    def start(
        cls,
        data: Path,
        url: str | None = None,
        database: str = DATABASE,
        *,
        create: bool = True,
        keys: Path | None = None,
        ledger_key: Path | None = None,
    ) -> Desk:
        """Start on the server at ``url``, whose keys lie in ``keys``, else on the embedded database under ``data``.

        The ledger's key is in the file ``ledger_key``, where none is named in ``data``.
        Raises Unready, and NotFound where there is no such database and none is to be created.
        """
        # Loaded only now: help, and the check of a text, need neither Django nor the driver.
        starting = importlib.import_module("traboule.app.start")
        location = starting.Server(url, keys or data / "keys") if url else data
        begun = starting.start(location, database_name=database, create=create)
        return cls(begun, ledger_key or data / LEDGER_KEY)

    @classmethod
    def plain(cls) -> Desk:
        """Return a desk without a database; verbs that need one raise Unready."""
        return cls(None)

    @property
    def place(self) -> str:
        """Where the database lies, as people may see it; empty without one."""
        return self._started.place if self._started else ""

    def perform(self, verb: str, /, *, by: Actor, at: datetime, progress: Progress = silent, **arguments: Any) -> Any:
        """Perform ``verb`` as ``by`` at instant ``at`` and return its result: see :mod:`traboule.app.dispatch`."""
        return dispatch.perform(verb, Call(by, at, progress, key_file=self._ledger_key), arguments, self._started)

    def stop(self) -> None:
        """Leave the database. A second call does nothing."""
        if self._started is not None:
            self._started.stop()
            self._started = None
