"""Compare a ledger with itself, with what the database holds now, and with a witness's last head.

In: entries, stored nodes, digests. Out: findings as data, each naming what differs. Guaranteed: pure. What agrees with
itself may still be another ledger: only a receipt or a witness from outside shows that.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from traboule.ledger import merkle
from traboule.ledger.entries import LedgerEntry
from traboule.ledger.keys import LedgerKey
from traboule.ledger.merkle import Coordinate
from traboule.ledger.verifier import (
    Checkpoint,
    Faulty,
    VerifierKey,
    canonical,
    check_receipt,
    is_consistent,
    verified_checkpoint,
)

BYTES = "bytes/"  # What precedes an anchor that is the plain hash of a document's bytes.
SHOWN = "ledger_recordshown"
EMPTY = ""  # The digest of a group without rows.


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """One thing that does not agree. ``kind`` is a key of the command line's catalogue:

    ``entry-altered``, ``entry-missing``, ``entry-surplus`` (``name``: index), ``node-altered`` (level/position),
    ``row-altered``, ``row-missing``, ``row-unrecorded``, ``bytes-altered`` (``table``, and ``name`` of a row or group),
    ``shown-altered`` (index); of a receipt in file ``name``: ``receipt-altered``, ``receipt-malformed``,
    ``checkpoint-unsigned`` (by this ledger), ``ledger-forked`` (or cut off since).
    """

    kind: str
    name: str
    table: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"kind": self.kind, "table": self.table, "name": self.name}


def tree_findings(
    entries: Sequence[tuple[int, LedgerEntry]], nodes: Mapping[Coordinate, bytes]
) -> Iterator[LedgerFinding]:
    """Yield what differs between the entries and the stored tree, and within the tree."""
    count = 1 + max((position for level, position in nodes if level == 0), default=-1)
    by_index = dict(entries)
    for index in range(count):
        if index not in by_index:
            yield LedgerFinding("entry-missing", str(index))
        elif by_index[index].leaf() != nodes.get((0, index)):
            yield LedgerFinding("entry-altered", str(index))
    yield from (LedgerFinding("entry-surplus", str(index)) for index in sorted(by_index) if index >= count)
    leaves = [nodes.get((0, index), b"") for index in range(count)]
    expected = merkle.memory_nodes(leaves)
    for coordinate in sorted(expected.keys() | nodes.keys()):
        if expected.get(coordinate) != nodes.get(coordinate) or not nodes.get(coordinate):
            yield LedgerFinding("node-altered", f"{coordinate[0]}/{coordinate[1]}")


def last_anchors(entries: Iterable[tuple[int, LedgerEntry]]) -> dict[str, str]:
    """Return the anchor in force of each name: what was anchored again was changed by a verb."""
    anchors: dict[str, str] = {}
    for _, entry in entries:
        anchors.update(entry.anchors)
    anchors.pop(SHOWN, None)
    return anchors


def row_findings(
    table: str, digests: Mapping[str, str], anchors: Mapping[str, str], key: LedgerKey
) -> Iterator[LedgerFinding]:
    """Yield what differs between the rows of ``table`` as they are and as they were anchored."""
    prefix = f"{table}/"
    anchored = {name.removeprefix(prefix): value for name, value in anchors.items() if name.startswith(prefix)}
    for name in sorted(anchored.keys() | digests.keys()):
        if name not in anchored:
            yield LedgerFinding("row-unrecorded", name, table)
        elif anchored[name] != key.anchor(prefix + name, digests.get(name, EMPTY)):
            yield LedgerFinding("row-altered" if name in digests else "row-missing", name, table)


def bytes_findings(table: str, digests: Mapping[str, str], anchors: Mapping[str, str]) -> Iterator[LedgerFinding]:
    """Yield the documents of ``table`` whose bytes are not those anchored."""
    prefix = f"{BYTES}{table}/"
    for name, value in sorted(anchors.items()):
        row = name.removeprefix(prefix)
        if name.startswith(prefix) and row in digests and digests[row] != value:
            yield LedgerFinding("bytes-altered", row, table)


def shown_findings(
    entries: Iterable[tuple[int, LedgerEntry]], rows: Mapping[int, Sequence[Sequence[str]]], key: LedgerKey
) -> Iterator[LedgerFinding]:
    """Yield the entries whose list of records shown is not the one they commit to."""
    listed = dict(rows)
    for index, entry in entries:
        shown = listed.pop(index, ())
        expected = key.anchor(SHOWN, shown_digest(shown)) if shown or SHOWN in entry.anchors else None
        if entry.anchors.get(SHOWN) != expected:
            yield LedgerFinding("shown-altered", str(index))
    yield from (LedgerFinding("shown-altered", str(index)) for index in sorted(listed))


def shown_row(entry: LedgerEntry, unit: str, record: str) -> tuple[str, ...]:
    """Return what is hashed of a record shown: whose it is, its name, and to whom it was shown, when and by what."""
    moment = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return unit, record, moment, entry.actor, entry.account, entry.role, entry.verb


def shown_digest(rows: Iterable[Sequence[str]]) -> str:
    """Return the SHA-256 (hex) over the rows of records shown, in any order."""
    return hashlib.sha256(canonical(sorted(list(row) for row in rows))).hexdigest()


def receipt_findings(
    receipts: Iterable[tuple[str, Mapping[str, Any]]], key: VerifierKey, leaves: list[bytes]
) -> Iterator[LedgerFinding]:
    """Yield the files, by name, that are no receipts given by the log with these leaves."""
    for name, receipt in receipts:
        try:
            check_receipt(dict(receipt), key, leaves)
        except Faulty as fault:
            code = str(fault.args[0])
            yield LedgerFinding("receipt-malformed" if code == "note-malformed" else code, name)
        except (KeyError, TypeError, ValueError):
            yield LedgerFinding("receipt-malformed", name)


def next_head(head: Checkpoint | None, note: str, proof: Sequence[str], key: VerifierKey) -> Checkpoint:
    """Return the checkpoint in ``note`` if the log of ``head`` is its beginning. Raises Faulty where it is not.

    ``proof`` is the consistency proof (base64); without a head, any checkpoint signed by ``key`` will do.
    """
    checkpoint = verified_checkpoint(note, key)
    if head is None:
        return checkpoint
    path = [base64.b64decode(node) for node in proof]
    if not is_consistent((head.size, head.root), (checkpoint.size, checkpoint.root), path):
        raise Faulty("ledger-forked", head.size)
    return checkpoint
