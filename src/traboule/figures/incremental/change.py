"""Compute what changed between two counts: rows added, rows removed, clusters and links.

In: inputs before and after. Out: a change that turns the first into the second. Guaranteed: a change names rows by
permanent keys (a record; for a link both its records), so that it applies in any order of rows; rows that it does not
name stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

import pyarrow as pa

from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import Texts
from traboule.figures.resolved.inputs import Inputs

BIRTHS, CLUSTERS, LINKS = "births", "clusters", "links"
BETWEEN = "\x1f"  # Stands between the two records that name a link.
UNKEYED_TABLES = ("returns", "held")  # Tables without records, small enough to be given anew.


@dataclass(frozen=True, slots=True)
class Renewal:
    """The changes of a table: ``names`` of all rows added, removed or changed, and ``rows`` as they are now."""

    names: Texts
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class InputChange:
    """``renewed`` rows by table (the register's, and "births", "clusters", "links"); ``complete`` tables replace the
    earlier ones; ``held`` and ``as_of`` as :class:`Inputs` has them after the change.
    """

    renewed: Mapping[str, Renewal] = field(default_factory=dict)
    complete: Mapping[str, pa.Table] = field(default_factory=dict)
    held_rows: Mapping[str, int] = field(default_factory=dict)
    as_of: datetime | None = None


def row_names(name: str, table: pa.Table) -> Texts:
    """Return what names each row of a table."""
    if name != LINKS:
        return columns.texts(table, "record")
    ends = (columns.texts(table, side) for side in ("left", "right"))
    return cast(Texts, columns.kernels.binary_join_element_wise(*ends, BETWEEN))


def came(inputs: Mapping[str, pa.Table]) -> dict[str, Renewal]:
    """Return the renewals by which rows come (or take the place of those of the same name)."""
    return {name: Renewal(row_names(name, table), table) for name, table in inputs.items()}


def tables_of(inputs: Inputs) -> dict[str, pa.Table]:
    """Return all tables of inputs whose rows have names."""
    tables = {name: table for name, table in inputs.tables.items() if name not in UNKEYED_TABLES}
    tables |= {CLUSTERS: inputs.clusters, LINKS: inputs.links}
    return tables if inputs.births is None else {**tables, BIRTHS: inputs.births}


def change(old: Inputs, new: Inputs) -> InputChange:
    """Return what carries ``old`` into ``new``."""
    before, after = tables_of(old), tables_of(new)
    renewed = {}
    for name in sorted({*before, *after}):
        differing = renewal(name, before.get(name), after.get(name))
        if differing is not None:
            renewed[name] = differing
    complete = {name: table for name in UNKEYED_TABLES if (table := new.table(name)) is not None}
    return InputChange(renewed, complete, new.held_rows, new.as_of)


def applied(inputs: Inputs, made: InputChange) -> Inputs:
    """Return inputs with a change applied to them."""
    tables = tables_of(inputs)
    for name, renewal in made.renewed.items():
        table = tables.get(name)
        if table is None:
            tables[name] = renewal.rows
            continue
        tables[name] = joined(
            [table.filter(pa.array(~columns.is_among(row_names(name, table), renewal.names))), renewal.rows]
        )
    births, clusters, links = tables.pop(BIRTHS, None), tables.pop(CLUSTERS), tables.pop(LINKS)
    stays = {name: table for name, table in inputs.tables.items() if name in UNKEYED_TABLES}
    return replace(
        inputs,
        tables={**tables, **stays, **made.complete},
        clusters=clusters,
        links=links,
        births=births,
        held_rows=made.held_rows,
        as_of=made.as_of,
    )


def joined(tables: list[pa.Table]) -> pa.Table:
    """Return tables one below the other, those of one name having the same columns or lacking some."""
    arrow: Any = pa
    return cast(pa.Table, arrow.concat_tables(tables, promote_options="permissive"))


def renewal(name: str, old: pa.Table | None, new: pa.Table | None) -> Renewal | None:
    """Return the changes of table ``name`` from ``old`` to ``new``; None where there are none."""
    if new is None:
        return None if old is None else Renewal(row_names(name, old), old.slice(0, 0))
    if old is None:
        return Renewal(row_names(name, new), new)
    was, now = _between_ends(old, new)
    before, after = row_names(name, was), row_names(name, now)
    # Rows of one name are told apart by their contents: two links between the same records are two rows.
    contents = _contents(before, was), _contents(after, now)
    gone, fresh = ~columns.is_among(*contents), ~columns.is_among(*reversed(contents))
    if not (gone.any() or fresh.any()):
        return None
    names = pa.concat_arrays([before.filter(pa.array(gone)), after.filter(pa.array(fresh))])
    return Renewal(names, new.filter(pa.array(columns.is_among(row_names(name, new), names))))


def _between_ends(old: pa.Table, new: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Return both tables without the rows at their heads and at their feet that are the same: tables come sorted, so
    that what one desk files stands together.
    """
    if old.schema.names != new.schema.names or old.schema.types != new.schema.types:
        return old, new
    head = _equal_rows(old, new, min(old.num_rows, new.num_rows), from_end=False)
    feet = _equal_rows(old, new, min(old.num_rows, new.num_rows) - head, from_end=True)
    was, now = (table.slice(head, table.num_rows - head - feet) for table in (old, new))
    return was, now


def _equal_rows(old: pa.Table, new: pa.Table, most: int, *, from_end: bool) -> int:
    """Return how many rows, at most ``most``, are the same at one end of both tables."""
    least_equal, least_other = 0, most + 1
    while least_equal + 1 < least_other:
        middle = (least_equal + least_other) // 2
        begins = [old_rows.num_rows - middle if from_end else least_equal for old_rows in (old, new)]
        old_rows, new_rows = (
            table.slice(begin, middle - least_equal) for table, begin in zip((old, new), begins, strict=True)
        )
        least_equal, least_other = (middle, least_other) if old_rows.equals(new_rows) else (least_equal, middle)
    return least_equal


def _contents(names: Texts, table: pa.Table) -> Texts:
    parts = [columns.kernels.coalesce(columns.as_text(table.column(name)), "\x00") for name in table.column_names]
    return cast(Texts, columns.kernels.binary_join_element_wise(names, *parts, "\x1d")) if table.num_rows else names
