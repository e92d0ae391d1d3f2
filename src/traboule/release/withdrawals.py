"""Take a release back: one person proposes it with a reason, another signs that proposal.

In: a release, a reason, who acts. Out: the proposal in hand, or the withdrawal. Guaranteed: the two are two persons;
what is signed is the proposal that was read; the release itself stays as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from traboule.core.errors import Conflict, Invalid, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.release.drafts import names_hash
from traboule.release.models import Release, Withdrawal, WithdrawalProposal
from traboule.release.statement import Statement, canonical, in_all_languages
from traboule.release.texts import check_reason, reasons_faults


@dataclass(frozen=True, slots=True)
class ProposedWithdrawal:
    """A withdrawal that a second person has not signed yet."""

    reason: Mapping[str, str]
    at: datetime
    by: str
    proposal_hash: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"reason": dict(self.reason), "at": self.at.isoformat(), "by": self.by, "hash": self.proposal_hash}


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A release taken back: why, when, by whom, and who proposed it."""

    reason: Mapping[str, str]
    at: datetime
    by: str
    proposed_by: str

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"reason": dict(self.reason), "at": self.at.isoformat(), "by": self.by, "proposed_by": self.proposed_by}


def propose(release: Release, *, reason: Mapping[str, str], by: Actor, at: datetime) -> ProposedWithdrawal:
    """Propose to take ``release`` back; it replaces an earlier proposal.

    Raises Refused without an account or a reason in each language of the release, Invalid where the reason says what no
    release may say, Conflict where the release was taken back before.
    """
    _require_account(by, release)
    check_reason(reason, Statement.from_json(release.content).languages)
    if faults := reasons_faults(reason):
        raise Invalid("release-texts-faulty", findings=faults, count=len(faults))
    _require_in_force(release)
    row = WithdrawalProposal.objects.create(
        release=release,
        reason=dict(reason),
        proposal_hash=_hash(release, reason, by.person),
        proposed_at=at,
        proposed_by=by.name,
        account=by.account,
        person=by.person,
    )
    return _as_proposed(row)


def sign(release: Release, *, read: str = "", by: Actor, at: datetime) -> Withdrawn:
    """Sign the proposal in hand, which takes the release back. ``read`` is the hash of the proposal that was read.

    Raises NotFound where nothing is proposed, Conflict for the person who proposed it, for another proposal than the
    one read or one changed since, and where the release was taken back before.
    """
    _require_account(by, release)
    _require_in_force(release)
    row = _in_hand(release)
    if row is None:
        raise NotFound("release-withdrawal-none", number=release.number)
    proposal_hash = _hash(release, row.reason, row.person)
    if proposal_hash != row.proposal_hash or not names_hash(read or proposal_hash, proposal_hash):
        raise Conflict("release-withdrawal-another", number=release.number)
    if row.person == by.person:
        raise Conflict("release-withdrawal-own", name=by.name, number=release.number)
    try:  # Somebody else may sign it at the same time.
        Withdrawal.objects.create(
            release=release,
            reason=row.reason,
            withdrawn_at=at,
            withdrawn_by=by.name,
            account=by.account,
            person=by.person,
            proposal=row,
        )
    except IntegrityError as twice:
        raise Conflict("release-withdrawn-already", operation=release.operation, number=release.number) from twice
    return Withdrawn(row.reason, at, by.name, row.proposed_by)


def withdrawn(release: Release) -> Withdrawn | None:
    """Return the withdrawal of a release, None where it is in force."""
    row = Withdrawal.objects.filter(release=release).select_related("proposal").first()
    if row is None:
        return None
    proposed_by = row.proposal.proposed_by if row.proposal else ""
    return Withdrawn(in_all_languages(row.reason), row.withdrawn_at, row.withdrawn_by, proposed_by)


def proposed(release: Release) -> ProposedWithdrawal | None:
    """Return the withdrawal that waits for a second person, None where none does."""
    row = _in_hand(release)
    return None if row is None or Withdrawal.objects.filter(release=release).exists() else _as_proposed(row)


def _in_hand(release: Release) -> WithdrawalProposal | None:
    return WithdrawalProposal.objects.filter(release=release).order_by("-id").first()


def _as_proposed(row: WithdrawalProposal) -> ProposedWithdrawal:
    return ProposedWithdrawal(row.reason, row.proposed_at, row.proposed_by, row.proposal_hash)


def _require_account(by: Actor, release: Release) -> None:
    if not by.account or not by.person:
        raise Refused("release-signer-unnamed", number=release.number)


def _require_in_force(release: Release) -> None:
    if Withdrawal.objects.filter(release=release).exists():
        raise Conflict("release-withdrawn-already", operation=release.operation, number=release.number)


def _hash(release: Release, reason: Mapping[str, str], person: str) -> str:
    proposal = {"release": release.content_hash, "reason": dict(reason), "person": person}
    return hashlib.sha256(canonical(proposal)).hexdigest()
