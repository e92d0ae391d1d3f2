"""The tables of linkage: runs, the links and clusters each run found, and judgements, which are only ever added.

A link or a member belongs to one run and is never changed; what is believed now is the latest run. A judgement stands
for the operation, whatever runs come after. Nothing here names a person: records are referred to as UNIT/agency/row.

Links between things, and judgements of them, stand in tables of their own: the rows of two tables of a return may bear
one name, and no link between things may ever join persons.
"""

from __future__ import annotations

import uuid

from django.db import models


class LinkRun(models.Model):
    """One run of linkage, with the model it used, so that its result can be had again."""

    run_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
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

    class Meta:
        app_label = "linkage"
        indexes = [models.Index(fields=["operation", "at"], name="link_run_latest")]

    def __str__(self) -> str:
        return str(self.run_id)


class Weighed(models.Model):
    """One pair of records, as one run weighed it."""

    run_id = models.UUIDField()
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

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.left} – {self.right}"


class Link(Weighed):
    """A pair of records of persons."""

    class Meta:
        app_label = "linkage"
        constraints = [models.UniqueConstraint(fields=["run_id", "left", "right"], name="link_once_a_run")]
        indexes = [models.Index(fields=["run_id", "status"], name="link_by_status")]


class ThingLink(Weighed):
    """A pair of identifiers that may be one company, address, advert or account; ``thing`` says which."""

    thing = models.CharField(max_length=16)

    class Meta:
        app_label = "linkage"
        constraints = [models.UniqueConstraint(fields=["run_id", "left", "right"], name="thing_link_once_a_run")]
        indexes = [models.Index(fields=["run_id", "status"], name="thing_link_by_status")]


class ClusterMember(models.Model):
    """One record's cluster in one run: the smallest record of those taken for one person."""

    run_id = models.UUIDField()
    operation = models.TextField()
    record = models.TextField()
    unit = models.TextField()
    cluster = models.TextField()

    append_only = True

    class Meta:
        app_label = "linkage"
        constraints = [models.UniqueConstraint(fields=["run_id", "record"], name="member_once_a_run")]
        indexes = [models.Index(fields=["run_id", "cluster"], name="member_by_cluster")]

    def __str__(self) -> str:
        return self.record


class Signed(models.Model):
    """What somebody said of two records, when and why. Undoing is another row."""

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

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.verdict}: {self.left} – {self.right}"


class Judgement(Signed):
    """Of two records of persons."""

    class Meta:
        app_label = "linkage"
        indexes = [models.Index(fields=["operation", "left", "right"], name="judgement_of_pair")]


class ThingJudgement(Signed):
    """Of two identifiers: whether they are one company, address, advert or account."""

    class Meta:
        app_label = "linkage"
        indexes = [models.Index(fields=["operation", "left", "right"], name="thing_judgement_of_pair")]
