"""The demo before the eyes: the room is served, and the returns arrive while somebody watches."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

from traboule.app.desk import TERMINAL
from traboule.cli.running.serving import serve_room
from traboule.cli.session import Session
from traboule.cli.terminal.session_keys import StoredKey
from traboule.demo.replay import Pace, ReplayedStory, ReplayEnded
from traboule.demo.replay_clock import ReplayClock
from traboule.demo.run import Wanted, generator
from traboule.demo.story import STAFF
from traboule.web.serving import Listening

DESK_OFFICER = "desk"
PATIENCE = 60.0  # Seconds for what is under way to be undone.


def replay_in_room(session: Session, wanted: Wanted, *, minutes: float, port: int) -> None:
    """Open the operation, serve the room, and file everything there in so many minutes, until interrupted."""
    with session.progress() as show:
        story = ReplayedStory(session.begin(show), generator(wanted), wanted.out, session.teller(), show)
        story.prepare()
        sign_in_as_desk(session)
    session.current.remember(session.used, demo=True)
    clock, ended = ReplayClock(datetime.now(UTC), timedelta(minutes=minutes)), threading.Event()
    thread = threading.Thread(target=_replay, args=(session, story, clock, ended), daemon=True)

    def begun() -> None:
        teller = session.teller()
        teller.say("replay-accounts", logins=", ".join(actor.account for actor in STAFF))
        teller.say("replay-begun", minutes=minutes)
        thread.start()

    try:
        serve_room(session, Listening(port), clock=clock, begun=begun)
    finally:
        ended.set()
        if thread.ident is not None:
            thread.join(PATIENCE)


def sign_in_as_desk(session: Session) -> None:
    """Keep a session of the desk officer's for the commands that follow."""
    entered = session.desk.act_in_demo(DESK_OFFICER, "", at=datetime.now(UTC), client=TERMINAL)
    session.keys.put(StoredKey(entered.account, entered.token))


def _replay(session: Session, story: ReplayedStory, clock: ReplayClock, ended: threading.Event) -> None:
    """File everything at its moment, then say what can be done next."""
    teller = session.teller()
    try:
        story.replay(Pace(clock, partial(datetime.now, UTC), ended.wait), lambda day: session.give(day, lambda: None))
    except ReplayEnded:
        return
    teller.gap()
    teller.say("replay-over", database=session.used)
    session.give({"replayed": session.used}, lambda: None)
