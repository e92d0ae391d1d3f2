"""Compare accounts: e-mail addresses, handles, wallets, bank accounts and cards.

The same account means the same normal form at the same service. One mailbox under several tags, or one name at two
services, is a lead. All rows of one account link to the first of them, not to each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traboule.core.identifiers import Verdict, mailbox
from traboule.linkage.things.pairs import Integers, number_keys, pairs_sharing_keys, unique_codes
from traboule.linkage.things.rows import Row
from traboule.linkage.things.scoring import MISSING, ThingComparison

ACCOUNTS = ("email", "handle", "wallet", "iban", "card")
_MOST = 60
_SHORTEST_NAME = 5  # Shorter names belong to different people at every service.


def compare_accounts(rows: Sequence[Row], judged_pairs: Integers) -> ThingComparison:
    """Return the pairs of ``rows`` that are one account or may be one owner's, and the ``judged_pairs``."""
    size = max(len(rows), 1)
    first: dict[tuple[str, str], int] = {}
    leaders = [first.setdefault((row.identifier.kind, row.identifier.normal), place) for place, row in enumerate(rows)]
    same = [leader * size + place for place, leader in enumerate(leaders) if leader != place]
    first_rows = sorted(first.values())
    pairs = pairs_sharing_keys(
        [("account mailbox or name", *number_keys((_loose(rows[place]), place) for place in first_rows))],
        len(rows),
        most=_MOST,
    )
    codes = unique_codes(
        np.concatenate([judged_pairs, np.array(same, dtype=np.int64), pairs.left * size + pairs.right])
    )
    left, right = codes // size, codes % size
    couples = list(zip(left.tolist(), right.tolist(), strict=True))
    levels = np.array([_level(rows[i], rows[j]) for i, j in couples], dtype=np.int8)
    return ThingComparison(
        "account",
        left,
        right,
        {"account_name": levels},
        strong={"account_name": levels == 4},
        medium={"account_name": levels == 2},
        skipped=pairs.skipped,
        field_codes=lambda place: {"account_name": _field_codes(rows[place])},
    )


def _loose(row: Row) -> str:
    """Return what two accounts of one owner may share: the mailbox, or the name without its service."""
    normal = row.identifier.normal
    if row.identifier.kind == "email":
        return f"email {mailbox(normal)}"
    name = normal.partition(":")[2] or normal
    long_enough = len(name) >= _SHORTEST_NAME and any(map(str.isalpha, name))
    return f"handle {name}" if row.identifier.kind == "handle" and long_enough else ""


def _level(left: Row, right: Row) -> int:
    """Return 4 the same account, 3 the same but its check digit fails, 2 one mailbox, 1 one name, MISSING else."""
    ours, theirs = left.identifier, right.identifier
    if (ours.kind, ours.normal) == (theirs.kind, theirs.normal):
        return 3 if Verdict.FAILED in (ours.verdict, theirs.verdict) else 4
    if not _loose(left) or _loose(left) != _loose(right):
        return MISSING
    return 2 if ours.kind == "email" else 1


def _field_codes(row: Row) -> str:
    if row.identifier.kind == "email":
        return "mailbox"
    if row.identifier.kind == "handle":
        return "with_service" if ":" in row.identifier.normal else "no_service"
    return "failed" if row.identifier.verdict is Verdict.FAILED else "account_number"
