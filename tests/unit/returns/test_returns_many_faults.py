"""A return with more faults than anybody reads: the first of a kind are listed, the others summed, none uncounted."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest
from tests.returns_raw import checked, operation, raw

from traboule.core.findings import MOST_OF_A_KIND, Severity, count_faults
from traboule.core.language.languages import LANGUAGES
from traboule.returns.check import check
from traboule.returns.checked import FaultCounts, ReturnBarred
from traboule.returns.checking.drafts import MOST_ERRORS
from traboule.returns.faults import advice, message, word
from traboule.returns.form import form
from traboule.returns.reading.marking import mark_apart
from traboule.returns.reading.parse import from_json, to_json

ROWS = 350
PEOPLE = [{"row_id": f"P{number}", "sex": "martian", "minor": "perhaps"} for number in range(ROWS)]


def test_faults_of_one_kind_are_summed_and_every_row_keeps_its_own() -> None:
    result = checked(people=PEOPLE)
    findings = [finding for finding in result.findings if finding.field == "sex"]
    assert [finding.count for finding in findings] == [1] * MOST_OF_A_KIND + [ROWS - MOST_OF_A_KIND]
    last = findings[-1]
    assert (last.code, last.severity, last.table, last.row, last.value) == (
        "R-CODE-UNKNOWN", Severity.ERROR, "people", 0, "",
    )  # fmt: skip
    assert count_faults(result.findings) == 2 * ROWS
    assert result.held == ROWS
    assert all(row.faults == ("R-CODE-UNKNOWN",) for row in result.tables["people"])
    assert result.counts == FaultCounts(held=ROWS, warned=0, findings=0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sum_says_how_many_more_in_every_language(language: str) -> None:
    result = checked(people=PEOPLE)
    total = next(finding for finding in result.findings if finding.is_sum)
    assert "250" in message(total, language)
    assert total.sheet in message(total, language)
    assert "…" not in message(total, language) + advice(total, language)
    marked = mark_apart(b'{"people": []}', result.findings, language, counts=result.counts)
    sheet = openpyxl.load_workbook(io.BytesIO(marked)).worksheets[0]
    assert (sheet["A2"].value, sheet["B2"].value) == (ROWS, word("count_held", language))
    texts = [str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value]
    assert texts.count(message(total, language)) == 2


def test_what_the_reader_only_sums_still_holds_its_rows() -> None:
    hidden = tuple(("identifiers", number, "R-FILE-HIDDEN-IN-IDENTIFIER") for number in (2, 4))
    numbers = [{"row_id": f"I{number}", "kind": "phone", "value": f"+2237612345{number}"} for number in range(3)]
    read = replace(raw(identifiers=numbers), unlisted=hidden)
    result = check(from_json(to_json(read)), form(), operation())
    assert [row.held for row in result.tables["identifiers"]] == [True, False, True]
    assert "R-FILE-HIDDEN-IN-IDENTIFIER" in result.tables["identifiers"][0].faults


def test_a_cover_that_bars_a_return_counts_the_faulty_rows_too() -> None:
    with pytest.raises(ReturnBarred) as barred:
        checked({"version": 0}, people=PEOPLE)
    assert barred.value.counts == FaultCounts(held=ROWS, warned=0, findings=0)


@pytest.mark.promise("hostile-file-cannot-stop-service")
def test_a_file_with_more_errors_than_any_return_is_refused_with_what_was_found() -> None:
    names = ("sex", "minor", "age_band", "birth_precision")
    rows = [{"row_id": f"P{row}", **dict.fromkeys(names, "martian")} for row in range(MOST_ERRORS // len(names) + 1)]
    with pytest.raises(ReturnBarred) as barred:
        checked(people=rows)
    assert barred.value.code == "return-too-faulty"
    assert count_faults(barred.value.findings) == MOST_ERRORS
    assert len(barred.value.findings) == (MOST_OF_A_KIND + 1) * len(names)
    for language in LANGUAGES:
        assert "return.xlsx" in barred.value.sentence(language)
