"""The command that draws a table for research."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.core.language.languages import LANGUAGES, in_language


@click.command(cls=SpokenCommand)
@click.option("--epsilon", type=float, default=1.0, show_default=True, cls=SpokenOption, help="epsilon")
@click.option("--columns", default="sex,age_band,region,form", show_default=True, cls=SpokenOption, help="columns")
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--out", type=click.Path(path_type=Path), required=True, cls=SpokenOption, help="out")
@with_session
def research(session: Session, *, columns: str, out: Path, **wanted: Any) -> None:
    """Draw a synthetic table, keep it, and write it beside its guarantee."""
    names = [name.strip() for name in columns.split(",") if name.strip()]
    made = session.perform("research.export", columns=names, **wanted)
    plain = made.to_json()
    written = {f"research.{made.number}.csv": made.content}
    for language in LANGUAGES:
        written[f"research.{made.number}.{language}.txt"] = f"{plain['guarantee'][language]}\n".encode()
    for name, content in written.items():
        session.write(out / name, content)

    def show_result() -> None:
        session.out.print(session.say("research-drawn", **plain))
        session.out.print(in_language(plain["guarantee"], session.language))
        for name in written:
            session.out.print(f"  {out / name}", soft_wrap=True)

    session.give(plain, show_result)
