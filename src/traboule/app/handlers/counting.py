"""Count the figures, explain one, compare two instants, recount a release.

In: an operation and an instant. Out: the figures with their intervals, stored as a run with what a release needs: which
required returns are open, and what changed since the last release and why. A recount uses nothing of the stored count
but its instant and its links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from django.db.models import Max

from traboule.app import withholding
from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.core import moments
from traboule.core.errors import NotFound, Refused
from traboule.core.language.spelling import nearest_of
from traboule.figures import compute as computing
from traboule.figures.compare import Difference, difference
from traboule.figures.compute import Computed, RunContext
from traboule.figures.count import count_with_case
from traboule.figures.definition import FigureDefinition, dictionary
from traboule.figures.explanation.explain import CellName
from traboule.figures.explanation.explain import explain as explaining
from traboule.figures.intervals.simulation import SURE
from traboule.figures.models import FigureRun
from traboule.figures.multiple_systems.estimate import unseen as estimating
from traboule.figures.multiple_systems.overlap import overlap
from traboule.figures.resolved.case import resolve
from traboule.figures.resolved.inputs import Inputs
from traboule.linkage.models import ClusterMember, Link, LinkRun
from traboule.linkage.store.links import CLUSTERS_SCHEMA, LINKS_SCHEMA
from traboule.linkage.store.runs import last_run, latest_run
from traboule.operation.operation import Operation
from traboule.register import history, personal
from traboule.register.personal import Purpose
from traboule.release import desk
from traboule.returns.models import ReturnReceived

# The links that a count reads: those that make its range, those that keep records apart, those that are unlikely but
# not impossible, and those that were followed, some of which may be wrong.
_STATUSES = ("open", "judged_no_match", "rejected", "automatic", "judged_match")
_LINKS = pa.schema([LINKS_SCHEMA.field(name) for name in ("left", "right", "probability", "status")])


@dataclass(frozen=True, slots=True)
class CountedFigures:
    """Figures as counted, with their titles; records behind them are left to ``explain``.

    ``withheld``: what tells of few persons is left out (:mod:`traboule.app.withholding`). ``runs``: when figures were
    counted, the first first.
    """

    computed: Computed
    operation: Operation
    withheld: bool = False
    runs: tuple[datetime, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return plain values; ``figures`` in the order in which the operation asks for them."""
        plain = self._plain()
        return withholding.of_figures(plain, self.operation.policy) if self.withheld else plain

    def _plain(self) -> dict[str, Any]:
        plain = self.computed.to_json()
        plain["figures"] = [
            {**plain["figures"][name], **_words_of(dictionary()[name])} for name in self.operation.figures
        ]
        plain["runs"] = [at.isoformat() for at in self.runs]
        audited = self.computed.figures.extra.get("audited", 0)
        for figure in plain["figures"]:
            figure["interval"] = _interval(figure.pop("likely"), audited)
        return plain


def _interval(likely: tuple[int, int] | None, audited: int) -> dict[str, Any] | None:
    """Return a range with its level and the number of audited links it rests on; None where none was drawn."""
    if likely is None:
        return None
    return {"level": SURE, "low": likely[0], "high": likely[1], "audited": audited, "calibrated": audited > 0}


def _words_of(definition: FigureDefinition) -> dict[str, Any]:
    """Return a figure's titles and caveats, by language, and whether the cells of each breakdown may overlap."""
    return {
        "titles": dict(definition.titles),
        "caveats": [dict(caveat) for caveat in definition.caveats],
        "kinds": dict(definition.breakdowns),
    }


@dataclass(frozen=True, slots=True)
class FigureReport:
    """Everything about one figure."""

    plain: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return dict(self.plain)


@dataclass(frozen=True, slots=True)
class FigureDiffering:
    """One figure of a release that a recount does not confirm, each time as (least, value, most)."""

    id: str
    released: tuple[int, int, int]
    recounted: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Recounted:
    """A release counted again: ``differing`` are the figures whose least, value or most is not what was released.

    ``same_inputs`` tells whether the register and the links of then have the hash that the release names.
    """

    operation: str
    number: int
    figures: int
    differing: tuple[FigureDiffering, ...]
    same_inputs: bool

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "operation": self.operation,
            "number": self.number,
            "figures": self.figures,
            "differing": [
                {"figure": figure.id, "released": list(figure.released), "counted": list(figure.recounted)}
                for figure in self.differing
            ],
            "same_inputs": self.same_inputs,
            "reproduces": self.same_inputs and not self.differing,
        }


