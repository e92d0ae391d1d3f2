"""One call of the command line: its language, database, actor and output.

In: the options that every command has. Out: :class:`Session`, through which a command performs verbs and prints.
Guaranteed: with ``--json`` exactly one JSON object goes to standard output; messages go to standard error. In a
terminal progress is one line below the output, on the same console. The database starts when the first verb needs it.
"""

from __future__ import annotations

import getpass
import importlib
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

from traboule.app.desk import DATABASE, TERMINAL, Desk, SignedIn
from traboule.app.dispatch import Wish
from traboule.cli.spoken import COMMON_OPTIONS, SpokenOption, plain_json, say, spoken_language
from traboule.cli.terminal.asking import sign_in
from traboule.cli.terminal.current_database import CurrentDatabase
from traboule.cli.terminal.progress import ProgressLine
from traboule.cli.terminal.regular_files import write_whole
from traboule.cli.terminal.session_keys import KeyFile, StoredKey, configuration_folder
from traboule.core.errors import Refused
from traboule.core.language.numbers import number
from traboule.core.permissions import Role
from traboule.demo.show import StoryPrinter

DEFAULT_DATA = Path(".traboule")


@dataclass
class Session:
    """What a command works with. ``desk`` starts the database on first use, without a name the current one.

    It makes one only for a command that ``creates``. ``used`` is the name of the database in use. ``acting_as`` and
    ``acting_role`` choose an account of a demo.
    """

    language: str
    as_json: bool
    data: Path
    database: str | None = None
    creates: bool = False
    used: str = ""
    acting_as: str = ""
    acting_role: str = ""
    out: Console = field(default_factory=lambda: Console(markup=False, highlight=False))
    errors: Console = field(default_factory=lambda: Console(stderr=True, markup=False, highlight=False))
    _desk: Desk | None = None
    _door: SignedIn | None = None
    _said_open: bool = False

    @property
    def desk(self) -> Desk:
        """Return the desk, started once. Names the database where it was remembered and not given."""
        if self._desk is None:
            remembered = None if self.database else self.current.name()
            if remembered not in (None, DATABASE) and not self.as_json:
                self.note("database-used", name=remembered)
            name = self.database or remembered or DATABASE
            keys, ledger_key = keys_folder(self.data), ledger_key_file()
            self._desk = Desk.start(
                self.data, server_url(), name, create=self.creates, keys=keys, ledger_key=ledger_key
            )
            self.used = name
        return self._desk

    @property
    def current(self) -> CurrentDatabase:
        """Return what remembers the database used when none is named."""
        url = server_url()
        address = importlib.import_module("traboule.app.start").display_name(url) if url else None
        return CurrentDatabase(self.data, address)

    def begin(self, show: Callable[[str, int, int], None]) -> Desk:
        """Return the desk, and show that its database is starting."""
        if self._desk is None:
            show("database", 0, 1)
            self._desk = self.desk
            show("database", 1, 1)
        return self._desk

    @property
    def notes(self) -> Console:
        """Return the console of what is said beside the results; on a terminal it is theirs, since two consoles on one
        terminal overwrite each other."""
        return self.out if self.out.is_terminal and self.errors.is_terminal else self.errors

    @property
    def keys(self) -> KeyFile:
        """Return the file of session keys for the database in use."""
        self.desk  # noqa: B018  Names the database in use.
        return self.keys_of(self.used)

    def keys_of(self, database: str) -> KeyFile:
        """Return the file of session keys for a database at the place in use."""
        location = server_url() or self.data
        place = importlib.import_module("traboule.app.start").display_name(location)
        return KeyFile(configuration_folder(), place, database)

    def perform(self, verb: str, states: frozenset[str] = frozenset(), /, **arguments: Any) -> Any:
        """Perform ``verb`` now as who is signed in, for ``states`` where it is for some."""
        with self.progress() as show:
            self.begin(show)
            result = self.door().perform(self._wish(verb, states), progress=show, **arguments)
        self._say_what_is_open()
        return result

    def _say_what_is_open(self) -> None:
        """Say once where this machine's kernel does not let the process that opens files be confined."""
        reachable = self.desk.open_to_readers()
        if reachable and not self._said_open and not self.as_json:
            self._said_open = True
            places = self.say("list-separator").join(self.say(f"reader-open-{place}") for place in reachable)
            self.note("reader-open", places=places)

    def require(self, verb: str) -> None:
        """Raise Refused unless who is signed in may perform ``verb``."""
        self.door().actor(self._wish(verb))

    def may(self, verb: str) -> bool:
        """Tell whether who is signed in may perform ``verb``."""
        try:
            self.require(verb)
        except Refused as refusal:
            if refusal.code != "role-lacking":
                raise
            return False
        return True

    def door(self) -> SignedIn:
        """Return the desk as who is signed in may use it; in a demo, as the account that was chosen.

        Raises Refused where nobody is signed in.
        """
        if self._door is None:
            desk, now = self.desk, datetime.now(UTC)
            if self.acting_as or self.acting_role:
                entered = desk.act_in_demo(self.acting_as, self.acting_role, at=now, client=TERMINAL)
                if not self.as_json:
                    self.note("acting-as", name=entered.name, login=entered.account)
                self._door = desk.signed_in(entered.token)
            else:
                key = self.keys.current()
                if key is None:
                    raise Refused("sign-in-needed")
                self._door = desk.signed_in(key.token)
        return self._door

    def take_a_seat(self) -> str:
        """Make the account of whoever sits here where the database has none yet; return its login, else nothing."""
        if self.acting_as or self.acting_role or self._is_signed_in():
            return ""
        try:
            entered = self.desk.sit_down(user_name(), at=datetime.now(UTC))
        except Refused:  # There are accounts; the verb that follows says that nobody is signed in.
            return ""
        self.keys.put(StoredKey(entered.account, entered.token))
        return entered.account

    def _is_signed_in(self) -> bool:
        """Tell whether a key is here that still opens: one of a database that was deleted does not."""
        key = self.keys.current()
        try:
            return key is not None and self.desk.signed_in(key.token).show(at=datetime.now(UTC)) is not None
        except Refused:
            return False

    def perform_by(self, login: str, verb: str, /, **arguments: Any) -> Any:
        """Perform ``verb`` as another person, who signs in for it at this machine; in a demo without a password."""
        try:
            entered = self.desk.act_in_demo(login, "", at=datetime.now(UTC), client=TERMINAL)
        except Refused as refusal:
            if refusal.code != "as-outside-demo":
                raise
            entered = sign_in(self.desk, login.strip().lower(), self.say)
        door = self.desk.signed_in(entered.token)
        try:
            return door.perform(self._wish(verb), **arguments)
        finally:
            door.end(at=datetime.now(UTC))

    def change_password(self, old: str, new: str) -> None:
        """Change the password of who is signed in."""
        self.door().change_password(old, new, at=datetime.now(UTC))

    def role(self, entry: dict[str, Any]) -> str:
        """Return a role with its unit in words."""
        name = self.say(f"role-{entry['role']}")
        return self.say("role-of-unit", role=name, unit=entry["unit"]) if entry["unit"] else name

    def _wish(self, verb: str, states: frozenset[str] = frozenset()) -> Wish:
        role = Role(self.acting_role) if self.acting_role else None
        return Wish(verb, datetime.now(UTC), states, role)

    def say(self, code: str, **values: object) -> str:
        """Return an entry of the command line's catalogue in the session's language."""
        return say(code, self.language, **values)

    def note(self, code: str, **values: object) -> None:
        """Say a sentence beside the results: between words on a terminal, on one line for whoever reads it later."""
        self.notes.print(self.say(code, **values), soft_wrap=not self.notes.is_terminal)

    def number(self, value: float) -> str:
        """Return a number as the session's language writes it."""
        return number(value, self.language)

    def give(self, plain: dict[str, Any], show: Callable[[], None]) -> None:
        """Give a result: as JSON for programs, else shown for people."""
        if self.as_json:
            sys.stdout.write(plain_json(plain) + "\n")
            sys.stdout.flush()
        else:
            show()

    def write(self, path: Path, content: bytes) -> None:
        """Write a file whole or not at all, for its writer alone. Raises OSError with the path in it."""
        write_whole(path, content)

    def place(self) -> str:
        """Return where the database is: the server's address without its password, else the folder."""
        return self.desk.place

    def teller(self) -> StoryPrinter:
        """Return who tells the demo's story; it keeps quiet where a program listens."""
        return StoryPrinter(self.out, self.language, quiet=self.as_json)

    def progress(self) -> ProgressLine:
        """Return the line that shows how far long work is, drawn only where a person is watching."""
        watched = self.errors.is_terminal and not self.as_json
        return ProgressLine(self.notes, lambda step: self.say(f"step-{step}"), watched=watched)


