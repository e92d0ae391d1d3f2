"""Erase a person: an officer of the filing state proposes, the protection officer confirms.

In: a person's record. Out: the proposals that wait, or what was erased. Guaranteed: two persons, of the state and of
the protection desk; her rows leave every read, linkage and count from then on; with her go the files that name her,
while the rows of others stay. What was counted and issued before stays as it was.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.database.keys.tombstones import Erased
from traboule.register.provenance import files_naming
from traboule.returns.models import ErasureProposal, Tombstone
from traboule.returns.subjects import erase as erasing
from traboule.returns.subjects.keys import of_file


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal to erase a record: since when it waits, and by whom."""

    record: str
    at: datetime
    by: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Proposals:
    """The proposals that wait for the protection officer, the oldest first."""

    proposals: tuple[Proposal, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"proposals": [proposal.to_json() for proposal in self.proposals]}


@dataclass(frozen=True, slots=True)
class ErasedRecord:
    """A person who was erased, and how many files of returns went with her."""

    record: str
    files: int

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def propose(call: Call, *, record: str, operation: str | None = None) -> Proposal:
    """Propose to erase a person of one's own state."""
    proposal = erasing.propose(the_operation(operation).code, record, by=call.by, at=call.at)
    return Proposal(proposal.subject, proposal.proposed_at, proposal.proposed_by)


def proposals(call: Call, *, operation: str | None = None) -> Proposals:
    """Return the proposals that wait, of one's own state or, for the protection officer, of all."""
    code = the_operation(operation).code
    erased = Tombstone.objects.filter(operation=code).values("subject")
    waiting = ErasureProposal.objects.filter(operation=code).exclude(subject__in=erased).order_by("id")
    return Proposals(tuple(Proposal(row.subject, row.proposed_at, row.proposed_by) for row in waiting))


def confirm(call: Call, *, record: str, operation: str | None = None) -> ErasedRecord:
    """Erase a person whose erasure another person proposed, and the files of returns that name her."""
    code = the_operation(operation).code
    proposal = erasing.proposed(code, record, by=call.by)
    files = files_naming(code, proposal.unit, record)
    subjects = [Erased(code, proposal.unit, subject) for subject in (record, *map(of_file, files))]
    erasing.erase(subjects, cause="asked", by=call.by.name, at=call.at)
    return ErasedRecord(record, len(files))
