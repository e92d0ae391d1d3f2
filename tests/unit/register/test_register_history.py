"""The register: what is in force, as of when, and where it comes from."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from tests.conftest import ActAs
from tests.returns_built import OPERATION, START, Filed, file, names, people, take_back

from traboule.app.start import Started
from traboule.core.dates import PartialDate
from traboule.core.errors import NotFound, Refused
from traboule.core.permissions import Actor, Role
from traboule.database.context import Context
from traboule.register.history import tables
from traboule.register.personal import narratives, read
from traboule.register.provenance import provenance
from traboule.returns.withdraw import ReturnWithdrawal

ENGINE = Context.of(Actor("engine", Role.ENGINE))
DAWN = datetime.fromisoformat("2024-10-01T05:30")
DESK = Context.of(Actor("desk", Role.DESK))


def records(table: str = "people", at: datetime | None = None, context: Context = ENGINE) -> list[str]:
    return list(tables(OPERATION, at=at, context=context)[table]["record"].to_pylist())


def test_every_type_of_value_comes_back(database: Started) -> None:
    file(
        Filed(
            {
                "actions": {
                    "a1": {
                        "kind": "raid",
                        "start": DAWN,
                        "joint_with": ("BF", "SN"),
                        "narrative": "Une maison à Bamako.",
                        "country": "ML",
                    }
                },
                "people": {
                    "p1": {
                        "family_name": "Traoré",
                        "birth_date": PartialDate(2001, 5),
                        "citizenships": ("TG",),
                        "minor": "?",
                    }
                },
                "victims": {"v1": {"person": "p1", "action": "a1", "fee": 1500.5, "promised_job": "vendeuse"}},
                "totals": {"t1": {"measure": "potential_victims", "unit": "person", "value": 24, "precision": "exact"}},
                "identifiers": {"i1": {"person": "p1", "kind": "phone", "value": "+22370000000"}},
            }
        )
    )
    in_force = tables(OPERATION, at=None, context=ENGINE)
    action = in_force["actions"].to_pylist()[0]
    assert action["start"] == DAWN
    assert action["joint_with"] == ["BF", "SN"]
    assert "narrative" not in action
    assert in_force["actions"].schema.field("start").type == pa.timestamp("us")
    person = in_force["people"].to_pylist()[0]
    assert (person["citizenships"], person["minor"]) == (["TG"], None)
    assert not {"family_name", "birth_date"} & set(person)
    victim = in_force["victims"].to_pylist()[0]
    assert (victim["person"], victim["person_record"]) == ("p1", "ML/Police nationale/p1")
    assert victim["action_record"] == "ML/Police nationale/a1"
    assert victim["fee"] == 1500.5
    total = in_force["totals"].to_pylist()[0]
    assert (total["unit"], total["counted_unit"], total["value"]) == ("ML", "person", 24)
    assert "identifiers" not in in_force
    personal = read(OPERATION, at=None, context=ENGINE, purpose="linkage")
    assert personal["identities"].to_pylist()[0]["birth_date"] == "2001-05"
    assert personal["identifiers"].to_pylist()[0]["person_record"] == "ML/Police nationale/p1"
    texts = narratives(OPERATION, at=None, context=ENGINE, purpose="linkage").to_pylist()
    assert [(narrative["table"], narrative["text"]) for narrative in texts] == [
        ("actions", "Une maison à Bamako."),
        ("victims", "vendeuse"),
    ]


def test_a_correction_is_a_new_version_and_every_hour_can_be_asked_for(database: Started) -> None:
    file(Filed(people("p1", "p2"), version=1), hour=1)
    receipt = file(Filed(people("p1", sex="male"), version=2), hour=2)
    assert (receipt.new, receipt.changed, receipt.withdrawn, receipt.unchanged) == (0, 1, 0, 0)

    def sexes(hour: int) -> dict[str, str]:
        table = tables(OPERATION, at=START + timedelta(hours=hour), context=ENGINE)["people"]
        return dict(zip(table["row_id"].to_pylist(), table["sex"].to_pylist(), strict=True))

    assert sexes(0) == {}
    assert sexes(1) == {"p1": "female", "p2": "female"}
    assert sexes(2) == {"p1": "male", "p2": "female"}


def test_a_superseding_return_withdraws_what_it_leaves_out_but_not_what_it_holds(database: Started) -> None:
    file(Filed(people("kept", "left out", "held"), version=1))
    receipt = file(Filed(people("kept", "held"), version=2, supersedes=1, held=frozenset({("people", "held")})))
    assert (receipt.unchanged, receipt.withdrawn, receipt.held) == (1, 1, 1)
    assert records() == names(["held", "kept"])
    assert tables(OPERATION, at=None, context=ENGINE)["held"]["row_id"].to_pylist() == ["held"]


def test_a_held_row_waits_until_its_correction(database: Started) -> None:
    file(Filed(people("p1", "p2"), held=frozenset({("people", "p2")})))
    assert records() == names(["p1"])
    receipt = file(Filed(people("p2"), version=2))
    assert receipt.new == 1
    assert records() == names(["p1", "p2"])
    assert tables(OPERATION, at=None, context=ENGINE)["held"].num_rows == 0


def test_an_old_return_that_comes_late_is_history(database: Started) -> None:
    file(Filed(people("p1"), version=3, supersedes=2))
    receipt = file(Filed(people("p1", "p2", sex="male"), version=1), hour=1)
    assert (receipt.new, receipt.changed, receipt.superseded) == (0, 0, 2)
    assert records() == names(["p1"])
    returns = tables(OPERATION, at=None, context=ENGINE)["returns"]
    assert returns["in_force"].to_pylist() == [False, True]


def test_a_withdrawal_and_filing_again(database: Started) -> None:
    rows = people("p1", "p2")
    file(Filed(rows, version=1))
    withdrawal = ReturnWithdrawal(OPERATION, "ML", "Police nationale")
    receipt = take_back(withdrawal, hour=1)
    assert (receipt.withdrawn, receipt.filed) == (2, 0)
    assert records() == []
    assert records(at=START) == names(["p1", "p2"])
    repeated = take_back(withdrawal, hour=2)
    assert repeated.again
    assert repeated.receipt_id == receipt.receipt_id
    assert file(Filed(rows, version=2), hour=3).new == 2
    assert records() == names(["p1", "p2"])


def test_a_withdrawn_return_filed_as_a_file(database: Started) -> None:
    file(Filed(people("p1"), version=1))
    file(Filed(people("p2"), version=2))
    receipt = file(Filed({}, version=3, supersedes=1, kind="withdrawn"))
    assert receipt.withdrawn == 1
    assert records() == names(["p2"])


def test_nothing_to_withdraw(database: Started) -> None:
    with pytest.raises(NotFound):
        take_back(ReturnWithdrawal(OPERATION, "ML", "Douanes"))


def test_a_nil_return_is_received_and_has_no_rows(database: Started) -> None:
    receipt = file(Filed({}, kind="nil"))
    assert receipt.filed == 0
    returns = tables(OPERATION, at=None, context=ENGINE)["returns"].to_pylist()
    assert [(received["kind"], received["in_force"]) for received in returns] == [("nil", True)]


def test_agencies_and_operations_do_not_meet(database: Started) -> None:
    file(Filed(people("p1")))
    file(Filed(people("p1"), agency="Gendarmerie", version=2, supersedes=1))
    file(Filed(people("p1"), operation="weka-ii"))
    file(Filed(people("p1"), agency="Police/nationale"))
    assert records() == ["ML/Gendarmerie/p1", *names(["p1"]), "ML/Police%2Fnationale/p1"]


def test_provenance_leads_to_file_sheet_and_row(database: Started, as_actor: ActAs) -> None:
    file(Filed(people("p1", "p2"), version=1))
    file(Filed(people("p2", sex="male"), version=2), hour=1)
    with as_actor(Role.PROTECTION):
        origins = provenance(OPERATION, "people", "ML/Police nationale/p2")
    assert [(origin.version, origin.sheet, origin.row_number, origin.in_force) for origin in origins] == [
        (2, "People", 2, True),
        (1, "People", 3, False),
    ]
    assert {origin.file_name for origin in origins} == {"return.xlsx"}
    with as_actor(Role.NATIONAL, "SN"), pytest.raises(NotFound):
        provenance(OPERATION, "people", "ML/Police nationale/p2")


def test_only_the_filing_state_files_and_withdraws(database: Started) -> None:
    file(Filed(people("p1")))
    for stranger in (Actor("officer SN", Role.NATIONAL, frozenset({"SN"})), Actor("desk", Role.DESK)):
        with pytest.raises(Refused):
            file(Filed(people("p2"), version=2), by=stranger)
        with pytest.raises(Refused):
            take_back(ReturnWithdrawal(OPERATION, "ML", "Police nationale"), by=stranger)
    assert records() == names(["p1"])


@pytest.mark.parametrize(
    ("role", "purpose"),
    [(Role.DESK, "linkage"), (Role.ENGINE, "correction"), (Role.PROTECTION, "linkage"), (Role.ENGINE, "curiosity")],
)
def test_personal_fields_want_a_purpose_that_fits(database: Started, role: Role, purpose: str) -> None:
    with pytest.raises(Refused):
        read(OPERATION, at=None, context=Context.of(Actor("somebody", role)), purpose=purpose)


def test_the_desk_sees_no_victim_and_no_other_state_sees_anything(database: Started) -> None:
    file(Filed({**people("p1"), "victims": {"v1": {"person": "p1"}}}))
    desk = tables(OPERATION, at=None, context=DESK)
    assert {name: table.num_rows for name, table in desk.items() if table.num_rows} == {}
    of_senegal = tables(OPERATION, at=None, context=Context.of(Actor("officer", Role.NATIONAL, frozenset({"SN"}))))
    assert {name: table.num_rows for name, table in of_senegal.items() if table.num_rows} == {}
    own = tables(OPERATION, at=None, context=Context.of(Actor("officer", Role.NATIONAL, frozenset({"ML"}))))
    assert own["victims"].num_rows == 1
