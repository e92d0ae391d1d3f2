"""Spoil rows as clerks do: each spoiled row must be held until it is corrected.

In: rows of a desk. Out: the same rows with some spoiled, and which. Guaranteed: every spoiled row has a fault under the
checks of a return, one that holds it unless it only refers to no row; rows that others refer to
are spoiled rarely; the other rows are left untouched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from traboule.demo.desks.rows.tables import Row

# For each table: the field, and what is written there (None: nothing, though the field is required).
_SPOILED: Mapping[str, Sequence[tuple[str, object]]] = {
    "people": (
        ("sex", "hombre/mujer"),
        ("birth_date", "31/02/1987"),
        ("citizenships", "Zamunda"),
        ("birth_date", "1990-13-05"),
    ),
    "roles": (("role", "boss"), ("person", "P99999"), ("role", None)),
    "victims": (("status", None), ("exploitation", "slavery-like"), ("person", "P88888"), ("fee", "much")),
    "arrests": (
        ("at", "2024-09-31"),
        ("attribution", None),
        ("attribution", "perhaps"),
        ("person", "P77777"),
        ("at", "last week"),
    ),
    "migrants": (("count", "about forty"), ("detected_on", "30/02/2024"), ("count", -3), ("count", None)),
    "identifiers": (("kind", "fax"), ("value", None), ("person", "P66666"), ("kind", None)),
    "legs": (("to_country", "Zamunda"), ("order", "first"), ("from_country", None)),
    "seizures": (("kind", "things"), ("quantity", "many"), ("action", "A99999")),
    "hits": (("category", "maybe"), ("database", None)),
    "investigations": (("opened_on", "2024-00-99"), ("crime_types", "crime")),
}
_REFERENCES = ("person", "action")
# How often a row of each table is spoiled; people seldom, because their other rows would wait for them.
_LEANING: Mapping[str, float] = {"people": 0.15, "roles": 0.6, "victims": 1.0, "arrests": 1.0, "investigations": 0.8}


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell with a wrong value, which the correction replaces.

    ``holds_row``: the row must be held. A reference to no row holds nothing in a return that only adds, because
    another part of it may bring the row.
    """

    table: str
    row_id: str
    field: str
    holds_row: bool


def spoil(
    rng: np.random.Generator, rows: Mapping[str, Sequence[Row]], wanted: int
) -> tuple[dict[str, list[Row]], tuple[Fault, ...]]:
    """Return the tables with faults in ``wanted`` rows (fewer where too few can have one), and the faults."""
    places = [(table, number) for table in _SPOILED for number in range(len(rows.get(table, ())))]
    spoiled = {table: list(of_table) for table, of_table in rows.items()}
    if not places:
        return spoiled, ()
    weights = np.array([_LEANING.get(table, 1.0) for table, _ in places])
    chosen = rng.choice(len(places), size=min(wanted, len(places)), replace=False, p=weights / weights.sum())
    faults = []
    for place in np.sort(chosen).tolist():
        table, number = places[place]
        options = _SPOILED[table]
        field, written = options[int(rng.integers(0, len(options)))]
        row = dict(spoiled[table][number])
        row.pop(field, None)
        if written is not None:
            row[field] = written
        spoiled[table][number] = row
        faults.append(Fault(table, str(row["row_id"]), field, field not in _REFERENCES))
    return spoiled, tuple(faults)
