"""Explain a figure: its definition, its ranges, its breakdowns, and the records that it or one of its cells counts.

In: a case and the figures counted from it. Out: plain data, with one page of the contributing records. Guaranteed: all
pages together have as many records as the figure, or the cell asked for, counts from rows, each with all its rows; no
personal data except the names of records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.core.errors import NotFound
from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import numbered
from traboule.core.language.spelling import nearest
from traboule.figures.definition import FigureDefinition, Population, dictionary
from traboule.figures.explanation.cells import records_of_cell
from traboule.figures.figure import Declared, Figure, FigureSet, Remark
from traboule.figures.influence import queue_of
from traboule.figures.intervals.leave_one_out import without_each
from traboule.figures.resolved import columns, counters, tallies
from traboule.figures.resolved.breakdown import UNSPECIFIED
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Ints, Texts
from traboule.figures.resolved.window import OPERATION

_MOST_LINKS = 20


@dataclass(frozen=True, slots=True)
class CellName:
    """A cell of a breakdown: a dimension and a code in it, or "unspecified"."""

    dimension: str
    code: str


def explain(
    case: Case,
    figures: FigureSet,
    figure_id: str,
    *,
    language: str = "en",
    paging: tuple[int, int] = (1, 50),
    cell: CellName | None = None,
) -> dict[str, Any]:
    """Return everything about a figure as JSON-able data. With ``cell`` the records are those of that cell alone.

    ``paging`` are the number of a page, from 1, and its size. Raises NotFound for an unknown figure, for a dimension
    by which it is not broken down, and for a code that is no cell of it.
    """
    figure = figures.figure(figure_id)
    definition = dictionary()[figure_id]
    counted = _chosen(case, definition, figure, cell)
    return {
        "operation": figures.operation,
        "as_of": figures.as_of,
        "inputs_hash": figures.inputs_hash,
        "dictionary_hash": figures.dictionary_hash,
        "definition": _definition(definition, figures, language),
        **{name: getattr(figure, name) for name in ("value", "low", "high", "rows", "precision", "held")},
        "counted": figure.counted,
        "declared_only": figure.declared_only,
        "declared": [asdict(declared) for declared in figure.declared],
        "compared": [{**asdict(comparison), "gap": comparison.gap} for comparison in figure.compared],
        "by_state": {code: list(cell) for code, cell in figure.breakdowns.get("state", {}).items()},
        "breakdowns": {
            dimension: {
                "kind": kind,
                "cells": {code: list(cell) for code, cell in figure.breakdowns[dimension].items()},
            }
            for dimension, kind in definition.breakdowns.items()
        },
        "without": dict(without_each(case, figures)[figure_id]),
        "cell": None if cell is None else _cell(figure, cell, sum(amount for _, amount in counted)),
        "contributing": _page(case, definition, counted, paging),
        "open_links": open_links(case, figure_id),
        "remarks": [remark(entry, language) for entry in figures.remarks if entry.figure == figure_id],
    }


def remark(entry: Remark, language: str) -> dict[str, Any]:
    """Return a remark with its sentence in ``language``."""
    wording: Mapping[str, str] = catalogue("traboule.figures", "words/remarks.yaml")[entry.code]
    return {
        **asdict(entry),
        "sentence": fill(wording, language, numbered({"state": entry.state, **entry.values}, language)),
    }


def open_links(case: Case, figure_id: str, most: int = _MOST_LINKS) -> list[dict[str, Any]]:
    """Return the open links behind a figure's range, ordered by how much a judgement would narrow it."""
    queue = queue_of(case)
    name = f"effect_{figure_id}"
    if name not in queue.column_names:
        return []
    effect = np.asarray(queue.column(name).to_numpy())
    order = np.argsort(-effect, kind="stable")
    chosen = order[effect[order] > 0][:most]
    rows = queue.select(["left", "right", "probability", name]).rename_columns(
        ["left", "right", "probability", "effect"]
    )
    return list(rows.take(chosen).to_pylist())


def members(case: Case, definition: FigureDefinition, keys: Sequence[str]) -> dict[str, list[str]]:
    """Return for each contributing record all records counted with it, itself included, in order.

    A record that the case no longer counts (figures of an earlier instant) has none.
    """
    if definition.population is Population.PERSONS:
        return _persons(case, definition, keys)
    if definition.population is Population.ARRESTS:
        return _arrests(case, definition, keys)
    if definition.population is Population.TALLIES:
        return _tallies(case, definition, keys)
    table = case.inputs.table("returns")
    agencies = zip(*(columns.texts(table, name).to_pylist() for name in ("unit", "agency")), strict=True)
    filed = sorted({(str(state), str(agency)) for state, agency in agencies})
    return {key: [f"{state}/{agency}" for state, agency in filed if state == key] for key in keys}


def _definition(definition: FigureDefinition, figures: FigureSet, language: str) -> dict[str, Any]:
    total = definition.of if definition.of in figures.figures else None
    return {
        "id": definition.id,
        "title": definition.titles.get(language, definition.titles["en"]),
        "unit": definition.unit,
        "qualifier": definition.qualifier,
        "of": total,
        "parts": [figure.id for figure in figures.figures.values() if figure.of == definition.id],
        "distinct_by": list(definition.distinct_by),
        "standard": definition.standard,
        "rules": list(definition.rules),
        "caveats": [caveat.get(language, caveat["en"]) for caveat in definition.caveats],
    }


