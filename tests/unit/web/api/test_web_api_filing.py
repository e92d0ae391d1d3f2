"""Filing by programs: receipts, faults, idempotency keys, pages, rates, and tokens that are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.conftest import Administered
from tests.program import plain, program, token_of
from tests.two_returns import filed
from tests.worlds import CURIOUS, KNOWN, MALI, TOGO, build, empty

from traboule.app.desk import Desk
from traboule.core.errors import Invalid, Refused
from traboule.web.api.limits import MOST_ANSWERS, MOST_CALLERS, Answer, RepeatedAnswers, RequestRates
from traboule.web.forms import MOST_RETURN_BYTES
from traboule.web.visit import COOKIE

AT = datetime(2024, 10, 9, 9, tzinfo=UTC)
RETURNS = "/api/v1/returns"


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk to which Mali and Togo have filed."""
    yield build(kept_database, KNOWN)
    empty(kept_database)


def version(number: int, **changed: str) -> bytes:
    """Return a version of Mali's return in which one person is new."""
    content = json.loads(filed("ML", "Police"))
    content["cover"]["version"] = number
    content["people"].append({"row_id": "P7", "family_name": "Keita", "sex": "male", **changed})
    content["roles"].append({"row_id": "R7", "person": "P7", "action": "A1", "role": "suspect"})
    return json.dumps(content).encode()


def test_a_cookie_is_no_token(desk: Desk) -> None:
    client = program(desk)
    client.cookies[COOKIE] = desk.act_in_demo(MALI.account, "", at=datetime.now(UTC)).token
    assert client.get(RETURNS).status_code == 401
    for sent in ("Bearer", "Bearer ", "Basic abc", f"Token {token_of(desk, MALI.account)}", "Bearer traboule_x"):
        assert client.get(RETURNS, headers={"authorization": sent}).status_code == 401


def test_a_token_enters_until_it_has_ended(desk: Desk) -> None:
    client = program(desk, MALI.account)
    assert client.get(RETURNS).status_code == 200
    desk.perform("people.end", by=CURIOUS[4], at=datetime.now(UTC), login=MALI.account)
    assert client.get(RETURNS).status_code == 401


def test_a_return_is_filed_once_and_its_receipt_is_found(desk: Desk) -> None:
    client = program(desk, MALI.account)
    first = client.post(RETURNS, version(2), "application/json")
    assert first.status_code == 201, first.content
    receipt = plain(first)["receipt"]
    assert receipt["ledger"]["checkpoint"]
    assert receipt["new"] == 2
    again = client.post(RETURNS, {"file": SimpleUploadedFile("ML.json", version(2))})
    assert again.status_code == 200
    assert (plain(again)["receipt"]["again"], plain(again)["receipt"]["receipt_id"]) == (True, receipt["receipt_id"])
    assert plain(client.get(f"{RETURNS}/{receipt['receipt_id']}"))["version"] == 2
    assert plain(program(desk, TOGO.account).get(f"{RETURNS}/{receipt['receipt_id']}"))["code"] == "receipt-unknown"
    assert [row["version"] for row in plain(client.get(RETURNS))["returns"]] == [2, 1]


def test_faults_come_with_their_place_and_nothing_is_stored_by_a_check(desk: Desk) -> None:
    client = program(desk, MALI.account)
    cover, person = {"agency": "Police", "version": 2}, {"row_id": "P7", "birth_date": "31/02/2001"}
    written = desk.perform(
        "return.template", by=MALI, at=AT, state="ML", language="fr", cover=cover, rows={"people": [person]}
    )
    workbook = SimpleUploadedFile(written.name, written.content)
    checked = plain(client.post(f"{RETURNS}/check", {"file": workbook}, headers={"accept-language": "ar"}))
    fault = next(finding for finding in checked["findings"] if finding["value"] == "31/02/2001")
    assert fault["sheet"] == "Personnes"
    assert fault["cell"].endswith(str(fault["row"]))
    assert any("\u0600" <= letter <= "\u06ff" for letter in fault["message"] + fault["advice"])
    assert len(plain(client.get(RETURNS))["returns"]) == 1
    checked = plain(client.post(f"{RETURNS}/check", version(2, birth_date="31/02/2001"), "application/json"))
    answer = client.post(RETURNS, version(2, birth_date="31/02/2001"), "application/json")
    assert answer.status_code == 201
    assert plain(answer)["receipt"]["held"] == checked["held"] > 0
    assert fault["code"] in {finding["code"] for finding in plain(answer)["findings"]}


def test_a_return_that_cannot_be_entered_is_a_problem_with_its_faults(desk: Desk) -> None:
    client = program(desk, MALI.account)
    content = json.loads(filed("ML", "Police"))
    del content["cover"]["agency"]
    answer = client.post(RETURNS, json.dumps(content), "application/json", headers={"accept-language": "ar"})
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert plain(answer)["findings"]
    assert any("\u0600" <= letter <= "\u06ff" for letter in plain(answer)["findings"][0]["message"])
    assert len(plain(client.get(RETURNS))["returns"]) == 1


