"""The command that runs the demo."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from traboule.cli.running.replaying import replay_in_room, sign_in_as_desk
from traboule.cli.running.serving import PORT, serve_room
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.cli.terminal.current_database import DEMO
from traboule.core.language.languages import LANGUAGES
from traboule.demo.run import DEFAULT_SEED, Wanted, run
from traboule.demo.simulated_judge import ERRORS
from traboule.demo.story import FINAL, PRELIMINARY
from traboule.demo.story_outcome import StoryOutcome
from traboule.demo.world.difficulty import LEVELS
from traboule.web.serving import Listening, choose_settings


@click.command(cls=SpokenCommand)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("out"), show_default=True,
              cls=SpokenOption, help="out")  # fmt: skip
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, cls=SpokenOption, help="seed")
@click.option("--scale", type=float, default=1.0, cls=SpokenOption, help="scale")
@click.option("--persons", type=click.IntRange(1, 1_000_000), cls=SpokenOption, help="persons")
@click.option("--difficulty", type=click.Choice(list(LEVELS)), default="easy", show_default=True, cls=SpokenOption,
              help="difficulty")  # fmt: skip
@click.option("--judge-errors", type=click.FloatRange(0, 1), default=ERRORS, show_default=True, cls=SpokenOption,
              help="judge-errors")  # fmt: skip
@click.option("--serve/--no-serve", default=None, cls=SpokenOption, help="serve")
@click.option("--public-record", "story", flag_value="public-record", cls=SpokenOption, help="public-record")
@click.option("--running", "story", flag_value="running", cls=SpokenOption, help="running")
@click.option("--live", "story", flag_value="live", cls=SpokenOption, help="live")
@click.option("--minutes", type=click.FloatRange(0.05, 1440), default=6.0, show_default=True, cls=SpokenOption,
              help="minutes")  # fmt: skip
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), cls=SpokenOption,
              help="serve-port")  # fmt: skip
@with_session
def demo(
    session: Session,
    *,
    out: Path,
    seed: int,
    scale: float,
    persons: int | None,
    serve: bool | None,
    story: str | None,
    **replay: Any,
) -> None:
    """Run the demo in a database of its own, or in an empty one that is named; then serve the situation room.

    ``replay``: how many minutes it takes with ``--live``, the room’s port, how hard it is, how often its judge errs.
    """
    serves = story == "live" or (session.out.is_terminal and not session.as_json if serve is None else serve)
    if serves:
        choose_settings()
    begun = time.monotonic()
    now = datetime.now(UTC)
    session.creates = True
    database = session.database = session.database or f"{DEMO}{now:%Y%m%d_%H%M%S}_{os.getpid()}"
    invented: dict[str, Any] = {name: replay.pop(name) for name in ("difficulty", "judge_errors")}
    wanted = Wanted(
        seed, scale, persons, out, public_record=story == "public-record", running=story == "running", **invented
    )
    if story == "live":
        replay_in_room(session, wanted, **replay)
        return
    with session.progress() as show:
        outcome = run(lambda: session.begin(show), wanted, session.teller(), show)
        sign_in_as_desk(session)
    seconds = round(time.monotonic() - begun, 1)
    option = "" if session.current.remember(database, demo=True) else f" --database {database}"
    plain = {"seconds": seconds, "database": database, **outcome.to_json()}
    session.give(plain, lambda: _look_around(session, outcome, seconds, option, out))
    if serves:
        serve_room(session, Listening(replay["port"]))


def _look_around(session: Session, outcome: StoryOutcome, seconds: float, option: str, out: Path) -> None:
    """Name the documents to open and the commands to go on with."""
    teller = session.teller()
    # The invented operation releases in the languages in which everything stands.
    language = session.language if session.language in LANGUAGES else "en"
    endings = {"document-communique": f"communique.{language}.pdf", "document-factsheet": f"factsheet.{language}.html"}
    paths = [(code, path) for code, name in endings.items() for path in outcome.files if Path(path).name == name]
    teller.documents([*paths, *(("document-marked", path) for path in outcome.marked[:1])])
    teller.gap()
    teller.say("done", seconds=seconds, folder=out, database=session.database)
    teller.say("signed-in")
    teller.say("next")
    for code, command in next_commands(outcome):
        teller.labelled_command(f"next-{code}", f"{_program()} {command}{option}")


def next_commands(outcome: StoryOutcome) -> Iterator[tuple[str, str]]:
    """Yield commands that show something after a demo, each with the code of what it shows."""
    yield "figures", "figures"
    yield "explain", "explain potential_victims --as protection"
    if outcome.open_links:
        yield "queue", "judge queue --as protection"
    if outcome.figures and outcome.record is None:
        yield "compare", f"compare --from {PRELIMINARY:%Y-%m-%d} --to {FINAL:%Y-%m-%d} --as protection"
    yield "ledger", "ledger verify"


def _program() -> str:
    """Return how this program is called from here: its name where the shell finds it, else its path."""
    called = Path(sys.argv[0])
    on_path = shutil.which("traboule")
    if called.name != "traboule" or (on_path is not None and Path(on_path).resolve() == called.resolve()):
        return "traboule"
    return min(os.path.relpath(called), str(called.resolve()), key=len)
