"""The tables of the release room: drafts, verdicts, signatures, releases, documents, withdrawals and their proposals.

Every row is written once and never changed: a draft that was altered is another draft, a release that turned out wrong
is withdrawn by a row of its own.
"""

from __future__ import annotations

import uuid

from django.db import models


class Draft(models.Model):
    """A release as proposed. The last draft of an operation is the one in hand; earlier ones were replaced by it."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    operation = models.TextField()
    number = models.PositiveIntegerField()
    kind = models.TextField()
    content = models.JSONField()
    content_hash = models.TextField()
    figures_run = models.UUIDField()
    open_returns = models.JSONField()
    drafted_at = models.DateTimeField()
    drafted_by = models.TextField()


class Audit(models.Model):
    """The disclosure verdict on one draft: passed, or the findings that keep it in the house.

    ``audited_hash`` is the draft's hash as it was audited.
    """

    append_only = True

    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="audit")
    findings = models.JSONField()
    method = models.TextField()
    audited_hash = models.TextField(default="")
    audited_at = models.DateTimeField()
    audited_by = models.TextField()


class Signature(models.Model):
    """One person's name under one draft. ``person`` is the human being behind ``account``: nobody signs twice, by
    spelling or by a second account. ``signed_hash`` is the hash of what was signed."""

    append_only = True

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="signatures")
    person = models.TextField()
    account = models.TextField(default="")
    name = models.TextField()
    role = models.TextField()
    signed_hash = models.TextField()
    signed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "person"], name="release_signed_once")]


class Release(models.Model):
    """One release of an operation. ``number`` counts 1, 2, 3 …; ``content`` is the statement; nothing is updated.

    ``made_with`` is the hash of the words, templates and programs the documents were made with.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operation = models.TextField()
    number = models.PositiveIntegerField()
    kind = models.TextField()
    content = models.JSONField()
    content_hash = models.TextField()
    figures_run = models.UUIDField()
    issued_at = models.DateTimeField()
    issued_by = models.TextField()
    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, null=True, related_name="release")
    made_with = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "number"], name="release_number_once"),
        ]


class Document(models.Model):
    """One file of a release, as it left the house."""

    append_only = True

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="documents")
    name = models.TextField()
    content = models.BinaryField()
    content_hash = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="release_document_once")]


class WithdrawalProposal(models.Model):
    """The wish of one person to take a release back, with the reason by language, until another person signs it.

    The last proposal of a release is the one in hand. ``proposal_hash`` is over the release and the reason.
    """

    append_only = True

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="withdrawal_proposals")
    reason = models.JSONField()
    proposal_hash = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.TextField()
    account = models.TextField()
    person = models.TextField()


class Withdrawal(models.Model):
    """A release taken back, with the reason by language, by the second of two persons. The release stays as it was."""

    append_only = True

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.JSONField()
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.TextField()
    account = models.TextField(default="")
    person = models.TextField(default="")
    proposal = models.OneToOneField(WithdrawalProposal, on_delete=models.PROTECT, null=True, related_name="withdrawal")


class ResearchExport(models.Model):
    """One synthetic table for research as it left the house. ``epsilon`` is what it cost; costs of all add up."""

    append_only = True

    id = models.BigAutoField(primary_key=True)
    operation = models.TextField()
    number = models.PositiveIntegerField()
    columns = models.JSONField()
    epsilon = models.FloatField()
    content = models.BinaryField()
    exported_at = models.DateTimeField()
    exported_by = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operation", "number"], name="research_export_number_once")]
