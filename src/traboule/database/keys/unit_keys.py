"""The keys of units, in a file apart from the database, wrapped by the root key.

In: the folder of keys and a database's name. Out: for each unit the cipher that seals its rows of no person, and the
ciphers of all generations that wrap its persons' keys. Guaranteed: the database holds none of them; the file is
written whole or not at all; a generation that is forgotten opens nothing any more, in no copy of the database.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from traboule.core.errors import Broken
from traboule.database.keys.derived import KeyPurpose, derived
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.sealing import cipher, new_key, seal, unseal

ROWS = "rows"  # The key of a unit's rows that are of no person; beside it stand the generations, numbered from 1.
Wrapped = dict[str, dict[str, str]]


def file_name(database: str) -> str:
    """Return the name of the file with the unit keys of ``database``."""
    return f"units-{database}"


@dataclass(frozen=True)
class UnitKeys:
    """The unit keys of one database. The file is read when a key is first asked for."""

    files: KeyFiles
    database: str

    def rows(self, unit: str) -> AESGCM:
        """Return the cipher of the unit's rows that are of no person, made where there is none."""
        self._expect(unit)
        return self._open(unit, ROWS)

    def newest(self, unit: str) -> tuple[int, AESGCM]:
        """Return the newest generation and its cipher, made where there is none."""
        self._expect(unit)
        generation = max(self.generations(unit))
        return generation, self.generation(unit, generation)

    def generation(self, unit: str, generation: int) -> AESGCM:
        """Return the cipher of a generation. Raises Broken where the file holds no such generation."""
        return self._open(unit, str(generation))

    def generations(self, unit: str) -> list[int]:
        """Return the numbers of the generations there are, sorted."""
        return sorted(int(name) for name in self._wrapped.get(unit, {}) if name != ROWS)

    def begin_generation(self, unit: str) -> int:
        """Add a generation, and return its number. The earlier ones stay until they are forgotten."""
        self._expect(unit)
        with self._changing() as wrapped:
            generation = max(int(name) for name in wrapped[unit] if name != ROWS) + 1
            wrapped[unit][str(generation)] = self._wrap(unit, str(generation), new_key())
        return generation

    def forget(self, unit: str, generations: Collection[int]) -> None:
        """Destroy generations. Whatever they wrapped cannot be opened again."""
        with self._changing() as wrapped:
            for generation in generations:
                wrapped.get(unit, {}).pop(str(generation), None)

    @cached_property
    def _root(self) -> AESGCM:
        return cipher(derived(self.files.root(), KeyPurpose.WRAP))

    @cached_property
    def _wrapped(self) -> Wrapped:
        return self._read()

    def _read(self) -> Wrapped:
        name = file_name(self.database)
        stored: Wrapped = json.loads(self.files.read(name)) if self.files.has(name) else {}
        return stored

    def _expect(self, unit: str) -> None:
        """Make the keys of a unit that has none."""
        if unit not in self._wrapped:
            with self._changing() as wrapped:
                if unit not in wrapped:
                    wrapped[unit] = {name: self._wrap(unit, name, new_key()) for name in (ROWS, "1")}

    def _open(self, unit: str, name: str) -> AESGCM:
        wrapped = self._wrapped.get(unit, {}).get(name)
        if wrapped is None:
            raise Broken("unit-key-missing", unit=unit, place=str(self.files.folder))
        return cipher(unseal(self._root, bytes.fromhex(wrapped), self._place(unit, name)))

    def _wrap(self, unit: str, name: str, key: bytes) -> str:
        return seal(self._root, key, self._place(unit, name)).hex()

    def _place(self, unit: str, name: str) -> bytes:
        return "\x1f".join((file_name(self.database), unit, name)).encode()

    @contextmanager
    def _changing(self) -> Iterator[Wrapped]:
        """Give the file's content to be changed, and write it; other processes wait."""
        self.files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.files.folder / f".{file_name(self.database)}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            wrapped = self._read()
            yield wrapped
            self.files.write(file_name(self.database), json.dumps(wrapped, sort_keys=True))
            self.__dict__["_wrapped"] = wrapped
        finally:
            os.close(handle)
