"""Build the name of a row, unique within its table, and read from it whose row it is.

In: who filed a row and its row identifier. Out: its record. Guaranteed: pure; no two rows have the same name.
"""

from __future__ import annotations


def record(unit: str, agency: str, row_id: str) -> str:
    """Return the one name of a row among all of its table: unit, agency and row identifier.

    A slash in the agency's name is written ``%2F``, so that no two agencies can give the same name.
    """
    return f"{agency_prefix(unit, agency)}{row_id}"


def agency_prefix(unit: str, agency: str) -> str:
    """Return what the records of one agency begin with."""
    return f"{unit}/{agency.replace('%', '%25').replace('/', '%2F')}/"


def agency_of(record: str) -> str:
    """Return the name of the agency that filed a record, as it was filed; empty of what is no record."""
    return record.partition("/")[2].partition("/")[0].replace("%2F", "/").replace("%25", "%")


def unit_of(record: str) -> str:
    """Return the unit that filed a record."""
    return record.partition("/")[0]
