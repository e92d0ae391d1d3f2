"""The stop-list of an operation in course: a shelter's telephone met on the third day, added, shown, undone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, NotFound, Refused, TrabouleError
from traboule.core.language.languages import LANGUAGES
from traboule.core.permissions import Actor, Role
from traboule.database.context import acting
from traboule.linkage.explain import word
from traboule.linkage.stop_list import value_hash
from traboule.operation.models import StopSigned

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
OFFICER = Actor("Awa Diop", Role.DESK)
PROTECTION = Actor("Ana Ruiz", Role.PROTECTION)
AUDITOR = Actor("Lina Haddad", Role.AUDITOR)
TELEPHONE, REASON = "+22365001234", "the shelter’s telephone, said Mali"
PAIR = ("ML/Police/P1", "TG/Police/P1")
MAILBOX = "maison@refuge.org"
# Two women of one name are linked at once by the telephone and the mailbox of the shelter where both are.
WOMAN = {"row_id": "P1", "family_name": "Amavi", "given_names": "Adjoa", "sex": "female"}


def filed(state: str) -> bytes:
    cover = {"operation": "liberterra-ii", "state": state, "agency": "Police", "version": 1, "status": "preliminary"}
    content = {
        "cover": {**cover, "as_of": "2024-10-05"},
        "actions": [{"row_id": "A1", "kind": "raid", "start": "2024-10-01", "country": state}],
        "people": [{**WOMAN, "citizenships": [state]}],
        "roles": [{"row_id": "R1", "person": "P1", "action": "A1", "role": "possible_victim"}],
        "victims": [{"row_id": "V1", "person": "P1", "action": "A1", "status": "PossibleVictimOfTrafficking"}],
        "identifiers": [
            {"row_id": "I1", "person": "P1", "kind": "phone", "value": TELEPHONE},
            {"row_id": "I2", "person": "P1", "kind": "email", "value": MAILBOX},
        ],
    }
    return json.dumps(content).encode()


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with two returns, linked and counted."""
    result = Desk(database)
    result.perform("operation.open", by=OFFICER, at=AT, source="liberterra-ii")
    for state in ("ML", "TG"):
        by = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        result.perform("return.receive", by=by, at=AT, name=f"{state}.json", content=filed(state))
    link(result, 0)
    return result


def link(desk: Desk, minute: int) -> int:
    """Link, and return how many potential victims there are."""
    at = AT + timedelta(minutes=minute)
    desk.perform("link", by=OFFICER, at=at)
    figures = desk.perform("figures.compute", by=PROTECTION, at=at).to_json()["figures"]
    return next(int(one["value"]) for one in figures if one["id"] == "potential_victims")


def stop(desk: Desk, minute: int = 1, by: Actor = OFFICER, **told: Any) -> Any:
    told = {"kind": "phone", "value": TELEPHONE, "reason": REASON, **told}
    return desk.perform("stop.add", by=by, at=AT + timedelta(minutes=minute), **told)


def stop_both(desk: Desk) -> list[Any]:
    return [stop(desk), stop(desk, kind="email", value=MAILBOX)]


def undo(desk: Desk, minute: int, **told: Any) -> Any:
    return desk.perform("stop.undo", by=OFFICER, at=AT + timedelta(minutes=minute), **told)


def status(desk: Desk) -> str:
    result = desk.perform("judge.explain", by=PROTECTION, at=AT + timedelta(hours=1), pair=PAIR)
    return str(result.status) if result.latest else "none"


def changed(desk: Desk, earlier: int, later: int) -> list[dict[str, Any]]:
    instants = {"earlier": AT + timedelta(minutes=earlier), "later": AT + timedelta(minutes=later)}
    told = desk.perform("figures.compare", by=PROTECTION, at=AT + timedelta(hours=1), **instants).to_json()
    steps = next(one for one in told["figures"] if one["figure"] == "potential_victims")["steps"]
    return [dict(one) for one in steps]


def test_a_link_that_hung_on_it_falls_with_the_next_run_and_comes_back(desk: Desk) -> None:
    assert status(desk) == word("statuses", "automatic", "en")
    assert [one.waits for one in stop_both(desk)] == [True, True]
    assert status(desk) == word("statuses", "automatic", "en")
    assert link(desk, 2) == 2
    assert status(desk) == word("statuses", "open", "en")
    assert [one["waits"] for one in listed(desk)["entries"]] == [False, False]
    assert changed(desk, 1, 3) == [{"reason": "links", "state": "", "change": 1}]
    for number in (1, 2):
        undo(desk, 4, number=number, reason="a client’s after all")
    assert link(desk, 5) == 1
    assert status(desk) == word("statuses", "automatic", "en")
    assert changed(desk, 3, 6) == [{"reason": "links", "state": "", "change": -1}]


