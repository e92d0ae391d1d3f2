"""Commands about operations: open, show."""

from __future__ import annotations

import click
from rich.columns import Columns

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption
from traboule.core.permissions import Role

PLACES = {"open": f"{__name__}:open_", "show": f"{__name__}:show"}


@click.group(cls=SpokenGroup, places=PLACES)
def operation() -> None:
    """Group; its help stands in the catalogue."""


@click.command(cls=SpokenCommand, name="open")
@click.argument("source")
@with_session
def open_(session: Session, source: str) -> None:
    """Open an operation."""
    found = session.perform("operation.open", Role.ADMINISTRATOR, source=source)
    session.give(
        found.to_json(),
        lambda: session.out.print(
            session.say("operation-opened", title=found.title(session.language), count=len(found.states))
        ),
    )


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def show(session: Session, operation: str | None) -> None:
    """Show an operation."""
    found = session.perform("operation.show", Role.DESK, operation=operation)

    def tell() -> None:
        title = found.operation.title(session.language)
        start, end = found.operation.start.isoformat(), found.operation.end.isoformat()
        session.out.print(f"{title}  {start} – {end}", style="bold")
        silent = [state for state, status in found.states.items() if status == "silent"]
        session.out.print(
            session.say("operation-participation", filed=len(found.states) - len(silent), count=len(found.states))
        )
        if silent:
            session.out.print(session.say("operation-silent"))
            session.out.print(Columns(silent, padding=(0, 2)))

    session.give(found.to_json(), tell)
