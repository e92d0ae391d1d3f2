"""Erase the persons of operations whose retention is over, and again those whom a restored backup brought back.

In: a day. Out: operations and numbers of persons, never a name. Guaranteed: what is shown beforehand is what is erased
on the same day; counts and hashes stay (rule 21).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.database.keys import tombstones
from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.tombstones import Erased
from traboule.operation.read import opened, opened_codes
from traboule.returns.models import SubjectKey
from traboule.returns.subjects.erase import erase


@dataclass(frozen=True, slots=True)
class Expiry:
    """An operation, the last day its persons are kept, and how many records of persons are beyond it."""

    operation: str
    kept_until: str
    persons: int


@dataclass(frozen=True, slots=True)
class Expiries:
    """All operations; ``persons`` is 0 where none is to be erased."""

    operations: tuple[Expiry, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"operations": [asdict(expiry) for expiry in self.operations]}


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many persons and files that were erased before a backup brought back, and are erased again."""

    erased: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def show(call: Call) -> Expiries:
    """Return what :func:`run` would erase now."""
    out = []
    for code in opened_codes():
        kept_until = opened(code).kept_until
        over = call.at.date() > kept_until
        persons = sum("/" in entry.subject for entry in _readable(code)) if over else 0
        out.append(Expiry(code, kept_until.isoformat(), persons))
    return Expiries(tuple(out))


def run(call: Call) -> Expiries:
    """Erase every person, and every file of a return, of each operation whose retention is over."""
    shown = show(call)
    over = [expiry.operation for expiry in shown.operations if expiry.persons]
    _erase((entry for code in over for entry in _readable(code)), call, cause="retention")
    return shown


def replay(call: Call) -> Replayed:
    """Erase again whom the list of tombstones names and the database still holds."""
    keys = process_unit_keys()
    listed = set(tombstones.listed(keys.files, keys.database))
    there = {entry for code in {entry.operation for entry in listed} for entry in _readable(code)}
    return Replayed(_erase(listed & there, call, cause="restored"))


def _readable(operation: str) -> list[Erased]:
    """Return the subjects of an operation whose keys are not destroyed."""
    keys = SubjectKey.objects.filter(operation=operation, wrapped__isnull=False).order_by("unit", "subject")
    return [Erased(operation, unit, subject) for unit, subject in keys.values_list("unit", "subject")]


def _erase(entries: Iterable[Erased], call: Call, *, cause: str) -> int:
    of_unit: defaultdict[str, list[Erased]] = defaultdict(list)
    for entry in entries:
        of_unit[entry.unit].append(entry)
    return sum(erase(theirs, cause=cause, by=call.by.name, at=call.at) for _, theirs in sorted(of_unit.items()))
