"""Reasons as the database stores them, sealed under the desk's key: of judgements, and of what a run stopped.

Why an identifier is stopped may be written by hand, and name a shelter.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

from traboule.database.keys.sealed_texts import open_text, seal_text
from traboule.database.keys.unit_keys import DESK
from traboule.linkage.models import SignedJudgement


def seal_reason(judgement: dict[str, Any], reason: str) -> str:
    """Return a reason as the judgement with these columns stores it."""
    return seal_text(DESK, reason, _place(judgement))


def open_reason(row: SignedJudgement) -> str:
    """Return the reason of a judgement; one from before reasons were sealed is stored as it is.

    Raises Broken where it was altered or is another judgement's.
    """
    return open_text(DESK, row.reason, _place(vars(row)))


def seal_stopped(run_id: UUID, stopped: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the identifiers that a run stopped with their reasons sealed."""
    return [{**entry, "reason": seal_text(DESK, entry["reason"], _place_in_run(run_id))} for entry in stopped]


def open_stopped(run_id: UUID, stored: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the identifiers that a run stopped with their reasons; those from before they were sealed are as stored.

    Raises Broken where one was altered or is another run's.
    """
    return [{**entry, "reason": open_text(DESK, entry["reason"], _place_in_run(run_id))} for entry in stored]


def _place_in_run(run_id: UUID) -> bytes:
    return f"linkage.stopped\x1f{run_id}".encode()


def _place(judgement: dict[str, Any]) -> bytes:
    names = [str(judgement[name]) for name in ("operation", "left", "right", "verdict", "by")]
    return "\x1f".join(("linkage.judgement", *names, judgement["at"].astimezone(UTC).isoformat())).encode()
