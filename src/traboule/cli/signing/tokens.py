"""Commands about tokens of programs: make, list, end."""

from __future__ import annotations

import click
from rich.table import Table

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption, moment

PLACES = {"make": f"{__name__}:make", "list": f"{__name__}:list_", "end": f"{__name__}:end"}


@click.group(cls=SpokenGroup, places=PLACES)
def token() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@click.argument("name")
@click.option("--days", type=int, default=90, show_default=True, cls=SpokenOption, help="token-days")
@with_session
def make(session: Session, name: str, *, days: int) -> None:
    """Make a token and show it once."""
    made = session.perform("token.make", name=name, days=days)
    plain = {**made.to_json(), "token": made.token}

    def show_result() -> None:
        values = {"name": made.name, "until": moment(plain["expires_at"]), "token": made.token}
        session.out.print(session.say("token-made", **values), soft_wrap=True)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand, name="list")
@with_session
def list_(session: Session) -> None:
    """List the tokens in force."""
    plain = session.perform("token.list").to_json()

    def show_result() -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("column-token", "column-until"):
            table.add_column(session.say(name))
        for entry in plain["tokens"]:
            table.add_row(entry["name"], moment(entry["expires_at"]))
        session.out.print(table)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("name")
@with_session
def end(session: Session, name: str) -> None:
    """End a token."""
    plain = session.perform("token.end", name=name).to_json()
    session.give(plain, lambda: session.out.print(session.say("token-ended", **plain)))
