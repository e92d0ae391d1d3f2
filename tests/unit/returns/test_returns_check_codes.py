"""Every code of the catalogue is given by the check, with the severity and in the words that the catalogue says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Formatter

import pytest
from tests.returns_raw import checked

from traboule.core.findings import Severity
from traboule.core.language.languages import GROWING_LANGUAGES, LANGUAGES
from traboule.core.language.messages import catalogue
from traboule.returns.checked import CheckedReturn
from traboule.returns.faults import advice, codes, message, rule_of, severity_of

Tables = Mapping[str, Sequence[Mapping[str, object]]]

# Codes that bar a whole return are proved with the return, in test_returns_check_return.
BARRING = {code for code in codes() if code.startswith("R-COVER-") and severity_of(code) is Severity.ERROR}
BARRING |= {"R-DATES-ALL-OUTSIDE", "R-COVER-AGENCY-NEAR"}

FILES = ("cells.yaml", "rows.yaml", "returns.yaml")

P1 = {"row_id": "P1", "birth_date": "1990-05-17"}
ARREST: dict[str, object] = {"row_id": "A1", "person": "P1", "at": "2024-09-30 06:10", "attribution": "linked"}
TOTAL: dict[str, object] = {"row_id": "T1", "measure": "arrests", "unit": "person", "value": 300}
VICTIM: dict[str, object] = {"row_id": "V1", "person": "P1", "status": "ActualVictimOfTrafficking"}
LEG: dict[str, object] = {"row_id": "L1", "person": "P1", "order": 1, "from_country": "TG", "to_country": "BJ"}
PHONE: dict[str, object] = {"row_id": "I1", "person": "P1", "kind": "phone", "value": "+22365001234"}
MIGRANTS: dict[str, object] = {"row_id": "M1", "detected_on": "2024-10-01", "count": 10}


def arrest(**more: object) -> Tables:
    return {"people": [P1], "arrests": [{**ARREST, **more}]}


def identifier(**more: object) -> Tables:
    return {"people": [P1], "identifiers": [{**PHONE, **more}]}


def person(**more: object) -> Tables:
    return {"people": [{"row_id": "P1", **more}]}


def totals(*rows: dict[str, object]) -> Tables:
    return {"totals": [{**TOTAL, **cells} for cells in rows]}


def legs(*rows: dict[str, object]) -> Tables:
    return {"people": [P1], "legs": [{**LEG, **cells} for cells in rows]}


# code -> the table and row_id it must stand on, cover cells, rows
CASES: dict[str, tuple[str, str, dict[str, object], Tables]] = {
    "R-REQUIRED-EMPTY": ("arrests", "A1", {}, arrest(at="")),
    "R-REQUIRED-UNKNOWN": ("arrests", "A1", {}, arrest(at="inconnu")),
    "R-CODE-UNKNOWN": ("arrests", "A1", {}, arrest(attribution="traficking")),
    "R-CODE-SEVERAL": ("people", "P1", {}, person(sex="F / M")),
    "R-ROLE-SEVERAL": (
        "roles",
        "R1",
        {},
        {"people": [P1], "roles": [{"row_id": "R1", "person": "P1", "role": "suspect; victime"}]},
    ),
    "R-REFERENCE-SPELLED": (
        "roles",
        "R1",
        {},
        {"people": [P1], "roles": [{"row_id": "R1", "person": "p 1", "role": "suspect"}]},
    ),
    "R-REFERENCE-SEVERAL": (
        "roles",
        "R1",
        {},
        {"people": [P1, {"row_id": "P2"}], "roles": [{"row_id": "R1", "person": "P1, P2", "role": "suspect"}]},
    ),
    "R-REFERENCE-NAMES": (
        "roles",
        "R1",
        {},
        {
            "people": [{"row_id": "P1", "family_name": "Traoré", "given_names": "Awa"}],
            "roles": [{"row_id": "R1", "person": "Awa Traore", "role": "suspect"}],
        },
    ),
    "R-REFERENCE-NAME": ("roles", "R1", {}, {"roles": [{"row_id": "R1", "person": "Awa Traore", "role": "suspect"}]}),
    "R-NAME-SEVERAL": ("people", "P1", {}, person(family_name="Traoré; Diallo")),
    "R-DATE-MONTH-FIRST": ("arrests", "A1", {}, arrest(at="09/30/2024")),
    "R-DATE-YEAR-SHORT": ("people", "P1", {}, person(birth_date="17/05/90")),
    "R-DATE-DAY-NEEDED": ("arrests", "A1", {}, arrest(at="09/2024")),
    "R-DATE-SEVERAL": ("arrests", "A1", {}, arrest(at="du 30/09 au 02/10/2024")),
    "R-INTEGER": ("totals", "T1", {}, totals({"value": "about 300"})),
    "R-NUMBER": ("seizures", "S1", {}, {"seizures": [{"row_id": "S1", "kind": "cash", "quantity": "much"}]}),
    "R-NUMBER-GROUPED": ("totals", "T1", {}, totals({"value": "1.800"})),
    "R-NUMBER-LARGE": ("totals", "T1", {}, totals({"value": "22365001234567"})),
    "R-NEGATIVE": ("totals", "T1", {}, totals({"value": -3})),
    "R-DATE-UNREADABLE": ("arrests", "A1", {}, arrest(at="last Tuesday")),
    "R-DATE-IMPOSSIBLE": ("arrests", "A1", {}, arrest(at="31/09/2024")),
    "R-DATE-AMBIGUOUS": ("arrests", "A1", {}, arrest(at="03/10/2024")),
    "R-DATE-CALENDAR": ("people", "P1", {}, person(birth_date="17/05/1410 هـ")),
    "R-DATE-CALENDAR-OF-STATE": ("people", "P1", {"state": "TH"}, person(birth_date="2533-05-17")),
    "R-DATE-CALENDAR-UNMARKED": ("people", "P1", {}, person(birth_date="17/05/1410")),
    "R-DATE-AFTER-AS-OF": ("arrests", "A1", {"as_of": "2024-10-01"}, arrest(at="2024-10-03")),
    "R-DATE-FUTURE": ("arrests", "A1", {}, {**arrest(at="2042-10-03"), "migrants": [MIGRANTS]}),
    "R-TEXT-TOO-LONG": ("arrests", "A1", {}, arrest(place="x" * 5000)),
    "R-TEXT-CONTROL": ("arrests", "A1", {}, arrest(place="Bam\u202eako")),
    "R-TEXT-FORMULA": ("arrests", "A1", {}, arrest(place="=HYPERLINK(A1)")),
    "R-NAME-NO-LETTERS": ("people", "P1", {}, person(family_name="12345")),
    "R-NAME-SIGNS": ("people", "P1", {}, person(given_names="Ana 🙂 2")),
    "R-NAME-SCRIPTS": ("people", "P1", {}, person(family_name="Ив\u0061нов")),
    "R-NAME-LONG": ("people", "P1", {}, person(family_name="x" * 500)),
    "R-NAME-MARKS": ("people", "P1", {}, person(given_names="\u200fعلي")),
    "R-NAME-NOBODY": ("people", "P1", {}, person(family_name="Victim", given_names="B.")),
    "R-ROW-ID-TELLS": ("people", "KODJO", {}, {"people": [{"row_id": "KODJO", "given_names": "Kodjo"}]}),
    "R-IDENTIFIER-CHECK-DIGIT": ("identifiers", "I1", {}, identifier(kind="imei", value="490154203237519")),
    "R-IDENTIFIER-FORMAT": ("identifiers", "I1", {}, identifier(kind="imei", value="4901542032")),
    "R-PHONE-UNREADABLE": ("identifiers", "I1", {}, identifier(value="12", issuer="ML")),
    "R-IDENTIFIER-ZONE-DISAGREES": (
        "identifiers",
        "I1",
        {},
        {
            **identifier(kind="passport", value="L898902C36UTO7408122F1204159ZE184226B<<<<<10", person="P1"),
            **person(birth_date="1981-08-12"),
        },
    ),
    "R-IDENTIFIER-PLACEHOLDER": ("identifiers", "I1", {}, identifier(value="000000")),
    "R-BIRTH-FUTURE": ("people", "P1", {}, person(birth_date="2025-01-01")),
    "R-AGE-IMPOSSIBLE": ("people", "P1", {}, person(birth_date="1890-01-01")),
    "R-ROW-ID-EMPTY": ("people", "", {}, {"people": [P1, {"sex": "female"}]}),
    "R-ROW-ID-REPEATED": ("people", "P1", {}, {"people": [P1, {"row_id": "P1"}]}),
    "R-ROW-SUM": ("people", "Total", {}, {"people": [P1, {"row_id": "Total", "family_name": "2"}]}),
    "R-REFERENCE-UNKNOWN": ("arrests", "A1", {"version": 2, "supersedes": 1}, arrest(person="P9")),
    "R-REFERENCE-ELSEWHERE": ("arrests", "A1", {}, arrest(person="P9")),
    "R-REFERENCE-HELD": (
        "arrests",
        "A1",
        {},
        {**arrest(), "people": [{**P1, "sex": "no such thing"}]},
    ),
    "R-ROW-UNATTACHED": ("identifiers", "I1", {}, identifier(person="")),
    "R-END-BEFORE-START": (
        "actions",
        "X1",
        {},
        {"actions": [{"row_id": "X1", "kind": "raid", "start": "2024-10-02", "end": "2024-10-01"}]},
    ),
    "R-BIRTH-AFTER-EVENT": ("people", "P1", {}, {**arrest(), "people": [{**P1, "birth_date": "2024-10-02"}]}),
    "R-MINOR-DISAGREES": ("people", "P1", {}, person(birth_date="1990-05-17", minor="yes")),
    "R-MEANS-MISSING": ("victims", "V1", {}, {"people": [P1], "victims": [VICTIM]}),
    "R-CONSENT-WITH-MEANS": (
        "victims",
        "V1",
        {},
        {"people": [P1], "victims": [{**VICTIM, "means": "deception", "consent_to_exploitation": "yes"}]},
    ),
    "R-REFERRAL-CONSENT": (
        "victims",
        "V1",
        {},
        {"people": [P1], "victims": [{**VICTIM, "referral": "referred", "consent_to_share": "refused"}]},
    ),
    "R-SCREENING": ("people", "P1", {}, {**arrest(), "victims": [VICTIM]}),
    "R-SMUGGLED-AS-VICTIM": (
        "victims",
        "V1",
        {},
        {
            "people": [P1],
            "victims": [VICTIM],
            "roles": [{"row_id": "R1", "person": "P1", "role": "smuggled_migrant"}],
        },
    ),
    "R-PHASE-OUTSIDE": (
        "actions",
        "X1",
        {},
        {"actions": [{"row_id": "X1", "kind": "raid", "start": "2024-09-20", "phase": "operation"}]},
    ),
    "R-OUTSIDE-WINDOW": ("arrests", "A1", {}, arrest(at="2024-09-20")),
    "R-ARREST-REPEATED": ("arrests", "A2", {}, {"people": [P1], "arrests": [ARREST, {**ARREST, "row_id": "A2"}]}),
    "R-MIGRANTS-PART": ("migrants", "M1", {}, {"migrants": [{**MIGRANTS, "minors": 11}]}),
    "R-MIGRANTS-UNACCOMPANIED": (
        "migrants",
        "M1",
        {},
        {"migrants": [{**MIGRANTS, "minors": 3, "unaccompanied": 4}]},
    ),
    "R-MATCHES-EXCEED": (
        "checks",
        "C1",
        {},
        {"checks": [{"row_id": "C1", "kind": "person", "count": 5, "matches": 6}]},
    ),
    "R-LEGS-ORDER": ("legs", "L2", {}, legs({}, {"row_id": "L2"})),
    "R-LEGS-DATES": (
        "legs",
        "L2",
        {},
        legs(
            {"arrived": "2024-05-10"},
            {"row_id": "L2", "order": 2, "from_country": "BJ", "departed": "2024-05-01"},
        ),
    ),
    "R-LEGS-GAP": ("legs", "L2", {}, legs({}, {"row_id": "L2", "order": 2, "from_country": "NE"})),
    "R-CURRENCY-MISSING": ("legs", "L1", {}, legs({"fee": 500})),
    "R-ROW-IN-WITHDRAWAL": ("people", "P1", {"status": "withdrawn"}, {"people": [P1]}),
    "R-COVER-COORDINATION-UNIT": ("cover", "", {"coordination_unit": "FR"}, {"people": [P1]}),
    "R-FINAL-HELD": ("cover", "", {"status": "final"}, arrest(at="")),
    "R-TOTAL-EXCEEDS-WHOLE": ("totals", "T2", {}, totals({}, {"row_id": "T2", "breakdown_of": "T1", "value": 301})),
    "R-TOTAL-OF-ITSELF": ("totals", "T1", {}, totals({"breakdown_of": "T1"})),
    "R-TOTAL-UNIT-DIFFERS": (
        "totals",
        "T2",
        {},
        totals({}, {"row_id": "T2", "breakdown_of": "T1", "value": 3, "unit": "event"}),
    ),
    "R-TOTAL-PARTS-EXCEED": (
        "totals",
        "T1",
        {},
        totals(
            {},
            {"row_id": "T2", "breakdown_of": "T1", "value": 200},
            {"row_id": "T3", "breakdown_of": "T1", "value": 150},
        ),
    ),
    "R-TOTAL-RESIDUAL": ("totals", "T1", {}, totals({}, {"row_id": "T2", "breakdown_of": "T1", "value": 200})),
    "R-TOTAL-REPEATED": ("totals", "T2", {}, totals({}, {"row_id": "T2"})),
    "R-TOTAL-DIFFERS": ("totals", "T1", {}, {**arrest(), **totals({})}),
}


def of_the_check() -> set[str]:
    """The codes of the check's own catalogue; the readers' codes are proved where the readers are."""
    readers = set(catalogue("traboule.returns", "reading/faults.yaml"))
    return set(codes()) - readers


def test_every_code_has_a_case_and_every_case_a_code() -> None:
    assert set(CASES) == of_the_check() - BARRING


@pytest.mark.parametrize("code", sorted(CASES))
def test_the_check_gives_the_code_where_it_belongs(code: str) -> None:
    table, row_id, cover, tables = CASES[code]
    result = checked(cover, **tables)
    hits = [finding for finding in result.findings if finding.code == code and finding.table == table]
    assert hits, [finding.code for finding in result.findings]
    if table != "cover":
        rows = row_ids(result, table)
        assert row_id in {rows[finding.row] for finding in hits}
    assert {finding.severity for finding in hits} == {severity_of(code)}
    assert {finding.rule for finding in hits} == {rule_of(code)}


def row_ids(result: CheckedReturn, table: str) -> dict[int, str]:
    """The row_id in each row of a sheet."""
    refused = [row for row in result.refused_rows if row.table == table]
    return {row.row: row.row_id for row in (*result.tables[table], *refused)}


@pytest.mark.parametrize("code", sorted(CASES))
def test_errors_keep_their_row_out_and_nothing_else_does(code: str) -> None:
    _, _, cover, tables = CASES[code]
    result = checked(cover, **tables)
    for rows in result.tables.values():
        for row in rows:
            assert row.held == any(severity_of(fault) is Severity.ERROR for fault in row.faults)
    assert result.filed == result.entered + result.held + result.refused == sum(len(rows) for rows in tables.values())


@pytest.mark.parametrize("code", sorted(CASES))
def test_the_wording_is_whole_in_every_language(code: str) -> None:
    _, _, cover, tables = CASES[code]
    hit = next(finding for finding in checked(cover, **tables).findings if finding.code == code)
    sentences = {speak(hit, language) for language in LANGUAGES for speak in (message, advice)}
    assert len(sentences) == 2 * len(LANGUAGES)
    assert all(len(text) > 10 and not any(sign in text for sign in "{}") for text in sentences)
    placeholders = {"value", "field", "nearest", "labels", *hit.values}
    for language, wording in ((key, part[key]) for part in wordings(code) for key in LANGUAGES):
        places = {name for _, name, _, _ in Formatter().parse(wording) if name is not None}
        assert places <= placeholders, (code, language)


def wordings(code: str) -> list[dict[str, str]]:
    """The message and the advice of a code, as the catalogue has them."""
    for name in FILES:
        entry = catalogue("traboule.returns.faults", name).get(code)
        if entry is not None:
            return [entry["message"], entry["advice"]]
    raise KeyError(code)


def test_every_entry_of_the_catalogue_has_four_languages() -> None:
    for name in FILES:
        for code, entry in catalogue("traboule.returns.faults", name).items():
            assert set(entry) == {"severity", "rule", "message", "advice"}, code
            for part in ("message", "advice"):
                assert set(entry[part]) - set(GROWING_LANGUAGES) == set(LANGUAGES), code
                assert sum("\u0600" <= sign <= "\u06ff" for sign in entry[part]["ar"]) > 5, code
