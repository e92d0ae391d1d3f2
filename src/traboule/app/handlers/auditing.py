"""The ledger looked at: its key, checkpoints and proofs, a bundle for checking elsewhere, and the comparison with
everything that the database holds.

Guaranteed: verifying names what differs and shows no content of it; a checkpoint is signed when it is asked for.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.recording.anchored import ANCHORED
from traboule.core.errors import Conflict
from traboule.ledger import log, merkle, tiles, verifier
from traboule.ledger.digests import all_digests, content_digests
from traboule.ledger.entries import LedgerEntry
from traboule.ledger.keys import LedgerKey
from traboule.ledger.notes import key_text
from traboule.ledger.verification import (
    BYTES,
    LedgerFinding,
    bytes_findings,
    last_anchors,
    receipt_findings,
    row_findings,
    shown_findings,
    tree_findings,
)
from traboule.ledger.verifier import FORMAT, is_included

RECORD_DOCUMENTS = ("release.issue", "ledger.begin")
DOCUMENTS = "release_document"
MOST_ANCHORS = 300  # Of some 150 bytes each: a tile of entries gives each 64 kB at most.


@dataclass(frozen=True, slots=True)
class LedgerKeyShown:
    """The public key of the ledger, as C2SP writes it."""

    key: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"key": self.key}


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """A signed checkpoint, with the proof (base64) that the first ``since`` entries are its beginning."""

    key: str
    checkpoint: str
    since: int
    consistency: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "key": self.key,
            "checkpoint": self.checkpoint,
            "since": self.since,
            "consistency": list(self.consistency),
        }


@dataclass(frozen=True, slots=True)
class LedgerBundle:
    """What checking the ledger elsewhere needs: ``bundle`` as JSON, ``tiles`` by path as C2SP lays them out, and the
    ``verifier``, a program of one file."""

    bundle: Mapping[str, Any]
    key: str
    tiles: Mapping[str, bytes] = field(repr=False)
    verifier: bytes = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return how many entries there are, and the key to check them with."""
        return {"entries": len(self.bundle["entries"]), "key": self.key, "tiles": len(self.tiles)}


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What verification found: nothing, or each thing that differs. ``rows`` counts what was compared.

    An empty group of rows counts like any other: whether a return names victims is not to be told.
    """

    entries: int
    rows: int
    receipts: int
    findings: tuple[LedgerFinding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "entries": self.entries,
            "rows": self.rows,
            "receipts": self.receipts,
            "intact": not self.findings,
            "findings": [finding.to_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class LedgerBegun:
    """Rows that the ledger anchors from now on, as anchors; ``remaining`` more wait for another entry."""

    anchors: Mapping[str, str]
    remaining: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"anchored": len(self.anchors), "remaining": self.remaining}


def key(call: Call) -> LedgerKeyShown:
    """Return the public key of the ledger. Raises NotFound before there is an entry."""
    return LedgerKeyShown(key_text(log.signer(_secrets(call)).key))


def head(call: Call, *, since: int = 0) -> LedgerHead:
    """Return the ledger's signed checkpoint and the proof that it begins with the ``since`` entries of an earlier one.

    Raises Conflict where the ledger has fewer: entries were cut off.
    """
    secrets, count = _secrets(call), log.size()
    if since > count:
        raise Conflict("ledger-forked", size=since)
    proof = merkle.consistency_proof(since, count, log.fetch)
    public = key_text(log.signer(secrets).key)
    return LedgerHead(
        public, log.checkpoint(secrets, count), since, tuple(base64.b64encode(node).decode() for node in proof)
    )


def export(call: Call) -> LedgerBundle:
    """Return the whole ledger for checking elsewhere: entries, signed checkpoint, and the tiles of both."""
    secrets = _secrets(call)
    entries = [entry.data() for _, entry in log.entries()]
    checkpoint, nodes = log.checkpoint(secrets, len(entries)), log.nodes()
    files = {"checkpoint": checkpoint.encode()}
    for level, index, width in tiles.tiles(len(entries)):
        files[tiles.path(level, index, width)] = tiles.hash_tile(
            level, index, width, lambda needed: {coordinate: nodes[coordinate] for coordinate in needed}
        )
        if level == 0:
            start = index * tiles.WIDTH
            files[tiles.path("entries", index, width)] = tiles.entry_bundle(entries[start : start + width])
    bundle = {"format": FORMAT, "checkpoint": checkpoint, "entries": [entry.decode() for entry in entries]}
    return LedgerBundle(bundle, key_text(log.signer(secrets).key), files, Path(verifier.__file__).read_bytes())


def verify(call: Call, *, receipts: Sequence[tuple[str, Mapping[str, Any]]] = ()) -> LedgerReport:
    """Recompute the tree from the entries and compare what they anchor with what the database holds now.

    ``receipts``: files of receipts by name; each must be one that this ledger gave.
    """
    secrets, entries, nodes = _secrets(call), list(log.entries()), log.nodes()
    findings = list(tree_findings(entries, nodes))
    anchors = last_anchors(entries)
    names = set(anchors)
    for done, table in enumerate(ANCHORED):
        call.progress("verify", done, len(ANCHORED))
        digests = dict(all_digests(table))
        names |= {f"{table.name}/{name}" for name in digests}
        findings += row_findings(table.name, digests, anchors, secrets)
        if table.content:
            findings += bytes_findings(table.name, dict(content_digests(table, is_written=False)), anchors)
    call.progress("verify", len(ANCHORED), len(ANCHORED))
    findings += shown_findings(entries, log.records_shown(), secrets)
    leaves = [entry.leaf() for _, entry in entries]
    public = secrets.signer(log.origin(leaves[0] if leaves else merkle.EMPTY_ROOT)).key
    findings += receipt_findings(receipts, public, leaves)
    return LedgerReport(len(entries), len(names), len(receipts), tuple(findings))


def begin(call: Call) -> LedgerBegun:
    """Anchor rows that no entry anchors yet: those of a database that is older than this ledger.

    At most so many at once that the entry stays small; call again while some are ``remaining``. Who calls this vouches
    for those rows: from then on they cannot change unnoticed, and the entry names who said so.
    """
    secrets, anchors = _secrets(call), last_anchors(log.entries())
    found: dict[str, str] = {}
    for table in ANCHORED:
        prefix = f"{table.name}/"
        for name, digest in all_digests(table):
            found[prefix + name] = secrets.anchor(prefix + name, digest)
        if table.content:
            found |= {f"{BYTES}{prefix}{name}": digest for name, digest in content_digests(table, is_written=False)}
    new = [(name, value) for name, value in found.items() if name not in anchors]
    return LedgerBegun(dict(new[:MOST_ANCHORS]), max(0, len(new) - MOST_ANCHORS))


def altered_documents(release: str, digests: Mapping[str, str]) -> tuple[str, ...]:
    """Return the documents of the release with id ``release`` that the ledger did not record so at issue.

    ``digests``: SHA-256 (hex) of the documents by name, as they are now. A document is altered, too, where the entry
    that records it is no longer the one in the tree.
    """
    recorded = _recorded(f"{BYTES}{DOCUMENTS}/{release}/")
    return tuple(sorted(name for name in digests.keys() | recorded.keys() if recorded.get(name) != digests.get(name)))


def _recorded(prefix: str) -> dict[str, str]:
    """Return the hashes of documents whose anchors begin with ``prefix``, from entries that are in the tree."""
    count = log.size()
    root = merkle.root(count, log.fetch)
    recorded: dict[str, str] = {}
    for index, entry in log.entries(*RECORD_DOCUMENTS):
        names = {name.removeprefix(prefix): value for name, value in entry.anchors.items() if name.startswith(prefix)}
        if names and index < count and _is_in_tree(index, entry, count, root):
            recorded |= names
    return recorded


def _is_in_tree(index: int, entry: LedgerEntry, count: int, root: bytes) -> bool:
    return is_included(entry.leaf(), index, count, merkle.inclusion_proof(index, count, log.fetch), root)


def _secrets(call: Call) -> LedgerKey:
    """Return the ledger's secrets, from the file that dispatch knows."""
    return log.secrets(call.key_file)
