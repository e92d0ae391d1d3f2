"""The tables of this room: what left the house, to whom, for what, and the hashes of its files.

No table holds the content of a file: a recipient's copy is checked by its hash. What a state or the protection officer
exported may tell of protected persons by its size, so it is in a table apart from what the desk exported.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from traboule.database.row_security import Wall


class Export(models.Model):
    """One export: ``files`` are mappings of name, sha256 and size; ``purpose`` is a code of ``export_purposes``."""

    append_only = True

    operation = models.TextField()
    format = models.TextField()
    recipient = models.TextField()
    purpose = models.TextField()
    files = models.JSONField()
    rows = models.IntegerField()
    exported_at = models.DateTimeField()
    exported_by = models.TextField()
    account = models.TextField(default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.format} {self.pk}"


class OwnerExport(Export):
    """What a state exported of its own rows, or the protection officer of everybody's: ``unit`` is empty then."""

    wall: ClassVar[Wall] = Wall.EXCHANGED

    unit = models.TextField()

    class Meta(Export.Meta):
        app_label = "exchange"


class DeskExport(Export):
    """What the desk exported: nothing of protected persons."""

    wall: ClassVar[Wall] = Wall.RELEASED

    class Meta(Export.Meta):
        app_label = "exchange"
