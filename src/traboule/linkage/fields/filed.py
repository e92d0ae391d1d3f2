"""Identifiers as filed, read: in normal form, judged each by itself, each once a record.

In come columns of the register and a stop-list; out go :class:`Filed` columns of numbers with the texts behind them. It
promises: pure; each distinct filing is read once, by :func:`traboule.core.identifiers.normalise`, or as a column where
that could only give the same (:mod:`traboule.core.identifiers.plain`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from traboule.core.identifiers import NormalisedIdentifier, Reason, Verdict, normalise_each, plain
from traboule.linkage.fields.texts import (
    FEW,
    Column,
    Flags,
    Integers,
    column_of,
    known_from_one,
    matching,
    numbered,
    one_behind_other,
    places_in,
    repeated,
    texts_of,
    together,
)
from traboule.linkage.stop_list import StopList

DOCUMENTS = ("passport", "id_card", "residence_permit", "visa")
ISSUED = frozenset({*DOCUMENTS, "plate"})


@dataclass(frozen=True)
class Filed:
    """Identifiers sorted by record, kind, normal form and issuer. ``kind``, ``normal``, ``issuer``, ``reason``: numbers
    of texts; ``reason``: why it is stopped whoever holds it, 0 where it is not. ``failed``: its check digit."""

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
class _Part:
    """Some rows of one kind: their places, and what was read."""

    rows: Integers
    normal: Column
    issuer: Column
    failed: Flags
    reason: Column


def read_identifiers(rows: pa.Table, record: Integers, listed: StopList) -> Filed:
    """Return the identifiers of ``rows`` (kind, value, issuer, unit), which belong to ``record`` (numbers).

    A phone is read in the country of its issuer, or of the state that filed it.
    """
    kind_of, kinds = numbered(texts_of(rows, "kind"))
    parts: list[_Part] = []
    for number, kind in enumerate(kinds.to_pylist()):
        at = np.flatnonzero(kind_of == number)
        if len(at) > FEW:
            parts += _read(kind, at, rows if len(at) == len(rows) else rows.take(at), listed)
    few = np.flatnonzero(np.bincount(kind_of, minlength=len(kinds))[kind_of] <= FEW)
    if len(few) or not parts:
        parts.append(_one_by_one(few, rows if len(few) == len(rows) else rows.take(few), listed))
    place = np.concatenate([part.rows for part in parts])
    normal, normals = numbered(one_behind_other([part.normal for part in parts]))
    issuer, issuers = numbered(one_behind_other([part.issuer for part in parts]))
    reason, reasons = known_from_one(one_behind_other([part.reason for part in parts]))
    failed = np.concatenate([part.failed for part in parts])
    owner, kind = record[place], kind_of[place]
    codes, _ = together(
        (owner, int(owner.max(initial=-1)) + 1),
        (kind, len(kinds)),
        (normal, len(normals)),
        (issuer, len(issuers)),
        (failed.astype(np.int64), 2),
        (reason, len(reasons)),
    )
    _, kept = np.unique(codes, return_index=True)
    return Filed(
        record=owner[kept],
        kind=kind[kept],
        normal=normal[kept],
        issuer=issuer[kept],
        failed=failed[kept],
        reason=reason[kept],
        kinds=kinds.to_pylist(),
        normals=normals,
        issuers=issuers,
        reasons=reasons,
    )


def _read(kind: str, at: Integers, rows: pa.Table, listed: StopList) -> list[_Part]:
    """Return what was read of ``rows``, all of one kind, whose places are ``at``; what says nothing is left out."""
    values, issuers = texts_of(rows, "value"), texts_of(rows, "issuer")
    sure, normal = _plainly(kind, values, issuers, listed)
    parts = []
    if sure.any():
        many = int(sure.sum())
        parts.append(
            _Part(
                at[sure],
                normal.filter(sure),
                issuers.filter(sure) if kind in ISSUED else repeated("", many),
                np.zeros(many, dtype=np.bool_),
                repeated("", many),
            )
        )
    if not sure.all():
        parts.append(_one_by_one(at[~sure], rows.filter(~sure), listed))
    return parts


def _plainly(kind: str, values: Column, issuers: Column, listed: StopList) -> tuple[Flags, Column]:
    """Tell which ``values`` are in normal form already but for separators, and by themselves not stopped; and the
    normal form of all."""
    how = plain(kind)
    if how is None or listed.words.get(kind):
        return np.zeros(len(values), dtype=np.bool_), values
    normal = pc.ascii_upper(pc.replace_substring_regex(values, pattern=how.separators, replacement=""))
    by_themselves = {*how.words, *(value for of_kind, value in listed.values if of_kind == kind)}
    doubtful = matching(normal, "|".join(f"(?:{each})" for each in how.doubtful))
    doubtful |= places_in(normal, column_of(sorted(by_themselves))) >= 0
    for pattern, states in how.where.items():
        concerned = places_in(issuers, column_of(sorted(states))) >= 0
        if concerned.any():
            doubtful |= concerned & matching(normal, pattern)
    return matching(values, how.filed) & matching(normal, how.known) & ~doubtful, normal


class Reading(NamedTuple):
    """One identifier as it was read. ``normal``: its normal form. ``issuer``: where that is part of it.
    ``failed``: its check digit, or too little of it is there. ``reason``: why it is stopped whoever holds it, empty
    where it is not."""

    kind: str
    normal: str
    issuer: str
    failed: bool
    reason: str


def read_each(filed: tuple[str, str, str, str], listed: StopList) -> list[Reading]:
    """Return what one filing (kind, value, issuer, unit) says: mostly one thing, or nothing, or several."""
    kind, value, issuer, unit = filed
    each = normalise_each(kind, value, region=issuer or unit or None, issuer=issuer)
    return [_reading(found, issuer, listed) for found in each if found.normal]


def _reading(found: NormalisedIdentifier, issuer: str, listed: StopList) -> Reading:
    told = (issuer or found.issuer) if found.kind in ISSUED else ""
    # Of a masked card the digits that can be read are many cards'.
    failed = found.verdict is Verdict.FAILED or found.reason is Reason.MASKED
    return Reading(found.kind, found.normal, told, failed, _by_itself(found, listed))


def _one_by_one(at: Integers, rows: pa.Table, listed: StopList) -> _Part:
    """Return what was read of ``rows``, whose places are ``at``, each distinct one once."""
    columns = (texts_of(rows, name).to_pylist() for name in ("kind", "value", "issuer", "unit"))
    filed = list(zip(*columns, strict=True))
    read = {each: read_each(each, listed) for each in set(filed)}
    readings = [reading for each in filed for reading in read[each]]
    return _Part(
        np.repeat(at, [len(read[each]) for each in filed]),
        column_of([reading.normal for reading in readings]),
        column_of([reading.issuer for reading in readings]),
        np.array([reading.failed for reading in readings], dtype=np.bool_),
        column_of([reading.reason for reading in readings]),
    )


def _by_itself(identifier: NormalisedIdentifier, listed: StopList) -> str:
    """Return why an identifier is stopped whoever holds it: nobody's, listed, or of no kind at all."""
    if identifier.placeholder:
        return "placeholder"
    told = listed.of_persons(identifier.kind, identifier.normal)
    if told or identifier.verdict is not Verdict.FAILED or identifier.reason is Reason.CHECK_DIGIT:
        return told
    return "malformed"
