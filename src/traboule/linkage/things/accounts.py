"""Accounts: e-mail addresses, handles, wallets, bank accounts and cards that are one account, or likely one owner's.

In come rows of those kinds; out go pairs. It promises: pure; the same account is the same normal form at the same
service and nothing less; one mailbox under several tags, or one name at two services, is a lead. Rows of one account
are each linked to the first of them, not each with each.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from traboule.core.identifiers import Verdict, mailbox
from traboule.linkage.things.pairs import Integers, numbered, once, sharing
from traboule.linkage.things.rows import Row
from traboule.linkage.things.weighed import MISSING, Compared

ACCOUNTS = ("email", "handle", "wallet", "iban", "card")
_MOST = 60
_SHORTEST_NAME = 5  # Shorter names are taken at every service by somebody else.


def compare_accounts(rows: Sequence[Row], judged: Integers) -> Compared:
    """Return the pairs of ``rows`` that are one account or may be one owner's, and those ``judged``."""
    size = max(len(rows), 1)
    first: dict[tuple[str, str], int] = {}
    leaders = [first.setdefault((row.identifier.kind, row.identifier.normal), place) for place, row in enumerate(rows)]
    same = [leader * size + place for place, leader in enumerate(leaders) if leader != place]
    kept = sorted(first.values())
    pairs = sharing(
        [("account mailbox or name", *numbered((_loose(rows[place]), place) for place in kept))], len(rows), most=_MOST
    )
    codes = once(np.concatenate([judged, np.array(same, dtype=np.int64), pairs.left * size + pairs.right]))
    left, right = codes // size, codes % size
    couples = list(zip(left.tolist(), right.tolist(), strict=True))
    levels = np.array([_level(rows[one], rows[other]) for one, other in couples], dtype=np.int8)
    return Compared(
        "account",
        left,
        right,
        {"account_name": levels},
        strong={"account_name": levels == 4},
        medium={"account_name": levels == 2},
        skipped=pairs.skipped,
        holds=lambda place: {"account_name": _held(rows[place])},
    )


def _loose(row: Row) -> str:
    """Return what two accounts of one owner may share: the mailbox, or the name without its service."""
    normal = row.identifier.normal
    if row.identifier.kind == "email":
        return f"email {mailbox(normal)}"
    name = normal.partition(":")[2] or normal
    long_enough = len(name) >= _SHORTEST_NAME and any(map(str.isalpha, name))
    return f"handle {name}" if row.identifier.kind == "handle" and long_enough else ""


def _level(one: Row, other: Row) -> int:
    """Return 4 the same account, 3 the same but its check digit fails, 2 one mailbox, 1 one name, MISSING else."""
    ours, theirs = one.identifier, other.identifier
    if (ours.kind, ours.normal) == (theirs.kind, theirs.normal):
        return 3 if Verdict.FAILED in (ours.verdict, theirs.verdict) else 4
    if not _loose(one) or _loose(one) != _loose(other):
        return MISSING
    return 2 if ours.kind == "email" else 1


def _held(row: Row) -> str:
    if row.identifier.kind == "email":
        return "mailbox"
    if row.identifier.kind == "handle":
        return "with_service" if ":" in row.identifier.normal else "no_service"
    return "failed" if row.identifier.verdict is Verdict.FAILED else "account_number"
