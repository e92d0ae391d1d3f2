"""A case counted by an engine: its tables registered, its definitions run, one number a figure.

Comes in: a case and an engine. Goes out: what each figure counts from rows, under the value reading.
Promises: persons, minors and phases are the case's; what is counted of them is the engine's own doing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from traboule.engines.port import Engine
from traboule.figures.definition import FIELDS, Definition, Population
from traboule.figures.queries.compiled import PREFIX, steps
from traboule.figures.resolved import columns, counters, tallies
from traboule.figures.resolved.case import Case
from traboule.figures.resolved.columns import ABSENT, Ints
from traboule.figures.resolved.window import OPERATION


def counted(case: Case, engine: Engine) -> Mapping[str, int]:
    """Return each figure's count by ``engine``, declared totals left out."""
    for name, table in tables(case).items():
        engine.register(name, table)
    queries = steps(case.definitions)
    engine.run(queries)
    return {name: int(engine.table(f"{PREFIX}{name}").column("value")[0].as_py()) for name in case.definitions}


def tables(case: Case) -> dict[str, pa.Table]:
    """Return the resolved tables that compiled definitions read, by name."""
    out = {"people": _people(case), "arrests": _arrests(case), "standing": _standing(case)}
    out.update({name: _said(case, name) for name in FIELDS[Population.PERSONS]})
    for one in case.definitions.values():
        if one.population is Population.TALLIES:
            out[f"tally_{one.filter[0].table}"] = _tally(case, one)
    return out


def _phase(phase: Ints) -> Any:
    return pa.array(np.where(phase == OPERATION, "operation", "other"), pa.string())


def _person(case: Case, node: Ints) -> Any:
    return pa.array(case.complete.partitions.value[node])


def _people(case: Case) -> pa.Table:
    minors = np.flatnonzero(case.complete.minors)
    return pa.table({"person": _person(case, minors), "minor": pa.array(np.ones(len(minors), dtype=np.bool_))})


def _said(case: Case, name: str) -> pa.Table:
    said = case.facts.person_tables[name]
    seen = said.sightings
    return pa.table(
        {
            "person": _person(case, seen.node),
            "of_record": pa.array(seen.person),
            "phase": _phase(seen.phase),
            FIELDS[Population.PERSONS][name][0]: said.field,
        }
    )


def _arrests(case: Case) -> pa.Table:
    found = case.facts.arrests
    seen = found.sightings
    at: Any = pa.array(found.time, mask=found.time == ABSENT)
    return pa.table(
        {
            "record": found.records,
            "person": _person(case, seen.node),
            "state": pa.array(found.state),
            "moment": at.cast(pa.timestamp("us")),
            "phase": _phase(seen.phase),
            "attribution": found.attribution,
        }
    )


def _standing(case: Case) -> pa.Table:
    returns = [one for one in case.definitions.values() if one.population is Population.RETURNS]
    states = counters.outcome(case, returns[0], detail=False).records if returns else []
    return pa.table({"state": pa.array(states, pa.string())})


def _tally(case: Case, definition: Definition) -> pa.Table:
    """Return all rows of a tally's table, its filter not yet applied."""
    name = definition.filter[0].table
    whole = case.inputs.table(name)
    rows = tallies.tallies(case.inputs, case.operation, _unfiltered(definition), case.facts.units)
    made: dict[str, Any] = {
        "record": rows.records,
        "state": pa.array(rows.unit),
        "reference": _present(columns.coded(columns.texts(whole, "reference"))[0]),
        "nationality": _present(rows.nationality),
        "amount": pa.array(rows.amount),
        "phase": _phase(rows.phase),
    }
    made.update({field: columns.texts(whole, field) for field in FIELDS[Population.TALLIES][name]})
    return pa.table(made)


def _present(code: Ints) -> Any:
    return pa.array(code, mask=code < 0)


def _unfiltered(definition: Definition) -> Definition:
    condition = replace(definition.filter[0], field="", among=())
    return replace(definition, filter=(condition,), distinct_by=())
