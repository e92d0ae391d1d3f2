"""Find rows that contradict themselves or one another: counts, journeys, amounts, arrests, identifiers.

In: the drafts, the filing state. Out: findings. Guaranteed: rows are compared only within their group, never every
pair, and in the order of their row_id, so that the order of the sheet changes nothing.
"""

from __future__ import annotations

from datetime import date

from traboule.core.dates import PartialDate
from traboule.core.identifiers import Reason, Verdict, normalise_each, read_machine_readable
from traboule.returns.checked import Cover
from traboule.returns.checking.cells import day_of, first_day_of
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, by_field, not_refused

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


def _note_part(draft: RowDraft, code: str, part: str, total: float | None, notes: Notes) -> None:
    number = draft.number_of(part)
    if number is not None and total is not None and number > total:
        notes.on(draft, code, part, whole=total)


def _check_amounts(tables: Tables, notes: Notes) -> None:
    for table, amount, currency in _AMOUNTS:
        for draft in tables.get(table, ()):
            if draft.number_of(amount) and draft.text(currency) is None and currency not in draft.as_filed:
                notes.on(draft, "R-CURRENCY-MISSING", amount)


def _check_arrests(tables: Tables, cover: Cover, notes: Notes) -> None:
    """Note arrests that are one arrest: one person, one arresting state, one instant (rule 7)."""
    first: dict[tuple[object, ...], RowDraft] = {}
    for draft in not_refused(tables.get("arrests", ())):
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
    legs = not_refused(tables.get("legs", ()))
    journeys = by_field(legs, "person")
    by_action = by_field((draft for draft in legs if draft.text("person") is None), "action")
    for journey in (*journeys.values(), *by_action.values()):
        numbered: dict[float, list[RowDraft]] = {}
        for draft in journey:
            number = draft.number_of("order")
            if number is not None:
                numbered.setdefault(number, []).append(draft)
        for same in numbered.values():
            for draft in same if len(same) > 1 else ():
                notes.on(draft, "R-LEGS-ORDER", "order")
        in_order = [numbered[number][0] for number in sorted(numbered)]
        _note_journey(in_order, notes)


def _note_journey(legs: list[RowDraft], notes: Notes) -> None:
    before: RowDraft | None = None
    latest: date | None = None
    latest_filed = ""
    for draft in legs:
        for name in ("departed", "arrived"):
            ends = day_of(draft.values.get(name))
            begins = first_day_of(draft.values.get(name))
            if ends is not None and latest is not None and ends < latest:
                notes.on(draft, "R-LEGS-DATES", name, before=latest_filed)
            elif begins is not None and (latest is None or begins > latest):
                latest, latest_filed = begins, draft.as_filed[name]
        if before is not None and _apart(before, draft):
            notes.on(draft, "R-LEGS-GAP", "from_country", before=before.as_filed.get("to_country", ""))
        before = draft


def _apart(before: RowDraft, after: RowDraft) -> bool:
    left, entered = before.text("to_country"), after.text("from_country")
    return left is not None and entered is not None and left != entered


def _check_identifiers(tables: Tables, cover: Cover, notes: Notes) -> None:
    """Note identifiers whose number speaks against itself (rule 13), or that nobody can own (rule 12)."""
    by_key: dict[tuple[str, str, str, str], tuple[NormalisedIdentifier, ...]] = {}
    people = {draft.row_id: draft for draft in not_refused(tables.get("people", ()))}
    for draft in tables.get("identifiers", ()):
        _note_unattached(draft, notes)
        kind, value = draft.text("kind"), draft.text("value")
        if kind is None or value is None:
            continue
        issuer = draft.text("issuer") or ""
        region = issuer or cover.state
        key = (kind, value, region if kind == "phone" else "", issuer)
        identifiers = by_key.get(key)
        if identifiers is None:
            identifiers = by_key[key] = normalise_each(kind, value, region=region, issuer=issuer)
        if any(identifier.placeholder for identifier in identifiers):
            notes.on(draft, "R-IDENTIFIER-PLACEHOLDER", "value", kind=kind)
        elif identifiers[0].verdict is Verdict.FAILED:
            notes.on(draft, _REASONS[identifiers[0].reason], "value", kind=kind, region=region)
        elif "<" in value:
            _note_zone(draft, value, people.get(draft.text("person") or ""), cover, notes)


def _note_zone(draft: RowDraft, value: str, person: RowDraft | None, cover: Cover, notes: Notes) -> None:
    """Note a machine-readable zone whose birth date or sex is not that of the person it was filed with."""
    zone = read_machine_readable(value, visa=draft.text("kind") == "visa")
    if zone is None or person is None:
        return
    zone_birth, filed = zone.born(on_year=cover.as_of.year), person.values.get("birth_date")
    if (
        zone_birth is not None
        and isinstance(filed, PartialDate)
        and filed.day is not None
        and zone_birth.iso() != filed.iso()
    ):
        notes.on(draft, "R-IDENTIFIER-ZONE-DISAGREES", "value", told=(("birth_date", zone_birth.iso()),))
    sex = person.text("sex")
    if zone.sex and sex in ("female", "male") and sex != zone.sex:
        notes.on(draft, "R-IDENTIFIER-ZONE-DISAGREES", "value", told=(("sex", zone.sex),))


def _note_unattached(draft: RowDraft, notes: Notes) -> None:
    if not draft.as_filed.get("person") and not draft.as_filed.get("action"):
        notes.on(draft, "R-ROW-UNATTACHED", "row_id")
