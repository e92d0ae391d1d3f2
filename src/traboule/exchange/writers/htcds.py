"""Write HTCDS 2.0: a row a victim, with the fields of the person, as CSV and as a workbook.

In: what leaves. Out: two files of the same columns. Guaranteed: only victims are in it, so nobody where victims do not
leave; codes of several values are separated by a semicolon; no cell is a formula; no file holds the time at which it
was made. Source: IOM, Human Trafficking Case Data Standard 2.0.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import xlsxwriter

from traboule.core.csv_tables import csv_table
from traboule.exchange.selection import Selection

_SEPARATOR = ";"
_OF_PERSON = {
    "prs_FirstName": "given_names",
    "prs_SecondName": "family_name",
    "prs_Birthdate": "birth_date",
    "prs_Gender": "sex",
    "prs_Citizenship": "citizenships",
    "prs_MailingCountry": "residence",
}
_OF_VICTIM = {
    "vic_TraffickingStatus": "status",
    "vic_TraffickingStatusDecisionMakingOrg": "decided_by",
    "vic_TypeOfExploitation": "exploitation",
    "vic_TypeOfSexExploitation": "sexual_exploitation",
    "vic_ForcedLabourIndustry": "sector",
    "vic_MethodsOfControl": "controls",
    "vic_MethodOfRecruitment": "recruitment",
    "vic_LocationOfRecruitment": "recruitment_country",
    "vic_LocationOfExploitation": "exploitation_country",
    "con_Consent": "consent_to_share",
    "trb_RowId": "row_id",
    "trb_Source": "source",
    "trb_Information": "information",
    "trb_Handling": "handling",
    "trb_OwnerState": "owner_state",
    "trb_OwnerAgency": "owner_agency",
    "trb_Record": "record",
}
# Codes of ours that HTCDS writes otherwise; any other value leaves as it was filed.
_CODES = {
    "prs_Gender": {
        "female": "Feminine",
        "male": "Masculine",
        "transgender_female": "TransgenderFeminine",
        "transgender_male": "TransgenderMasculine",
        "non_conforming": "NonConforming",
        "unknown": "NonSpecifiedUnknown",
    },
    "con_Consent": {"given": "TRUE", "refused": "FALSE"},
}
COLUMNS = (*_OF_PERSON, *_OF_VICTIM)
_NO_TIME = datetime(1980, 1, 1)  # noqa: DTZ001


def cases(selection: Selection) -> Mapping[str, bytes]:
    """Return the victims that leave, as CSV and as a workbook."""
    rows = list(_rows(selection))
    return {
        f"{selection.operation}.htcds.csv": csv_table([COLUMNS, *rows]),
        f"{selection.operation}.htcds.xlsx": _workbook(rows),
    }


def _rows(selection: Selection) -> Iterator[list[str]]:
    persons = {row["record"]: row for row in selection.rows("people")}
    for row in selection.rows("victims"):
        person: Mapping[str, Any] = persons.get(row["person_record"], {})
        of_person = {column: person.get(field) for column, field in _OF_PERSON.items()}
        of_victim = {column: row.get(field) for column, field in _OF_VICTIM.items()}
        texts = {column: _text(value) for column, value in (of_person | of_victim).items()}
        yield [_CODES.get(column, {}).get(text, text) for column, text in texts.items()]


def _workbook(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": _NO_TIME})
        sheet = book.add_worksheet("Cases")
        for number, cells in enumerate([list(COLUMNS), *rows]):
            for column, value in enumerate(cells):
                sheet.write_string(number, column, value)
    return out.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    return _SEPARATOR.join(map(str, value)) if isinstance(value, list) else str(value)
