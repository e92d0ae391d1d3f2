"""The tables of this stage: operations that have been opened, each with the text of its file, and what the desk has
stopped since."""

from __future__ import annotations

from django.db import models

from traboule.database.row_security import Wall


class OperationOpened(models.Model):
    """One opened operation. What returns and figures rest on never changes: a file changed in that is another
    operation. What communiqués say of it may be completed while it is open."""

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


class StopSigned(models.Model):
    """One thing said at the desk of an identifier: that it links nothing, or (``lifts``) that it does again.

    ``value`` is the form in which filings are compared; it may be a shelter's number, and is shown to nobody.
    """

    operation = models.TextField()
    number = models.IntegerField()
    lifts = models.BooleanField()
    kind = models.TextField()
    value = models.TextField()
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    append_only = True
    wall = Wall.DECIDED

    class Meta:
        app_label = "operation"
        constraints = [models.UniqueConstraint(fields=["operation", "number", "lifts"], name="stop_signed_once")]

    def __str__(self) -> str:
        return f"{self.operation} {self.number}"