def compute(call: Call, *, operation: str | None = None, instant: datetime | None = None) -> CountedFigures:
    """Count the figures now, or as of ``instant``, and store the run.

    Raises Refused for an instant that has not come yet: nobody knows what will be filed by then.
    """
    chosen, at = the_operation(operation), _passed(call, instant)
    moments.check_order(call.at, _recorded(chosen))
    run = last_run(chosen.code, at=instant)
    inputs = inputs_at(call, chosen, at, run)
    release_context = RunContext(tuple(open_returns(chosen, inputs.tables)), _since_last_release(call, chosen, inputs))
    link_run = run.run_id if run else None
    computed = computing.compute(inputs, chosen, link_run=link_run, at=call.at, context=release_context)
    return CountedFigures(computed, chosen, withheld=not call.by.sees_protected)


def show(call: Call, *, operation: str | None = None, instant: datetime | None = None) -> CountedFigures:
    """Return the figures last counted, as a return arrived or all anew, now or by ``instant``. Raises NotFound before
    any were."""
    chosen = the_operation(operation)
    last, runs = computing.latest(chosen.code, at=instant, live=True), computing.instants(chosen.code)
    return CountedFigures(last, chosen, withheld=not call.by.sees_protected, runs=runs)


def _recorded(operation: Operation) -> Iterator[datetime | None]:
    """Yield the last instant at which a return came, records were linked and figures counted."""
    for model, moment in ((ReturnReceived, "received_at"), (LinkRun, "at"), (FigureRun, "computed_at")):
        yield model._default_manager.filter(operation=operation.code).aggregate(last=Max(moment))["last"]


def explain(
    call: Call,
    *,
    figure: str,
    operation: str | None = None,
    instant: datetime | None = None,
    cell: tuple[str, str] | None = None,
    limit: int = 20,
    language: str = "en",
) -> FigureReport:
    """Explain one figure from the register now, or as of ``instant``; the records are those of ``cell``, a dimension
    and a code in it, where one is named.

    Who may not see protected persons gets no cell of a figure that counts persons, whether it exists or not. Raises
    NotFound for a figure that is not asked for and for an unknown cell, Refused for an instant that has not come yet.
    """
    chosen, at = the_operation(operation), _passed(call, instant)
    _asked_for(figure, chosen)
    case, figures = count_with_case(inputs_at(call, chosen, at, last_run(chosen.code, at=instant)), chosen)
    is_bare = not call.by.sees_protected and withholding.threshold_of(dictionary()[figure], chosen.policy) > 0
    name = None if cell is None or is_bare else CellName(*cell)
    plain = explaining(case, figures, figure, language=language, paging=(1, max(limit, 0)), cell=name)
    return FigureReport(plain if call.by.sees_protected else withholding.of_explanation(plain, chosen.policy))


def _asked_for(figure: str, operation: Operation) -> None:
    """Raise NotFound, with the figure that was probably meant, where the operation does not ask for ``figure``."""
    if figure not in operation.figures:
        titles = {name: (name, *dictionary()[name].titles.values()) for name in operation.figures}
        raise NotFound("figure-unknown", figure=figure, near=nearest_of(figure, titles))


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
) -> FigureReport:
    """Explain figure by figure, in reasons that sum exactly, what changed from one instant to another (none: now).

    Raises Refused where the later instant is not after the earlier one, or has not come yet.
    """
    chosen = the_operation(operation)
    instants = (earlier, later or call.at)
    if not instants[0] < instants[1] <= call.at:
        first, last = (f"{at:%Y-%m-%d %H:%M}" for at in instants)
        raise Refused("instants-reversed", earlier=first, later=last)
    old, new = (inputs_at(call, chosen, at, last_run(chosen.code, at=at)) for at in instants)
    titles = {name: dict(definition.titles) for name, definition in dictionary().items()}
    changes = [
        {**asdict(change), "titles": titles[change.figure]}
        for change in difference(old, new, chosen, by_state=by_state)
    ]
    if not call.by.sees_protected:
        changes = [withholding.of_difference(change, chosen.policy) for change in changes]
    iso = [at.isoformat() for at in instants]
    return FigureReport({"operation": chosen.code, "from": iso[0], "to": iso[1], "figures": changes})


