"""Define linkage's tables: runs, the links and clusters of each run, and judgements.

Rows are only ever added. A link or a cluster member belongs to one run and never changes; the latest run is what
counts. A judgement holds for the operation, whatever runs follow. No table names a person: a record is referred to as
UNIT/agency/row.

Links between things, and judgements of them, have tables of their own: rows of two tables of a return may share a name,
and a link between things must never join persons.

Each linking stores two runs: one of all records, which figures are counted from, and one of the records that touch
nobody protected, which the desk judges. The desk's run is computed from nothing that the desk may not see, so that no
weight, link or order in it tells of a protected record. ``protected`` flags every row of the other run, and what was
judged of it.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from traboule.database.row_security import Wall


class LinkRun(models.Model):
    """One run of linkage, with its model, so that its result can be reproduced."""

    run_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    protected = models.BooleanField(default=True)
    operation = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()
    model = models.TextField()
    model_hash = models.CharField(max_length=64)
    records = models.IntegerField()
    clusters = models.IntegerField()
    compared = models.IntegerField()
    counts = models.JSONField()
    stopped = models.JSONField()
    skipped = models.JSONField()
    cut = models.JSONField()
    watched = models.JSONField()
    things = models.JSONField(default=dict)

    append_only = True
    wall: ClassVar[Wall] = Wall.LINKED

    class Meta:
        app_label = "linkage"
        indexes = [models.Index(fields=["operation", "at"], name="link_run_latest")]

    def __str__(self) -> str:
        return str(self.run_id)


class WeighedPair(models.Model):
    """One pair of records, as one run weighed it."""

    run_id = models.UUIDField()
    protected = models.BooleanField(default=True)
    operation = models.TextField()
    left = models.TextField()
    right = models.TextField()
    left_unit = models.TextField()
    right_unit = models.TextField()
    weight = models.FloatField()
    probability = models.FloatField()
    tier = models.CharField(max_length=8)
    status = models.CharField(max_length=16)
    evidence = models.TextField()

    append_only = True
    wall: ClassVar[Wall] = Wall.LINKED

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.left} – {self.right}"


class Link(WeighedPair):
    """A link between two records of persons."""

    class Meta:
        app_label = "linkage"
        constraints = [models.UniqueConstraint(fields=["run_id", "left", "right"], name="link_once_a_run")]
        indexes = [models.Index(fields=["run_id", "status"], name="link_by_status")]


class ThingLink(WeighedPair):
    """A link between two identifiers that may be one company, address, advert or account; ``thing`` says which."""

    thing = models.CharField(max_length=16)

    class Meta:
        app_label = "linkage"
        constraints = [models.UniqueConstraint(fields=["run_id", "left", "right"], name="thing_link_once_a_run")]
        indexes = [models.Index(fields=["run_id", "status"], name="thing_link_by_status")]


class ClusterMember(models.Model):
    """One record's cluster in one run, named after the smallest record taken for the same person."""

    run_id = models.UUIDField()
    protected = models.BooleanField(default=True)
    operation = models.TextField()
    record = models.TextField()
    unit = models.TextField()
    cluster = models.TextField()

    append_only = True
    wall: ClassVar[Wall] = Wall.LINKED

    class Meta:
        app_label = "linkage"
        constraints = [models.UniqueConstraint(fields=["run_id", "record"], name="member_once_a_run")]
        indexes = [models.Index(fields=["run_id", "cluster"], name="member_by_cluster")]

    def __str__(self) -> str:
        return self.record


class SignedJudgement(models.Model):
    """What a person judged of two records, when and why. Undoing adds another row."""

    protected = models.BooleanField(default=True)
    operation = models.TextField()
    left = models.TextField()
    right = models.TextField()
    left_unit = models.TextField()
    right_unit = models.TextField()
    verdict = models.CharField(max_length=8)
    reason = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.LINKED

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.verdict}: {self.left} – {self.right}"


class Judgement(SignedJudgement):
    """A judgement of two records of persons."""

    class Meta:
        app_label = "linkage"
        indexes = [models.Index(fields=["operation", "left", "right"], name="judgement_of_pair")]


class ThingJudgement(SignedJudgement):
    """A judgement whether two identifiers are one company, address, advert or account."""

    class Meta:
        app_label = "linkage"
        indexes = [models.Index(fields=["operation", "left", "right"], name="thing_judgement_of_pair")]
