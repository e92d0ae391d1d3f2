"""Companies, addresses, adverts and accounts the whole way: filed, linked, queued, explained, judged, undone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.conftest import ActAs

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.linkage.models import ClusterMember, Link, LinkRun, ThingJudgement, ThingLink

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
OFFICER = Actor("Awa Diop", Role.DESK)
ENGINE = Actor("engine", Role.ENGINE)
OFFER = (
    "Hiring now! Customer service agents for a hotel in Bangkok, salary 1500 USD per month, free ticket and "
    "accommodation, no experience needed. WhatsApp +66 81 234 5679"
)
# By state: what its rows of identifiers say. The rows bear the same names in both, and those of persons besides.
THINGS = {
    "ML": [("company", "Golden Gate Recruitment Ltd"), ("advert", OFFER), ("handle", "t.me/work_abroad")],
    "TG": [
        ("company", "GOLDEN GATE RECRUTEMENT S.A.R.L."),
        ("advert", OFFER.replace("Hiring now!", "HIRING!!")),
        ("handle", "telegram: @Work_Abroad"),
        ("email", "0000@0000"),
    ],
}


def filed(state: str, things: list[tuple[str, str]]) -> bytes:
    """Return a national return: an action, two persons, and the things used there; row names R1, R2 … in each table."""
    content = {
        "cover": {
            "operation": "liberterra-ii",
            "state": state,
            "agency": "Police",
            "coordination_unit": "SN",
            "version": 1,
            "status": "preliminary",
            "as_of": "2024-10-05",
        },
        "actions": [{"row_id": "A1", "kind": "raid", "start": "2024-10-01", "place": "Ville", "country": state}],
        "people": [
            {
                "row_id": f"R{number}",
                "family_name": name,
                "given_names": "Ana",
                "birth_date": "1990-05-17",
                "sex": "female",
            }
            for number, name in enumerate(("Kowalska", "Traoré"), start=1)
        ],
        "roles": [
            {"row_id": f"R{number}", "person": f"R{number}", "action": "A1", "role": "suspect"} for number in (1, 2)
        ],
        "identifiers": [
            {"row_id": f"R{number}", "action": "A1", "kind": kind, "value": value}
            for number, (kind, value) in enumerate(things, start=1)
        ]
        + [{"row_id": "P1", "person": "R1", "kind": "passport", "value": "EK4381927", "issuer": "PL"}],
    }
    return json.dumps(content).encode()


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with two returns, linked."""
    result = Desk(database)
    result.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    for state, things in THINGS.items():
        by = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        taken = result.perform("return.receive", by=by, at=AT, name=f"{state}.json", content=filed(state, things))
        assert (taken.receipt.held, taken.receipt.refused) == (0, 0)
    linked(result)
    return result


def linked(desk: Desk, minute: int = 0) -> dict[str, Any]:
    result: dict[str, Any] = desk.perform("link", by=ENGINE, at=AT + timedelta(minutes=minute)).to_json()
    return result


def queue(desk: Desk, language: str = "en") -> Any:
    return desk.perform("judge.queue", by=OFFICER, at=AT, things=True, language=language)


def said(desk: Desk, verb: str, **told: Any) -> Any:
    return desk.perform(f"judge.{verb}", by=OFFICER, at=AT, things=True, **told)


def persons(as_actor: ActAs) -> tuple[list[Any], list[Any]]:
    """Return what the latest run says of persons: links and clusters."""
    with as_actor(Role.DESK):
        run = LinkRun.objects.order_by("-at", "-run_id")[0]
        links = Link.objects.filter(run_id=run.run_id).order_by("left", "right")
        members = ClusterMember.objects.filter(run_id=run.run_id).order_by("record")
        told = list(links.values_list("left", "right", "weight", "status", "evidence"))
        return told, list(members.values_list("record", "cluster"))


def test_they_link_by_the_same_verb(desk: Desk) -> None:
    result = linked(desk, 1)["things"]
    assert {thing: (counts["automatic"], counts["open"]) for thing, counts in result.items()} == {
        "account": (1, 0),
        "address": (0, 0),
        "advert": (1, 0),
        "company": (0, 1),
    }


