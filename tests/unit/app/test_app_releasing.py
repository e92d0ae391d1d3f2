"""Releases through the door: who may do what, and that what is issued is what was audited and signed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import yaml
from psycopg import sql
from tests.builders import QUOTATION, STORY, a_return, somebody

from traboule.app.desk import Desk
from traboule.app.start import Started
from traboule.core.errors import Conflict, Invalid, NotFound, Refused
from traboule.core.permissions import Actor, Role
from traboule.operation.document import read as read_file
from traboule.operation.operation import shipped, shipped_text
from traboule.release import drafts

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
PRESS = somebody("Iris Novak", Role.PRESS)
OFFICER = somebody("Awa Diop", Role.DESK)
ENGINE = Actor("engine", Role.ENGINE)
AUDITOR = Actor("auditor", Role.AUDITOR)


WOMEN = {"sex": "female", "age_band": "21-23", "citizenships": ["TG"], "exploitation": ["ForcedLabour"]}
GIRLS = {**WOMEN, "age_band": "9-17", "exploitation": ["SexualExploitation"]}
DAYS = ("2024-09-30", "2024-10-01", "2024-10-02")
# Mali found 24 women in each of three raids, and two girls in a fourth; Senegal and Ivory Coast women in one raid each.
FILED = {
    "ML": [*((day, 24, WOMEN) for day in DAYS), ("2024-10-03", 2, GIRLS)],
    "SN": [("2024-10-02", 30, WOMEN)],
    "CI": [("2024-10-02", 25, WOMEN)],
}
COUNTED = sum(persons for raids in FILED.values() for _, persons, _ in raids)


Raids = Sequence[tuple[str, int, Mapping[str, Any]]]


def opened(
    database: Started, filed: Mapping[str, Raids] = FILED, operation: str = shipped_text("liberterra-ii"), **cover: Any
) -> Desk:
    """Return a desk with an operation open, the returns of some states in it, and its figures counted."""
    result = Desk(database)
    result.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, text=operation)
    for state, raids in filed.items():
        officer = Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}))
        content = a_return(state, raids, **cover)
        result.perform("return.receive", by=officer, at=AT, name=f"{state}.json", content=content)
    result.perform("figures.compute", by=ENGINE, at=AT)
    return result


@pytest.fixture
def desk(database: Started) -> Desk:
    """A desk with Liberterra II open and counted."""
    return opened(database)


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
        "action": "ML/police/A1",
        "cleared_by": [*STORY.cleared_by],
        **{part: dict(texts) for part, texts in STORY.parts().items()},
        **changes,
    }
    quotation = {part: dict(getattr(QUOTATION, part)) for part in ("speaker", "function", "texts")}
    added = {"stories": [story], "quotation": quotation, "reason": REASON}
    return json.dumps(added, ensure_ascii=False)  # JSON is YAML.


@pytest.mark.promise("release-rebuilt-bit-for-bit")
def test_from_draft_to_issue_and_back_bit_for_bit(desk: Desk) -> None:
    made = issued(desk, texts=texts())
    assert [one.name for one in made.signatures] == ["Awa Diop", "Iris Novak"]
    assert len(made.files) == 19
    page = made.files["communique.en.html"].decode()
    assert "at least 20\xa0potential victims of human trafficking from Togo" in page
    assert "Mali · Women, 21" in page
    assert "ML/police" not in "".join(made.files["factsheet.json"].decode())
    repeated = perform(desk, "rebuild", AUDITOR).to_json()
    assert (repeated["reproduces"], repeated["same_makings"]) == (True, True)
    assert perform(desk, "show").to_json() == {**made.to_json(), "altered": []}


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
        perform(desk, "sign", Actor(" awa DIOP", Role.PRESS, account="awa.second", person=OFFICER.person))
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
    assert refusal.value.values["count"] == len(shipped("liberterra-ii").required_states - set(FILED))


def test_a_final_is_refused_for_open_returns_before_its_numbers_are_worked_out(desk: Desk) -> None:
    """What no text or table can mend is said first: a press officer would clear a story in vain."""
    with pytest.raises(Refused) as refusal:
        perform(desk, "finalise", texts=texts(cleared_by=["ML"]))
    assert refusal.value.code == "release-returns-open"
    with pytest.raises(Refused) as over:
        perform(desk, "draft", texts=texts(cleared_by=["ML"]), embargo_until=AT - timedelta(hours=1))
    assert over.value.code == "release-embargo-over"


def test_a_look_back_is_no_count_to_draft_from(desk: Desk) -> None:
    """Whoever looks up an earlier instant between the count and the draft must not make the draft one of then."""
    hash_before = perform(desk, "draft").statement.figures_hash
    before = datetime(2024, 10, 1, tzinfo=UTC)
    back = desk.perform("figures.compute", by=ENGINE, at=AT + timedelta(hours=1), instant=before)
    assert back.computed.figures.inputs_hash != hash_before
    assert perform(desk, "draft", at=AT + timedelta(hours=2)).statement.figures_hash == hash_before


def test_a_return_withdrawn_after_the_draft_keeps_it_from_being_final(database: Started) -> None:
    """By whichever door it is issued, and though nobody has counted again since."""
    text = shipped_text("liberterra-ii")
    for state in shipped("liberterra-ii").required_states - set(FILED):
        text = re.sub(rf'(state: "?{state}"?, required:) true', r"\1 false", text)
    desk = opened(database, operation=text, status="final")
    perform(desk, "finalise")
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    perform(desk, "sign")
    senegal = Actor("officer of SN", Role.NATIONAL, frozenset({"SN"}))
    desk.perform("return.withdraw", by=senegal, at=AT, state="SN", agency="police")
    with pytest.raises(Refused) as refusal:
        perform(desk, "issue")
    assert refusal.value.code == "release-returns-open"
    assert refusal.value.values["count"] == 1
    content = a_return("SN", FILED["SN"], version=3, status="final")
    desk.perform("return.receive", by=senegal, at=AT + timedelta(hours=1), name="SN.json", content=content)
    assert perform(desk, "issue", at=AT + timedelta(hours=2)).statement.kind == "final"


def test_revision_carries_reason_and_history(desk: Desk) -> None:
    issued(desk)
    perform(desk, "withdraw", number=1, texts=json.dumps({"reason": WRONG_TABLE}))
    perform(desk, "confirm-withdrawal", OFFICER, number=1)
    made = issued(desk, "revise", texts=json.dumps({"reason": REASON}))
    sheet = json.loads(made.files["factsheet.json"])
    assert sheet["number"] == 2
    assert sheet["reason"] == REASON
    assert [(past["number"], past["withdrawn_because"]) for past in sheet["history"]] == [(1, WRONG_TABLE)]
    for language, because in WRONG_TABLE.items():
        assert because in made.files[f"factsheet.{language}.html"].decode()
    for language, reason in REASON.items():
        page = made.files[f"communique.{language}.html"].decode()
        assert reason[1:] in page
        assert not any(other[1:] in page for other in REASON.values() if other != reason)
    assert perform(desk, "show", number=1).issued.withdrawn.reason == WRONG_TABLE


@pytest.mark.parametrize(
    ("added", "code", "missing"),
    [
        ({"reason": "late returns"}, "release-reason-languages", "en, fr, es, ar"),
        ({"texts": json.dumps({"reason": {"en": "late returns"}})}, "release-reason-languages", "fr, es, ar"),
        ({}, "release-without-reason", None),
    ],
)
@pytest.mark.parametrize("verb", ["revise", "withdraw"])
def test_a_reason_is_given_in_each_language_or_refused(
    desk: Desk, verb: str, added: dict[str, str], code: str, missing: str | None
) -> None:
    """It was typed once, and stood in English in the Arabic documents."""
    issued(desk)
    with pytest.raises(Refused) as refusal:
        perform(desk, verb, **added)
    assert (refusal.value.code, refusal.value.values.get("languages")) == (code, missing)


@pytest.mark.parametrize(
    ("section", "removed", "fields"),
    [
        (None, None, None),
        ("spokesperson", "function", "press.spokesperson.function (en, fr, es, ar)"),
        ("purpose", "fr", "press.purpose (fr)"),
        ("contact", "email", "press.contact.email"),
        ("about", "ar", "press.about (ar)"),
    ],
)
def test_nothing_is_released_of_a_file_that_does_not_say_who_speaks(
    database: Started, section: str | None, removed: str | None, fields: str | None
) -> None:
    """What is missing is named by its key and language; the file is completed while the operation is open."""
    whole = shipped_text("liberterra-ii")
    plain = read_file(whole).content
    if section is None:
        del plain["press"]
    else:
        del plain["press"][section][removed]
    desk = opened(database, operation=yaml.safe_dump(plain, allow_unicode=True))
    with pytest.raises(Refused) as refusal:
        perform(desk, "draft")
    assert refusal.value.code == "release-press-missing"
    assert fields is None or refusal.value.values["fields"] == fields
    desk.perform("operation.open", by=Actor("a", Role.ADMINISTRATOR), at=AT, text=whole)
    assert perform(desk, "draft").statement.press.email == "press@traboule.example"


def test_a_quotation_of_the_release_needs_no_spokesperson_in_the_file(database: Started) -> None:
    plain = read_file(shipped_text("liberterra-ii")).content
    del plain["press"]["spokesperson"]
    desk = opened(database, operation=yaml.safe_dump(plain, allow_unicode=True))
    assert perform(desk, "draft", texts=texts()).statement.quotation == QUOTATION


def test_an_operation_of_one_language_asks_for_no_other(database: Started) -> None:
    plain = read_file(shipped_text("liberterra-ii")).content
    plain["release"]["languages"] = ["fr"]
    desk = opened(database, operation=yaml.safe_dump(plain, allow_unicode=True))
    french = {part: {"fr": "Des femmes."} for part in ("finding", "response", "assistance")}
    made = issued(desk, texts=texts(**french))
    assert {name.split(".")[1] for name in made.files if name.startswith("communique.")} == {"fr"}
    revised = perform(desk, "revise", reason="comptes rendus tardifs")
    assert revised.statement.reason == {"fr": "comptes rendus tardifs"}


def test_a_number_in_the_reason_is_refused(desk: Desk) -> None:
    issued(desk)
    with pytest.raises(Invalid) as caught:
        perform(desk, "revise", texts=json.dumps({"reason": {**REASON, "fr": "12 arrestations tardives"}}))
    assert {fault.code for fault in caught.value.findings} == {"digit-typed"}


def test_a_story_needs_every_state_and_the_rules_of_wording(desk: Desk) -> None:
    with pytest.raises(Refused) as uncleared:
        perform(desk, "draft", texts=texts(cleared_by=["ML"]))
    assert uncleared.value.code == "release-story-uncleared"
    assert uncleared.value.values["states"] == "TG"
    with pytest.raises(Invalid) as faulty:
        perform(desk, "draft", texts=texts(finding={**STORY.finding, "fr": "24 Togolaises"}))
    assert faulty.value.code == "release-texts-faulty"


REASON = {"en": "late returns", "fr": "comptes rendus tardifs", "es": "informes tardíos", "ar": "تقارير متأخرة"}
WRONG_TABLE = {"en": "wrong table", "fr": "mauvais tableau", "es": "tabla errónea", "ar": "جدول خاطئ"}
PLAIN = {"en": "A case.", "fr": "Un cas.", "es": "Un caso.", "ar": "حالة."}


def told(desk: Desk, action: str, **changes: Any) -> dict[str, str]:
    drafted = perform(desk, "draft", texts=texts(action=action, **{"finding": PLAIN, **changes}))
    assert perform(desk, "verdict").verdict.passed
    words: dict[str, str] = drafted.statement.to_json()["stories"][0]["told"]
    return words


def test_a_story_is_told_as_finely_as_others_like_it_allow(desk: Desk) -> None:
    assert told(desk, "ML/police/A1") == {
        "place": "ML",
        "when": "",
        "sex": "female",
        "age": "21-23",
        "origin": "TG",
        "form": "ForcedLabour",
    }
    # Senegal had one such raid: told with its state it would be found. So would the girls by their age or form.
    assert told(desk, "SN/police/A1", cleared_by=["SN"])["place"] == "002"
    girls = told(desk, "ML/police/A4")
    assert (girls["place"], girls["age"], girls["form"]) == ("ML", "", "")


def refiled(desk: Desk, raids: Raids) -> datetime:
    """Let Mali file its return anew, count, and return the instant."""
    later = AT + timedelta(days=1)
    mali = Actor("officer of ML", Role.NATIONAL, frozenset({"ML"}))
    content = a_return("ML", raids, version=2, supersedes=1)
    desk.perform("return.receive", by=mali, at=later, name="ML.json", content=content)
    desk.perform("figures.compute", by=ENGINE, at=later)
    return later


def test_a_case_told_again_is_told_in_the_same_words(desk: Desk) -> None:
    """Once without a day and once with it would be put together."""
    first = issued(desk, texts=texts(finding=PLAIN)).statement.stories[0].told
    assert first.when == ""
    later = refiled(desk, [*FILED["ML"], (DAYS[0], 30, WOMEN), (DAYS[0], 30, WOMEN)])
    fresh = perform(desk, "revise", at=later, texts=texts(finding=PLAIN, action="ML/police/A5"))
    assert fresh.statement.stories[0].told.when == DAYS[0]
    repeated = perform(desk, "revise", at=later, texts=texts(finding=PLAIN)).statement.stories[0]
    assert (repeated.told, repeated.action) == (first, "ML/police/A1")


def test_a_case_told_before_that_no_longer_fits_its_words_is_refused(desk: Desk) -> None:
    issued(desk, texts=texts(finding=PLAIN))
    later = refiled(desk, [(day, number, {**said, "sex": "male"}) for day, number, said in FILED["ML"]])
    with pytest.raises(Refused) as refusal:
        perform(desk, "revise", at=later, texts=texts(finding=PLAIN))
    assert refusal.value.code == "release-story-told-before"


def test_a_case_without_others_like_it_is_not_told(database: Started) -> None:
    desk = opened(database, {"ML": [(DAYS[0], 24, WOMEN)]})
    with pytest.raises(Refused) as refusal:
        perform(desk, "draft", texts=texts(finding=PLAIN))
    assert refusal.value.code == "release-story-too-small"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"action": "ML/police/A4"}, "release-story-counts"),
        ({"action": "SN/police/A1", "cleared_by": ["SN"]}, "release-story-names-state"),
        ({"finding": {**PLAIN, "en": "In {state:ML}, somebody from {state:NG}."}}, "release-story-names-state"),
        ({"action": "ML/police/A9"}, "release-story-too-small"),
        ({"about": {"sex": "male"}}, "release-story-too-small"),
        ({"finding": {**PLAIN, "fr": "Des Togolaises."}}, "release-texts-faulty"),
        ({"finding": {**PLAIN, "ar": "في مالي."}}, "release-texts-faulty"),
    ],
)
def test_a_story_that_would_tell_too_much_is_refused(desk: Desk, changes: dict[str, Any], code: str) -> None:
    with pytest.raises((Refused, Invalid)) as refusal:
        perform(desk, "draft", texts=texts(**changes))
    assert refusal.value.code == code


@pytest.mark.promise("desk-learns-no-victim")
def test_an_action_cannot_be_asked_whether_somebody_was_found_there(database: Started) -> None:
    """An action nobody filed, one without such potential victims, and one with too few to tell: one refusal."""
    desk = opened(database, {"ML": [(DAYS[0], 24, WOMEN), (DAYS[1], 0, WOMEN)]})
    refusals = set()
    for action in ("ML/police/A1", "ML/police/A2", "ML/police/A9"):
        with pytest.raises(Refused) as refusal:
            perform(desk, "draft", texts=texts(finding=PLAIN, action=action))
        refusals.add((refusal.value.code, str(refusal.value), tuple(refusal.value.values.items())))
    assert len(refusals) == 1


def test_setting_an_embargo_asks_for_a_new_verdict_and_signatures(desk: Desk) -> None:
    perform(desk, "draft")
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    until = AT + timedelta(days=1)
    changed = perform(desk, "embargo", until=until)
    assert (changed.verdict, changed.signatures) == (None, ())
    proof = perform(desk, "proof", OFFICER)
    perform(desk, "verdict")
    perform(desk, "sign", OFFICER)
    perform(desk, "sign")
    with pytest.raises(Refused) as refusal:
        perform(desk, "issue")
    assert refusal.value.code == "release-embargoed"
    assert "Under embargo until 10 October 2024, 09:00 UTC" in proof.files["communique.en.html"].decode()
    made = perform(desk, "issue", at=until)
    assert "embargo" not in made.files["communique.en.html"].decode().casefold()


TAMPERED = {
    "its text": "content = jsonb_set(content, '{lines,0,value}', '9999')",
    "its text and hash": "content = jsonb_set(content, '{lines,0,value}', '9999'), content_hash = {hash}",
    "its figures": "figures_run = gen_random_uuid()",
    "what was open": "open_returns = '[]'",
}


@pytest.mark.promise("what-is-signed-is-issued")
@pytest.mark.parametrize("when", ["verdict", "sign"])
@pytest.mark.parametrize("change", TAMPERED)
def test_a_draft_changed_in_the_database_is_neither_signed_nor_issued(
    desk: Desk, database: Started, when: str, change: str
) -> None:
    """Whoever can write the table past all walls, and knows how the hash is made, still issues nothing with it."""
    perform(desk, "draft")
    perform(desk, "verdict")
    if when == "sign":
        perform(desk, "sign", OFFICER)
        perform(desk, "sign")
    tamper(database, TAMPERED[change])
    for verb in ("sign", "issue", "verdict"):
        with pytest.raises(Conflict) as refusal:
            perform(desk, verb, somebody("Third Person", Role.PRESS))
        assert refusal.value.code == "release-draft-changed"
    with pytest.raises(NotFound):
        perform(desk, "show")
    issued(desk)  # Drafted anew it goes out: the control, with the same hands.


@pytest.mark.promise("what-is-signed-is-issued")
def test_signatures_moved_to_another_draft_do_not_count(desk: Desk, database: Started) -> None:
    for until in (None, AT + timedelta(days=1)):
        perform(desk, "draft", embargo_until=until)
        perform(desk, "verdict")
        if until is None:
            perform(desk, "sign", OFFICER)
            perform(desk, "sign")
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        root.execute("UPDATE release_signature SET draft_id = (SELECT max(id) FROM release_draft)")
    with pytest.raises(Refused) as refusal:
        perform(desk, "issue", at=AT + timedelta(days=2))
    assert refusal.value.code == "release-unsigned"


def tamper(database: Started, change: str) -> None:
    """Change the draft in hand as the bootstrap user, whom no wall binds; with ``{hash}`` its hash is made right."""
    with psycopg.connect(database.root.to(database=database.app.database).uri()) as root:
        root.execute(sql.SQL("UPDATE release_draft SET {}").format(sql.SQL(change.partition(", content_hash")[0])))
        if "{hash}" in change:
            row = root.execute("SELECT content, figures_run, open_returns FROM release_draft").fetchone()
            assert row is not None
            root.execute("UPDATE release_draft SET content_hash = %s", [drafts.hash_of(*row)])
