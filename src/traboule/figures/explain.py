"""Explain a figure: its definition, its ranges, and the records that it counts.

In: a case and the figures counted from it. Out: plain data, with one page of the contributing records. Guaranteed: all
pages together have as many records as the figure counts, each with all its rows; no personal data except the names of
records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import numbered
from traboule.figures.definition import FigureDefinition, Population, dictionary
from traboule.figures.figure import Figure, FigureSet, Remark
from traboule.figures.influence import queue_of
from traboule.figures.intervals.leave_one_out import without_each
from traboule.figures.resolved import columns, counters, tallies
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import Ints, Texts
from traboule.figures.resolved.window import OPERATION

_MOST_LINKS = 20


def explain(
    case: Case, figures: FigureSet, figure_id: str, *, language: str = "en", page: int = 1, size: int = 50
) -> dict[str, Any]:
    """Return everything about a figure as JSON-able data; ``page`` counts from 1. NotFound for an unknown figure."""
    figure = figures.figure(figure_id)
    definition = dictionary()[figure_id]
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
        "without": dict(without_each(case, figures)[figure_id]),
        "contributing": _page(case, definition, figure, (page, size)),
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


def _page(case: Case, definition: FigureDefinition, figure: Figure, paging: tuple[int, int]) -> dict[str, Any]:
    page, size = paging
    first = (page - 1) * size
    keys = figure.contributing[first : first + size]
    rows = members(case, definition, keys)
    amounts = figure.amounts[first : first + size] or [1] * len(keys)
    return {
        "total": figure.counted,
        "records": len(figure.contributing),
        "page": page,
        "pages": max(-(-len(figure.contributing) // size), 1),
        "entries": [
            {"record": key, "amount": amount, "rows": rows[key]} for key, amount in zip(keys, amounts, strict=True)
        ],
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
