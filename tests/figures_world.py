"""Small worlds for the tests of figures: tables as the register gives them, clusters and links as linkage does.

``World`` builds one by hand, row by row; ``crowd`` makes one of any size from a seed, with whole arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from traboule.figures.count import count_inputs
from traboule.figures.figure import FigureSet
from traboule.figures.incremental.change import InputChange, came
from traboule.figures.intervals import calibration
from traboule.figures.resolved.inputs import Inputs
from traboule.operation.operation import Operation, Participant, shipped

INSIDE = datetime(2024, 9, 30, 10, 0)  # noqa: DTZ001 - local time, no zone is filed
TEXT, LIST, WHOLE, MOMENT = pa.string(), pa.list_(pa.string()), pa.int64(), pa.timestamp("us")
_ROW = {"record": TEXT, "unit": TEXT, "agency": TEXT, "row_id": TEXT}
_FACT = {**_ROW, "person_record": TEXT, "action_record": TEXT}
SCHEMAS: Mapping[str, Mapping[str, pa.DataType]] = {
    "returns": {"unit": TEXT, "agency": TEXT, "version": WHOLE, "supersedes": WHOLE, "status": TEXT, "kind": TEXT},
    "totals": {
        **_ROW,
        **{"measure": TEXT, "counted_unit": TEXT, "value": WHOLE, "precision": TEXT, "breakdown_of": TEXT},
    },
    "actions": {**_ROW, "start": MOMENT, "end": MOMENT, "phase": TEXT, "reference": TEXT, "joint_with": LIST},
    "people": {**_ROW, "age_band": TEXT, "minor": TEXT, "sex": TEXT, "citizenships": LIST},
    "roles": {**_FACT, "role": TEXT, "start": TEXT},
    "victims": {**_FACT, "status": TEXT, "exploitation": LIST},
    "arrests": {**_FACT, "at": MOMENT, "arresting_state": TEXT, "attribution": TEXT},
    "migrants": {
        **_ROW,
        **{"action_record": TEXT, "reference": TEXT, "detected_on": TEXT, "nationality": TEXT, "count": WHOLE},
    },
    "checks": {**_ROW, "action_record": TEXT, "kind": TEXT, "count": WHOLE, "precision": TEXT},
    "investigations": {**_ROW, "action_record": TEXT, "reference": TEXT, "opened_on": TEXT},
}


def operation(*states: str, figures: Iterable[str] = ()) -> Operation:
    """Return the shipped operation (29 September to 4 October 2024), with other participants where some are named."""
    default = _shipped()
    participants = tuple(Participant(state, required=True) for state in states) or default.participants
    return replace(default, participants=participants, figures=tuple(figures))


@cache
def _shipped() -> Operation:
    return shipped("liberterra-ii")


@dataclass
class World:
    """Rows by table, links and births; a record is named by its state, agency and row."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in SCHEMAS})
    links: list[tuple[str, str, float, str]] = field(default_factory=list)
    same: list[set[str]] = field(default_factory=list)
    births: dict[str, str] = field(default_factory=dict)
    held_rows: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, where: str, **values: Any) -> str:
        """Add a row of ``table`` filed at ``where`` ("ML" or "ML/police"); return its record."""
        unit, _, agency = where.partition("/")
        agency = agency or "police"
        row_id = values.pop("row_id", f"{table}-{len(self.rows[table]) + 1}")
        record = f"{unit}/{agency}/{row_id}"
        row = {"record": record, "unit": unit, "agency": agency, "row_id": row_id, **values}
        for name in ("person", "action"):
            if name in row:
                row[f"{name}_record"] = row.pop(name)
        self.rows[table].append({name: row.get(name) for name in SCHEMAS[table]})
        return record

    def files(self, *states: str, status: str = "preliminary", version: int = 1, supersedes: int | None = None) -> None:
        """Add a return in force for each of ``states``."""
        for where in states:
            self.add("returns", where, status=status, version=version, supersedes=supersedes, kind="rows")

    def person(self, where: str, **values: Any) -> str:
        """Add a person; "birth" is its birth date."""
        birth = values.pop("birth", None)
        record = self.add("people", where, **values)
        if birth:
            self.births[record] = birth
        return record

    def victim(self, where: str, **values: Any) -> str:
        """Add a person who is a possible victim, with a role row and a victim row inside the window."""
        exploitation = values.pop("exploitation", None)
        action = values.pop("action", None) or self.action(where)
        record = self.person(where, **values)
        self.add("roles", where, person=record, action=action, role="possible_victim")
        self.add(
            "victims",
            where,
            person=record,
            action=action,
            status="PossibleVictimOfTrafficking",
            exploitation=exploitation,
        )
        return record

    def arrest(self, where: str, person: str | None = None, **values: Any) -> str:
        """Add an arrest inside the window, of a new person where none is named; return the person."""
        person = person or self.person(where)
        self.add("arrests", where, **{"person": person, "at": INSIDE, "attribution": "trafficking", **values})
        return person

    def action(self, where: str, start: datetime | None = INSIDE, phase: str | None = None, **values: Any) -> str:
        """Add an action."""
        return self.add("actions", where, start=start, phase=phase, **values)

    def link(self, left: str, right: str, probability: float = 0.9, status: str = "open") -> None:
        """Add a link between two person records."""
        self.links.append((min(left, right), max(left, right), probability, status))

    def merge(self, *records: str) -> None:
        """Put records into one cluster, as an automatic or judged link does."""
        joined = set(records).union(*(group for group in self.same if group & set(records)))
        self.same = [group for group in self.same if not group & joined] + [joined]

    def inputs(self) -> Inputs:
        """Return the world as counting takes it."""
        tables = {name: table(name, rows) for name, rows in self.rows.items()}
        people = [row["record"] for row in self.rows["people"]]
        cluster = {record: min(group) for group in self.same for record in group}
        clusters = pa.table({"record": people, "cluster": [cluster.get(record, record) for record in people]}, CLUSTERS)
        births = pa.table({"record": list(self.births), "birth_date": list(self.births.values())}, BIRTHS)
        return Inputs(tables, clusters, links(self.links), births, dict(self.held_rows))

    def count(self, *states: str) -> FigureSet:
        """Count the world."""
        return count_inputs(self.inputs(), operation(*states))


