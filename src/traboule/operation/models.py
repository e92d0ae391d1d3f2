"""The one table of this stage: operations that have been opened, each with the text of its file."""

from __future__ import annotations

from django.db import models


class OperationOpened(models.Model):
    """One opened operation. A row is written once and never changed: a changed file is another operation."""

    code = models.CharField(max_length=64, primary_key=True)
    title = models.TextField()
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.TextField()

    class Meta:
        app_label = "operation"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code
