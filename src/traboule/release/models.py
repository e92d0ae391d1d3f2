"""The tables of the release room: releases and their documents, written once and never changed."""

from __future__ import annotations

import uuid

from django.db import models


class Release(models.Model):
    """One release of an operation. ``number`` counts 1, 2, 3 …; ``content`` is the statement; nothing is updated."""

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
