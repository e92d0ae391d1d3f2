"""Links: finding them, the queue for judgement, and why two records are linked.

Comes in: an operation, or two of its records. Goes out: what a run found, the queue in the order of what a judgement
would do to the figures, or both records side by side. Promises: the model of an operation stays the same from run to
run, so that a judgement moves what it concerns and nothing else; nothing that is shown holds a value of a record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from traboule.app.deeds.counting import inputs_now
from traboule.app.deeds.judging import said_in
from traboule.app.deeds.opening import the_operation
from traboule.app.door import Call
from traboule.core.codes import vocabulary
from traboule.core.errors import NotFound
from traboule.core.words import catalogue
from traboule.figures.influence import queue as by_influence
from traboule.linkage import judge as judging
from traboule.linkage.built import Holding
from traboule.linkage.built import built as building
from traboule.linkage.evidence import AUTOMATIC, JUDGED_MATCH
from traboule.linkage.explain import SideBySide, grounds, side_by_side, word
from traboule.linkage.explain import explain as reasons
from traboule.linkage.kept.runs import latest_run, link_of, open_links
from traboule.linkage.matching.ready import ready
from traboule.linkage.models import ClusterMember, Link, ThingLink
from traboule.linkage.run import Found, Personal, latest_model
from traboule.linkage.run import link as linking
from traboule.linkage.verdicts import Verdict
from traboule.register import history, personal
from traboule.register.personal import Purpose


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run of linkage found, in numbers; ``across`` counts certain links between records of two states."""

    found: Found

    def to_json(self) -> dict[str, Any]:
        """Return counts and the model's hash; ``things`` by kind of thing and status."""
        result = self.found.persons
        links, clusters = result.links, result.clusters
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
            "stopped": result.stopped.num_rows,
            "skipped": dict(result.skipped),
            "model": result.model_hash[:12],
            "things": {thing: _statuses(table) for thing, table in sorted(self.found.things.links.items())},
        }


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

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"open": self.open, "waiting": self.waiting, "links": [asdict(one) for one in self.links]}


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of two records, in words, when and why. ``later``: after the latest run."""

    said: str
    by: str
    at: str
    reason: str
    later: bool


@dataclass(frozen=True, slots=True)
class Linking:
    """One link of the latest run: how likely, how it stands, and both records side by side.

    ``evidence``: what may link the two at once, ``against``: what forbids it, both in words. ``judged``: what was said
    of them, in its order, the undoing included; ``status`` is that of the run, which later judgements have not changed.
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
    judged: Sequence[Said]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Step:
    """One link that joined two groups into one of ``records``, and what it rests on, in words."""

    left: str
    right: str
    records: int
    status: str
    tier: str
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True)
class Joined:
    """How a person was built: the links that joined its ``members`` in their order, those that only confirm, those that
    were cut (two records and the reason), and whether more records were joined than a person usually has."""

    members: Sequence[str]
    steps: Sequence[Step]
    confirming: Sequence[tuple[str, str]]
    cut: Sequence[tuple[str, str, str]]
    watched: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


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


def queue(
    call: Call, *, operation: str | None = None, limit: int = 20, language: str = "en", things: bool = False
) -> Queue:
    """Return the open links, those first whose judgement would narrow the figures most, with their reasons.

    Links between ``things`` touch no figure: of these the most probable come first.
    """
    found = the_operation(operation)
    verdicts = judging.standing(found.code, things=things)
    if things:
        count, rows = open_links(found.code, things=True, most=limit + len(verdicts))
        kept = _to_judge([(row.left, row.right) for row in rows], verdicts)
        shown = [_queued_thing(rows[place], verdicts, language) for place in kept[:limit]]
        waiting = len(rows) - len(kept)
        return Queue(count - waiting, tuple(shown), waiting)
    ordered = by_influence(inputs_now(call, found), found)
    pairs = [(str(one["left"]), str(one["right"])) for one in ordered.select(["left", "right"]).to_pylist()]
    kept = _to_judge(pairs, verdicts)
    links = ordered.take(pa.array(kept[:limit], pa.int64())).to_pylist()
    evidence = _evidence(found.code, {(one["left"], one["right"]) for one in links})
    queued = tuple(_queued(one, evidence, verdicts, language) for one in links)
    return Queue(len(kept), queued, ordered.num_rows - len(kept))


def _to_judge(pairs: Sequence[tuple[str, str]], verdicts: Mapping[tuple[str, str], Verdict]) -> list[int]:
    """Return the places of the pairs that nobody has settled since the run; those judged unsure come last."""
    said = [verdicts.get(pair) for pair in pairs]
    fresh = [place for place, verdict in enumerate(said) if verdict is None]
    return fresh + [place for place, verdict in enumerate(said) if verdict is Verdict.UNSURE]