def _chosen(case: Case, definition: FigureDefinition, figure: Figure, cell: CellName | None) -> list[tuple[str, int]]:
    """Return the contributing records of a figure or a cell, in order, each with its amount."""
    counted = list(zip(figure.contributing, figure.amounts or [1] * len(figure.contributing), strict=True))
    if cell is None:
        return counted
    if cell.dimension not in definition.breakdowns:
        dimensions = sorted(definition.breakdowns)
        near = nearest(cell.dimension, dimensions)
        raise NotFound("dimension-unknown", dimension=cell.dimension, known=", ".join(dimensions), near=near)
    if cell.code not in figure.breakdowns[cell.dimension]:
        codes = sorted(figure.breakdowns[cell.dimension])
        raise NotFound("cell-unknown", cell=cell.code, dimension=cell.dimension, near=nearest(cell.code, codes))
    chosen = records_of_cell(case, definition, cell.dimension, cell.code)
    return [(record, amount) for record, amount in counted if record in chosen]


def _cell(figure: Figure, cell: CellName, counted: int) -> dict[str, Any]:
    """Return a cell: what it counts from rows (``counted``) and what states declared into it without rows."""
    value, low, high = figure.breakdowns[cell.dimension][cell.code]
    declared = [asdict(entry) for entry in figure.declared if _stands_in(entry, cell)]
    name = {"dimension": cell.dimension, "code": cell.code}
    counts = {"value": value, "low": low, "high": high, "counted": counted, "declared_only": value - counted}
    return {**name, **counts, "declared": declared}


def _stands_in(declared: Declared, cell: CellName) -> bool:
    """Tell whether a total declared without rows stands in a cell: in its state's, otherwise unspecified (rule 5)."""
    return cell.code == (declared.state if cell.dimension == "state" else UNSPECIFIED)


def _page(
    case: Case, definition: FigureDefinition, counted: Sequence[tuple[str, int]], paging: tuple[int, int]
) -> dict[str, Any]:
    page, size = paging
    first = (page - 1) * size
    shown = counted[first : first + size]
    rows = members(case, definition, [key for key, _ in shown])
    return {
        "total": sum(amount for _, amount in counted),
        "records": len(counted),
        "page": page,
        "pages": max(-(-len(counted) // max(size, 1)), 1),
        "entries": [{"record": key, "amount": amount, "rows": rows[key]} for key, amount in shown],
    }


def _gathered(keys: Sequence[str], names: Sequence[str], rows: Sequence[str]) -> dict[str, list[str]]:
    out: dict[str, set[str]] = {key: set() for key in keys}
    for name, row in zip(names, rows, strict=True):
        if name in out:
            out[name].add(row)
    return {key: sorted(members) for key, members in out.items()}


def _names_of(group: Ints, records: Texts, keys: Sequence[str]) -> dict[int, str]:
    """Return by group the key that names it, for the keys that are still among the records."""
    places = columns.places_in(pa.array(keys, pa.string()), records).tolist()
    return {int(group[place]): key for place, key in zip(places, keys, strict=True) if place >= 0}


def _persons(case: Case, definition: FigureDefinition, keys: Sequence[str]) -> dict[str, list[str]]:
    people, label = case.facts.people, case.complete.partitions.value
    sightings = case.complete.sightings_of[definition.id]
    inside = sightings.where(sightings.phase == OPERATION)
    wanted = np.zeros(people.nodes, dtype=np.bool_)
    places = columns.places_in(pa.array(keys, pa.string()), people.names)
    wanted[places[places >= 0]] = True
    mine = inside.where(wanted[label[inside.node]])
    names = columns.names(columns.taken(people.names, label[mine.node]))
    return _gathered(keys, names, columns.names(columns.taken(people.records, mine.person)))


def _arrests(case: Case, definition: FigureDefinition, keys: Sequence[str]) -> dict[str, list[str]]:
    filter_ = counters.chosen_attributions(definition)
    arrests = counters.arrests(case.complete, filter_, case.complete.partitions.value)
    records = columns.taken(case.facts.arrests.records, arrests.rows.row)
    group = arrests.groups.of_rows()
    name_of = _names_of(group, records, keys)
    mine = np.flatnonzero(np.isin(group, np.array(list(name_of), dtype=np.int64)))
    names = [name_of[group_number] for group_number in group[mine].tolist()]
    return _gathered(keys, names, columns.names(columns.taken(records, mine)))


def _tallies(case: Case, definition: FigureDefinition, keys: Sequence[str]) -> dict[str, list[str]]:
    rows = tallies.tallies(case.inputs, case.operation, definition, case.facts.units)
    rows = rows.where(rows.phase == OPERATION)
    name_of = _names_of(rows.key, rows.records, keys)
    mine = np.flatnonzero(np.isin(rows.key, np.array(list(name_of), dtype=np.int64)))
    names = [name_of[key] for key in rows.key[mine].tolist()]
    return _gathered(keys, names, columns.names(columns.taken(rows.records, mine)))
