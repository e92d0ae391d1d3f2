"""Filing through the room: check, preview, confirm, receipt; and what goes wrong on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.conftest import Administered
from tests.room import browser, ended
from tests.two_returns import filed
from tests.worlds import CURIOUS, KNOWN, MALI, TOGO, build, empty

from traboule.app.desk import Desk


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk to which Mali and Togo have filed."""
    yield build(kept_database, KNOWN)
    empty(kept_database)


def second_version() -> bytes:
    """Return Mali's next return, in which one person is new."""
    content = json.loads(filed("ML", "Police"))
    content["cover"]["version"] = 2
    content["people"].append({"row_id": "P7", "family_name": "Keita", "sex": "male"})
    content["roles"].append({"row_id": "R7", "person": "P7", "action": "A1", "role": "suspect"})
    return json.dumps(content).encode()


def uploaded(client: Client, content: bytes, name: str = "ML.json") -> tuple[str, str]:
    """Check a file, and return the address of its preview with the page."""
    begun = client.post("/returns/check", {"file": SimpleUploadedFile(name, content)})
    assert begun.status_code == 302, begun.content.decode()
    return begun["Location"], ended(client, begun["Location"])


def test_a_return_is_previewed_filed_once_and_its_receipt_can_be_saved(desk: Desk) -> None:
    client = browser(desk, MALI.account)
    preview, page = uploaded(client, second_version())
    assert "What filing would change" in page
    assert client.get("/returns").content.decode().count("Save the receipt") == 1
    work = preview.removeprefix("/work/")
    page = ended(client, client.post(f"/returns/commit/{work}")["Location"])
    assert "The return has been received." in page
    saved = json.loads(client.get("/returns/proof/" + page.split("/returns/proof/")[1].split('"')[0]).content)
    assert saved["ledger"]["checkpoint"]
    assert json.loads(client.get(f"/returns/receipt/{saved['receipt_id']}").content)["filed"] == saved["filed"]
    assert client.get("/returns").content.decode().count("Save the receipt") == 2
    again = ended(client, client.post(f"/returns/commit/{work}")["Location"])
    assert "changed since you saw this preview" in again or "received before" in again
    assert client.get("/returns").content.decode().count("Save the receipt") == 2


def test_a_preview_that_is_stale_is_shown_again_before_anything_is_filed(desk: Desk) -> None:
    client = browser(desk, MALI.account)
    preview, _ = uploaded(client, second_version())
    client.post("/returns/withdraw", {"of": "ML/Police"})
    answer = client.post(f"/returns/commit/{preview.removeprefix('/work/')}")
    assert answer["Location"] == preview
    assert "changed since you saw this preview" in ended(client, preview)


def test_another_session_finds_neither_the_preview_nor_the_receipt(desk: Desk) -> None:
    preview, _ = uploaded(browser(desk, MALI.account), second_version())
    work = preview.removeprefix("/work/")
    for account in (TOGO.account, MALI.account):
        client = browser(desk, account)
        assert client.post(f"/returns/commit/{work}").status_code == 404
        assert client.get(f"/returns/marked/{work}").status_code == 404
    receipt = browser(desk, MALI.account).get("/returns").content.decode().split("/returns/receipt/")[1].split('"')[0]
    assert browser(desk, TOGO.account).get(f"/returns/receipt/{receipt}").status_code == 404


def test_a_file_of_another_state_a_wrong_file_and_none_are_refused_in_words(desk: Desk) -> None:
    client = browser(desk, MALI.account)
    begun = client.post("/returns/check", {"file": SimpleUploadedFile("x.xlsx", b"no workbook")})
    assert client.get(begun["Location"]).status_code in (200, 403, 422)
    assert "This could not be done" in ended(client, begun["Location"])
    assert client.post("/returns/check", {}).status_code == 403
    _, page = uploaded(client, filed("TG", "Police"), "TG.json")
    assert "This could not be done" in page
    assert client.get("/returns").content.decode().count("Save the receipt") == 1


def test_the_desk_sees_who_has_filed_and_no_number_of_rows(desk: Desk) -> None:
    page = browser(desk, CURIOUS[1].account).get("/participation").content.decode()
    assert "Mali (ML)" in page
    assert browser(desk, CURIOUS[1].account).get("/returns").status_code == 403
