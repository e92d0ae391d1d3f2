"""The desk in use: a started database, and verbs performed on it.

In: where the database is. Out: :meth:`Desk.signed_in` for whoever sits outside, :meth:`Desk.perform` for callers in
this process that are no person. Guaranteed: everything is read and written through :mod:`traboule.app.dispatch`;
leaving the desk stops what it started.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from traboule.app import dispatch
from traboule.app.dispatch import LEDGER_KEY, SIGN_IN, Call, Progress, Wish, silent
from traboule.app.verbs import VERBS
from traboule.core.errors import Refused, Unready
from traboule.core.permissions import Actor, Role
from traboule.returns.reading import child

if TYPE_CHECKING:
    from traboule.app.start import Started

DATABASE = "traboule"
TERMINAL = "terminal"  # What the list of sessions calls the command line.
ANYBODY = Actor("anybody", Role.PRESS)


@dataclass(frozen=True, slots=True)
class CodeWanted:
    """A provider vouched for an account that has one-time codes: ``ticket`` goes on once a code is typed."""

    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """Who has just signed in: the token of the session, the account and the person's name."""

    token: str = field(repr=False)
    account: str
    name: str


class Desk:
    """The desk over one database, or over none for verbs that need none."""

    def __init__(self, started: Started | None, ledger_key: Path | None = None) -> None:
        self._started = started
        self._ledger_key = ledger_key
        self._moment: Callable[[datetime], datetime] | None = None

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
        """Perform ``verb`` as ``by`` at instant ``at`` and return its result: see :mod:`traboule.app.dispatch`.

        The inner door: it believes who ``by`` is. What a person asks for comes through :meth:`signed_in`.
        """
        if self._moment is not None and verb in VERBS and not VERBS[verb].credentials:
            at = self._moment(at)
        return dispatch.perform(verb, Call(by, at, progress, key_file=self._ledger_key), arguments, self._started)

    def keep_time(self, moment: Callable[[datetime], datetime]) -> None:
        """Perform from now on at what ``moment`` makes of the instant: a demo that is replayed has the story's clock.
        Accounts and sessions keep that of the machine."""
        self._moment = moment

    def perform_for_anybody(self, verb: str, /, *, at: datetime, **arguments: Any) -> Any:
        """Perform a verb that needs no database, for which nobody signs in. Raises Refused for any other."""
        if verb not in VERBS or VERBS[verb].stored:
            raise Refused("sign-in-needed")
        return self.perform(verb, by=ANYBODY, at=at, **arguments)

    def signed_in(self, token: str) -> SignedIn:
        """Return the desk as whoever holds ``token`` may use it. The token is checked at each verb, not here."""
        return SignedIn(self, token)

    def sign_in(
        self, login: str, password: str, *, at: datetime, code: str = "", new_password: str = "", client: str = ""
    ) -> Entered:
        """Sign in, from a kind of program as codes.

        Raises Refused: ``sign-in-refused`` for whatever is wrong, ``sign-in-wait`` after many failures,
        ``sign-in-code-needed`` and ``sign-in-new-password`` where the password is right and more is needed. An
        account that has a passkey is refused whatever is typed, where this is no terminal.
        """
        typed = {"login": login, "password": password, "code": code, "new_password": new_password, "client": client}
        return self._let_in("session.begin", at, {**typed, "at_machine": client == TERMINAL})

    def ask_for_passkey(self, site: str, origin: str, *, at: datetime) -> dict[str, Any]:
        """Return what a browser at ``origin`` is asked for to sign in by a passkey."""
        asked = self.perform("session.challenge", by=SIGN_IN, at=at, site=site, origin=origin)
        options: dict[str, Any] = asked.options
        return options

    def sign_in_by_passkey(self, site: str, origin: str, answer: str, *, at: datetime, client: str = "") -> Entered:
        """Sign in by what a browser answered. Raises Refused."""
        told = {"site": site, "origin": origin, "answer": answer, "client": client}
        return self._let_in("session.passkey", at, told)

    def begin_with_provider(self, issuer: str, browser: str, *, at: datetime) -> Any:
        """Return what the browser that holds the secret ``browser`` is sent to a provider with."""
        return self.perform("session.provider-begin", by=SIGN_IN, at=at, issuer=issuer, browser=browser).begun

    def resume_with_provider(self, issuer: str, browser: str, state: str, *, at: datetime) -> Any:
        """Return the sign-in that ``state`` began in this browser. Raises Refused for any other."""
        told: dict[str, Any] = {"issuer": issuer, "browser": browser, "state": state}
        return self.perform("session.provider-resume", by=SIGN_IN, at=at, **told).begun

    def sign_in_by_provider(
        self, party: dict[str, Any], answer: dict[str, Any], *, at: datetime, client: str = ""
    ) -> Entered | CodeWanted:
        """Sign in whom a provider vouches for. Raises Refused."""
        told: dict[str, Any] = {"party": party, "answer": answer, "client": client}
        attempt = self.perform("session.provider", by=SIGN_IN, at=at, **told)
        return CodeWanted(attempt.ticket) if attempt.ticket else _entered(attempt)

    def sign_in_by_provider_code(
        self, ticket: str, browser: str, code: str, *, at: datetime, client: str = ""
    ) -> Entered:
        """Sign in by the one-time code of an account that a provider has vouched for. Raises Refused."""
        told = {"ticket": ticket, "browser": browser, "code": code, "client": client}
        return self._let_in("session.provider-code", at, told)

    def sit_down(self, user: str, *, at: datetime) -> Entered:
        """Sign in who made this database, as ``user`` of this machine; the account is made where there is none yet.

        Raises Refused where there are accounts and this is not the first, or it has a password.
        """
        embedded = self._started is not None and self._started.home is not None
        return self._let_in("session.seat", at, {"user": user, "embedded": embedded, "client": TERMINAL})

    def act_in_demo(self, login: str, role: str, *, at: datetime, client: str = "") -> Entered:
        """Sign in as an account of a demo, by login or by role. Raises Refused outside a demo's database."""
        return self._let_in("session.demo", at, {"login": login, "role": role, "client": client})

    def demo_accounts(self, *, at: datetime) -> list[dict[str, Any]]:
        """Return the accounts in which anybody may act in a demo; none in any other database."""
        accounts: list[dict[str, Any]] = self.perform("session.accounts", by=SIGN_IN, at=at).to_json()["accounts"]
        return accounts

    def published(self, *, at: datetime, number: int | None = None, operation: str | None = None) -> Any:
        """Return the releases that anybody may read, or one of them with its fact sheet."""
        return self.perform("release.published", by=SIGN_IN, at=at, number=number, operation=operation)

    def erase_again(self, user: str, *, at: datetime) -> int:
        """Erase whom a backup brought back that ``user`` of this machine has just restored; return how many."""
        by = Actor(user, Role.ADMINISTRATOR)
        erased: int = self.perform("retention.replay", by=by, at=at).erased
        return erased

    def open_to_readers(self) -> tuple[str, ...]:
        """Return what the process that opens files could reach here, as codes; mostly nothing.

        Known once a file was read. The kernel of this machine then lacks what confines that process elsewhere.
        """
        return child.open_to_children()

    def follow(self, heard: Callable[[str], None]) -> Callable[[], None]:
        """Call ``heard`` in a thread with a word for each kind of thing that changes in the database, whoever changes
        it, and with none where some may have been missed; return what ends it. Raises Unready without a database."""
        if self._started is None:
            raise Unready("database-not-started", verb="")
        ended: Callable[[], None] = importlib.import_module("traboule.database.notices.follow").follow(
            self._started.app, heard
        )
        return ended

    def take_turn(self) -> Any:
        """Return the turn of the one process that links and counts as returns arrive; None while another has it. It
        ends with :meth:`traboule.database.notices.turn.Turn.leave`. Raises Unready without a database."""
        if self._started is None:
            raise Unready("database-not-started", verb="")
        return importlib.import_module("traboule.database.notices.turn").take_turn(self._started.app)

    def keep(self, now: Callable[[], datetime], report: Callable[[str], None], ended: threading.Event) -> None:
        """Link and count returns as they arrive, until ``ended`` is set: see :mod:`traboule.app.live.keeper`."""
        importlib.import_module("traboule.app.live.keeper").Keeper(self, now, report, ended).run()

    def stop(self) -> None:
        """Leave the database. A second call does nothing."""
        if self._started is not None:
            self._started.stop()
            self._started = None

    def _actor(self, token: str, wish: Wish) -> Actor:
        return dispatch.authenticated(token, wish, self._started)

    def _let_in(self, verb: str, at: datetime, typed: dict[str, Any]) -> Entered:
        return _entered(self.perform(verb, by=SIGN_IN, at=at, **typed))