def test_a_run_tells_what_it_left_out(desk: Desk, as_actor: ActAs) -> None:
    with as_actor(Role.DESK):
        told = LinkRun.objects.get().things
    assert told["malformed"] + told["stopped"]
    assert set(told) == {"weights", "counts", "stopped", "malformed", "skipped"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_queue_shows_both_sides_and_no_value(desk: Desk, language: str) -> None:
    result = queue(desk, language)
    (one,) = result.links
    assert (result.open, one.left, one.right) == (1, "ML/Police/R1", "TG/Police/R1")
    (line,) = one.fields
    assert line.verdict == "same"
    assert line.left == line.right != ""
    assert "golden" not in json.dumps(result.to_json(), ensure_ascii=False).lower()


def test_a_certain_link_is_explained_too(desk: Desk) -> None:
    told = said(desk, "explain", pair=("TG/Police/R2", "ML/Police/R2"))
    assert (told.thing, told.status, told.tier) == ("advert", "linked", "medium evidence")
    assert {line.field for line in told.fields} == {"Text of the advert", "Contact in the advert"}
    with pytest.raises(NotFound):
        said(desk, "explain", pair=("TG/Police/R2", "ML/Police/R3"))


def test_a_link_of_persons_is_explained_by_the_same_verb(desk: Desk) -> None:
    """The rows of identifiers that bear the names of these persons' rows are another pair."""
    told = desk.perform("judge.explain", by=OFFICER, at=AT, pair=("TG/Police/R1", "ML/Police/R1"), language="fr")
    assert (told.thing, told.status) == ("", "lié")
    assert "numéro et autorité d’un document" in told.evidence
    assert told.against == ()
    assert "Numéro de document" in {line.field for line in told.fields}
    assert "EK4381927" not in json.dumps(told.to_json())


@pytest.mark.parametrize(("verdict", "status"), [("match", "judged_match"), ("no_match", "judged_no_match")])
def test_a_judgement_binds_and_undoing_restores(desk: Desk, as_actor: ActAs, verdict: str, status: str) -> None:
    before = queue(desk).to_json()
    pair = ("TG/Police/R1", "ML/Police/R1")
    said(desk, "decide", pair=pair, verdict=verdict, reason="same register extract")
    companies = linked(desk, 1)["things"]["company"]
    assert (companies[status], companies["open"]) == (1, 0)
    assert queue(desk).open == 0
    said(desk, "undo", pair=pair, reason="mistaken")
    linked(desk, 2)
    assert queue(desk).to_json() == before


def test_unsure_stays_in_the_queue(desk: Desk) -> None:
    said(desk, "decide", pair=("ML/Police/R1", "TG/Police/R1"), verdict="unsure", reason="no extract yet")
    linked(desk, 1)
    assert queue(desk).open == 1


def test_no_judgement_of_things_ever_binds_persons(desk: Desk, as_actor: ActAs) -> None:
    """The rows judged bear the names of persons' rows: what is said of companies must not be said of those."""
    before = persons(as_actor)
    figures = [desk.perform("figures.compute", by=ENGINE, at=AT).to_json()["figures"]]
    said(desk, "decide", pair=("ML/Police/R1", "TG/Police/R1"), verdict="no_match", reason="two firms of one name")
    linked(desk, 1)
    figures.append(desk.perform("figures.compute", by=ENGINE, at=AT + timedelta(minutes=2)).to_json()["figures"])
    assert persons(as_actor) == before
    assert ("TG/Police/R1", "ML/Police/R1") in before[1]  # One person, filed by both.
    assert figures[0] == figures[1]


def test_what_cannot_be_judged_is_refused(desk: Desk, as_actor: ActAs) -> None:
    with pytest.raises(NotFound):
        said(desk, "decide", pair=("ML/Police/R1", "TG/Police/R3"), verdict="match", reason="x")
    with pytest.raises(Refused):
        said(desk, "decide", pair=("ML/Police/R1", "TG/Police/R1"), verdict="match", reason=" ")
    with pytest.raises(Conflict):
        said(desk, "undo", pair=("ML/Police/R1", "TG/Police/R1"), reason="x")
    with as_actor(Role.DESK):
        assert ThingJudgement.objects.count() == 0


def test_a_filing_state_sees_nothing_of_it(desk: Desk, as_actor: ActAs) -> None:
    said(desk, "decide", pair=("ML/Police/R1", "TG/Police/R1"), verdict="match", reason="x")
    with as_actor(Role.NATIONAL, "ML", "TG"):
        assert (ThingLink.objects.count(), ThingJudgement.objects.count()) == (0, 0)
    with as_actor(Role.DESK):
        assert (ThingLink.objects.count(), ThingJudgement.objects.count()) == (3, 1)
