"""One call of the command line: its language, its database, its actor, and how it shows things.

Comes in: the options every command has. Goes out: :class:`Session`, through which a command performs verbs and prints.
Promises: with ``--json`` exactly one JSON object goes to standard output and nothing else; progress and messages go to
standard error; the database starts when the first verb needs it.
"""

from __future__ import annotations

import getpass
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from traboule.app.desk import DATABASE, Desk
from traboule.cli.spoken import SpokenOption, plain_json, say, spoken_language
from traboule.core.numbers import number
from traboule.core.permissions import Actor, Role
from traboule.core.words import LANGUAGES
from traboule.demo.show import Teller

DEFAULT_DATA = Path(".traboule")
FOLDER = click.Path(file_okay=False, path_type=Path)


@dataclass
class Session:
    """What a command works with. ``desk`` starts the database on first use; it makes one only for a command that
    ``creates``."""

    language: str
    as_json: bool
    data: Path
    database: str = DATABASE
    creates: bool = False
    out: Console = field(default_factory=lambda: Console(markup=False, highlight=False))
    errors: Console = field(default_factory=lambda: Console(stderr=True, markup=False, highlight=False))
    _desk: Desk | None = None

    @property
    def desk(self) -> Desk:
        """Return the desk, started once."""
        if self._desk is None:
            self._desk = Desk.start(self.data, server_url(), self.database, create=self.creates)
        return self._desk

    def perform(self, verb: str, role: Role, units: frozenset[str] = frozenset(), /, **arguments: Any) -> Any:
        """Perform ``verb`` as whoever sits at this machine, in ``role``, now."""
        return self.perform_by(Actor(user_name(), role, units), verb, **arguments)

    def perform_by(self, by: Actor, verb: str, /, **arguments: Any) -> Any:
        """Perform ``verb`` in the name of ``by``, now."""
        with self.progress() as show:
            return self.desk.perform(verb, by=by, at=datetime.now(UTC), progress=show, **arguments)

    def say(self, code: str, **values: object) -> str:
        """Return an entry of the command line's catalogue in the session's language."""
        return say(code, self.language, **values)

    def number(self, value: float) -> str:
        """Return a number as the session's language writes it."""
        return number(value, self.language)

    def give(self, plain: dict[str, Any], show: Callable[[], None]) -> None:
        """Give a result: as JSON for programs, else shown for people."""
        if self.as_json:
            sys.stdout.write(plain_json(plain) + "\n")
        else:
            show()

    def write(self, path: Path, content: bytes) -> None:
        """Write a file whole or not at all. Raises OSError with the path in it."""
        try:
            if path.exists() and not path.is_file():  # A device or a pipe is written as it is; a folder raises.
                path.write_bytes(content)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:40]}-") as making:
                made = Path(making) / "whole"
                made.write_bytes(content)
                made.replace(path)
        except OSError as failure:
            raise OSError(failure.errno, failure.strerror, str(path)) from failure

    def place(self) -> str:
        """Return where the database is: the server's address without its password, else the folder."""
        return self.desk.place

    def teller(self) -> Teller:
        """Return who tells the demo's story; it keeps quiet where a program listens."""
        return Teller(self.out, self.language, quiet=self.as_json)

    def progress(self) -> ProgressBars:
        """Return progress bars for long work, drawn only where a person is watching."""
        return ProgressBars(self)


def user_name() -> str:
    """Return who sits at this machine; the number of a user whom the machine knows by no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def server_url() -> str | None:
    """Return the address of a server that others run, as the environment names it; None for the database of ours."""
    return os.environ.get("TRABOULE_DATABASE_URL", "").strip() or None


class ProgressBars:
    """Progress of named steps as bars on standard error. Steps are catalogue keys: ``step-<name>``."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        """Begin; return what long work calls with step, done and total."""
        if self._session.errors.is_terminal and not self._session.as_json:
            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=self._session.errors,
                transient=True,
            )
            self._bars.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()

    def _show(self, step: str, done: int, total: int) -> None:
        if self._bars is None:
            return
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(self._session.say(f"step-{step}"), total=total)
        self._bars.update(self._tasks[step], completed=done, total=total)


def with_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that all have, and its session as first argument."""

    @click.option("--language", "language", type=click.Choice(LANGUAGES), cls=SpokenOption, help="language")
    @click.option("--json", "as_json", is_flag=True, cls=SpokenOption, help="json")
    @click.option("--data", type=FOLDER, default=DEFAULT_DATA, cls=SpokenOption, help="data")
    @click.option("--database", default=DATABASE, show_default=True, cls=SpokenOption, help="database")
    @wraps(command)
    def called(*args: Any, language: str | None, as_json: bool, data: Path, database: str, **options: Any) -> Any:
        call = click.get_current_context().find_root().obj
        spoken = call["language"] if call else spoken_language(language)
        session = Session(spoken, as_json, data, database)
        try:
            return command(session, *args, **options)
        finally:
            if session._desk is not None:
                session._desk.stop()

    return called
