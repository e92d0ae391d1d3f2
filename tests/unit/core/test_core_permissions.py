"""Who may do what, said once more: a right that is added or lost unseen fails here."""

from __future__ import annotations

import pytest

from traboule.core.permissions import GRANTS, PERSONAL_ROLES, PROTECTORS, Actor, Permission, Role, able
from traboule.core.record_names import record

N, D, V, P, A, E, M = "national", "desk", "protection", "press", "auditor", "engine", "administrator"
MAY = {
    "operation.open": {D, M},
    "return.prepare": {N, D, M},
    "return.file": {N},
    "link": {D, E},
    "judge": {D, V},
    "protect": {V},
    "referral.confirm": {N},
    "hits.verify": {D, V},
    "hits.guard": {V},
    "hits.answer": {N},
    "deconflict": {N},
    "reads.list": {N},
    "erasure.propose": {N},
    "erasure.list": {N, V},
    "erasure.confirm": {V},
    "stop": {D},
    "networks.read": {D, V},
    "figures.read": {D, V, P, A},
    "figures.compute": {D, V, E},
    "live.follow": {E},
    "figures.explain": {D, V, A},
    "release": {P},
    "release.sign": {D, P},
    "release.published": {"sign-in"},
    "research.export": {D, E},
    "exchange.export": {N, V},
    "exchange.desk": {D},
    "exchange.list": {N, D, V},
    "text.check": {N, D, V, P, A, M},
    "database.keep": {M},
    "ledger.verify": {D, A},
    "ledger.witness": {N, D, V, P, A},
    "session.begin": {"sign-in"},
    "account.keep": {N, D, V, P, A, M},
    "people.read": {A, M},
    "people.keep": {M},
}


@pytest.mark.parametrize("permission", list(Permission))
def test_a_right_is_granted_to_whom_it_should_be_and_nobody_else(permission: Permission) -> None:
    assert {role.value for role in Role if Actor("x", role).may(permission)} == MAY[permission.value]
    assert set(able(permission)) == {role for role in PERSONAL_ROLES if role.value in MAY[permission.value]}


@pytest.mark.parametrize("agency", ["Police", "Customs/Border", "100% sure", "a%2Fb"])
def test_an_officer_owns_the_records_of_the_agencies_he_speaks_for(agency: str) -> None:
    filed = record("ML", agency, "P/1")
    for units, agencies, owns in (
        ({"ML"}, {agency}, True),
        ({"ML"}, {agency.upper()}, True),
        ({"ML"}, set(), True),
        ({"ML"}, {"Army"}, False),
        ({"TG"}, {agency}, False),
        (set(), set(), False),
    ):
        assert Actor("x", Role.NATIONAL, frozenset(units), agencies=frozenset(agencies)).owns(filed) == owns


def test_every_role_is_granted_something_and_the_least_comes_first() -> None:
    assert set(GRANTS) == set(Role)
    assert PERSONAL_ROLES == (
        Role.NATIONAL,
        Role.PRESS,
        Role.AUDITOR,
        Role.DESK,
        Role.PROTECTION,
        Role.ADMINISTRATOR,
    )


def test_two_roles_see_who_is_protected() -> None:
    assert (
        {role for role in Role if Actor("x", role).sees_protected} == set(PROTECTORS) == {Role.ENGINE, Role.PROTECTION}
    )
