"""Commands about the identities of OpenID providers that sign in accounts: people bind, unbind, identities."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption, moment

issuer_option = click.option("--issuer", required=True, metavar="URL", cls=SpokenOption, help="issuer")


@click.command(cls=SpokenCommand)
@click.argument("login")
@click.argument("subject")
@issuer_option
@with_session
def bind(session: Session, login: str, subject: str, *, issuer: str) -> None:
    """Let an identity at a provider sign in an account."""
    plain = session.perform("people.bind", login=login, issuer=issuer, subject=subject).to_json()
    session.give(plain, lambda: session.out.print(session.say("identity-bound", **plain), soft_wrap=True))


@click.command(cls=SpokenCommand)
@click.argument("subject")
@issuer_option
@with_session
def unbind(session: Session, subject: str, *, issuer: str) -> None:
    """Let an identity sign in nobody from now on."""
    plain = session.perform("people.unbind", issuer=issuer, subject=subject).to_json()
    session.give(plain, lambda: session.out.print(session.say("identity-unbound", **plain), soft_wrap=True))


@click.command(cls=SpokenCommand)
@with_session
def identities(session: Session) -> None:
    """List the identities that sign in accounts."""
    plain: dict[str, Any] = session.perform("people.identities").to_json()

    def show_result() -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("column-login", "column-subject", "column-issuer", "column-since"):
            table.add_column(session.say(name))
        for entry in plain["identities"]:
            table.add_row(entry["login"], entry["subject"], entry["issuer"], moment(entry["bound_at"]))
        session.out.print(table)

    session.give(plain, show_result)
