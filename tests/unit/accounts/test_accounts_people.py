"""Keeping people: persons and accounts, roles and units, and that an end counts at once."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.accounts.conftest import AT, KEEPER, PASSWORD

from traboule.accounts.models import Account, PoliceUnit, RoleHeld, SessionKey
from traboule.app.desk import Desk
from traboule.app.dispatch import SIGN_IN, Wish
from traboule.app.start import Started
from traboule.core.errors import Conflict, NotFound, Refused, TrabouleError
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting


def perform(desk: Desk, verb: str, **arguments: Any) -> Any:
    return desk.perform(f"people.{verb}", by=KEEPER, at=AT, **arguments)


@pytest.mark.promise("release-takes-two-people")
@pytest.mark.parametrize("name", ["iris  NOVAK ", "Ｉris Novak", "Novak, Iris", "Iris\u200b Novak", "Íris Novák\u00ad"])
def test_two_spellings_of_one_name_are_not_two_persons(desk: Desk, name: str) -> None:
    with pytest.raises(Conflict) as refusal:
        perform(desk, "add", login="second", name=name, roles=("press",), password=PASSWORD)
    assert refusal.value.code == "person-exists"
    assert len(perform(desk, "list").accounts) == 2


def test_a_further_account_is_of_the_same_person(desk: Desk) -> None:
    added = perform(desk, "add", login="iris.desk", of="iris", roles=("desk",), password=PASSWORD)
    assert (added.person, added.name) == ("iris", "Iris Novak")
    by = desk.signed_in(desk.sign_in("iris.desk", PASSWORD, at=AT).token).actor(Wish("release.sign", AT))
    assert (by.account, by.person) == ("iris.desk", "iris")


@pytest.mark.parametrize(
    ("verb", "arguments", "code"),
    [
        ("add", {"login": "Iris Novak", "name": "Somebody Else"}, "login-malformed"),
        ("add", {"login": "iris", "name": "Somebody Else"}, "login-taken"),
        ("add", {"login": "else", "name": "42"}, "person-unnamed"),
        ("add", {"login": "else", "of": "nobody"}, "account-unknown"),
        ("add", {"login": "else", "name": "Somebody Else", "password": "short"}, "password-short"),
        ("end", {"login": "nobody"}, "account-unknown"),
        ("grant", {"login": "iris", "role": "press"}, "role-held"),
        ("grant", {"login": "iris", "role": "engine"}, "role-nobodys"),
        ("grant", {"login": "iris", "role": "sign-in"}, "role-nobodys"),
        ("grant", {"login": "iris", "role": "national", "unit": "ML-XX"}, "unit-unknown"),
        ("revoke", {"login": "iris", "role": "desk"}, "role-not-held"),
        ("unit", {"code": "TG", "state": "ML", "name": "Lomé"}, "unit-of-another-state"),
        ("end", {"login": "ada"}, "people-last-keeper"),
        ("revoke", {"login": "ada", "role": "administrator"}, "people-last-keeper"),
    ],
)
def test_what_is_refused_changes_nothing(desk: Desk, verb: str, arguments: dict[str, Any], code: str) -> None:
    before = perform(desk, "list").to_json()
    with pytest.raises(TrabouleError) as refusal:
        perform(desk, verb, **arguments)
    assert refusal.value.code == code
    assert perform(desk, "list").to_json() == before


def test_an_ended_account_stays_listed_and_its_login_is_never_anothers(desk: Desk) -> None:
    perform(desk, "end", login="iris")
    listed = {entry.login: entry.ended_at for entry in perform(desk, "list").accounts}
    assert listed == {"ada": None, "iris": AT}
    with pytest.raises(Conflict) as refusal:
        perform(desk, "add", login="iris", name="Another Woman", password=PASSWORD)
    assert refusal.value.code == "login-taken"


def test_those_in_force_are_listed_before_those_that_ended(desk: Desk) -> None:
    perform(desk, "add", login="zoe", name="Zoe Adams", roles=("desk",), password=PASSWORD)
    perform(desk, "end", login="iris")
    assert [entry.login for entry in perform(desk, "list").accounts] == ["ada", "zoe", "iris"]


def test_an_account_ends_with_its_sessions_and_nobody_elses(desk: Desk) -> None:
    for login in ("ada", "iris"):
        desk.sign_in(login, PASSWORD, at=AT)
    perform(desk, "end", login="iris")
    with acting(SIGN_IN):
        assert dict(SessionKey.objects.values_list("account_id", "ended_at")) == {"ada": None, "iris": AT}


@pytest.mark.promise("revocation-is-immediate")
def test_a_role_counts_from_the_next_verb_on_and_is_gone_at_the_next(desk: Desk) -> None:
    iris = desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token)
    with pytest.raises(Refused) as lacking:
        iris.actor(Wish("link", AT))
    assert lacking.value.values == {"roles": "press", "able": "desk"}
    perform(desk, "grant", login="iris", role="desk")
    assert iris.actor(Wish("link", AT)).role is Role.DESK
    perform(desk, "revoke", login="iris", role="desk")
    with pytest.raises(Refused):
        iris.actor(Wish("link", AT))


def test_the_least_role_that_suffices_acts(desk: Desk) -> None:
    for role in ("desk", "auditor", "protection"):
        perform(desk, "grant", login="iris", role=role)
    iris = desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token)
    wanted = {
        "release.sign": Role.PRESS,
        "release.show": Role.PRESS,
        "figures.explain": Role.AUDITOR,
        "judge.queue": Role.DESK,
        "account.show": Role.PRESS,
        "people.list": Role.AUDITOR,
    }
    assert {verb: iris.actor(Wish(verb, AT)).role for verb in wanted} == wanted
    assert iris.actor(Wish("release.sign", AT, role=Role.DESK)).role is Role.DESK


def officer(desk: Desk, *units: str) -> Any:
    """Return the desk as a national officer of ``units`` uses it; none means any state."""
    perform(desk, "add", login="fanta", name="Fanta Keita", password=PASSWORD)
    for unit in units or ("",):
        perform(desk, "grant", login="fanta", role="national", unit=unit)
    return desk.signed_in(desk.sign_in("fanta", PASSWORD, at=AT).token)


def test_an_officer_speaks_for_the_states_of_the_units_and_no_other(desk: Desk) -> None:
    perform(desk, "unit", code="ML-BPM", state="ML", name="Brigade des mineurs", agencies=("Police nationale",))
    perform(desk, "unit", code="ML-G", state="ML", name="Gendarmerie", agencies=("Gendarmerie", "Douane"))
    mali = officer(desk, "ML-BPM", "ML-G", "TG")
    by = mali.actor(Wish("return.receive", AT, frozenset({"ML"})))
    assert (by.units, by.agencies) == ({"ML"}, {"Police nationale", "Gendarmerie", "Douane"})
    whole = mali.actor(Wish("return.receive", AT, frozenset({"TG"})))
    assert (whole.units, whole.agencies) == ({"TG"}, frozenset())
    assert mali.actor(Wish("return.preview", AT)).units == {"ML", "TG"}
    with pytest.raises(Refused) as other:
        mali.actor(Wish("return.receive", AT, frozenset({"SN"})))
    assert other.value.code == "state-not-yours"


def test_who_speaks_for_a_whole_state_files_for_every_agency_of_it(desk: Desk) -> None:
    perform(desk, "unit", code="ML-BPM", state="ML", name="Brigade des mineurs", agencies=("Police nationale",))
    perform(desk, "unit", code="TG-C", state="TG", name="Douane", agencies=("Douane",))
    mali = officer(desk, "ML-BPM", "ML", "TG-C")
    assert mali.actor(Wish("return.receive", AT, frozenset({"ML"}))).agencies == frozenset()
    assert mali.actor(Wish("return.receive", AT, frozenset({"TG"}))).agencies == {"Douane"}


def test_an_officer_of_one_state_who_may_also_press_files_for_that_state_alone(desk: Desk) -> None:
    """A second role, which speaks for no state, adds none to the first."""
    mali = officer(desk, "ML")
    perform(desk, "grant", login="fanta", role="press")
    assert mali.actor(Wish("return.receive", AT)).units == {"ML"}
    with pytest.raises(Refused) as elsewhere:
        mali.actor(Wish("return.receive", AT, frozenset({"SN"})))
    assert elsewhere.value.values == {"states": "SN"}


def test_who_asks_for_a_role_is_told_of_that_role(desk: Desk) -> None:
    iris = desk.signed_in(desk.sign_in("iris", PASSWORD, at=AT).token)
    with pytest.raises(Refused) as lacking:
        iris.actor(Wish("release.sign", AT, role=Role.DESK))
    assert lacking.value.values == {"roles": "desk", "able": "press, desk"}


def test_the_people_of_a_demonstration_have_the_units_they_speak_for(database: Started) -> None:
    actors = (
        Actor("Officer of Mali", Role.NATIONAL, frozenset({"ML"}), account="ml"),
        Actor("Officer of two", Role.NATIONAL, frozenset({"ML", "SN"}), account="two"),
        Actor("Press Officer", Role.PRESS, account="press"),
    )
    desk = Desk(database)
    perform(desk, "demo", actors=actors)
    with acting(SIGN_IN):
        assert set(PoliceUnit.objects.values_list("code", "state")) == {("ML", "ML"), ("SN", "SN")}
    roles = {entry.login: {(role.role, role.unit) for role in entry.roles} for entry in perform(desk, "list").accounts}
    assert roles == {
        "ml": {(Role.NATIONAL, "ML")},
        "two": {(Role.NATIONAL, "ML"), (Role.NATIONAL, "SN")},
        "press": {(Role.PRESS, "")},
    }


def test_who_speaks_for_any_state_speaks_for_those_named_alone(desk: Desk) -> None:
    anybody = officer(desk)
    assert anybody.actor(Wish("return.receive", AT, frozenset({"ML"}))).units == {"ML"}
    assert anybody.actor(Wish("return.receive", AT)).units == frozenset()


def test_there_is_no_such_unit_or_person_to_end(desk: Desk) -> None:
    with pytest.raises(NotFound):
        perform(desk, "password", login="nobody")


def test_accounts_in_force_come_first_and_each_says_who_it_is(desk: Desk) -> None:
    perform(desk, "add", login="zoe", name="Zoé Diallo", roles=("national",), unit="ML", password=PASSWORD)
    perform(desk, "end", login="iris")
    ada, zoe, iris = perform(desk, "list").to_json()["accounts"]
    assert [entry["login"] for entry in (ada, zoe, iris)] == ["ada", "zoe", "iris"]
    roles = [{"role": "national", "unit": "ML"}]
    assert zoe == {"login": "zoe", "person": "zoe", "name": "Zoé Diallo", "roles": roles, "ended_at": None}
    assert iris["ended_at"] == AT.isoformat()


def test_an_end_ends_every_session_in_the_table(desk: Desk) -> None:
    desk.sign_in("iris", PASSWORD, at=AT)
    desk.sign_in("ada", PASSWORD, at=AT)
    perform(desk, "end", login="iris")
    with acting(SIGN_IN):
        ended = dict(SessionKey.objects.values_list("account_id", "ended_at"))
        account = Account.objects.get(login="iris")
    assert ended == {"iris": AT, "ada": None}
    assert (account.ended_at, account.ended_by) == (AT, "ada")


def test_a_role_taken_back_says_when_and_by_whom_and_can_be_granted_anew(desk: Desk) -> None:
    perform(desk, "grant", login="iris", role="administrator")
    perform(desk, "revoke", login="ada", role="administrator")
    with acting(SIGN_IN):
        row = RoleHeld.objects.get(account_id="ada", role="administrator")
    assert (row.granted_at, row.granted_by, row.ended_at, row.ended_by) == (AT, "ada", AT, "ada")
    perform(desk, "grant", login="ada", role="administrator")
    assert perform(desk, "revoke", login="iris", role="administrator").roles != ()


def test_a_unit_is_changed_and_keeps_its_state(desk: Desk) -> None:
    perform(desk, "unit", code="ML-G", state="ML", name="Gendarmerie", agencies=("b", "a", "b"))
    changed = perform(desk, "unit", code="ML-G", state="ML", name="Gendarmerie nationale", agencies=()).to_json()
    assert changed == {"unit": "ML-G", "state": "ML", "name": "Gendarmerie nationale", "agencies": []}
    with pytest.raises(Conflict) as refusal:
        perform(desk, "unit", code="ML-G", state="TG", name="Gendarmerie", agencies=())
    assert refusal.value.code == "unit-of-another-state"
    whole = perform(desk, "unit", code="SN", state="SN", name="Sénégal", agencies=("b", "a", "b")).to_json()
    assert whole == {"unit": "SN", "state": "SN", "name": "Sénégal", "agencies": ["a", "b"]}


def test_a_malformed_login_cannot_be_a_further_account(desk: Desk) -> None:
    for login, code in (("Iris 2", "login-malformed"), ("ada", "login-taken")):
        with pytest.raises(TrabouleError) as refusal:
            perform(desk, "add", login=login, of="iris", roles=("desk",), password=PASSWORD)
        assert refusal.value.code == code