def _entered(attempt: Any) -> Entered:
    if attempt.refusal is not None:  # Raised only now, so that the failure is counted.
        raise attempt.refusal
    return Entered(attempt.token, attempt.actor.account, attempt.actor.name)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The desk for one session: each verb is performed by whom the session belongs to then, or refused."""

    desk: Desk
    token: str = field(repr=False)

    def perform(self, wish: Wish, /, *, progress: Progress = silent, **arguments: Any) -> Any:
        """Perform the verb of ``wish`` in the least role of the account that suffices, and return its result."""
        by = self.desk._actor(self.token, wish)
        return self.desk.perform(wish.verb, by=by, at=wish.at, progress=progress, **arguments)

    def actor(self, wish: Wish) -> Actor:
        """Return who would perform the verb of ``wish``. Raises Refused where nobody may."""
        return self.desk._actor(self.token, wish)

    def show(self, *, at: datetime) -> Any:
        """Return the account. Raises Refused where the session has ended."""
        return self.perform(Wish("account.show", at))

    def end(self, *, at: datetime) -> Any:
        """Sign out."""
        return self.perform(Wish("session.end", at), token=self.token)

    def change_password(self, old: str, new: str, *, at: datetime) -> None:
        """Replace the account's password; its other sessions end. Raises Refused for a wrong or a weak one."""
        attempt = self.perform(Wish("account.password", at), old=old, new=new, token=self.token)
        if attempt.refusal is not None:
            raise attempt.refusal
