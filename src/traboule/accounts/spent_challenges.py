"""Challenges that were answered, stored until they expire, so that none is answered twice."""

from __future__ import annotations

import hashlib
from datetime import datetime

from traboule.accounts.models import SpentChallenge


def spend(challenge: bytes, expires_at: datetime, *, at: datetime) -> bool:
    """Note that a challenge was answered; tell whether this is the first time."""
    SpentChallenge.objects.filter(expires_at__lte=at).delete()
    digest = hashlib.sha256(challenge).hexdigest()
    # Of two answers at the same time the second waits here for the first, and then finds the row spent.
    rows = [SpentChallenge(challenge_hash=digest, expires_at=expires_at)]
    SpentChallenge.objects.bulk_create(rows, ignore_conflicts=True)
    return bool(SpentChallenge.objects.filter(challenge_hash=digest, is_spent=False).update(is_spent=True))
