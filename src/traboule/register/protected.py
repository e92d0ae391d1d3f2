"""Tell which persons are protected, and leave them out of what the desk may see.

In: the register's tables in force, birth dates, the first day of the operation. Out: the records of protected persons;
tables without them. Guaranteed: whoever is not known to be a suspect or arrested adult and nothing else is protected,
so that a row that is missing, held or late protects rather than exposes. A record is judged by what its own agency
filed: that another state filed a victim who may be the same person does not change what the desk sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.codes import vocabulary
from traboule.core.dates import PartialDate

# Roles of somebody who is in the register for what he did. Every other role, witness included, protects.
EXPOSED_ROLES = ("suspect", "arrested")
VICTIM_ROLES = ("possible_victim", "victim")
# What :func:`protected_records` reads.
PROTECTING_TABLES = ("people", "roles", "arrests", "victims")
_MINOR = ("yes", "presumed")
_OF_AGE = 18
# Tables with rows of a person, and the column that names the person's record.
_PERSONS = {"people": "record", **dict.fromkeys(("roles", "arrests", "legs"), "person_record")}
# Tables whose every row is of a protected person, or counts persons.
_EMPTIED = ("victims", "totals", "migrants", "hits", "held")


def protected_records(tables: Mapping[str, pa.Table], births: pa.Table, on: date) -> pa.Array[Any]:
    """Return the records of protected persons.

    ``tables`` are those of :func:`traboule.register.history.tables`; ``births`` has record and birth_date.
    """
    people, roles = tables["people"], tables["roles"]
    is_exposed = pc.is_in(roles["role"], pa.array(EXPOSED_ROLES))
    exposed = _together(roles.filter(is_exposed)["person_record"], tables["arrests"]["person_record"])
    protecting = _together(
        roles.filter(pc.invert(is_exposed))["person_record"],
        tables["victims"]["person_record"],
        minor_records(people, births, on),
    )
    records = people["record"].combine_chunks()
    stays = pc.and_(pc.is_in(records, exposed), pc.invert(pc.is_in(records, protecting)))
    return records.filter(pc.invert(stays))


def minor_records(people: pa.Table, births: pa.Table, on: date) -> pa.ChunkedArray[Any]:
    """Return the records of persons who are, or may be, under age on that day, as :func:`protected_records` reads them;
    a record may stand there twice."""
    stated = people.filter(_says_minor(people))["record"]
    born = births.filter(pc.is_in(births["birth_date"], _births_of_minors(births, on)))["record"]
    return pa.chunked_array([*stated.cast(pa.string()).chunks, *born.cast(pa.string()).chunks], pa.string())


def without_protected(tables: Mapping[str, pa.Table], protected: pa.Array[Any]) -> dict[str, pa.Table]:
    """Return the register's tables without the rows of ``protected`` persons and without counts of persons."""
    return {name: _without(name, table, protected) for name, table in tables.items()}


def rows_without(table: pa.Table, column: str, protected: pa.Array[Any]) -> pa.Table:
    """Return the rows of ``table`` whose ``column`` names no protected record."""
    return table.filter(pc.invert(pc.is_in(table[column], protected)))


def _without(name: str, table: pa.Table, protected: pa.Array[Any]) -> pa.Table:
    if name in _EMPTIED:
        return table.slice(0, 0)
    return rows_without(table, _PERSONS[name], protected) if name in _PERSONS else table


def _together(*columns: pa.ChunkedArray[Any]) -> pa.Array[Any]:
    return pa.concat_arrays([column.cast(pa.string()).combine_chunks() for column in columns])


def _says_minor(people: pa.Table) -> pa.Array[Any]:
    bands = [code for code in vocabulary("age_bands").codes if _lowest_age(code) < _OF_AGE]
    return pc.or_(pc.is_in(people["minor"], pa.array(_MINOR)), pc.is_in(people["age_band"], pa.array(bands)))


def _lowest_age(band: str) -> int:
    return int(band.partition("-")[0].rstrip("+"))


def _births_of_minors(births: pa.Table, on: date) -> pa.Array[Any]:
    """Return the birth dates, as filed, of whom may be under age on that day."""
    filed = (str(text) for text in births["birth_date"].unique().to_pylist() if text)
    return pa.array([text for text in filed if _may_be_minor(text, on)], pa.string())


def _may_be_minor(text: str, on: date) -> bool:
    try:
        born = PartialDate.from_iso(text).latest()
    except ValueError:
        return True
    return (on.year - born.year, on.month, on.day) < (_OF_AGE, born.month, born.day)
