"""What a record holds of each field, without its value: for a queue that shows two records side by side.

In come person records; out goes, for a record, a code of ``words.yaml`` (group ``sides``) a field. It promises: pure;
nothing that tells a person: a birth date is "a day", a phone is "held", a number whose check digit fails "unconfirmed".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from traboule.linkage.fields.texts import Flags, filled, numbered, texts_of
from traboule.linkage.prepare import PersonRecords

Integers = npt.NDArray[np.int64]

MISSING, STOPPED, UNCONFIRMED, HELD = "missing", "stopped", "unconfirmed", "held"
_CODES = (
    *(MISSING, STOPPED, UNCONFIRMED, HELD, "one", "several"),
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
    """The codes of all records: by field, one place a record, its place among the codes there are."""

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


def sides(records: PersonRecords) -> Sides:
    """Return what every record of ``records`` holds."""
    named = np.flatnonzero(records.name >= 0)
    name = np.full(len(records), _CODE[MISSING], dtype=np.int8)
    several = records.names.several[records.name[named]]
    name[named] = np.where(several, _CODE["several"], _CODE["one"])
    nations = np.bincount(records.shared["citizenships"].record, minlength=len(records))
    met = np.bincount(records.shared["encounters"].record, minlength=len(records))
    return Sides(
        {
            "name": name,
            "birth": _births(records),
            "sex": _held(records.sex > 0),
            "citizenship": np.choose(np.minimum(nations, 2), (_CODE[MISSING], _CODE["one"], _CODE["several"])),
            "place": _held(records.place > 0),
            "encounter": _held(met > 0),
        }
        | _identifiers(records)
    )


def _held(known: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    return np.where(known, _CODE[HELD], _CODE[MISSING]).astype(np.int8)


def _identifiers(records: PersonRecords) -> dict[str, npt.NDArray[np.int8]]:
    """Return the best that each record holds of each kind of identifier."""
    table = records.held.table
    kind, kinds = numbered(texts_of(table, "kind"))

    def of_kind(chosen: Collection[str]) -> Flags:
        return np.array([each in chosen for each in kinds.to_pylist()], dtype=np.bool_)[kind]

    confirmed = np.asarray(table["verified"]) & (filled(texts_of(table, "issuer")) | ~of_kind(_ISSUED))
    choices = [filled(texts_of(table, "stopped")), confirmed]
    state = np.select(choices, [_CODE[STOPPED], _CODE[HELD]], default=_CODE[UNCONFIRMED]).astype(np.int8)
    number, states = np.asarray(table["number"]), {}
    for name, held in _KINDS.items():
        rows, states[name] = np.flatnonzero(of_kind(held)), np.zeros(len(records), dtype=np.int8)
        np.maximum.at(states[name], number[rows], state[rows])
    return states


def _births(records: PersonRecords) -> npt.NDArray[np.int8]:
    """Return how precisely each record holds its birth."""
    born = records.born
    choices = [
        ((born.full > 0) & (born.vague > 0), "first_of_january"),
        (born.full > 0, "day"),
        ((born.year > 0) & (born.low != born.high), "estimated"),
        ((born.year > 0) & (born.month > 0), "month"),
        (born.year > 0, "year"),
        (born.low > 0, "age_band"),
    ]
    told = [_CODE[code] for _, code in choices]
    return np.select([where for where, _ in choices], told, default=_CODE[MISSING]).astype(np.int8)