def user_name() -> str:
    """Return the name of the user of this machine, or the number where there is no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def server_url() -> str | None:
    """Return the address of a server that others run, as the environment names it; None for the database of ours."""
    return os.environ.get("TRABOULE_DATABASE_URL", "").strip() or None


def keys_folder(data: Path) -> Path:
    """Return the folder with the keys of a server that others run: the environment names it, else it is in ``data``."""
    named = os.environ.get("TRABOULE_KEYS", "").strip()
    return Path(named) if named else data / "keys"


def ledger_key_file() -> Path | None:
    """Return the file of the ledger's key as the environment names it; None for the one in the data folder."""
    named = os.environ.get("TRABOULE_LEDGER_KEY", "").strip()
    return Path(named) if named else None


def provider_file() -> Path | None:
    """Return the file that configures an OpenID provider as the environment names it; None without a provider."""
    named = os.environ.get("TRABOULE_SIGN_IN_PROVIDER", "").strip()
    return Path(named) if named else None


def with_session(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that all have, and its session as first argument."""

    @wraps(command)
    def called(*args: Any, language: str | None, as_json: bool, data: Path | None, **options: Any) -> Any:
        # What stands before the command serves where the command itself says nothing.
        call = click.get_current_context().find_root().obj or {}
        database, *acting = (options.pop(name) or call.get(name) for name in ("database", "acting_as", "acting_role"))
        session = Session(
            call.get("language") or spoken_language(language),
            as_json or call.get("as_json", False),
            data or call.get("data", DEFAULT_DATA),
            database,
        )
        session.acting_as, session.acting_role = (value or "" for value in acting)
        try:
            return command(session, *args, **options)
        finally:
            if session._desk is not None:
                session._desk.stop()

    for names, settings in reversed(COMMON_OPTIONS):
        called = click.option(*names, cls=SpokenOption, **settings)(called)
    return called
