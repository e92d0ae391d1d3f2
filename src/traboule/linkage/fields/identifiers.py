"""The identifiers of persons: normalised, judged, stopped, and sorted into groups that are compared together.

In come rows as the register gives them (person, kind, value, issuer); out goes one table of them in normal form and,
for each group, who holds what. It promises: a value with a failed check digit is no strong evidence (rule 13); a
stopped value is in no group (rule 12), nor is what cannot be of its kind (a phone with letters, a passport of 500
signs); a document or plate without its issuer is compared by number alone, and no evidence by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from traboule.linkage.fields.filed import DOCUMENTS, Filed
from traboule.linkage.fields.shared import Shared
from traboule.linkage.fields.texts import (
    Column,
    Flags,
    Integers,
    Texts,
    column_of,
    dense,
    filled,
    joined,
    one_behind_other,
    repeated,
    taken,
    together,
)
from traboule.linkage.stop_list import Persons, StopList, stop_limits, stopped_table, too_common

# The groups a kind belongs to where its check digit has not failed. "numbers" takes any number, failed or not.
_GROUPS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(DOCUMENTS, ("documents",)),
    "imei": ("devices",),
    "imsi": ("devices",),
    "iban": ("ibans", "accounts"),
    "card": ("accounts",),
    "wallet": ("accounts",),
    "vin": ("vins", "vehicles"),
    "plate": ("plates", "vehicles"),
    "phone": ("phones",),
    "email": ("online",),
    "handle": ("online",),
    "address": ("addresses",),
}
_NUMBERS = frozenset({*DOCUMENTS, "imei", "imsi", "iban", "card", "vin"})
_NUMBER, _BETWEEN = "number", "\x1f"  # The family of texts that are compared by number alone.
GROUPS = (
    "documents",
    "numbers",
    "devices",
    "ibans",
    "accounts",
    "vins",
    "plates",
    "vehicles",
    "phones",
    "online",
    "addresses",
)

_IDENTIFIERS: dict[str, pa.DataType] = {
    "number": pa.int64(),
    "kind": pa.string(),
    "value": pa.string(),
    "issuer": pa.string(),
    "verified": pa.bool_(),
    "stopped": pa.string(),
}
IDENTIFIERS_SCHEMA = pa.schema(_IDENTIFIERS)


@dataclass(frozen=True)
class Held:
    """``filed``: the identifiers of persons; ``why``: the number among ``reasons`` of why each is stopped, 0 where it
    is not. ``groups``: who shares what; ``texts``: the texts behind the numbers of values. ``document_kinds``: who
    holds a document of which kind and issuer, verified and not stopped."""

    filed: Filed
    why: Integers
    groups: Mapping[str, Shared]
    texts: Texts
    document_kinds: Shared
    document_texts: Texts

    @property
    def reasons(self) -> Sequence[str]:
        """Why something is stopped, by number; the first is empty."""
        return *self.filed.reasons, "too_common"

    @cached_property
    def table(self) -> pa.Table:
        """One row an identifier (IDENTIFIERS_SCHEMA; ``stopped`` empty or the reason, ``number`` the record's)."""
        return self._rows(np.arange(len(self.filed)))

    @cached_property
    def stopped(self) -> pa.Table:
        """The table of stopped values with how many records hold each."""
        rows = self._rows(np.flatnonzero(self.why))
        holders: dict[tuple[str, str, str], set[int]] = {}
        columns = (rows[name].to_pylist() for name in ("kind", "value", "stopped", "number"))
        for kind, value, reason, number in zip(*columns, strict=True):
            holders.setdefault((kind, value, reason), set()).add(number)
        return stopped_table((kind, value, reason, len(records)) for (kind, value, reason), records in holders.items())

    def _rows(self, at: Integers) -> pa.Table:
        filed = self.filed
        columns = {
            "number": filed.record[at],
            "kind": taken(column_of(filed.kinds), filed.kind[at]),
            "value": taken(filed.normals, filed.normal[at]),
            "issuer": taken(filed.issuers, filed.issuer[at]),
            "verified": ~filed.failed[at],
            "stopped": taken(column_of(self.reasons), self.why[at]),
        }
        return pa.table(columns, schema=IDENTIFIERS_SCHEMA)


def held_identifiers(filed: Filed, persons: Persons, listed: StopList) -> Held:
    """Return identifiers as read, judged by who holds them."""
    why = np.where(_too_common(filed, persons, listed), len(filed.reasons), filed.reason)
    counted, records = np.flatnonzero(why == 0), len(persons.sound)
    groups, texts = _grouped(filed, counted, records)
    return Held(filed, why, groups, texts, *_document_kinds(filed, counted, records))


def _too_common(filed: Filed, persons: Persons, listed: StopList) -> Flags:
    """Tell of each identifier whether too many unrelated persons hold it; what is stopped by itself does not count."""
    codes, size = together(
        (filed.kind, len(filed.kinds)), (filed.normal, len(filed.normals)), (filed.issuer, len(filed.issuers))
    )
    counted, common = np.flatnonzero(filed.reason == 0), np.zeros(len(filed), dtype=np.bool_)
    _, values = dense(codes[counted], size)
    limits = stop_limits(list(filed.kinds), listed)[filed.kind[counted]]
    common[counted] = too_common(filed.record[counted], values, limits, persons)
    return common


def _grouped(filed: Filed, counted: Integers, records: int) -> tuple[dict[str, Shared], Texts]:
    """Return for each group who holds which value of the rows ``counted``, and the values' texts, numbered over all."""
    groups: dict[str, list[tuple[str, Integers]]] = {group: [] for group in GROUPS}
    held: dict[str, list[Integers]] = {}
    for rows, kind, issued, failed in _alike(filed, counted):
        for group, family in _shares(kind, issued=issued, failed=failed):
            groups[group].append((family, rows))
            held.setdefault(family, []).append(rows)
    number, texts, seen = np.zeros((len(held), len(filed)), dtype=np.int64), [], 0
    family_place = {family: place for place, family in enumerate(sorted(held))}
    for family, place in family_place.items():
        rows = np.concatenate(held[family])
        found, numbers = _texts(filed, family, rows)
        number[place, rows] = numbers + seen
        texts.append(found)
        seen += len(found)
    shared = {}
    for group, parts in groups.items():
        every = np.concatenate([np.zeros(0, dtype=np.int64), *(rows for _, rows in parts)])
        values = [number[family_place[family], rows] for family, rows in parts]
        shared[group] = Shared.of(filed.record[every], np.concatenate([every[:0], *values]), records)
    return shared, Texts(one_behind_other(texts))


def _alike(filed: Filed, counted: Integers) -> Iterator[tuple[Integers, str, bool, bool]]:
    """Yield the rows ``counted`` by what decides their groups: the rows, their kind, issued, and failed."""
    issued = filled(filed.issuers)[filed.issuer[counted]]
    codes = (filed.kind[counted] * 2 + issued) * 2 + filed.failed[counted]
    for code in np.unique(codes).tolist():
        yield counted[codes == code], filed.kinds[code // 4], bool(code // 2 % 2), bool(code % 2)


def _texts(filed: Filed, family: str, rows: Integers) -> tuple[Column, Integers]:
    """Return the distinct texts of ``rows`` in a family, and the number of each row's."""
    if family == _NUMBER:
        codes, numbers = dense(filed.normal[rows], len(filed.normals))
        return joined([repeated(_NUMBER, len(codes)), taken(filed.normals, codes)], _BETWEEN), numbers
    codes, size = together((filed.issuer[rows], len(filed.issuers)), (filed.normal[rows], len(filed.normals)))
    distinct, numbers = dense(codes, size)
    issuers = taken(filed.issuers, distinct // len(filed.normals))
    normals = taken(filed.normals, distinct % len(filed.normals))
    return joined([repeated(family, len(distinct)), issuers, normals], _BETWEEN), numbers


def shared_as(kind: str, normal: str, issuer: str, *, failed: bool) -> list[tuple[str, str]]:
    """Return the groups in which an identifier is compared, and in each the text that whoever shares it shares."""
    return [
        (group, _BETWEEN.join((family, normal) if family == _NUMBER else (family, issuer, normal)))
        for group, family in _shares(kind, issued=bool(issuer), failed=failed)
    ]


def _shares(kind: str, *, issued: bool, failed: bool) -> list[tuple[str, str]]:
    """Return the groups in which an identifier is compared, and in each the family of its text."""
    found = [("numbers", _NUMBER)] if kind in _NUMBERS else []
    if failed or (kind in DOCUMENTS and not issued):
        return found
    family = "document" if kind in DOCUMENTS else kind
    return found + [(group, family) for group in _GROUPS.get(kind, ()) if issued or group != "plates"]


def document_kind(kind: str, issuer: str, *, failed: bool) -> str:
    """Return kind and issuer of a document whose check digit has not failed; empty for everything else."""
    return f"{kind} {issuer}" if kind in DOCUMENTS and issuer and not failed else ""


def _document_kinds(filed: Filed, counted: Integers, records: int) -> tuple[Shared, Texts]:
    """Return who holds a document of which kind and issuer, and these as texts."""
    distinct, place = dense(
        filed.kind[counted] * len(filed.issuers) + filed.issuer[counted], len(filed.kinds) * len(filed.issuers)
    )
    issuers = filed.issuers.to_pylist()
    texts = [
        document_kind(filed.kinds[code // len(issuers)], issuers[code % len(issuers)], failed=False)
        for code in distinct.tolist()
    ]
    known = sorted({text for text in texts if text})
    number = {text: at for at, text in enumerate(known)} | {"": -1}
    value = np.array([number[text] for text in texts], dtype=np.int64)[place]
    kept = np.flatnonzero((value >= 0) & ~filed.failed[counted])
    return Shared.of(filed.record[counted][kept], value[kept], records), Texts(column_of(known))
