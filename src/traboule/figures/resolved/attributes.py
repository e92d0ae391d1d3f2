"""Read the attributes of the persons that figures count: sex, age band, nationality, and minors for protection.

In: rows of the people table and their birth dates. Out: codes per row.
Guaranteed: age is that of the operation's first day; a presumed, disputed or possible minor is a minor until somebody
decides (rule 16); unknown values stay unknown (rule 14).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import numpy as np
import pyarrow as pa

from traboule.figures.resolved import columns
from traboule.figures.resolved.columns import ABSENT, Flags, Ints, Texts
from traboule.figures.resolved.facts import Facts
from traboule.figures.resolved.inputs import Inputs
from traboule.operation.operation import Operation

ADULT = 18
# CTDC age bands with their last year of age; the last band has no end.
AGE_BANDS: tuple[tuple[str, int], ...] = (
    ("0-8", 8),
    ("9-17", 17),
    ("18-20", 20),
    ("21-23", 23),
    ("24-26", 26),
    ("27-29", 29),
    ("30-38", 38),
    ("39-47", 47),
    ("48+", 200),
)
BAND_CODES = tuple(code for code, _ in AGE_BANDS)
_MINOR_BANDS = sum(last < ADULT for _, last in AGE_BANDS)
_NOT, _POSSIBLE, _CERTAIN = 0, 1, 2
_READ = ("unit", "age_band", "minor", "sex", "citizenships")


@dataclass(frozen=True, slots=True)
class Attributes:
    """Per person record asked about: its cluster, its place among the records, filing state, sex, age band and whether
    it is a minor; nationality as pairs.
    """

    node: Ints
    person: Ints
    unit: Ints
    sex: Ints
    sexes: tuple[str, ...]
    band: Ints
    minor: Flags
    national_node: Ints
    nationality: Ints
    nationalities: tuple[str, ...]


def attributes(inputs: Inputs, facts: Facts, nodes: Flags, born: tuple[Ints, Ints]) -> Attributes:
    """Read the attributes of all person records whose cluster is among ``nodes``; ``born`` as :func:`by_birth` says."""
    people = inputs.table("people")
    owner = facts.people.node[facts.persons]
    chosen = nodes[owner]
    table = people
    if people is not None and len(chosen):
        table = people.select([name for name in _READ if name in people.column_names]).filter(pa.array(chosen))
    node = owner[chosen]
    stated = columns.coded_as(columns.texts(table, "age_band"), BAND_CODES)
    likely, band = (column[chosen] for column in born)
    minor_code = columns.texts(table, "minor")
    band_says = (stated >= 0) & (stated < _MINOR_BANDS)
    undecided = (likely == _POSSIBLE) & (stated < 0) & ~columns.among(minor_code, ("no",))
    minor = columns.among(minor_code, ("yes", "presumed")) | (likely == _CERTAIN) | band_says | undecided
    sex, sexes = columns.coded(columns.texts(table, "sex"))
    rows, citizenships = columns.exploded(table, "citizenships")
    nationality, nationalities = columns.coded(citizenships)
    has_nationality = nationality >= 0
    return Attributes(
        node,
        facts.persons[chosen],
        columns.coded_as(columns.texts(table, "unit"), facts.units),
        sex,
        sexes,
        np.where(stated >= 0, stated, band),
        minor,
        node[rows[has_nationality]],
        nationality[has_nationality],
        nationalities,
    )


def by_birth(inputs: Inputs, operation: Operation) -> tuple[Ints, Ints]:
    """Return how surely each row of people is under 18 when the operation starts, and its age band where the birth date
    leaves no doubt. It needs nothing of who is whom.
    """
    return _by_birth(inputs.births, columns.texts(inputs.table("people"), "record"), operation.start)


def _by_birth(births: pa.Table | None, records: Texts, on: date) -> tuple[Ints, Ints]:
    likely, band = (np.full(len(records), none, dtype=np.int64) for none in (_NOT, -1))
    if births is None or not births.num_rows or not len(records):
        return likely, band
    birth_records = columns.texts(births, "record")
    is_same_order = columns.in_order(birth_records) and cast(Any, birth_records).equals(records)
    place = (
        np.arange(len(birth_records), dtype=np.int64) if is_same_order else columns.places_in(birth_records, records)
    )
    placed = np.flatnonzero(place >= 0)
    first, last = columns.spans(columns.taken(columns.texts(births, "birth_date"), placed))
    read = (first != ABSENT) & (last <= columns.day_number(on))
    oldest, youngest = (_bands(day[read], on) for day in (first, last))
    place = place[placed[read]]
    likely[place] = np.where(oldest < _MINOR_BANDS, _CERTAIN, np.where(youngest < _MINOR_BANDS, _POSSIBLE, _NOT))
    band[place] = np.where(oldest == youngest, oldest, -1)
    return likely, band


def _bands(born: Ints, on: date) -> Ints:
    """Return the age band on day ``on`` of somebody born on each day: as many bands as were outgrown by then."""
    outgrown = np.array(sorted(_outgrown(last, on) for _, last in AGE_BANDS[:-1]), dtype=np.int64)
    return len(outgrown) - np.searchsorted(outgrown, born, side="left").astype(np.int64)


def _outgrown(last: int, on: date) -> int:
    """Return the last birth day of those who are older than ``last`` on day ``on``."""
    day = on.replace(day=28) if (on.month, on.day) == (2, 29) else on
    return columns.day_number(day.replace(year=on.year - last - 1))
