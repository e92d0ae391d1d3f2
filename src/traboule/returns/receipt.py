"""A receipt: what the filer of a return is given, and what the return changed in the register.

In: counts. Out: plain values with a JSON form. Guaranteed: a receipt says only what its filer filed and changed; it
never depends on what any other unit has filed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class EntryChanges:
    """What entering a return did to the rows in force, in numbers of rows.

    Rows of the return are ``new``, ``changed``, ``unchanged`` or, where a newer version was there already,
    ``superseded``; rows of earlier returns that it put out of force are ``withdrawn``.
    """

    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    superseded: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt. ``again``: the same file had been received before, and nothing was entered now; ``withdrawn_since``:
    its rows have been withdrawn meanwhile, so that only a later version brings them back.

    ``ledger`` proves that the ledger recorded it: the entry, a signed checkpoint, and the way from one to the other.
    """

    receipt_id: str
    content_hash: str
    filed: int
    entered: int
    held: int
    refused: int
    new: int
    changed: int
    withdrawn: int
    unchanged: int
    superseded: int
    received_at: str
    again: bool = False
    withdrawn_since: bool = False
    ledger: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the receipt as plain values."""
        plain = asdict(self)
        if self.ledger is None:
            del plain["ledger"]
        if not self.withdrawn_since:
            del plain["withdrawn_since"]
        return plain

    def with_proof(self, proof: Mapping[str, Any]) -> Self:
        """Return the receipt with the proof that the ledger recorded it."""
        return replace(self, ledger=proof)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Receipt:
        """Return the receipt that :meth:`to_json` gave."""
        return cls(**values)
