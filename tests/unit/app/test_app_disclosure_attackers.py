"""What an attacker learns who knows more than the printed rules: each attack against releases made by the real verbs.

Every attack is made twice. The control reads what the same figures would say without this protection, and succeeds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from tests.builders import a_return, somebody
from tests.disclosure_attacker import FIGURE, Attacker, Sheet

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor, Role
from traboule.operation.document import read as read_file
from traboule.operation.operation import shipped_text

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
PRESS, OFFICER = somebody("Iris Novak", Role.PRESS), somebody("Awa Diop", Role.DESK)
ENGINE, ADMINISTRATOR = Actor("engine", Role.ENGINE), Actor("a", Role.ADMINISTRATOR)
DAYS = ("2024-09-30", "2024-10-01", "2024-10-02", "2024-10-03")
WOMEN = {"sex": "female", "age_band": "21-23"}
THRESHOLD = 10
REASON = {"en": "returns came late"}

pytestmark = pytest.mark.promise("no-protected-cell")


class World:
    """A small operation: what each state found, filed as rows or as totals, and the releases made of it."""

    def __init__(self, database: Started, *states: str, rounding: int = 1) -> None:
        self.desk, self.states, self.found, self.now = Desk(database), states, dict[str, int](), AT
        plain = dict(read_file(shipped_text("liberterra-ii")).content)
        plain["participants"] = [{"state": state, "required": "true"} for state in states]
        plain["coordination_units"] = [states[0]]
        plain["figures"] = ["participants", FIGURE]
        plain["country_names"] = {}
        policy = {"threshold": THRESHOLD, "rounding": rounding, "minimum_incidents": 1, "minors_threshold": THRESHOLD}
        plain["release"] = {**{name: str(value) for name, value in policy.items()}, "languages": ["en"]}
        self._perform("operation.open", ADMINISTRATOR, text=yaml.safe_dump(plain, allow_unicode=True))

    def _perform(self, verb: str, by: Actor, **arguments: Any) -> Any:
        self.now += timedelta(minutes=1)
        return self.desk.perform(verb, by=by, at=self.now, **arguments)

    def files(self, found: Mapping[str, int], *, totals_only: Sequence[str] = (), status: str = "final") -> None:
        """File what states found, each in as many raids as there are days; some of them as totals alone."""
        for state, persons in found.items():
            shares = [persons // len(DAYS) + (place < persons % len(DAYS)) for place in range(len(DAYS))]
            raids = [(day, share, WOMEN) for day, share in zip(DAYS, shares, strict=True)]
            if state in totals_only:
                plain = json.loads(a_return(state, [], status=status))
                total = {"row_id": "T1", "measure": FIGURE, "counted_unit": "person", "value": persons}
                content = json.dumps({**plain, "totals": [{**total, "precision": "exact"}]}).encode()
            else:
                content = a_return(state, raids, status=status)
            officer = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
            received = self._perform("return.receive", officer, name=f"{state}.json", content=content)
            assert not received.receipt.refused
            self.found[state] = persons
        self._perform("figures.compute", ENGINE)

    def releases(self, kind: str) -> Sheet:
        """Draft, audit, sign and issue a release; return its fact sheet as published."""
        texts = json.dumps({"reason": REASON}) if kind == "revise" else ""
        self._perform(f"release.{kind}", PRESS, texts=texts)
        judged = self._perform("release.verdict", PRESS)
        assert judged.verdict.passed
        self._perform("release.sign", OFFICER)
        self._perform("release.sign", PRESS)
        sheet: Sheet = json.loads(self._perform("release.issue", PRESS).files["factsheet.json"])
        return sheet

    def unprotected(self, sheet: Sheet, *, table: Mapping[str, int | None] | None = None, declared: int = 0) -> Sheet:
        """Return a release as it would be without the protection: with its headline, and a table by state."""
        line = {"figure": FIGURE, "value": sum(self.found.values()), "declared_only": declared}
        tables = [] if table is None else [{"figure": FIGURE, "dimension": "state", "cells": [*table.items()]}]
        return {**sheet, "lines": [line], "tables": tables}


def is_protected(bounds: tuple[int, int]) -> bool:
    return bounds[1] - bounds[0] >= THRESHOLD


def test_ten_states_with_one_victim_each_are_not_told_from_one_another(database: Started) -> None:
    """Ten are left of the headline for ten states whose cells are hidden and, being listed, not zero: each has one."""
    states = ("ML", "SN", "CI", "BF", "TG", "BJ", "GH", "NE", "NG", "GN")
    large = {"ZA": 60, "EG": 50, "KE": 40, "ET": 45, "DZ": 55}
    world = World(database, *states, *large)
    world.files({**dict.fromkeys(states, 1), **large})
    sheet = world.releases("finalise")
    control = Attacker([world.unprotected(sheet, table={**dict.fromkeys(states), **large})])
    assert {control.bounds(state) for state in states} == {(1, 1)}
    (table,) = (table for table in sheet["tables"] if table["dimension"] == "state")
    assert sum(count is not None for _, count in table["cells"]) >= 2
    assert all(is_protected(Attacker([sheet]).bounds(state)) for state in states)


def test_ten_victims_of_ten_states_are_no_headline(database: Started) -> None:
    """Each of the states would know of nine found elsewhere."""
    states = ("ML", "SN", "CI", "BF", "TG", "BJ", "GH", "NE", "NG", "GN")
    world = World(database, *states)
    world.files(dict.fromkeys(states, 1))
    sheet = world.releases("finalise")
    assert (sheet["held_back"], sheet["tables"]) == ([FIGURE], [])


def test_neither_of_two_hidden_states_computes_the_other(database: Started) -> None:
    """Two hidden cells hide each other from every reader but the two states themselves."""
    found = {"ML": 40, "SN": 30, "CI": 50, "TG": 4, "BJ": 12}
    world = World(database, *found)
    world.files(found)
    sheet = world.releases("finalise")
    two = {state: None if state in ("TG", "BJ") else count for state, count in found.items()}
    assert Attacker([world.unprotected(sheet, table=two)], own={"BJ": 12}).bounds("TG") == (4, 4)
    assert any(dict(table["cells"])["TG"] is None for table in sheet["tables"] if table["dimension"] == "state")
    for insider in found.keys() - {"TG"}:
        assert is_protected(Attacker([sheet], own={insider: found[insider]}).bounds("TG")), insider


def test_the_headline_does_not_tell_what_a_late_state_found(database: Started) -> None:
    """Between two headlines lies nothing but the return of the one state that was late."""
    world = World(database, "ML", "SN", "CI")
    world.files({"ML": 25, "SN": 20})
    first = world.releases("draft")
    unprotected = [world.unprotected(first)]
    world.files({"CI": 3})
    second = world.releases("revise")
    unprotected.append(world.unprotected(second))
    late = frozenset({"CI"})
    assert Attacker(unprotected, late=late).bounds("CI") == (3, 3)
    assert is_protected(Attacker([first, second], late=late).bounds("CI"))
    assert (first["held_back"], second["held_back"]) == ([], [FIGURE])
    assert [change["figure"] for change in second["changes"]] == ["participants"]
    # Nor does a third release, though nothing has changed since the second.
    third = world.releases("finalise")
    assert is_protected(Attacker([first, second, third], late=late).bounds("CI"))


def test_a_late_state_does_not_learn_what_another_late_state_found(database: Started) -> None:
    world = World(database, "ML", "SN", "CI", "TG")
    world.files({"ML": 25, "SN": 20})
    first = world.releases("draft")
    unprotected = [world.unprotected(first)]
    world.files({"CI": 12, "TG": 4})
    second = world.releases("finalise")
    unprotected.append(world.unprotected(second))
    late, own = frozenset({"CI", "TG"}), {"CI": 12}
    assert Attacker(unprotected, late=late, own=own).bounds("TG") == (4, 4)
    assert is_protected(Attacker([first, second], late=late, own=own).bounds("TG"))


def test_the_declared_part_does_not_tell_what_the_one_totals_only_state_found(database: Started) -> None:
    found = {"ML": 40, "SN": 30, "CI": 50, "TG": 4}
    world = World(database, *found)
    world.files(found, totals_only=["TG"])
    sheet = world.releases("draft")
    alone = frozenset({"TG"})
    assert Attacker([world.unprotected(sheet, declared=4)], totals_only=alone).bounds("TG") == (4, 4)
    assert is_protected(Attacker([sheet], totals_only=alone).bounds("TG"))
    (line,) = (line for line in sheet["lines"] if line["figure"] == FIGURE)
    assert (line["value"], line["declared_only"]) == (124, None)


def test_the_headline_of_one_state_is_a_cell(database: Started) -> None:
    world = World(database, "ML")
    world.files({"ML": 3})
    sheet = world.releases("finalise")
    assert Attacker([world.unprotected(sheet)]).bounds("ML") == (3, 3)
    assert is_protected(Attacker([sheet]).bounds("ML"))
    assert sheet["held_back"] == [FIGURE]


def test_the_headline_of_two_states_tells_neither_what_the_other_found(database: Started) -> None:
    world = World(database, "ML", "SN")
    world.files({"ML": 60, "SN": 4})
    sheet = world.releases("finalise")
    assert Attacker([world.unprotected(sheet)], own={"ML": 60}).bounds("SN") == (4, 4)
    assert is_protected(Attacker([sheet], own={"ML": 60}).bounds("SN"))
