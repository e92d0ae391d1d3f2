"""Passwords: argon2id at the recommended cost, the same work for no account, and none that is guessed first."""

from __future__ import annotations

import pytest
from argon2 import extract_parameters

from traboule.accounts import passwords
from traboule.core.errors import Refused

GOOD = "correct horse battery staple"


def test_a_hash_is_argon2id_salted_and_matches_its_password_alone() -> None:
    first, second = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert passwords.matches(first, GOOD)
    assert not passwords.matches(first, f"{GOOD}.")
    assert not passwords.matches(first, "")


def test_no_account_costs_the_work_of_one() -> None:
    assert extract_parameters(passwords.NO_PASSWORD) == extract_parameters(passwords.hashed(GOOD))
    assert not passwords.matches("", GOOD)
    assert not passwords.matches("", "")
    assert not passwords.matches("broken", GOOD)


def test_one_letter_composed_in_two_ways_is_one_password() -> None:
    assert passwords.matches(passwords.hashed("un été à Dakar, hier"), "un été à Dakar, hier".replace("é", "e\u0301"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password-short"),
        ("x" * 257, "password-long"),
        ("aaaaaaaaaaaaaaaa", "password-common"),
        ("qwerty123456", "password-common"),
        ("iris.novak.desk", "password-common"),
        ("Iris Novakovic", "password-common"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        passwords.check(password, login="iris.novak.desk", name="Iris Novakovic")
    assert refusal.value.code == code
    assert password not in str(refusal.value)


def test_a_password_made_for_somebody_has_a_hundred_bits_and_passes() -> None:
    made = {passwords.made() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password.replace("-", "")) == 20 for password in made)
    passwords.check(passwords.made(), login="iris", name="Iris Novak")
