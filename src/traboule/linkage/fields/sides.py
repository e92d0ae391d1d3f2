"""What a record holds of each field, without its value: for a queue that shows two records side by side.

In come person records; out goes, for a record, a code of ``words.yaml`` (group ``sides``) a field. It promises: pure;
nothing that tells a person: a birth date is "a day", a phone is "held", a number whose check digit fails "unconfirmed".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.arrays.distinct import Repeated, first_of_each
from traboule.linkage.fields.births import FIRST_OF_JANUARY, Births
from traboule.linkage.fields.texts import Flags, filled, together
from traboule.linkage.prepare import PersonRecords

Integers = npt.NDArray[np.int64]

MISSING, STOPPED, UNCONFIRMED, HELD = "missing", "stopped", "unconfirmed", "held"
NAMELESS = "nameless"  # Without a name, or with one that names nobody: which of them is not kept beside the tokens.
_CODES = (
    *(MISSING, STOPPED, UNCONFIRMED, HELD, NAMELESS, "one", "several"),
    *("age_band", "year", "month", "estimated", "day", "first_of_january"),
)
_CODE = {code: place for place, code in enumerate(_CODES)}
_KINDS: Mapping[str, tuple[str, ...]] = {
    "document": ("passport", "id_card", "residence_permit", "visa"),
    "device": ("imei", "imsi"),
    "account": ("iban", "card", "wallet"),
    "vehicle": ("plate", "vin"),
    "contact": ("phone", "address"),
    "online": ("email", "handle"),
}
_ISSUED = frozenset({*_KINDS["document"], "plate"})


@dataclass(frozen=True)
class Sides:
    """By field, of each record, the place of its code among the codes there are."""

    codes: Mapping[str, npt.NDArray[np.int8]]

    def of(self, number: int) -> dict[str, str]:
        """Return field to code for the record ``number``."""
        return {name: _CODES[codes[number]] for name, codes in self.codes.items()}

    def texts(self, left: Integers, right: Integers) -> pa.Array[Any]:
        """Return for each pair of records what both hold, as :func:`traboule.linkage.explain.evidence_json` does."""
        columns = []
        for name, codes in sorted(self.codes.items()):
            shown = pa.array([f'"{name}":["{one}","{other}"]' for one in _CODES for other in _CODES])
            columns.append(shown.take(pa.array(codes[left].astype(np.int64) * len(_CODES) + codes[right])))
        join: Any = pc.binary_join_element_wise
        return cast("pa.Array[Any]", join(*columns, ","))

    def told_once(self, left: Integers, right: Integers) -> Repeated:
        """Return the same, each distinct text once: most records hold things in one of a few ways."""
        codes, _ = together(*((each.astype(np.int64), len(_CODES)) for each in self.codes.values()))
        ways, way = first_of_each(codes)
        first, number = first_of_each(way[left] * len(ways) + way[right])
        texts: Any = self.texts(left[first], right[first])
        return texts.to_pylist(), number


@dataclass(frozen=True)
class Identifiers:
    """One row an identifier: the record's number, its kind's number among ``kinds``, whether its check digit holds,
    whether it has an issuer, and whether it is stopped."""

    number: Integers
    kind: Integers
    kinds: Sequence[str]
    verified: Flags
    issued: Flags
    stopped: Flags


def sides(records: PersonRecords) -> Sides:
    """Return what every record of ``records`` holds."""
    named, filed = records.name >= 0, records.held.filed
    many = {
        "name": named * (1 + np.append(records.names.several, False)[records.name]),
        "sex": records.sex > 0,
        "citizenship": np.bincount(records.shared["citizenships"].record, minlength=len(records)),
        "place": records.place > 0,
        "encounter": np.bincount(records.shared["encounters"].record, minlength=len(records)),
    }
    held = Identifiers(
        filed.record,
        filed.kind,
        filed.kinds,
        ~filed.failed,
        filled(filed.issuers)[filed.issuer],
        records.held.why > 0,
    )
    return sides_of(many, records.born, held)


def sides_of(many: Mapping[str, npt.NDArray[Any]], born: Births, held: Identifiers) -> Sides:
    """Return what records hold. ``many``: of names' tokens, citizenships and the like, how many each record has."""
    none = {"name": NAMELESS, "citizenship": MISSING}
    codes = {
        name: np.where(count > 0, _CODE[HELD], _CODE[MISSING]).astype(np.int8)
        if name not in none
        else np.array((_CODE[none[name]], _CODE["one"], _CODE["several"]), dtype=np.int8)[np.minimum(count, 2)]
        for name, count in many.items()
    }
    return Sides({**codes, "birth": _births(born), **_identifiers(held, len(born.full))})


def _identifiers(held: Identifiers, records: int) -> dict[str, npt.NDArray[np.int8]]:
    """Return the best that each record holds of each kind of identifier."""

    def of_kind(chosen: Collection[str]) -> Flags:
        return np.array([each in chosen for each in held.kinds], dtype=np.bool_)[held.kind]

    confirmed = held.verified & (held.issued | ~of_kind(_ISSUED))
    state = np.where(held.stopped, _CODE[STOPPED], np.where(confirmed, _CODE[HELD], _CODE[UNCONFIRMED])).astype(np.int8)
    found = {}
    for name, chosen in _KINDS.items():
        rows, found[name] = np.flatnonzero(of_kind(chosen)), np.zeros(records, dtype=np.int8)
        np.maximum.at(found[name], held.number[rows], state[rows])
    return found


def _births(born: Births) -> npt.NDArray[np.int8]:
    """Return how precisely each record holds its birth."""
    choices = [
        (born.vague == FIRST_OF_JANUARY, "first_of_january"),
        (born.full > 0, "day"),
        ((born.year > 0) & (born.low != born.high), "estimated"),
        ((born.year > 0) & (born.month > 0), "month"),
        (born.year > 0, "year"),
        (born.low > 0, "age_band"),
    ]
    told = [_CODE[code] for _, code in choices]
    return np.select([where for where, _ in choices], told, default=_CODE[MISSING]).astype(np.int8)
