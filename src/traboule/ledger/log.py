"""Append an entry in the caller's transaction, and read the log back: entries, nodes, signed checkpoints, proofs.

Guaranteed: entries are numbered 0, 1, 2 … without a gap, since whoever appends holds one lock of the database until the
transaction ends; an append reads and writes O(log n) nodes; an entry is not read back, since most of those who may add
one may not read the ledger.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from django.db import connection

from traboule.core.errors import NotFound
from traboule.database.arrow import append as insert
from traboule.ledger import merkle
from traboule.ledger.entries import InclusionReceipt, LedgerEntry
from traboule.ledger.keys import LedgerKey
from traboule.ledger.merkle import Coordinate
from traboule.ledger.models import Entry, Node, RecordShown
from traboule.ledger.notes import Signer, checkpoint_text
from traboule.ledger.verification import shown_row
from traboule.ledger.verifier import Checkpoint

_LOCK = 7_126_003  # Any number of our own, other than those of ``database``.
_SHOWN_COLUMNS = ("index", "at", "actor", "account", "role", "verb", "unit", "record")
_COLUMNS = ("index", "at", "actor", "account", "role", "unit", "verb", "result_hash", "anchors")


def append(entry: LedgerEntry) -> int:
    """Add ``entry`` and return its index. Other appenders wait until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    index = size()  # Another statement, so that it sees what was committed while this one waited.
    nodes = merkle.added_nodes(index, entry.leaf(), fetch)
    insert(
        Entry,
        _COLUMNS,
        [
            (
                *(index, entry.at, entry.actor, entry.account, entry.role),
                *(",".join(entry.units), entry.verb, entry.result, dict(entry.anchors)),
            )
        ],
    )
    rows = ((level, position, digest.hex()) for (level, position), digest in nodes.items())
    insert(Node, ("level", "position", "hash"), rows)
    return index


def append_shown(index: int, entry: LedgerEntry, records: Iterable[Sequence[str]]) -> None:
    """Add the records, as (unit, name), that the verb of ``entry`` showed; the entry at ``index`` commits to them."""
    acted = (index, entry.at, entry.actor, entry.account, entry.role, entry.verb)
    insert(RecordShown, _SHOWN_COLUMNS, ((*acted, *record) for record in records))


def size() -> int:
    """Return how many entries there are."""
    last = Node.objects.filter(level=0).order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def fetch(needed: set[Coordinate]) -> Mapping[Coordinate, bytes]:
    """Return stored nodes. Raises NotFound where one is missing."""
    if not needed:
        return {}
    pairs = ", ".join(["(%s, %s)"] * len(needed))
    values = [number for coordinate in sorted(needed) for number in coordinate]
    query = f"SELECT level, position, hash FROM ledger_node WHERE (level, position) IN ({pairs})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        nodes = {(level, position): _bytes(digest) for level, position, digest in cursor.fetchall()}
    if len(nodes) != len(needed):
        raise NotFound("ledger-node-missing")
    return nodes


def entries(*verbs: str) -> Iterator[tuple[int, LedgerEntry]]:
    """Yield the entries of ``verbs``, or all, with their index and in order, as far as the reader may see them."""
    rows = Entry.objects.filter(verb__in=verbs) if verbs else Entry.objects.all()
    for row in rows.order_by("index").iterator():
        yield (
            row.index,
            LedgerEntry(
                at=row.at,
                actor=row.actor,
                account=row.account,
                role=row.role,
                units=tuple(row.unit.split(",")) if row.unit else (),
                verb=row.verb,
                result=row.result_hash,
                anchors=row.anchors,
            ),
        )


def nodes() -> dict[Coordinate, bytes]:
    """Return every stored node."""
    rows = Node.objects.values_list("level", "position", "hash").iterator()
    return {(level, position): _bytes(digest) for level, position, digest in rows}


def records_shown() -> dict[int, list[tuple[str, ...]]]:
    """Return what was shown, by index of the entry, as it is hashed there."""
    shown: dict[int, list[tuple[str, ...]]] = {}
    for row in RecordShown.objects.order_by("index", "id").iterator():
        acted = LedgerEntry(row.at, row.actor, row.account, row.role, (), row.verb, "")
        shown.setdefault(row.index, []).append(shown_row(acted, row.unit, row.record))
    return shown


def secrets(path: Path | None) -> LedgerKey:
    """Return what the ledger's key file holds, made before the first entry.

    Raises Unready where it cannot be read, or is missing though there are entries: another key would fit none of them.
    """
    return LedgerKey.at(path, make=size() == 0)


def signer(key: LedgerKey) -> Signer:
    """Return the signer of this log, whose name comes from its first entry. Raises NotFound before there is any."""
    if size() == 0:
        raise NotFound("ledger-empty")
    return key.signer(origin(fetch({(0, 0)})[0, 0]))


def origin(first: bytes) -> str:
    """Return the name of the log whose first leaf has the hash ``first``: no two logs share it."""
    return f"traboule/{first.hex()[:16]}"


def checkpoint(key: LedgerKey, count: int) -> str:
    """Return the signed checkpoint of the first ``count`` entries. Raises NotFound before there is an entry."""
    log_signer = signer(key)
    return log_signer.sign(checkpoint_text(Checkpoint(log_signer.name, count, merkle.root(count, fetch))))


def inclusion_receipt(index: int, entry: LedgerEntry, key: LedgerKey) -> InclusionReceipt:
    """Return the proof that ``entry``, just appended, is in the log as signed now."""
    proof = merkle.inclusion_proof(index, index + 1, fetch)
    path = tuple(base64.b64encode(node).decode() for node in proof)
    return InclusionReceipt(index, entry.data().decode(), checkpoint(key, index + 1), path)


def _bytes(digest: str) -> bytes:
    """Return the hash that a node holds, nothing where it is none."""
    try:
        return bytes.fromhex(digest)
    except ValueError:
        return b""
