"""The release desk before issuing: a draft, the verdict on it, two persons' signatures.

In: a statement, a verdict, who signs. Out: :class:`Drafted`, the draft in hand with all that was said of it.
Guaranteed: a signature names the hash of what was audited and read, which is computed anew whenever a draft is looked
at; an altered draft has neither verdict nor signatures; one person never signs twice, by whatever account (rule 25).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor, Role
from traboule.release.models import Audit, Draft, Release, Signature
from traboule.release.statement import Kind, Statement, canonical
from traboule.release.verdict import AuditVerdict

SIGNATURES_NEEDED = 2
SHORTEST_HASH = 12
SIGNING_ROLES = frozenset({Role.PRESS, Role.DESK})


@dataclass(frozen=True, slots=True)
class DraftSignature:
    """One signature: who, by which account, in which role, under which hash, when."""

    name: str
    account: str
    role: str
    signed_hash: str
    at: datetime

    @classmethod
    def of(cls, row: Signature) -> DraftSignature:
        """Return a signature as stored."""
        return cls(row.name, row.account, row.role, row.signed_hash, row.signed_at)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "name": self.name,
            "account": self.account,
            "role": self.role,
            "signed_hash": self.signed_hash,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Drafted:
    """The draft in hand. ``key`` is its row; ``open_returns`` are the states whose return was open when it was made."""

    key: int
    statement: Statement
    content_hash: str
    figures_run: UUID
    open_returns: tuple[str, ...]
    verdict: AuditVerdict | None
    signatures: tuple[DraftSignature, ...]

    @property
    def signatures_missing(self) -> int:
        """Return how many more persons must sign."""
        return max(0, SIGNATURES_NEEDED - len(self.signatures))

    def to_json(self) -> dict[str, Any]:
        """Return plain values without what names the row."""
        embargo = self.statement.embargo_until
        return {
            "operation": self.statement.operation,
            "number": self.statement.number,
            "kind": self.statement.kind.value,
            "reason": dict(self.statement.reason),
            "embargo_until": embargo.isoformat() if embargo else None,
            "content_hash": self.content_hash,
            "verdict": self.verdict.to_json() if self.verdict else None,
            "signatures": [signed.to_json() for signed in self.signatures],
            "signatures_missing": self.signatures_missing,
            "held_back": list(self.statement.held_back),
        }


def draft(statement: Statement, *, figures_run: UUID, open_returns: Sequence[str], by: Actor, at: datetime) -> Drafted:
    """Keep ``statement`` as the draft in hand; it replaces an earlier one. Raises as :func:`check_draft` does."""
    check_draft(statement, open_returns, at=at)
    content = replace(statement, draft=True).to_json()
    states = sorted(open_returns)
    row = Draft.objects.create(
        operation=statement.operation,
        number=statement.number,
        kind=statement.kind.value,
        content=content,
        content_hash=hash_of(content, figures_run, states),
        figures_run=figures_run,
        open_returns=states,
        drafted_at=at,
        drafted_by=by.name,
    )
    return _drafted(row)


def check_draft(statement: Statement, open_returns: Sequence[str], *, at: datetime) -> None:
    """Raise where ``statement`` may not be drafted at all, whatever its tables.

    Raises Conflict after a final release in force or where the number is not the next, Refused for a final one while
    a required return is open, for a revised one without a reason or without anything to revise, for a preliminary
    one after a revised one, and for an embargo that is over already.
    """
    check_order(statement, open_returns)
    if statement.embargo_until is not None and statement.embargo_until <= at:
        raise Refused("release-embargo-over", until=statement.embargo_until.isoformat(timespec="minutes"))


def current(operation: str) -> Drafted:
    """Return the draft in hand: the last one, unless it has been issued.

    Raises NotFound where there is none, Conflict where what is stored is not what was drafted or audited.
    """
    row = Draft.objects.filter(operation=operation).order_by("-id").first()
    if row is None or Release.objects.filter(draft=row).exists():
        raise NotFound("release-draft-none", operation=operation)
    return _drafted(row)


def store_verdict(drafted: Drafted, verdict: AuditVerdict, *, by: Actor, at: datetime) -> Drafted:
    """Keep what the auditor said of a draft. Raises Conflict where a verdict is kept already: draft anew instead."""
    if drafted.verdict is not None:
        raise Conflict("release-audited-already", number=drafted.statement.number)
    findings = [dict(finding) for finding in verdict.findings]
    Audit.objects.create(
        draft_id=drafted.key,
        findings=findings,
        method=verdict.method,
        audited_hash=drafted.content_hash,
        audited_at=at,
        audited_by=by.name,
    )
    return _drafted(Draft.objects.get(id=drafted.key))


def sign(drafted: Drafted, *, read: str = "", by: Actor, at: datetime) -> Drafted:
    """Sign a draft whose audit has passed, as the person behind the account of ``by``.

    ``read`` is the hash of what was read, or its beginning; empty means the draft in hand. Raises Refused for a role
    that does not sign, for an actor without an account and for a draft without a passed verdict, Conflict where another
    draft than the one read is in hand, and for a person who has signed it.
    """
    if by.role not in SIGNING_ROLES:
        raise Refused("not-permitted", verb="release.sign", role=by.role.value)
    number = drafted.statement.number
    if not by.account or not by.person:
        raise Refused("release-signer-unnamed", number=number)
    if not names_hash(read or drafted.content_hash, drafted.content_hash):
        raise Conflict("release-read-another", number=number, read=read[:12], hash=drafted.content_hash[:12])
    check_verdict(drafted)
    if Signature.objects.filter(draft_id=drafted.key, person=by.person).exists():
        raise Conflict("release-signed-already", name=by.name, number=number)
    try:  # The same person may sign at two screens at the same time.
        Signature.objects.create(
            draft_id=drafted.key,
            person=by.person,
            account=by.account,
            name=by.name,
            role=by.role.value,
            signed_hash=drafted.content_hash,
            signed_at=at,
        )
    except IntegrityError as twice:
        raise Conflict("release-signed-already", name=by.name, number=number) from twice
    return _drafted(Draft.objects.get(id=drafted.key))


def names_hash(typed: str, content_hash: str) -> bool:
    """Tell whether ``typed`` is a hash or its beginning, of at least twelve digits."""
    return len(typed) >= SHORTEST_HASH and content_hash.startswith(typed.strip().lower())


def hash_of(content: Mapping[str, Any], figures_run: UUID, open_returns: Sequence[str]) -> str:
    """Return the hash of everything that a signature is under: the statement, its figures, what was open then."""
    signed = {"content": content, "figures_run": str(figures_run), "open_returns": list(open_returns)}
    return hashlib.sha256(canonical(signed)).hexdigest()


def check_verdict(drafted: Drafted) -> None:
    """Raise Refused for a draft that has not been audited or did not pass: the way out fails closed."""
    if drafted.verdict is None:
        raise Refused("release-not-audited", number=drafted.statement.number)
    if not drafted.verdict.passed:
        findings = drafted.verdict.findings
        cells = ", ".join(sorted({str(finding.get("cell", finding.get("code", ""))) for finding in findings}))
        raise Refused("release-audit-failed", number=drafted.statement.number, count=len(findings), cells=cells)


def check_order(statement: Statement, open_returns: Sequence[str]) -> None:
    """Raise where ``statement`` may not be the operation's next release (rule 25); see :func:`draft`."""
    releases = Release.objects.filter(operation=statement.operation).order_by("-number")
    last, in_force = releases.first(), releases.filter(withdrawal=None).first()
    if in_force is not None and in_force.kind == Kind.FINAL:
        raise Conflict("release-final-exists", operation=statement.operation, number=in_force.number)
    if statement.number != (last.number + 1 if last else 1):
        raise Conflict("release-number-taken", operation=statement.operation, number=statement.number)
    if statement.kind is Kind.FINAL and open_returns:
        raise Refused("release-returns-open", states=", ".join(sorted(open_returns)), count=len(open_returns))
    if statement.kind is Kind.REVISED and not any(text.strip() for text in statement.reason.values()):
        raise Refused("release-without-reason")
    if statement.kind is Kind.REVISED and last is None:
        raise Refused("release-nothing-to-revise", operation=statement.operation)
    if statement.kind is Kind.PRELIMINARY and releases.exclude(kind=Kind.PRELIMINARY).exists():
        raise Refused("release-no-longer-preliminary", operation=statement.operation)


def _drafted(row: Draft) -> Drafted:
    content_hash = hash_of(row.content, row.figures_run, row.open_returns)
    audit = Audit.objects.filter(draft=row).first()
    if content_hash != row.content_hash or (audit is not None and audit.audited_hash != content_hash):
        raise Conflict("release-draft-changed", number=row.number)
    names = row.signatures.filter(signed_hash=content_hash).order_by("id")
    return Drafted(
        key=row.id,
        statement=Statement.from_json(row.content),
        content_hash=content_hash,
        figures_run=row.figures_run,
        open_returns=tuple(row.open_returns),
        verdict=AuditVerdict(tuple(audit.findings), audit.method) if audit else None,
        signatures=tuple(DraftSignature.of(signature) for signature in names),
    )
