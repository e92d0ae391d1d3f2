"""Hits between Mali and Togo: two of suspects, which are the desk's, and two of victims, the protection officer's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import somebody
from tests.two_returns import filed
from traboule.app.desk import Desk
from traboule.core.permissions import Actor, Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
SUSPECTS, VICTIMS = "Police", "Brigade"
DESK = somebody("Awa Diop", Role.DESK)
PROTECTION = somebody("Ana Ruiz", Role.PROTECTION)
MALI = somebody("officer of ML", Role.NATIONAL, "ML")
TOGO = somebody("officer of TG", Role.NATIONAL, "TG")
ADMINISTRATOR = somebody("Jo Kim", Role.ADMINISTRATOR)
ENGINE = Actor("engine", Role.ENGINE)
CONTACT = {"contact": "Lomé, desk 3, +228 22 21 20 19", "handling": "H2", "evaluation": "B2"}

Handles = Mapping[tuple[str, int], str]  # By agency and number of the person.


def content_of(state: str, agency: str) -> dict[str, Any]:
    """Return a return of two women, whom the other state's agency of the same name filed too."""
    is_victim = agency == VICTIMS
    content: dict[str, Any] = json.loads(filed(state, agency, "possible_victim" if is_victim else "suspect"))
    for number, person in enumerate(content["people"], 1):
        person["given_names"] = f"{'Efua' if is_victim else 'Afi'} {number}"
    for identifier in content["identifiers"]:
        identifier["value"] = identifier["value"].replace("761", "662" if is_victim else "761")
    return content


def receive(desk: Desk, by: Actor, content: Mapping[str, Any], at: datetime) -> None:
    """File a return."""
    desk.perform("return.receive", by=by, at=at, name="return.json", content=json.dumps(content).encode())


def match(desk: Desk, agency: str, at: datetime, number: int) -> None:
    """Judge that the two records of a number are one person."""
    pair = (f"ML/{agency}/P{number}", f"TG/{agency}/P{number}")
    by = PROTECTION if agency == VICTIMS else DESK
    desk.perform("judge.decide", by=by, at=at, pair=pair, verdict="match", reason="one photograph")


def opened(desk: Desk) -> None:
    """Open the operation, with everybody's account."""
    people = (DESK, PROTECTION, MALI, TOGO, ADMINISTRATOR)
    desk.perform("people.demo", by=ADMINISTRATOR, at=AT, actors=people)
    desk.perform("operation.open", by=ADMINISTRATOR, at=AT, source="liberterra-ii")


def raised(desk: Desk, agencies: tuple[str, ...] = (SUSPECTS, VICTIMS), at: datetime = AT) -> Handles:
    """File both states' returns, Togo first, judge and link; return the handles of the hits."""
    for by, state in ((TOGO, "TG"), (MALI, "ML")):
        for agency in agencies:
            receive(desk, by, content_of(state, agency), at)
    desk.perform("link", by=ENGINE, at=at)
    for agency in agencies:
        for number in (1, 2):
            match(desk, agency, at, number)
    desk.perform("link", by=ENGINE, at=at + timedelta(minutes=1))
    return handles(desk, at + timedelta(minutes=1))


def swept(desk: Desk, by: Mapping[str, int], at: datetime) -> list[str]:
    """Let Togo file a victim, and units (``by``: state and how many) invented ones like her, born in other years; judge
    and link as if all were hers. Return the handles of the hits."""
    receive(desk, TOGO, _invented("TG", 1), at)
    for state, count in by.items():
        receive(desk, somebody(f"officer of {state}", Role.NATIONAL, state), _invented(state, count), at)
    desk.perform("link", by=ENGINE, at=at)
    for state, count in by.items():
        for number in range(1, count + 1):
            pair = tuple(sorted((f"{state}/Patrol/P{number}", "TG/Patrol/P1")))
            desk.perform("judge.decide", by=PROTECTION, at=at, pair=pair, verdict="match", reason="one name")
    desk.perform("link", by=ENGINE, at=at + timedelta(minutes=1))
    hits = desk.perform("hits.list", by=PROTECTION, at=at + timedelta(minutes=1)).hits
    return [hit.handle for hit in hits if {hit.left, hit.right} & {"TG/Patrol/P1"}]


def _invented(state: str, count: int) -> dict[str, Any]:
    content = content_of("TG", VICTIMS)
    content["cover"] |= {"agency": "Patrol", "state": state}
    person, role = content["people"][0], content["roles"][0]
    rows = [f"P{number}" for number in range(1, count + 1)]
    content["people"] = [
        {**person, "row_id": row, "family_name": "Lawson Dede", "birth_date": str(1990 + number)}
        for number, row in enumerate(rows)
    ]
    content["roles"] = [{**role, "row_id": row, "person": row} for row in rows]
    content["identifiers"] = []
    return content


def handles(desk: Desk, at: datetime = AT + timedelta(minutes=2)) -> Handles:
    """Return the handles of all hits, by agency and number."""
    lists = [desk.perform("hits.list", by=by, at=at, everything=True) for by in (DESK, PROTECTION)]
    hits = [hit for hits in lists for hit in hits.hits]
    return {(hit.left.split("/")[1], int(hit.left[-1])): hit.handle for hit in hits if hit.left[-2:] == hit.right[-2:]}
