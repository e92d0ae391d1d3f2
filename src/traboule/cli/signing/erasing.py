"""Commands that erase persons: erasure propose, list, confirm, retention."""

from __future__ import annotations

from typing import Any

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption
from traboule.core.record_names import unit_of

PLACES = {
    "propose": f"{__name__}:propose",
    "list": f"{__name__}:list_",
    "confirm": f"{__name__}:confirm",
    "retention": f"{__name__}:retention",
}


@click.group(cls=SpokenGroup, places=PLACES)
def erasure() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@click.argument("record")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def propose(session: Session, record: str, operation: str | None) -> None:
    """Propose to erase a person of one's own state."""
    units = frozenset({unit_of(record)})
    plain = session.perform("erasure.propose", units, record=record, operation=operation).to_json()
    session.give(plain, lambda: session.out.print(session.say("erasure-proposed", **plain), soft_wrap=True))


@click.command(cls=SpokenCommand, name="list")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def list_(session: Session, operation: str | None) -> None:
    """List the proposals that wait."""
    plain = session.perform("erasure.list", operation=operation).to_json()

    def show_result() -> None:
        for proposal in plain["proposals"]:
            session.out.print(session.say("erasure-waits", **proposal), soft_wrap=True)
        if not plain["proposals"]:
            session.out.print(session.say("erasure-waits-none"))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("record")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def confirm(session: Session, record: str, operation: str | None) -> None:
    """Erase a person as another person proposed."""
    plain = session.perform("erasure.confirm", record=record, operation=operation).to_json()
    session.give(plain, lambda: session.out.print(session.say("erasure-done", **plain), soft_wrap=True))


@click.command(cls=SpokenCommand)
@click.option("--run", "runs", is_flag=True, cls=SpokenOption, help="retention-run")
@with_session
def retention(session: Session, *, runs: bool) -> None:
    """Show what is beyond its retention, or erase it."""
    plain: dict[str, Any] = session.perform("retention.run" if runs else "retention.show").to_json()
    code = "retention-erased" if runs else "retention-line"

    def show_result() -> None:
        for entry in plain["operations"]:
            session.out.print(session.say(code, **entry), soft_wrap=True)

    session.give(plain, show_result)
