"""Turn legs of journeys into corridors: from country to country, by mode and stage.

In: the register's tables and the reader's network. Out: :class:`Corridor` rows, those with most persons first, and
flows from where journeys begin over where they pass to where they end. Guaranteed: counts by country; no person, town
or day of a journey is in the result.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from traboule.analysis.network import EdgeKind, Network

_Key: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Corridor:
    """A corridor: how many persons and legs, the crimes of the actions that the persons took part in, most often first,
    and the states that filed it. ``mode`` and ``stage`` are empty where none is filed."""

    start: str
    end: str
    mode: str
    stage: str
    persons: int
    legs: int
    crimes: tuple[str, ...]
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """Journeys with the same first country, countries passed, and last country."""

    origin: str
    transit: tuple[str, ...]
    destination: str
    persons: int


def corridors(
    tables: Mapping[str, pa.Table], network: Network, *, only: Collection[str] | None = None
) -> list[Corridor]:
    """Return the corridors of all legs, or of the legs of the persons whose records are ``only``."""
    crimes_of = _crimes_by_person(network)
    persons: defaultdict[_Key, set[Any]] = defaultdict(set)
    legs: Counter[_Key] = Counter()
    units: defaultdict[_Key, set[str]] = defaultdict(set)
    for leg in _legs(tables["legs"]):
        if only is None or leg["person_record"] in only:
            key = (leg["from_country"], leg["to_country"], leg["mode"] or "", leg["stage"] or "")
            persons[key].add(network.person_of.get(leg["person_record"], leg["person_record"]))
            legs[key] += 1
            units[key].add(leg["unit"])
    rows = [
        Corridor(*key, len(travellers), legs[key], _crimes(travellers, crimes_of), tuple(sorted(units[key])))
        for key, travellers in persons.items()
    ]
    return sorted(rows, key=lambda row: (-row.persons, -row.legs, row.start, row.end, row.mode, row.stage))


def flows(tables: Mapping[str, pa.Table], network: Network) -> list[Flow]:
    """Return the journeys by origin, transit and destination; one person is counted once a flow."""
    journeys: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for leg in _legs(tables["legs"]):
        journeys[leg["person_record"]].append((leg["order"] or 0, leg["from_country"], leg["to_country"]))
    persons: defaultdict[tuple[str, ...], set[Any]] = defaultdict(set)
    for record, steps in journeys.items():
        ordered = sorted(steps)
        path = [ordered[0][1]]
        for _, start, end in ordered:
            path += [code for code in (start, end) if code != path[-1]]
        persons[tuple(path)].add(network.person_of.get(record, record))
    rows = [
        Flow(path[0], path[1:-1], path[-1], len(travellers)) for path, travellers in persons.items() if len(path) > 1
    ]
    return sorted(rows, key=lambda row: (-row.persons, row.origin, row.transit, row.destination))


def _legs(table: pa.Table) -> list[dict[str, Any]]:
    columns = ["person_record", "unit", "order", "from_country", "to_country", "mode", "stage"]
    rows: list[dict[str, Any]] = table.select(columns).to_pylist()
    return [row for row in rows if row["from_country"] and row["to_country"] and row["person_record"]]


def _crimes_by_person(network: Network) -> dict[int, set[str]]:
    edges, crimes = network.edges, defaultdict(set)
    concerns, took_part = edges.kind == EdgeKind.CONCERNS, edges.kind == EdgeKind.TOOK_PART
    for action, crime in zip(edges.left[concerns].tolist(), edges.right[concerns].tolist(), strict=True):
        crimes[action].add(str(network.nodes.name[crime]))
    by_person: defaultdict[int, set[str]] = defaultdict(set)
    for person, action in zip(edges.left[took_part].tolist(), edges.right[took_part].tolist(), strict=True):
        by_person[person] |= crimes[action]
    return by_person


def _crimes(travellers: Collection[Any], crimes_of: Mapping[int, Collection[str]]) -> tuple[str, ...]:
    persons_by_crime = Counter(
        crime for person in travellers if isinstance(person, int) for crime in crimes_of.get(person, ())
    )
    return tuple(sorted(persons_by_crime, key=lambda crime: (-persons_by_crime[crime], crime)))
