"""Write an entry of the ledger.

In: a verb and its result. Out: one :class:`Entry`. Guaranteed: the entry holds only a hash of the result.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any, Protocol

from traboule.ledger.models import Entry
from traboule.core.permissions import Actor
from traboule.database.arrow import append


class _Result(Protocol):
    def to_json(self) -> dict[str, Any]: ...


_COLUMNS = ("at", "actor", "role", "unit", "verb", "result_hash")


def record(verb: str, by: Actor, at: datetime, result: _Result) -> None:
    """Add the entry of ``verb``, performed ``by`` an actor ``at`` an instant, in the caller's transaction.

    The entry is not read back: most of those who may add one may not read the ledger.
    """
    content = json.dumps(result.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    result_hash = hashlib.sha256(content).hexdigest()
    append(Entry, _COLUMNS, [(at, by.name, by.role.value, ",".join(sorted(by.units)), verb, result_hash)])
