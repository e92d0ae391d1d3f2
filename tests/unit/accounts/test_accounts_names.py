"""Logins and names: which can be one, and when two are the same."""

from __future__ import annotations

import pytest

from traboule.accounts import names


@pytest.mark.parametrize(
    "spelled",
    ["Iris Novak", "iris  NOVAK ", "Ｉris Novak", "Novak, Iris", "Iris\u200b Novak", "Íris Novák\u00ad", "NOVAK Iris"],
)
def test_spellings_of_one_name_are_one_name(spelled: str) -> None:
    assert names.folded(spelled) == names.folded("Iris Novak")


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "-", "42"])
def test_a_name_has_a_letter(name: str) -> None:
    assert not names.is_name(name)
    assert names.is_name("آوا ديوب")


@pytest.mark.parametrize("login", ["", "-iris", "Iris", "iris novak", "iris/novak", "ирис", "i" * 65, "iris\n"])
def test_what_cannot_be_a_login(login: str) -> None:
    assert not names.is_login(login)


@pytest.mark.parametrize(
    ("user", "login"),
    [("root", "root"), ("Awa Diop", "awa-diop"), ("uid 1000", "uid-1000"), ("…", "owner"), ("x" * 90, "x" * 64)],
)
def test_every_user_of_a_machine_has_a_login(user: str, login: str) -> None:
    assert names.login_for(user) == login
    assert names.is_login(login)
