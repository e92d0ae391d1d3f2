"""The tables of this stage: opened operations, each with the text of its file, and the desk's stop entries."""

from __future__ import annotations

from django.db import models

from traboule.database.row_security import Wall


class OperationOpened(models.Model):
    """One opening of an operation: the last of a code is in force.

    The content on which returns and figures rest never changes: a file that changes it is another operation. A file
    that completes the texts for communiqués is opened as another row, with the next ``number``. ``seal`` is a keyed
    hash of the row, whose key the database does not have: see :mod:`traboule.operation.seal`.
    """

    append_only = True
    wall = Wall.OPENED

    code = models.CharField(max_length=64)
    number = models.IntegerField()
    title = models.TextField()
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    seal = models.CharField(max_length=64)

    class Meta:
        app_label = "operation"
        ordering = ("code", "number")
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="operation_opened_once")]

    def __str__(self) -> str:
        return self.code


class StopSigned(models.Model):
    """One decision of the desk on an identifier: that it links nothing, or (``lifts``) that it links again.

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
