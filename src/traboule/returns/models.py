"""The tables of the returns stage: returns received, their files, their faults, and the rows that were held or refused.

Rows are only ever added. No foreign key leads from one table to another: a key is checked past row security and would
tell whether a hidden row exists. For the same reason every unique constraint begins with the unit.

All are protected: how many rows a return has, or which of them are held, tells of persons whom the desk may not see.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from traboule.database.row_security import Wall


class ReturnReceived(models.Model):
    """One return as received. ``receipt`` is what its filer was given; ``supersedes`` is null where it only adds."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    return_id = models.UUIDField()
    operation = models.TextField()
    unit = models.TextField()
    agency = models.TextField()
    coordination_unit = models.TextField(null=True)
    version = models.IntegerField()
    supersedes = models.IntegerField(null=True)
    status = models.TextField()
    kind = models.TextField()
    as_of = models.TextField()
    legal_basis = models.TextField(null=True)
    language = models.TextField(null=True)
    content_hash = models.TextField()
    file_name = models.TextField()
    received_at = models.DateTimeField()
    received_by = models.TextField()
    filed = models.IntegerField()
    entered = models.IntegerField()
    held = models.IntegerField()
    refused = models.IntegerField()
    receipt = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "operation", "content_hash"], name="return_received_once"),
            models.UniqueConstraint(fields=["unit", "return_id"], name="return_received_id"),
            models.CheckConstraint(
                condition=models.Q(filed=models.F("entered") + models.F("held") + models.F("refused")),
                name="return_received_sum",
            ),
        ]
        indexes = [models.Index(fields=["operation", "unit", "agency"], name="return_received_agency")]


class ReturnOriginal(models.Model):
    """A return's file, byte for byte, under its hash, sealed under a key of its own."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    unit = models.TextField()
    operation = models.TextField()
    return_id = models.UUIDField()
    content_hash = models.TextField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "operation", "content_hash"], name="return_original_once"),
        ]


class FaultFound(models.Model):
    """One finding of the check. ``sealed`` is the cell as read, and the values its sentence shows, under the key of
    the return's file: personal data, like the rows themselves."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    return_id = models.UUIDField()
    operation = models.TextField()
    unit = models.TextField()
    code = models.TextField()
    severity = models.TextField()
    table = models.TextField()
    field = models.TextField()
    sheet = models.TextField()
    row_number = models.IntegerField()
    column = models.TextField()
    cell = models.TextField()
    rule = models.TextField()
    sealed = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["unit", "return_id"], name="fault_found_return")]


class HeldRow(models.Model):
    """One row not entered: held until its state corrects it, or refused for want of a name of its own.

    What the row says stands apart in :class:`HeldContent`. While a row is held, its earlier version stays in force.
    """

    wall: ClassVar[Wall] = Wall.PROTECTED

    return_id = models.UUIDField()
    operation = models.TextField()
    unit = models.TextField()
    agency = models.TextField()
    version = models.IntegerField()
    table = models.TextField()
    row_id = models.TextField()
    sheet = models.TextField()
    row_number = models.IntegerField()
    refused = models.BooleanField()
    faults = ArrayField(models.TextField())
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["operation", "unit", "agency"], name="held_row_agency")]


class HeldContent(models.Model):
    """What a held or refused row says, as filed: nothing is lost. Found by return, table, sheet and row number.

    ``sealed`` as in the register: under the key of ``sealed_for``, or of the unit where that is empty.
    """

    wall: ClassVar[Wall] = Wall.PROTECTED

    return_id = models.UUIDField()
    operation = models.TextField()
    unit = models.TextField()
    table = models.TextField()
    sheet = models.TextField()
    row_number = models.IntegerField()
    sealed = models.BinaryField()
    sealed_for = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["unit", "return_id"], name="held_content_return")]


class SubjectKey(models.Model):
    """The key of one person, or of one return's file, wrapped by a generation of the unit's key.

    ``subject`` is the person's record, or ``return`` and the return's identifier. ``wrapped`` is null once the key was
    destroyed; nothing sealed under it can be read again.
    """

    wall: ClassVar[Wall] = Wall.KEYED

    unit = models.TextField()
    operation = models.TextField()
    subject = models.TextField()
    generation = models.IntegerField()
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "operation", "subject"], name="subject_key_once"),
        ]
