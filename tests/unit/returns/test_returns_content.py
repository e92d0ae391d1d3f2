"""The hash of what a row says."""

from __future__ import annotations

from datetime import datetime

from tests.returns_raw import checked, row

from traboule.returns.content import content_hash


def test_the_hash_is_of_what_a_row_says_and_not_of_how_it_was_spelled() -> None:
    person = row(checked(people=[{"row_id": "P1", "sex": "Femme ", "birth_date": "17/05/1990"}]), "people", "P1")
    two = checked(
        people=[{"row_id": "P9"}, {"birth_date": datetime.fromisoformat("1990-05-17"), "sex": "أنثى", "row_id": "P1"}]
    )
    assert content_hash(person) == content_hash(row(two, "people", "P1"))
    assert content_hash(person) != content_hash(row(two, "people", "P9"))


def test_zero_unknown_and_empty_have_three_hashes() -> None:
    base = {"row_id": "M1", "detected_on": "2024-10-01", "count": 10}
    hashes = {
        content_hash(row(checked(migrants=[{**base, **more}]), "migrants", "M1"))
        for more in ({}, {"minors": 0}, {"minors": "unknown"}, {"minors": "not asked"})
    }
    assert len(hashes) == 4


def test_the_hash_of_a_plain_row_is_frozen() -> None:
    """The hash is kept in the register: a change of its form would make every row look changed."""
    person = row(checked(people=[{"row_id": "P1", "sex": "female", "birth_date": "1990-05"}]), "people", "P1")
    assert content_hash(person) == "7c2e4dfa0ea4282484df124ce7fa159ffe9fd49dbf4836931e30ef610050f5d2"
