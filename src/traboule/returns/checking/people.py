"""Compare what a return says about one person in several places.

In: the drafts of people, roles, victims, arrests. Out: findings. Guaranteed: nothing here decides about a person. Where
statements disagree, the stricter protection applies until the filer corrects them (rule 16).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from traboule.core.dates import PartialDate
from traboule.core.language.spelling import fold
from traboule.returns.checked import Cover
from traboule.returns.checking.cells import day_of
from traboule.returns.checking.drafts import Notes, RowDraft, Tables, by_field, not_refused

_OLDEST = 120
_ADULT = 18
_BANDS_OF_MINORS = frozenset({"0-8", "9-17"})
_VICTIM_STATUS = frozenset({"PossibleVictimOfTrafficking", "ActualVictimOfTrafficking"})
_SUSPECT_ROLES = frozenset({"suspect", "arrested"})
_VICTIM_ROLES = frozenset({"possible_victim", "victim"})
_REFERRED = frozenset({"referred", "in_care"})

# What happened to a person, and when: nobody is born after it.
_EVENTS = {"arrests": ("at",), "roles": ("start", "end"), "victims": ("episode_start", "episode_end")}


# Whether a family and a given name are a real person's. Linkage decides it; it is a later stage, so it is passed in.
Somebody = Callable[[str, str], bool]

_NAMES = (("family_name", "given_names"), ("family_name_romanised", "given_names_romanised"), ("", "other_names"))
_LETTERS = re.compile(r"[^\W\d_]+")
_IDENTIFYING = 4  # Letters of a name (two more for a number) by which a row identifier names a person.


def anybody(family_name: str, given_name: str) -> bool:
    """Accept every name as a real one."""
    return True


def check_people(tables: Tables, cover: Cover, notes: Notes, somebody: Somebody = anybody) -> None:
    """Note contradictions about each person.

    Impossible ages, contradictory minority (rule 16), rules 3, 15, 16 and 17 on victims, placeholder names, and row
    identifiers that name the person (rule 22).
    """
    people = not_refused(tables.get("people", ()))
    events = _latest_possible_events(tables)
    numbers = by_field(not_refused(tables.get("identifiers", ())), "person")
    for draft in people:
        _note_placeholder_name(draft, somebody, notes)
        _note_identifying_row_id(draft, numbers.get(draft.row_id, []), notes)
        _note_birth(draft, cover.as_of.latest(), notes)
        _note_born_after(draft, events.get(draft.row_id), notes)
        _note_minor(draft, cover.as_of, notes)
    _note_identifying_rows(tables, {draft.row_id: draft for draft in people}, notes)
    minors = {draft.row_id for draft in people if _may_be_minor(draft, cover.as_of.latest())}
    for draft in not_refused(tables.get("victims", ())):
        _note_means(draft, minors, notes)
    _note_screening(tables, people, notes)
    _note_smuggled(tables, notes)


def _note_placeholder_name(draft: RowDraft, somebody: Somebody, notes: Notes) -> None:
    """Note a person all of whose names are placeholders; a name without letters has its own fault."""
    pairs = [(draft.text(family_field) or "", draft.text(given_field) or "") for family_field, given_field in _NAMES]
    full_name = " ".join(filter(None, (text for pair in pairs for text in pair)))
    if (
        full_name
        and "R-NAME-NO-LETTERS" not in draft.faults
        and not any(somebody(*pair) for pair in pairs if any(pair))
    ):
        name = next(field for pair in _NAMES for field in pair if field and draft.text(field))
        notes.on(draft, "R-NAME-NOBODY", name, named=full_name)


def _note_identifying_row_id(draft: RowDraft, identifiers: Iterable[RowDraft], notes: Notes) -> None:
    """Note a row identifier that contains a name, the birth date or a number of its person."""
    folded = fold(draft.row_id)
    words = {word for word in _LETTERS.findall(folded) if len(word) >= _IDENTIFYING}
    signs = "".join(filter(str.isalnum, folded))
    if (words and _names_any(draft, words)) or (
        len(signs) >= _IDENTIFYING + 2 and _contains_number(signs, draft, identifiers)
    ):
        notes.on(draft, "R-ROW-ID-TELLS", "row_id")


def _note_identifying_rows(tables: Tables, people: Mapping[str, RowDraft], notes: Notes) -> None:
    """Note row identifiers of other tables that contain a name of the person whom the row is about."""
    for drafts in tables.values():
        for draft in drafts:
            person = people.get(draft.text("person") or "")
            if person is None:
                continue
            words = {word for word in _LETTERS.findall(draft.row_id) if len(word) >= _IDENTIFYING}
            if words and _names_any(person, {fold(word) for word in words}):
                notes.on(draft, "R-ROW-ID-TELLS", "row_id")


def _names_any(draft: RowDraft, words: set[str]) -> bool:
    """Tell whether a person's names contain one of ``words``, which are folded."""
    names = (draft.text(field) for pair in _NAMES for field in pair)
    return any(not words.isdisjoint(_LETTERS.findall(fold(name))) for name in names if name)