def test_a_figure_of_before_is_what_it_was(desk: Desk) -> None:
    stop_both(desk)
    link(desk, 2)
    for instant, value in ((AT, 1), (AT + timedelta(minutes=3), 2)):
        told = {"figure": "potential_victims", "instant": instant}
        result = desk.perform("figures.explain", by=PROTECTION, at=AT + timedelta(hours=1), **told).to_json()
        assert result["value"] == value


def listed(desk: Desk, language: str = "en", by: Actor = AUDITOR) -> Mapping[str, Any]:
    plain: Mapping[str, Any] = desk.perform("stop.list", by=by, at=AT, language=language).to_json()
    return plain


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_shown_with_who_and_why_and_never_itself(desk: Desk, language: str) -> None:
    output = [stop(desk, language=language).to_json()]
    link(desk, 2)
    output += [listed(desk, language)]
    output += [desk.perform("judge.left-out", by=PROTECTION, at=AT, language=language).to_json()]
    output += [undo(desk, 3, number=1, reason="y", language=language).to_json()]
    output += [listed(desk, language)]
    told = json.dumps(output, ensure_ascii=False)
    assert TELEPHONE[-8:] not in told
    assert value_hash("phone", TELEPHONE) not in told
    assert REASON in json.dumps(output[2], ensure_ascii=False)
    (one,) = output[-1]["entries"]
    assert (one["number"], one["by"], one["reason"]) == (1, "Awa Diop", REASON)
    assert (one["undone_by"], one["undone_reason"]) == ("Awa Diop", "y")


def test_it_is_read_as_a_filing_is(desk: Desk) -> None:
    """Typed as the state's own officer says it, with separators, Arabic digits or none of the prefix."""
    stop(desk, value="٦٥ ٠٠ ١٢ ٣٤", state="ML")
    with pytest.raises(Conflict) as repeated:
        stop(desk, value="00 223 65-00-12-34")
    assert (repeated.value.code, repeated.value.values["number"]) == ("stop-standing", 1)
    undo(desk, 2, number=1, reason="x")
    assert stop(desk, 3).number == 2
    link(desk, 4)
    assert status(desk) == word("statuses", "open", "en")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"reason": "  "}, "stop-without-reason"),
        ({"kind": "telephone"}, "stop-kind-unknown"),
        ({"value": "65 00 12 34"}, "stop-value-without-state"),
        ({"value": "65 00 12 34", "state": "Mali"}, "stop-state-unknown"),
        ({"value": "call the shelter"}, "stop-value-nobodys"),
        ({"value": ""}, "stop-value-nobodys"),
        ({"value": "+18883737888"}, "stop-in-file"),
        ({"kind": "email", "value": "info@example.com"}, "stop-in-file"),
    ],
)
def test_what_is_no_entry_is_refused_in_words_and_kept_nowhere(desk: Desk, told: dict[str, str], code: str) -> None:
    with pytest.raises(TrabouleError) as refusal:
        stop(desk, **told)
    assert refusal.value.code == code
    for language in LANGUAGES:
        assert not told.get("value") or told["value"] not in refusal.value.sentence(language)
    assert listed(desk)["entries"] == []


def test_an_entry_is_undone_once_with_a_reason(desk: Desk) -> None:
    stop(desk)
    with pytest.raises(NotFound):
        undo(desk, 2, number=2, reason="x")
    with pytest.raises(Refused):
        undo(desk, 2, number=1, reason=" ")
    undo(desk, 2, number=1, reason="x")
    with pytest.raises(Conflict):
        undo(desk, 3, number=1, reason="x")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.DESK])
def test_only_the_desk_stops_and_only_the_desk_reads(desk: Desk, role: Role) -> None:
    by = Actor("Somebody", role, frozenset({"ML"}) if role is Role.NATIONAL else frozenset())
    with pytest.raises(Refused):
        stop(desk, by=by)
    stop(desk)
    with acting(by):
        assert StopSigned.objects.count() == (1 if role is Role.ENGINE else 0)
