"""A text checked against a release of ours instead of what is shipped."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from traboule.app.desk import Desk
from traboule.core.errors import Invalid
from traboule.core.permissions import Actor, Role
from traboule.core.words import LANGUAGES
from traboule.release.factsheet import as_json
from traboule.release.statement import Kind, Line, Statement


def statement(code: str = "sample-operation") -> Statement:
    lines = (
        Line("arrests", 612, 600, 612, "exact", None, "person", "", 0),
        Line("arrests_trafficking_or_smuggling", 203, 203, 203, "exact", "arrests", "person", "", 0),
        Line("potential_victims", 441, 441, 441, "exact", None, "person", "potential", 0),
    )
    titles = {
        "en": "Operation Meridian",
        "fr": "Opération Méridien",
        "es": "Operación Meridiano",
        "ar": "عملية مريديان",
    }
    return Statement(
        operation=code,
        titles=titles,
        start=date(2026, 3, 2),
        end=date(2026, 3, 8),
        kind=Kind.REVISED,
        number=2,
        issued_on=date(2026, 4, 1),
        figures_hash="0" * 64,
        lines=lines,
    )


def check(text: str, against: bytes | None) -> dict[str, Any]:
    by = Actor("press", Role.PRESS)
    at = datetime(2026, 4, 2, tzinfo=UTC)
    done = Desk.plain().perform("text.check", by=by, at=at, content=text.encode(), name="text", against=against)
    return dict(done.to_json())


def test_a_text_is_held_against_the_release_given() -> None:
    text = "Operation Meridian led to 612 arrests, 230 of them for human trafficking, and rescued 441 victims."
    told = check(text, as_json(statement()))
    assert told["operation"] == "sample-operation"
    assert [(claim["verdict"], claim["right"]) for claim in told["claims"]] == [
        ("confirmed", 612),
        ("wrong", 203),
        ("dropped_qualifier", 441),
    ]


def test_a_release_of_a_shipped_operation_takes_its_place_and_keeps_its_names() -> None:
    told = check("Liberterra II led to 2,517 arrests.", as_json(statement("liberterra-ii")))
    assert told["operation"] == "liberterra-ii"
    assert [claim["verdict"] for claim in told["claims"]] != ["confirmed"]
    told = check("Liberterra 2 led to 612 arrests.", as_json(statement("liberterra-ii")))
    assert [claim["verdict"] for claim in told["claims"]] == ["confirmed"]


def test_a_text_that_names_no_operation_speaks_of_the_release() -> None:
    told = check("Police made 621 arrests worldwide.", as_json(statement()))
    assert [(claim["verdict"], claim["right"]) for claim in told["claims"]] == [("wrong", 612)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b"\xff\xfe\x00",
        b"[]",
        b"{}",
        b'{"schema": "other"}',
        b'{"schema": "traboule-factsheet-1"}',
        b"[" * 90_000,
    ],
)
def test_what_is_no_fact_sheet_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(Invalid) as raised:
        check("2,517 arrests", content)
    assert raised.value.code == "factsheet-unreadable"
    assert all("…" not in raised.value.sentence(language) for language in LANGUAGES)


def test_a_fact_sheet_with_a_bad_date_names_the_place() -> None:
    plain = json.loads(as_json(statement())) | {"start": "soon"}
    with pytest.raises(Invalid) as raised:
        check("2,517 arrests", json.dumps(plain).encode())
    assert "start" in raised.value.sentence("en")


def test_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "sheet.json").write_bytes(as_json(statement()))
    (tmp_path / "text.txt").write_text("The operation led to 621 arrests.", encoding="utf-8")
    program = [sys.executable, "-c", "from traboule.cli.main import main; main()"]
    arguments = ["check", str(tmp_path / "text.txt"), "--against", str(tmp_path / "sheet.json"), "--json"]
    run = subprocess.run([*program, *arguments], capture_output=True, text=True, check=True)
    told = json.loads(run.stdout)
    assert {"operation", "language", "claims", "recognised", "summary"} <= set(told)
    assert [(claim["verdict"], claim["right"]) for claim in told["claims"]] == [("wrong", 612)]