def test_a_file_of_another_state_none_and_what_is_no_return_are_refused(desk: Desk) -> None:
    client = program(desk, MALI.account)
    assert client.post(RETURNS, filed("TG", "Police"), "application/json").status_code == 403
    assert plain(client.post(RETURNS, {}))["code"] == "upload-none"
    assert plain(client.post(RETURNS, b"", "application/json"))["code"] == "upload-none"
    assert client.post(RETURNS, b"no workbook", "application/octet-stream").status_code == 403
    broken = client.post(RETURNS, b"--x\r\n", "multipart/form-data")
    assert (broken.status_code, plain(broken)["code"]) == (400, "request-malformed")
    large = client.post(RETURNS, b"x", "application/json", headers={"content-length": str(MOST_RETURN_BYTES + 1)})
    assert (large.status_code, plain(large)["code"]) == (413, "upload-too-large")


def test_a_key_gets_its_answer_again_and_nothing_is_done_twice(desk: Desk) -> None:
    client = program(desk, MALI.account)
    key = {"idempotency-key": "return-7"}
    first = client.post(RETURNS, version(2), "application/json", headers=key)
    again = client.post(RETURNS, version(2), "application/json", headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert len(plain(client.get(RETURNS))["returns"]) == 2
    other = client.post(RETURNS, version(3), "application/json", headers=key)
    assert (other.status_code, plain(other)["code"]) == (422, "idempotency-reused")
    elsewhere = client.post(f"{RETURNS}/check", version(2), "application/json", headers=key)
    assert plain(elsewhere)["code"] == "idempotency-reused"
    assert client.post(RETURNS, version(3), "application/json", headers={"idempotency-key": "8"}).status_code == 201
    assert client.post(RETURNS, version(3), "application/json", headers={"idempotency-key": ""}).status_code == 422


def test_of_two_at_once_under_one_key_one_is_done() -> None:
    answers, done = RepeatedAnswers(), []

    def perform() -> Answer:
        done.append(1)
        return Answer(201, str(len(done)).encode())

    got: list[Answer] = []
    callers = [Thread(target=lambda: got.append(answers.once(("a", "k"), "d", AT, perform))) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert done == [1]
    assert {answer.content for answer in got} == {b"1"}
    assert answers.once(("b", "k"), "d", AT, perform).content == b"2"
    assert answers.once(("a", "k"), "e", AT + timedelta(hours=24), perform).content == b"3"


def test_an_error_is_not_remembered_and_what_is_remembered_is_bounded() -> None:
    answers = RepeatedAnswers()

    def fail() -> Answer:
        raise Refused("upload-none")

    with pytest.raises(Refused):
        answers.once(("a", "k"), "d", AT, fail)
    assert answers.once(("a", "k"), "e", AT, lambda: Answer(200, b"done")).content == b"done"
    with pytest.raises(Invalid):
        answers.once(("a", "k"), "d", AT, fail)
    for number in range(MOST_ANSWERS):
        answers.once(("a", str(number)), "d", AT, lambda: Answer(200, b""))
    assert answers.once(("a", "k"), "d", AT, lambda: Answer(200, b"anew")).content == b"anew"


def test_pages_follow_each_other_and_lose_nothing(desk: Desk) -> None:
    client = program(desk, MALI.account)
    for number in (2, 3, 4):
        assert client.post(RETURNS, version(number), "application/json").status_code == 201
    whole = [row["id"] for row in plain(client.get(RETURNS))["returns"]]
    shown, cursor = [], ""
    for _ in range(len(whole)):
        page = plain(client.get(RETURNS, {"limit": "1", **({"cursor": cursor} if cursor else {})}))
        shown += [row["id"] for row in page["returns"]]
        cursor = page["next"]
    assert shown == whole
    assert len(set(whole)) == 4
    assert cursor is None


def test_too_many_requests_are_told_to_wait(desk: Desk) -> None:
    client = program(desk, MALI.account, most=2)
    assert [client.get(RETURNS).status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get(RETURNS)
    assert (plain(answer)["code"], 0 < int(answer.headers["Retry-After"]) <= 60) == ("requests-too-many", True)
    other = f"Bearer {token_of(desk, TOGO.account)}"
    assert client.get(RETURNS, headers={"authorization": other}).status_code == 200


def test_a_minute_later_requests_are_answered_again() -> None:
    rates = RequestRates(2)
    for second in (0, 30):
        rates.count("a", AT + timedelta(seconds=second))
    with pytest.raises(Refused) as refusal:
        rates.count("a", AT + timedelta(seconds=40))
    assert refusal.value.values["seconds"] == 21
    rates.count("a", AT + timedelta(seconds=61))
    for number in range(MOST_CALLERS):
        rates.count(str(number), AT)
    rates.count("a", AT)
