"""Hear the words that processes of ours announce, over PostgreSQL's LISTEN.

In: an address. Out: each word announced from then on, in a thread. Guaranteed: a process listens on one connection of
its own, whatever the number of its readers; where that connection is lost it is made again, and whoever listens learns
that words may have been missed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg

from traboule.database.address import Address

CHANNEL = "traboule_changed"
NAME = "traboule notices"  # Of the connection, for whoever looks at the server.
MISSED = ""  # Heard instead of a word after the connection was lost and is back.
PAUSE = 0.5  # Seconds between two looks whether the connection lives and the listening has ended.
RETRY = 1.0  # Seconds before a lost connection is made again.


def follow(app: Address, heard: Callable[[str], None]) -> Callable[[], None]:
    """Call ``heard`` in a thread with every word announced from now on; return what ends it.

    A database that cannot be reached is tried again until the end.
    """
    ended, ready = threading.Event(), threading.Event()
    thread = threading.Thread(target=_listen, args=(app, heard, ended, ready), name=NAME, daemon=True)
    thread.start()
    ready.wait(RETRY)

    def end() -> None:
        ended.set()
        thread.join(2 * PAUSE)

    return end


def _listen(app: Address, heard: Callable[[str], None], ended: threading.Event, ready: threading.Event) -> None:
    while not ended.is_set():
        try:
            with psycopg.connect(app.uri(), autocommit=True, connect_timeout=5, application_name=NAME) as listening:
                listening.execute(f"LISTEN {CHANNEL}")
                if ready.is_set():
                    heard(MISSED)
                ready.set()
                while not ended.is_set():
                    for notice in listening.notifies(timeout=PAUSE):
                        heard(notice.payload)
                    listening.execute("SELECT 1")
        except psycopg.Error:
            ready.set()
            ended.wait(RETRY)
