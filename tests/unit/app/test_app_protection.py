"""What a final release protects, through the real verbs: returns are filed, counted, released (rule 23)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import yaml
from tests.builders import PRESS_SECTION, a_return

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.figures import compute as computing

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
PRESS = Actor("Iris Novak", Role.PRESS)
POLICY = {"threshold": 10, "rounding": 5, "minimum_incidents": 3, "minors_threshold": 20}
DAYS = ("2024-09-30", "2024-10-01", "2024-10-02", "2024-10-03")
Raids = Sequence[tuple[str, int, Mapping[str, Any]]]


def raids(persons: Sequence[int], **said: Any) -> list[tuple[str, int, Mapping[str, Any]]]:
    return [(day, number, {"age_band": "30-38", **said}) for day, number in zip(DAYS, persons, strict=False)]


# In each of three states, raids in which women were found, and transgender women, and transgender men.
SHOWN = {
    state: [
        *raids((40, 31, 22, 13), sex="female"),
        *raids((11, 12, 13, 9), sex="transgender_female"),
        *raids((6, 7, 8, 9), sex="transgender_male"),
    ]
    for state in ("CI", "ML", "SN")
}


def final(database: Started, filed: Mapping[str, Raids], **policy: Any) -> Any:
    """File the returns of three states, count, and draft the final release."""
    operation = {
        "code": "lantern",
        "title": {"en": "Lantern", "fr": "Lanterne", "es": "Linterna", "ar": "الفانوس"},
        "window": {"start": "2024-09-29", "end": "2024-10-04"},
        "participants": [{"state": state, "required": "true"} for state in filed],
        "coordination_units": ["SN"],
        "figures": ["participants", "potential_victims", "potential_victims_minors"],
        "vocabularies": ["countries", "sexes"],
        "person_rows_for_migrants": "false",
        "press": PRESS_SECTION,
        "release": {**POLICY, "languages": ["en", "fr", "es", "ar"], **policy},
    }
    text = yaml.safe_dump(operation, allow_unicode=True)
    desk = Desk(database)
    desk.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, text=text)
    for state, result in filed.items():
        officer = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        content = a_return(state, result, operation="lantern", status="final")
        desk.perform("return.receive", by=officer, at=AT, name=f"{state}.json", content=content)
    desk.perform("figures.compute", by=Actor("engine", Role.ENGINE), at=AT)
    desk.perform("release.finalise", by=PRESS, at=AT)
    drafted = desk.perform("release.verdict", by=PRESS, at=AT)
    assert drafted.verdict.passed
    return drafted.statement


def cells(statement: Any, dimension: str) -> dict[str, int | None]:
    return next(dict(table.cells) for table in statement.tables if table.dimension == dimension)


def test_a_cell_from_one_single_raid_is_hidden_however_large(database: Started) -> None:
    filed = {**SHOWN, "ML": [*SHOWN["ML"], *raids((60,), sex="male")]}
    output = cells(final(database, filed), "sex")
    assert output["male"] is None
    assert output["female"] == 320


def test_the_same_number_from_three_raids_is_shown(database: Started) -> None:
    filed = {
        **SHOWN,
        "ML": [*SHOWN["ML"], *raids((20, 20), sex="male")],
        "SN": [*SHOWN["SN"], *raids((20,), sex="male")],
    }
    assert cells(final(database, filed), "sex")["male"] == 60


def test_a_cell_that_one_state_filed_nearly_alone_is_hidden(database: Started) -> None:
    filed = {
        **SHOWN,
        "ML": [*SHOWN["ML"], *raids((19, 19, 19), sex="male")],
        "SN": [*SHOWN["SN"], *raids((3,), sex="male")],
    }
    assert cells(final(database, filed), "sex")["male"] is None


def test_a_state_whose_only_raid_it_was_is_hidden_in_the_table_of_states(database: Started) -> None:
    filed = {**SHOWN, "BF": raids((80,), sex="female"), "TG": raids((9, 8, 9), sex="female")}
    output = cells(final(database, filed), "state")
    assert output["BF"] is None
    assert [code for code, count in output.items() if count is not None] != []


def test_what_cells_rest_on_is_kept_beside_the_figures_and_stays_at_the_desk(database: Started) -> None:
    statement = final(database, {**SHOWN, "ML": [*SHOWN["ML"], *raids((20, 20), sex="male")]})
    with acting(Actor("engine", Role.ENGINE)):
        run = computing.latest(statement.operation)
    assert run.context.contributors["potential_victims"]["sex"]["male"] == (2, 40, {"ML": 40})
    assert run.context.contributors["potential_victims"]["sex"]["female"][:2] == (12, 106)
    assert run.context.contributors["potential_victims"]["region"]["002"][0] == 38
    assert "backing" not in run.to_json()


def test_the_operation_file_chooses_rounding_and_nothing_is_hidden(database: Started) -> None:
    filed = {**SHOWN, "ML": [*SHOWN["ML"], *raids((4,), sex="male")]}
    statement = final(database, filed, protection="rounding")
    output = cells(statement, "sex")
    assert all(count is not None and count % 5 == 0 for count in output.values())
    assert output["male"] in (0, 5)
    assert statement.policy["protection"] == "rounding"
    truth = {"female": 318, "transgender_female": 135, "male": 4}
    assert all(abs(output[code] - count) < 5 for code, count in truth.items())
