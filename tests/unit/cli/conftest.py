"""A desk at the command line: two returns filed and linked, and commands run as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.cli.main import run
from traboule.core.permissions import Actor, Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
# Each state files the two sisters by one telephone: who is who is for a person to say.
NAMES = {"ML": ("Amavi Adjoa", "Kodjo Esi"), "TG": ("Amavi Adzoa", "Kodjo Esinam")}
AGENCY = "Direction generale de la police nationale"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status and what it wrote."""

    status: int
    out: str
    err: str


AtDesk = Callable[..., Ended]


def filed(state: str) -> bytes:
    """Return a return of two possible victims, each with a telephone that the other state filed too."""
    people = [
        {"row_id": f"P{number}", "family_name": name, "birth_date": "1999", "sex": "female"}
        for number, name in enumerate(NAMES[state], start=1)
    ]
    cover = {"operation": "liberterra-ii", "state": state, "agency": AGENCY, "version": 1, "status": "preliminary"}
    content = {
        "cover": {**cover, "as_of": "2024-10-05"},
        "actions": [{"row_id": "A1", "kind": "raid", "start": "2024-10-01", "country": state}],
        "people": people,
        "roles": [
            {"row_id": each["row_id"], "person": each["row_id"], "action": "A1", "role": "possible_victim"}
            for each in people
        ],
        "identifiers": [
            {"row_id": f"I{number}", "person": f"P{number}", "kind": "phone", "value": f"+2237612345{number}"}
            for number in (1, 2)
        ],
    }
    return json.dumps(content).encode()


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with two returns, linked: every link waits for a judgement."""
    opened = Desk(database)
    opened.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    for state in NAMES:
        by = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        opened.perform("return.receive", by=by, at=AT, name=f"{state}.json", content=filed(state))
    opened.perform("link", by=Actor("engine", Role.ENGINE), at=AT)
    return opened


@pytest.fixture
def at_desk(
    desk: Desk,
    database: Started,
    cluster: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> AtDesk:
    """Run a command on the desk's database, in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TRABOULE_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)

    def type_(*arguments: str) -> Ended:
        capsys.readouterr()
        status = run([*arguments, "--data", str(cluster), "--database", database.app.database])
        streams = capsys.readouterr()
        return Ended(status, streams.out, streams.err)

    return type_
