"""A small ledger made without a database: entries, a signed bundle, receipts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from traboule.ledger import merkle
from traboule.ledger.entries import LedgerEntry
from traboule.ledger.notes import Signer, checkpoint_text, key_text
from traboule.ledger.verifier import FORMAT, Checkpoint, canonical

SEED = bytes(range(32))
SIGNER = Signer.log("traboule/0123456789abcdef", SEED)
KEY = key_text(SIGNER.key)
AT = datetime(2024, 10, 9, 9, tzinfo=UTC)


def receipt_of(number: int) -> dict[str, Any]:
    """Return what a filer is given, without the ledger's proof."""
    return {"receipt_id": f"r{number}", "content_hash": f"{number:064x}", "filed": number}


def entry(number: int, verb: str = "return.receive", **anchors: str) -> LedgerEntry:
    """Return the entry of receipt ``number``."""
    result = hashlib.sha256(canonical(receipt_of(number))).hexdigest()
    return LedgerEntry(AT + timedelta(minutes=number), "Awa Diop", "", "desk", ("ML",), verb, result, anchors)


def leaves_of(entries: Sequence[LedgerEntry]) -> list[bytes]:
    """Return the leaf hashes."""
    return [one.leaf() for one in entries]


def checkpoint(entries: Sequence[LedgerEntry], signer: Signer = SIGNER) -> str:
    """Return the checkpoint over ``entries``, signed."""
    root = merkle.root(len(entries), merkle.memory(leaves_of(entries)))
    return signer.sign(checkpoint_text(Checkpoint(signer.name, len(entries), root)))


def bundle(entries: Sequence[LedgerEntry]) -> dict[str, Any]:
    """Return the bundle of ``entries``."""
    return {
        "format": FORMAT,
        "checkpoint": checkpoint(entries),
        "entries": [one.data().decode() for one in entries],
    }


def receipt(number: int, entries: Sequence[LedgerEntry]) -> dict[str, Any]:
    """Return receipt ``number`` with the proof given when ``entries`` were all there were."""
    proof = merkle.inclusion_proof(number, len(entries), merkle.memory(leaves_of(entries)))
    given = {
        "index": number,
        "entry": entries[number].data().decode(),
        "checkpoint": checkpoint(entries),
        "inclusion": [base64.b64encode(node).decode() for node in proof],
    }
    return {**receipt_of(number), "ledger": given}


ENTRIES = [entry(number) for number in range(11)]
BUNDLE = bundle(ENTRIES)
