"""A template filled in with what others wrote computes nothing of it."""

from __future__ import annotations

import io

import openpyxl
import pytest

from traboule.returns.form import COVER, form
from traboule.returns.workbook import template


@pytest.mark.promise("exports-carry-no-formula")
@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2+3", "@SUM(1,1)", "\t=1+1"])
def test_no_field_of_a_template_becomes_a_formula(text: str) -> None:
    rows = {table.id: [dict.fromkeys(table.fields, text)] for table in form().row_tables.values()}
    cover = dict.fromkeys(form().tables[COVER].fields, text)
    content = template(form(), operation=None, state="ML", language="en", cover=cover, rows=rows)
    written = [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for line in sheet for cell in line]
    assert sum(cell.value == text for cell in written) >= sum(len(table.fields) for table in form().row_tables.values())
    assert {cell.data_type for cell in written if cell.value == text} == {"s"}
    assert [cell.coordinate for cell in written if cell.data_type == "f"] == []
