"""Commands about oneself: login, logout, whoami."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from traboule.app.desk import Entered
from traboule.cli.session import Session, user_name, with_session
from traboule.cli.spoken import SpokenCommand
from traboule.cli.terminal.asking import sign_in, visible
from traboule.cli.terminal.session_keys import StoredKey
from traboule.core.errors import Refused


@click.command(cls=SpokenCommand)
@click.argument("name", required=False)
@with_session
def login(session: Session, name: str | None) -> None:
    """Sign in to the database in use; whoever made it needs no name."""
    entered = _held(session, name) if name else _seat(session)
    if entered is None:
        name = name or visible(session.say("ask-login"))
        entered = sign_in(session.desk, name.strip().lower(), session.say)
    session.keys.put(StoredKey(entered.account, entered.token))
    _show(session, session.perform("account.show").to_json())


@click.command(cls=SpokenCommand)
@with_session
def logout(session: Session) -> None:
    """Sign out, here and in the database."""
    key = session.keys.current()
    if key is None:
        raise Refused("sign-in-needed")
    try:
        session.desk.signed_in(key.token).end(at=datetime.now(UTC))
    except Refused as ended:
        if ended.code != "sign-in-needed":
            raise
    session.keys.remove(key.account)
    after = session.keys.current()
    plain = {"signed_out": key.account, "account": after.account if after else ""}

    def show_result() -> None:
        session.out.print(session.say("signed-out", login=key.account))
        if after:
            session.out.print(session.say("signed-in-before", login=after.account))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@with_session
def whoami(session: Session) -> None:
    """Show who is signed in."""
    _show(session, session.perform("account.show").to_json())


def _held(session: Session, name: str) -> Entered | None:
    """Return who is signed in here already under ``name``, so that another key on this machine need not be typed."""
    key = session.keys.of(name.strip().lower())
    if key is None:
        return None
    try:
        shown = session.desk.signed_in(key.token).show(at=datetime.now(UTC))
    except Refused:
        return None
    return Entered(key.token, key.account, shown.name)


def _seat(session: Session) -> Entered | None:
    try:
        return session.desk.sit_down(user_name(), at=datetime.now(UTC))
    except Refused:
        return None


def _show(session: Session, plain: dict[str, Any]) -> None:
    def show_result() -> None:
        session.out.print(session.say("signed-in", **plain))
        for entry in plain["roles"]:
            session.out.print(f"  {session.role(entry)}")

    session.give(plain, show_result)
