"""Identifiers and dates of other calendars in a return: what the filer and the desk are told, and that rows stay."""

from __future__ import annotations

import pytest
from tests.returns_raw import form, operation, raw

from traboule.core.identifiers.check_digits import icao_digit
from traboule.core.language.languages import LANGUAGES
from traboule.returns.check import check
from traboule.returns.checked import CheckedReturn
from traboule.returns.faults import advice, message


def checked(*, state: str = "ML", person: dict[str, object] | None = None, **identifier: object) -> CheckedReturn:
    people = [{"row_id": "P1", "family_name": "Traoré", **(person or {})}]
    tables: dict[str, list[dict[str, object]]] = {"people": people}
    if identifier:
        tables["identifiers"] = [{"row_id": "I1", "person": "P1", **identifier}]
    return check(raw({"state": state}, **tables), form(), operation())


def codes(result: CheckedReturn) -> set[str]:
    return {finding.code for finding in result.findings}


def zone(birth: str, sex: str = "F") -> str:
    number = "X48120357"
    line = f"{number}{icao_digit(number)}MLI{birth}{icao_digit(birth)}{sex}300101{icao_digit('300101')}{'<' * 14}0"
    return line + icao_digit(line[:10] + line[13:20] + line[21:43])


@pytest.mark.parametrize(
    ("kind", "value", "issuer", "code"),
    [
        ("id_card", "17291716050", "TR", "R-IDENTIFIER-CHECK-DIGIT"),
        ("wallet", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6Fb", None, "R-IDENTIFIER-CHECK-DIGIT"),
        ("company", "529900T8BM49AURSDO56", None, "R-IDENTIFIER-CHECK-DIGIT"),
        ("phone", "1-800-FLOWERS", "US", "R-PHONE-UNREADABLE"),
        ("phone", "🙂🙂🙂", None, "R-IDENTIFIER-PLACEHOLDER"),
        ("passport", "A1" * 100, None, "R-IDENTIFIER-FORMAT"),
        ("passport", "LOST IN TRANSIT", None, "R-IDENTIFIER-FORMAT"),
        ("plate", "AB123" * 10, None, "R-IDENTIFIER-FORMAT"),
        ("wallet", "ask him", None, "R-IDENTIFIER-FORMAT"),
    ],
)
def test_a_bad_number_is_a_finding_and_its_row_is_entered(kind: str, value: str, issuer: str | None, code: str) -> None:
    result = checked(kind=kind, value=value, issuer=issuer) if issuer else checked(kind=kind, value=value)
    assert code in codes(result)
    assert (result.held, result.entered) == (0, 2)
    for finding in result.findings:
        assert all(message(finding, language) and advice(finding, language) for language in LANGUAGES)


def test_a_zone_that_speaks_of_somebody_else_is_told() -> None:
    right = checked(person={"birth_date": "1980-01-02", "sex": "female"}, kind="passport", value=zone("800102"))
    wrong = checked(person={"birth_date": "1981-01-02", "sex": "male"}, kind="passport", value=zone("800102"))
    assert "R-IDENTIFIER-ZONE-DISAGREES" not in codes(right)
    assert [finding.code for finding in wrong.findings].count("R-IDENTIFIER-ZONE-DISAGREES") == 2
    assert wrong.entered == 2


@pytest.mark.parametrize(
    ("state", "filed", "code", "read"),
    [
        ("ML", "17/05/1400 هـ", "R-DATE-CALENDAR", "1980-04-03"),
        ("ML", "27 Ordibehesht 1380", "R-DATE-CALENDAR", "2001-05-17"),
        ("TH", "2544-05-17", "R-DATE-CALENDAR-OF-STATE", "2001-05-17"),
        ("ML", "2544-05-17", "R-DATE-CALENDAR-UNMARKED", ""),
        ("ML", "1380/02/27", "R-DATE-CALENDAR-UNMARKED", ""),
        ("ML", 1380, "R-DATE-CALENDAR-UNMARKED", ""),
        ("ML", "17/05/0000", "R-DATE-UNREADABLE", ""),
        ("ML", "0000-00-00", "R-DATE-UNREADABLE", ""),
    ],
)
def test_a_birth_date_of_another_calendar_is_read_where_told_and_never_guessed(
    state: str, filed: object, code: str, read: str
) -> None:
    result = checked(state=state, person={"birth_date": filed})
    assert code in codes(result)
    (row,) = result.tables["people"]
    assert getattr(row.values.get("birth_date"), "iso", lambda: "")() == read
    assert row.held == (not read)
    for finding in result.findings:
        assert all(message(finding, language) and advice(finding, language) for language in LANGUAGES)


def test_the_filing_states_calendar_counts_for_birth_dates_alone() -> None:
    arrest = {"row_id": "A1", "person": "P1", "at": "2567-10-01", "attribution": "trafficking"}
    result = check(raw({"state": "TH"}, people=[{"row_id": "P1"}], arrests=[arrest]), form(), operation())
    assert "R-DATE-CALENDAR-UNMARKED" in codes(result)
