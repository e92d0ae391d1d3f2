"""The ledger's tables: entries, the nodes of the tree over them, and which records of persons were shown to whom."""

from __future__ import annotations

from django.db import models

from traboule.database.row_security import Wall


class Entry(models.Model):
    """One entry: who performed which verb and when, the hash of its result, and the hashes of what it wrote.

    ``index`` counts from 0 without a gap; ``unit`` holds the codes of the states the actor spoke for, joined by commas.
    """

    append_only = True
    wall = Wall.TRACED

    index = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.TextField()
    account = models.TextField(default="")
    role = models.TextField()
    unit = models.TextField()
    verb = models.TextField()
    result_hash = models.TextField()
    anchors = models.JSONField(default=dict)


class Node(models.Model):
    """The hash (hex) over one complete subtree of the entries' Merkle tree; leaves have level 0.

    Shared by all who act: a hash over an entry tells nothing, and everybody who appends needs some.
    """

    append_only = True

    level = models.SmallIntegerField()
    position = models.BigIntegerField()
    hash = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="ledger_node_once")]


class RecordShown(models.Model):
    """A record of a person that a verb showed to its actor: for the state that filed it, and for protection.

    ``index`` is the entry's; its hash of all its records commits to these rows. ``unit`` is the state that filed.
    """

    append_only = True
    wall = Wall.SHOWN

    index = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.TextField()
    account = models.TextField(default="")
    role = models.TextField()
    verb = models.TextField()
    unit = models.TextField()
    record = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["unit", "record"], name="ledger_shown_record")]
