"""Stand in for the officers who judge links and pick cases to retell.

In: what really happened, a seed, how often a judge errs. Out: verdicts; the records of cases. Guaranteed: the truth is
asked whether two records are of one person and nothing else; the same pair is always judged alike; cases are found as
an officer finds them, by what the returns say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from traboule.core.permissions import Actor
from traboule.demo.world.cases import public_cases

if TYPE_CHECKING:
    from traboule.demo.filings import Filing, Truth

ERRORS = 0.03  # Share of judgements that are wrong. Invented: nobody has published how often such desks err.
_DIGEST_BYTES = 8  # Bytes.


@dataclass(frozen=True, slots=True)
class SimulatedJudge:
    """A judge who knows the truth and errs in a share of the pairs, which ones by ``seed``."""

    truth: Truth
    seed: int
    errors: float

    def says_same(self, left: str, right: str) -> bool:
        """Return the verdict on a pair of records of the people table."""
        return self.truth.same(left, right) != self.errs(left, right)

    def errs(self, left: str, right: str) -> bool:
        """Tell whether this pair is judged wrongly."""
        pair = "/".join((str(self.seed), *sorted((left, right))))
        chance = int.from_bytes(blake2b(pair.encode(), digest_size=_DIGEST_BYTES).digest(), "big")
        return chance / float(1 << 8 * _DIGEST_BYTES) < self.errors


def simulated(actor: Actor) -> Actor:
    """Return ``actor`` with a name that says in the ledger and beside each judgement that nobody judged."""
    return replace(actor, name=f"{actor.name} (simulated)")


def case_records(filings: Iterable[Filing]) -> dict[str, str]:
    """Return the record of the action of each public case that its state filed, recognised by its narrative."""
    cases = {
        (str(case["state"]), str(text)): str(case["name"])
        for case in public_cases()
        for text in case["narrative"].values()
    }
    records: dict[str, str] = {}
    for filing in filings:
        for row in filing.rows.get("actions", ()):
            name = cases.get((filing.state, str(row.get("narrative", ""))))
            if name is not None:
                records.setdefault(name, f"{filing.state}/{filing.agency}/{row['row_id']}")
    return records