def _evidence(code: str, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    run = latest_run(code)
    kept = Link.objects.filter(run_id=run.run_id, left__in=[left for left, _ in pairs])
    return {(row.left, row.right): row.evidence for row in kept if (row.left, row.right) in pairs}


def explain(
    call: Call,
    *,
    pair: tuple[str, str],
    operation: str | None = None,
    things: bool = False,
    language: str = "en",
) -> Linking:
    """Return why two records are linked or not, both side by side. Raises NotFound where no link of them is kept."""
    code = the_operation(operation).code
    row, ran = link_of(code, pair, things=things), latest_run(code).at
    carried, against = grounds(row.evidence, language)
    return Linking(
        left=row.left,
        right=row.right,
        thing=_thing(row, language),
        probability=round(row.probability, 4),
        tier=word("tiers", row.tier, language),
        status=word("thing_statuses" if things else "statuses", row.status, language),
        evidence=carried,
        against=against,
        fields=side_by_side(row.evidence, language),
        judged=[
            Said(said_in(one.verdict, language, things=things), one.by, one.at.isoformat(), one.reason, one.at > ran)
            for one in judging.said_of(pair, code, things=things)
        ],
    )


def built(call: Call, *, record: str, operation: str | None = None, language: str = "en") -> Joined:
    """Return how the person of a record was built from records by the latest run.

    Raises NotFound where that run does not know the record.
    """
    run = latest_run(the_operation(operation).code)
    member = ClusterMember.objects.filter(run_id=run.run_id, record=record).first()
    if member is None:
        raise NotFound("link-cluster-unknown", cluster=record)
    same = ClusterMember.objects.filter(run_id=run.run_id, cluster=member.cluster)
    members = list(same.order_by("record").values_list("record", flat=True))
    links = Link.objects.filter(run_id=run.run_id, left__in=members, right__in=members)
    rows = {(row.left, row.right): row for row in links if row.status in (AUTOMATIC, JUDGED_MATCH)}
    holding = [Holding(*key, row.weight, row.tier, row.status == JUDGED_MATCH) for key, row in rows.items()]
    how = building(members, holding, [(left, right, reason) for left, right, reason in run.cut])
    return Joined(
        members=how.members,
        steps=[
            Step(
                left=step.link.left,
                right=step.link.right,
                records=sum(step.sizes),
                status=word("statuses", rows[step.link.left, step.link.right].status, language),
                tier=word("tiers", step.link.tier, language),
                evidence=grounds(rows[step.link.left, step.link.right].evidence, language)[0],
            )
            for step in how.steps
        ],
        confirming=[(link.left, link.right) for link in how.confirming],
        cut=[(left, right, word("cut", reason, language)) for left, right, reason in how.cut],
        watched=member.cluster in run.watched,
    )


def left_out(call: Call, *, operation: str | None = None, language: str = "en") -> LeftOut:
    """Return what the latest run left out or asks a person to look at, each with its reason."""
    run, kinds = latest_run(the_operation(operation).code), vocabulary("identifier_kinds")
    alike: dict[tuple[str, str], list[int]] = {}
    for one in run.stopped:
        alike.setdefault((one["kind"], one["reason"]), []).append(one["records"])
    stopped = [
        Stopped(kinds.label(kind, language), _stopped(reason, language), len(many), sum(many))
        for (kind, reason), many in sorted(alike.items())
    ]
    cut = [(left, right, word("cut", reason, language)) for left, right, reason in run.cut]
    skipped = {word("keys", kind, language): many for kind, many in sorted(run.skipped.items())}
    return LeftOut(stopped, skipped, cut, tuple(run.watched))


def _stopped(reason: str, language: str) -> str:
    """Return why an identifier is stopped; the operation's own reasons are said as it wrote them."""
    if reason in catalogue("traboule.linkage", "words.yaml")["stopped"]:
        return word("stopped", reason, language)
    return word("lines", "reason", language, field=word("stopped", "operation", language), level=reason)


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
        thing=_thing(row, language),
        unsure=(row.left, row.right) in verdicts,
    )


def _reasons(evidence: str, language: str) -> tuple[tuple[str, float], ...]:
    return tuple(
        (word("lines", "reason", language, field=line.field, level=line.level), round(line.bits, 2))
        for line in reasons(evidence, language)
    )


def _thing(row: Link | ThingLink, language: str) -> str:
    return word("things", row.thing, language) if isinstance(row, ThingLink) else ""


def _statuses(links: pa.Table) -> dict[str, int]:
    statuses = Counter(links["status"].to_pylist())
    return {name: statuses[name] for name in ("automatic", "open", "judged_match", "judged_no_match")}


def _unit(record: str) -> str:
    return record.split("/", 1)[0]
