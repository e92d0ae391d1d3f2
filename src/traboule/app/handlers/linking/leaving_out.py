"""List what the latest run of linkage left out, or wants a person to look at.

In: an operation. Out: identifiers stopped, records skipped, links cut and clusters watched. Guaranteed: not even a hash
of a stopped identifier is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core.codes import vocabulary
from traboule.core.language.messages import catalogue
from traboule.linkage.explain import word
from traboule.linkage.store.runs import latest_run
from traboule.linkage.store.sealed_reasons import open_stopped


@dataclass(frozen=True, slots=True)
class Stopped:
    """Identifiers that link nothing: their kind, why, how many there are, and how many records hold one of them.

    Not even a hash is shown: there are few enough telephone numbers to try them all, and one may be a shelter's.
    """

    kind: str
    reason: str
    identifiers: int
    records: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a run left out: ``stopped`` identifiers, ``skipped`` records by what they shared with too many, links
    ``cut``; and the clusters ``watched`` because they are large."""

    stopped: Sequence[Stopped]
    skipped: Mapping[str, int]
    cut: Sequence[tuple[str, str, str]]
    watched: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def left_out(call: Call, *, operation: str | None = None, language: str = "en") -> LeftOut:
    """Return what the latest run left out or asks a person to look at, each with its reason."""
    run = latest_run(the_operation(operation).code, protected=call.by.sees_protected)
    kinds = vocabulary("identifier_kinds")
    by_reason: dict[tuple[str, str], list[int]] = {}
    for entry in open_stopped(run.run_id, run.stopped):
        by_reason.setdefault((entry["kind"], entry["reason"]), []).append(entry["records"])
    stopped = [
        Stopped(kinds.label(kind, language), _stopped(reason, language), len(records), sum(records))
        for (kind, reason), records in sorted(by_reason.items())
    ]
    cut = [(left, right, word("cut", reason, language)) for left, right, reason in run.cut]
    skipped = {word("keys", kind, language): count for kind, count in sorted(run.skipped.items())}
    return LeftOut(stopped, skipped, cut, tuple(run.watched))


def _stopped(reason: str, language: str) -> str:
    """Return why an identifier is stopped; a reason of the operation's own is shown as written."""
    if reason in catalogue("traboule.linkage", "words.yaml")["stopped"]:
        return word("stopped", reason, language)
    return word("lines", "reason", language, field=word("stopped", "operation", language), level=reason)
