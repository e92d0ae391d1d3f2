"""Define the tables of hits: what linking changed, what the desk signed, what a unit is shown, what an owner answers,
which actions a unit announced, and which decoys the protection officer planted.

Rows are only ever added. Their identifiers are keyed hashes: consecutive numbers would tell how many hits there are
that somebody may not see. ``protected`` flags what the desk may not see, as in the tables of linkage.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from traboule.database.row_security import Wall


class HitChange(models.Model):
    """What a run of linkage changed of a hit: it was raised, it fell because its link is gone, or it was restored."""

    id = models.UUIDField(primary_key=True)
    run_id = models.UUIDField()
    protected = models.BooleanField(default=True)
    operation = models.TextField()
    handle = models.TextField()
    left = models.TextField()
    right = models.TextField()
    left_unit = models.TextField()
    right_unit = models.TextField()
    change = models.CharField(max_length=8)
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.LINKED

    class Meta:
        app_label = "hits"
        indexes = [models.Index(fields=["operation", "handle"], name="hit_change_of_hit")]


class HitStep(models.Model):
    """What an officer of the desk signed about a hit: verified, passed on, or withheld.

    ``owner`` is the unit that is asked for a contact; empty but for a verification.
    """

    id = models.UUIDField(primary_key=True)
    protected = models.BooleanField(default=True)
    operation = models.TextField()
    handle = models.TextField()
    step = models.CharField(max_length=8)
    owner = models.TextField(default="")
    reason = models.TextField(default="")
    by = models.TextField()
    person = models.TextField()
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.LINKED

    class Meta:
        app_label = "hits"
        indexes = [models.Index(fields=["operation", "handle"], name="hit_step_of_hit")]


class HitNotice(models.Model):
    """What a unit is shown of a hit: that it is asked for a contact, what became of it, or the contact passed on to it.

    ``record`` is the unit's own. Nothing in it says which unit or record is at the other end, but for the contact.
    """

    id = models.UUIDField(primary_key=True)
    operation = models.TextField()
    unit = models.TextField()
    handle = models.TextField()
    record = models.TextField()
    notice = models.CharField(max_length=8)
    fact = models.CharField(max_length=8, default="")
    contact = models.TextField(default="")
    handling = models.TextField(default="")
    restriction = models.TextField(default="")
    source = models.TextField(default="")
    information = models.TextField(default="")
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.NOTIFIED

    class Meta:
        app_label = "hits"
        indexes = [models.Index(fields=["operation", "unit"], name="hit_notice_of_unit")]


class HitAnswer(models.Model):
    """What the owner that was asked signed: a contact with handling and evaluation, or a refusal with its reason."""

    id = models.UUIDField(primary_key=True)
    operation = models.TextField()
    unit = models.TextField()
    handle = models.TextField()
    number = models.IntegerField()
    answer = models.CharField(max_length=8)
    contact = models.TextField(default="")
    handling = models.TextField(default="")
    restriction = models.TextField(default="")
    source = models.TextField(default="")
    information = models.TextField(default="")
    reason = models.TextField(default="")
    by = models.TextField()
    person = models.TextField()
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.PROTECTED

    class Meta:
        app_label = "hits"
        indexes = [models.Index(fields=["operation", "unit"], name="hit_answer_of_unit")]


class Announcement(models.Model):
    """An action that a unit plans. ``sealed`` holds target, place and window; the rest are keyed hashes to compare.

    ``series`` is the hash of a target without its last characters: equal for numbers that follow each other.
    """

    id = models.UUIDField(primary_key=True)
    operation = models.TextField()
    unit = models.TextField()
    record = models.TextField()
    number = models.IntegerField()  # Among the unit's own, so that it tells nothing of others.
    target = models.TextField(default="")
    series = models.TextField(default="")
    place = models.TextField(default="")
    sealed = models.BinaryField()
    by = models.TextField()
    person = models.TextField()
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.PROTECTED

    class Meta:
        app_label = "hits"
        indexes = [models.Index(fields=["operation", "unit"], name="announcement_of_unit")]


class AnnouncementWithdrawal(models.Model):
    """That an announced action does not take place; it has the identifier of its announcement."""

    id = models.UUIDField(primary_key=True)
    operation = models.TextField()
    unit = models.TextField()
    record = models.TextField()
    by = models.TextField()
    person = models.TextField()
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.PROTECTED

    class Meta:
        app_label = "hits"
        indexes = [models.Index(fields=["operation", "unit"], name="withdrawn_of_unit")]


class DecoySigned(models.Model):
    """That the protection officer planted a decoy, or (``withdraws``) withdrew it. ``digest``: a keyed hash."""

    id = models.UUIDField(primary_key=True)
    operation = models.TextField()
    number = models.IntegerField()
    withdraws = models.BooleanField()
    kind = models.TextField()
    digest = models.TextField()
    reason = models.TextField()
    by = models.TextField()
    person = models.TextField()
    at = models.DateTimeField()

    append_only = True
    wall: ClassVar[Wall] = Wall.GUARDED

    class Meta:
        app_label = "hits"
        constraints = [
            models.UniqueConstraint(fields=["operation", "number", "withdraws"], name="decoy_signed_once"),
        ]
