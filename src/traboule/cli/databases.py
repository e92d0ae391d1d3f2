"""Commands about the database: status, stop."""

from __future__ import annotations

import importlib

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup
from traboule.core.permissions import Role

PLACES = {"status": f"{__name__}:status", "stop": f"{__name__}:stop"}


@click.group(cls=SpokenGroup, places=PLACES)
def database() -> None:
    """Group; its help stands in the catalogue."""


@click.command(cls=SpokenCommand)
@with_session
def status(session: Session) -> None:
    """Say how the database stands."""
    found = session.perform("database.status", Role.ADMINISTRATOR)
    plain = {**found.to_json(), "data": session.place()}
    shown = {**plain, "unwalled": len(plain["unwalled"])}
    session.give(plain, lambda: session.out.print(session.say("database-status", **shown)))


@click.command(cls=SpokenCommand)
@with_session
def stop(session: Session) -> None:
    """Stop the embedded database, whoever uses it."""
    stopped = importlib.import_module("traboule.app.start").stop(session.data)
    code = "database-stopped" if stopped else "database-not-running"
    session.give({"stopped": stopped}, lambda: session.out.print(session.say(code)))
