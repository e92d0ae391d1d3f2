"""The tables of this room: screenings done, referrals made, receipts given. ``unit`` is the state whose record it is.

No table names a person: a record is referred to as UNIT/agency/row. ``sealed`` holds what was found, or the service,
under the key of the person, so that erasing her takes it along.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from traboule.database.row_security import Wall


class ProtectiveAct(models.Model):
    """Something done for the person of a record, by whom and when."""

    append_only = True
    wall: ClassVar[Wall] = Wall.CARE

    operation = models.TextField()
    unit = models.TextField()
    record = models.TextField()
    at = models.DateTimeField()
    by = models.TextField()
    account = models.TextField(default="")

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["operation", "record"], name="%(class)s_record")]

    def __str__(self) -> str:
        return self.record


class Screening(ProtectiveAct):
    """What a screening found: ``finding``, a code of the vocabulary ``screening_findings``."""

    sealed = models.BinaryField()

    class Meta(ProtectiveAct.Meta):
        app_label = "protection"


class Referral(ProtectiveAct):
    """A referral to a ``service``, such as a shelter's organisation; never an address."""

    sealed = models.BinaryField()

    class Meta(ProtectiveAct.Meta):
        app_label = "protection"


class ReferralReceipt(ProtectiveAct):
    """The owner's word that the service has received the person of a referral."""

    referral = models.BigIntegerField()

    class Meta(ProtectiveAct.Meta):
        app_label = "protection"
        constraints = [models.UniqueConstraint(fields=["referral"], name="referral_received_once")]
