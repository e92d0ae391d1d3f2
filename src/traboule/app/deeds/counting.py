"""Figures: counting them, and explaining one.

Comes in: an operation and an instant. Goes out: the figures with their ranges, kept as a run, together with what a
release needs to know beside them: which required returns are open, and what changed since the last release and why. And
a release counted again, for who trusts nobody: nothing kept of the count is used but its instant and its links.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from traboule.app.deeds.opening import the_operation
from traboule.app.door import Call
from traboule.core.errors import Refused
from traboule.figures import compute as computing
from traboule.figures.compare import Difference, difference
from traboule.figures.compute import Computed, RunContext
from traboule.figures.count import count_with_case
from traboule.figures.definition import dictionary
from traboule.figures.explain import explain as explaining
from traboule.figures.multiple_systems.estimate import unseen as estimating
from traboule.figures.multiple_systems.overlap import overlap
from traboule.figures.resolved.case import resolve
from traboule.figures.resolved.inputs import Inputs
from traboule.linkage.kept.links import CLUSTERS_SCHEMA, LINKS_SCHEMA
from traboule.linkage.kept.runs import latest_run
from traboule.linkage.models import ClusterMember, Link, LinkRun
from traboule.operation.operation import Operation
from traboule.register import history, personal
from traboule.register.personal import Purpose
from traboule.release import desk

# What a count is told of: links that make its range, that keep apart, that are unlikely but not impossible, and those
# that were followed, some of which may be wrong.
_TOLD = ("open", "judged_no_match", "rejected", "automatic", "judged_match")
_LINKS = pa.schema([LINKS_SCHEMA.field(name) for name in ("left", "right", "probability", "status")])


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures as counted, with their titles; records behind them are left to ``explain``."""

    computed: Computed
    operation: Operation

    def to_json(self) -> dict[str, Any]:
        """Return plain values; ``figures`` in the order in which the operation asks for them."""
        plain = self.computed.to_json()
        titles = {name: dict(definition.titles) for name, definition in dictionary().items()}
        plain["figures"] = [{**plain["figures"][name], "titles": titles[name]} for name in self.operation.figures]
        return plain


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything about one figure."""

    plain: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return dict(self.plain)


@dataclass(frozen=True, slots=True)
class Recounted:
    """A release counted again: ``differing`` holds (figure, released, counted) as least, value and most of each.

    ``same_inputs`` tells whether the register and the links of then have the hash that the release names.
    """

    operation: str
    number: int
    figures: int
    differing: tuple[tuple[str, tuple[int, int, int], tuple[int, int, int]], ...]
    same_inputs: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "operation": self.operation,
            "number": self.number,
            "figures": self.figures,
            "differing": [
                {"figure": figure, "released": list(released), "counted": list(found)}
                for figure, released, found in self.differing
            ],
            "same_inputs": self.same_inputs,
            "reproduces": self.same_inputs and not self.differing,
        }


def compute(call: Call, *, operation: str | None = None, instant: datetime | None = None) -> Counted:
    """Count the figures as they stand, or as they stood at ``instant``, and keep the run.

    Raises Refused for an instant that has not come yet: nobody knows what will be filed by then.
    """
    found, at = the_operation(operation), _passed(call, instant)
    run = _run_at(found.code, instant)
    inputs = inputs_at(call, found, at, run)
    beside = RunContext(tuple(open_returns(found, inputs.tables)), _since_last_release(call, found, inputs))
    link_run = run.run_id if run else None
    return Counted(computing.compute(inputs, found, link_run=link_run, at=call.at, context=beside), found)


def explain(
    call: Call,
    *,
    figure: str,
    operation: str | None = None,
    instant: datetime | None = None,
    limit: int = 20,
    language: str = "en",
) -> Explained:
    """Explain one figure from the register as it stands, or as it stood at ``instant``.

    Raises NotFound for a figure that is not asked for, Refused for an instant that has not come yet.
    """
    found, at = the_operation(operation), _passed(call, instant)
    case, figures = count_with_case(inputs_at(call, found, at, _run_at(found.code, instant)), found)
    return Explained(explaining(case, figures, figure, language=language, size=max(limit, 0)))


def _passed(call: Call, instant: datetime | None) -> datetime:
    if instant is not None and instant > call.at:
        raise Refused("instant-to-come", instant=f"{instant:%Y-%m-%d %H:%M}")
    return instant or call.at


def compare(
    call: Call,
    *,
    earlier: datetime,
    later: datetime | None = None,
    operation: str | None = None,
    by_state: bool = False,
) -> Explained:
    """Explain figure by figure, in reasons that sum exactly, what changed from one instant to another (none: now).

    Raises Refused where the later instant is not after the earlier one, or has not come yet.
    """
    found = the_operation(operation)
    instants = (earlier, later or call.at)
    if not instants[0] < instants[1] <= call.at:
        first, last = (f"{at:%Y-%m-%d %H:%M}" for at in instants)
        raise Refused("instants-reversed", earlier=first, later=last)
    old, new = (inputs_at(call, found, at, _run_at(found.code, at)) for at in instants)
    titles = {name: dict(definition.titles) for name, definition in dictionary().items()}
    changes = [{**asdict(one), "titles": titles[one.figure]} for one in difference(old, new, found, by_state=by_state)]
    said = [at.isoformat() for at in instants]
    return Explained({"operation": found.code, "from": said[0], "to": said[1], "figures": changes})


def recount(call: Call, *, number: int | None = None, operation: str | None = None) -> Recounted:
    """Count the figures of release ``number``, or the last, again from the register as it stood when they were counted,
    and compare each with what was released (rule 24). Raises NotFound where there is no such release."""
    found = the_operation(operation)
    released = desk.issued(found.code, number).statement
    kept = computing.stored(desk.run_behind(found.code, number))
    run = LinkRun.objects.filter(run_id=kept.link_run).first() if kept.link_run else None
    _, figures = count_with_case(inputs_at(call, found, datetime.fromisoformat(kept.figures.as_of), run), found)
    differing = []
    for line in released.lines:
        again = figures.figure(line.figure)
        said, now = (line.low, line.value, line.high), (again.low, again.value, again.high)
        if said != now:
            differing.append((line.figure, said, now))
    return Recounted(
        operation=found.code,
        number=released.number,
        figures=len(released.lines),
        differing=tuple(differing),
        same_inputs=figures.inputs_hash == released.figures_hash,
    )


def unseen(
    call: Call,
    *,
    figure: str = "potential_victims",
    operation: str | None = None,
    by_agency: bool = False,
    language: str = "en",
) -> Explained:
    """Estimate those whom nobody filed from the overlap of the lists, with every reason to doubt it; no figure, never.

    Raises NotFound for a figure that is not of persons or not asked for.
    """
    found = the_operation(operation)
    case = resolve(inputs_now(call, found), found)
    estimated = estimating(overlap(case, figure, by_agency=by_agency))
    warnings = [{"code": one.code, "sentence": one.sentence(language)} for one in estimated.warnings]
    return Explained({"operation": found.code, "figure": figure, **estimated.to_data(), "warnings": warnings})


def inputs_now(call: Call, operation: Operation) -> Inputs:
    """Return what a count starts from now: the register and the latest links."""
    return inputs_at(call, operation, call.at, latest_run(operation.code))


def inputs_at(call: Call, operation: Operation, at: datetime, run: LinkRun | None) -> Inputs:
    """Return what a count at ``at`` starts from, with the links of ``run`` (none: every record stands for itself)."""
    tables = history.tables(operation.code, at=at, context=call.context)
    names = personal.read(operation.code, at=at, context=call.context, purpose=Purpose.LINKAGE)["identities"]
    return Inputs(
        tables=tables,
        clusters=_clusters(run, tables["people"]),
        links=_links(run),
        births=names.select(["record", "birth_date"]),
        as_of=at,
    )


def open_now(call: Call, operation: Operation) -> list[str]:
    """Return the required states whose return is open as the register stands, whatever was counted last."""
    return open_returns(operation, history.filings(operation.code, at=None, context=call.context))


def open_returns(operation: Operation, tables: Mapping[str, pa.Table]) -> list[str]:
    """Return the required states whose return is missing, draft or under correction (rule 25), sorted."""
    standing: dict[str, set[str]] = {}
    for row in tables["returns"].select(["unit", "status", "in_force"]).to_pylist():
        if row["in_force"] and row["status"] != "withdrawn":
            standing.setdefault(row["unit"], set()).add(row["status"])
    waiting = set(tables["held"]["unit"].to_pylist())
    return sorted(
        state
        for state in operation.required_states
        if state not in standing or "draft" in standing[state] or state in waiting
    )


def _since_last_release(call: Call, operation: Operation, now: Inputs) -> tuple[Difference, ...]:
    released = desk.last_run_released(operation.code)
    if released is None:
        return ()
    before = computing.stored(released)
    run = LinkRun.objects.filter(run_id=before.link_run).first() if before.link_run else None
    as_of = datetime.fromisoformat(before.figures.as_of)
    return difference(inputs_at(call, operation, as_of, run), now, operation)


def _run_at(code: str, instant: datetime | None) -> LinkRun | None:
    runs = LinkRun.objects.filter(operation=code)
    if instant is not None:
        runs = runs.filter(at__lte=instant)
    return runs.order_by("-at", "-run_id").first()


def _clusters(run: LinkRun | None, people: pa.Table) -> pa.Table:
    if run is None:
        return pa.table({"record": people["record"], "cluster": people["record"]}).cast(CLUSTERS_SCHEMA)
    members = ClusterMember.objects.filter(run_id=run.run_id).order_by("record")
    rows = list(members.values_list("record", "cluster"))
    return pa.table({"record": [one for one, _ in rows], "cluster": [one for _, one in rows]}, schema=CLUSTERS_SCHEMA)


def _links(run: LinkRun | None) -> pa.Table:
    if run is None:
        return _LINKS.empty_table()
    found = Link.objects.filter(run_id=run.run_id, status__in=_TOLD).order_by("left", "right")
    rows = list(found.values("left", "right", "probability", "status"))
    return pa.Table.from_pylist(rows, schema=_LINKS)
