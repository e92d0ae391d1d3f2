"""The register's tables: every accepted row, in every version, with where it came from.

Rows are only ever added; which version is in force is computed (:mod:`traboule.register.plan`), never stored, so that
returns may arrive in any order and every earlier hour can be asked for. The columns of each table are the fields of
the form; what the form calls personal stands in :class:`PersonIdentity`, :class:`Identifier` and :class:`Narrative`,
and :class:`AsFiled` stores each row as its clerk wrote it.

Every table with a row for a person, or with counts that may be of one person, is protected. Whether somebody is a
victim follows from roles, arrests, legs, detections, hits and declared totals together: none of them is the desk's.

One field bears another name: what totals count in is ``counted_unit``, because ``unit`` is the owning state everywhere.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from traboule.database.row_security import Wall


class RegisterRow(models.Model):
    """The columns of every row of the register. ``record`` is unit, agency and row identifier in one.

    ``sealed`` holds the fields that :mod:`traboule.register.tables` lists as sealed, under the key of ``sealed_for``:
    the record of the person the row is of, or empty for a row of no person, sealed for its unit.
    """

    wall: ClassVar[Wall] = Wall.FILED

    operation = models.TextField()
    unit = models.TextField()
    agency = models.TextField()
    row_id = models.TextField()
    record = models.TextField()
    version = models.IntegerField()
    return_id = models.UUIDField()
    entered_at = models.DateTimeField()
    sealed = models.BinaryField()
    sealed_for = models.TextField()

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["operation", "record", "version", "entered_at", "id"],
                name="%(class)s_versions",
            )
        ]


class Version(RegisterRow):
    """One version of one row of a return. ``missing`` says which fields are unknown, not asked or not applicable."""

    sheet = models.TextField()
    row_number = models.IntegerField()
    content_hash = models.TextField()
    missing = models.JSONField(default=dict)
    source = models.TextField(null=True)
    information = models.TextField(null=True)
    handling = models.TextField(null=True)

    class Meta(RegisterRow.Meta):
        abstract = True


class Total(Version):
    """A declared count, never added to what the rows give (rule 6)."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    measure = models.TextField(null=True)
    counted_unit = models.TextField(null=True)
    value = models.BigIntegerField(null=True)
    precision = models.TextField(null=True)
    breakdown_of = models.TextField(null=True)


class Action(Version):
    """A raid, a border check, a flight monitored and the like, in local time (rule 9)."""

    kind = models.TextField(null=True)
    country = models.TextField(null=True)
    joint_with = ArrayField(models.TextField(), null=True)
    phase = models.TextField(null=True)
    crime_types = ArrayField(models.TextField(), null=True)


class Person(Version):
    """A person without anything that names them."""

    wall: ClassVar[Wall] = Wall.PROTECTED


class PersonRole(Version):
    """What a person was in an action; many and dated (rule 15)."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    person = models.TextField(null=True)
    action = models.TextField(null=True)


class Victim(Version):
    """A finding of trafficking about one person in one episode; read by the protection role (rule 22)."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    person = models.TextField(null=True)
    action = models.TextField(null=True)


class Arrest(Version):
    """One person, one arresting state, one instant (rule 7)."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    person = models.TextField(null=True)
    action = models.TextField(null=True)


class MigrantDetection(Version):
    """Irregular migrants, as a count."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    action = models.TextField(null=True)
    nationality = models.TextField(null=True)
    count = models.BigIntegerField(null=True)
    minors = models.BigIntegerField(null=True)
    unaccompanied = models.BigIntegerField(null=True)
    direction = models.TextField(null=True)


class Leg(Version):
    """One leg of a journey."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    person = models.TextField(null=True)
    action = models.TextField(null=True)


class Seizure(Version):
    """Something seized."""

    action = models.TextField(null=True)
    kind = models.TextField(null=True)
    quantity = models.FloatField(null=True)
    quantity_unit = models.TextField(null=True)
    value = models.FloatField(null=True)
    value_currency = models.TextField(null=True)


class Check(Version):
    """Checks made: in databases, of flights, vessels, vehicles, premises, persons."""

    action = models.TextField(null=True)
    kind = models.TextField(null=True)
    count = models.BigIntegerField(null=True)
    precision = models.TextField(null=True)
    matches = models.BigIntegerField(null=True)


class Hit(Version):
    """Hits in databases, and whether they were confirmed."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    action = models.TextField(null=True)
    category = models.TextField(null=True)
    confirmed = models.TextField(null=True)
    count = models.BigIntegerField(null=True)


class Investigation(Version):
    """An investigation opened."""

    action = models.TextField(null=True)
    crime_types = ArrayField(models.TextField(), null=True)


class Identifier(Version):
    """A document, phone, account, plate …: personal as a whole, read through :mod:`traboule.register.personal`."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    person = models.TextField(null=True)
    action = models.TextField(null=True)


class PersonIdentity(RegisterRow):
    """What names a person; one row for each version of a :class:`Person`."""

    wall: ClassVar[Wall] = Wall.PROTECTED


class Narrative(RegisterRow):
    """A free text about persons, one row for each version of its row; ``field`` is the form's name for it."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    table = models.TextField()
    field = models.TextField()


class AsFiled(RegisterRow):
    """One version of a row exactly as its clerk wrote it, field by field."""

    wall: ClassVar[Wall] = Wall.PROTECTED

    table = models.TextField()
