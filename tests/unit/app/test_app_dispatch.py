"""What is refused at the door before a transaction opens, and whom row security then sees."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from traboule.app.desk import Desk
from traboule.app.dispatch import Wish, authenticated, check_arguments, database_actor, handler, permitted
from traboule.app.verbs import VERBS
from traboule.core.errors import NotFound, Refused, Unready
from traboule.core.permissions import GRANTS, Actor, Role

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
NATIONAL = Actor("Awa Diop", Role.NATIONAL, frozenset({"ML"}), "awa", "awa", frozenset({"Police"}))


@pytest.mark.parametrize("verb", VERBS)
def test_row_security_sees_who_acts_the_engine_or_the_sign_in_path(verb: str) -> None:
    """The engine and the sign-in path speak for no state; their entry still names the person."""
    seen = database_actor(VERBS[verb], NATIONAL)
    if VERBS[verb].credentials:
        assert (seen.role, seen.units) == (Role.SIGN_IN, frozenset())
    elif VERBS[verb].engine:
        assert (seen.role, seen.units) == (Role.ENGINE, frozenset())
    else:
        assert seen is NATIONAL
    assert (seen.name, seen.account, seen.person) == ("Awa Diop", "awa", "awa")


@pytest.mark.parametrize("verb", VERBS)
def test_only_who_is_granted_a_verb_may_perform_it(verb: str) -> None:
    for role in Role:
        by = Actor("somebody", role)
        if VERBS[verb].permission in GRANTS[role]:
            assert permitted(verb, by) is VERBS[verb]
        else:
            with pytest.raises(Refused) as refusal:
                permitted(verb, by)
            assert refusal.value.code == "not-permitted"
            assert refusal.value.values == {"verb": verb, "role": role.value}


def test_an_unknown_verb_is_not_found() -> None:
    with pytest.raises(NotFound) as refusal:
        permitted("no.such-verb", NATIONAL)
    assert (refusal.value.code, refusal.value.values) == ("verb-unknown", {"verb": "no.such-verb"})


@pytest.mark.parametrize("name", ["", "  ", "\t"])
def test_nobody_without_a_name_is_named_in_the_ledger(name: str) -> None:
    recorded, not_recorded = VERBS["return.receive"], next(verb for verb in VERBS.values() if not verb.recorded)
    with pytest.raises(Refused) as refusal:
        check_arguments(recorded, Actor(name, Role.NATIONAL), {})
    assert refusal.value.code == "actor-unnamed"
    check_arguments(not_recorded, Actor(name, Role.NATIONAL), {})
    check_arguments(recorded, NATIONAL, {})


@pytest.mark.parametrize(
    ("arguments", "is_refused"),
    [
        ({"text": "a\x00b"}, True),
        ({"pair": ("a", "b\x00")}, True),
        ({"first": "a", "second": "\x00"}, True),
        ({"content": b"\x00"}, False),
        ({"number": 0, "text": "", "pair": ()}, False),
    ],
)
def test_a_text_that_the_database_cannot_hold_is_refused_in_words(arguments: dict[str, Any], is_refused: bool) -> None:
    verb = VERBS["return.receive"]
    if not is_refused:
        return check_arguments(verb, NATIONAL, arguments)
    with pytest.raises(Refused) as refusal:
        check_arguments(verb, NATIONAL, arguments)
    assert refusal.value.code == "text-unkeepable"
    return None


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_function(verb: str) -> None:
    assert callable(handler(VERBS[verb]))


def test_without_a_database_a_verb_that_needs_one_says_so() -> None:
    with pytest.raises(Unready) as absent:
        authenticated("token", Wish("return.receive", AT), None)
    assert (absent.value.code, absent.value.values) == ("database-not-started", {"verb": "return.receive"})
    with pytest.raises(Unready) as unstarted:
        Desk.plain().perform("account.show", by=NATIONAL, at=AT)
    assert (unstarted.value.code, unstarted.value.values) == ("database-not-started", {"verb": "account.show"})
