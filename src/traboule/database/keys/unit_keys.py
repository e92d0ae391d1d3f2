"""The keys of units, in a file apart from the database, wrapped by the root key.

In: the folder of keys and a database's name. Out: for each unit the cipher that seals its rows of no person, and the
ciphers of all generations that wrap its persons' keys. Guaranteed: the database holds none of them; the file is
written whole or not at all; a generation that is forgotten opens nothing any more, in no copy of the database.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from traboule.core.errors import Broken
from traboule.database.keys import root_key
from traboule.database.keys.files import KeyFiles
from traboule.database.keys.sealing import cipher, new_key, seal, unseal

PREFIX = "units-"
ROWS = "rows"  # The key of a unit's rows that are of no person; beside it stand the generations, numbered from 1.
DESK = "desk"  # Whose rows of no person are the desk's; no state's code is written in small letters.
Wrapped = dict[str, dict[str, str]]


def file_name(database: str) -> str:
    """Return the name of the file with the unit keys of ``database``."""
    return PREFIX + database


def rewrapped(database: str, wrapped: Wrapped, opening: Sequence[str], root: str) -> Wrapped:
    """Return the keys of the units of ``database`` wrapped by ``root``. Raises Broken where neither it nor one of
    ``opening`` opens a key."""
    target, roots = root_key.wrapping(root), [root_key.wrapping(text) for text in (root, *opening)]
    return {
        unit: {
            name: _wrap(database, target, unit, name, _unwrap(database, roots, unit, name, key))
            for name, key in keys.items()
        }
        for unit, keys in wrapped.items()
    }


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
            wrapped[unit][str(generation)] = _wrap(self.database, self._roots[0], unit, str(generation), new_key())
        return generation

    def forget(self, unit: str, generations: Collection[int]) -> None:
        """Destroy generations. Whatever they wrapped cannot be opened again."""
        with self._changing() as wrapped:
            for generation in generations:
                wrapped.get(unit, {}).pop(str(generation), None)

    def rewrap(self, root: str) -> None:
        """Wrap every key with ``root`` instead of what wrapped it. Only whoever has the root key alone may."""
        with self._locked():
            self._write(rewrapped(self.database, self._read(), root_key.opening(self.files), root))

    @cached_property
    def _roots(self) -> list[AESGCM]:
        return [root_key.wrapping(root) for root in root_key.opening(self.files)]

    @cached_property
    def _wrapped(self) -> Wrapped:
        return self._read()

    def _read(self) -> Wrapped:
        name = file_name(self.database)
        stored: Wrapped = json.loads(self.files.read(name)) if self.files.has(name) else {}
        return stored

    def _write(self, wrapped: Wrapped) -> None:
        self.files.write(file_name(self.database), json.dumps(wrapped, sort_keys=True))

    def _expect(self, unit: str) -> None:
        """Make the keys of a unit that has none."""
        if unit not in self._wrapped:
            with self._changing() as wrapped:
                if unit not in wrapped:
                    wrapped[unit] = {
                        name: _wrap(self.database, self._roots[0], unit, name, new_key()) for name in (ROWS, "1")
                    }

    def _open(self, unit: str, name: str) -> AESGCM:
        try:
            return self._cipher(unit, name)
        except Broken:  # Another process may have begun a generation or exchanged the root key since they were read.
            with root_key.locked(self.files):
                self._reread()
            return self._cipher(unit, name)

    def _cipher(self, unit: str, name: str) -> AESGCM:
        wrapped = self._wrapped.get(unit, {}).get(name)
        if wrapped is None:
            raise Broken("unit-key-missing", unit=unit, place=str(self.files.folder))
        return cipher(_unwrap(self.database, self._roots, unit, name, wrapped))

    def _reread(self) -> None:
        self.__dict__["_roots"] = [root_key.wrapping(root) for root in root_key.opening(self.files)]
        self.__dict__["_wrapped"] = self._read()

    @contextmanager
    def _changing(self) -> Iterator[Wrapped]:
        """Give the file's content to be changed, and write it; other processes wait, and no root key is exchanged."""
        with root_key.locked(self.files), self._locked():
            self._reread()
            wrapped = self._wrapped
            yield wrapped
            self._write(wrapped)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        handle = os.open(
            self.files.folder / f".{file_name(self.database)}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _unwrap(database: str, roots: Sequence[AESGCM], unit: str, name: str, wrapped: str) -> bytes:
    """Return a key that one of ``roots`` wraps. Raises Broken where none does."""
    sealed, where = bytes.fromhex(wrapped), _place(database, unit, name)
    for root in roots[:-1]:
        with suppress(Broken):
            return unseal(root, sealed, where)
    return unseal(roots[-1], sealed, where)


def _wrap(database: str, root: AESGCM, unit: str, name: str, key: bytes) -> str:
    return seal(root, key, _place(database, unit, name)).hex()


def _place(database: str, unit: str, name: str) -> bytes:
    return "\x1f".join((file_name(database), unit, name)).encode()
