"""Decide which rows are in force, and what one more return changes, before anything is written.

In: what an agency has filed (returns, the best version of each row, rows held) and one more return. Out: the
rows in force before and after, compared. Guaranteed: pure; the rows in force depend on the set of returns and not on
the order in which they arrived, so a return may come late, or in two parts, and nothing is ever undone in place.

The rules, for one agency's returns:

- A row's best version is that of the highest return version; within one version, the one entered last.
- A return that supersedes up to N puts every row of a version up to N out of force which it does not hold itself.
- A row it *holds* (with faults) stays in force in its earlier version until its state corrects it.
- A withdrawal up to N puts every row of a version up to N out of force, without exception.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from uuid import UUID

Key = tuple[str, str]
Agency = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReturnReach:
    """One return, and which versions it puts out of force. ``agency`` is unit and agency."""

    return_id: UUID
    agency: Agency
    version: int
    supersedes: int | None
    withdrawal: bool

    @property
    def reach(self) -> int:
        """The highest version this return puts out of force; only a withdrawal may reach its own."""
        if self.withdrawal:
            return self.version if self.supersedes is None else self.supersedes
        return -1 if self.supersedes is None else min(self.supersedes, self.version - 1)


@dataclass(frozen=True, slots=True)
class BestVersion:
    """The best version of one row: its return, and the hash of its content."""

    version: int
    return_id: UUID
    content_hash: str


@dataclass(frozen=True, slots=True)
class OutOfForce:
    """The returns out of force, and the rows in them that stay in force because a later one is held."""

    returns: frozenset[UUID]
    spared: frozenset[tuple[UUID, str, str]]

    def in_force(self, return_id: UUID, key: Key) -> bool:
        """Tell whether the row ``key`` (table, row identifier), best in that return, is in force."""
        return return_id not in self.returns or (return_id, *key) in self.spared


@dataclass(slots=True)
class AgencyState:
    """The state of one agency: its returns, each row's best version, and the rows held in each version."""

    filings: list[ReturnReach] = field(default_factory=list)
    best: dict[Key, BestVersion] = field(default_factory=dict)
    held_keys: dict[int, set[Key]] = field(default_factory=dict)

    def current(self) -> dict[Key, BestVersion]:
        """Return the rows in force."""
        if not self.filings:
            return {}
        agency = self.filings[0].agency
        out = out_of_force(self.filings, {(agency, version): keys for version, keys in self.held_keys.items()})
        return {key: best for key, best in self.best.items() if out.in_force(best.return_id, key)}


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """What one more return does, by row (table, row identifier), each list sorted."""

    new: tuple[Key, ...]
    changed: tuple[Key, ...]
    withdrawn: tuple[Key, ...]
    unchanged: tuple[Key, ...]
    superseded: tuple[Key, ...]


def out_of_force(filings: Iterable[ReturnReach], held_keys: Mapping[tuple[Agency, int], Set[Key]]) -> OutOfForce:
    """Return which of ``filings`` (of any number of agencies) are out of force, and the rows spared.

    ``held_keys`` gives the rows held in each version of each agency. Linear in returns and held rows, quadratic only in
    the returns of one agency.
    """
    by_agency: defaultdict[Agency, list[ReturnReach]] = defaultdict(list)
    for filing in filings:
        by_agency[filing.agency].append(filing)
    returns: set[UUID] = set()
    spared: set[tuple[UUID, str, str]] = set()
    for agency, theirs in by_agency.items():
        reaching = [filing for filing in theirs if filing.reach >= 0]
        for filing in theirs:
            over = [reacher for reacher in reaching if reacher.reach >= filing.version and reacher is not filing]
            if not over:
                continue
            returns.add(filing.return_id)
            if not any(reacher.withdrawal for reacher in over):
                keeping = [
                    held_keys.get((agency, version), frozenset()) for version in {reacher.version for reacher in over}
                ]
                spared.update((filing.return_id, *key) for key in set(keeping[0]).intersection(*keeping[1:]))
    return OutOfForce(frozenset(returns), frozenset(spared))


def plan(before: AgencyState, filing: ReturnReach, rows: Mapping[Key, str], held_keys: Set[Key]) -> EntryPlan:
    """Return what ``filing`` changes, given its entered rows (with their content hashes) and its held rows."""
    after = AgencyState(
        filings=[*before.filings, filing],
        best=dict(before.best),
        held_keys={**before.held_keys, filing.version: before.held_keys.get(filing.version, set()) | held_keys},
    )
    for key, content_hash in rows.items():
        best = after.best.get(key)
        if best is None or best.version <= filing.version:
            after.best[key] = BestVersion(filing.version, filing.return_id, content_hash)
    then, now = before.current(), after.current()
    mine = {key for key in rows if key in now and now[key].return_id == filing.return_id}
    return EntryPlan(
        new=tuple(sorted(mine - then.keys())),
        changed=tuple(sorted(key for key in mine & then.keys() if then[key].content_hash != rows[key])),
        withdrawn=tuple(sorted(then.keys() - now.keys())),
        unchanged=tuple(sorted(key for key in mine & then.keys() if then[key].content_hash == rows[key])),
        superseded=tuple(sorted(rows.keys() - mine)),
    )