def _contains_number(signs: str, draft: RowDraft, identifiers: Iterable[RowDraft]) -> bool:
    """Tell whether ``signs`` contain a number of a person or their birth date."""
    numbers = [_signs(identifier.as_filed.get("value", "")) for identifier in identifiers]
    numbers += _days(draft.values.get("birth_date"))
    return any(len(number) >= _IDENTIFYING + 2 and number in signs for number in numbers)


def _signs(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))


def _days(born: object) -> list[str]:
    """Return a whole birth date as it may be written with figures alone."""
    if not isinstance(born, PartialDate) or born.month is None or born.day is None:
        return []
    year, month, day = f"{born.year:04d}", f"{born.month:02d}", f"{born.day:02d}"
    return [year + month + day, day + month + year, month + day + year]


def _latest_possible_events(tables: Tables) -> dict[str, tuple[date, RowDraft, str]]:
    """Return for each person the earliest event, each dated by the last day it can mean."""
    earliest: dict[str, tuple[date, RowDraft, str]] = {}
    for name, fields in _EVENTS.items():
        for person, drafts in by_field(not_refused(tables.get(name, ())), "person").items():
            for draft in drafts:
                for field in fields:
                    day = day_of(draft.values.get(field))
                    if day is not None and (person not in earliest or day < earliest[person][0]):
                        earliest[person] = (day, draft, field)
    return earliest


def _note_birth(draft: RowDraft, as_of: date, notes: Notes) -> None:
    born = draft.values.get("birth_date")
    if not isinstance(born, PartialDate):
        return
    if born.earliest() > as_of:
        notes.on(draft, "R-BIRTH-FUTURE", "birth_date", as_of=as_of.isoformat())
    elif _age(born.latest(), as_of) > _OLDEST:
        notes.on(draft, "R-AGE-IMPOSSIBLE", "birth_date", age=_age(born.latest(), as_of))


def _note_born_after(draft: RowDraft, event: tuple[date, RowDraft, str] | None, notes: Notes) -> None:
    born = draft.values.get("birth_date")
    if event is None or not isinstance(born, PartialDate):
        return
    day, event_row, field = event
    if born.earliest() > day:
        values = {"event": event_row.as_filed.get(field, ""), "target": event_row.table, "other": event_row.number}
        notes.on(draft, "R-BIRTH-AFTER-EVENT", "birth_date", **values)


