"""The ledger's table."""

from __future__ import annotations

from django.db import models

from traboule.database.row_security import Wall


class Entry(models.Model):
    """One change: who performed which verb and when, with the hash of its result. Append-only.

    ``unit`` holds the codes of the states the actor spoke for, joined by commas.
    """

    append_only = True
    wall = Wall.TRACED

    at = models.DateTimeField()
    actor = models.TextField()
    role = models.TextField()
    unit = models.TextField()
    verb = models.TextField()
    result_hash = models.TextField()
