"""Erase persons: destroy their keys, and leave tombstones.

In: a unit's subjects. Out: tombstones. Guaranteed: nothing sealed under a destroyed key opens again, in no copy of the
database either: the unit's other keys are wrapped by a new generation, and the earlier ones are destroyed once the
transaction is committed. What a crash leaves undone then, the next erasure does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.database.arrow import append
from traboule.database.keys import tombstones
from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.sealing import seal, unseal
from traboule.database.keys.tombstones import Erased
from traboule.returns.models import ErasureProposal, SubjectKey, Tombstone
from traboule.returns.subjects.keys import subject_place


def propose(operation: str, record: str, *, by: Actor, at: datetime) -> ErasureProposal:
    """Propose to erase a person of the actor's own state.

    Raises NotFound where no such person is stored that the actor may see, Conflict where she was erased before, Refused
    without an account.
    """
    _require_account(by)
    unit = _owner(operation, record)
    if unit not in by.units:
        raise NotFound("record-unknown", record=record)
    return ErasureProposal.objects.create(
        unit=unit,
        operation=operation,
        subject=record,
        proposed_at=at,
        proposed_by=by.name,
        account=by.account,
        person=by.person,
    )


def proposed(operation: str, record: str, *, by: Actor) -> ErasureProposal:
    """Return the proposal to erase a person, for ``by`` to confirm.

    Raises NotFound where nothing is proposed, Conflict for the person who proposed it and where she was erased before,
    Refused without an account.
    """
    _require_account(by)
    _owner(operation, record)
    proposal = ErasureProposal.objects.filter(operation=operation, subject=record).order_by("-id").first()
    if proposal is None:
        raise NotFound("erasure-none", record=record)
    if proposal.person == by.person:
        raise Conflict("erasure-own", name=by.name)
    return proposal


def erase(erased: Collection[Erased], *, cause: str, by: str, at: datetime) -> int:
    """Destroy the keys of ``erased``, all of one unit, and return how many there were."""
    keys = process_unit_keys()
    (unit,) = {entry.unit for entry in erased}
    with connection.cursor() as cursor:  # Nobody makes a key under a generation that is about to go.
        cursor.execute("LOCK TABLE returns_subjectkey IN SHARE ROW EXCLUSIVE MODE")
    generation = keys.begin_generation(unit)
    gone = {(entry.operation, entry.subject) for entry in erased}
    count = 0
    rows = list(SubjectKey.objects.filter(unit=unit, wrapped__isnull=False))
    wrapping = {number: keys.generation(unit, number) for number in {generation, *(row.generation for row in rows)}}
    for row in rows:
        if (row.operation, row.subject) in gone:
            row.wrapped = None
            count += 1
        else:
            where = subject_place(row.operation, unit, row.subject)
            plain = unseal(wrapping[row.generation], bytes(row.wrapped or b""), where)
            row.wrapped = seal(wrapping[generation], plain, where)
        row.generation = generation
    SubjectKey.objects.bulk_update(rows, ["wrapped", "generation"], batch_size=1000)
    columns = ("unit", "operation", "subject", "cause", "erased_at", "erased_by")
    before = set(Tombstone.objects.filter(unit=unit).values_list("operation", "subject"))
    append(
        Tombstone,
        columns,
        ((unit, operation, subject, cause, at, by) for operation, subject in sorted(gone - before)),
    )
    everybody = [Erased(*row) for row in Tombstone.objects.values_list("operation", "unit", "subject")]
    earlier = [number for number in keys.generations(unit) if number < generation]
    transaction.on_commit(partial(tombstones.add, keys.files, keys.database, everybody))
    transaction.on_commit(partial(keys.forget, unit, earlier))
    return count


def _owner(operation: str, record: str) -> str:
    """Return the unit of a person who is stored. Raises NotFound where the actor may see none, Conflict if erased."""
    key = SubjectKey.objects.filter(operation=operation, subject=record).first()
    if key is None:
        raise NotFound("record-unknown", record=record)
    if key.wrapped is None:
        raise Conflict("record-erased-already", record=record)
    return key.unit


def _require_account(by: Actor) -> None:
    if not (by.account and by.person):
        raise Refused("erasure-without-account")
