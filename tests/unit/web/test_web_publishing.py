"""Publishing in the room: from a draft to an issued release and back, and the check of other people's texts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.conftest import Administered
from tests.room import browser, ended
from tests.worlds import CURIOUS, build, empty

from traboule.app.desk import Desk

DESK, PRESS = CURIOUS[1], CURIOUS[3]


@pytest.fixture
def desk(kept_database: Administered) -> Iterator[Desk]:
    """A desk with figures that may be released."""
    yield build(kept_database, None)
    empty(kept_database)


def test_a_release_is_drafted_read_signed_by_two_issued_and_withdrawn(desk: Desk) -> None:
    press, officer = browser(desk, PRESS.account), browser(desk, DESK.account)
    assert "No draft is in hand." in ended(press, press.get("/desk")["Location"])
    drafted = press.post("/desk/draft", {"kind": "preliminary", "texts": ""})
    page = ended(press, drafted["Location"])
    assert "Two people sign" in page
    assert "I have read it and sign" in page
    read = page.split('name="read" value="')[1].split('"')[0]
    document = press.get(page.split('loading="lazy" src="')[1].split('"')[0])
    assert "sandbox" in document["Content-Security-Policy"]
    assert "Draft: not for publication" in document.content.decode()
    assert press.post("/desk/sign", {"read": "0" * 64}).status_code == 409
    assert press.post("/desk/sign", {"read": read})["Location"] == "/desk?done=signed"
    assert "Issue it" not in ended(press, press.get("/desk")["Location"])
    assert press.post("/desk/sign", {"read": read}).status_code == 409
    assert officer.post("/desk/sign", {"read": read}).status_code == 302
    assert officer.post("/desk/issue").status_code == 403
    assert "Issue it" in ended(press, press.get("/desk")["Location"])
    page = ended(press, press.post("/desk/issue")["Location"])
    assert "Release 1" in page
    assert "Issued." in page
    saved = press.get("/releases/1/factsheet.json")
    assert "attachment" in saved["Content-Disposition"]
    public = browser(desk)
    page = public.get("/published").content.decode()
    assert "Release 1" in page
    assert '/published/1/factsheet.csv"' in page
    assert "communique" not in page
    assert "sandbox" in public.get("/published/1/factsheet.en.html")["Content-Security-Policy"]
    assert public.get("/published/1/factsheet.json").content == saved.content
    for absent in ("/published/1/communique.en.html", "/published/2/factsheet.json", "/published?number=2"):
        assert public.get(absent).status_code == 404
    for unknown in ("1/another.json", "99999999999/factsheet.json"):
        assert press.get(f"/releases/{unknown}").status_code == 404
    reason = "reason: {en: a return was counted under the wrong operation}"
    assert press.post("/releases/1/withdraw", {"texts": reason}).status_code == 302
    page = officer.get("/releases").content.decode()
    proposal = page.split('name="read" value="')[1].split('"')[0]
    assert press.post("/releases/1/confirm-withdrawal", {"read": proposal}).status_code in {403, 409}
    assert officer.post("/releases/1/confirm-withdrawal", {"read": proposal}).status_code == 302
    assert "WITHDRAWN by" in officer.get("/releases").content.decode()
    assert "Nothing has been published" in public.get("/published").content.decode()
    assert public.get("/published/1/factsheet.json").status_code == 404
    page = ended(press, press.post("/desk/draft", {"kind": "preliminary"})["Location"])
    assert "Beside release 1" in page
    assert "unchanged" in page


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"kind": "perhaps"}, 403, "preliminary, revised or final"),
        ({"kind": "preliminary", "texts": "quotation: ["}, 422, "YAML"),
        ({"kind": "preliminary", "embargo": "tomorrow"}, 403, "no instant"),
        ({"kind": "preliminary", "file": SimpleUploadedFile("t.yaml", b"\xff\xfe\x00a")}, 403, "UTF-8"),
        ({"kind": "preliminary", "texts": "a" * 200_001}, 403, "200 kB"),
    ],
)
def test_what_cannot_be_drafted_is_said_in_words(desk: Desk, form: dict[str, object], status: int, words: str) -> None:
    press = browser(desk, PRESS.account)
    answer = press.post("/desk/draft", form)
    while answer.status_code == 302 or "Refresh" in answer:
        answer = press.get(answer["Location"] if answer.status_code == 302 else answer.request["PATH_INFO"])
    assert (answer.status_code, words in answer.content.decode()) == (status, True), answer.content.decode()


def test_texts_are_typed_in_fields_their_broken_rules_shown_and_nothing_typed_is_lost(desk: Desk) -> None:
    press = browser(desk, PRESS.account)
    assert 'id="quotation-texts-en"' in press.get("/desk/draft").content.decode()
    typed = {"kind": "preliminary", "stories": "1", "quotation.texts.en": "Together. We found 12 victims here."}
    part = press.post("/desk/texts/quotation-texts-en", typed).content.decode()
    assert "“12” is typed" in part
    assert "“victims” stands without “potential”" in part
    assert '<blockquote lang="en-GB" dir="auto">We found 12 victims here.</blockquote>' in part
    assert "<html" not in part
    assert press.post("/desk/texts/another-field", typed).status_code == 404
    story = {"stories.1.action": "ML/Police/A1", "stories.1.cleared_by": "ml, TG"}
    story |= {f"stories.1.{part}.en": f"The {part} of a Malian boy." for part in ("finding", "response", "assistance")}
    more = press.post("/desk/draft", {**typed, **story, "more": "1"}).content.decode()
    assert "Case 2" in more
    assert 'value="ML TG"' in more
    assert more.count("Mali or its people are named") == 3
    assert "Case 2" not in press.post("/desk/draft", {**typed, **story, "remove": "1"}).content.decode()
    refused = press.post("/desk/draft", {**typed, "stories": "0"})
    page = ended(press, refused["Location"])
    assert "Nothing is lost" in page
    assert ">Together. We found 12 victims here.</textarea>" in page
    good = {"quotation.texts.en": "Together.", "next_release": "2044-11-06", "reason.en": "late returns"}
    assert "Two people sign" in ended(press, press.post("/desk/draft", {**typed, "stories": "0", **good})["Location"])
    again = press.get("/desk/draft").content.decode()
    assert ">Together.</textarea>" in again
    assert 'value="2044-11-06"' in again


def test_a_text_is_checked_the_wrong_first_and_marked_in_place(desk: Desk) -> None:
    client = browser(desk, PRESS.account)
    text = "Operation Liberterra II <b>: in 116 countries police made 2,617 arrests."
    page = ended(client, client.post("/texts/check", {"text": text})["Location"])
    assert page.index("2,617") < page.index("116")
    assert page.count('<mark class="tag ') >= 2
    assert "&lt;b&gt;" in page
    file = SimpleUploadedFile("article.txt", text.encode())
    assert "2,617" in ended(client, client.post("/texts/check", {"file": file})["Location"])
    assert client.post("/texts/check", {"text": "  "}).status_code == 403
