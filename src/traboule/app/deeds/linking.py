"""Links: finding them, and the queue for judgement.

Comes in: an operation. Goes out: what a run found, or the queue in the order of what a judgement would do to the
figures. Promises: the model of an operation stays the same from run to run, so that a judgement moves what it concerns
and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from traboule.app.deeds.counting import inputs_now
from traboule.app.deeds.opening import the_operation
from traboule.app.door import Call
from traboule.figures.influence import queue as by_influence
from traboule.linkage import judge as judging
from traboule.linkage.explain import SideBySide, explain, side_by_side
from traboule.linkage.kept.runs import latest_run
from traboule.linkage.matching.batch import ready
from traboule.linkage.models import Link
from traboule.linkage.resolve import LinkResult
from traboule.linkage.run import Personal, latest_model
from traboule.linkage.run import link as linking
from traboule.register import history, personal
from traboule.register.personal import Purpose


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run of linkage found, in numbers; ``across`` counts certain links between records of two states."""

    result: LinkResult

    def to_json(self) -> dict[str, Any]:
        """Return counts and the model's hash."""
        links, clusters = self.result.links, self.result.clusters
        statuses = Counter(links["status"].to_pylist())
        ends = zip(*(links[name].to_pylist() for name in ("left", "right", "status")), strict=True)
        across = sum(_unit(left) != _unit(right) for left, right, status in ends if status == "automatic")
        return {
            "records": clusters.num_rows,
            "persons": len(clusters["cluster"].unique()),
            "automatic": statuses["automatic"],
            "across": across,
            "open": statuses["open"],
            "judged": statuses["judged_match"] + statuses["judged_no_match"],
            "stopped": self.result.stopped.num_rows,
            "skipped": dict(self.result.skipped),
            "model": self.result.model_hash[:12],
        }


@dataclass(frozen=True, slots=True)
class Queued:
    """One open link in the queue: its two records, how likely, and the reasons as (sentence, bits).

    ``fields``: both records side by side, field by field, without any value.
    """

    left: str
    right: str
    probability: float
    effects: Mapping[str, float]
    reasons: Sequence[tuple[str, float]]
    fields: Sequence[SideBySide] = ()


@dataclass(frozen=True, slots=True)
class Queue:
    """The open links that matter most, out of ``open`` in all."""

    open: int
    links: tuple[Queued, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"open": self.open, "links": [asdict(one) for one in self.links]}


def link(call: Call, *, operation: str | None = None) -> Linked:
    """Link the records in force and keep the run; the model is trained at the operation's first run."""
    found = the_operation(operation)
    ready(partial(call.progress, "compile"))
    tables = history.tables(found.code, at=None, context=call.context)
    read = personal.read(found.code, at=None, context=call.context, purpose=Purpose.LINKAGE)
    result = linking(
        tables,
        Personal(read["identities"], read["identifiers"]),
        judgements=judging.judgements(found.code),
        model=latest_model(found.code),
        operation=found,
        by=call.by,
        at=call.at,
    )
    return Linked(result)


def queue(call: Call, *, operation: str | None = None, limit: int = 20, language: str = "en") -> Queue:
    """Return the open links, those first whose judgement would narrow the figures most, with their reasons."""
    found = the_operation(operation)
    ordered = by_influence(inputs_now(call, found), found)
    links = ordered.slice(0, limit).to_pylist()
    run = latest_run(found.code)
    pairs = {(one["left"], one["right"]) for one in links}
    rows = Link.objects.filter(run_id=run.run_id, left__in=[left for left, _ in pairs])
    evidence = {(row.left, row.right): row.evidence for row in rows if (row.left, row.right) in pairs}
    return Queue(ordered.num_rows, tuple(_queued(one, evidence, language) for one in links))


def _queued(one: Mapping[str, Any], evidence: Mapping[tuple[str, str], str], language: str) -> Queued:
    lines = explain(evidence[one["left"], one["right"]], language)
    effects = {
        name.removeprefix("effect_"): round(value, 4)
        for name, value in one.items()
        if name.startswith("effect_") and value
    }
    reasons = tuple((f"{line.field}: {line.level}", round(line.bits, 2)) for line in lines)
    fields = tuple(side_by_side(evidence[one["left"], one["right"]], language))
    return Queued(one["left"], one["right"], round(one["probability"], 4), effects, reasons, fields)


def _unit(record: str) -> str:
    return record.split("/", 1)[0]
