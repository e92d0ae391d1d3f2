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
    assert passwords.matches(first, GOOD) is True
    assert passwords.matches(first, f"{GOOD}.") is False
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


def test_a_password_has_twelve_signs_and_at_most_256_and_four_different_ones() -> None:
    for password in ("abcd" * 3, "abcd" * 64, "abcd" + "a" * 20):
        passwords.check(password, login="iris", name="Iris Novak")
    for password, values in (("abcd" * 3)[1:], {"least": 12}), ("abcd" * 64 + "x", {"most": 256}), ("abc" * 5, {}):
        with pytest.raises(Refused) as refusal:
            passwords.check(password, login="iris", name="Iris Novak")
        assert refusal.value.values == values


@pytest.mark.parametrize("password", ["NOVAK MARIE IRIS", "iris marie novak", "Iris Marie Novak  "])
def test_a_password_made_of_ones_own_name_is_refused_in_any_case(password: str) -> None:
    with pytest.raises(Refused) as refusal:
        passwords.check(
            password, login="iris.novak.desk", name="Novak Marie Iris" if password.isupper() else "Iris Marie Novak"
        )
    assert refusal.value.code == "password-common"


def test_a_long_password_counts_to_its_end() -> None:
    password = "abcd" * 64
    assert passwords.matches(passwords.hashed(password), password)
    assert not passwords.matches(passwords.hashed(password), password[:-1] + "e")


def test_a_password_made_for_somebody_is_read_aloud_in_four_groups_of_five() -> None:
    made = passwords.made()
    assert [len(group) for group in made.split("-")] == [5, 5, 5, 5]
    assert set(made) <= set("abcdefghjkmnpqrstuvwxyz23456789-")
