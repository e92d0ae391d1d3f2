"""An entry of the ledger as the bytes that its leaf commits to.

In: who did what and when, the hash of the result, and named hashes of what was written (anchors). Out: bytes in one
fixed form. Guaranteed: pure; the form never changes, since every leaf ever appended depends on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from traboule.ledger.verifier import canonical, leaf_hash


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry. ``result`` is the hash of what the verb returned, empty where it only showed something."""

    at: datetime
    actor: str
    account: str
    role: str
    units: tuple[str, ...]
    verb: str
    result: str
    anchors: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        """Return the bytes of the leaf: JSON in canonical form, the moment in UTC to the microsecond."""
        return canonical(
            {
                "account": self.account,
                "actor": self.actor,
                "anchors": dict(self.anchors),
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "role": self.role,
                "units": list(self.units),
                "verb": self.verb,
                "result": self.result,
            }
        )

    def leaf(self) -> bytes:
        """Return the hash of the leaf."""
        return leaf_hash(self.data())


@dataclass(frozen=True, slots=True)
class InclusionReceipt:
    """What the holder of a receipt is given: entry ``index``, its bytes as text, a signed checkpoint, and the proof
    (base64) that the entry is under it.
    """

    index: int
    entry: str
    checkpoint: str
    inclusion: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "index": self.index,
            "entry": self.entry,
            "checkpoint": self.checkpoint,
            "inclusion": list(self.inclusion),
        }
