"""The command that lists who was shown a unit's own records."""

from __future__ import annotations

import click
from rich.table import Table

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption, moment


@click.command(cls=SpokenCommand)
@click.option("--record", cls=SpokenOption, help="reads-record")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit")
@with_session
def reads(session: Session, record: str | None, limit: int) -> None:
    """List who was shown the unit's own records."""
    plain = session.perform("reads.mine", record=record, limit=limit).to_json()

    def show_result() -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("moment", "who", "command", "record"):
            table.add_column(session.say(f"column-{name}"), overflow="fold")
        for read in plain["reads"]:
            who = f"{read['actor']} ({session.say('role-' + read['role'])})"
            table.add_row(moment(read["at"]), who, read["verb"], read["record"])
        if plain["reads"]:
            session.out.print(table)
        session.out.print(session.say("reads-total", shown=len(plain["reads"]), count=plain["total"]))

    session.give(plain, show_result)
