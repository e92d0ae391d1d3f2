"""Long work: a verb that takes seconds runs beside the request, and its page shows how far it is.

In: a visit and what it asks for. Out: a number of the work, under which its owner alone finds its progress and then its
result. Guaranteed: work belongs to one session; its result is given once within the hour and then forgotten.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from traboule.core.errors import NotFound, Refused

LASTS = timedelta(hours=1)
MOST = 4  # Works at once of one session.


@dataclass
class Work:
    """One piece of work. ``step``, ``done`` and ``total`` are what was reported last; ``finish`` makes
    the page of the result for whoever asks."""

    owner: str
    name: str
    begun: datetime
    finish: Callable[[Any, Any], Any]
    step: str = ""
    done: int = 0
    total: int = 0
    result: Any = None
    error: Exception | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def show(self, step: str, done: int, total: int) -> None:
        """Take in how far the work is."""
        self.step, self.done, self.total = step, done, total


class Works:
    """The works of this process, by number."""

    def __init__(self) -> None:
        self._works: dict[str, Work] = {}
        self._lock = threading.Lock()

    def begin(self, work: Work, perform: Callable[[Work], Any]) -> str:
        """Begin ``perform`` in a thread and return the number of the work. Raises Refused for too many at once."""
        number = secrets.token_urlsafe(12)
        with self._lock:
            self._works = {key: old for key, old in self._works.items() if work.begun - old.begun < LASTS}
            running = [old for old in self._works.values() if old.owner == work.owner and not old.ended.is_set()]
            if len(running) >= MOST:
                raise Refused("work-too-much", most=MOST)
            self._works[number] = work
        threading.Thread(target=_run, args=(work, perform), name=f"work {work.name}", daemon=True).start()
        return number

    def of(self, number: str, owner: str) -> Work:
        """Return the work ``number`` of ``owner``. Raises NotFound where there is none, or it is somebody else's."""
        work = self._works.get(number)
        if work is None or work.owner != owner:
            raise NotFound("work-unknown")
        return work


def owner_of(token: str) -> str:
    """Return what stands for the session of ``token`` here."""
    return hashlib.sha256(token.encode()).hexdigest()


def _run(work: Work, perform: Callable[[Work], Any]) -> None:
    try:
        work.result = perform(work)
    except Exception as error:  # noqa: BLE001  Raised again on the page of the work, where it is said in words.
        work.error = error
    finally:
        work.ended.set()
        connections.close_all()  # Those of this thread, which ends here.
