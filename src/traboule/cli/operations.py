"""Commands about operations: open, show; stop an identifier, undo that, list what is stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.columns import Columns

from traboule.app.desk import DATABASE
from traboule.app.operation_files import text_to_open
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.cli.terminal.regular_files import read_regular

PLACES = {"open": f"{__name__}:open_", **{name: f"{__name__}:{name}" for name in ("show", "stop", "unstop", "stopped")}}


@click.group(cls=SpokenGroup, places=PLACES)
def operation() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand, name="open")
@click.argument("source")
@with_session
def open_(session: Session, source: str) -> None:
    """Open an operation, in a database made for it where none is there: without a name in the desk's own, which is then
    the current one."""
    own = session.database is None
    session.database, session.creates = session.database or DATABASE, True
    path = Path(source)
    text = read_regular(path).decode("utf-8-sig", errors="replace") if path.is_file() else None
    text_to_open(source, text)
    arrived = session.take_a_seat()
    opened = session.perform("operation.open", source=source, text=text)
    if own:
        session.current.remember(DATABASE)
    lacking = opened.press.missing(opened.policy.languages)
    plain = {
        **opened.to_json(),
        "account": arrived,
        "lacking": [{"key": key, "languages": list(languages)} for key, languages in lacking],
    }

    def show_result() -> None:
        if arrived:
            session.out.print(session.say("account-made", login=arrived))
        session.out.print(
            session.say("operation-opened", title=opened.title(session.language), count=len(opened.states))
        )
        if lacking:
            session.out.print(session.say("operation-press-missing"))
            for key, languages in lacking:
                session.out.print(f"  {key} ({', '.join(languages)})" if languages else f"  {key}")

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def show(session: Session, operation: str | None) -> None:
    """Show an operation."""
    participation = session.perform("operation.show", operation=operation)

    def show_result() -> None:
        title = participation.operation.title(session.language)
        start, end = participation.operation.start.isoformat(), participation.operation.end.isoformat()
        session.out.print(f"{title}  {start} – {end}", style="bold")
        silent = [state for state, status in participation.states.items() if status == "silent"]
        session.out.print(
            session.say(
                "operation-participation",
                filed=len(participation.states) - len(silent),
                count=len(participation.states),
            )
        )
        if silent:
            session.out.print(session.say("operation-silent"))
            session.out.print(Columns(silent, padding=(0, 2)))

    session.give(participation.to_json(), show_result)


@click.command(cls=SpokenCommand)
@click.argument("kind")
@click.argument("value")
@click.option("--reason", required=True, cls=SpokenOption, help="stop-reason")
@click.option("--state", type=STATE, cls=SpokenOption, help="stop-state")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def stop(session: Session, kind: str, value: str, **options: Any) -> None:
    """Let an identifier link nothing."""
    signed = session.perform("stop.add", kind=kind, value=value, language=session.language, **options)
    session.give(signed.to_json(), lambda: _show_stop(session, signed.to_json()))


@click.command(cls=SpokenCommand)
@click.argument("number", type=int)
@click.option("--reason", required=True, cls=SpokenOption, help="stop-reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def unstop(session: Session, number: int, reason: str, operation: str | None) -> None:
    """Undo an entry."""
    arguments = {"number": number, "reason": reason, "operation": operation, "language": session.language}
    plain = session.perform("stop.undo", **arguments).to_json()
    session.give(plain, lambda: _show_stop(session, plain))


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def stopped(session: Session, operation: str | None) -> None:
    """List what is stopped."""
    plain = session.perform("stop.list", operation=operation, language=session.language).to_json()

    def show_result() -> None:
        in_force = [entry for entry in plain["entries"] if not entry["undone_at"]]
        session.out.print(session.say("stop-count", count=plain["in_file"], added=len(in_force)))
        for entry in plain["entries"]:
            _show_stop(session, entry)

    session.give(plain, show_result)


def _show_stop(session: Session, entry: dict[str, Any]) -> None:
    session.out.print(session.say("stop-signed", **{**entry, "at": moment(entry["at"])}))
    if entry["undone_at"]:
        session.out.print(session.say("stop-undone", **{**entry, "undone_at": moment(entry["undone_at"])}))
    if entry["waits"]:
        session.out.print(session.say("stop-waits"))
