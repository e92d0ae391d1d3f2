"""Read and write decoys: identifiers of nobody, planted so that whoever files or announces one is noticed.

In: an identifier of nobody, and the identifiers that were filed. Out: decoys, and which record names which. Guaranteed:
an identifier is stored as a keyed hash alone, and not shown again; only the protection officer and the engine read the
table. Nothing is compared when a return is filed or an action announced, so that neither answer nor time differs.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from traboule.core.permissions import Actor
from traboule.database.keys.derived import KeyPurpose, keyed_hash
from traboule.database.keys.process import process_key
from traboule.database.keys.unit_keys import DESK
from traboule.database.notices.turn import wait_for_turn
from traboule.hits.announcements import on_targets, target_hash, target_hashes
from traboule.hits.models import DecoySigned
from traboule.hits.sealed_words import open_reason, seal_reason


@dataclass(frozen=True, slots=True)
class Decoy:
    """A planted identifier: ``number`` names it; ``withdrawn`` is the row that withdrew it, where one did."""

    number: int
    kind: str
    digest: str
    planted: DecoySigned
    withdrawn: DecoySigned | None = None


def plant(operation: str, kind: str, normal: str, *, reason: str, by: Actor, at: datetime) -> Decoy:
    """Record that the identifier ``normal``, in its normal form, is a decoy."""
    wait_for_turn(f"decoys\n{operation}")
    number = DecoySigned.objects.filter(operation=operation, withdraws=False).count() + 1
    digest = target_hash(operation, kind, normal)
    row = _sign(operation, number, (kind, digest), (reason, by, at), withdraws=False)
    return Decoy(number, kind, digest, row)


def withdraw(operation: str, decoy: Decoy, *, reason: str, by: Actor, at: datetime) -> Decoy:
    """Record that ``decoy`` alarms no more."""
    row = _sign(operation, decoy.number, (decoy.kind, decoy.digest), (reason, by, at), withdraws=True)
    return replace(decoy, withdrawn=row)


def decoys(operation: str) -> list[Decoy]:
    """Return all decoys that were ever planted, in the order of their numbers, as far as the actor may read."""
    by_number: dict[int, Decoy] = {}
    for row in DecoySigned.objects.filter(operation=operation).order_by("number", "withdraws"):
        if row.withdraws:
            by_number[row.number] = replace(by_number[row.number], withdrawn=row)
        else:
            by_number[row.number] = Decoy(row.number, row.kind, row.digest, row)
    return list(by_number.values())


def standing(operation: str) -> dict[str, int]:
    """Return the number of each decoy that is not withdrawn, by its hash."""
    return {decoy.digest: decoy.number for decoy in decoys(operation) if decoy.withdrawn is None}


def named_by(operation: str, digests: Mapping[str, int], filed: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return each record and the decoy that it names, sorted: records of ``filed`` identifiers, and announced actions.

    ``filed``: rows of the register (kind, value, unit, issuer, record, person_record, action_record).
    """
    matches = set()
    for row in filed:
        for digest in target_hashes(operation, [row]) & digests.keys():
            matches.add((row["person_record"] or row["action_record"] or row["record"], digests[digest]))
    for digest, number in digests.items():
        matches |= {(record, number) for record in on_targets(operation, [digest])}
    return sorted(matches)


def reason_of(row: DecoySigned) -> str:
    """Return why a decoy was planted or withdrawn. Raises Broken where it was altered or is another row's."""
    return open_reason(DESK, row.id, row.reason)


def _sign(
    operation: str,
    number: int,
    identifier: tuple[str, str],
    signature: tuple[str, Actor, datetime],
    *,
    withdraws: bool,
) -> DecoySigned:
    reason, by, at = signature
    digest = keyed_hash(process_key(KeyPurpose.HASH), "decoy row", operation, str(number), str(withdraws))
    row = uuid.UUID(hex=digest[:32], version=5)
    return DecoySigned.objects.create(
        id=row,
        operation=operation,
        number=number,
        withdraws=withdraws,
        kind=identifier[0],
        digest=identifier[1],
        reason=seal_reason(DESK, row, reason),
        by=by.name,
        person=by.person,
        at=at,
    )
