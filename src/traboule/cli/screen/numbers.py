"""Number the links that are shown: one number means one link, for good.

In: links as they are shown. Out: their numbers, and the link of a number. Guaranteed: a number once shown never means
another link, however the queue changes and whoever reads it; a number that was not shown is refused. The numbers are
stored beside the database's folder, one file for each database, readable by their user alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from io import TextIOWrapper

from traboule.cli.session import Session
from traboule.core.errors import NotFound, Refused
from traboule.core.language.spelling import western_digits


@dataclass(frozen=True, slots=True)
class Numbered:
    """A link as it was shown: of which operation, which two records, and whether they are things."""

    operation: str
    left: str
    right: str
    are_things: bool


def number_links(session: Session, links: Sequence[Numbered]) -> list[str]:
    """Return the number of each link, assigned now where it has none; empty where nothing can be stored."""
    try:
        with _numbers_file(session) as file:
            entries = _read(file)
            places = {link: place for place, link in enumerate(entries, start=1)}
            fresh = [link for link in dict.fromkeys(links) if link not in places]
            places.update({link: place for place, link in enumerate(fresh, start=len(entries) + 1)})
            file.writelines(json.dumps(astuple(link), ensure_ascii=False) + "\n" for link in fresh)
    except OSError:  # A queue can be read where nothing can be written.
        return [""] * len(links)
    return [str(places[link]) for link in links]


def is_number(text: str) -> bool:
    """Tell whether a text is a number of the queue rather than a record."""
    return western_digits(text).isdecimal()


def link_of(session: Session, number: str, operation: str | None) -> Numbered:
    """Return the link that was shown under ``number``.

    Raises NotFound where none was, Refused where ``operation`` is named and the link is of another one.
    """
    place = int(western_digits(number))
    try:
        with _numbers_file(session) as file:
            entries = _read(file)
    except OSError:
        entries = []
    if not 1 <= place <= len(entries):
        raise NotFound("queue-number-unknown", number=number)
    entry = entries[place - 1]
    if operation not in (None, entry.operation):
        raise Refused("queue-number-other-operation", number=number, operation=entry.operation)
    return entry


def _read(file: TextIOWrapper) -> list[Numbered]:
    """Return the links in the order of their numbers. A line that was not written to its end was never shown."""
    lines = file.read().splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        file.seek(0)
        file.truncate(sum(len(line.encode()) for line in lines[:-1]))
        file.seek(0, os.SEEK_END)
    return [Numbered(*json.loads(line)) for line in lines if line.endswith("\n")]


@contextmanager
def _numbers_file(session: Session) -> Iterator[TextIOWrapper]:
    """Open and lock the numbers of this session's database: two users at once get different numbers."""
    database = hashlib.sha256(f"{session.place()}/{session.used}".encode()).hexdigest()[:12]
    session.data.mkdir(parents=True, exist_ok=True)
    path = session.data / f"queue-numbers-{database}.json"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
