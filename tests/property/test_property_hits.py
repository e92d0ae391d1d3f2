"""The locator: Mali files an invented woman and asks whether she is there. Nothing tells before a contact is passed on.

Two worlds: in one Togo filed such a victim, in the other it did not. The officer of Mali tries every verb and every
table at each stage of the hit. Controls: the protection officer, and Mali once the contact is passed on, tell them
apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests import worlds
from tests.hits_built import CONTACT, PROTECTION, TOGO, VICTIMS, content_of, handles, match, opened, receive
from tests.property.test_property_non_interference import plain, shown

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.app.verbs import VERBS
from traboule.core.permissions import Actor

STAGES = ("linked", "verified", "released", "passed on")
READING = [verb for verb, entry in VERBS.items() if not entry.changes and entry.stored]
# What the protection officer looks at meanwhile; each such read is recorded.
LOOKING = [verb for verb in READING if VERBS[verb].shows is not None]
ENGINE, MALI = worlds.ENGINE, worlds.MALI
View = dict[str, object]


def stages(started: Started, *, is_there: bool) -> Iterator[tuple[str, Desk]]:
    """Play a world and yield each stage: Mali files two women, Togo the same, or nobody like them."""
    worlds.empty(started)
    desk, at = Desk(started), worlds.AT
    opened(desk)
    content = content_of("TG", VICTIMS)
    if not is_there:  # As many rows of another woman, so that only who she is differs.
        for person, name in zip(content["people"], ("Mensah Akua", "Lawson Dede"), strict=True):
            person |= {"family_name": name, "given_names": "Yawa", "birth_date": "1971-03-02"}
        for identifier in content["identifiers"]:
            identifier["value"] = identifier["value"].replace("2376", "2379")
    receive(desk, TOGO, content, at)
    receive(desk, MALI, content_of("ML", VICTIMS), at)
    desk.perform("link", by=ENGINE, at=at)
    match(desk, VICTIMS, at, 1) if is_there else act_elsewhere(desk, 0)
    desk.perform("link", by=ENGINE, at=at + timedelta(minutes=1))
    yield STAGES[0], desk
    for stage, minute in zip(STAGES[1:], (2, 3, 4), strict=True):
        act(desk, stage, minute) if is_there else act_elsewhere(desk, minute)
        for verb in LOOKING:
            worlds.ask(desk, PROTECTION, verb, worlds.arguments_of(verb), at + timedelta(minutes=minute))
        yield stage, desk


def act(desk: Desk, stage: str, minute: int) -> None:
    """Take the hit a stage further."""
    at = worlds.AT + timedelta(minutes=minute)
    told = {"handle": handles(desk, at)[VICTIMS, 1], "at": at}
    if stage == "verified":
        desk.perform("hits.verify", by=PROTECTION, **told, reason="one photograph")
    elif stage == "released":
        desk.perform("hits.release", by=TOGO, **told, **CONTACT)
    else:
        desk.perform("hits.pass-on", by=PROTECTION, **told)


def act_elsewhere(desk: Desk, minute: int) -> None:
    """Act as often as with her: how many recorded acts there are is the pace of work, which every receipt tells."""
    at = worlds.AT + timedelta(minutes=minute)
    if minute:
        handles(desk, at)
    desk.perform("judge.left-out", by=PROTECTION, at=at)


def view(desk: Desk, by: Actor) -> View:
    """Return everything that an officer is shown, by verb and by table."""
    at = worlds.AT + timedelta(hours=1)
    seen: View = {}
    for verb in READING:
        seen[verb] = shown(verb, worlds.ask(desk, by, verb, worlds.arguments_of(verb), at))
    for verb in ("hits.release", "hits.refuse", "hits.verify", "hits.pass-on", "return.receive"):
        seen[verb] = shown(verb, worlds.ask(desk, by, verb, worlds.arguments_of(verb), at))
    rows = worlds.rows_seen(by)
    return seen | {table: plain(table, texts) for table, texts in rows.items()}


@pytest.mark.promise("hit-locates-nobody")
def test_who_files_an_invented_woman_learns_nothing_of_the_real_one(database: Started) -> None:
    """Byte for byte, in every verb and table, until the owner and the protection officer let a contact pass."""
    differing = differences(database, MALI)
    assert [(stage, differing[stage]) for stage in STAGES[:-1] if differing[stage]] == []
    assert {"hits.mine", "hits_hitnotice"} <= set(differing[STAGES[-1]])


def test_the_control_who_is_behind_the_wall_finds_her(database: Started) -> None:
    differing = differences(database, PROTECTION)
    assert all({"hits.list", "hits_hitchange", "linkage_link"} <= set(differing[stage]) for stage in STAGES)


def differences(database: Started, by: Actor) -> dict[str, list[str]]:
    """Return in which verbs and tables an officer sees the two worlds differ, at each stage."""
    with_her, without_her = (
        {stage: view(desk, by) for stage, desk in stages(database, is_there=is_there)} for is_there in (True, False)
    )
    return {
        stage: [name for name, seen in with_her[stage].items() if seen != without_her[stage][name]] for stage in STAGES
    }
