"""The release desk: issuing what was drafted, audited and signed, reading releases back, taking one back.

In: a :class:`Drafted` and who issues it. Out: an :class:`Issued` release, kept with all its documents. Guaranteed:
releases are numbered without a gap and never change; nothing is issued without a passed verdict and two persons'
signatures, nor before its embargo; a release made again from what is kept gives the same bytes (rules 24, 25).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.release import withdrawals
from traboule.release.documents import documents, made_with
from traboule.release.drafts import Drafted, DraftSignature, check_order, check_verdict
from traboule.release.models import Document, Release, Withdrawal
from traboule.release.statement import Past, Statement, canonical, in_all_languages
from traboule.release.withdrawals import ProposedWithdrawal, Withdrawn

Progress = Callable[[str, int, int], None]


def _silent(step: str, done: int, total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A release as kept: its statement, the hashes of its documents with their bytes, who signed, what became of it."""

    statement: Statement
    content_hash: str
    files: Mapping[str, bytes] = field(repr=False)
    signatures: tuple[DraftSignature, ...] = ()
    withdrawn: Withdrawn | None = None
    proposed: ProposedWithdrawal | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the release without the bytes of its documents."""
        return {
            "operation": self.statement.operation,
            "number": self.statement.number,
            "kind": self.statement.kind.value,
            "content_hash": self.content_hash,
            "signatures": [signed.to_json() for signed in self.signatures],
            "withdrawn": self.withdrawn.to_json() if self.withdrawn else None,
            "withdrawal_proposed": self.proposed.to_json() if self.proposed else None,
            "files": [{"name": n, "sha256": hashlib.sha256(b).hexdigest()} for n, b in self.files.items()],
        }


@dataclass(frozen=True, slots=True)
class ReleaseSummary:
    """A release without its documents. ``embargo_until``: the moment before which it was not to be published."""

    operation: str
    number: int
    kind: str
    issued_at: datetime
    is_withdrawn: bool
    embargo_until: datetime | None

    def is_public(self, at: datetime) -> bool:
        """Tell whether anybody may read it at an instant."""
        return not self.is_withdrawn and (self.embargo_until is None or self.embargo_until <= at)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "operation": self.operation,
            "number": self.number,
            "kind": self.kind,
            "issued_at": self.issued_at.isoformat(),
            "withdrawn": self.is_withdrawn,
        }


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """A document that is not the one issued. ``kind`` is a key of the command line's catalogue:

    ``stored`` its stored bytes are not those the statement gives; ``recorded`` they do not have the hash recorded with
    them; ``surplus`` the statement gives no such document; ``absent`` it is not stored; ``file`` the file in the folder
    is another; ``file-absent`` the folder lacks it; ``ledger`` its bytes are not those the ledger recorded at issue.
    """

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A release made again and compared byte by byte, with no differences where it reproduces.

    ``same_makings`` tells whether words, templates and programs are those it was made with; where they are not, a
    difference of kind ``stored`` is no fault of the release. ``files`` counts the files of a folder that were compared.
    """

    operation: str
    number: int
    documents: int
    differences: tuple[DocumentDifference, ...]
    same_statement: bool
    same_makings: bool
    files: int = 0

    @property
    def differing(self) -> tuple[str, ...]:
        """Return the names of the documents that differ, each once."""
        return tuple(sorted({difference.name for difference in self.differences}))

    @property
    def reproduces(self) -> bool:
        """Tell whether every document and the statement came out bit for bit."""
        return self.same_statement and not self.differences

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "operation": self.operation,
            "number": self.number,
            "documents": self.documents,
            "files": self.files,
            "differing": list(self.differing),
            "differences": [{"name": difference.name, "kind": difference.kind} for difference in self.differences],
            "same_statement": self.same_statement,
            "same_makings": self.same_makings,
            "reproduces": self.reproduces,
        }


