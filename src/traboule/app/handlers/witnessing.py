"""The ledger seen from outside, without a database: check a bundle, and cosign a checkpoint as a witness.

In: a bundle, receipts, a checkpoint, the witness's last head. Out: what was checked, or the cosigned checkpoint.
Guaranteed: a witness cosigns no checkpoint of another log, none that is older than its last, and none that does not
continue it; whoever holds a cosigned checkpoint knows that the witness was shown no other ledger.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traboule.app.dispatch import Call
from traboule.core.errors import Conflict, Invalid, Refused
from traboule.ledger import merkle
from traboule.ledger.keys import LedgerKey
from traboule.ledger.notes import key_text
from traboule.ledger.verification import LedgerFinding, next_head, receipt_findings
from traboule.ledger.verifier import Checkpoint, Faulty, VerifierKey, check_bundle, checkpoint_in, split_note


@dataclass(frozen=True, slots=True)
class BundleChecked:
    """A bundle whose entries give its checkpoint; ``findings`` tell of receipts that do not belong to it.

    ``consistency`` proves (base64) that its first ``since`` entries are its beginning.
    """

    entries: int
    receipts: int
    checkpoint: str
    since: int
    consistency: tuple[str, ...]
    findings: tuple[LedgerFinding, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "entries": self.entries,
            "rows": 0,
            "receipts": self.receipts,
            "intact": not self.findings,
            "findings": [finding.to_json() for finding in self.findings],
            "checkpoint": self.checkpoint,
        }


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint with the witness's signature, as the state that the witness keeps."""

    key: str
    checkpoint: str
    witness: str
    size: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"key": self.key, "checkpoint": self.checkpoint, "witness": self.witness, "size": self.size}


def inspect(
    call: Call, *, bundle: bytes, key: str, since: int = 0, receipts: Sequence[tuple[str, Mapping[str, Any]]] = ()
) -> BundleChecked:
    """Check a bundle against the log's public ``key``, and ``receipts`` (files by name) against the bundle.

    Raises Refused where ``key`` is none, Invalid where the file is no bundle, Conflict where its entries do not give
    the checkpoint signed by ``key``, or are fewer than ``since``.
    """
    public = _parsed(key)
    try:
        content = json.loads(bundle)
        leaves = check_bundle(content, public)
        checkpoint = str(content["checkpoint"])
    except Faulty as fault:
        raise _conflict(fault) from fault
    except (KeyError, TypeError, ValueError, AttributeError) as malformed:
        raise Invalid("ledger-bundle-malformed") from malformed
    if since > len(leaves):
        raise Conflict("ledger-forked", size=since)
    proof = merkle.consistency_proof(since, len(leaves), merkle.memory(leaves))
    return BundleChecked(
        entries=len(leaves),
        receipts=len(receipts),
        checkpoint=checkpoint,
        since=since,
        consistency=tuple(base64.b64encode(node).decode() for node in proof),
        findings=tuple(receipt_findings(receipts, public, leaves)),
    )


def cosign(
    call: Call,
    *,
    state: Mapping[str, Any] | None,
    key: str,
    checkpoint: str,
    consistency: Sequence[str],
    key_file: Path,
    name: str,
) -> Cosigned:
    """Cosign a checkpoint that continues the head in ``state``; without a state, the first of the log with ``key``.

    Raises Conflict where the ledger was forked, cut off, or is another one; Refused for a name that no key can bear.
    """
    public = _parsed(key)
    if not name or any(sign.isspace() or sign == "+" for sign in name):
        raise Refused("ledger-witness-name", name=name)
    try:
        head = _head_in(state) if state is not None else None
    except (Faulty, KeyError, TypeError, AttributeError) as malformed:
        raise Invalid("ledger-state-malformed") from malformed
    if state is not None and state["key"] != key:
        raise Conflict("ledger-other-key")
    try:
        following = next_head(head, checkpoint, consistency, public)
    except Faulty as fault:
        raise _conflict(fault) from fault
    signer = LedgerKey.at(key_file, make=state is None).witness(name)
    cosigned = signer.cosign(checkpoint, int(call.at.timestamp()))
    return Cosigned(key, cosigned, key_text(signer.key), following.size)


def _head_in(state: Mapping[str, Any]) -> Checkpoint:
    return checkpoint_in(split_note(state["checkpoint"])[0])


def _parsed(key: str) -> VerifierKey:
    try:
        return VerifierKey.parse(key)
    except Faulty as malformed:
        raise Refused("ledger-key-malformed") from malformed


def _conflict(fault: Faulty) -> Conflict | Invalid:
    """Return a fault of the verifier as an error in words."""
    code, *values = fault.args
    if code in ("bundle-malformed", "note-malformed"):
        return Invalid("ledger-bundle-malformed")
    return Conflict(code if str(code).startswith("ledger-") else f"ledger-{code}", size=values[0] if values else 0)
