"""Declared totals: beside the rows of most desks, and alone from states that send nothing else.

In: the tables of a desk, or what a state declares. Out: rows of the totals table. Promise: a part never exceeds its
whole; where a total disagrees with the rows beside it, it does so by a little, as those of operations rooms do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from traboule.core.codes import vocabulary
from traboule.core.language.messages import catalogue
from traboule.demo.desks.rows.tables import Known, Row, Table
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


def declared_row(number: int, measure: str, value: int | None, language: str, **told: object) -> Row:
    """Return one row of totals with labels in ``language`` ("" for codes); a value of None leaves the cell away."""
    row: Row = {
        "row_id": f"T{number:05d}",
        "measure": said("measures", measure, language),
        "unit": said("counted_units", _UNITS.get(measure, "person"), language),
    }
    if value is not None:
        row["value"] = value
    return row | {field: cell for field, cell in told.items() if cell is not None}


def said(name: str, code: str, language: str) -> str:
    """Return the label of ``code`` in ``language``, the code itself for ""."""
    return vocabulary(name).label(code, language) if language else code


def totals_only(declared: Mapping[str, int], language: str) -> list[Row]:
    """Return the rows of a state that sends totals only."""
    rows: list[Row] = []
    numbers: dict[str, str] = {}
    for measure in (name for name in FIGURES if name in declared):
        whole = _WHOLES.get(measure, "")
        precision = "about" if measure in ("flights_monitored", "database_checks") else "exact"
        row = declared_row(
            len(rows) + 1,
            measure,
            declared[measure],
            language,
            precision=said("precisions", precision, language),
            breakdown_of=numbers.get(whole),
        )
        numbers[measure] = str(row["row_id"])
        rows.append(row)
    return rows


def beside_rows(known: Known, tables: Mapping[str, Table]) -> dict[int, list[Row]]:
    """Return the totals that desks declare beside their rows: two desks of three do, one of five a little wrong."""
    rng = stream(known.seed, "totals")
    own_first = set(first_desks(known.plan).tolist())
    by_desk = _published(known)
    found: dict[int, list[Row]] = {}
    declares, wrong = rng.random(len(known.desks)) < 0.66, rng.random(len(known.desks)) < 0.2
    for desk in range(len(known.desks)):
        language = "" if known.desks.coded[desk] else known.desks.language[desk]
        counts = _counts(tables, known, desk)
        told: list[tuple[str, int, str]] = []
        if declares[desk]:
            gap = int(rng.integers(1, 4)) if wrong[desk] else 0
            told = [
                (name, count + (gap if name not in _WHOLES else 0), "exact") for name, count in counts.items() if count
            ]
        told += by_desk.get(known.desks.unit[desk], []) if desk in own_first else []
        found[desk] = _rows(told, language, known.desks.language[desk], remark=bool(wrong[desk]))
    return found


def _counts(tables: Mapping[str, Table], known: Known, desk: int) -> dict[str, int]:
    arrests = tables["arrests"].of_desk(desk)
    victims = tables["victims"].of_desk(desk)
    language = "" if known.desks.coded[desk] else known.desks.language[desk]
    on = {said("attributions", code, language) for code in ("trafficking", "smuggling", "both")}
    none = said("trafficking_status", "NotAVictimOfTrafficking", language)
    migrants = [row["count"] for row in tables["migrants"].rows[tables["migrants"].of_desk(desk)]]
    return {
        "arrests": arrests.stop - arrests.start,
        "arrests_trafficking_or_smuggling": sum(row["attribution"] in on for row in tables["arrests"].rows[arrests]),
        "potential_victims": sum(row["status"] != none for row in tables["victims"].rows[victims]),
        "irregular_migrants": sum(count for count in migrants if isinstance(count, int)),
    }


def _published(known: Known) -> dict[str, list[tuple[str, int, str]]]:
    """Return the totals of the public cases by state, smaller where the world is."""
    found: dict[str, list[tuple[str, int, str]]] = {}
    for case in public_cases():
        for one in case.get("totals", ()):
            value = max(1, round(one["value"] * known.plan.shrink))
            found.setdefault(case["state"], []).append((one["measure"], value, one["precision"]))
    return found


def _rows(told: Sequence[tuple[str, int, str]], language: str, speech: str, *, remark: bool) -> list[Row]:
    words: Mapping[str, Any] = catalogue(POOLS, "phrases.yaml")["remarks"]["gap"]
    rows: list[Row] = []
    numbers: dict[str, str] = {}
    for measure, value, precision in told:
        row = declared_row(
            len(rows) + 1,
            measure,
            value,
            language,
            precision=said("precisions", precision, language),
            breakdown_of=numbers.get(_WHOLES.get(measure, "")),
            remark=words[speech] if remark else None,
        )
        numbers[measure] = str(row["row_id"])
        rows.append(row)
    return rows
