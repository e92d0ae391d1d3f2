"""Count an operation's figures and store them as a run: the verb ``compute``.

In: inputs, operation, the link run they use. Out: the run's id and its figures. Guaranteed: equal inputs give the same
run, stored once; a stored run never changes, so that a figure of a past instant stays as published. The caller opens
the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F, QuerySet

from traboule.core.errors import NotFound
from traboule.figures.compare import Difference, read_difference
from traboule.figures.count import count_with_case
from traboule.figures.disclosure.contributors import FigureContributors, contributors
from traboule.figures.disclosure.incidents import incidents
from traboule.figures.disclosure.story import Incident
from traboule.figures.figure import FigureSet, from_data
from traboule.figures.models import FigureRun
from traboule.figures.resolved.inputs import Inputs
from traboule.operation.operation import Operation

_RUNS = UUID("5f0c9a3e-6f0b-5d0e-9a59-0d5b1c7f6a21")  # Drawn once; names the space in which run ids are made.


@dataclass(frozen=True, slots=True)
class RunContext:
    """The context of a run: the states whose required return is open (rule 25), and why each figure differs from the
    last release (rule 24). ``contributors`` and ``incidents`` serve disclosure control (rule 23) and stay at the desk.
    """

    open_returns: tuple[str, ...] = ()
    since: tuple[Difference, ...] = ()
    contributors: FigureContributors = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()

    def public_data(self) -> dict[str, Any]:
        """Return what may leave the desk, as plain data."""
        return {"open_returns": list(self.open_returns), "since": [asdict(difference) for difference in self.since]}

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        described = [incident.to_data() for incident in self.incidents]
        return {**self.public_data(), "backing": self.contributors, "incidents": described}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> RunContext:
        """Return the context that :meth:`to_data` gave."""
        # A run stored by an earlier version has neither contributors nor incidents, or not what each state filed.
        contributors_by_figure = {
            figure: {
                name: {code: (entry[0], entry[1], dict(*entry[2:])) for code, entry in cells.items()}
                for name, cells in split.items()
            }
            for figure, split in data.get("backing", {}).items()
        }
        return cls(
            tuple(data["open_returns"]),
            tuple(read_difference(difference) for difference in data["since"]),
            contributors_by_figure,
            tuple(Incident.from_data(incident) for incident in data.get("incidents", ())),
        )


_NO_CONTEXT = RunContext()


@dataclass(frozen=True, slots=True)
class Computed:
    """A run of figures as stored. ``live``: counted as a return arrived; no release rests on it."""

    run: UUID
    link_run: UUID | None
    computed_at: datetime
    figures: FigureSet
    context: RunContext
    live: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return plain data without the contributing records: ``explain`` pages through those."""
        return {
            "run": str(self.run),
            "link_run": str(self.link_run) if self.link_run else None,
            "computed_at": self.computed_at.isoformat(),
            "live": self.live,
            **self.figures.without_records().to_data(),
            **self.context.public_data(),
        }


def compute(
    inputs: Inputs, operation: Operation, *, link_run: UUID | None, at: datetime, context: RunContext = _NO_CONTEXT
) -> Computed:
    """Count the figures of ``operation`` from ``inputs`` and store them.

    ``at`` is an aware instant; inputs without an ``as_of`` of their own are of that instant. Raises NotFound where the
    operation asks for a figure that is not defined.
    """
    case, figures = count_with_case(inputs, operation)
    context = replace(context, contributors=contributors(case, figures), incidents=incidents(case))
    return _stored(figures, context, link_run=link_run, as_of=inputs.as_of or at, at=at)


def store_live(figures: FigureSet, *, link_run: UUID | None, at: datetime, open_returns: tuple[str, ...]) -> Computed:
    """Store figures that were counted as a return arrived, without the records behind them.

    ``link_run``: the last run of linkage that is stored; the links found since are not.
    """
    context = RunContext(open_returns)
    return _stored(figures.without_records(), context, link_run=link_run, as_of=at, at=at, live=True)


def _stored(
    figures: FigureSet, context: RunContext, *, link_run: UUID | None, as_of: datetime, at: datetime, live: bool = False
) -> Computed:
    key = "/".join((figures.operation, figures.as_of, figures.inputs_hash, figures.dictionary_hash, str(link_run)))
    key += "/" + json.dumps(context.to_data(), sort_keys=True) + ("/live" if live else "")
    run, _new = FigureRun.objects.get_or_create(
        id=uuid5(_RUNS, key),
        defaults={
            "operation": figures.operation,
            "as_of": as_of,
            "computed_at": at,
            "link_run": link_run,
            "inputs_hash": figures.inputs_hash,
            "content": figures.to_data(),
            "beside": context.to_data(),
            "live": live,
        },
    )
    return _computed(run)


def stored(run: UUID) -> Computed:
    """Return a run by its id; NotFound where there is none."""
    run_row = FigureRun.objects.filter(id=run).first()
    if run_row is None:
        raise NotFound("figure-run-unknown", run=str(run))
    return _computed(run_row)


def latest(operation: str, *, at: datetime | None = None, live: bool = False) -> Computed:
    """Return the last run of ``operation`` computed by the instant ``at``; NotFound where there is none yet.

    A run for an earlier instant than its own computation is a look back, and is never the latest. ``live``: whether
    one counted as a return arrived is meant too, which is for looking at alone.
    """
    runs = _counted_at_once(operation)
    if not live:
        runs = runs.filter(live=False)
    if at is not None:
        runs = runs.filter(computed_at__lte=at)
    run_row = runs.order_by("-computed_at", "-as_of", "id").first()
    if run_row is None:
        raise NotFound("figure-run-none", operation=operation)
    return _computed(run_row)


def instants(operation: str) -> tuple[datetime, ...]:
    """Return when figures of ``operation`` were counted all anew and at once, the first first."""
    runs = _counted_at_once(operation).filter(live=False).order_by("computed_at")
    return tuple(runs.values_list("computed_at", flat=True).distinct())


def _counted_at_once(operation: str) -> QuerySet[FigureRun]:
    return FigureRun.objects.filter(operation=operation, as_of=F("computed_at"))


def _computed(run: FigureRun) -> Computed:
    figures, context = from_data(run.content), RunContext.from_data(run.beside)
    return Computed(run.id, run.link_run, run.computed_at, figures, context, run.live)
