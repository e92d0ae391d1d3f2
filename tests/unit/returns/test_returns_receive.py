"""Receiving: one receipt a file, everything kept, nothing for anybody else."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest
from tests import returns_raw
from tests.conftest import ActAs
from tests.returns_built import OPERATION, START, Filed, file, national, people, row
from tests.unsealing import opened, opened_bytes

from traboule.app.start import Started
from traboule.core.errors import Broken, Refused
from traboule.core.findings import Finding, Severity
from traboule.core.permissions import Role
from traboule.register.enter import enter
from traboule.returns.checked import CheckedReturn
from traboule.returns.models import FaultFound, HeldContent, HeldRow, ReturnOriginal, ReturnReceived
from traboule.returns.receipt import Receipt
from traboule.returns.receive import fault_place, held_place, identifier, receive, storable
from traboule.returns.subjects.keys import of_file, place

HELD_KEYS = frozenset({("people", "p2")})


def received(checked: CheckedReturn, as_actor: ActAs, *, operation: str = OPERATION, unit: str = "ML") -> Receipt:
    with as_actor(Role.NATIONAL, unit) as by:
        entering = partial(enter, at=START)
        return receive(checked, b"x", file_name="r.xlsx", by=by, at=START, operation=operation, enter=entering)


def test_the_receipt_says_what_was_filed_and_what_it_changed(database: Started) -> None:
    receipt = file(Filed(people("p1", "p2", "p3"), held=HELD_KEYS))
    assert (receipt.filed, receipt.entered, receipt.held, receipt.refused) == (3, 2, 1, 0)
    assert (receipt.new, receipt.changed, receipt.withdrawn, receipt.unchanged, receipt.superseded) == (2, 0, 0, 0, 0)
    assert receipt.received_at == "2024-09-30T08:00:00+00:00"
    assert not receipt.again
    assert Receipt.from_json(receipt.to_json()) == receipt


@pytest.mark.promise("retry-never-doubles")
def test_the_same_file_again_gives_the_same_receipt_and_enters_nothing(database: Started, as_actor: ActAs) -> None:
    filed = Filed(people("p1"))
    first = file(filed)
    repeated = file(filed, hour=5)
    assert repeated == replace(first, again=True)
    with as_actor(Role.ENGINE):
        assert ReturnReceived.objects.count() == 1


def test_a_file_received_again_after_a_withdrawal_says_that_it_stays_withdrawn(database: Started) -> None:
    filed = Filed(people("p1"))
    file(filed)
    withdrawn = Filed({}, kind="withdrawn", supersedes=1)
    assert not file(withdrawn, hour=1).withdrawn_since
    repeated = file(filed, hour=5)
    assert repeated.again
    assert repeated.withdrawn_since
    assert repeated.to_json()["withdrawn_since"]
    assert not file(Filed(people("p1"), version=2), hour=6).withdrawn_since


def test_identifiers_repeat_from_run_to_run() -> None:
    assert identifier(OPERATION, "ML", "00") == UUID("31dd3f8b-d2b3-5a2e-b75a-1701d0d75c2f")
    assert identifier(OPERATION, "SN", "00") != identifier(OPERATION, "ML", "00")


def test_a_receipt_is_the_same_whatever_others_have_filed(database: Started) -> None:
    """A filing never answers: the receipt of one state does not depend on another's rows."""
    rows = people("p1", "p2")
    alone = file(Filed(rows, operation="one"))
    file(Filed(rows, operation="two", unit="SN"))
    second = file(Filed(rows, operation="two"))
    varying = {"receipt_id": "", "content_hash": ""}
    assert alone.to_json() | varying == second.to_json() | varying


