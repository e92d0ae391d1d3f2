"""Read and write announced actions: what a unit plans, on which target, where and when.

In: a target, a place, a window of time. Out: actions as :mod:`traboule.hits.overlaps` compares them. Guaranteed: what
was announced is sealed under the unit's key; only keyed hashes are compared, and only actions that share one with
another unit's are opened. To announce writes one row and reads the unit's own alone, so that neither its result nor
its time depends on other units.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traboule.core.identifiers import normalise_each
from traboule.core.language.spelling import fold
from traboule.core.permissions import Actor
from traboule.core.record_names import record
from traboule.database.keys.derived import KeyPurpose, keyed_hash
from traboule.database.keys.process import process_key, process_unit_keys
from traboule.database.keys.sealing import seal, unseal
from traboule.database.notices.turn import wait_for_turn
from traboule.hits.models import Announcement, AnnouncementWithdrawal
from traboule.hits.overlaps import PlannedAction

SERIES_TAIL = 3  # Characters at the end of a number in which the numbers of a series differ.


@dataclass(frozen=True, slots=True)
class ActionPlan:
    """What a unit announces: ``kind`` and ``value`` of a target, ``country`` and ``town`` of a place, or both."""

    begins: datetime
    ends: datetime
    kind: str = ""
    value: str = ""
    country: str = ""
    town: str = ""


def target_hash(operation: str, kind: str, normal: str) -> str:
    """Return the keyed hash of a target in its normal form."""
    return keyed_hash(process_key(KeyPurpose.HASH), "announced target", operation, kind, normal)


def target_hashes(operation: str, identifiers: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Return the keyed hashes of identifiers, given as rows of the register (kind, value, unit, issuer)."""
    hashes = set()
    for row in identifiers:
        kind, issuer = row["kind"], row["issuer"] or ""
        for read in normalise_each(kind, row["value"] or "", region=issuer or row["unit"], issuer=issuer):
            hashes.add(target_hash(operation, kind, read.normal))
    return frozenset(hashes)


def announce(operation: str, owner: tuple[str, str], plan: ActionPlan, *, by: Actor, at: datetime) -> Announcement:
    """Record an action that ``owner``, a unit and an agency of it, plans; ``plan.value`` is in its normal form."""
    unit, agency = owner
    wait_for_turn(f"announced\n{operation}\n{unit}")
    number = Announcement.objects.filter(operation=operation, unit=unit).count() + 1
    key = process_key(KeyPurpose.HASH)
    digest = bytes.fromhex(keyed_hash(key, "announcement", operation, unit, str(number)))
    row = Announcement(id=uuid.UUID(bytes=digest[:16], version=5), operation=operation, unit=unit, number=number)
    row.record = record(unit, agency, "D-" + base64.b32encode(digest).decode("ascii")[:10])
    if plan.kind:
        row.target = target_hash(operation, plan.kind, plan.value)
        stem = plan.value[:-SERIES_TAIL]
        row.series = keyed_hash(key, "announced series", operation, plan.kind, stem) if stem else row.target
    if plan.country:
        row.place = keyed_hash(key, "announced place", operation, plan.country, fold(plan.town))
    plain = {name: getattr(plan, name) for name in ("kind", "value", "country", "town")}
    plain |= {"begins": plan.begins.isoformat(), "ends": plan.ends.isoformat()}
    row.sealed = seal(process_unit_keys().rows(unit), json.dumps(plain).encode(), _place(row.id))
    row.by, row.person, row.at = by.name, by.person, at
    row.save(force_insert=True)
    return row


def withdraw(row: Announcement, *, by: Actor, at: datetime) -> None:
    """Record that an announced action does not take place."""
    AnnouncementWithdrawal.objects.create(
        id=row.id, operation=row.operation, unit=row.unit, record=row.record, by=by.name, person=by.person, at=at
    )


def opened(row: Announcement) -> ActionPlan:
    """Return what was announced. Raises Broken where it was altered or stands in another row."""
    plain = json.loads(unseal(process_unit_keys().rows(row.unit), bytes(row.sealed), _place(row.id)))
    return ActionPlan(**{**plain, **{name: datetime.fromisoformat(plain[name]) for name in ("begins", "ends")}})


def withdrawals(operation: str) -> dict[str, datetime]:
    """Return when each action that was withdrawn was, as far as the transaction's actor may read."""
    rows = AnnouncementWithdrawal.objects.filter(operation=operation)
    return dict(rows.values_list("record", "at"))


def shared_actions(operation: str) -> list[PlannedAction]:
    """Return the actions that share a target or a place with another unit's, as far as the actor may read."""
    units: defaultdict[str, set[str]] = defaultdict(set)
    rows = list(Announcement.objects.filter(operation=operation).order_by("record"))
    for row in rows:
        for shared in filter(None, (row.target, row.place)):
            units[shared].add(row.unit)
    ended = withdrawals(operation)
    return [
        _action(row, ended.get(row.record))
        for row in rows
        if any(len(units[shared]) > 1 for shared in (row.target, row.place) if shared)
    ]


def ranks(operation: str, records: Collection[str]) -> dict[str, int]:
    """Return a number for each of ``records`` that was announced: what was announced earlier has a smaller one."""
    rows = Announcement.objects.filter(operation=operation, record__in=records).values_list("at", "record")
    return {name: number for number, (_, name) in enumerate(sorted(rows))}


def announced_series(operation: str) -> list[tuple[str, datetime, str]]:
    """Return record, instant and series of every action of a target or a place, in the order of their records."""
    rows = Announcement.objects.filter(operation=operation).order_by("record")
    return list(rows.values_list("record", "at", "series"))


def has_targets(operation: str) -> bool:
    """Tell whether any action with a target was announced."""
    return Announcement.objects.filter(operation=operation).exclude(target="").exists()


def on_targets(operation: str, hashes: Collection[str]) -> frozenset[str]:
    """Return the actions whose target is one of ``hashes``."""
    rows = Announcement.objects.filter(operation=operation, target__in=hashes)
    return frozenset(rows.values_list("record", flat=True))


def _action(row: Announcement, withdrawn_at: datetime | None) -> PlannedAction:
    plan = opened(row)
    town = f"{plan.town} ({plan.country})" if plan.country else ""
    what = (plan.kind, row.target, row.place, town)
    return PlannedAction(row.record, row.at, *what, plan.begins, plan.ends, withdrawn_at)


def _place(row: uuid.UUID) -> bytes:
    return f"{Announcement._meta.db_table}.sealed\x1f{row}".encode()
