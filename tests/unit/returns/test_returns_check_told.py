"""What a filer is told of a person: that a name is nobody's, and that a row's identifier gives the person away."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.returns_raw import checked, codes

from traboule.cli.main import run
from traboule.core.language.languages import LANGUAGES
from traboule.returns.checked import CheckedReturn
from traboule.returns.faults import message


def check_people(*people: dict[str, object], **tables: list[dict[str, object]]) -> CheckedReturn:
    return checked(people=list(people), **tables)


@pytest.mark.parametrize(
    ("filed", "nobody"),
    [
        ({"family_name": "Victim 2"}, True),
        ({"family_name": "K.", "given_names": "A."}, True),
        ({"family_name": "Victime", "given_names": "mineure"}, True),
        ({"given_names": "مجهولة الهوية"}, True),
        ({"family_name": "N", "given_names": "N", "other_names": "Awa"}, False),
        ({"family_name": "Victim", "family_name_romanised": "Traore"}, False),
        ({"family_name": "Traoré", "given_names": "A."}, False),
        ({"family_name": "unknown"}, False),  # Said to be unknown: nothing to wonder about.
        ({}, False),
    ],
)
def test_a_name_of_nobody_is_told_and_holds_nothing_back(filed: dict[str, object], *, nobody: bool) -> None:
    result = check_people({"row_id": "P1", "sex": "female", **filed})
    assert ("R-NAME-NOBODY" in codes(result, "people", "P1")) is nobody
    assert (result.entered, result.held) == (1, 0)


def test_it_is_told_at_the_name_as_filed_in_every_language() -> None:
    (finding,) = check_people({"row_id": "P1", "family_name": "Unknown", "given_names": "Male"}).findings
    assert (finding.sheet, finding.field) == ("People", "given_names")
    messages = {message(finding, language) for language in LANGUAGES}
    assert len(messages) == len(LANGUAGES)
    assert all("Male" in text for text in messages)


@pytest.mark.parametrize(
    ("row_id", "tells"),
    [
        ("AMAVI-1", True),
        ("amavi afi", True),
        ("12/04/1999", True),
        ("case 19990412 a", True),
        ("TG-EB 0123456", True),
        ("P1", False),
        ("2024/123", False),
        ("DGPN-1999", False),
        ("Amavito-1", False),
    ],
)
def test_a_row_identifier_that_gives_the_person_away_is_told(row_id: str, *, tells: bool) -> None:
    """Queue, explanation and the records behind a figure show row identifiers to people who may read no name."""
    person = {"row_id": row_id, "family_name": "Amavi", "given_names": "Afi", "birth_date": "1999-04-12"}
    passport = {"row_id": "I1", "person": row_id, "kind": "passport", "value": "EB0123456", "issuer": "TG"}
    result = check_people(person, identifiers=[passport])
    assert ("R-ROW-ID-TELLS" in codes(result, "people", row_id)) is tells


def test_a_row_identifier_of_another_table_that_gives_the_person_away_is_told() -> None:
    person = {"row_id": "P1", "family_name": "Amavi", "given_names": "Afi"}
    roles = [{"row_id": row_id, "person": "P1", "role": "witness"} for row_id in ("witness Amavi", "R2")]
    result = check_people(person, roles=roles)
    assert "R-ROW-ID-TELLS" in codes(result, "roles", "witness Amavi")
    assert "R-ROW-ID-TELLS" not in codes(result, "roles", "R2")


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("Traoré Fatoumata", "R-REFERENCE-NAMES"),
        ("fatoumata traore", "R-REFERENCE-NAMES"),
        ("Fatoumata", "R-REFERENCE-NAMES"),
        ("Fatoumata 1", "R-REFERENCE-NAMES"),
        ("Traoré", "R-REFERENCE-NAME"),  # Two of the file bear it.
        ("Kone Aminata", "R-REFERENCE-NAME"),  # Nobody of the file does.
        ("محمد علي", "R-REFERENCE-NAME"),
        ("P3", "R-REFERENCE-ELSEWHERE"),
        ("case 12 b", "R-REFERENCE-ELSEWHERE"),
        ("DGPN", "R-REFERENCE-ELSEWHERE"),
    ],
)
def test_a_name_in_place_of_a_reference_holds_its_row(reference: str, code: str) -> None:
    """Entered, it would be one more possible victim, certain, whose name the desk reads as a row identifier."""
    first = {"row_id": "P1", "family_name": "Traoré", "given_names": "Fatoumata"}
    second = {"row_id": "P2", "family_name": "Traoré", "given_names": "Awa"}
    victim = {"row_id": "V1", "person": reference, "status": "PossibleVictimOfTrafficking"}
    result = check_people(first, second, victims=[victim])
    assert code in codes(result, "victims", "V1")
    assert result.held == (code != "R-REFERENCE-ELSEWHERE")
    for language in LANGUAGES:
        told = [message(finding, language) for finding in result.findings if finding.code == code]
        assert ("P1" in told[0]) is (code == "R-REFERENCE-NAMES")
        assert code == "R-REFERENCE-ELSEWHERE" or reference not in told[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_says_how_many_names_are_compared_with_none(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    cover = {"operation": "liberterra-ii", "state": "ML", "agency": "Police", "version": 1, "status": "preliminary"}
    people = [{"row_id": "P1", "family_name": "Victim 1"}, {"row_id": "P2", "family_name": "Traoré"}]
    file = tmp_path / "ML.json"
    file.write_text(json.dumps({"cover": {**cover, "as_of": "2024-10-05"}, "people": people}), encoding="utf-8")
    assert run(["operation", "open", "liberterra-ii"]) == 0
    capsys.readouterr()
    assert run(["return", "receive", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["receipts"][0]["nameless"] == 1
    assert run(["return", "receive", str(file), "--language", language]) == 0
    word = {"en": "names anybody", "fr": "désigne quelqu’un", "es": "designe a alguien", "ar": "يدل على أحد"}
    assert word[language] in " ".join(capsys.readouterr().out.split())