def issue(
    drafted: Drafted, *, open_returns: Sequence[str], by: Actor, at: datetime, progress: Progress = _silent
) -> Issued:
    """Issue the draft in hand as the operation's next release and keep all its documents.

    ``open_returns`` are the states whose required return is missing, draft or under correction now. Raises Refused
    without a passed verdict or two signatures, before the embargo ends, and for a final release while any return is
    open; Conflict where the operation's final release exists or the number is not the next.
    """
    check_order(drafted.statement, open_returns)
    check_verdict(drafted)
    statement = replace(drafted.statement, draft=False, issued_on=at.date())
    if drafted.signatures_missing:
        raise Refused("release-unsigned", number=statement.number, signed=len(drafted.signatures))
    if statement.embargo_until is not None and at < statement.embargo_until:
        raise Refused(
            "release-embargoed", number=statement.number, until=statement.embargo_until.isoformat(timespec="minutes")
        )
    content = statement.to_json()
    content_hash = hashlib.sha256(canonical(content)).hexdigest()
    files = documents(statement, progress)
    try:
        release = Release.objects.create(
            operation=statement.operation,
            number=statement.number,
            kind=statement.kind.value,
            content=content,
            content_hash=content_hash,
            figures_run=drafted.figures_run,
            issued_at=at,
            issued_by=by.name,
            draft_id=drafted.key,
            made_with=made_with(),
        )
    except IntegrityError as taken:
        raise Conflict("release-number-taken", operation=statement.operation, number=statement.number) from taken
    Document.objects.bulk_create(
        Document(release=release, name=name, content=body, content_hash=hashlib.sha256(body).hexdigest())
        for name, body in files.items()
    )
    return Issued(statement, content_hash, files, drafted.signatures)


def issued(operation: str, number: int | None = None) -> Issued:
    """Return release ``number`` of ``operation``, the last one without a number. Raises NotFound where there is
    none.
    """
    release = _release(operation, number)
    files = {document.name: bytes(document.content) for document in release.documents.order_by("name")}
    rows = release.draft.signatures.order_by("id") if release.draft else ()
    return Issued(
        Statement.from_json(release.content),
        release.content_hash,
        files,
        tuple(DraftSignature.of(row) for row in rows),
        withdrawals.withdrawn(release),
        withdrawals.proposed(release),
    )


def propose_withdrawal(
    operation: str, number: int | None, *, reason: Mapping[str, str], by: Actor, at: datetime
) -> Issued:
    """Propose to take a release back; see :func:`traboule.release.withdrawals.propose`. Raises NotFound for none."""
    release = _release(operation, number)
    withdrawals.propose(release, reason=reason, by=by, at=at)
    return issued(operation, release.number)


def withdraw(operation: str, number: int | None, *, read: str = "", by: Actor, at: datetime) -> Issued:
    """Take a release back as another person proposed; see :func:`traboule.release.withdrawals.sign`."""
    release = _release(operation, number)
    withdrawals.sign(release, read=read, by=by, at=at)
    return issued(operation, release.number)


def rebuild(
    operation: str,
    number: int | None = None,
    *,
    files: Mapping[str, bytes] | None = None,
    progress: Progress = _silent,
) -> Rebuilt:
    """Make all documents of a release again from its statement and compare them with the bytes that are stored.

    ``files`` are documents as they lie in a folder by name, compared with the hashes recorded at issue; None: none
    are. Raises NotFound where there is no such release.
    """
    release = _release(operation, number)
    statement = Statement.from_json(release.content)
    stored = {row.name: (_sha256(bytes(row.content)), row.content_hash) for row in release.documents.all()}
    rebuilt = {name: _sha256(body) for name, body in documents(statement, progress).items()}
    differences = [*_differences(stored, rebuilt), *_file_differences(stored, files)]
    return Rebuilt(
        operation=operation,
        number=release.number,
        documents=len(stored),
        differences=tuple(sorted(differences, key=lambda difference: (difference.name, difference.kind))),
        same_statement=_sha256(canonical(statement.to_json())) == release.content_hash,
        same_makings=release.made_with == made_with(),
        files=len(files or ()),
    )