def recount(call: Call, *, number: int | None = None, operation: str | None = None) -> Recounted:
    """Count the figures of release ``number``, or the last, again from the register as it stood when they were counted,
    and compare each with what was released (rule 24). Raises NotFound where there is no such release."""
    chosen = the_operation(operation)
    released = desk.issued(chosen.code, number).statement
    stored = computing.stored(desk.run_behind(chosen.code, number))
    run = LinkRun.objects.filter(run_id=stored.link_run).first() if stored.link_run else None
    _, figures = count_with_case(inputs_at(call, chosen, datetime.fromisoformat(stored.figures.as_of), run), chosen)
    differing = []
    for line in released.lines:
        recounted = figures.figure(line.figure)
        published, now = (line.low, line.value, line.high), (recounted.low, recounted.value, recounted.high)
        if published != now:
            differing.append(FigureDiffering(line.figure, published, now))
    return Recounted(
        operation=chosen.code,
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
) -> FigureReport:
    """Estimate from the overlap of the lists how many nobody filed, with every reason to doubt it. It is no figure.

    Raises NotFound for a figure that is not of persons or not asked for.
    """
    chosen = the_operation(operation)
    _asked_for(figure, chosen)
    case = resolve(inputs_now(call, chosen), chosen)
    estimated = estimating(overlap(case, figure, by_agency=by_agency))
    warnings = [{"code": warning.code, "sentence": warning.sentence(language)} for warning in estimated.warnings]
    plain = {"operation": chosen.code, "figure": figure, **estimated.to_data(), "warnings": warnings}
    return FigureReport(plain if call.by.sees_protected else withholding.of_estimate(plain, chosen.policy))


def inputs_now(call: Call, operation: Operation) -> Inputs:
    """Return what a count starts from now: the register and the latest links."""
    return inputs_at(call, operation, call.at, latest_run(operation.code))


def inputs_at(call: Call, operation: Operation, at: datetime, run: LinkRun | None) -> Inputs:
    """Return what a count at ``at`` starts from, with the links of ``run`` (none: every record stands for itself)."""
    return inputs_from(*read_register(call, operation, at), run, as_of=at)


def read_register(call: Call, operation: Operation, at: datetime) -> tuple[dict[str, pa.Table], pa.Table]:
    """Return the register's tables as of ``at``, and birth dates by record."""
    return personal.with_births(operation.code, at=at, context=call.context, purpose=Purpose.LINKAGE)


def inputs_from(tables: dict[str, pa.Table], births: pa.Table, run: LinkRun | None, *, as_of: datetime) -> Inputs:
    """Return inputs of the register's tables and the links of ``run``."""
    return Inputs(tables, _clusters(run, tables["people"]), _links(run), births, as_of=as_of)


def open_now(call: Call, operation: Operation) -> list[str]:
    """Return the required states whose return is open as the register stands, whatever was counted last."""
    return open_returns(operation, history.filings(operation.code, at=None, context=call.context))


def open_returns(operation: Operation, tables: Mapping[str, pa.Table]) -> list[str]:
    """Return the required states whose return is missing, draft or under correction (rule 25), sorted."""
    statuses: dict[str, set[str]] = {}
    for row in tables["returns"].select(["unit", "status", "in_force"]).to_pylist():
        if row["in_force"] and row["status"] != "withdrawn":
            statuses.setdefault(row["unit"], set()).add(row["status"])
    waiting = set(tables["held"]["unit"].to_pylist())
    return sorted(
        state
        for state in operation.required_states
        if state not in statuses or "draft" in statuses[state] or state in waiting
    )


def _since_last_release(call: Call, operation: Operation, now: Inputs) -> tuple[Difference, ...]:
    released = desk.last_run_released(operation.code)
    if released is None:
        return ()
    before = computing.stored(released)
    run = LinkRun.objects.filter(run_id=before.link_run).first() if before.link_run else None
    as_of = datetime.fromisoformat(before.figures.as_of)
    return difference(inputs_at(call, operation, as_of, run), now, operation)


def _clusters(run: LinkRun | None, people: pa.Table) -> pa.Table:
    if run is None:
        return pa.table({"record": people["record"], "cluster": people["record"]}).cast(CLUSTERS_SCHEMA)
    members = ClusterMember.objects.filter(run_id=run.run_id).order_by("record")
    rows = list(members.values_list("record", "cluster"))
    return pa.table(
        {"record": [record for record, _ in rows], "cluster": [cluster for _, cluster in rows]}, schema=CLUSTERS_SCHEMA
    )


def _links(run: LinkRun | None) -> pa.Table:
    if run is None:
        return _LINKS.empty_table()
    stored = Link.objects.filter(run_id=run.run_id, status__in=_STATUSES).order_by("left", "right")
    rows = list(stored.values("left", "right", "probability", "status"))
    return pa.Table.from_pylist(rows, schema=_LINKS)
