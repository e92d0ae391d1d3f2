"""Group the identifiers of persons by what is compared together.

Input: identifiers in normal form. Output: one table of them and, for each group, which record holds which value. A
value with a failed check digit is no strong evidence (rule 13). Neither a stopped value (rule 12) nor one that cannot
be of its kind (a phone with letters, a passport of 500 characters) is in any group. A document or plate without its
issuer is compared by number alone and is no evidence by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from traboule.core.identifiers.documents import DOCUMENTS
from traboule.linkage.arrays.text_encoding import (
    Column,
    Flags,
    Integers,
    TextSequence,
    as_column,
    combine_codes,
    concat_texts,
    dense,
    is_filled,
    join_texts,
    repeat_text,
    take_texts,
)
from traboule.linkage.fields.identifier_columns import FiledIdentifiers
from traboule.linkage.fields.shared_values import SharedValues
from traboule.linkage.stop_list import IdentifierStopList, PersonTraits, stop_limits, stopped_table, too_common

# The groups of a kind whose check digit has not failed. "numbers" takes any number, failed or not.
GROUPS_OF_KIND: Mapping[str, tuple[str, ...]] = {
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
_NUMBER, _SEPARATOR = "number", "\x1f"  # The family of texts compared by number alone.
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
class PersonIdentifiers:
    """The identifiers of all persons, judged by who holds them.

    ``filed``: the identifiers. ``stop_reason``: for each the number in ``reasons`` of why it is stopped, 0 where it is
    not. ``groups``: which records share a value. ``texts``: the texts of the values. ``document_kinds``: which records
    hold a document of which kind and issuer, verified and not stopped.
    """

    filed: FiledIdentifiers
    stop_reason: Integers
    groups: Mapping[str, SharedValues]
    texts: TextSequence
    document_kinds: SharedValues
    document_texts: TextSequence

    @property
    def reasons(self) -> Sequence[str]:
        """The reasons to stop an identifier, by number; the first is empty."""
        return *self.filed.reasons, "too_common"

    @cached_property
    def table(self) -> pa.Table:
        """One row per identifier (IDENTIFIERS_SCHEMA). ``stopped``: the reason, or empty. ``number``: the record's."""
        return self._rows(np.arange(len(self.filed)))

    @cached_property
    def stopped(self) -> pa.Table:
        """The table of stopped values, with how many records hold each."""
        rows = self._rows(np.flatnonzero(self.stop_reason))
        holders: dict[tuple[str, str, str], set[int]] = {}
        columns = (rows[name].to_pylist() for name in ("kind", "value", "stopped", "number"))
        for kind, value, reason, number in zip(*columns, strict=True):
            holders.setdefault((kind, value, reason), set()).add(number)
        return stopped_table((kind, value, reason, len(records)) for (kind, value, reason), records in holders.items())

    def _rows(self, at: Integers) -> pa.Table:
        filed = self.filed
        columns = {
            "number": filed.record[at],
            "kind": take_texts(as_column(filed.kinds), filed.kind[at]),
            "value": take_texts(filed.normals, filed.normal[at]),
            "issuer": take_texts(filed.issuers, filed.issuer[at]),
            "verified": ~filed.failed[at],
            "stopped": take_texts(as_column(self.reasons), self.stop_reason[at]),
        }
        return pa.table(columns, schema=IDENTIFIERS_SCHEMA)


def person_identifiers(filed: FiledIdentifiers, persons: PersonTraits, stops: IdentifierStopList) -> PersonIdentifiers:
    """Return identifiers as read, judged by who holds them."""
    stop_reason = np.where(_too_common(filed, persons, stops), len(filed.reasons), filed.reason)
    usable, records = np.flatnonzero(stop_reason == 0), len(persons.sound)
    groups, texts = _group_values(filed, usable, records)
    return PersonIdentifiers(filed, stop_reason, groups, texts, *_document_kinds(filed, usable, records))


def _too_common(filed: FiledIdentifiers, persons: PersonTraits, stops: IdentifierStopList) -> Flags:
    """Tell of each identifier whether too many unrelated persons hold it. Those stopped by themselves do not count."""
    codes, size = combine_codes(
        (filed.kind, len(filed.kinds)), (filed.normal, len(filed.normals)), (filed.issuer, len(filed.issuers))
    )
    usable, common = np.flatnonzero(filed.reason == 0), np.zeros(len(filed), dtype=np.bool_)
    _, values = dense(codes[usable], size)
    limits = stop_limits(list(filed.kinds), stops)[filed.kind[usable]]
    common[usable] = too_common(filed.record[usable], values, limits, persons)
    return common


