"""Who waits for screening or referral: small registers whose answer is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from traboule.protection.waiting import DoneSoFar, referrals, screenings

DAY = datetime(2024, 10, 1, tzinfo=UTC)
NOTHING = DoneSoFar({}, {})


def register(
    roles: list[tuple[str, str]], victims: list[dict[str, Any]] | None = None, arrested: tuple[str, ...] = ()
) -> dict[str, pa.Table]:
    """Return the tables in force; a victim's row has ``person_record`` and what a test says."""
    empty = {"status": None, "consent_to_share": None, "referral": None}
    kinds = {name: pa.string() for name in ("person_record", *empty)}
    return {
        "roles": pa.table(
            {"person_record": [record for record, _ in roles], "role": [role for _, role in roles]},
            schema=pa.schema({"person_record": pa.string(), "role": pa.string()}),
        ),
        "arrests": pa.table({"person_record": pa.array(arrested, pa.string())}),
        "victims": pa.Table.from_pylist([{**empty, **row} for row in victims or []], schema=pa.schema(kinds)),
    }


def filed(*records: str) -> dict[str, datetime]:
    """Return when each record was filed: a day after the one before it."""
    return {record: DAY + timedelta(days=number) for number, record in enumerate(records)}


@pytest.mark.parametrize(
    ("roles", "arrested", "minors", "reason"),
    [
        ([("a", "suspect"), ("a", "possible_victim")], (), set(), "suspect-and-victim"),
        ([("a", "victim")], ("a",), set(), "suspect-and-victim"),
        ([("a", "suspect")], (), {"a"}, "suspect-and-minor"),
        ([("a", "suspect"), ("a", "possible_victim")], (), {"a"}, "suspect-and-victim"),
        ([("a", "pending_screening")], (), set(), "role-unknown"),
        ([("a", "suspect")], ("a",), set(), None),
        ([("a", "possible_victim")], (), {"a"}, None),
        ([("a", "smuggled_migrant")], (), {"a"}, None),
    ],
)
def test_whoever_may_be_charged_and_may_be_a_victim_or_a_minor_is_screened(
    roles: list[tuple[str, str]], arrested: tuple[str, ...], minors: set[str], reason: str | None
) -> None:
    waiting = screenings(register(roles, arrested=arrested), minors, filed("a"), NOTHING)
    assert [person.reason for person in waiting] == ([reason] if reason else [])


def test_a_row_of_a_victim_counts_like_a_role_and_one_of_no_victim_does_not() -> None:
    for status, expected in (("PossibleVictimOfTrafficking", 1), (None, 1), ("NotAVictimOfTrafficking", 0)):
        tables = register([("a", "suspect")], [{"person_record": "a", "status": status}])
        assert len(screenings(tables, set(), filed("a"), NOTHING)) == expected
        assert len(referrals(tables, set(), filed("a"), NOTHING)) == expected


def test_minors_come_first_then_whoever_waits_longest() -> None:
    tables = register([(record, role) for record in "abcd" for role in ("suspect", "victim")])
    waiting = screenings(tables, {"d", "c"}, filed("b", "a", "d", "c"), NOTHING)
    assert [person.record for person in waiting] == ["d", "c", "b", "a"]


def test_a_record_that_is_not_in_force_waits_for_nothing() -> None:
    tables = register([("a", "suspect"), ("a", "victim")])
    assert screenings(tables, set(), {}, NOTHING) == []
    assert referrals(tables, set(), {}, NOTHING) == []


@pytest.mark.parametrize(("finding", "waits"), [("indications", False), ("none", False), ("unclear", True)])
def test_a_screening_ends_the_waiting_unless_it_stayed_unclear(finding: str, waits: bool) -> None:
    tables = register([("a", "suspect"), ("a", "victim")])
    waiting = screenings(tables, set(), filed("a"), DoneSoFar({"a": finding}, {}))
    assert [person.finding for person in waiting] == ([finding] if waits else [])


def test_a_suspect_in_whom_a_screening_found_indications_waits_for_a_referral() -> None:
    tables = register([("a", "suspect")])
    assert referrals(tables, {"a"}, filed("a"), NOTHING) == []
    (waiting,) = referrals(tables, {"a"}, filed("a"), DoneSoFar({"a": "indications"}, {}))
    assert (waiting.step, waiting.is_minor) == ("consent", True)


@pytest.mark.parametrize(
    ("consent", "status", "step"),
    [
        (None, None, "consent"),
        ("given", None, "referral"),
        ("given", "not_referred", "referral"),
        ("given", "offered", "referral"),
        ("given", "declined", None),
        ("given", "referred", None),
        (None, "in_care", None),
        ("refused", "offered", None),
    ],
)
def test_what_is_missing_follows_from_what_the_state_filed(
    consent: str | None, status: str | None, step: str | None
) -> None:
    victim = {"person_record": "a", "consent_to_share": consent, "referral": status}
    waiting = referrals(register([], [victim]), set(), filed("a"), NOTHING)
    assert [person.step for person in waiting] == ([step] if step else [])


def test_of_two_rows_of_one_person_a_refusal_outweighs() -> None:
    rows = [{"person_record": "a", "consent_to_share": consent} for consent in ("refused", "given")]
    for order in (rows, rows[::-1]):
        assert referrals(register([], order), set(), filed("a"), NOTHING) == []


def test_a_referral_waits_for_its_receipt_from_the_moment_it_was_made() -> None:
    victim = {"person_record": "a", "consent_to_share": "given"}
    later = DAY + timedelta(days=9)
    (waiting,) = referrals(
        register([], [victim]), set(), filed("a"), DoneSoFar({}, {"a": (later, "IOM Bamako", False)})
    )
    assert (waiting.step, waiting.since, waiting.service) == ("receipt", later, "IOM Bamako")
    received = DoneSoFar({}, {"a": (later, "IOM Bamako", True)})
    assert referrals(register([], [victim]), set(), filed("a"), received) == []
