"""A desk at the command line: two returns filed and linked, and commands run as a person types them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.two_returns import AT, receive_both

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.cli.main import run
from traboule.core.permissions import Actor, Role

AGENCY = "Direction generale de la police nationale"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status and what it wrote."""

    status: int
    out: str
    err: str


AtDesk = Callable[..., Ended]


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with two returns, linked: every link waits for a judgement."""
    opened = Desk(database)
    receive_both(opened, AGENCY)
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

    run(["login", "--data", str(cluster), "--database", database.app.database])

    def type_(*arguments: str) -> Ended:
        capsys.readouterr()
        status = run([*arguments, "--data", str(cluster), "--database", database.app.database])
        streams = capsys.readouterr()
        return Ended(status, streams.out, streams.err)

    return type_
