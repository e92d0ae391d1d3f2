"""Declare what is compared of two person records, and at which levels.

Each comparison is declared once and computed twice: in SQL, for Splink's training, and over arrays. A test checks that
both give every pair the same level. Levels are symmetric; -1 means that one side has nothing to compare.

``m`` and ``u`` are the declared shares of matching and of other pairs at that level, used until they are learned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from traboule.linkage.names.comparison import compare
from traboule.linkage.prepare import PersonRecords

Integers = npt.NDArray[np.int64]
Levels = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

MISSING = -1


@dataclass(frozen=True, slots=True)
class Level:
    """One level. ``label``: an entry of ``words.yaml``. ``frequency``: the column whose common values weigh less.

    ``by_frequency``: the exponent of that adjustment; below one where values are only similar. ``is_counted``: u is
    counted instead of sampled, because a sample never meets the level or it depends on other agreements (see
    :mod:`~traboule.linkage.weights.u_probabilities`).
    """

    value: int
    label: str
    sql: str
    m: float
    u: float
    frequency: str = ""
    is_counted: bool = False
    by_frequency: float = 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison. ``missing``: the SQL condition for nothing to compare."""

    name: str
    missing: str
    levels: tuple[Level, ...]
    compute: Callable[[PersonRecords, Integers, Integers], Levels]


