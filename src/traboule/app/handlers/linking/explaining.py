"""Explain why two records are linked or not, and list the judgements on them.

In: two records. Out: both side by side, field by field. Guaranteed: the answer comes from the latest run that has the
pair, and says when a later run does not; it shows no name, identifier or free text of a record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.linking.desk_view import records_of_desk
from traboule.app.handlers.linking.judging import verdict_words
from traboule.app.handlers.linking.sides import Side, side
from traboule.app.handlers.opening import the_operation
from traboule.linkage import judge as judging
from traboule.linkage.explain import SideBySide, grounds, side_by_side, word
from traboule.linkage.models import Link, ThingLink
from traboule.linkage.store.runs import latest_run, link_of
from traboule.linkage.store.sealed_reasons import open_reason
from traboule.operation.operation import Operation


@dataclass(frozen=True, slots=True)
class JudgementShown:
    """A judgement on two records: the verdict in words, by whom, when and why. ``later``: after the latest run."""

    said: str
    by: str
    at: str
    reason: str
    later: bool


@dataclass(frozen=True, slots=True)
class Linking:
    """One link of the run of instant ``ran``: how likely, how it stands, and both records side by side.

    ``evidence``: what may link the two at once, ``against``: what forbids it, both in words. ``judged``: what was said
    of them, in its order, the undoing included; ``status`` is that of the run, which later judgements have not changed.
    ``latest``: whether that run is the latest; the link is none any more where it is not. ``sides``: both records as
    the reader may see them.
    """

    left: str
    right: str
    thing: str
    probability: float
    tier: str
    status: str
    evidence: Sequence[str]
    against: Sequence[str]
    fields: Sequence[SideBySide]
    ran: str
    latest: bool
    judged: Sequence[JudgementShown]
    sides: Sequence[Side] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def explain(
    call: Call,
    *,
    pair: tuple[str, str],
    operation: str | None = None,
    things: bool = False,
    language: str = "en",
) -> Linking:
    """Return why two records are linked or not, both side by side, by the latest run that holds a link of them.

    An officer who may not see protected records is shown the desk's runs alone, and of a record its sides only while it
    is in force and not protected: withdrawn and protected look the same. Raises NotFound where no run has such a link.
    """
    chosen, protected = the_operation(operation), call.by.sees_protected
    code = chosen.code
    row, run = link_of(code, pair, things=things, protected=protected)
    latest = latest_run(code, protected=protected)
    carried, against = grounds(row.evidence, language)
    return Linking(
        left=row.left,
        right=row.right,
        thing=thing_in(row, language),
        probability=round(row.probability, 4),
        tier=word("tiers", row.tier, language),
        status=word("thing_statuses" if things else "statuses", row.status, language),
        evidence=carried,
        against=against,
        fields=side_by_side(row.evidence, language),
        ran=run.at.isoformat(),
        latest=run.run_id == latest.run_id,
        judged=[
            JudgementShown(
                said=verdict_words(judgement.verdict, language, are_things=things),
                by=judgement.by,
                at=judgement.at.isoformat(),
                reason=open_reason(judgement),
                later=judgement.at > latest.at,
            )
            for judgement in judging.statements_on(pair, code, things=things, protected=protected)
        ],
        sides=_sides(call, chosen, row, language),
    )


def _sides(call: Call, operation: Operation, row: Link | ThingLink, language: str) -> list[Side]:
    """Return both records as the reader may see them. A thing of the desk's runs is no protected person's."""
    are_things, records = isinstance(row, ThingLink), (row.left, row.right)
    shown = frozenset(records)
    if not call.by.sees_protected and not are_things:
        shown = records_of_desk(call, operation)
    return [
        side(operation.code, record, language, are_things=are_things) if record in shown else Side(record, (), ())
        for record in records
    ]


def thing_in(row: Link | ThingLink, language: str) -> str:
    """Return in words what both records are, empty for persons."""
    return word("things", row.thing, language) if isinstance(row, ThingLink) else ""
