"""What changed, from the one thread that listens to every stream that is open.

In: words, from any thread. Out: for each subscriber the words since it last looked, each once. Guaranteed: a
subscriber that does not look costs a few words and never makes anybody wait.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

QUIET = frozenset({"linkage"})  # For the process that counts as returns arrive: no screen's.


class Subscriber:
    """One open stream. Used in the loop of the server alone."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._woken = asyncio.Event()

    def add(self, word: str) -> None:
        """Take in ``word``."""
        self._words.add(word)
        self._woken.set()

    async def words(self, patience: float) -> frozenset[str]:
        """Return the words since the last call; none where ``patience`` seconds bring none."""
        try:
            await asyncio.wait_for(self._woken.wait(), patience)
        except TimeoutError:
            return frozenset()
        words, self._words = frozenset(self._words), set()
        self._woken.clear()
        return words


class Changes:
    """The changes since this process began, counted. ``ended`` tells that the streams are to end."""

    def __init__(self) -> None:
        self._process = secrets.token_hex(4)
        self._count = 0
        self._subscribers: set[Subscriber] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ended = False

    @property
    def identifier(self) -> str:
        """What stands for the changes until now: equal ones mean that nothing was missed in between."""
        return f"{self._process}-{self._count}"

    def announce(self, word: str) -> None:
        """Wake every subscriber, unless the word is for no screen. May be called in any thread."""
        if word in QUIET:
            return
        if self._loop is None or self._loop.is_closed():
            self._count += 1
        else:
            self._loop.call_soon_threadsafe(self._wake, word)

    def end(self) -> None:
        """End every stream. Called in the loop of the server."""
        self.ended = True
        self._wake("")

    @contextmanager
    def subscribed(self) -> Iterator[Subscriber]:
        """Give a subscriber, woken from now on."""
        self._loop = asyncio.get_running_loop()
        subscriber = Subscriber()
        self._subscribers.add(subscriber)
        try:
            yield subscriber
        finally:
            self._subscribers.discard(subscriber)

    def _wake(self, word: str) -> None:
        self._count += 1
        for subscriber in self._subscribers:
            subscriber.add(word)
