"""Releases through the door: who may do what, and that what is issued is what was audited and signed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.builders import QUOTATION, STORY

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, Invalid, NotFound, Refused
from traboule.core.permissions import Actor, Role
from traboule.operation.operation import shipped

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
PRESS = Actor("Iris Novak", Role.PRESS)
OFFICER = Actor("Awa Diop", Role.DESK)
ENGINE = Actor("engine", Role.ENGINE)
TOTALS = {
    "cover": {
        "operation": "liberterra-ii",
        "state": "ML",
        "agency": "Police nationale",
        "coordination_unit": "SN",
        "version": 1,
        "status": "preliminary",
        "as_of": "2024-10-05",
    },
    "totals": [{"row_id": "T1", "measure": "potential_victims", "unit": "person", "value": 100, "precision": "exact"}],
}
AUDITOR = Actor("auditor", Role.AUDITOR)


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with Liberterra II open and counted: Mali alone has filed, a hundred potential victims in one total."""
    found = Desk(database)
    found.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, source="liberterra-ii")
    mali = Actor("officer of ML", Role.NATIONAL, frozenset({"ML"}))
    found.perform("return.receive", by=mali, at=AT, name="ML.json", content=json.dumps(TOTALS).encode())
    found.perform("figures.compute", by=ENGINE, at=AT)
    return found


def perform(desk: Desk, verb: str, by: Actor = PRESS, at: datetime = AT, **arguments: Any) -> Any:
    return desk.perform(f"release.{verb}", by=by, at=at, **arguments)


def issued(desk: Desk, verb: str = "draft", **arguments: Any) -> Any:
    perform(desk, verb, **arguments)
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    perform(desk, "sign")
    return perform(desk, "issue")


def texts(**changes: Any) -> str:
    story = {
        "id": STORY.id,
        "states": [*STORY.states],
        "cleared_by": [*STORY.cleared_by],
        "texts": dict(STORY.texts),
        "persons": {"figure": "potential_victims", "value": 24},
        **changes,
    }
    quotation = {"speaker": dict(QUOTATION.speaker), "texts": dict(QUOTATION.texts)}
    return json.dumps({"stories": [story], "quotation": quotation}, ensure_ascii=False)  # JSON is YAML.


def test_from_draft_to_issue_and_back_bit_for_bit(desk: Desk) -> None:
    made = issued(desk, texts=texts())
    assert [one.name for one in made.signatures] == ["Awa Diop", "Iris Novak"]
    assert len(made.files) == 19
    assert "24 potential victims" in made.files["communique.en.html"].decode()
    again = perform(desk, "rebuild", AUDITOR).to_json()
    assert (again["reproduces"], again["same_makings"]) == (True, True)
    assert perform(desk, "show").to_json() == made.to_json()


def test_a_signer_reads_a_proof_marked_as_draft(desk: Desk) -> None:
    perform(desk, "draft")
    proof = perform(desk, "proof", OFFICER)
    assert "Draft: not for publication" in proof.files["communique.en.html"].decode()
    assert len(proof.files) == 19


@pytest.mark.parametrize("verb", ["draft", "verdict", "issue", "withdraw", "embargo"])
@pytest.mark.parametrize("role", [Role.NATIONAL, Role.DESK, Role.ENGINE, Role.PROTECTION, Role.AUDITOR])
def test_only_the_press_officer_leads_a_release(verb: str, role: Role) -> None:
    with pytest.raises(Refused) as refusal:
        perform(Desk.plain(), verb, Actor("Somebody", role))
    assert refusal.value.code == "not-permitted"


def test_unsigned_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    perform(desk, "draft")
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    with pytest.raises(Refused) as refusal:
        perform(desk, "issue")
    assert refusal.value.code == "release-unsigned"
    with pytest.raises(Conflict):
        perform(desk, "sign", Actor(" awa DIOP", Role.PRESS))
    with pytest.raises(NotFound):
        perform(desk, "show")


def test_figures_counted_after_the_draft_do_not_change_it(desk: Desk) -> None:
    drafted = perform(desk, "draft")
    desk.perform("figures.compute", by=ENGINE, at=AT + timedelta(hours=1))
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    assert perform(desk, "sign").content_hash == drafted.content_hash
    assert perform(desk, "issue").statement.figures_hash == drafted.statement.figures_hash


def test_final_is_refused_while_states_are_silent(desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        perform(desk, "finalise")
    assert refusal.value.code == "release-returns-open"
    assert refusal.value.values["count"] == len(shipped("liberterra-ii").required_states - {"ML"})


def test_revision_carries_reason_and_history(desk: Desk) -> None:
    issued(desk)
    perform(desk, "withdraw", number=1, reason="wrong table")
    made = issued(desk, "revise", reason="the table was put right")
    sheet = json.loads(made.files["factsheet.json"])
    assert sheet["number"] == 2
    assert sheet["reason"] == "the table was put right"
    assert [(past["number"], past["withdrawn_because"]) for past in sheet["history"]] == [(1, "wrong table")]
    assert "the table was put right" in made.files["communique.ar.html"].decode()
    assert perform(desk, "show", number=1).withdrawn.reason == "wrong table"


def test_a_number_in_the_reason_is_refused(desk: Desk) -> None:
    issued(desk)
    with pytest.raises(Invalid) as caught:
        perform(desk, "revise", reason="12 arrests came late")
    assert {fault.code for fault in caught.value.findings} == {"digit-typed"}


def test_a_story_needs_every_state_and_the_rules_of_wording(desk: Desk) -> None:
    with pytest.raises(Refused) as uncleared:
        perform(desk, "draft", texts=texts(cleared_by=["ML"]))
    assert uncleared.value.code == "release-story-uncleared"
    assert uncleared.value.values["states"] == "TG"
    with pytest.raises(Invalid) as faulty:
        perform(desk, "draft", texts=texts(texts={**STORY.texts, "fr": "24 Togolaises"}))
    assert faulty.value.code == "release-texts-faulty"


def test_a_story_of_few_persons_fails_the_audit(desk: Desk) -> None:
    perform(desk, "draft", texts=texts(persons={"figure": "potential_victims", "value": 3}))
    judged = perform(desk, "verdict")
    assert not judged.verdict.passed
    with pytest.raises(Refused) as refusal:
        perform(desk, "sign", OFFICER)
    assert refusal.value.code == "release-audit-failed"


def test_setting_an_embargo_asks_for_a_new_verdict_and_signatures(desk: Desk) -> None:
    perform(desk, "draft")
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    until = AT + timedelta(days=1)
    changed = perform(desk, "embargo", until=until)
    assert (changed.verdict, changed.signatures) == (None, ())
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    perform(desk, "sign")
    with pytest.raises(Refused) as refusal:
        perform(desk, "issue")
    assert refusal.value.code == "release-embargoed"
    made = perform(desk, "issue", at=until)
    assert "Under embargo until 10 October 2024, 09:00 UTC" in made.files["communique.en.html"].decode()