def _group_values(
    filed: FiledIdentifiers, usable: Integers, records: int
) -> tuple[dict[str, SharedValues], TextSequence]:
    """Return for each group which record holds which value of the ``usable`` rows, and the texts of the values,
    numbered over all groups."""
    groups: dict[str, list[tuple[str, Integers]]] = {group: [] for group in GROUPS}
    rows_by_family: dict[str, list[Integers]] = {}
    for rows, kind, issued, failed in _rows_by_rule(filed, usable):
        for group, family in _groups_of(kind, issued=issued, failed=failed):
            groups[group].append((family, rows))
            rows_by_family.setdefault(family, []).append(rows)
    number, texts, text_count = np.zeros((len(rows_by_family), len(filed)), dtype=np.int64), [], 0
    family_place = {family: place for place, family in enumerate(sorted(rows_by_family))}
    for family, place in family_place.items():
        rows = np.concatenate(rows_by_family[family])
        family_texts, numbers = _family_texts(filed, family, rows)
        number[place, rows] = numbers + text_count
        texts.append(family_texts)
        text_count += len(family_texts)
    shared = {}
    for group, parts in groups.items():
        all_rows = np.concatenate([np.zeros(0, dtype=np.int64), *(rows for _, rows in parts)])
        values = [number[family_place[family], rows] for family, rows in parts]
        shared[group] = SharedValues.of(filed.record[all_rows], np.concatenate([all_rows[:0], *values]), records)
    return shared, TextSequence(concat_texts(texts))


def _rows_by_rule(filed: FiledIdentifiers, usable: Integers) -> Iterator[tuple[Integers, str, bool, bool]]:
    """Yield the ``usable`` rows by what decides their groups: the rows, their kind, whether issued, whether failed."""
    issued = is_filled(filed.issuers)[filed.issuer[usable]]
    codes = (filed.kind[usable] * 2 + issued) * 2 + filed.failed[usable]
    for code in np.unique(codes).tolist():
        yield usable[codes == code], filed.kinds[code // 4], bool(code // 2 % 2), bool(code % 2)


def _family_texts(filed: FiledIdentifiers, family: str, rows: Integers) -> tuple[Column, Integers]:
    """Return the distinct texts of ``rows`` within a family, and the number of each row's text."""
    if family == _NUMBER:
        codes, numbers = dense(filed.normal[rows], len(filed.normals))
        return join_texts([repeat_text(_NUMBER, len(codes)), take_texts(filed.normals, codes)], _SEPARATOR), numbers
    codes, size = combine_codes((filed.issuer[rows], len(filed.issuers)), (filed.normal[rows], len(filed.normals)))
    distinct, numbers = dense(codes, size)
    issuers = take_texts(filed.issuers, distinct // len(filed.normals))
    normals = take_texts(filed.normals, distinct % len(filed.normals))
    return join_texts([repeat_text(family, len(distinct)), issuers, normals], _SEPARATOR), numbers


def shared_values_of(kind: str, normal: str, issuer: str, *, failed: bool) -> list[tuple[str, str]]:
    """Return the groups in which an identifier is compared, each with the text that is compared there."""
    return [
        (group, _SEPARATOR.join((family, normal) if family == _NUMBER else (family, issuer, normal)))
        for group, family in _groups_of(kind, issued=bool(issuer), failed=failed)
    ]


def _groups_of(kind: str, *, issued: bool, failed: bool) -> list[tuple[str, str]]:
    """Return the groups in which an identifier is compared, each with the family of its text."""
    groups = [("numbers", _NUMBER)] if kind in _NUMBERS else []
    if failed or (kind in DOCUMENTS and not issued):
        return groups
    family = "document" if kind in DOCUMENTS else kind
    return groups + [(group, family) for group in GROUPS_OF_KIND.get(kind, ()) if issued or group != "plates"]


def document_kind(kind: str, issuer: str, *, failed: bool) -> str:
    """Return kind and issuer of a document whose check digit has not failed; empty for anything else."""
    return f"{kind} {issuer}" if kind in DOCUMENTS and issuer and not failed else ""


def _document_kinds(filed: FiledIdentifiers, usable: Integers, records: int) -> tuple[SharedValues, TextSequence]:
    """Return which records hold a document of which kind and issuer, and these as texts."""
    distinct, place = dense(
        filed.kind[usable] * len(filed.issuers) + filed.issuer[usable], len(filed.kinds) * len(filed.issuers)
    )
    issuers = filed.issuers.to_pylist()
    texts = [
        document_kind(filed.kinds[code // len(issuers)], issuers[code % len(issuers)], failed=False)
        for code in distinct.tolist()
    ]
    document_texts = sorted({text for text in texts if text})
    number = {text: at for at, text in enumerate(document_texts)} | {"": -1}
    value = np.array([number[text] for text in texts], dtype=np.int64)[place]
    verified = np.flatnonzero((value >= 0) & ~filed.failed[usable])
    return SharedValues.of(filed.record[usable][verified], value[verified], records), TextSequence(
        as_column(document_texts)
    )
