"""Seal what is said of persons, each under a key of her own, and make the keys that are missing.

In: an operation, a unit, the persons' records. Out: the keys, and blobs for rows. Guaranteed: a key is random, is
stored wrapped by its unit's key alone, and in the caller's transaction; a blob opens only in the row it was made for.
Once a key is destroyed, nothing more is sealed under it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection

from traboule.core.errors import Refused
from traboule.database.arrow import append
from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.sealing import cipher, new_key, seal, unseal
from traboule.database.keys.unit_keys import UnitKeys
from traboule.returns.models import SubjectKey

_COLUMNS = ("unit", "operation", "subject", "generation", "wrapped", "made_at")
SEPARATOR = "\x1f"
_MOST_NAMED = 10


def place(table: str, *parts: object) -> bytes:
    """Return what a blob in ``table`` is bound to. Only the first of ``parts`` may hold any text."""
    return SEPARATOR.join((f"{table}.sealed", *map(str, parts))).encode()


def subject_place(operation: str, unit: str, subject: str) -> bytes:
    """Return what the wrapped key of a subject is bound to."""
    return SEPARATOR.join(("returns_subjectkey.wrapped", operation, unit, subject)).encode()


def of_file(return_id: object) -> str:
    """Return the subject under whose key a return's file and its faults are sealed."""
    return f"return {return_id}"


class Sealer:
    """The keys of one unit's subjects in one operation. What is of no subject is sealed for the unit."""

    def __init__(self, operation: str, unit: str, subjects: Iterable[str], *, at: datetime) -> None:
        keys = process_unit_keys()
        self._rows = keys.rows(unit)
        self._ciphers = _ciphers(keys, operation, unit, sorted({subject for subject in subjects if subject}), at)

    def seal(self, subject: str, values: Mapping[str, object], where: bytes) -> bytes:
        """Return ``values`` as a blob for the row at ``where``; what is empty is left out."""
        said = {name: value for name, value in values.items() if value is not None}
        return self.seal_bytes(subject, json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"), where)

    def seal_bytes(self, subject: str, content: bytes, where: bytes) -> bytes:
        """Return bytes as a blob for the row at ``where``."""
        return seal(self._ciphers[subject] if subject else self._rows, content, where)


def stored_ciphers(operation: str, units: Collection[str], subjects: Collection[str]) -> dict[str, AESGCM]:
    """Return the ciphers of those ``subjects`` of ``units`` whose keys are stored and not destroyed."""
    stored = SubjectKey.objects.filter(unit__in=units, operation=operation, subject__in=subjects)
    rows = stored.values_list("unit", "subject", "generation", "wrapped")
    return dict(Unwrapper(process_unit_keys(), operation).unwrapped(rows))


class Unwrapper:
    """Unwraps the keys of an operation's subjects. The key of a unit's generation is opened once."""

    def __init__(self, keys: UnitKeys, operation: str) -> None:
        self._keys = keys
        self._operation = operation
        self._wrapping: dict[tuple[str, int], AESGCM] = {}

    def unwrapped(
        self, rows: Iterable[tuple[str, str, int, bytes | memoryview | None]]
    ) -> Iterator[tuple[str, AESGCM]]:
        """Yield the subject and cipher of each row (unit, subject, generation, wrapped key) but the destroyed."""
        for unit, subject, generation, wrapped in rows:
            if wrapped is not None:
                owner = unit, generation
                if owner not in self._wrapping:
                    self._wrapping[owner] = self._keys.generation(unit, generation)
                where = subject_place(self._operation, unit, subject)
                yield subject, cipher(unseal(self._wrapping[owner], bytes(wrapped), where))


def _ciphers(keys: UnitKeys, operation: str, unit: str, subjects: list[str], at: datetime) -> dict[str, AESGCM]:
    stored = SubjectKey.objects.filter(unit=unit, operation=operation, subject__in=subjects)
    rows = list(stored.values_list("unit", "subject", "generation", "wrapped"))
    ciphers = dict(Unwrapper(keys, operation).unwrapped(rows))
    erased = [subject for _, subject, _, wrapped in rows if wrapped is None]
    if erased:
        raise Refused("record-erased", records=", ".join(erased[:_MOST_NAMED]), count=len(erased))
    made = {subject: new_key() for subject in subjects if subject not in ciphers}
    if made:
        with connection.cursor() as cursor:  # An erasure that is under way changes the generation.
            cursor.execute("LOCK TABLE returns_subjectkey IN ROW EXCLUSIVE MODE")
        generation, wrapping = process_unit_keys().newest(unit)
        append(
            SubjectKey,
            _COLUMNS,
            (
                (
                    *(unit, operation, subject, generation),
                    *(seal(wrapping, key, subject_place(operation, unit, subject)), at),
                )
                for subject, key in made.items()
            ),
        )
    return ciphers | {subject: cipher(key) for subject, key in made.items()}
