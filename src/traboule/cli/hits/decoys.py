"""Commands about decoys: plant one, list them, withdraw one."""

from __future__ import annotations

from typing import Any

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, moment

PLACES = {"plant": f"{__name__}:plant", "list": f"{__name__}:list_", "withdraw": f"{__name__}:withdraw"}

operation_option = click.option("--operation", cls=SpokenOption, help="operation")
reason_option = click.option("--reason", required=True, cls=SpokenOption, help="decoy-reason")


@click.group(cls=SpokenGroup, places=PLACES)
def decoy() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@click.argument("kind")
@click.argument("value")
@reason_option
@click.option("--state", type=STATE, cls=SpokenOption, help="stop-state")
@operation_option
@with_session
def plant(session: Session, kind: str, value: str, **options: Any) -> None:
    """Plant an identifier of nobody."""
    plain = session.perform("decoy.plant", kind=kind, value=value, language=session.language, **options).to_json()
    session.give(plain, lambda: session.out.print(session.say("decoy-planted", **plain), soft_wrap=True))


@click.command(cls=SpokenCommand, name="list")
@operation_option
@with_session
def list_(session: Session, operation: str | None) -> None:
    """List decoys, never their values."""
    plain = session.perform("decoy.list", operation=operation, language=session.language).to_json()

    def show_result() -> None:
        for entry in plain["decoys"]:
            signed = session.say("decoy-entry", **{**entry, "at": moment(entry["at"])})
            session.out.print(signed, style="bold", soft_wrap=True)
            session.out.print(f"  {entry['reason']}", soft_wrap=True)
            if entry["withdrawn_at"]:
                words = {"by": entry["withdrawn_by"], "at": moment(entry["withdrawn_at"])}
                session.out.print("  " + session.say("decoy-ended", **words), soft_wrap=True)
                session.out.print(f"  {entry['withdrawn_reason']}", soft_wrap=True)
        if not plain["decoys"]:
            session.out.print(session.say("decoys-none"))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("number", type=int)
@reason_option
@operation_option
@with_session
def withdraw(session: Session, number: int, reason: str, operation: str | None) -> None:
    """Withdraw a decoy."""
    arguments = {"number": number, "reason": reason, "operation": operation, "language": session.language}
    plain = session.perform("decoy.withdraw", **arguments).to_json()
    session.give(plain, lambda: session.out.print(session.say("decoy-withdrawn", **plain), soft_wrap=True))
