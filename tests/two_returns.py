"""Two states that filed the same two sisters, each in a return of its own: links that wait for a judgement."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from traboule.app.desk import Desk
from traboule.core.permissions import Actor, Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
# Each state files the two sisters by one telephone: who is who is for a person to say.
NAMES = {"ML": ("Amavi Adjoa", "Kodjo Esi"), "TG": ("Amavi Adzoa", "Kodjo Esinam")}


def filed(state: str, agency: str, role: str = "suspect") -> bytes:
    """Return a return of two women in one role, each with a telephone of her own that the other state filed too."""
    people = [
        {"row_id": f"P{number}", "family_name": name, "birth_date": "1999", "sex": "female"}
        for number, name in enumerate(NAMES[state], start=1)
    ]
    cover = {"operation": "liberterra-ii", "state": state, "agency": agency, "version": 1, "status": "preliminary"}
    content = {
        "cover": {**cover, "as_of": "2024-10-05"},
        "actions": [{"row_id": "A1", "kind": "raid", "start": "2024-10-01", "country": state}],
        "investigations": [{"row_id": "N1", "action": "A1", "reference": f"{state} 1", "opened_on": "2024-10-02"}],
        "people": people,
        "roles": [
            {"row_id": each["row_id"], "person": each["row_id"], "action": "A1", "role": role} for each in people
        ],
        "identifiers": [
            {"row_id": f"I{number}", "person": f"P{number}", "kind": "phone", "value": f"+2237612345{number}"}
            for number in (1, 2)
        ],
    }
    return json.dumps(content).encode()


def receive_both(desk: Desk, agency: str, role: str = "suspect") -> None:
    """Open the operation at ``desk`` and receive the return of each state."""
    desk.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    for state in NAMES:
        by = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        desk.perform("return.receive", by=by, at=AT, name=f"{state}.json", content=filed(state, agency, role))
