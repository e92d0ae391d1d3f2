"""Commands about operations: open, show; stop an identifier, undo that, list what is stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.columns import Columns

from traboule.app.desk import DATABASE
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.core.permissions import Role

PLACES = {"open": f"{__name__}:open_", **{name: f"{__name__}:{name}" for name in ("show", "stop", "unstop", "stopped")}}


@click.group(cls=SpokenGroup, places=PLACES)
def operation() -> None:
    """Group; its help stands in the catalogue."""


@click.command(cls=SpokenCommand, name="open")
@click.argument("source")
@with_session
def open_(session: Session, source: str) -> None:
    """Open an operation, in a database made for it where none is there: without a name in the desk's own, which is then
    the current one."""
    own = session.database is None
    session.database, session.creates = session.database or DATABASE, True
    path = Path(source)
    said = path.read_text(encoding="utf-8-sig", errors="replace") if path.is_file() else None
    found = session.perform("operation.open", Role.ADMINISTRATOR, source=source, text=said)
    if own:
        session.current.remember(DATABASE)
    lacking = found.press.missing(found.policy.languages)
    plain = {**found.to_json(), "lacking": [{"key": key, "languages": list(languages)} for key, languages in lacking]}

    def tell() -> None:
        session.out.print(session.say("operation-opened", title=found.title(session.language), count=len(found.states)))
        if lacking:
            session.out.print(session.say("operation-press-missing"))
            for key, languages in lacking:
                session.out.print(f"  {key} ({', '.join(languages)})" if languages else f"  {key}")

    session.give(plain, tell)


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


@click.command(cls=SpokenCommand)
@click.argument("kind")
@click.argument("value")
@click.option("--reason", required=True, cls=SpokenOption, help="stop-reason")
@click.option("--state", type=STATE, cls=SpokenOption, help="stop-state")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def stop(session: Session, kind: str, value: str, **told: Any) -> None:
    """Let an identifier link nothing."""
    signed = session.perform("stop.add", Role.DESK, kind=kind, value=value, language=session.language, **told)
    session.give(signed.to_json(), lambda: _tell_stop(session, signed.to_json()))


@click.command(cls=SpokenCommand)
@click.argument("number", type=int)
@click.option("--reason", required=True, cls=SpokenOption, help="stop-reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def unstop(session: Session, number: int, reason: str, operation: str | None) -> None:
    """Undo an entry."""
    told = {"number": number, "reason": reason, "operation": operation, "language": session.language}
    plain = session.perform("stop.undo", Role.DESK, **told).to_json()
    session.give(plain, lambda: _tell_stop(session, plain))


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def stopped(session: Session, operation: str | None) -> None:
    """List what is stopped."""
    plain = session.perform("stop.list", Role.DESK, operation=operation, language=session.language).to_json()

    def tell() -> None:
        standing = [one for one in plain["entries"] if not one["undone_at"]]
        session.out.print(session.say("stop-count", count=plain["in_file"], added=len(standing)))
        for one in plain["entries"]:
            _tell_stop(session, one)

    session.give(plain, tell)


def _tell_stop(session: Session, one: dict[str, Any]) -> None:
    session.out.print(session.say("stop-signed", **{**one, "at": moment(one["at"])}))
    if one["undone_at"]:
        session.out.print(session.say("stop-undone", **{**one, "undone_at": moment(one["undone_at"])}))
    if one["waits"]:
        session.out.print(session.say("stop-waits"))
