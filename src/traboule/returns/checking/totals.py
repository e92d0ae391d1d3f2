"""Check declared totals: parts against wholes, and totals against the rows of the same return.

In: the drafts, the Cover. Out: findings. Guaranteed: nothing is corrected or overwritten (rule 6); what a total leaves
unexplained is reported as a number of its own (rule 5), and "about" stays about (rule 4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from traboule.core.codes import vocabulary
from traboule.core.language.spelling import fold
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, by_field, not_refused

# How far "about 8 million" may be from the rows before it is worth a question.
_ABOUT = 0.1
_TRAFFICKING = frozenset({"trafficking", "both"})
_SMUGGLING = frozenset({"smuggling", "both"})
_ACTUAL = frozenset({"ActualVictimOfTrafficking"})
_POTENTIAL = frozenset({"PossibleVictimOfTrafficking"}) | _ACTUAL
_NEGATIVE = frozenset({"NotAVictimOfTrafficking"})


def check_totals(tables: Tables, notes: Notes) -> None:
    """Note parts that exceed their whole, wholes declared twice, residuals, and gaps to the rows."""
    totals = not_refused(tables.get("totals", ()))
    if not totals:
        return
    by_id = {draft.row_id: draft for draft in totals}
    circles = _on_cycles(by_id)
    for row_id in sorted(circles):
        notes.on(by_id[row_id], "R-TOTAL-OF-ITSELF", "breakdown_of")
    parts = by_field((draft for draft in totals if draft.row_id not in circles), "breakdown_of")
    for row_id, of_whole in sorted(parts.items()):
        parent = by_id.get(row_id)
        if parent is not None:
            _check_parts(parent, of_whole, notes)
    wholes = [draft for draft in totals if "breakdown_of" not in draft.as_filed]
    first = _note_repeated(wholes, notes)
    _check_measures(first, notes)
    _compare_with_rows(first, tables, notes)


def _on_cycles(by_id: Mapping[str, RowDraft]) -> set[str]:
    """Return the totals that are reached again by going from part to whole; each total is gone through once."""
    settled: set[str] = set()
    circles: set[str] = set()
    for start in by_id:
        path: dict[str, int] = {}
        row_id = start
        while row_id in by_id and row_id not in settled and row_id not in path:
            path[row_id] = len(path)
            row_id = by_id[row_id].text("breakdown_of") or ""
        if row_id in path:
            circles.update(list(path)[path[row_id] :])
        settled.update(path)
    return circles


def _check_parts(parent: RowDraft, parts: list[RowDraft], notes: Notes) -> None:
    """Note what each part, and all parts of one breakdown together, say against their whole (rules 1 and 5)."""
    declared = parent.number_of("value")
    groups: dict[str, list[RowDraft]] = {}
    for part in parts:
        unit, number = part.text("unit"), part.number_of("value")
        if unit is not None and parent.text("unit") not in (None, unit):
            values = {"whole": parent.as_filed.get("unit", ""), "other": parent.number}
            notes.on(part, "R-TOTAL-UNIT-DIFFERS", "unit", **values)
            continue
        if number is None or declared is None:
            continue
        if number > declared and _at_most(parent):
            notes.on(part, "R-TOTAL-EXCEEDS-WHOLE", "value", whole=_filed_value(parent), other=parent.number)
        if part.text("measure") == parent.text("measure"):
            groups.setdefault(_dimension(part), []).append(part)
    for _, group in sorted(groups.items()):
        _note_residual(parent, group, notes)


def _note_residual(parent: RowDraft, parts: list[RowDraft], notes: Notes) -> None:
    """Note what the parts of one breakdown leave over: 300 with 88, 83 and about 100 leaves about 29 (rule 5)."""
    declared = parent.number_of("value") or 0
    together = sum(part.number_of("value") or 0 for part in parts)
    about = any(part.text("precision") not in (None, "exact") for part in [parent, *parts])
    sign = "≈ " if about else ""
    if together > declared and _at_most(parent):
        notes.on(parent, "R-TOTAL-PARTS-EXCEED", "value", parts=f"{sign}{together}")
    elif together < declared:
        values = {"parts": f"{sign}{together}", "residual": f"{sign}{declared - together}"}
        notes.on(parent, "R-TOTAL-RESIDUAL", "value", **values)


def _at_most(parent: RowDraft) -> bool:
    """Tell whether a part may not exceed this whole: "at least" and "about" leave room above."""
    return parent.text("precision") in (None, "exact")


def _filed_value(draft: RowDraft) -> str:
    return draft.as_filed.get("value", "")


def _dimension(part: RowDraft) -> str:
    """Return what a breakdown divides by: of ``sex: female`` it is sex; without a sign all parts are of one kind."""
    text = fold(part.text("breakdown") or "")
    for sign in (":", "="):
        if sign in text:
            return text.split(sign)[0].strip()
    return ""


def _note_repeated(wholes: list[RowDraft], notes: Notes) -> dict[str, RowDraft]:
    """Return the first whole of each measure; the others are noted."""
    first: dict[str, RowDraft] = {}
    for draft in wholes:
        measure = draft.text("measure")
        if measure is None:
            continue
        if measure in first:
            notes.on(draft, "R-TOTAL-REPEATED", "measure", first=first[measure].number)
        else:
            first[measure] = draft
    return first


def _check_measures(first: Mapping[str, RowDraft], notes: Notes) -> None:
    """Note a measure that is by its meaning part of another and exceeds it: minors among victims."""
    measures = vocabulary("measures")
    for measure, draft in sorted(first.items()):
        parent = first.get(str(measures.attribute(measure, "part_of") or ""))
        value = draft.number_of("value")
        declared = None if parent is None else parent.number_of("value")
        if parent is None or value is None or declared is None or not _at_most(parent):
            continue
        if value > declared and "R-TOTAL-EXCEEDS-WHOLE" not in draft.faults:
            notes.on(draft, "R-TOTAL-EXCEEDS-WHOLE", "value", whole=_filed_value(parent), other=parent.number)


def _compare_with_rows(first: Mapping[str, RowDraft], tables: Tables, notes: Notes) -> None:
    """Note where the rows of a return give another number than its declared total (rule 6)."""
    for measure, draft in sorted(first.items()):
        count = _COUNTS.get(measure)
        rows = None if count is None else count(tables)
        value = draft.number_of("value")
        if rows is not None and value is not None and not _agree(draft, value, rows):
            notes.on(draft, "R-TOTAL-DIFFERS", "value", measure=measure, rows=rows)


def _agree(draft: RowDraft, value: float, rows: int) -> bool:
    precision = draft.text("precision")
    if precision == "at_least":
        return rows >= value
    if precision == "about":
        return abs(rows - value) <= _ABOUT * max(value, 1)
    return rows == value


def _arrests(attributions: frozenset[str] | None) -> Callable[[Tables], int | None]:
    def count(tables: Tables) -> int | None:
        rows = not_refused(tables.get("arrests", ()))
        if not rows:
            return None
        return sum(
            (attributions is None or draft.text("attribution") in attributions)
            and "R-ARREST-REPEATED" not in draft.faults  # Rule 7: filed twice, it is one arrest.
            for draft in rows
        )

    return count


def _potential_victims(tables: Tables) -> int | None:
    """Count persons with an indication of trafficking: by their victim row, or by a role that no decision undid."""
    victims, roles = not_refused(tables.get("victims", ())), not_refused(tables.get("roles", ()))
    stated = _persons(victims, "status", _POTENTIAL)
    undone = _persons(victims, "status", _NEGATIVE) | _persons(roles, "role", frozenset({"not_a_victim"}))
    potential = stated | (_persons(roles, "role", frozenset({"possible_victim", "victim"})) - undone)
    return len(potential) if victims or potential else None


def _identified_victims(tables: Tables) -> int | None:
    victims = not_refused(tables.get("victims", ()))
    return len(_persons(victims, "status", _ACTUAL)) if victims else None


def _persons(drafts: list[RowDraft], field: str, among: frozenset[str]) -> set[str]:
    return {person for draft in drafts if draft.text(field) in among and (person := draft.text("person")) is not None}


def _sum(table: str, kind: str | None = None) -> Callable[[Tables], int | None]:
    def count(tables: Tables) -> int | None:
        rows = [draft for draft in not_refused(tables.get(table, ())) if kind is None or draft.text("kind") == kind]
        if not rows:
            return None
        # A row that says no number speaks of one.
        return int(sum(1 if "count" not in draft.values else draft.number_of("count") or 0 for draft in rows))

    return count


def _rows(table: str) -> Callable[[Tables], int | None]:
    def count(tables: Tables) -> int | None:
        return len(not_refused(tables.get(table, ()))) or None

    return count


_COUNTS: Mapping[str, Callable[[Tables], int | None]] = {
    "arrests": _arrests(None),
    "arrests_trafficking": _arrests(_TRAFFICKING),
    "arrests_smuggling": _arrests(_SMUGGLING),
    "arrests_trafficking_or_smuggling": _arrests(_TRAFFICKING | _SMUGGLING),
    "potential_victims": _potential_victims,
    "identified_victims": _identified_victims,
    "irregular_migrants": _sum("migrants"),
    "flights_monitored": _sum("checks", "flight"),
    "database_checks": _sum("checks", "database_check"),
    "hits": _sum("hits"),
    "investigations": _rows("investigations"),
}