CLUSTERS = pa.schema([("record", TEXT), ("cluster", TEXT)])
BIRTHS = pa.schema([("record", TEXT), ("birth_date", TEXT)])


def table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as the Arrow table ``name``."""
    return pa.Table.from_pylist(rows, pa.schema(list(SCHEMAS[name].items())))


def links(rows: Iterable[tuple[str, str, float, str]]) -> pa.Table:
    """Return (left, right, probability, status) rows as a table of links."""
    lists = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    schema = pa.schema([("left", TEXT), ("right", TEXT), ("probability", pa.float64()), ("status", TEXT)])
    return pa.table(dict(zip(schema.names, lists, strict=True)), schema)


def crowd(persons: int, seed: int = 0, open_links: int = 2000) -> Inputs:
    """Return ``persons`` person records: a third possible victims, a quarter arrested, a tenth filed twice, with an
    automatic link between any two of one person.
    """
    random = np.random.default_rng(seed)
    states = np.array([participant.state for participant in shipped("liberterra-ii").participants])
    unit = np.sort(states[random.integers(0, len(states), persons)])
    record = np.char.add(np.char.add(unit, "/police/"), np.char.zfill(np.arange(persons).astype(str), 8))
    first = np.arange(persons)
    twice = random.random(persons) < 0.1
    first[twice] = random.integers(0, persons, int(twice.sum()))
    first = first[first]
    cluster = record.copy()
    order = np.lexsort((record, first))
    starts = np.flatnonzero(np.concatenate([[True], first[order][1:] != first[order][:-1]]))
    cluster[order] = np.repeat(record[order][starts], np.diff(np.append(starts, persons)))
    ends = random.integers(0, persons, (2, open_links))
    repeated = [
        order[np.flatnonzero(first[order][lag:] == first[order][:-lag])[:, None] + (0, lag)]
        for lag in range(1, int(np.bincount(first).max()))
    ]
    merged = np.concatenate([*repeated, np.empty((0, 2), dtype=np.int64)])
    left = np.concatenate([np.minimum(*ends), merged[:, 0]])
    right = np.concatenate([np.maximum(*ends), merged[:, 1]])
    tables, births = _filed(random, unit, record, "XX/police/a")
    tables["returns"] = _record_of(np.unique(states), status=["preliminary"] * len(states), version=[1] * len(states))
    return Inputs(
        tables,
        pa.table({"record": record, "cluster": cluster}),
        pa.table(
            {
                "left": record[left],
                "right": record[right],
                "probability": np.concatenate([random.random(open_links), np.full(len(merged), 0.9999)]),
                "status": np.repeat(["open", "automatic"], [open_links, len(merged)]),
            }
        ),
        births,
    )


def one_more_return(base: Inputs, persons: int, seed: int = 1, open_links: int = 100) -> InputChange:
    """Return what one more return brings to a crowd: persons of whom a tenth are known already, and open links."""
    random = np.random.default_rng(seed)
    unit = np.full(persons, "ZW")
    desk = f"ZW/zoll-{seed}/"
    record = np.char.add(desk, np.char.zfill(np.arange(persons).astype(str), 8))
    earlier = base.clusters.take(random.integers(0, base.clusters.num_rows, persons))["cluster"].to_numpy()
    cluster = np.where(random.random(persons) < 0.1, earlier, record.astype(object))
    tables, births = _filed(random, unit, record, f"{desk}a")
    tables |= {"births": births, "clusters": pa.table({"record": record, "cluster": pa.array(cluster, pa.string())})}
    ends = random.integers(0, persons, open_links), random.integers(0, base.clusters.num_rows, open_links)
    neighbours = base.clusters.take(ends[1])["record"].to_pylist()
    tables["links"] = links(
        (min(left, right), max(left, right), float(p), "open")
        for left, right, p in zip(record[ends[0]].tolist(), neighbours, random.random(open_links), strict=True)
    )
    return InputChange(came(tables), held_rows=base.held_rows, as_of=base.as_of)


def _filed(
    random: np.random.Generator, unit: np.ndarray, record: np.ndarray, action: str
) -> tuple[dict[str, pa.Table], pa.Table]:
    """Return what is filed of persons, and their births."""
    persons = len(record)
    states = np.array([participant.state for participant in shipped("liberterra-ii").participants])
    actions = max(persons // 20, 1)
    moment = np.datetime64("2024-09-27T00:00:00", "us") + random.integers(0, 9 * 86400, actions).astype("m8[s]")
    action_names = np.char.add(action, np.arange(actions).astype(str))
    roles = np.array(["possible_victim", "suspect", "smuggled_migrant"])[random.integers(0, 3, persons)]
    victims = np.flatnonzero(roles == "possible_victim")
    arrests = np.flatnonzero(random.random(persons) < 0.25)
    at_action = action_names[random.integers(0, actions, persons)]
    forms = np.array(["ForcedLabour", "SexualExploitation", "ForcedCriminality.OnlineScam"])
    tables = {
        "actions": pa.table({"record": action_names, "start": moment}),
        "people": pa.table(
            {
                "record": record,
                "unit": unit,
                "agency": ["police"] * persons,
                "sex": np.array(["female", "male", "unknown"])[random.integers(0, 3, persons)],
                "citizenships": _lists(states[random.integers(0, len(states), persons)]),
            }
        ),
        "roles": _facts(record, unit, at_action, np.arange(persons), role=roles),
        "victims": _facts(
            record,
            unit,
            at_action,
            victims,
            status=["PossibleVictimOfTrafficking"] * len(victims),
            exploitation=_lists(forms[random.integers(0, 3, len(victims))]),
        ),
        "arrests": _facts(
            record,
            unit,
            at_action,
            arrests,
            at=np.datetime64("2024-09-29T00:00:00", "us") + random.integers(0, 5 * 86400, len(arrests)).astype("m8[s]"),
            attribution=np.array(["trafficking", "smuggling", "linked"])[random.integers(0, 3, len(arrests))],
        ),
    }
    birth = (np.datetime64("1970-01-01") + random.integers(0, 50 * 365, persons)).astype(str)
    return tables, pa.table({"record": record, "birth_date": birth})


def _record_of(states: np.ndarray, **values: Any) -> pa.Table:
    return pa.table({"unit": states, "agency": ["police"] * len(states), **values})


def _facts(record: np.ndarray, unit: np.ndarray, action: np.ndarray, rows: np.ndarray, **values: Any) -> pa.Table:
    return pa.table(
        {
            "record": record[rows],
            "unit": unit[rows],
            "agency": ["police"] * len(rows),
            "person_record": record[rows],
            "action_record": action[rows],
            **values,
        }
    )


def _lists(values: np.ndarray) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(np.arange(len(values) + 1), pa.int32()), pa.array(values, pa.string()))


def day(text: str, hour: int = 10) -> datetime:
    """Return an hour of a local day."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time()).replace(hour=hour)


def calibrate_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the probabilities of links for calibrated, whatever an audit says."""
    monkeypatch.setattr(calibration, "PRIORS", (calibration.Prior(0.0, 1e-6, 1.0, 1e-6),) * 2)