def _either_null(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _common(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


def _name(records: PersonRecords, left: Integers, right: Integers) -> Levels:
    return compare(records.names, records.name[left], records.name[right])


def birth_levels(records: PersonRecords, left: Integers, right: Integers) -> Levels:
    """Return the level of the births of each pair, -1 where one is unknown."""
    born = records.born
    full_l, full_r = born.full[left], born.full[right]
    both_full = (full_l > 0) & (full_r > 0)
    same = both_full & (full_l == full_r)
    slip = both_full & ~same & (full_l == born.swapped[right])
    remaining = np.flatnonzero(both_full & ~same & ~slip)
    slip[remaining] = _one_edit_apart(full_l[remaining], full_r[remaining])
    year_l, year_r = born.year[left], born.year[right]
    years = (year_l > 0) & (year_r > 0)
    month_l, month_r = born.month[left], born.month[right]
    months = (month_l > 0) & (month_l == month_r)
    vague = (born.vague[left] > 0) | (born.vague[right] > 0)
    overlap = (born.low[left] <= born.high[right]) & (born.low[right] <= born.high[left])
    levels = np.select(
        [
            same,
            slip,
            years & (year_l == year_r) & (months | vague),
            years & vague & (np.abs(year_l - year_r) <= 1),
            ~years & overlap,
        ],
        [5, 4, 3, 2, 1],
        default=0,
    )
    return _missing_unless((born.low[left] > 0) & (born.low[right] > 0), levels)


def _one_edit_apart(left: Integers, right: Integers) -> Flags:
    """Tell of pairs of yyyymmdd whether one digit differs, or two neighbours are swapped."""
    size = np.int64(100_000_000)
    codes, back = np.unique(np.minimum(left, right) * size + np.maximum(left, right), return_inverse=True)
    texts = [[f"{day:08d}" for day in half.tolist()] for half in (codes // size, codes % size)]
    if not texts[0]:
        return np.zeros(0, dtype=np.bool_)
    distances = process.cpdist(*texts, scorer=OSA.distance, score_cutoff=1, dtype=np.int32, workers=1)
    return np.asarray((distances <= 1)[back])


def _equal(column: Callable[[PersonRecords], Integers], level: int = 1) -> Callable[..., Levels]:
    def compute(records: PersonRecords, left: Integers, right: Integers) -> Levels:
        values = column(records)
        both_known = (values[left] > 0) & (values[right] > 0)
        return _missing_unless(both_known, np.where(values[left] == values[right], level, 0))

    return compute


def _citizenship(records: PersonRecords, left: Integers, right: Integers) -> Levels:
    levels = _equal(lambda all_records: all_records.citizenship, 2)(records, left, right)
    unequal = np.flatnonzero(levels == 0)
    levels[unequal] = records.shared["citizenships"].has_common(left[unequal], right[unequal])
    return levels


def _sharing(*groups: tuple[str, bool, int]) -> Callable[..., Levels]:
    """Return the computation of a comparison whose levels are: shares a (rare) value of a group."""

    def compute(records: PersonRecords, left: Integers, right: Integers) -> Levels:
        levels = np.zeros(len(left), dtype=np.int8)
        both_known = np.zeros(len(left), dtype=np.bool_)
        for group, rare, level in groups:
            values = records.shared[group]
            filled = values.filled()
            both_known |= filled[left] & filled[right]
            common = (values.rare() if rare else values).has_common(left, right)
            levels = np.maximum(levels, np.where(common, level, 0).astype(np.int8))
        return _missing_unless(both_known, levels)

    return compute


def _document(records: PersonRecords, left: Integers, right: Integers) -> Levels:
    documents, numbers = (records.shared[group].has_common(left, right) for group in ("documents", "numbers"))
    kinds = records.identifiers.document_kinds.has_common(left, right)
    return np.select([documents, numbers, kinds], [2, 1, 0], default=MISSING).astype(np.int8)


def _missing_unless(both_known: Flags, levels: npt.NDArray[np.integer]) -> Levels:
    return np.where(both_known, levels, MISSING).astype(np.int8)


_BIRTH_SLIP = (
    "birth_full_l = birth_swapped_r OR damerau_levenshtein("
    "replace(birth_text_l, '-', ''), replace(birth_text_r, '-', '')) <= 1"
)
_BIRTH_YEAR = (
    "birth_year_l = birth_year_r AND (birth_month_l = birth_month_r OR birth_vague_l = 1 OR birth_vague_r = 1)"
)
_BIRTH_NEAR = "abs(birth_year_l - birth_year_r) <= 1 AND (birth_vague_l = 1 OR birth_vague_r = 1)"
_BIRTH_SPAN = (
    "(birth_year_l IS NULL OR birth_year_r IS NULL) AND birth_low_l <= birth_high_r AND birth_low_r <= birth_high_l"
)
_CONTACT_MISSING = "(phones_l IS NULL OR phones_r IS NULL) AND (addresses_l IS NULL OR addresses_r IS NULL)"
# Only documents of one kind and issuer can contradict each other; a passport and an identity card cannot.
_DOCUMENT_MISSING = " AND ".join(
    f"NOT coalesce({_common(group)}, FALSE)" for group in ("documents", "numbers", "document_kinds")
)


def _likeness(level: int) -> str:
    return f"name_likeness(name_l, name_r) = {level}"


# The names of the SQL function and of the frequency columns are also those of the table that PersonRecords makes.
LIKENESS_FUNCTION = "name_likeness"

COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        "name",
        f"{_either_null('name')} OR {_either_null('sound')}",
        (
            Level(6, "name_as_written", _likeness(6), 0.35, 2e-5, "sound", is_counted=True),
            Level(5, "name_sounds_alike", _likeness(5), 0.27, 3e-5, "sound", is_counted=True),
            Level(4, "name_contained", _likeness(4), 0.13, 5e-5, "sound", by_frequency=0.5),
            Level(3, "name_close", _likeness(3), 0.13, 2e-4, "sound", by_frequency=0.5),
            Level(2, "name_in_part", _likeness(2), 0.05, 2e-4),
            Level(1, "name_one_token", _likeness(1), 0.04, 2e-2),
            Level(0, "name_different", "ELSE", 0.03, 0.98),
        ),
        _name,
    ),
    Comparison(
        "birth",
        f"{_either_null('birth_low')} OR {_either_null('birth_high')}",
        (
            Level(5, "birth_same", "birth_full_l = birth_full_r", 0.68, 5e-5, is_counted=True),
            Level(4, "birth_slip", _BIRTH_SLIP, 0.10, 8e-4),
            Level(3, "birth_same_year", _BIRTH_YEAR, 0.12, 5e-3),
            Level(2, "birth_near", _BIRTH_NEAR, 0.03, 2e-2),
            Level(1, "birth_span", _BIRTH_SPAN, 0.04, 0.1),
            Level(0, "birth_apart", "ELSE", 0.03, 0.87),
        ),
        birth_levels,
    ),
    Comparison(
        "sex",
        _either_null("sex"),
        (
            Level(1, "sex_same", "sex_l = sex_r", 0.98, 0.5),
            Level(0, "sex_different", "ELSE", 0.02, 0.5),
        ),
        _equal(lambda records: records.sex),
    ),
    Comparison(
        "citizenship",
        _either_null("citizenship"),
        (
            Level(2, "citizenship_same", "citizenship_l = citizenship_r", 0.93, 0.5, is_counted=True),
            Level(1, "citizenship_common", _common("citizenships"), 0.04, 0.05, is_counted=True),
            Level(0, "citizenship_different", "ELSE", 0.03, 0.45),
        ),
        _citizenship,
    ),
    Comparison(
        "place",
        _either_null("place"),
        (
            Level(1, "place_same", "place_l = place_r", 0.75, 5e-2, "place", is_counted=True),
            Level(0, "place_different", "ELSE", 0.25, 0.95),
        ),
        _equal(lambda records: records.place),
    ),
    Comparison(
        "document",
        _DOCUMENT_MISSING,
        (
            Level(2, "document_same", _common("documents"), 0.6, 1e-7, is_counted=True),
            Level(1, "number_same", _common("numbers"), 0.08, 1e-6, is_counted=True),
            Level(0, "document_different", "ELSE", 0.32, 0.999999),
        ),
        _document,
    ),
    Comparison(
        "device",
        _either_null("devices"),
        (
            Level(1, "device_same", _common("devices"), 0.6, 1e-6, is_counted=True),
            Level(0, "device_different", "ELSE", 0.4, 0.999999),
        ),
        _sharing(("devices", False, 1)),
    ),
    Comparison(
        "account",
        _either_null("accounts"),
        (
            Level(1, "account_same", _common("accounts"), 0.6, 1e-6, is_counted=True),
            Level(0, "account_different", "ELSE", 0.4, 0.999999),
        ),
        _sharing(("accounts", False, 1)),
    ),
    Comparison(
        "vehicle",
        _either_null("vehicles"),
        (
            Level(2, "vehicle_same", _common("vehicles_rare"), 0.55, 1e-5, is_counted=True),
            Level(1, "vehicle_of_many", _common("vehicles"), 0.1, 1e-4, is_counted=True),
            Level(0, "vehicle_different", "ELSE", 0.35, 0.99989),
        ),
        _sharing(("vehicles", False, 1), ("vehicles", True, 2)),
    ),
    Comparison(
        "contact",
        _CONTACT_MISSING,
        (
            Level(3, "phone_same", _common("phones_rare"), 0.55, 1e-5, is_counted=True),
            Level(2, "phone_of_many", _common("phones"), 0.08, 5e-5, is_counted=True),
            Level(1, "address_same", _common("addresses"), 0.07, 1e-4, is_counted=True),
            Level(0, "contact_different", "ELSE", 0.3, 0.99984),
        ),
        _sharing(("addresses", False, 1), ("phones", False, 2), ("phones", True, 3)),
    ),
    Comparison(
        "online",
        _either_null("online"),
        (
            Level(1, "online_same", _common("online"), 0.6, 1e-6, is_counted=True),
            Level(0, "online_different", "ELSE", 0.4, 0.999999),
        ),
        _sharing(("online", False, 1)),
    ),
    Comparison(
        "encounter",
        _either_null("encounters"),
        (
            Level(2, "encounter_same", _common("encounters_rare"), 0.6, 1e-5, is_counted=True),
            Level(1, "encounter_of_many", _common("encounters"), 0.2, 1e-3, is_counted=True),
            Level(0, "encounter_different", "ELSE", 0.2, 0.99899),
        ),
        _sharing(("encounters", False, 1), ("encounters", True, 2)),
    ),
)

FREQUENCY_COLUMNS = ("sound", "place")
# The value of each level by its label: rules name levels so, and follow when one is added between others.
LEVEL_OF: Mapping[str, int] = {level.label: level.value for comparison in COMPARISONS for level in comparison.levels}


def comparison_levels(records: PersonRecords, left: Integers, right: Integers) -> Mapping[str, Levels]:
    """Return for each comparison the level of every pair, -1 where there is nothing to compare.

    ``left`` and ``right``: record numbers of equal length.
    """
    return {comparison.name: comparison.compute(records, left, right) for comparison in COMPARISONS}
