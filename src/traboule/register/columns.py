"""A column that Django lacks: a moment in local time.

In and out: a datetime without a zone. Guaranteed: PostgreSQL stores it as ``timestamp without time zone`` and nobody
converts it; a raid at dawn is at dawn where it happened (rule 9).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Moment = models.Field[datetime | None, datetime | None]
else:
    _Moment = models.Field


class LocalMomentField(_Moment):
    """A local date and time; no zone is kept because none is filed."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return PostgreSQL's type."""
        return "timestamp without time zone"
