"""The command that checks other people's texts."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from traboule.app.desk import Desk
from traboule.cli.session import Session, user_name, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.core.permissions import Actor, Role


@click.command(cls=SpokenCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--text-language", cls=SpokenOption, help="text-language")
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), cls=SpokenOption, help="against"
)
@click.option("--html", type=click.Path(path_type=Path), cls=SpokenOption, help="html")
@with_session
def check(session: Session, file: Path, text_language: str | None, against: Path | None, html: Path | None) -> None:
    """Check a text: no database, no network."""
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    by = Actor(user_name(), Role.PRESS)
    checked = Desk.plain().perform(
        "text.check",
        by=by,
        at=datetime.now(UTC),
        content=content,
        name=file.name,
        text_language=text_language,
        language=session.language,
        against=None if against is None else against.read_bytes(),
    )
    if html is not None:
        session.write(html, checked.page())
    session.give(checked.to_json(), lambda: session.out.print(checked.shown()))
