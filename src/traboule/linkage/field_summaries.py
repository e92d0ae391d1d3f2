"""Summarise what a record holds in each field without its value, for a queue that shows two records side by side.

Output: for each record and field a code of ``words.yaml`` (group ``sides``). No code identifies a person: a birth date
is "a day", a phone is "held", a number with a failed check digit is "unconfirmed".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.arrays.text_encoding import Flags, combine_codes, is_filled
from traboule.linkage.arrays.unique import EncodedTexts, first_occurrences
from traboule.linkage.fields.births import FIRST_OF_JANUARY, Births
from traboule.linkage.fields.identifier_columns import ISSUED
from traboule.linkage.fields.identifiers import GROUPS_OF_KIND
from traboule.linkage.prepare import PersonRecords

Integers = npt.NDArray[np.int64]

MISSING, STOPPED, UNCONFIRMED, PRESENT = "missing", "stopped", "unconfirmed", "held"
NAMELESS = "nameless"  # No name, or a placeholder; the tokens do not tell which.
_CODES = (
    *(MISSING, STOPPED, UNCONFIRMED, PRESENT, NAMELESS, "one", "several"),
    *("age_band", "year", "month", "estimated", "day", "first_of_january"),
)
_CODE = {code: place for place, code in enumerate(_CODES)}
_GROUPS_OF_FIELD: Mapping[str, frozenset[str]] = {
    "document": frozenset({"documents"}),
    "device": frozenset({"devices"}),
    "account": frozenset({"accounts"}),
    "vehicle": frozenset({"vehicles"}),
    "contact": frozenset({"phones", "addresses"}),
    "online": frozenset({"online"}),
}
KINDS_OF_FIELD: Mapping[str, tuple[str, ...]] = {
    name: tuple(kind for kind, compared_in in GROUPS_OF_KIND.items() if not groups.isdisjoint(compared_in))
    for name, groups in _GROUPS_OF_FIELD.items()
}


@dataclass(frozen=True)
class FieldSummaries:
    """For each field, the index of each record's code in the list of codes."""

    codes: Mapping[str, npt.NDArray[np.int8]]

    def of(self, number: int) -> dict[str, str]:
        """Return field to code for the record ``number``."""
        return {name: _CODES[codes[number]] for name, codes in self.codes.items()}

    def texts(self, left: Integers, right: Integers) -> pa.Array[Any]:
        """Return for each pair of records what both hold, as JSON in the form of
        :func:`traboule.linkage.explain.evidence_json`."""
        columns = []
        for name, codes in sorted(self.codes.items()):
            pair_texts = pa.array(
                [f'"{name}":["{left_code}","{right_code}"]' for left_code in _CODES for right_code in _CODES]
            )
            columns.append(pair_texts.take(pa.array(codes[left].astype(np.int64) * len(_CODES) + codes[right])))
        join: Any = pc.binary_join_element_wise
        return cast("pa.Array[Any]", join(*columns, ","))

    def distinct_texts(self, left: Integers, right: Integers) -> EncodedTexts:
        """Return the same with each distinct text once: most records share a few profiles."""
        codes, _ = combine_codes(*((column.astype(np.int64), len(_CODES)) for column in self.codes.values()))
        first_records, profile = first_occurrences(codes)
        first, number = first_occurrences(profile[left] * len(first_records) + profile[right])
        texts: Any = self.texts(left[first], right[first])
        return texts.to_pylist(), number


@dataclass(frozen=True)
class IdentifierRows:
    """One row per identifier: the record's number, the kind's number in ``kinds``, whether its check digit holds,
    whether it has an issuer, and whether it is stopped."""

    number: Integers
    kind: Integers
    kinds: Sequence[str]
    verified: Flags
    issued: Flags
    stopped: Flags


def field_summaries(records: PersonRecords) -> FieldSummaries:
    """Return what every record of ``records`` holds."""
    has_name, filed = records.name >= 0, records.identifiers.filed
    counts = {
        "name": has_name * (1 + np.append(records.names.several, False)[records.name]),
        "sex": records.sex > 0,
        "citizenship": np.bincount(records.shared["citizenships"].record, minlength=len(records)),
        "place": records.place > 0,
        "encounter": np.bincount(records.shared["encounters"].record, minlength=len(records)),
    }
    identifier_rows = IdentifierRows(
        filed.record,
        filed.kind,
        filed.kinds,
        ~filed.failed,
        is_filled(filed.issuers)[filed.issuer],
        records.identifiers.stop_reason > 0,
    )
    return summarise(counts, records.born, identifier_rows)


def summarise(counts: Mapping[str, npt.NDArray[Any]], born: Births, identifier_rows: IdentifierRows) -> FieldSummaries:
    """Return what records hold. ``counts``: field to how many values each record has (name tokens, citizenships and so
    on)."""
    code_of_none = {"name": NAMELESS, "citizenship": MISSING}
    codes = {
        name: np.where(count > 0, _CODE[PRESENT], _CODE[MISSING]).astype(np.int8)
        if name not in code_of_none
        else np.array((_CODE[code_of_none[name]], _CODE["one"], _CODE["several"]), dtype=np.int8)[np.minimum(count, 2)]
        for name, count in counts.items()
    }
    return FieldSummaries({**codes, "birth": _births(born), **_identifiers(identifier_rows, len(born.full))})


def _identifiers(identifiers: IdentifierRows, records: int) -> dict[str, npt.NDArray[np.int8]]:
    """Return for each kind of identifier the best state that each record holds."""

    def of_kind(chosen: Collection[str]) -> Flags:
        return np.array([kind in chosen for kind in identifiers.kinds], dtype=np.bool_)[identifiers.kind]

    confirmed = identifiers.verified & (identifiers.issued | ~of_kind(ISSUED))
    state = np.where(
        identifiers.stopped, _CODE[STOPPED], np.where(confirmed, _CODE[PRESENT], _CODE[UNCONFIRMED])
    ).astype(np.int8)
    best_state = {}
    for name, chosen in KINDS_OF_FIELD.items():
        rows, best_state[name] = np.flatnonzero(of_kind(chosen)), np.zeros(records, dtype=np.int8)
        np.maximum.at(best_state[name], identifiers.number[rows], state[rows])
    return best_state


def _births(born: Births) -> npt.NDArray[np.int8]:
    """Return how precisely each record knows its birth."""
    choices = [
        (born.vague == FIRST_OF_JANUARY, "first_of_january"),
        (born.full > 0, "day"),
        ((born.year > 0) & (born.low != born.high), "estimated"),
        ((born.year > 0) & (born.month > 0), "month"),
        (born.year > 0, "year"),
        (born.low > 0, "age_band"),
    ]
    choice_codes = [_CODE[code] for _, code in choices]
    return np.select([condition for condition, _ in choices], choice_codes, default=_CODE[MISSING]).astype(np.int8)
