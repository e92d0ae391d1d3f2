"""Identifiers, as desks file them: papers, phones, devices, accounts, vehicles, and what rings and shelters share.

In: what rows are written from. Out: the identifiers table, and which phones belong to shelters and hotlines.
Guaranteed: a record tied by a document shows it right, one tied by phone shows that right; an ambiguous one shows
neither; slips hit only what no tie hangs on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import phonenumbers

from traboule.core.language.messages import catalogue
from traboule.demo.desks.clerks import birth_code
from traboule.demo.desks.rows.pieces import Pieces, distinct_from
from traboule.demo.desks.rows.rings import add_rings
from traboule.demo.desks.rows.tables import FiledTable, FiledWorld, table
from traboule.demo.desks.sightings import ABROAD, AMBIGUOUS, ANCHOR, MEDIUM, STRONG
from traboule.demo.desks.style import Desks
from traboule.demo.world import numbers
from traboule.demo.world.cases import ARRESTED, POSSIBLE, SUSPECT
from traboule.demo.world.draws import Flags, Ints, objects, stream
from traboule.demo.world.names import POOLS, cultures, plain

_EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class TrueIdentifiers:
    """The identifiers table; by row what it shows in truth and whose it is (-1: an action's).

    ``shelters``: the phones of shelters and hotlines in E.164, sorted.
    """

    table: FiledTable
    person: Ints
    true: tuple[str, ...]
    shelters: tuple[str, ...]


def identifiers(world: FiledWorld) -> TrueIdentifiers:
    """Return the identifiers of everything that is filed."""
    pieces = Pieces()
    _papers(world, pieces)
    _phones(world, pieces)
    shared = _shelters(world, pieces)
    _devices(world, pieces)
    add_rings(world, pieces)
    record, stem, desk = (np.concatenate(part) for part in (pieces.record, pieces.stem, pieces.desk))
    order = np.lexsort((np.arange(len(desk)), stem, desk))
    at = desk[order].tolist()
    kinds = [pieces.kind[place] for place in order.tolist()]
    person = [world.person_ids[place] if place >= 0 else None for place in record[order].tolist()]
    actions = [world.action_ids[place] for place in stem[order].tolist()]
    rng = stream(world.seed, "identifier rows")
    with_action = rng.random(len(order)) < 0.25
    seen = world.desks.days(world.desks.window_day(world.actions.start[world.desk_action[1][stem[order]]]), at)
    dated = (rng.random(len(order)) < 0.2).tolist()
    columns: dict[str, Sequence[object]] = {
        "person": person,
        "action": [
            action_id if person_id is None or is_cited else None
            for action_id, person_id, is_cited in zip(actions, person, with_action.tolist(), strict=True)
        ],
        "kind": world.desks.say("identifier_kinds", kinds, at),
        "value": [pieces.value[place] for place in order.tolist()],
        "issuer": world.desks.say("countries", [pieces.issuer[place] for place in order.tolist()], at),
        "first_seen": [day if is_dated else None for day, is_dated in zip(seen, dated, strict=True)],
        "remark": [pieces.remark[place] for place in order.tolist()],
    }
    true = tuple(f"{pieces.kind[place]} {pieces.true[place]}" for place in order.tolist())
    owner = np.where(record >= 0, world.records.person[record], -1)[order]
    return TrueIdentifiers(table("identifiers", desk[order], stem[order], columns), owner, true, shared)


def _needs(world: FiledWorld, evidence: int) -> Flags:
    """Tell for each person whether ``evidence`` ties one of their records to the first."""
    needed = np.zeros(len(world.persons), dtype=np.bool_)
    needed[world.records.person[world.records.evidence == evidence]] = True
    return needed


def _papers(world: FiledWorld, pieces: Pieces) -> None:
    """Add passports and identity cards: a person shows one kind, and a few ambiguous records the other."""
    rng = stream(world.seed, "papers")
    records, persons = world.records, world.persons
    prefers = np.where(rng.random(len(persons)) < 0.6, 1, 2)
    has = (rng.random(len(persons)) < 0.72) | persons.certain | _needs(world, STRONG)
    size = len(records)
    chance = rng.random(size)
    evidence, person = records.evidence, records.person
    tied = (evidence == STRONG) | ((evidence == ANCHOR) & _needs(world, STRONG)[person]) | persons.certain[person]
    shows = has[person] & (tied | ((evidence == ANCHOR) & (chance < 0.8)))
    shows_other = (evidence == AMBIGUOUS) & (chance < 0.15)
    kind = np.where(shows_other, 3 - prefers[person], prefers[person])
    slips = rng.random(size) < 0.03
    for number, name in ((1, "passport"), (2, "id_card")):
        places = np.flatnonzero((shows | shows_other) & (kind == number))
        owned = (persons.passport if number == 1 else persons.id_card)[person[places]]
        issuer = persons.citizenship[person[places]].tolist()
        habit = rng.random(len(places)).tolist()
        slip = (slips & ~tied)[places].tolist()
        birth = birth_code(persons.birth[person[places]])
        women = (persons.sex[person[places]] == 0).tolist()
        values = []
        for place, text in enumerate(owned.tolist()):
            line = (issuer[place], birth[place], women[place]) if number == 1 and habit[place] < 0.1 else None
            values.append(_paper(text, habit[place], line, slip=slip[place]))
        pieces.of_records(world, places, name, values, issuer=issuer, true=owned.tolist())


def _paper(number: str, habit: float, line: tuple[str, str, bool] | None, *, slip: bool) -> str:
    """Return a document number as typed: plain, with spaces, in small letters, or the machine-readable line."""
    typed = number
    if line is not None:
        typed = numbers.machine_line(number, line[0], line[1], line[2])
    elif habit < 0.22:
        typed = f"{number[:3]} {number[3:6]} {number[6:]}"
    elif habit < 0.3:
        typed = number.lower()
    if slip:
        # The fourth character is a digit in every form; another digit makes the check digit fail where there is one.
        place = 4 if typed[3] == " " else 3
        typed = typed[:place] + str((int(typed[place]) + 3) % 10) + typed[place + 1 :]
    return typed


def _phones(world: FiledWorld, pieces: Pieces) -> None:
    """Add phones: shared where a link needs it, changed for some ambiguous persons, otherwise at random."""
    rng = stream(world.seed, "phone rows")
    records, persons = world.records, world.persons
    evidence, person = records.evidence, records.person
    chance = rng.random(len(records))
    medium = _needs(world, MEDIUM)[person]
    household = persons.certain[person] & (chance < 0.8)
    shows = (evidence == MEDIUM) | ((evidence == ANCHOR) & medium) | household
    shows |= (evidence == ANCHOR) & (chance < 0.5)
    shows |= (evidence == STRONG) & (chance < 0.4)
    changed = ((evidence == AMBIGUOUS) & (chance < 0.3)) | ((evidence == STRONG) & (chance > 0.85))
    places = np.flatnonzero(shows | changed)
    fresh = changed[places]
    home = persons.home[person[places]]
    new = numbers.phones(stream(world.seed, "changed phones"), home[fresh])
    value = persons.phone[person[places]].copy()
    value[fresh] = distinct_from(new, persons.phone)
    habit = rng.random(len(places)).tolist()
    written = [
        phone_as_typed(text, country, world.desks, desk, luck)
        for text, country, desk, luck in zip(
            value.tolist(), home.tolist(), records.desk[places].tolist(), habit, strict=True
        )
    ]
    pieces.of_records(world, places, "phone", written, true=value.tolist())


def phone_as_typed(phone: str, country: str, desks: Desks, desk: int, luck: float) -> str:
    """Return an E.164 number as a clerk types it: with plus, zeros or spaces; without prefix only at home."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    if metadata is None or not phone.startswith(f"+{metadata.country_code}"):
        return phone
    national = phone.removeprefix(f"+{metadata.country_code}")
    if country == desks.unit[desk] and luck < 0.45:
        trunk = metadata.national_prefix or ""
        typed = f"{trunk}{national}"
    elif luck < 0.6:
        typed = f"00{phone[1:]}"
    elif luck < 0.8:
        typed = f"+{metadata.country_code} {national[:3]} {national[3:6]} {national[6:]}".strip()
    else:
        typed = phone
    eastern = desks.language[desk] == "ar" and luck * 10 % 1 < 0.3
    return typed.translate(_EASTERN) if eastern else typed


def _shelters(world: FiledWorld, pieces: Pieces) -> tuple[str, ...]:
    """Add the phones of shelters and hotlines to many unrelated victims' rows; return them."""
    rng = stream(world.seed, "shelters")
    records, desks = world.records, world.desks
    states = world.plan.row_states
    phones = numbers.phones(rng, objects([code for code in states for _ in range(2)]))
    phones = distinct_from(phones, world.persons.phone)
    keeps = rng.random(len(states)) < 0.45
    victims = (world.involved.roles[records.involvement] & POSSIBLE) > 0
    state = desks.state[records.desk]
    places = np.flatnonzero(victims & keeps[state] & (rng.random(len(records)) < 0.3))
    line = (rng.random(len(places)) < 0.3).astype(np.int64)
    words = catalogue(POOLS, "phrases.yaml")["remarks"]
    remarks = [
        desks.phrase(words["hotline" if hot else "shelter"], desk)
        for hot, desk in zip(line.tolist(), records.desk[places].tolist(), strict=True)
    ]
    values = phones[state[places] * 2 + line].tolist()
    pieces.of_records(world, places, "phone", values, remark=remarks)
    return tuple(sorted(set(values)))


def _devices(world: FiledWorld, pieces: Pieces) -> None:
    """Add devices, online accounts and plates of suspects; they return with their owner's next record."""
    rng = stream(world.seed, "devices")
    records, persons = world.records, world.persons
    suspect = (world.involved.roles[records.involvement] & (ARRESTED | SUSPECT)) > 0
    firm = np.isin(records.evidence, (ANCHOR, STRONG, MEDIUM))
    plans = (("imei", 0.12, numbers.devices), ("plate", 0.07, numbers.plates))
    for kind, share, make in plans:
        owners = np.flatnonzero(rng.random(len(persons)) < share)
        owned = np.full(len(persons), -1, dtype=np.int64)
        owned[owners] = np.arange(len(owners))
        values = make(rng, len(owners))
        places = np.flatnonzero((owned[records.person] >= 0) & suspect & firm)
        issuer = [world.desks.unit[desk] for desk in records.desk[places].tolist()]
        texts = values[owned[records.person[places]]].tolist()
        homes = persons.citizenship[records.person[places]].tolist()
        far = (records.source[places] == ABROAD).tolist()
        plates = [home if away else unit for home, unit, away in zip(homes, issuer, far, strict=True)]
        # A plate belongs to its owner's country, whoever files it.
        pieces.of_records(world, places, kind, texts, issuer=homes if kind == "plate" else [None] * len(plates))
    people = np.flatnonzero((records.evidence == ANCHOR) & (rng.random(len(records)) < 0.07))
    pools = list(cultures().values())
    person = records.person[people]
    first = [
        plain(str(pools[culture].given_names[sex][given_name, 2]))
        for culture, sex, given_name in zip(
            persons.culture[person].tolist(),
            persons.sex[person].tolist(),
            persons.given_name[person].tolist(),
            strict=True,
        )
    ]
    handles = numbers.handles(rng, first)
    half = len(people) // 2
    pieces.of_records(world, people[:half], "handle", [f"@{handle}" for handle in handles[:half].tolist()])
    pieces.of_records(world, people[half:], "email", [f"{handle}@example.org" for handle in handles[half:].tolist()])
