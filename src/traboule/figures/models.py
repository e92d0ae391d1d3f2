"""The table of the figures room: every set of figures ever computed, written once and never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from traboule.database.row_security import Wall


class FigureRun(models.Model):
    """A computation of figures. ``id`` is a hash of its inputs, so that computing the same again gives the same run.

    ``content`` is the FigureSet with the names of the contributing records, but no personal data. ``beside`` is the
    context of the run: open returns, differences from the last release, contributors and incidents. Both count single
    persons by action, so that whoever is neither engine nor protection officer sees what a release shows, and no run.

    A ``live`` run was counted as a return arrived, from links that are not stored yet, and from those of ``link_run``
    before it. It has neither the contributing records nor what disclosure control needs: no release rests on it.
    """

    append_only = True
    wall: ClassVar[Wall] = Wall.COUNTED

    id = models.UUIDField(primary_key=True, editable=False)
    operation = models.TextField()
    as_of = models.DateTimeField()
    computed_at = models.DateTimeField()
    link_run = models.UUIDField(null=True)
    inputs_hash = models.TextField()
    content = models.JSONField()
    beside = models.JSONField()
    live = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["operation", "as_of"], name="figure_run_by_instant")]
