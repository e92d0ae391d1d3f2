"""CSV: a text stays a text in every spreadsheet, a number a number."""

from __future__ import annotations

import csv
import io

import pytest

from traboule.core.csv_tables import csv_table

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(1,1)",
)


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.promise("exports-carry-no-formula")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_never_a_formula(text: str) -> None:
    assert cells(csv_table([["a", text], [text, "b"]])) == [["a", f"'{text}"], [f"'{text}", "b"]]


def test_other_texts_numbers_and_nothing_stay_as_they_are() -> None:
    row = ["1=1", "a-b", "a@b", " =1", "'", "", -3, -2.5, 0, None]
    assert cells(csv_table([row])) == [["1=1", "a-b", "a@b", " =1", "'", "", "-3", "-2.5", "0", ""]]


def test_a_spreadsheet_knows_letters_and_lines() -> None:
    assert csv_table([("é", "ب"), ('say "x"', "1,2")]) == '\ufeffé,ب\r\n"say ""x""","1,2"\r\n'.encode()
