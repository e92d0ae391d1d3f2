"""Open what the returns stage sealed, as nothing in the program does yet."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from traboule.database.keys.process import process_unit_keys
from traboule.database.keys.sealing import unseal
from traboule.returns.models import SubjectKey
from traboule.returns.subjects.keys import Unwrapper


def opened_bytes(row: models.Model, subject: str, where: bytes) -> bytes:
    """Return the bytes that ``row`` seals for ``subject``, or for its unit where that is empty."""
    values: dict[str, Any] = vars(row)
    keys, operation = process_unit_keys(), values["operation"]
    stored = SubjectKey.objects.filter(unit=values["unit"], operation=operation)
    ciphers = dict(Unwrapper(keys, operation).unwrapped(stored.values_list("unit", "subject", "generation", "wrapped")))
    return unseal(ciphers[subject] if subject else keys.rows(values["unit"]), bytes(values["sealed"]), where)


def opened(row: models.Model, subject: str, where: bytes) -> dict[str, Any]:
    """Return the values that ``row`` seals."""
    values: dict[str, Any] = json.loads(opened_bytes(row, subject, where))
    return values
