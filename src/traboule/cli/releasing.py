"""Commands about releases: issue, show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption
from traboule.core.permissions import Role

PLACES = {"issue": f"{__name__}:issue", "show": f"{__name__}:show"}


@click.group(cls=SpokenGroup, places=PLACES)
def release() -> None:
    """Group; its help stands in the catalogue."""


@click.command(cls=SpokenCommand)
@click.option(
    "--kind", type=click.Choice(("preliminary", "revised", "final")), required=True, cls=SpokenOption, help="kind"
)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--out", type=click.Path(path_type=Path), cls=SpokenOption, help="out")
@with_session
def issue(session: Session, kind: str, operation: str | None, out: Path | None) -> None:
    """Issue the next release."""
    session.perform("figures.compute", Role.ENGINE, operation=operation)
    issued = session.perform("release.issue", Role.PRESS, kind=kind, operation=operation)
    _give(session, issued, out)


@click.command(cls=SpokenCommand)
@click.option("--number", type=int, cls=SpokenOption, help="number")
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--out", type=click.Path(path_type=Path), cls=SpokenOption, help="out")
@with_session
def show(session: Session, number: int | None, operation: str | None, out: Path | None) -> None:
    """Show a release."""
    _give(session, session.perform("release.show", Role.PRESS, number=number, operation=operation), out)


def _give(session: Session, issued: Any, out: Path | None) -> None:
    plain = issued.to_json()
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in issued.files.items():
            (out / name).write_bytes(content)

    def tell() -> None:
        session.out.print(session.say("release-issued", **plain))
        for file in plain["files"]:
            place = str(out / file["name"]) if out is not None else file["name"]
            session.out.print(f"  {place}")

    session.give(plain, tell)
