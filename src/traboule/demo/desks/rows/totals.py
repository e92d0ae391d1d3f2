"""Declared totals: with the rows of most desks, and alone from states that send nothing else.

In: the tables of a desk, or what a state declares. Out: rows of the totals table. Guaranteed: a part never exceeds its
whole; where a total disagrees with its rows, it differs by a little, as those of operations rooms do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from traboule.core.codes import vocabulary
from traboule.core.language.messages import catalogue
from traboule.demo.desks.rows.tables import FiledTable, FiledWorld, Row
from traboule.demo.desks.sightings import first_desks
from traboule.demo.world.cases import public_cases
from traboule.demo.world.draws import stream
from traboule.demo.world.names import POOLS
from traboule.demo.world.plan import FIGURES

_WHOLES: Mapping[str, str] = {
    "arrests_trafficking_or_smuggling": "arrests",
    "potential_victims_minors": "potential_victims",
    "persons_intercepted_minors": "persons_intercepted",
}
_UNITS: Mapping[str, str] = {
    "flights_monitored": "flight",
    "database_checks": "check",
    "investigations": "investigation",
}


def declared_row(number: int, measure: str, value: int | None, language: str, **optional: object) -> Row:
    """Return one row of totals with labels in ``language`` ("" for codes); a value of None leaves the cell out."""
    row: Row = {
        "row_id": f"T{number:05d}",
        "measure": label_of("measures", measure, language),
        "unit": label_of("counted_units", _UNITS.get(measure, "person"), language),
    }
    if value is not None:
        row["value"] = value
    return row | {field: cell for field, cell in optional.items() if cell is not None}


def label_of(name: str, code: str, language: str) -> str:
    """Return the label of ``code`` in ``language``, the code itself for ""."""
    return vocabulary(name).label(code, language) if language else code


def totals_only(declared: Mapping[str, int], language: str) -> list[Row]:
    """Return the rows of a state that sends totals only."""
    rows: list[Row] = []
    numbers: dict[str, str] = {}
    for measure in (name for name in FIGURES if name in declared):
        whole_measure = _WHOLES.get(measure, "")
        precision = "about" if measure in ("flights_monitored", "database_checks") else "exact"
        row = declared_row(
            len(rows) + 1,
            measure,
            declared[measure],
            language,
            precision=label_of("precisions", precision, language),
            breakdown_of=numbers.get(whole_measure),
        )
        numbers[measure] = str(row["row_id"])
        rows.append(row)
    return rows


def totals_beside_rows(world: FiledWorld, tables: Mapping[str, FiledTable]) -> dict[int, list[Row]]:
    """Return the totals that desks declare with their rows: two desks of three do, one of five with an error."""
    rng = stream(world.seed, "totals")
    own_first = set(first_desks(world.plan).tolist())
    by_desk = _published(world)
    rows_by_desk: dict[int, list[Row]] = {}
    declares, wrong = rng.random(len(world.desks)) < 0.66, rng.random(len(world.desks)) < 0.2
    for desk in range(len(world.desks)):
        language = "" if world.desks.coded[desk] else world.desks.language[desk]
        counts = _counts(tables, world, desk)
        totals: list[tuple[str, int, str]] = []
        if declares[desk]:
            gap = int(rng.integers(1, 4)) if wrong[desk] else 0
            totals = [
                (name, count + (gap if name not in _WHOLES else 0), "exact") for name, count in counts.items() if count
            ]
        totals += by_desk.get(world.desks.unit[desk], []) if desk in own_first else []
        rows_by_desk[desk] = _rows(totals, language, world.desks.language[desk], remark=bool(wrong[desk]))
    return rows_by_desk


def _counts(tables: Mapping[str, FiledTable], world: FiledWorld, desk: int) -> dict[str, int]:
    arrests = tables["arrests"].of_desk(desk)
    victims = tables["victims"].of_desk(desk)
    language = "" if world.desks.coded[desk] else world.desks.language[desk]
    on = {label_of("attributions", code, language) for code in ("trafficking", "smuggling", "both")}
    none = label_of("trafficking_status", "NotAVictimOfTrafficking", language)
    migrants = [row["count"] for row in tables["migrants"].rows[tables["migrants"].of_desk(desk)]]
    return {
        "arrests": arrests.stop - arrests.start,
        "arrests_trafficking_or_smuggling": sum(row["attribution"] in on for row in tables["arrests"].rows[arrests]),
        "potential_victims": sum(row["status"] != none for row in tables["victims"].rows[victims]),
        "irregular_migrants": sum(count for count in migrants if isinstance(count, int)),
    }


def _published(world: FiledWorld) -> dict[str, list[tuple[str, int, str]]]:
    """Return the totals of the public cases by state, smaller where the world is."""
    totals_by_state: dict[str, list[tuple[str, int, str]]] = {}
    for case in public_cases():
        for total in case.get("totals", ()):
            value = max(1, round(total["value"] * world.plan.shrink))
            totals_by_state.setdefault(case["state"], []).append((total["measure"], value, total["precision"]))
    return totals_by_state


def _rows(totals: Sequence[tuple[str, int, str]], language: str, speech: str, *, remark: bool) -> list[Row]:
    words: Mapping[str, Any] = catalogue(POOLS, "phrases.yaml")["remarks"]["gap"]
    rows: list[Row] = []
    numbers: dict[str, str] = {}
    for measure, value, precision in totals:
        row = declared_row(
            len(rows) + 1,
            measure,
            value,
            language,
            precision=label_of("precisions", precision, language),
            breakdown_of=numbers.get(_WHOLES.get(measure, "")),
            remark=words[speech] if remark else None,
        )
        numbers[measure] = str(row["row_id"])
        rows.append(row)
    return rows
