"""The command that checks other people's texts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from traboule.app.desk import Desk
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.cli.terminal.regular_files import read_regular

# More than any document may have, so that what is larger is refused without being read to its end.
_MOST_READ = 16 << 20


@click.command(cls=SpokenCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--text-language", cls=SpokenOption, help="text-language")
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False, path_type=Path), cls=SpokenOption, help="against"
)
@click.option("--html", type=click.Path(path_type=Path), cls=SpokenOption, help="html")
@click.option("--all", "everything", is_flag=True, cls=SpokenOption, help="all")
@with_session
def check(
    session: Session,
    file: Path,
    text_language: str | None,
    against: Path | None,
    html: Path | None,
    everything: bool,
) -> None:
    """Check a text: no database, no network."""
    with click.open_file(str(file), "rb") as stream:
        content = stream.read(_MOST_READ)
    checked = Desk.plain().perform_for_anybody(
        "text.check",
        at=datetime.now(UTC),
        content=content,
        name=file.name,
        text_language=text_language,
        language=session.language,
        against=None if against is None else read_regular(against),
    )
    if html is not None:
        session.write(html, checked.page())
    session.give(checked.to_json(), lambda: session.out.print(checked.render(session.out.width, everything=everything)))
