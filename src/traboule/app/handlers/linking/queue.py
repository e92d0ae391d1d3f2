"""The queue of open links, those first whose judgement would change the figures most, each with its reasons.

In: an operation. Out: its open links. Guaranteed: a link judged since the run is not offered again; one judged unsure
comes last. The desk's queue, its order and its numbers are computed from nothing that touches a protected person; the
protection officer's queue holds all links that the desk's does not.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from traboule.app.dispatch import Call
from traboule.app.handlers.counting import inputs_now
from traboule.app.handlers.linking.desk_view import inputs_of_desk
from traboule.app.handlers.linking.explaining import thing_in
from traboule.app.handlers.opening import the_operation
from traboule.figures.influence import queue as by_influence
from traboule.figures.intervals.audit import audit_order
from traboule.figures.resolved import columns
from traboule.linkage import judge as judging
from traboule.linkage.decisions import OPEN
from traboule.linkage.explain import SideBySide, grounds, side_by_side, word
from traboule.linkage.explain import explain as reasons
from traboule.linkage.models import Link, ThingLink
from traboule.linkage.store.runs import latest_run, open_links, open_pairs
from traboule.linkage.verdicts import LinkVerdict


@dataclass(frozen=True, slots=True)
class Queued:
    """One open link in the queue: its two records, how likely, and the reasons as (sentence, bits).

    ``fields``: both records side by side, field by field, without any value. ``against``: what forbids linking at once.
    ``thing``: what both are, in words, where they are no persons. ``unsure``: somebody judged it unsure.
    """

    left: str
    right: str
    probability: float
    effects: Mapping[str, float]
    reasons: Sequence[tuple[str, float]]
    fields: Sequence[SideBySide] = ()
    against: Sequence[str] = ()
    thing: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """The open links that matter most, out of ``open`` in all; ``waiting``: judged since the run, bound by the next."""

    open: int
    links: tuple[Queued, ...]
    waiting: int = 0
    operation: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        links = [asdict(link) for link in self.links]
        return {"operation": self.operation, "open": self.open, "waiting": self.waiting, "links": links}


def queue(
    call: Call,
    *,
    operation: str | None = None,
    limit: int = 20,
    language: str = "en",
    things: bool = False,
    audit: bool = False,
) -> Queue:
    """Return the open links, those first whose judgement would narrow the figures most, with their reasons; with
    ``audit`` in the order of the audit sample, which says nothing of their effect.

    Links between ``things`` touch no figure: of these the most probable come first.
    """
    chosen, limit, protected = the_operation(operation), max(limit, 0), call.by.sees_protected
    verdicts = judging.verdicts_in_force(chosen.code, things=things, protected=protected)
    left_to_desk = open_pairs(chosen.code, things=things, protected=False) if protected else frozenset()
    if things:
        most = limit + len(verdicts) + len(left_to_desk)
        _, rows = open_links(chosen.code, things=True, most=most, protected=protected)
        count = len(open_pairs(chosen.code, things=True, protected=protected) - left_to_desk)
        rows = [row for row in rows if (row.left, row.right) not in left_to_desk]
        places = _to_judge([(row.left, row.right) for row in rows], verdicts)
        queued_things = [_queued_thing(rows[place], verdicts, language) for place in places[:limit]]
        waiting = len(rows) - len(places)
        return Queue(count - waiting, tuple(queued_things), waiting, chosen.code)
    inputs = (inputs_now if protected else inputs_of_desk)(call, chosen)
    ordered = _by_audit(inputs.links) if audit else by_influence(inputs, chosen)
    pairs = [(str(link["left"]), str(link["right"])) for link in ordered.select(["left", "right"]).to_pylist()]
    theirs = [place for place, pair in enumerate(pairs) if pair not in left_to_desk]
    places = [theirs[place] for place in _to_judge([pairs[place] for place in theirs], verdicts)]
    links = ordered.take(pa.array(places[:limit], pa.int64())).to_pylist()
    evidence = _evidence(chosen.code, {(link["left"], link["right"]) for link in links}, protected=protected)
    queued = tuple(_queued(link, evidence, verdicts, language) for link in links)
    return Queue(len(places), queued, len(theirs) - len(places), chosen.code)


def _by_audit(links: pa.Table) -> pa.Table:
    """Return the open links in the order of the audit sample."""
    is_open = columns.among(columns.texts(links, "status"), (OPEN,))
    undecided = links.filter(pa.array(is_open)).select(["left", "right", "probability"])
    left, right = (columns.texts(undecided, name) for name in ("left", "right"))
    return undecided.take(pa.array(audit_order(left, right, undecided["probability"].to_numpy()), pa.int64()))


def _to_judge(pairs: Sequence[tuple[str, str]], verdicts: Mapping[tuple[str, str], LinkVerdict]) -> list[int]:
    """Return the places of the pairs that nobody has settled since the run; those judged unsure come last."""
    current = [verdicts.get(pair) for pair in pairs]
    fresh = [place for place, verdict in enumerate(current) if verdict is None]
    return fresh + [place for place, verdict in enumerate(current) if verdict is LinkVerdict.UNSURE]


def _evidence(code: str, pairs: Collection[tuple[str, str]], *, protected: bool) -> dict[tuple[str, str], str]:
    run = latest_run(code, protected=protected)
    stored = Link.objects.filter(run_id=run.run_id, left__in=[left for left, _ in pairs])
    return {(row.left, row.right): row.evidence for row in stored if (row.left, row.right) in pairs}


def _queued(
    link: Mapping[str, Any],
    evidence: Mapping[tuple[str, str], str],
    verdicts: Mapping[tuple[str, str], LinkVerdict],
    language: str,
) -> Queued:
    effects = {
        name.removeprefix("effect_"): round(value, 4)
        for name, value in link.items()
        if name.startswith("effect_") and value
    }
    link_evidence = evidence[link["left"], link["right"]]
    fields = tuple(side_by_side(link_evidence, language))
    return Queued(
        left=link["left"],
        right=link["right"],
        probability=round(link["probability"], 4),
        effects=effects,
        reasons=_reasons(link_evidence, language),
        fields=fields,
        against=grounds(link_evidence, language)[1],
        unsure=(link["left"], link["right"]) in verdicts,
    )


def _queued_thing(row: Link | ThingLink, verdicts: Mapping[tuple[str, str], LinkVerdict], language: str) -> Queued:
    return Queued(
        left=row.left,
        right=row.right,
        probability=round(row.probability, 4),
        effects={},
        reasons=_reasons(row.evidence, language),
        fields=tuple(side_by_side(row.evidence, language)),
        against=grounds(row.evidence, language)[1],
        thing=thing_in(row, language),
        unsure=(row.left, row.right) in verdicts,
    )


def _reasons(evidence: str, language: str) -> tuple[tuple[str, float], ...]:
    return tuple(
        (word("lines", "reason", language, field=line.field, level=line.level), round(line.bits, 2))
        for line in reasons(evidence, language)
    )
