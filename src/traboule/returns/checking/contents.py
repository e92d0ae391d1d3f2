"""Rows that contradict themselves or one another: counts and their parts, journeys, amounts, arrests, identifiers.

In: the drafts, the state that files. Out: findings. Promise: rows are compared within their group only, never each
with each, and in the order of their row_id, so that the sheet's order changes nothing.
"""

from __future__ import annotations

from datetime import date

from traboule.core.dates import PartialDate
from traboule.core.identifiers import NormalisedIdentifier, Reason, Verdict, normalise_each, read_machine_readable
from traboule.returns.checked import Cover
from traboule.returns.checking.cells import day_of, first_day_of
from traboule.returns.checking.drafts import Draft, Notes, Tables, by_field, kept

_AMOUNTS = (
    ("seizures", "value", "value_currency"),
    ("legs", "fee", "fee_currency"),
    ("victims", "fee", "fee_currency"),
)
_REASONS = {
    Reason.CHECK_DIGIT: "R-IDENTIFIER-CHECK-DIGIT",
    Reason.FORMAT: "R-IDENTIFIER-FORMAT",
    Reason.UNREADABLE: "R-PHONE-UNREADABLE",
}


def check_contents(tables: Tables, cover: Cover, notes: Notes) -> None:
    """Note what rows of one table say against themselves and against each other."""
    _check_counts(tables, notes)
    _check_amounts(tables, notes)
    _check_arrests(tables, cover, notes)
    _check_legs(tables, notes)
    _check_identifiers(tables, cover, notes)


def _check_counts(tables: Tables, notes: Notes) -> None:
    """Note parts that are larger than what they are part of (rule 5)."""
    for draft in tables.get("migrants", ()):
        minors = draft.number_of("minors")
        _note_part(draft, "R-MIGRANTS-PART", "minors", draft.number_of("count"), notes)
        _note_part(draft, "R-MIGRANTS-PART", "unaccompanied", draft.number_of("count"), notes)
        _note_part(draft, "R-MIGRANTS-UNACCOMPANIED", "unaccompanied", minors, notes)
    for draft in tables.get("checks", ()):
        _note_part(draft, "R-MATCHES-EXCEED", "matches", draft.number_of("count"), notes)


def _note_part(draft: Draft, code: str, part: str, whole: float | None, notes: Notes) -> None:
    number = draft.number_of(part)
    if number is not None and whole is not None and number > whole:
        notes.on(draft, code, part, whole=whole)


def _check_amounts(tables: Tables, notes: Notes) -> None:
    for table, amount, currency in _AMOUNTS:
        for draft in tables.get(table, ()):
            if draft.number_of(amount) and draft.text(currency) is None and currency not in draft.as_filed:
                notes.on(draft, "R-CURRENCY-MISSING", amount)


def _check_arrests(tables: Tables, cover: Cover, notes: Notes) -> None:
    """Note arrests that are one arrest: one person, one arresting state, one instant (rule 7)."""
    first: dict[tuple[object, ...], Draft] = {}
    for draft in kept(tables.get("arrests", ())):
        person, moment = draft.text("person"), draft.values.get("at")
        if person is None or moment is None:
            continue
        key = (person, moment, draft.text("arresting_state") or cover.state)
        if key in first:
            notes.on(draft, "R-ARREST-REPEATED", "at", first=first[key].number)
        else:
            first[key] = draft


def _check_legs(tables: Tables, notes: Notes) -> None:
    """Note legs of one journey that share a number, go back in time, or do not meet."""
    for draft in tables.get("legs", ()):
        _note_unattached(draft, notes)
    legs = kept(tables.get("legs", ()))
    journeys = by_field(legs, "person")
    by_action = by_field((draft for draft in legs if draft.text("person") is None), "action")
    for journey in (*journeys.values(), *by_action.values()):
        numbered: dict[float, list[Draft]] = {}
        for draft in journey:
            number = draft.number_of("order")
            if number is not None:
                numbered.setdefault(number, []).append(draft)
        for same in numbered.values():
            for draft in same if len(same) > 1 else ():
                notes.on(draft, "R-LEGS-ORDER", "order")
        in_order = [numbered[number][0] for number in sorted(numbered)]
        _note_journey(in_order, notes)


def _note_journey(legs: list[Draft], notes: Notes) -> None:
    before: Draft | None = None
    latest: date | None = None
    told = ""
    for draft in legs:
        for name in ("departed", "arrived"):
            ends = day_of(draft.values.get(name))
            begins = first_day_of(draft.values.get(name))
            if ends is not None and latest is not None and ends < latest:
                notes.on(draft, "R-LEGS-DATES", name, before=told)
            elif begins is not None and (latest is None or begins > latest):
                latest, told = begins, draft.as_filed[name]
        if before is not None and _apart(before, draft):
            notes.on(draft, "R-LEGS-GAP", "from_country", before=before.as_filed.get("to_country", ""))
        before = draft


def _apart(before: Draft, after: Draft) -> bool:
    left, entered = before.text("to_country"), after.text("from_country")
    return left is not None and entered is not None and left != entered


def _check_identifiers(tables: Tables, cover: Cover, notes: Notes) -> None:
    """Note identifiers whose number speaks against itself (rule 13), or that nobody can own (rule 12)."""
    known: dict[tuple[str, str, str, str], tuple[NormalisedIdentifier, ...]] = {}
    people = {draft.row_id: draft for draft in kept(tables.get("people", ()))}
    for draft in tables.get("identifiers", ()):
        _note_unattached(draft, notes)
        kind, value = draft.text("kind"), draft.text("value")
        if kind is None or value is None:
            continue
        issuer = draft.text("issuer") or ""
        region = issuer or cover.state
        key = (kind, value, region if kind == "phone" else "", issuer)
        found = known.get(key)
        if found is None:
            found = known[key] = normalise_each(kind, value, region=region, issuer=issuer)
        if any(one.placeholder for one in found):
            notes.on(draft, "R-IDENTIFIER-PLACEHOLDER", "value", kind=kind)
        elif found[0].verdict is Verdict.FAILED:
            notes.on(draft, _REASONS[found[0].reason], "value", kind=kind, region=region)
        elif "<" in value:
            _note_zone(draft, value, people.get(draft.text("person") or ""), cover, notes)


def _note_zone(draft: Draft, value: str, person: Draft | None, cover: Cover, notes: Notes) -> None:
    """Note a machine-readable zone whose birth date or sex is not that of the person it was filed with."""
    zone = read_machine_readable(value, visa=draft.text("kind") == "visa")
    if zone is None or person is None:
        return
    told, filed = zone.born(on_year=cover.as_of.year), person.values.get("birth_date")
    if told is not None and isinstance(filed, PartialDate) and filed.day is not None and told.iso() != filed.iso():
        notes.on(draft, "R-IDENTIFIER-ZONE-DISAGREES", "value", told=(("birth_date", told.iso()),))
    sex = person.text("sex")
    if zone.sex and sex in ("female", "male") and sex != zone.sex:
        notes.on(draft, "R-IDENTIFIER-ZONE-DISAGREES", "value", told=(("sex", zone.sex),))


def _note_unattached(draft: Draft, notes: Notes) -> None:
    if not draft.as_filed.get("person") and not draft.as_filed.get("action"):
        notes.on(draft, "R-ROW-UNATTACHED", "row_id")
