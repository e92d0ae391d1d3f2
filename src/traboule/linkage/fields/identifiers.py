"""The identifiers of persons: normalised, judged, stopped, and sorted into groups that are compared together.

In come rows as the register gives them (person, kind, value, issuer); out goes one table of them in normal form and,
for each group, who holds what. It promises: a value with a failed check digit is no strong evidence (rule 13); a
stopped value is in no group (rule 12), nor is what cannot be of its kind (a phone with letters, a passport of 500
signs); a document or plate without its issuer is compared by number alone, and no evidence by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from traboule.core.identifiers import Identifier, Reason, Verdict, normalise
from traboule.linkage.fields.shared import Shared
from traboule.linkage.stop_list import Persons, StopList, stop_limits, stopped_table, too_common

DOCUMENTS = ("passport", "id_card", "residence_permit", "visa")
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
_ISSUED = frozenset({*DOCUMENTS, "plate"})
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
    """``table``: one row an identifier of a person (IDENTIFIERS_SCHEMA; ``stopped`` empty or the reason, ``number`` the
    record's). ``groups``: who shares what; ``texts``: the texts behind the numbers of values. ``stopped``: the table of
    stopped values. ``document_kinds``: who holds a document of which kind and issuer, verified and not stopped."""

    table: pa.Table
    groups: Mapping[str, Shared]
    texts: tuple[str, ...]
    stopped: pa.Table
    document_kinds: Shared
    document_texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    identifier: Identifier
    issuer: str


def held_identifiers(rows: Sequence[tuple[int, str, str, str, str]], persons: Persons, listed: StopList) -> Held:
    """Return the identifiers of persons from ``rows`` of (record number, kind, value, issuer, unit).

    A phone is read in the country of its issuer, or of the state that filed it.
    """
    seen: dict[tuple[str, str, str, str], Identifier] = {}
    read: set[_Row] = set()
    for number, kind, value, issuer, unit in rows:
        key = (kind, value, issuer, unit)
        identifier = seen.get(key)
        if identifier is None:
            identifier = seen[key] = normalise(kind, value, region=issuer or unit or None, issuer=issuer)
        if identifier.normal:
            read.add(_Row(number, identifier, (issuer or identifier.issuer) if kind in _ISSUED else ""))
    kept = sorted(read, key=lambda row: (row.number, row.identifier.kind, row.identifier.normal, row.issuer))
    reasons = _reasons(kept, persons, listed)
    table = pa.table(
        {
            "number": [row.number for row in kept],
            "kind": [row.identifier.kind for row in kept],
            "value": [row.identifier.normal for row in kept],
            "issuer": [row.issuer for row in kept],
            "verified": [row.identifier.verdict is not Verdict.FAILED for row in kept],
            "stopped": reasons,
        },
        schema=IDENTIFIERS_SCHEMA,
    )
    records = len(persons.sound)
    groups, texts = _grouped(kept, reasons, records)
    return Held(table, groups, texts, _stopped(kept, reasons), *_document_kinds(kept, reasons, records))


def _reasons(kept: Sequence[_Row], persons: Persons, listed: StopList) -> list[str]:
    """Return for each row why it is stopped, or an empty text."""
    keys = [(row.identifier.kind, row.identifier.normal, row.issuer) for row in kept]
    number = {key: place for place, key in enumerate(sorted(set(keys)))}
    by_list = {key: _by_itself(row.identifier, listed) for key, row in zip(keys, kept, strict=True)}
    common = too_common(
        np.array([row.number for row in kept], dtype=np.int64),
        np.array([number[key] for key in keys], dtype=np.int64),
        stop_limits([row.identifier.kind for row in kept], listed),
        persons,
    )
    return [
        by_list[key] or ("too_common" if is_common else "")
        for key, is_common in zip(keys, common.tolist(), strict=True)
    ]


def _by_itself(identifier: Identifier, listed: StopList) -> str:
    """Return why an identifier is stopped whoever holds it: nobody's, listed, or of no kind at all."""
    if identifier.placeholder:
        return "placeholder"
    told = listed.reason(identifier.kind, identifier.normal)
    if told or identifier.verdict is not Verdict.FAILED or identifier.reason is Reason.CHECK_DIGIT:
        return told
    return "malformed"


def _grouped(kept: Sequence[_Row], reasons: Sequence[str], records: int) -> tuple[dict[str, Shared], tuple[str, ...]]:
    """Return for each group who holds which value, and the values' texts; they are numbered over all groups alike."""
    rows: dict[str, list[tuple[int, str]]] = {group: [] for group in GROUPS}
    for row, reason in zip(kept, reasons, strict=True):
        if not reason:
            failed = row.identifier.verdict is Verdict.FAILED
            for group, text in shared_as(row.identifier.kind, row.identifier.normal, row.issuer, failed=failed):
                rows[group].append((row.number, text))
    texts = sorted({text for group in rows.values() for _, text in group})
    number = {text: place for place, text in enumerate(texts)}
    groups = {
        group: Shared.of(
            np.array([record for record, _ in held], dtype=np.int64),
            np.array([number[text] for _, text in held], dtype=np.int64),
            records,
        )
        for group, held in rows.items()
    }
    return groups, tuple(texts)


def shared_as(kind: str, normal: str, issuer: str, *, failed: bool) -> list[tuple[str, str]]:
    """Return the groups in which an identifier is compared, and in each the text that whoever shares it shares."""
    found = [("numbers", f"number\x1f{normal}")] if kind in _NUMBERS else []
    if failed or (kind in DOCUMENTS and not issuer):
        return found
    family = "document" if kind in DOCUMENTS else kind
    groups = [group for group in _GROUPS.get(kind, ()) if issuer or group != "plates"]
    return found + [(group, f"{family}\x1f{issuer}\x1f{normal}") for group in groups]


def document_kind(kind: str, issuer: str, *, failed: bool) -> str:
    """Return kind and issuer of a document whose check digit has not failed; empty for everything else."""
    return f"{kind} {issuer}" if kind in DOCUMENTS and issuer and not failed else ""


def _document_kinds(kept: Sequence[_Row], reasons: Sequence[str], records: int) -> tuple[Shared, tuple[str, ...]]:
    """Return who holds a document of which kind and issuer, and these as texts."""
    rows = [
        (row.number, document_kind(row.identifier.kind, row.issuer, failed=row.identifier.verdict is Verdict.FAILED))
        for row, reason in zip(kept, reasons, strict=True)
        if not reason
    ]
    texts = tuple(sorted({kind for _, kind in rows if kind}))
    number = {kind: place for place, kind in enumerate(texts)}
    pairs = np.array([(record, number[kind]) for record, kind in rows if kind], dtype=np.int64).reshape(-1, 2)
    return Shared.of(pairs[:, 0], pairs[:, 1], records), texts


def _stopped(kept: Sequence[_Row], reasons: Sequence[str]) -> pa.Table:
    """Return the table of stopped values with how many records hold each."""
    holders: dict[tuple[str, str, str], set[int]] = {}
    for row, reason in zip(kept, reasons, strict=True):
        if reason:
            key = (row.identifier.kind, row.identifier.normal, reason)
            holders.setdefault(key, set()).add(row.number)
    return stopped_table((kind, value, reason, len(records)) for (kind, value, reason), records in holders.items())
