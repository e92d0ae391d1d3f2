"""The list of erased persons, in a file apart from the database, so that a restored backup forgets them again.

In: the folder of keys and a database's name. Out: who was erased, by operation, unit and record; nothing else of them.
Guaranteed: the file only grows, and is written whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from traboule.database.keys.files import KeyFiles


class Erased(NamedTuple):
    """One person's record, or one return's file, that was erased."""

    operation: str
    unit: str
    subject: str


def tombstones_file(database: str) -> str:
    """Return the name of the file with the tombstones of ``database``."""
    return f"tombstones-{database}"


def listed(files: KeyFiles, database: str) -> list[Erased]:
    """Return everybody in the list."""
    name = tombstones_file(database)
    return [Erased(*entry) for entry in json.loads(files.read(name))] if files.has(name) else []


def add(files: KeyFiles, database: str, erased: Iterable[Erased]) -> None:
    """Add entries to the list; those it has are not added again."""
    files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    entries = sorted({*listed(files, database), *erased})
    files.write(tombstones_file(database), json.dumps(entries))
