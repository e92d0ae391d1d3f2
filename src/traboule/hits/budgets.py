"""Budgets on hits: freeze what looks like a search for somebody, and say why.

In: hits, and which record of each was filed later, so that it asks about the other. Out: alarms, each with the hits
that it freezes. Guaranteed: a hit is counted with those raised within a week of it, before and after, so that waiting
frees nothing; the units learn of neither.

One person is rarely filed three times by one unit, nor by five: many records near one target are a sweep, such as one
over birth dates, or units that collude. A unit with more hits than ``ASKER`` in a week asks about too many.

The same holds of announced actions, whose overlaps are hits. Besides, whoever probes announces much that overlaps with
nothing: targets of a series, such as telephone numbers that follow each other, or more actions than a unit can plan.

A decoy is nobody's identifier: whoever files or announces it has it from a search or a leak, and one is enough.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from traboule.core.record_names import unit_of
from traboule.hits.stages import HitState, Pair

WINDOW = timedelta(days=7)
SIMILAR = 3  # Records of one unit that ask about one record.
TARGET = 5  # Records of all units that ask about one record.
ASKER = 100  # Hits of one unit, on whatever records.
SERIES = 4  # Announced targets of one unit that differ in their last characters alone.
PLANS = 40  # Announced actions of one unit.


class AlarmKind(StrEnum):
    """Which budget was exceeded, or that a decoy was filed or announced."""

    SIMILAR = "similar"
    TARGET = "target"
    ASKER = "asker"
    SERIES = "series"
    PLANS = "plans"
    DECOY = "decoy"


@dataclass(frozen=True, slots=True)
class Alarm:
    """A budget that was exceeded: by which unit (empty where by several), on which record, and the hits it freezes.

    Of a decoy: which unit and record named it, and the ``decoy``'s number.
    """

    kind: AlarmKind
    unit: str
    record: str
    handles: frozenset[str]
    decoy: int = 0


def alarms(hits: Iterable[HitState], later: Mapping[Pair, str]) -> list[Alarm]:
    """Return the alarms that hits raise, sorted. ``later`` gives the record of each pair that was filed later."""
    groups: defaultdict[tuple[AlarmKind, str, str], list[HitState]] = defaultdict(list)
    for hit in hits:
        asking = later.get(hit.pair, hit.right)
        target, unit = next(record for record in hit.pair if record != asking), unit_of(asking)
        groups[AlarmKind.SIMILAR, unit, target].append(hit)
        groups[AlarmKind.TARGET, "", target].append(hit)
        groups[AlarmKind.ASKER, unit, ""].append(hit)
    most = {AlarmKind.SIMILAR: SIMILAR, AlarmKind.TARGET: TARGET, AlarmKind.ASKER: ASKER + 1}
    result = []
    for key, group in sorted(groups.items()):
        if frozen := _beyond(group, most[key[0]]):
            result.append(Alarm(*key, frozen))
    return result


def plan_alarms(
    hits: Iterable[HitState], later: Mapping[Pair, str], announced: Iterable[tuple[str, datetime, str]]
) -> list[Alarm]:
    """Return the alarms that ``announced`` actions (record, instant, series) raise, sorted.

    An alarm freezes the hits in which one of its actions asks about another unit's.
    """
    groups: defaultdict[tuple[AlarmKind, str, str], dict[str, datetime]] = defaultdict(dict)
    for record, at, series in announced:
        groups[AlarmKind.PLANS, unit_of(record), ""][record] = at
        if series:
            groups[AlarmKind.SERIES, unit_of(record), series][record] = at
    asking = {hit.handle: later.get(hit.pair, hit.right) for hit in hits}
    most = {AlarmKind.SERIES: SERIES, AlarmKind.PLANS: PLANS + 1}
    result = []
    for (kind, unit, series), at_by_record in groups.items():
        beyond = _crowded(at_by_record, most[kind])
        handles = frozenset(handle for handle, record in asking.items() if record in beyond)
        if handles:
            result.append(Alarm(kind, unit, min(beyond) if series else "", handles))
    return sorted(result, key=lambda alarm: (alarm.kind, alarm.unit, alarm.record))


def decoy_alarms(hits: Iterable[HitState], named: Iterable[tuple[str, int]]) -> list[Alarm]:
    """Return an alarm for each record that names a decoy (record, decoy), in their order.

    It freezes the record's hits that are the protection officer's. The desk's go on: a hit that is frozen there by no
    budget would show that there is a decoy.
    """
    handles: defaultdict[str, set[str]] = defaultdict(set)
    for hit in hits:
        if hit.protected:
            for record in hit.pair:
                handles[record].add(hit.handle)
    return [
        Alarm(AlarmKind.DECOY, unit_of(record), record, frozenset(handles[record]), decoy) for record, decoy in named
    ]


def _beyond(hits: list[HitState], most: int) -> frozenset[str]:
    """Return the handles of hits that were raised within a week of so many."""
    return _crowded({hit.handle: hit.since for hit in hits}, most)


def _crowded(instants: Mapping[str, datetime], most: int) -> frozenset[str]:
    """Return what has so many instants, its own included, within a week before and after its own."""
    moments = sorted(instants.values())
    return frozenset(
        name
        for name, at in instants.items()
        if bisect_right(moments, at + WINDOW) - bisect_left(moments, at - WINDOW) >= most
    )