def _differences(stored: Mapping[str, tuple[str, str]], rebuilt: Mapping[str, str]) -> Iterator[DocumentDifference]:
    """Yield what differs between the hashes (of the bytes, as recorded) stored and those of the documents rebuilt."""
    for name, (actual, recorded) in stored.items():
        if actual != recorded:
            yield DocumentDifference(name, "recorded")
        if name not in rebuilt:
            yield DocumentDifference(name, "surplus")
        elif actual != rebuilt[name]:
            yield DocumentDifference(name, "stored")
    yield from (DocumentDifference(name, "absent") for name in rebuilt.keys() - stored.keys())


def _file_differences(
    stored: Mapping[str, tuple[str, str]], files: Mapping[str, bytes] | None
) -> Iterator[DocumentDifference]:
    if files is None:
        return
    for name, (_, recorded) in stored.items():
        if name not in files:
            yield DocumentDifference(name, "file-absent")
        elif _sha256(files[name]) != recorded:
            yield DocumentDifference(name, "file")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def document_hashes(operation: str, number: int | None = None) -> tuple[str, dict[str, str]]:
    """Return a release's id, and the SHA-256 (hex) of its stored documents by name. Raises NotFound."""
    release = _release(operation, number)
    return str(release.id), {row.name: _sha256(bytes(row.content)) for row in release.documents.all()}


def run_behind(operation: str, number: int | None = None) -> UUID:
    """Return the run of figures that a release was drafted from. Raises NotFound where there is no such release."""
    return _release(operation, number).figures_run


def next_number(operation: str) -> int:
    """Return the number the operation's next release takes: withdrawn ones keep theirs."""
    last = Release.objects.filter(operation=operation).order_by("-number").first()
    return last.number + 1 if last else 1


def history(operation: str) -> tuple[Past, ...]:
    """Return what was issued so far, oldest first, with the reason of each withdrawal."""
    past = []
    for release in Release.objects.filter(operation=operation).order_by("number"):
        statement = Statement.from_json(release.content)
        taken_back = Withdrawal.objects.filter(release=release).first()
        past.append(
            Past(
                number=release.number,
                kind=statement.kind,
                issued_on=date.fromisoformat(release.content["issued_on"]),
                values={line.figure: line.value for line in statement.lines},
                reason=statement.reason,
                withdrawn_because=in_all_languages(taken_back.reason) if taken_back else {},
            )
        )
    return tuple(past)


def summaries(operation: str) -> tuple[ReleaseSummary, ...]:
    """Return every release ever issued of an operation, the last first."""
    withdrawn = set(Withdrawal.objects.filter(release__operation=operation).values_list("release_id", flat=True))
    return tuple(
        ReleaseSummary(
            operation,
            release.number,
            release.kind,
            release.issued_at,
            release.id in withdrawn,
            Statement.from_json(release.content).embargo_until,
        )
        for release in Release.objects.filter(operation=operation).order_by("-number")
    )


def statements(operation: str) -> tuple[Statement, ...]:
    """Return everything ever issued of an operation, withdrawn or not: an attacker holds it all."""
    contents = Release.objects.filter(operation=operation).order_by("number").values_list("content", flat=True)
    return tuple(Statement.from_json(content) for content in contents)


def last_run_released(operation: str) -> UUID | None:
    """Return the run of figures behind the operation's last release in force, or None where there is none."""
    in_force = Release.objects.filter(operation=operation, withdrawal=None)
    return in_force.order_by("-number").values_list("figures_run", flat=True).first()


def runs_released(operation: str) -> tuple[UUID, ...]:
    """Return the run of figures behind each release ever issued, in the order of :func:`statements`."""
    runs = Release.objects.filter(operation=operation).order_by("number").values_list("figures_run", flat=True)
    return tuple(runs)


def _release(operation: str, number: int | None) -> Release:
    releases = Release.objects.filter(operation=operation).order_by("-number")
    release = (releases if number is None else releases.filter(number=number)).first()
    if release is None:
        raise NotFound("release-unknown", operation=operation, number=number or "")
    return release
