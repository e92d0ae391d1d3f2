"""The command that serves the situation room."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import click

from traboule.cli.auditing.root_key import unlock_here
from traboule.cli.running.following import following
from traboule.cli.session import Session, provider_file, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.demo.replay_clock import ReplayClock
from traboule.web.openid.configuration import read_configuration
from traboule.web.serving import Listening, choose_settings
from traboule.web.serving import serve as serve_desk

PORT = 8000


@click.command(cls=SpokenCommand)
@click.option(
    "--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), cls=SpokenOption, help="serve-port"
)
@click.option("--host-name", default="", metavar="NAME", cls=SpokenOption, help="serve-host-name")
@click.option("--live/--no-live", default=True, cls=SpokenOption, help="serve-live")
@with_session
def serve(session: Session, *, port: int, host_name: str, live: bool) -> None:
    """Serve the situation room over the database in use until interrupted."""
    choose_settings()
    file = provider_file()
    provider = read_configuration(file) if file else None
    serve_room(session, Listening(port, host_name.strip().lower(), provider), live=live)


def serve_room(
    session: Session,
    listening: Listening,
    *,
    live: bool = True,
    clock: ReplayClock | None = None,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Serve the room over the database of ``session``, and say where; then call ``begun``. Django must be set up for
    it.

    ``live``: beside it a process links and counts as returns arrive, in a replay by its ``clock``.
    """
    with session.progress() as show:
        desk = session.begin(show)
    unlock_here(session)

    def ready(address: str) -> None:
        plain = {"url": address, "database": session.used}
        session.give(plain, lambda: session.out.print(session.say("serving", url=address)))
        begun()

    with following(session, clock) if live else nullcontext():
        serve_desk(desk, listening, ready)