def _age(born: date, on: date) -> int:
    """Return the age in whole years; somebody born on 29 February is a year older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _ages(born: object, on: date) -> tuple[int, int] | None:
    """Return the least and the greatest age a birth date allows."""
    if not isinstance(born, PartialDate):
        return None
    return _age(born.latest(), on), _age(born.earliest(), on)


def _note_minor(draft: RowDraft, as_of: PartialDate, notes: Notes) -> None:
    """Note that birth date, age band and the minor column cannot all be true (rule 16)."""
    on = as_of.latest()
    claims: dict[str, bool] = {}
    ages = _ages(draft.values.get("birth_date"), on)
    if ages is not None and (ages[1] < _ADULT or ages[0] >= _ADULT):
        claims["birth_date"] = ages[1] < _ADULT
    band = draft.text("age_band")
    if band is not None:
        claims["age_band"] = band in _BANDS_OF_MINORS
    minor = draft.text("minor")
    if minor in ("yes", "presumed", "no"):
        claims["minor"] = minor != "no"
    disagree = len(set(claims.values())) > 1
    if not disagree and ages is not None and band is not None:
        disagree = not _band_allows(band, ages)
    if disagree:
        pairs = tuple((name, draft.as_filed.get(name, "")) for name in claims)
        if "birth_date" not in claims and ages is not None:
            pairs = (("birth_date", draft.as_filed.get("birth_date", "")), *pairs)
        notes.on(draft, "R-MINOR-DISAGREES", "minor" if "minor" in claims else "age_band", told=pairs)


def _band_allows(band: str, ages: tuple[int, int]) -> bool:
    """Tell whether some age of ``ages`` lies in the band, one year of grace for the day the band was chosen on."""
    lowest, _, highest = band.rstrip("+").partition("-")
    if not lowest.isdecimal():
        return True
    top = int(highest) if highest.isdecimal() else _OLDEST
    return ages[0] - 1 <= top and int(lowest) <= ages[1] + 1


def _may_be_minor(draft: RowDraft, on: date) -> bool:
    """Tell whether anything said of a person makes them a minor for protection."""
    ages = _ages(draft.values.get("birth_date"), on)
    by_age = ages is not None and ages[0] < _ADULT
    return by_age or draft.text("minor") in ("yes", "presumed") or draft.text("age_band") in _BANDS_OF_MINORS


def _note_means(draft: RowDraft, minors: set[str], notes: Notes) -> None:
    """Note an adult victim without means (rule 16), and consents that contradict what was done (rule 17)."""
    means = draft.several("means")
    adult = draft.text("person") not in minors
    if draft.text("status") == "ActualVictimOfTrafficking" and adult and not means:
        notes.on(draft, "R-MEANS-MISSING", "means")
    if means and draft.text("consent_to_exploitation") == "yes":
        notes.on(draft, "R-CONSENT-WITH-MEANS", "consent_to_exploitation")
    if draft.text("referral") in _REFERRED and draft.text("consent_to_share") == "refused":
        notes.on(draft, "R-REFERRAL-CONSENT", "referral")


def _persons(drafts: Iterable[RowDraft]) -> set[str]:
    return {person for draft in drafts if (person := draft.text("person")) is not None}


def _note_screening(tables: Tables, people: list[RowDraft], notes: Notes) -> None:
    """Note who is suspect and possible victim at once (rule 15), at the person, or where the person is named."""
    roles, arrests = not_refused(tables.get("roles", ())), not_refused(tables.get("arrests", ()))
    accused = [draft for draft in roles if draft.text("role") in _SUSPECT_ROLES] + arrests
    harmed = [draft for draft in roles if draft.text("role") in _VICTIM_ROLES]
    harmed += [draft for draft in not_refused(tables.get("victims", ())) if draft.text("status") in _VICTIM_STATUS]
    both = _persons(accused) & _persons(harmed)
    filed_people = {draft.row_id for draft in people}
    for draft in people:
        if draft.row_id in both:
            notes.on(draft, "R-SCREENING", "row_id")
    for draft in accused:
        person = draft.text("person")
        if person in both and person not in filed_people:
            notes.on(draft, "R-SCREENING", "person")


def _note_smuggled(tables: Tables, notes: Notes) -> None:
    """Note a smuggled migrant who is called a victim although nobody is named who assessed it (rule 3)."""
    roles, victims = not_refused(tables.get("roles", ())), not_refused(tables.get("victims", ()))
    smuggled = _persons(draft for draft in roles if draft.text("role") == "smuggled_migrant")
    if not smuggled:
        return
    assessed = _persons(draft for draft in victims if draft.text("decided_by") is not None)
    open_cases = smuggled - assessed
    called_victims = _persons(draft for draft in victims if draft.text("status") in _VICTIM_STATUS)
    for draft in victims:
        called_victim = draft.text("status") in _VICTIM_STATUS and draft.text("decided_by") is None
        if called_victim and draft.text("person") in open_cases:
            notes.on(draft, "R-SMUGGLED-AS-VICTIM", "decided_by")
    open_cases -= called_victims
    for draft in roles:
        if draft.text("role") in _VICTIM_ROLES and draft.text("person") in open_cases:
            notes.on(draft, "R-SMUGGLED-AS-VICTIM", "role")
