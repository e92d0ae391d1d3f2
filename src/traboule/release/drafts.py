"""The release desk before issuing: a draft, the verdict on it, two persons' signatures.

In: a statement, a verdict, who signs. Out: :class:`Drafted`, the draft in hand with all that was said of it.
Guaranteed: a signature is under the very bytes that were audited; an altered draft is a new one without verdict and
signatures; one person never signs twice, however the name is spelled (rule 25).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.language.spelling import fold
from traboule.core.permissions import Actor, Role
from traboule.release.models import Audit, Draft, Release, Signature
from traboule.release.statement import Kind, Statement, canonical
from traboule.release.verdict import AuditVerdict

SIGNATURES_NEEDED = 2
SIGNING_ROLES = frozenset({Role.PRESS, Role.DESK})


@dataclass(frozen=True, slots=True)
class DraftSignature:
    """One signature: who, in which role, when."""

    name: str
    role: str
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"name": self.name, "role": self.role, "at": self.at.isoformat()}


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
    """Keep ``statement`` as the draft in hand; it replaces an earlier one.

    Raises Conflict after a final release in force or where the number is not the next, Refused for a final one while
    a required return is open, for a revised one without a reason or without anything to revise, for a preliminary
    one after a revised one, and for an embargo that is over already.
    """
    check_order(statement, open_returns)
    if statement.embargo_until is not None and statement.embargo_until <= at:
        raise Refused("release-embargo-over", until=statement.embargo_until.isoformat(timespec="minutes"))
    content = replace(statement, draft=True).to_json()
    row = Draft.objects.create(
        operation=statement.operation,
        number=statement.number,
        kind=statement.kind.value,
        content=content,
        content_hash=hashlib.sha256(canonical(content)).hexdigest(),
        figures_run=figures_run,
        open_returns=sorted(open_returns),
        drafted_at=at,
        drafted_by=by.name,
    )
    return _drafted(row)


def current(operation: str) -> Drafted:
    """Return the draft in hand: the last one, unless it has been issued. Raises NotFound where there is none."""
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
        draft_id=drafted.key, findings=findings, method=verdict.method, audited_at=at, audited_by=by.name
    )
    return _drafted(Draft.objects.get(id=drafted.key))


def sign(drafted: Drafted, *, by: Actor, at: datetime) -> Drafted:
    """Put the name of ``by`` under a draft whose audit has passed.

    Raises Refused for a role that does not sign, for a name without a letter and for a draft without a passed verdict,
    Conflict for a person who has signed it.
    """
    if by.role not in SIGNING_ROLES:
        raise Refused("not-permitted", verb="release.sign", role=by.role.value)
    person = as_one_person(by.name)
    if not any(sign.isalpha() for sign in person):
        raise Refused("release-signer-unnamed", number=drafted.statement.number)
    check_verdict(drafted)
    if Signature.objects.filter(draft_id=drafted.key, person=person).exists():
        raise Conflict("release-signed-already", name=by.name, number=drafted.statement.number)
    try:  # The same person may sign at two screens at the same time.
        Signature.objects.create(
            draft_id=drafted.key,
            person=person,
            name=by.name,
            role=by.role.value,
            signed_hash=drafted.content_hash,
            signed_at=at,
        )
    except IntegrityError as twice:
        raise Conflict("release-signed-already", name=by.name, number=drafted.statement.number) from twice
    return _drafted(Draft.objects.get(id=drafted.key))


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


def as_one_person(name: str) -> str:
    """Return a name as two spellings of it compare: folded, so that neither case nor accents nor invisible signs count,
    and its words in one order, for the family name stands first or last."""
    return " ".join(sorted(re.findall(r"\w+", fold(name))))


def _drafted(row: Draft) -> Drafted:
    audit = Audit.objects.filter(draft=row).first()
    names = row.signatures.filter(signed_hash=row.content_hash).order_by("id")
    return Drafted(
        key=row.id,
        statement=Statement.from_json(row.content),
        content_hash=row.content_hash,
        figures_run=row.figures_run,
        open_returns=tuple(row.open_returns),
        verdict=AuditVerdict(tuple(audit.findings), audit.method) if audit else None,
        signatures=tuple(DraftSignature(signature.name, signature.role, signature.signed_at) for signature in names),
    )