def test_everything_is_kept_with_where_it_stood(database: Started, as_actor: ActAs) -> None:
    checked = Filed(people("p1", "p2"), held=HELD_KEYS).checked()
    refused = replace(row("people", "p1", {"sex": "male\0"}, 9, held=True), faults=("row-id-twice",))
    finding = Finding(
        *(
            "required-empty",
            Severity.ERROR,
            "people",
            "sex",
            "People",
            3,
            "Sexe",
            "C3",
            "\0",
            "rule 14",
            {"name": "Awa\0"},
        )
    )
    checked = replace(checked, filed=3, refused=1, refused_rows=(refused,), findings=(finding,))
    received(checked, as_actor)
    with as_actor(Role.NATIONAL, "ML"):
        original, fault = ReturnOriginal.objects.get(), FaultFound.objects.get()
        aside = {held_row.row_number: held_row for held_row in HeldRow.objects.all()}
        number, subject = original.return_id, of_file(original.return_id)
        file_bytes = opened_bytes(original, subject, place("returns_returnoriginal", number))
        shown = opened(fault, subject, fault_place(number, 0))
        refused_row = HeldContent.objects.get(row_number=9)
        as_filed = opened(refused_row, refused_row.sealed_for, held_place(number, "people", 9, "People"))
        stored = ReturnReceived.objects.get()
    assert (file_bytes, fault.code, fault.severity, fault.cell) == (b"x", "required-empty", "error", "C3")
    assert shown == {"value": "\0", "values": {"name": "Awa\0"}}
    assert {number: (held_row.refused, held_row.faults) for number, held_row in aside.items()} == {
        3: (False, ["required-empty"]),
        9: (True, ["row-id-twice"]),
    }
    assert as_filed == {"row_id": "p1", "sex": json.dumps("male\0")}
    assert (stored.filed, stored.entered, stored.held, stored.refused) == (
        3,
        1,
        1,
        1,
    )
    assert (stored.status, stored.as_of, stored.received_by) == (
        "preliminary",
        "2024-10-04",
        "national of the test",
    )


def test_another_operations_return_and_another_states_are_refused(database: Started, as_actor: ActAs) -> None:
    checked = Filed(people("p1")).checked()
    with pytest.raises(Refused) as wrong_operation:
        received(checked, as_actor, operation="weka-ii")
    assert wrong_operation.value.code == "return-other-operation"
    with pytest.raises(Refused) as foreign:
        received(checked, as_actor, unit="SN")
    assert foreign.value.code == "return-not-own-state"


def test_counts_that_do_not_add_up_and_other_bytes_are_our_fault(database: Started, as_actor: ActAs) -> None:
    checked = Filed(people("p1")).checked()
    with pytest.raises(Broken) as sums:
        received(replace(checked, filed=7), as_actor)
    assert sums.value.code == "return-sum"
    with pytest.raises(Broken) as bytes_:
        received(replace(checked, content_hash="0" * 64), as_actor)
    assert bytes_.value.code == "return-other-content"
    with as_actor(Role.ENGINE):
        assert not ReturnReceived.objects.exists()


def test_two_agencies_of_one_state_file_the_same_bytes_once(database: Started) -> None:
    """The bytes name the agency, so equal bytes are one return whoever sends them."""
    first = file(Filed(people("p1")))
    repeated = file(Filed(people("p1")), by=national("ML"))
    assert repeated.receipt_id == first.receipt_id


def test_text_that_postgresql_cannot_hold_is_replaced() -> None:
    assert storable("a\0b") == "a\ufffdb"
    assert storable("a\ud800b") == "a?b"
    assert storable("Traoré \U0001f600") == "Traoré \U0001f600"


def test_faults_of_one_kind_are_stored_as_listed_and_their_rows_with_every_code(
    database: Started, as_actor: ActAs
) -> None:
    rows = [{"row_id": f"P{number}", "sex": "martian"} for number in range(400)]
    result = returns_raw.checked(people=rows)
    receipt = received(replace(result, content_hash=""), as_actor)
    assert (receipt.filed, receipt.held) == (400, 400)
    with as_actor(Role.NATIONAL, "ML"):
        faults = [(number, fault) for number, fault in enumerate(FaultFound.objects.order_by("id")) if fault.code]
        stored = [
            opened(fault, of_file(fault.return_id), fault_place(fault.return_id, number))["values"]
            for number, fault in faults
        ]
        codes = list(HeldRow.objects.values_list("faults", flat=True))
    assert len(stored) == 101
    assert [values for values in stored if "more" in values] == [{"more": "300"}]
    assert codes == [["R-CODE-UNKNOWN"]] * 400
