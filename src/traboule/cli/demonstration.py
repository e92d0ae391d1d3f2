"""The command that runs the demo."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.demo.run import DEFAULT_SEED, Wanted, run


@click.command(cls=SpokenCommand)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out"), show_default=True,
              cls=SpokenOption, help="out")  # fmt: skip
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, cls=SpokenOption, help="seed")
@click.option("--scale", type=float, default=1.0, cls=SpokenOption, help="scale")
@click.option("--persons", type=click.IntRange(1, 1_000_000), cls=SpokenOption, help="persons")
@click.option("--serve/--no-serve", default=False, cls=SpokenOption, help="serve")
@click.option("--public-record", is_flag=True, cls=SpokenOption, help="public-record")
@with_session
def demo(
    session: Session,
    *,
    out: Path,
    seed: int,
    scale: float,
    persons: int | None,
    serve: bool,
    public_record: bool,
) -> None:
    """Run the demo in a database of its own: an earlier one is never touched."""
    del serve
    begun = time.monotonic()
    now = datetime.now(UTC)
    session.creates = True
    session.database = f"demo_{now:%Y%m%d_%H%M%S}_{os.getpid()}"
    wanted = Wanted(seed, scale, persons, out, public_record=public_record)
    with session.progress() as progress:
        outcome = run(lambda: session.desk, wanted, session.teller(), progress)
    seconds = round(time.monotonic() - begun, 1)
    plain = {"seconds": seconds, **outcome.to_json()}
    command = f"traboule figures --database {session.database}"
    session.give(plain, lambda: session.teller().say("done", seconds=seconds, command=command))
