"""What clerks send can be read: messy files and template rows pass the real intake, and only spoiled rows are held."""

from __future__ import annotations

import csv
from dataclasses import replace
from importlib.resources import files

import pytest

from traboule.demo.desks.in_force import code
from traboule.demo.desks.rounds import MESSES, MOST_ROWS
from traboule.demo.filings import Filing, generate
from traboule.demo.public_record import public_record_filings
from traboule.demo.workbooks import messy_file
from traboule.operation.operation import shipped
from traboule.returns.check import check
from traboule.returns.checked import CheckedReturn
from traboule.returns.form import form
from traboule.returns.reading.parse import parse
from traboule.returns.reading.prescan import MOST_ROWS as PRESCAN_ROWS
from traboule.returns.reading.prescan import MOST_UPLOADED
from traboule.returns.workbook.template import template

OPERATION = shipped("liberterra-ii")
DEMO = generate(11, scale=0.3, operation=OPERATION)


def written(filing: Filing) -> bytes:
    if filing.mess:
        return messy_file(filing, form())
    return template(
        form(),
        operation=OPERATION,
        state=filing.state,
        language=filing.language,
        cover=filing.cover,
        rows=filing.rows,
    )


def received(filing: Filing) -> CheckedReturn:
    return check(parse(written(filing), filing.file_name), form(), OPERATION, filing_state=filing.state)


def messy(mess: tuple[str, ...]) -> Filing:
    return next(filing for filing in DEMO.filings if filing.mess == mess)


def as_expected(filing: Filing) -> None:
    checked = received(filing)
    assert checked.kind == filing.kind
    assert checked.filed == sum(len(rows) for rows in filing.rows.values())
    assert checked.refused == 0
    held_rows = {(row.table, row.row_id) for rows in checked.tables.values() for row in rows if row.held}
    assert held_rows == {(fault.table, fault.row_id) for fault in filing.faults if fault.holds_row}
    assert (checked.cover.state, checked.cover.agency) == (filing.state, filing.agency)


@pytest.mark.parametrize("mess", MESSES, ids="-".join)
def test_a_messy_file_is_read_whole(mess: tuple[str, ...]) -> None:
    as_expected(messy(mess))


@pytest.mark.parametrize("mess", MESSES, ids="-".join)
def test_the_same_filing_gives_the_same_bytes(mess: tuple[str, ...]) -> None:
    assert messy_file(messy(mess), form()) == messy_file(messy(mess), form())


def test_a_filing_on_the_template_is_not_for_this_writer() -> None:
    plain = next(filing for filing in DEMO.filings if not filing.mess)
    with pytest.raises(ValueError, match="template"):
        messy_file(plain, form())


@pytest.mark.parametrize(
    ("round_", "kind"),
    [("first", "rows"), ("correction", "rows"), ("late", "rows"), ("first", "totals"), ("first", "nil")],
)
def test_what_stands_on_a_template_is_read_whole(round_: str, kind: str) -> None:
    chosen = [filing for filing in DEMO.filings if (filing.round, filing.kind) == (round_, kind) and not filing.mess]
    by_language = {filing.language: filing for filing in chosen}
    for filing in by_language.values():
        as_expected(filing)


def test_a_withdrawal_is_read_as_one() -> None:
    as_expected(DEMO.sent_in("withdrawal")[0])


_RECORD = files("traboule.figures").joinpath("published/liberterra-ii-public-record.csv").read_text("utf-8")
ROWS = list(csv.DictReader(_RECORD.splitlines()))
FILINGS = public_record_filings(ROWS, OPERATION)


class TestPublicRecord:
    def test_every_state_named_files_once_and_the_world_does_not(self) -> None:
        states = sorted({row["reporting_state"] for row in ROWS} - {"WORLD"})
        assert [filing.state for filing in FILINGS] == states

    def test_every_number_published_is_declared_and_no_other(self) -> None:
        declared = {
            (filing.state, code("measures", row["measure"])): (row["value"], code("precisions", row["precision"]))
            for filing in FILINGS
            for row in filing.rows.get("totals", ())
        }
        published = {
            (row["reporting_state"], row["measure"]): (int(row["value"]), row["precision"])
            for row in ROWS
            if row["value"] and row["reporting_state"] != "WORLD"
        }
        assert declared == published

    def test_a_number_not_published_declares_nothing_and_still_takes_part(self) -> None:
        unknown = [filing for filing in FILINGS if filing.state in ("IQ", "MK")]
        assert [set(filing.rows) for filing in unknown] == [{"actions"}, {"actions"}]
        assert all(row["narrative"] for filing in unknown for row in filing.rows["actions"])

    def test_a_wrong_word_changes_no_measure_and_a_second_claim_is_kept(self) -> None:
        by_state = {filing.state: filing.rows["totals"] for filing in FILINGS if "totals" in filing.rows}
        (migrants,) = [row for row in by_state["TR"] if code("measures", row["measure"]) == "irregular_migrants"]
        assert migrants["value"] == 1500
        assert "rescued" in str(migrants["remark"])
        assert "RO" in str(by_state["GB"][0]["remark"])

    def test_the_intake_takes_them_without_a_fault(self) -> None:
        for filing in FILINGS:
            as_expected(filing)


@pytest.mark.parametrize("mess", [(), *MESSES], ids="-".join)
def test_the_largest_file_there_can_be_may_be_uploaded(mess: tuple[str, ...]) -> None:
    """As many rows as one file may hold take less than the intake allows, in every kind of file."""
    largest = max(DEMO.filings, key=lambda filing: sum(map(len, filing.rows.values())))
    content = written(replace(largest, mess=mess))
    # An action stays whole, so a file may be somewhat larger than asked for.
    rows = 1.3 * MOST_ROWS
    assert rows * len(content) / sum(map(len, largest.rows.values())) < MOST_UPLOADED
    assert rows < PRESCAN_ROWS
