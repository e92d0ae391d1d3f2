"""Count a case by SQL on an engine, to check the counts by arrays.

In: a case and an engine. Out: what each figure counts from rows, under the value reading. Guaranteed: persons, minors
and phases are those of the case; the counting shares nothing with that by arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from tests.oracles.figure_queries import PREFIX, steps
from traboule.engines.port import Engine
from traboule.figures.definition import FIELDS, FigureDefinition, Population
from traboule.figures.resolved import columns, counters, tallies
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import ABSENT, Ints
from traboule.figures.resolved.window import OPERATION


def count_by_engine(case: Case, engine: Engine) -> Mapping[str, int]:
    """Return each figure's count by ``engine``, declared totals left out."""
    for name, table in tables(case).items():
        engine.register(name, table)
    queries = steps(case.definitions)
    engine.run(queries)
    return {name: int(engine.table(f"{PREFIX}{name}").column("value")[0].as_py()) for name in case.definitions}


def tables(case: Case) -> dict[str, pa.Table]:
    """Return the resolved tables that compiled definitions read, by name."""
    out = {"people": _people(case), "arrests": _arrests(case), "states_in_force": _states_in_force(case)}
    out.update({name: _person_rows(case, name) for name in FIELDS[Population.PERSONS]})
    for definition in case.definitions.values():
        if definition.population is Population.TALLIES:
            out[f"tally_{definition.filter[0].table}"] = _tally(case, definition)
    return out


def _phase(phase: Ints) -> Any:
    return pa.array(np.where(phase == OPERATION, "operation", "other"), pa.string())


def _person(case: Case, node: Ints) -> Any:
    return pa.array(case.complete.partitions.value[node])


def _people(case: Case) -> pa.Table:
    minors = np.flatnonzero(case.complete.minors)
    return pa.table({"person": _person(case, minors), "minor": pa.array(np.ones(len(minors), dtype=np.bool_))})


def _person_rows(case: Case, name: str) -> pa.Table:
    rows = case.facts.person_tables[name]
    seen = rows.sightings
    return pa.table(
        {
            "person": _person(case, seen.node),
            "of_record": pa.array(seen.person),
            "phase": _phase(seen.phase),
            FIELDS[Population.PERSONS][name][0]: rows.field,
        }
    )


def _arrests(case: Case) -> pa.Table:
    arrests = case.facts.arrests
    seen = arrests.sightings
    at: Any = pa.array(arrests.time, mask=arrests.time == ABSENT)
    return pa.table(
        {
            "record": arrests.records,
            "person": _person(case, seen.node),
            "state": pa.array(arrests.state),
            "moment": at.cast(pa.timestamp("us")),
            "phase": _phase(seen.phase),
            "attribution": arrests.attribution,
        }
    )


def _states_in_force(case: Case) -> pa.Table:
    returns = [item for item in case.definitions.values() if item.population is Population.RETURNS]
    states = counters.outcome(case, returns[0], detail=False).records if returns else []
    return pa.table({"state": pa.array(states, pa.string())})


def _tally(case: Case, definition: FigureDefinition) -> pa.Table:
    """Return all rows of a tally's table, its filter not yet applied."""
    name = definition.filter[0].table
    table = case.inputs.table(name)
    rows = tallies.tallies(case.inputs, case.operation, _unfiltered(definition), case.facts.units)
    made: dict[str, Any] = {
        "record": rows.records,
        "state": pa.array(rows.unit),
        "reference": _present(columns.coded(columns.texts(table, "reference"))[0]),
        "nationality": _present(rows.nationality),
        "amount": pa.array(rows.amount),
        "phase": _phase(rows.phase),
    }
    made.update({field: columns.texts(table, field) for field in FIELDS[Population.TALLIES][name]})
    return pa.table(made)


def _present(code: Ints) -> Any:
    return pa.array(code, mask=code < 0)


def _unfiltered(definition: FigureDefinition) -> FigureDefinition:
    condition = replace(definition.filter[0], field="", among=())
    return replace(definition, filter=(condition,), distinct_by=())
