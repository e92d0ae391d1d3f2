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


def handles(desk: Desk, at: datetime = AT + timedelta(minutes=2)) -> Handles:
    """Return the handles of all hits, by agency and number."""
    lists = [desk.perform("hits.list", by=by, at=at, everything=True) for by in (DESK, PROTECTION)]
    hits = [hit for hits in lists for hit in hits.hits]
    return {(hit.left.split("/")[1], int(hit.left[-1])): hit.handle for hit in hits if hit.left[-2:] == hit.right[-2:]}
