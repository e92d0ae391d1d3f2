"""The inputs of a count.

In: the register's current rows, the linkage's clusters and links, birth dates, the rows held at the door. Out: a frozen
object. Guaranteed: it names every column that counting reads, with its type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from traboule.core.record_names import record
from traboule.figures.resolved import columns

_IDENTITY = ("record", "unit", "agency")
_FACT = (*_IDENTITY, "person_record", "action_record")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "actions": ("record", "start", "end", "phase"),
    "arrests": (*_FACT, "at", "arresting_state", "attribution"),
    "checks": (*_IDENTITY, "action_record", "kind", "count", "precision"),
    "investigations": (*_IDENTITY, "action_record", "reference", "opened_on"),
    "migrants": (*_IDENTITY, "action_record", "reference", "detected_on", "nationality", "count"),
    "people": (*_IDENTITY, "age_band", "minor", "sex", "citizenships"),
    "held": ("unit", "agency", "table", "row_id"),
    "returns": ("unit", "agency", "version", "supersedes", "status", "in_force"),
    "roles": (*_FACT, "role", "start"),
    "totals": (*_IDENTITY, "row_id", "measure", "counted_unit", "value", "precision", "breakdown_of"),
    "victims": (*_FACT, "status", "exploitation"),
}


_MOMENTS = {("actions", "start"), ("actions", "end"), ("arrests", "at")}
_LISTS = {"citizenships", "exploitation"}
_NUMBERS = {"count", "supersedes", "value", "version"}


def column_type(table: str, name: str) -> pa.DataType:
    """Return the Arrow type in which counting reads a column."""
    if (table, name) in _MOMENTS:
        return pa.timestamp("us")
    if name in _LISTS:
        return pa.list_(pa.string())
    return pa.int64() if name in _NUMBERS else pa.string()


@dataclass(frozen=True, slots=True)
class Inputs:
    """Tables as ``register.history.tables`` gives them, clusters (record, cluster) and links as ``linkage`` does.

    ``links`` may hold links of any status: the open ones make the range and the judged no-match ones keep apart.
    ``births`` has (record, birth_date) and nothing else of a person; ``held`` counts the rows held at the door by
    table, and under "table.field" the sum of that field over them where it could be read; without it the register's
    table of held rows says it. ``as_of`` is the instant the
    tables are of; without one the latest receipt says it.
    """

    tables: Mapping[str, pa.Table]
    clusters: pa.Table
    links: pa.Table
    births: pa.Table | None = None
    held_rows: Mapping[str, int] = field(default_factory=dict)
    as_of: datetime | None = None

    def table(self, name: str) -> pa.Table | None:
        """Return table ``name``, or None where nobody filed one."""
        return self.tables.get(name)

    def rows_held(self) -> Mapping[str, int]:
        """Return the number of held rows by table: as passed in, or from the register's table of held rows.

        A held correction of a row that stands is no further row, so it is left out.
        """
        waiting = self.table("held")
        if self.held_rows or waiting is None:
            return self.held_rows
        rows = waiting_rows(waiting)
        in_force = {name: columns.texts(self.table(name), "record") for name in rows}
        return {
            name: len(records) - int(columns.among(in_force[name], tuple(records)).sum())
            for name, records in rows.items()
        }

    def as_of_text(self) -> str:
        """Return the instant of the tables in ISO form, empty where it is not known."""
        if self.as_of is not None:
            return self.as_of.isoformat()
        returns = self.table("returns")
        if returns is None or "received_at" not in returns.column_names or not returns.num_rows:
            return ""
        latest = columns.kernels.max(returns.column("received_at")).as_py()
        return latest.isoformat() if isinstance(latest, datetime) else str(latest or "")


def waiting_rows(table: pa.Table) -> dict[str, list[str]]:
    """Return the records that wait at the door, by table in order, each once."""
    keys = set(zip(*(columns.texts(table, name).to_pylist() for name in COLUMNS["held"]), strict=True))
    rows: dict[str, list[str]] = {}
    for unit, agency, name, row_id in keys:
        rows.setdefault(str(name), []).append(record(str(unit), str(agency), str(row_id)))
    return dict(sorted(rows.items()))
