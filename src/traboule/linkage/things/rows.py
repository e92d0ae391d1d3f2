"""The rows of one kind of thing, as the register's identifiers give them, and what of them may link.

In come identifiers (record, unit, kind, value, issuer) and a stop-list; out go :class:`Rows`, sorted by record, each
once. It promises: pure; what only fills a cell, what is listed and what cannot be of its kind is left out and told.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.identifiers import NormalisedIdentifier, Reason, Verdict, normalise
from traboule.linkage.stop_list import StopList, stopped_table

# An advert longer than this fills no cell, and has no normal form to compare: its words are read where it is compared.
_LONG_ADVERT = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One thing as filed. ``issuer``: the state filed beside it, or the state its own number names, or empty."""

    record: str
    unit: str
    value: str
    issuer: str
    identifier: NormalisedIdentifier


@dataclass(frozen=True)
class Rows:
    """``kept``: what may link, in the order of records. ``stopped``: kind, value_hash, reason, records. ``malformed``:
    records whose value cannot be of its kind."""

    kept: tuple[Row, ...]
    stopped: pa.Table
    malformed: tuple[str, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """The records of the rows kept."""
        return tuple(row.record for row in self.kept)


def thing_rows(identifiers: pa.Table, kinds: Collection[str], listed: StopList) -> Rows:
    """Return the rows of ``identifiers`` that are of one of ``kinds``. Raises KeyError where a column is missing."""
    rows = identifiers.filter(pc.is_in(identifiers["kind"], value_set=pa.array(sorted(kinds), pa.string())))
    columns = [rows[name].to_pylist() for name in ("record", "unit", "kind", "value", "issuer")]
    found: dict[str, tuple[str, str, str, str]] = {}
    for record, unit, kind, value, issuer in zip(*columns, strict=True):
        if record:
            key = (unit or "", kind, value or "", issuer or "")
            found[record] = min(found.get(record, key), key)
    seen: dict[tuple[str, str, str, str], NormalisedIdentifier] = {}
    kept: list[Row] = []
    malformed: list[str] = []
    stopped: dict[tuple[str, str, str], int] = {}
    for record, (unit, kind, value, issuer) in sorted(found.items()):
        key = (unit, kind, value, issuer)
        identifier = seen.get(key)
        if identifier is None:
            identifier = seen[key] = _identifier(unit, kind, value, issuer)
        reason = _reason(identifier, listed)
        if reason:
            place = (kind, identifier.normal, reason)
            stopped[place] = stopped.get(place, 0) + 1
        elif identifier.reason in (Reason.FORMAT, Reason.UNREADABLE):
            malformed.append(record)
        else:
            kept.append(Row(record, unit, value, identifier.issuer or issuer, identifier))
    table = stopped_table((kind, value, reason, records) for (kind, value, reason), records in stopped.items())
    return Rows(tuple(kept), table, tuple(malformed))


def _identifier(unit: str, kind: str, value: str, issuer: str) -> NormalisedIdentifier:
    if kind == "advert" and len(value) > _LONG_ADVERT and len(set(value[:_LONG_ADVERT])) > 8:
        return NormalisedIdentifier(kind, value, Verdict.UNCHECKED, Reason.NO_CHECK_DIGIT)
    return normalise(kind, value, region=issuer or unit or None, issuer=issuer)


def _reason(identifier: NormalisedIdentifier, listed: StopList) -> str:
    if identifier.placeholder:
        return "placeholder"
    if identifier.kind == "advert" and len(identifier.normal) > _LONG_ADVERT:
        return ""
    return listed.reason(identifier.kind, identifier.normal)
