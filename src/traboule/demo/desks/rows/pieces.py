"""Collect the rows of identifiers, of persons' records and of actions.

In: records or action rows, values. Out: columns being collected. Guaranteed: beside each value as typed stands what it
shows in truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from traboule.demo.desks.rows.tables import FiledWorld
from traboule.demo.world.draws import Ints, Objects, objects


@dataclass(slots=True)
class Pieces:
    """Identifier rows being collected: record (-1: of an action), stem, kind, value, issuer, remark.

    ``true``: what is shown in truth, however it is typed.
    """

    record: list[Ints] = field(default_factory=list)
    stem: list[Ints] = field(default_factory=list)
    desk: list[Ints] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    value: list[object] = field(default_factory=list)
    issuer: list[str | None] = field(default_factory=list)
    remark: list[str | None] = field(default_factory=list)
    true: list[object] = field(default_factory=list)

    def of_records(
        self, world: FiledWorld, records: Ints, kind: str, values: Sequence[object], **optional: Sequence[str | None]
    ) -> None:
        """Add one row for each of ``records``."""
        self.record.append(records)
        self.stem.append(world.stem[records])
        self.desk.append(world.records.desk[records])
        self._add(len(records), kind, values, optional)

    def of_actions(
        self, world: FiledWorld, stems: Ints, kind: str, values: Sequence[object], **optional: Sequence[str | None]
    ) -> None:
        """Add one row for each action row of ``stems``."""
        self.record.append(np.full(len(stems), -1, dtype=np.int64))
        self.stem.append(stems)
        self.desk.append(world.desk_action[0][stems])
        self._add(len(stems), kind, values, optional)

    def _add(self, size: int, kind: str, values: Sequence[object], optional: dict[str, Sequence[str | None]]) -> None:
        self.kind += [kind] * size
        self.value += list(values)
        self.issuer += list(optional.get("issuer", [None] * size))
        self.remark += list(optional.get("remark", [None] * size))
        self.true += list(optional.get("true", values))


def distinct_from(phones: Objects, taken: Objects) -> Objects:
    """Return ``phones``, with every number already in use replaced by the next free one."""
    used = set(taken.tolist())
    distinct = []
    for phone in phones.tolist():
        candidate = phone
        while candidate in used:
            tail = (int(candidate[-4:]) + 1) % 10_000
            candidate = f"{candidate[:-4]}{tail:04d}"
        used.add(candidate)
        distinct.append(candidate)
    return objects(distinct)
