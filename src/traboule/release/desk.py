"""The release desk: issuing a release and reading releases back.

Comes in: a statement's ingredients and who issues it. Goes out: an :class:`Issued` release, kept with all its
documents. Promises: releases are numbered without a gap and never change; after a final release nothing follows;
"final" is refused while a required return is missing, draft or under correction (rule 25).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from traboule.core.errors import Conflict, NotFound, Refused
from traboule.core.permissions import Actor
from traboule.release.documents import documents
from traboule.release.models import Document, Release
from traboule.release.statement import Kind, Statement, canonical


@dataclass(frozen=True, slots=True)
class Issued:
    """A release as kept: its statement and the hashes of its documents, with their bytes."""

    statement: Statement
    content_hash: str
    files: Mapping[str, bytes] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the release without the bytes of its documents."""
        return {
            "operation": self.statement.operation,
            "number": self.statement.number,
            "kind": self.statement.kind.value,
            "content_hash": self.content_hash,
            "files": [{"name": n, "sha256": hashlib.sha256(b).hexdigest()} for n, b in self.files.items()],
        }


def issue(
    statement: Statement,
    *,
    figures_run: UUID,
    open_returns: Sequence[str],
    by: Actor,
    at: datetime,
    progress: Callable[[str, int, int], None] = lambda step, done, total: None,
) -> Issued:
    """Issue ``statement`` as the operation's next release and keep all its documents.

    ``open_returns`` are the states whose required return is missing, draft or under correction. Raises Refused for a
    final release while any is open, Conflict where the operation's final release exists or the number is not the next.
    """
    last = Release.objects.filter(operation=statement.operation).order_by("-number").first()
    if last is not None and last.kind == Kind.FINAL:
        raise Conflict("release-final-exists", operation=statement.operation, number=last.number)
    if statement.number != (last.number + 1 if last else 1):
        raise Conflict("release-number-taken", operation=statement.operation, number=statement.number)
    if statement.kind is Kind.FINAL and open_returns:
        raise Refused("release-returns-open", states=", ".join(sorted(open_returns)), count=len(open_returns))
    content = statement.to_json()
    content_hash = hashlib.sha256(canonical(content)).hexdigest()
    files = documents(statement, progress)
    release = Release.objects.create(
        operation=statement.operation,
        number=statement.number,
        kind=statement.kind.value,
        content=content,
        content_hash=content_hash,
        figures_run=figures_run,
        issued_at=at,
        issued_by=by.name,
    )
    Document.objects.bulk_create(
        Document(release=release, name=name, content=body, content_hash=hashlib.sha256(body).hexdigest())
        for name, body in files.items()
    )
    return Issued(statement, content_hash, files)


def issued(operation: str, number: int | None = None) -> Issued:
    """Return release ``number`` of ``operation``, the last one without a number. Raises NotFound where there is
    none.
    """
    releases = Release.objects.filter(operation=operation).order_by("-number")
    release = (releases if number is None else releases.filter(number=number)).first()
    if release is None:
        raise NotFound("release-unknown", operation=operation, number=number or "")
    files = {document.name: bytes(document.content) for document in release.documents.order_by("name")}
    return Issued(Statement.from_json(release.content), release.content_hash, files)


def last_issued(operation: str) -> Issued | None:
    """Return the operation's last release, or None before the first."""
    if not Release.objects.filter(operation=operation).exists():
        return None
    return issued(operation)


def last_run_released(operation: str) -> UUID | None:
    """Return the run of figures behind the operation's last release, or None before the first."""
    runs = Release.objects.filter(operation=operation).order_by("-number").values_list("figures_run", flat=True)
    return runs.first()
