"""Turn the public record of an operation into returns: each state sends totals only, as they were published.

In: rows of the record (``reporting_state``, ``measure``, ``value``, ``precision``, ``unit``, ``detail``, ``source``,
and ``word_used`` and ``also_claimed_by`` where there are such columns). Out: one filing a state. Guaranteed: nothing is
added and nothing interpreted. A number that was not published is declared nowhere: the finding itself stands as an
action without persons, so that the state has taken part (rule 14). A source's own word, such as "rescued" for irregular
migrants, changes no measure and is kept as a remark (rule 3); so is a second state's claim to an arrest (rule 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from traboule.core.language.messages import catalogue
from traboule.demo.desks.rounds import Filing, Sender
from traboule.demo.desks.rows.tables import Row
from traboule.demo.desks.rows.totals import label_of
from traboule.demo.world.names import POOLS
from traboule.demo.world.places import Outline, countries, outline

WORLD = "WORLD"
_WHOLES: Mapping[str, str] = {
    "potential_victims_minors": "potential_victims",
    "persons_intercepted_minors": "persons_intercepted",
}
_PUBLISHED_AFTER = timedelta(days=33)  # The press release is of day 33 after the last day of action.


def public_record_filings(rows: Sequence[Mapping[str, str]], operation: Outline | None = None) -> list[Filing]:
    """Return one filing for each state of ``rows``, sorted by state; the totals of the world are left out."""
    of = operation or outline()
    by_state: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        if row["reporting_state"] != WORLD:
            by_state.setdefault(row["reporting_state"], []).append(row)
    return [_filing(state, of_state, of) for state, of_state in sorted(by_state.items())]


def _filing(state: str, rows: Sequence[Mapping[str, str]], operation: Outline) -> Filing:
    language = countries()[state].language
    agency = catalogue(POOLS, "phrases.yaml")["public_record"]["agency"][language]
    sender = Sender(state, agency, 0, language, language, operation)
    tables: dict[str, list[Row]] = {}
    totals = _totals([row for row in rows if row["value"]], language)
    if totals:
        tables["totals"] = totals
    actions = [
        _action(number, row, operation, language) for number, row in enumerate(rows, start=1) if not row["value"]
    ]
    if actions:
        tables["actions"] = actions
    filing = sender.filing("first", 1, tables, kind="rows" if actions else "totals", status="final")
    filing.cover["as_of"] = _published(operation)
    filing.cover["legal_basis"] = catalogue(POOLS, "phrases.yaml")["remarks"]["public"][language]
    return filing


def _published(operation: Outline) -> date:
    return operation.end + _PUBLISHED_AFTER


def _totals(rows: Sequence[Mapping[str, str]], language: str) -> list[Row]:
    """Return the declared totals, a part with its whole where both were published."""
    numbers = {row["measure"]: f"T{number:05d}" for number, row in enumerate(rows, start=1)}
    totals: list[Row] = []
    for row in rows:
        measure = row["measure"]
        total: Row = {
            "row_id": numbers[measure],
            "measure": label_of("measures", measure, language),
            "unit": label_of("counted_units", row["unit"], language),
            "value": int(row["value"]),
            "precision": label_of("precisions", row["precision"], language),
            "remark": _remark(row),
        }
        if _WHOLES.get(measure) in numbers:
            total["breakdown_of"] = numbers[_WHOLES[measure]]
        totals.append(total)
    return totals


def _action(number: int, row: Mapping[str, str], operation: Outline, language: str) -> Row:
    """Return what was found where no number was published: an action of the days of the operation, place not known."""
    words = catalogue(POOLS, "phrases.yaml")["public_record"]["no_number"][language]
    return {
        "row_id": f"A{number:05d}",
        "kind": label_of("action_kinds", "inspection", language),
        "start": operation.start,
        "end": operation.end,
        "country": label_of("countries", row["reporting_state"], language),
        "crime_types": label_of("crime_types", "trafficking", language),
        "narrative": f"{words}: {_remark(row)}",
    }


def _remark(row: Mapping[str, str]) -> str:
    """Return the source's details, its own word, a rival claim, and the source."""
    claim = f"also claimed by {row['also_claimed_by']}" if row.get("also_claimed_by") else ""
    word = f"word used by the source: {row['word_used']}" if row.get("word_used") else ""
    parts = (
        row.get("exploitation", ""),
        row.get("detail", ""),
        row.get("nationalities", ""),
        word,
        claim,
        row.get("source", ""),
    )
    return "; ".join(part for part in parts if part)
