"""Select the rows of one kind of thing that may link.

Input: identifiers (record, unit, kind, value, issuer) and a stop list. Output: :class:`ThingRows`, sorted by record,
each record once. Placeholders, listed values and malformed values are left out and reported.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.identifiers import NormalisedIdentifier, Reason, Verdict, normalise
from traboule.linkage.stop_list import IdentifierStopList, stopped_table

# A longer advert is no placeholder and has no normal form; its words are read where it is compared.
_LONG_ADVERT = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One thing as filed. ``issuer``: the state filed with it, or named by its number, or empty."""

    record: str
    unit: str
    value: str
    issuer: str
    identifier: NormalisedIdentifier


@dataclass(frozen=True)
class ThingRows:
    """``linkable``: rows that may link, in the order of records. ``stopped``: kind, value_hash, reason, records.
    ``malformed``: records whose value cannot be of its kind."""

    linkable: tuple[Row, ...]
    stopped: pa.Table
    malformed: tuple[str, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """The records of the linkable rows."""
        return tuple(row.record for row in self.linkable)


def thing_rows(identifiers: pa.Table, kinds: Collection[str], stops: IdentifierStopList) -> ThingRows:
    """Return the rows of ``identifiers`` of one of ``kinds``. Raises KeyError where a column is missing."""
    rows = identifiers.filter(pc.is_in(identifiers["kind"], value_set=pa.array(sorted(kinds), pa.string())))
    columns = [rows[name].to_pylist() for name in ("record", "unit", "kind", "value", "issuer")]
    filed_by_record: dict[str, tuple[str, str, str, str]] = {}
    for record, unit, kind, value, issuer in zip(*columns, strict=True):
        if record:
            key = (unit or "", kind, value or "", issuer or "")
            filed_by_record[record] = min(filed_by_record.get(record, key), key)
    seen: dict[tuple[str, str, str, str], NormalisedIdentifier] = {}
    linkable: list[Row] = []
    malformed: list[str] = []
    stopped: dict[tuple[str, str, str], int] = {}
    for record, (unit, kind, value, issuer) in sorted(filed_by_record.items()):
        key = (unit, kind, value, issuer)
        identifier = seen.get(key)
        if identifier is None:
            identifier = seen[key] = _identifier(unit, kind, value, issuer)
        reason = _reason(identifier, stops)
        if reason:
            place = (kind, identifier.normal, reason)
            stopped[place] = stopped.get(place, 0) + 1
        elif identifier.reason in (Reason.FORMAT, Reason.UNREADABLE):
            malformed.append(record)
        else:
            linkable.append(Row(record, unit, value, identifier.issuer or issuer, identifier))
    table = stopped_table((kind, value, reason, records) for (kind, value, reason), records in stopped.items())
    return ThingRows(tuple(linkable), table, tuple(malformed))


def _identifier(unit: str, kind: str, value: str, issuer: str) -> NormalisedIdentifier:
    if kind == "advert" and len(value) > _LONG_ADVERT and len(set(value[:_LONG_ADVERT])) > 8:
        return NormalisedIdentifier(kind, value, Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT)
    return normalise(kind, value, region=issuer or unit or None, issuer=issuer)


def _reason(identifier: NormalisedIdentifier, stops: IdentifierStopList) -> str:
    if identifier.placeholder:
        return "placeholder"
    if identifier.kind == "advert" and len(identifier.normal) > _LONG_ADVERT:
        return ""
    return stops.reason(identifier.kind, identifier.normal)
