"""Read identifiers as filed into columns: in normal form, with their check digits and the reasons to stop them.

Each distinct value is read once by :func:`traboule.core.identifiers.normalise_each`, or as a whole column where that
gives the same result (:mod:`traboule.core.identifiers.plain`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.identifiers import NormalisedIdentifier, Reason, Verdict, normalise_each, plain
from traboule.core.identifiers.documents import DOCUMENTS
from traboule.linkage.arrays.text_encoding import (
    MAX_LIST,
    Column,
    Flags,
    Integers,
    as_column,
    combine_codes,
    concat_texts,
    index_in,
    matches_pattern,
    number_from_one,
    rank_texts,
    repeat_text,
    text_column,
)
from traboule.linkage.stop_list import IdentifierStopList

ISSUED = frozenset({*DOCUMENTS, "plate"})


@dataclass(frozen=True)
class FiledIdentifiers:
    """Identifiers sorted by record, kind, normal form and issuer.

    ``kind``, ``normal``, ``issuer`` and ``reason`` are numbers of texts. ``reason``: why the identifier is stopped
    whoever holds it, 0 where it is not. ``failed``: whether its check digit fails.
    """

    record: Integers
    kind: Integers
    normal: Integers
    issuer: Integers
    failed: Flags
    reason: Integers
    kinds: Sequence[str]
    normals: Column
    issuers: Column
    reasons: Sequence[str]

    def __len__(self) -> int:
        return len(self.record)


@dataclass(frozen=True)
class _ReadRows:
    """Some rows of one kind: their places, and what was read."""

    rows: Integers
    normal: Column
    issuer: Column
    failed: Flags
    reason: Column


def read_identifiers(rows: pa.Table, record: Integers, stops: IdentifierStopList) -> FiledIdentifiers:
    """Return the identifiers of ``rows`` (kind, value, issuer, unit), which belong to ``record`` (numbers).

    A phone is read in the country of its issuer, or else of the state that filed it.
    """
    kind_of, kinds = rank_texts(text_column(rows, "kind"))
    parts: list[_ReadRows] = []
    for number, kind in enumerate(kinds.to_pylist()):
        at = np.flatnonzero(kind_of == number)
        if len(at) > MAX_LIST:
            parts += _read_kind(kind, at, rows if len(at) == len(rows) else rows.take(at), stops)
    rare_kinds = np.flatnonzero(np.bincount(kind_of, minlength=len(kinds))[kind_of] <= MAX_LIST)
    if len(rare_kinds) or not parts:
        parts.append(
            _read_individually(rare_kinds, rows if len(rare_kinds) == len(rows) else rows.take(rare_kinds), stops)
        )
    place = np.concatenate([part.rows for part in parts])
    normal, normals = rank_texts(concat_texts([part.normal for part in parts]))
    issuer, issuers = rank_texts(concat_texts([part.issuer for part in parts]))
    reason, reasons = number_from_one(concat_texts([part.reason for part in parts]))
    failed = np.concatenate([part.failed for part in parts])
    owner, kind = record[place], kind_of[place]
    codes, _ = combine_codes(
        (owner, int(owner.max(initial=-1)) + 1),
        (kind, len(kinds)),
        (normal, len(normals)),
        (issuer, len(issuers)),
        (failed.astype(np.int64), 2),
        (reason, len(reasons)),
    )
    _, unique_rows = np.unique(codes, return_index=True)
    return FiledIdentifiers(
        record=owner[unique_rows],
        kind=kind[unique_rows],
        normal=normal[unique_rows],
        issuer=issuer[unique_rows],
        failed=failed[unique_rows],
        reason=reason[unique_rows],
        kinds=kinds.to_pylist(),
        normals=normals,
        issuers=issuers,
        reasons=reasons,
    )


def _read_kind(kind: str, at: Integers, rows: pa.Table, stops: IdentifierStopList) -> list[_ReadRows]:
    """Return what was read of ``rows``, all of one kind, whose places are ``at``; empty readings are left out."""
    values, issuers = text_column(rows, "value"), text_column(rows, "issuer")
    sure, normal = _read_plain(kind, values, issuers, stops)
    parts = []
    if sure.any():
        count = int(sure.sum())
        parts.append(
            _ReadRows(
                at[sure],
                normal.filter(sure),
                issuers.filter(sure) if kind in ISSUED else repeat_text("", count),
                np.zeros(count, dtype=np.bool_),
                repeat_text("", count),
            )
        )
    if not sure.all():
        parts.append(_read_individually(at[~sure], rows.filter(~sure), stops))
    return parts


def _read_plain(kind: str, values: Column, issuers: Column, stops: IdentifierStopList) -> tuple[Flags, Column]:
    """Tell which ``values`` are in normal form except for separators and are not stopped by themselves; return the
    normal form of all."""
    plain_form = plain(kind)
    if plain_form is None or stops.words.get(kind):
        return np.zeros(len(values), dtype=np.bool_), values
    normal = pc.ascii_upper(pc.replace_substring_regex(values, pattern=plain_form.separators, replacement=""))
    by_themselves = {*plain_form.words, *(value for of_kind, value in stops.values if of_kind == kind)}
    doubtful = matches_pattern(normal, "|".join(f"(?:{doubt})" for doubt in plain_form.doubtful))
    doubtful |= index_in(normal, as_column(sorted(by_themselves))) >= 0
    for pattern, states in plain_form.where.items():
        concerned = index_in(issuers, as_column(sorted(states))) >= 0
        if concerned.any():
            doubtful |= concerned & matches_pattern(normal, pattern)
    return matches_pattern(values, plain_form.filed) & matches_pattern(normal, plain_form.known) & ~doubtful, normal


class IdentifierReading(NamedTuple):
    """One identifier as read. ``issuer``: empty where it is not part of the identifier. ``failed``: its check digit
    fails, or too little of it is legible. ``reason``: why it is stopped whoever holds it, empty where it is not."""

    kind: str
    normal: str
    issuer: str
    failed: bool
    reason: str


def read_filed(filed: tuple[str, str, str, str], stops: IdentifierStopList) -> list[IdentifierReading]:
    """Return the readings of one filing (kind, value, issuer, unit): usually one, sometimes none or several."""
    kind, value, issuer, unit = filed
    readings = normalise_each(kind, value, region=issuer or unit or None, issuer=issuer)
    return [_reading(reading, issuer, stops) for reading in readings if reading.normal]


def _reading(identifier: NormalisedIdentifier, issuer: str, stops: IdentifierStopList) -> IdentifierReading:
    stated_issuer = (issuer or identifier.issuer) if identifier.kind in ISSUED else ""
    # The legible digits of a masked card belong to many cards.
    failed = identifier.verdict is Verdict.FAILED or identifier.reason is Reason.MASKED
    return IdentifierReading(
        identifier.kind, identifier.normal, stated_issuer, failed, _own_stop_reason(identifier, stops)
    )


def _read_individually(at: Integers, rows: pa.Table, stops: IdentifierStopList) -> _ReadRows:
    """Return what was read of ``rows``, whose places are ``at``, each distinct row once."""
    columns = (text_column(rows, name).to_pylist() for name in ("kind", "value", "issuer", "unit"))
    filed = list(zip(*columns, strict=True))
    read = {filing: read_filed(filing, stops) for filing in set(filed)}
    readings = [reading for filing in filed for reading in read[filing]]
    return _ReadRows(
        np.repeat(at, [len(read[filing]) for filing in filed]),
        as_column([reading.normal for reading in readings]),
        as_column([reading.issuer for reading in readings]),
        np.array([reading.failed for reading in readings], dtype=np.bool_),
        as_column([reading.reason for reading in readings]),
    )


def _own_stop_reason(identifier: NormalisedIdentifier, stops: IdentifierStopList) -> str:
    """Return why an identifier is stopped whoever holds it: a placeholder, listed, or malformed; empty where it is
    not."""
    if identifier.placeholder:
        return "placeholder"
    reason = stops.of_persons(identifier.kind, identifier.normal)
    if reason or identifier.verdict is not Verdict.FAILED or identifier.reason is Reason.CHECK_DIGIT:
        return reason
    return "malformed"
