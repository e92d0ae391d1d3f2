"""Hits the whole way: raised by linking, verified, answered by an owner, passed on; and who sees what on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.builders import somebody
from tests.hits_built import (
    ADMINISTRATOR,
    AT,
    CONTACT,
    DESK,
    ENGINE,
    MALI,
    PROTECTION,
    SUSPECTS,
    TOGO,
    VICTIMS,
    Handles,
    content_of,
    handles,
    match,
    opened,
    raised,
    receive,
)

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor, Role

LATER = AT + timedelta(hours=1)


@pytest.fixture
def desk(database: Started) -> Desk:
    result = Desk(database)
    opened(result)
    return result


@pytest.fixture
def hits(desk: Desk) -> Handles:
    return raised(desk)


def do(desk: Desk, by: Actor, verb: str, at: datetime = LATER, **arguments: Any) -> Any:
    return desk.perform(f"hits.{verb}", by=by, at=at, **arguments)


def mine(desk: Desk, by: Actor, at: datetime = LATER) -> list[Mapping[str, Any]]:
    hits: list[Mapping[str, Any]] = do(desk, by, "mine", at).to_json()["hits"]
    return hits


def stages(desk: Desk, by: Actor, at: datetime = LATER) -> dict[str, tuple[str, str]]:
    plain = do(desk, by, "list", at, everything=True).to_json()
    return {hit["handle"]: (hit["stage"], hit["waits_on"]) for hit in plain["hits"]}


def test_each_link_of_two_units_is_a_hit_of_the_desk_that_may_see_it(desk: Desk, hits: Handles) -> None:
    """Links within a unit are none; filing and linking show the two owners nothing."""
    assert set(hits) == {(agency, number) for agency in (SUSPECTS, VICTIMS) for number in (1, 2)}
    assert stages(desk, DESK) == {hits[SUSPECTS, number]: ("to_verify", "desk") for number in (1, 2)}
    assert stages(desk, PROTECTION) == {hits[VICTIMS, number]: ("to_verify", "protection") for number in (1, 2)}
    assert mine(desk, MALI) == mine(desk, TOGO) == []


@pytest.mark.parametrize(("by", "agency", "fact"), [(DESK, SUSPECTS, "match"), (PROTECTION, VICTIMS, "repeated")])
def test_a_contact_goes_to_the_other_unit_by_way_of_the_desk(
    desk: Desk, hits: Handles, by: Actor, agency: str, fact: str
) -> None:
    """Togo filed first and is asked; Mali sees nothing before the contact is passed on, and never the record."""
    handle = hits[agency, 1]
    do(desk, by, "verify", handle=handle, reason="one photograph")
    (request,) = mine(desk, TOGO)
    assert (request["record"], request["stage"], request["owns"]) == (f"TG/{agency}/P1", "with_owner", True)
    assert mine(desk, MALI) == []
    assert stages(desk, by)[handle] == ("with_owner", "TG")
    do(desk, TOGO, "release", handle=handle, **CONTACT)
    assert mine(desk, MALI) == []
    assert stages(desk, by)[handle][0] == "answered"
    do(desk, by, "pass-on", handle=handle)
    (contact,) = mine(desk, MALI)
    assert (contact["record"], contact["contact"], contact["fact"]) == (f"ML/{agency}/P1", CONTACT["contact"], fact)
    assert contact["handling"] == "H2"
    # Of a victim whom both units met, the fact and the contact alone.
    assert contact["source"] + contact["information"] == ("B2" if fact == "match" else "")
    assert "TG/" not in str(contact)
    assert stages(desk, by)[handle] == ("passed_on", "")
    assert [hit["stage"] for hit in mine(desk, TOGO)] == ["passed_on"]


def test_the_owner_of_the_protected_record_is_asked_and_not_who_filed_first(desk: Desk) -> None:
    """Togo filed a suspect; Mali finds her a victim: Togo learns nothing, though it filed first."""
    receive(desk, TOGO, content_of("TG", SUSPECTS), AT)
    content = content_of("ML", SUSPECTS)
    content["roles"][0]["role"] = "victim"
    receive(desk, MALI, content, AT + timedelta(seconds=1))
    desk.perform("link", by=ENGINE, at=AT + timedelta(seconds=2))
    pair = (f"ML/{SUSPECTS}/P1", f"TG/{SUSPECTS}/P1")
    signed = {"by": PROTECTION, "at": AT + timedelta(seconds=3)}
    desk.perform("judge.decide", **signed, pair=pair, verdict="match", reason="one photograph")
    desk.perform("link", by=ENGINE, at=AT + timedelta(seconds=4))
    handle = handles(desk)[SUSPECTS, 1]
    assert do(desk, PROTECTION, "verify", handle=handle, reason="one face").waits_on == "ML"
    assert mine(desk, TOGO) == []


def test_the_protection_officer_may_ask_the_unit_she_doubts(desk: Desk, hits: Handles) -> None:
    """A victim whom somebody invented, and filed first, to learn when she is found: who is asked gets no contact."""
    do(desk, PROTECTION, "verify", handle=hits[VICTIMS, 1], reason="one photograph", owner="ML")
    assert [hit["record"] for hit in mine(desk, MALI)] == ["ML/Brigade/P1"]
    assert mine(desk, TOGO) == []
    with pytest.raises(Refused) as refusal:
        do(desk, PROTECTION, "verify", handle=hits[VICTIMS, 2], reason="one photograph", owner="SN")
    assert refusal.value.code == "hit-owner-unknown"


def test_to_the_desk_a_hit_of_victims_looks_like_none(desk: Desk, hits: Handles) -> None:
    for verb, told in (("verify", {"reason": "x"}), ("withhold", {"reason": "x"}), ("pass-on", {})):
        refusals = []
        for handle in (hits[VICTIMS, 1], "H-AAAAAAAAAA"):
            with pytest.raises(NotFound) as refusal:
                do(desk, DESK, verb, handle=handle, **told)
            refusals.append(refusal.value.sentence("en").replace(handle, ""))
        assert refusals[0] == refusals[1]


def test_a_hit_that_came_to_touch_a_victim_leaves_the_desk(desk: Desk, hits: Handles) -> None:
    """Between two runs, after the desk verified it: only the protection officer passes the contact on."""
    handle = hits[SUSPECTS, 1]
    do(desk, DESK, "verify", handle=handle, reason="one photograph")
    do(desk, TOGO, "release", handle=handle, **CONTACT)
    content = content_of("TG", SUSPECTS)
    content["cover"]["version"], content["roles"][0]["role"] = 2, "victim"
    receive(desk, TOGO, content, LATER)
    assert handle not in stages(desk, DESK, LATER)
    with pytest.raises(NotFound):
        do(desk, DESK, "pass-on", handle=handle)
    assert stages(desk, PROTECTION, LATER)[handle] == ("answered", "protection")
    do(desk, PROTECTION, "pass-on", handle=handle)
    assert [hit["contact"] for hit in mine(desk, MALI)] == [CONTACT["contact"]]


def test_the_owner_refuses_with_a_reason_and_the_other_unit_sees_nothing(desk: Desk, hits: Handles) -> None:
    handle = hits[SUSPECTS, 1]
    do(desk, DESK, "verify", handle=handle, reason="one photograph")
    with pytest.raises(Refused):
        do(desk, TOGO, "refuse", handle=handle, reason=" ")
    do(desk, TOGO, "refuse", handle=handle, reason="a case under way")
    assert (stages(desk, DESK)[handle][0], mine(desk, MALI)) == ("refused", [])
    signed = desk.perform("hits.list", by=DESK, at=LATER, everything=True, handle=handle).signed
    assert [(each.act, each.by, each.reason) for each in signed] == [
        ("verified", DESK.name, "one photograph"),
        ("refused", "TG", "a case under way"),
    ]
    assert desk.perform("hits.list", by=PROTECTION, at=LATER, everything=True, handle=handle).signed == []
    with pytest.raises(Conflict):
        do(desk, DESK, "pass-on", handle=handle)
    do(desk, TOGO, "release", LATER + timedelta(minutes=1), handle=handle, **CONTACT)
    assert stages(desk, DESK, LATER + timedelta(minutes=2))[handle][0] == "answered"


def test_the_desk_withholds_a_contact(desk: Desk, hits: Handles) -> None:
    handle = hits[VICTIMS, 1]
    do(desk, PROTECTION, "verify", handle=handle, reason="one photograph")
    do(desk, TOGO, "release", handle=handle, **CONTACT)
    do(desk, PROTECTION, "withhold", handle=handle, reason="she does not want to be found")
    assert mine(desk, MALI) == []
    assert [hit["stage"] for hit in mine(desk, TOGO)] == ["withheld"]
    with pytest.raises(Conflict):
        do(desk, TOGO, "release", handle=handle, **CONTACT)


def test_nobody_answers_for_a_unit_that_was_not_asked(desk: Desk, hits: Handles) -> None:
    do(desk, DESK, "verify", handle=hits[SUSPECTS, 1], reason="one photograph")
    for by, handle in ((MALI, hits[SUSPECTS, 1]), (TOGO, hits[SUSPECTS, 2]), (TOGO, hits[VICTIMS, 1])):
        with pytest.raises(NotFound):
            do(desk, by, "release", handle=handle, **CONTACT)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"contact": " "}, "hit-contact-size"),
        ({"contact": "x" * 201}, "hit-contact-size"),
        ({"handling": "H4"}, "hit-handling-unknown"),
        ({"handling": "H3"}, "hit-restriction"),
        ({"restriction": "for Mali alone"}, "hit-restriction"),
        ({"evaluation": "B5"}, "hit-evaluation-unknown"),
        ({"evaluation": "D2"}, "hit-evaluation-unknown"),
        ({"evaluation": "B"}, "hit-evaluation-unknown"),
    ],
)
def test_a_contact_has_its_handling_and_evaluation(desk: Desk, hits: Handles, changed: Any, code: str) -> None:
    do(desk, DESK, "verify", handle=hits[SUSPECTS, 1], reason="one photograph")
    with pytest.raises(Refused) as refusal:
        do(desk, TOGO, "release", handle=hits[SUSPECTS, 1], **{**CONTACT, **changed})
    assert refusal.value.code == code


@pytest.mark.promise("hit-takes-two-people")
def test_a_contact_takes_two_people_neither_of_the_asking_unit(desk: Desk, hits: Handles) -> None:
    """Two accounts of one person are one; an officer of Mali passes nothing on to Mali, whatever else she is."""
    handle = hits[SUSPECTS, 1]
    do(desk, DESK, "verify", handle=handle, reason="one photograph")
    both = somebody("Awa Diop", Role.NATIONAL, "TG", account="awa.in.lome")
    do(desk, both, "release", handle=handle, **CONTACT)
    with pytest.raises(Refused) as refusal:
        do(desk, DESK, "pass-on", handle=handle)
    assert refusal.value.code == "hit-same-person"
    administer = {"by": ADMINISTRATOR, "at": LATER}
    desk.perform("people.add", **administer, login="kofi", name="Kofi Mensah", roles=("desk",))
    desk.perform("people.grant", **administer, login="kofi", role="national", unit="ML")
    kofi = Actor("Kofi Mensah", Role.DESK, account="kofi", person="kofi")
    for verb, told in (("pass-on", {"handle": handle}), ("verify", {"handle": hits[SUSPECTS, 2], "reason": "x"})):
        with pytest.raises(Refused) as refusal:
            do(desk, kofi, verb, **told)
        assert refusal.value.code == "hit-own-side"
    with pytest.raises(Refused) as refusal:
        do(desk, Actor("nobody", Role.DESK), "pass-on", handle=handle)
    assert refusal.value.code == "hit-person-unknown"
    do(desk, somebody("Third Person", Role.DESK), "pass-on", handle=handle)
    assert len(mine(desk, MALI)) == 1


def test_who_released_it_may_not_be_of_the_unit_that_gets_it(desk: Desk, hits: Handles) -> None:
    handle = hits[SUSPECTS, 1]
    do(desk, DESK, "verify", handle=handle, reason="one photograph")
    administer = {"by": ADMINISTRATOR, "at": LATER}
    desk.perform("people.grant", **administer, login="officer.of.tg", role="national", unit="ML")
    do(desk, TOGO, "release", handle=handle, **CONTACT)
    with pytest.raises(Refused) as refusal:
        do(desk, DESK, "pass-on", handle=handle)
    assert refusal.value.code == "hit-own-side"


def test_a_run_makes_no_hit_anew_and_marks_one_whose_link_is_gone(desk: Desk, hits: Handles) -> None:
    handle = hits[SUSPECTS, 1]
    before = do(desk, DESK, "list", everything=True).to_json()
    desk.perform("link", by=ENGINE, at=LATER)
    assert do(desk, DESK, "list", everything=True).to_json() == before
    pair = (f"ML/{SUSPECTS}/P1", f"TG/{SUSPECTS}/P1")
    undone = {"by": DESK, "at": LATER + timedelta(minutes=1), "pair": pair}
    desk.perform("judge.undo", **undone, reason="another face")
    desk.perform("link", by=ENGINE, at=LATER + timedelta(minutes=2))
    assert stages(desk, DESK)[handle] == ("fallen", "")
    assert handle not in {hit.handle for hit in do(desk, DESK, "list").hits}
    match(desk, SUSPECTS, LATER + timedelta(minutes=3), 1)
    desk.perform("link", by=ENGINE, at=LATER + timedelta(minutes=4))
    assert stages(desk, DESK)[handle] == ("to_verify", "desk")


def test_the_clock_shows_how_long_and_on_whom_each_hit_waits(desk: Desk, hits: Handles) -> None:
    """Overdue after 48 hours, and these first."""
    verified = AT + timedelta(hours=40)
    do(desk, DESK, "verify", verified, handle=hits[SUSPECTS, 2], reason="one photograph")
    content = content_of("TG", "Gendarmerie")
    receive(desk, TOGO, content, verified)
    now = AT + timedelta(hours=49)
    shown = [(hit.handle, hit.waits_on, hit.hours, hit.overdue) for hit in do(desk, DESK, "list", now).hits]
    assert sorted(shown) == sorted([(hits[SUSPECTS, 1], "desk", 48, True), (hits[SUSPECTS, 2], "TG", 9, True)])
    (request,) = mine(desk, TOGO, now)
    assert (request["hours"], request["overdue"]) == (9, False)
    (request,) = mine(desk, TOGO, verified + timedelta(hours=48))
    assert (request["hours"], request["overdue"]) == (48, True)


def test_an_officer_of_one_agency_sees_no_hit_of_another(desk: Desk, hits: Handles) -> None:
    do(desk, DESK, "verify", handle=hits[SUSPECTS, 1], reason="one photograph")
    for agency, count in ((SUSPECTS, 1), (VICTIMS, 0)):
        by = Actor("x", Role.NATIONAL, frozenset({"TG"}), "x", "x", frozenset({agency}))
        assert len(mine(desk, by)) == count


def test_an_agency_is_known_by_its_name_however_spelled(desk: Desk, hits: Handles) -> None:
    do(desk, DESK, "verify", handle=hits[SUSPECTS, 1], reason="one photograph")
    by = Actor("x", Role.NATIONAL, frozenset({"TG"}), "x", "x", frozenset({SUSPECTS.upper()}))
    assert len(mine(desk, by)) == 1


def test_of_a_person_found_to_be_no_victim_the_contact_goes_with_its_evaluation(desk: Desk) -> None:
    """Both units filed a row on her as a victim, in which Mali says that she is none."""
    for by, state, status in (
        (TOGO, "TG", "PossibleVictimOfTrafficking"),
        (MALI, "ML", "NotAVictimOfTrafficking"),
    ):
        content = content_of(state, SUSPECTS)
        content["victims"] = [{"row_id": "V1", "person": "P1", "action": "A1", "status": status}]
        receive(desk, by, content, AT)
    desk.perform("link", by=ENGINE, at=AT)
    pair = (f"ML/{SUSPECTS}/P1", f"TG/{SUSPECTS}/P1")
    desk.perform("judge.decide", by=PROTECTION, at=AT, pair=pair, verdict="match", reason="one photograph")
    desk.perform("link", by=ENGINE, at=AT + timedelta(minutes=1))
    handle = handles(desk)[SUSPECTS, 1]
    do(desk, PROTECTION, "verify", handle=handle, reason="one photograph", owner="TG")
    do(desk, TOGO, "release", handle=handle, **CONTACT)
    do(desk, PROTECTION, "pass-on", handle=handle)
    (contact,) = mine(desk, MALI)
    assert (contact["fact"], contact["source"]) == ("match", "B")
