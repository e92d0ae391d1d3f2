"""What one process remembers about its callers: how often each asks, and what was answered under an idempotency key.

In: who calls, when. Out: whether that is too often; the answer given before. Guaranteed: both are bounded, and lost
when the process ends: a file sent again after that gets the same receipt anyway, because the desk knows its content.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from traboule.core.errors import Invalid, Refused

MOST_REQUESTS = 120  # In a minute, of one caller.
MOST_CALLERS = 10_000
MOST_ANSWERS = 1_000
MINUTE, KEPT_FOR = timedelta(minutes=1), timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was given: its status, its plain values as bytes."""

    status: int
    content: bytes


class RequestRates:
    """How often each caller has asked within the last minute."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        self._most = most
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, caller: str, at: datetime) -> None:
        """Count a request. Raises Refused with ``seconds`` to wait where there were too many."""
        with self._lock:
            asked = self._asked.setdefault(caller, deque())
            self._asked.move_to_end(caller)
            while asked and at - asked[0] >= MINUTE:
                asked.popleft()
            if len(asked) >= self._most:
                wait = MINUTE - (at - asked[0])
                raise Refused("requests-too-many", seconds=int(wait.total_seconds()) + 1, most=self._most)
            asked.append(at)
            while len(self._asked) > MOST_CALLERS:
                self._asked.popitem(last=False)


@dataclass
class _Repeatable:
    digest: str
    begun: datetime
    lock: threading.Lock = field(default_factory=threading.Lock)
    answer: Answer | None = None


class RepeatedAnswers:
    """Answers by caller and idempotency key."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[str, str], _Repeatable] = OrderedDict()
        self._lock = threading.Lock()

    def once(self, key: tuple[str, str], digest: str, at: datetime, perform: Callable[[], Answer]) -> Answer:
        """Return the answer given before under ``key``, else that of ``perform``; of two at once the second waits.

        ``digest`` is that of what was sent: Invalid where something else was sent under the key. An error is not
        remembered, so that it can be tried again.
        """
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or at - entry.begun >= KEPT_FOR:
                entry = self._entries[key] = _Repeatable(digest, at)
            while len(self._entries) > MOST_ANSWERS:
                self._entries.popitem(last=False)
        if entry.digest != digest:
            raise Invalid("idempotency-reused")
        with entry.lock:
            if entry.answer is None:
                try:
                    entry.answer = perform()
                finally:
                    if entry.answer is None:
                        self._forget(key, entry)
            return entry.answer

    def _forget(self, key: tuple[str, str], entry: _Repeatable) -> None:
        with self._lock:
            if self._entries.get(key) is entry:
                del self._entries[key]


@dataclass(frozen=True, slots=True)
class CallerMemory:
    """What a process remembers."""

    rates: RequestRates = field(default_factory=RequestRates)
    answers: RepeatedAnswers = field(default_factory=RepeatedAnswers)
