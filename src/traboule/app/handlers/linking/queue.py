"""The queue: open links in the order of what a judgement would do to the figures, each with its reasons.

Comes in: an operation. Goes out: its open links. Promises: what somebody has settled since the run is not offered
again; what nobody could tell comes last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from traboule.app.dispatch import Call
from traboule.app.handlers.counting import inputs_now
from traboule.app.handlers.linking.explaining import thing_in
from traboule.app.handlers.opening import the_operation
from traboule.figures.influence import queue as by_influence
from traboule.linkage import judge as judging
from traboule.linkage.explain import SideBySide, grounds, side_by_side, word
from traboule.linkage.explain import explain as reasons
from traboule.linkage.kept.runs import latest_run, open_links
from traboule.linkage.models import Link, ThingLink
from traboule.linkage.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Queued:
    """One open link in the queue: its two records, how likely, and the reasons as (sentence, bits).

    ``fields``: both records side by side, field by field, without any value. ``against``: what forbids linking at once.
    ``thing``: what both are, in words, where they are no persons. ``unsure``: somebody looked and could not tell.
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
        links = [asdict(one) for one in self.links]
        return {"operation": self.operation, "open": self.open, "waiting": self.waiting, "links": links}


def queue(
    call: Call, *, operation: str | None = None, limit: int = 20, language: str = "en", things: bool = False
) -> Queue:
    """Return the open links, those first whose judgement would narrow the figures most, with their reasons.

    Links between ``things`` touch no figure: of these the most probable come first.
    """
    found, limit = the_operation(operation), max(limit, 0)
    verdicts = judging.standing(found.code, things=things)
    if things:
        count, rows = open_links(found.code, things=True, most=limit + len(verdicts))
        kept = _to_judge([(row.left, row.right) for row in rows], verdicts)
        shown = [_queued_thing(rows[place], verdicts, language) for place in kept[:limit]]
        waiting = len(rows) - len(kept)
        return Queue(count - waiting, tuple(shown), waiting, found.code)
    ordered = by_influence(inputs_now(call, found), found)
    pairs = [(str(one["left"]), str(one["right"])) for one in ordered.select(["left", "right"]).to_pylist()]
    kept = _to_judge(pairs, verdicts)
    links = ordered.take(pa.array(kept[:limit], pa.int64())).to_pylist()
    evidence = _evidence(found.code, {(one["left"], one["right"]) for one in links})
    queued = tuple(_queued(one, evidence, verdicts, language) for one in links)
    return Queue(len(kept), queued, ordered.num_rows - len(kept), found.code)


def _to_judge(pairs: Sequence[tuple[str, str]], verdicts: Mapping[tuple[str, str], Verdict]) -> list[int]:
    """Return the places of the pairs that nobody has settled since the run; those judged unsure come last."""
    said = [verdicts.get(pair) for pair in pairs]
    fresh = [place for place, verdict in enumerate(said) if verdict is None]
    return fresh + [place for place, verdict in enumerate(said) if verdict is Verdict.UNSURE]


def _evidence(code: str, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    run = latest_run(code)
    kept = Link.objects.filter(run_id=run.run_id, left__in=[left for left, _ in pairs])
    return {(row.left, row.right): row.evidence for row in kept if (row.left, row.right) in pairs}


def _queued(
    one: Mapping[str, Any],
    evidence: Mapping[tuple[str, str], str],
    verdicts: Mapping[tuple[str, str], Verdict],
    language: str,
) -> Queued:
    effects = {
        name.removeprefix("effect_"): round(value, 4)
        for name, value in one.items()
        if name.startswith("effect_") and value
    }
    told = evidence[one["left"], one["right"]]
    fields = tuple(side_by_side(told, language))
    return Queued(
        left=one["left"],
        right=one["right"],
        probability=round(one["probability"], 4),
        effects=effects,
        reasons=_reasons(told, language),
        fields=fields,
        against=grounds(told, language)[1],
        unsure=(one["left"], one["right"]) in verdicts,
    )


def _queued_thing(row: Link | ThingLink, verdicts: Mapping[tuple[str, str], Verdict], language: str) -> Queued:
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
