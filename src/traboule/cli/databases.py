"""Commands about the database: status, lint, list, migrate, drop, stop."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table

from traboule.app.desk import DATABASE
from traboule.cli.session import Session, keys_folder, server_url, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption
from traboule.core.errors import Refused, Unready

PLACES = {
    "status": f"{__name__}:status",
    "lint": f"{__name__}:lint",
    "migrate": f"{__name__}:migrate",
    "list": f"{__name__}:list_",
    "drop": f"{__name__}:drop",
    "stop": f"{__name__}:stop",
}
MEBIBYTE = 1024 * 1024


@click.group(cls=SpokenGroup, places=PLACES)
def database() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@with_session
def status(session: Session) -> None:
    """Show the state of the database."""
    result = session.perform("database.status")
    plain = {**result.to_json(), "data": session.place()}
    values = {**plain, "unwalled": len(plain["unwalled"])}
    session.give(plain, lambda: session.out.print(session.say("database-status", **values), soft_wrap=True))


@click.command(cls=SpokenCommand)
@with_session
def lint(session: Session) -> int:
    """Name every hole in the walls; the exit status is 1 where there is any."""
    holes = session.perform("database.status").unwalled

    def show_result() -> None:
        session.out.print(session.say("lint-holes", count=len(holes)) if holes else session.say("lint-clean"))
        for hole in holes:
            session.out.print(f"  {hole}", soft_wrap=True)

    session.give({"holes": list(holes)}, show_result)
    return 1 if holes else 0


@click.command(cls=SpokenCommand)
@with_session
def migrate(session: Session) -> None:
    """Make a database, or bring it up to date."""
    name = session.database or DATABASE
    made = importlib.import_module("traboule.app.start").migrate(administered_location(session), name)
    code = "database-made" if made else "database-migrated"
    session.give({"database": name, "made": made}, lambda: session.out.print(session.say(code, name=name)))


@click.command(cls=SpokenCommand, name="list")
@with_session
def list_(session: Session) -> None:
    """List the databases at the place in hand."""
    start = importlib.import_module("traboule.app.start")
    stored = start.stored(location_of(session))
    plain: dict[str, Any] = {
        "data": start.display_name(location_of(session)),
        "databases": [asdict(entry) for entry in stored],
    }

    def show_result() -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        table.add_column(session.say("column-database"), no_wrap=True, overflow="ignore")
        table.add_column(session.say("column-size"), justify="right")
        table.add_column(session.say("column-connections"), justify="right")
        for entry in stored:
            size = round(entry.size / MEBIBYTE, 1)
            table.add_row(entry.name, session.say("mebibytes", size=size), session.number(entry.connections))
        session.out.print(plain["data"], soft_wrap=True)
        session.out.print(table)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("name")
@click.option("--yes", "confirmed", is_flag=True, cls=SpokenOption, help="yes")
@with_session
def drop(session: Session, name: str, *, confirmed: bool) -> None:
    """Delete a database, after asking."""
    if not confirmed and sys.stdin.isatty() and not session.as_json:
        confirmed = click.confirm(session.say("drop-ask", name=name), err=True)
    if not confirmed:
        raise Refused("database-drop-unconfirmed", database=name)
    importlib.import_module("traboule.app.start").drop(administered_location(session), name)
    session.current.forget(name)
    session.keys_of(name).delete()
    session.give({"dropped": name}, lambda: session.out.print(session.say("dropped", name=name)))


@click.command(cls=SpokenCommand)
@with_session
def stop(session: Session) -> None:
    """Stop the embedded database, even in use; a server by URL is left alone."""
    start = importlib.import_module("traboule.app.start")
    stopped = start.stop(location_of(session))
    code = "database-stopped" if stopped else "database-not-ours" if server_url() else "database-not-running"
    place = start.display_name(location_of(session))
    session.give({"stopped": stopped}, lambda: session.out.print(session.say(code, place=place), soft_wrap=True))


def location_of(session: Session) -> Any:
    """Return the folder, or the server as the application reaches it."""
    url = server_url()
    return _server(session, url) if url else session.data


def administered_location(session: Session) -> Any:
    """Return the folder, or the server as its administrator reaches it."""
    url = os.environ.get("TRABOULE_ADMINISTRATOR_URL", "").strip()
    if url:
        return _server(session, url)
    if server_url():
        raise Unready("database-administrator-absent")
    return session.data


def _server(session: Session, url: str) -> Any:
    return importlib.import_module("traboule.app.start").Server(url, keys_folder(session.data))
