"""One call of the command line: its language, its database, its actor, and how it shows things.

Comes in: the options every command has. Goes out: :class:`Session`, through which a command performs verbs and prints.
Promises: with ``--json`` exactly one JSON object goes to standard output and nothing else; messages go to standard
error; in a terminal progress is one line under what is printed, on the same console; the database starts when the
first verb needs it.
"""

from __future__ import annotations

import getpass
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from traboule.app.desk import DATABASE, Desk
from traboule.cli.spoken import SpokenOption, say, spoken_language
from traboule.cli.terminal.current_database import CurrentDatabase
from traboule.cli.terminal.progress import ProgressLine
from traboule.core.numbers import number
from traboule.core.permissions import Actor, Role
from traboule.core.words import LANGUAGES
from traboule.demo.show import Teller

DEFAULT_DATA = Path(".traboule")


@dataclass
class Session:
    """What a command works with. ``desk`` starts the database on first use; without a name, the current one."""

    language: str
    as_json: bool
    data: Path
    database: str | None = None
    out: Console = field(default_factory=lambda: Console(markup=False, highlight=False))
    errors: Console = field(default_factory=lambda: Console(stderr=True, markup=False, highlight=False))
    _desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """Return the desk, started once. A database that was remembered, not named, is said to be used."""
        if self._desk is None:
            remembered = None if self.database else self.current.name()
            if remembered not in (None, DATABASE) and not self.as_json:
                self.errors.print(self.say("database-used", name=remembered), soft_wrap=True)
            name = self.database or remembered or DATABASE
            self._desk = Desk.start(self.data, os.environ.get("TRABOULE_DATABASE_URL"), name)
        return self._desk

    @property
    def current(self) -> CurrentDatabase:
        """Return what remembers the database used when none is named."""
        url = os.environ.get("TRABOULE_DATABASE_URL")
        return CurrentDatabase(self.data, url.rpartition("@")[2] if url else None)

    def begin(self, show: Callable[[str, int, int], None]) -> Desk:
        """Return the desk, and show that its database is starting."""
        if self._desk is None:
            show("database", 0, 1)
            self._desk = self.desk
            show("database", 1, 1)
        return self._desk

    def perform(self, verb: str, role: Role, units: frozenset[str] = frozenset(), /, **arguments: Any) -> Any:
        """Perform ``verb`` as whoever sits at this machine, in ``role``, now."""
        return self.perform_by(Actor(getpass.getuser(), role, units), verb, **arguments)

    def perform_by(self, by: Actor, verb: str, /, **arguments: Any) -> Any:
        """Perform ``verb`` in the name of ``by``, now."""
        with self.progress() as show:
            return self.begin(show).perform(verb, by=by, at=datetime.now(UTC), progress=show, **arguments)

    def say(self, code: str, **values: object) -> str:
        """Return an entry of the command line's catalogue in the session's language."""
        return say(code, self.language, **values)

    def number(self, value: float) -> str:
        """Return a number as the session's language writes it."""
        return number(value, self.language)

    def give(self, plain: dict[str, Any], show: Callable[[], None]) -> None:
        """Give a result: as JSON for programs, else shown for people."""
        if self.as_json:
            sys.stdout.write(json.dumps(plain, ensure_ascii=False, sort_keys=True) + "\n")
        else:
            show()

    def place(self) -> str:
        """Return where the database is: the server's address without its password, else the folder."""
        url = os.environ.get("TRABOULE_DATABASE_URL")
        return url.rpartition("@")[2] if url else str(self.data.resolve())

    def teller(self) -> Teller:
        """Return who tells the demo's story; it keeps quiet where a program listens."""
        return Teller(self.out, self.language, quiet=self.as_json)

    def progress(self) -> ProgressLine:
        """Return the line that shows how far long work is, drawn only where a person is watching."""
        # On the console of the results where that is the terminal: two consoles on one terminal overwrite each other.
        console = self.out if self.out.is_terminal else self.errors
        watched = self.errors.is_terminal and not self.as_json
        return ProgressLine(console, lambda step: self.say(f"step-{step}"), watched=watched)


def with_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that all have, and its session as first argument."""

    @click.option("--language", "language", type=click.Choice(LANGUAGES), cls=SpokenOption, help="language")
    @click.option("--json", "as_json", is_flag=True, cls=SpokenOption, help="json")
    @click.option("--data", type=click.Path(path_type=Path), default=DEFAULT_DATA, cls=SpokenOption, help="data")
    @click.option("--database", cls=SpokenOption, help="database")
    @wraps(command)
    def called(
        *args: Any, language: str | None, as_json: bool, data: Path, database: str | None, **options: Any
    ) -> Any:
        session = Session(spoken_language(language), as_json, data, database)
        try:
            return command(session, *args, **options)
        finally:
            if session._desk is not None:
                session._desk.stop()

    return called
