"""What a record holds of each field, without its value: for a queue that shows two records side by side.

In come person records; out goes, for a record, a code of ``words.yaml`` (group ``sides``) a field. It promises: pure;
nothing that tells a person: a birth date is "a day", a phone is "held", a number whose check digit fails "unconfirmed".
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from traboule.linkage.fields.texts import Flags, filled, numbered, texts_of
from traboule.linkage.prepare import PersonRecords

MISSING, STOPPED, UNCONFIRMED, HELD = "missing", "stopped", "unconfirmed", "held"
_STATES = (MISSING, STOPPED, UNCONFIRMED, HELD)
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
    """The codes of all records, field by field."""

    records: PersonRecords
    states: Mapping[str, npt.NDArray[np.int8]]

    def of(self, number: int) -> dict[str, str]:
        """Return field to code for the record ``number``."""
        records = self.records
        name = int(records.name[number])
        citizenships = records.shared["citizenships"].record
        held = int(np.searchsorted(citizenships, number, "right") - np.searchsorted(citizenships, number, "left"))
        met = records.shared["encounters"].record
        place = int(np.searchsorted(met, number))
        return {
            "name": MISSING if name < 0 else "several" if records.names.several[name] else "one",
            "birth": _birth(records, number),
            "sex": HELD if records.sex[number] else MISSING,
            "citizenship": ("several" if held > 1 else "one") if held else MISSING,
            "place": HELD if records.place[number] else MISSING,
            **{name: _STATES[states[number]] for name, states in self.states.items()},
            "encounter": HELD if place < len(met) and met[place] == number else MISSING,
        }


def sides(records: PersonRecords) -> Sides:
    """Return what every record of ``records`` holds."""
    table = records.held.table
    kind, kinds = numbered(texts_of(table, "kind"))

    def of_kind(chosen: Collection[str]) -> Flags:
        return np.array([each in chosen for each in kinds.to_pylist()], dtype=np.bool_)[kind]

    confirmed = np.asarray(table["verified"]) & (filled(texts_of(table, "issuer")) | ~of_kind(_ISSUED))
    state = np.select([filled(texts_of(table, "stopped")), confirmed], [1, 3], default=2).astype(np.int8)
    number, states = np.asarray(table["number"]), {}
    for name, held in _KINDS.items():
        rows, states[name] = np.flatnonzero(of_kind(held)), np.zeros(len(records), dtype=np.int8)
        np.maximum.at(states[name], number[rows], state[rows])
    return Sides(records, states)


def _birth(records: PersonRecords, number: int) -> str:
    born = records.born
    if born.full[number]:
        return "first_of_january" if born.vague[number] else "day"
    if born.year[number]:
        if born.low[number] != born.high[number]:
            return "estimated"
        return "month" if born.month[number] else "year"
    return "age_band" if born.low[number] else MISSING
