"""The verb ``compute``: count an operation's figures and keep them as a run.

Comes in: inputs, operation, the link run they rest on. Goes out: the run's id and its figures.
Promises: equal inputs give the same run, stored once; a stored run never changes, so that a figure of a past instant
stays what was shown then. The door holds the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import F

from traboule.core.errors import NotFound
from traboule.figures.compare import Difference, read_difference
from traboule.figures.count import counted
from traboule.figures.disclosure.contributors import Backing, backing
from traboule.figures.disclosure.incidents import incidents
from traboule.figures.disclosure.story import Incident
from traboule.figures.figure import FigureSet, from_data
from traboule.figures.models import FigureRun
from traboule.figures.resolved.inputs import Inputs
from traboule.operation.operation import Operation

_RUNS = UUID("5f0c9a3e-6f0b-5d0e-9a59-0d5b1c7f6a21")  # Drawn once; names the space in which run ids are made.


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the figures of a run: the states whose required return is open (rule 25), and why each figure
    differs from the last release (rule 24). ``backing`` and ``incidents`` are what protection must know (rule 23) and
    stay at the desk."""

    open_returns: tuple[str, ...] = ()
    since: tuple[Difference, ...] = ()
    backing: Backing = field(default_factory=dict)
    incidents: tuple[Incident, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Return as plain data what may leave the desk."""
        return {"open_returns": list(self.open_returns), "since": [asdict(one) for one in self.since]}

    def to_data(self) -> dict[str, Any]:
        """Return plain JSON-able data."""
        return {**self.shown(), "backing": self.backing, "incidents": [one.to_data() for one in self.incidents]}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Beside:
        """Return what :meth:`to_data` gave."""
        # A run kept by an earlier version has neither backing nor incidents.
        backed = {
            figure: {name: {code: (one[0], one[1]) for code, one in cells.items()} for name, cells in split.items()}
            for figure, split in data.get("backing", {}).items()
        }
        return cls(
            tuple(data["open_returns"]),
            tuple(read_difference(one) for one in data["since"]),
            backed,
            tuple(Incident.from_data(one) for one in data.get("incidents", ())),
        )


_NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True)
class Computed:
    """A run of figures as kept."""

    run: UUID
    link_run: UUID | None
    computed_at: datetime
    figures: FigureSet
    beside: Beside

    def to_json(self) -> dict[str, Any]:
        """Return plain data without the contributing records: ``explain`` pages through those."""
        return {
            "run": str(self.run),
            "link_run": str(self.link_run) if self.link_run else None,
            "computed_at": self.computed_at.isoformat(),
            **self.figures.without_records().to_data(),
            **self.beside.shown(),
        }


def compute(
    inputs: Inputs, operation: Operation, *, link_run: UUID | None, at: datetime, beside: Beside = _NOTHING_BESIDE
) -> Computed:
    """Count the figures of ``operation`` from ``inputs`` and keep them.

    ``at`` is an aware moment; inputs without an ``as_of`` of their own are of that moment. Raises NotFound where the
    operation asks for a figure that is not defined.
    """
    case, figures = counted(inputs, operation)
    beside = replace(beside, backing=backing(case, figures), incidents=incidents(case))
    key = "/".join((figures.operation, figures.as_of, figures.inputs_hash, figures.dictionary_hash, str(link_run)))
    key += "/" + json.dumps(beside.to_data(), sort_keys=True)
    run, _new = FigureRun.objects.get_or_create(
        id=uuid5(_RUNS, key),
        defaults={
            "operation": operation.code,
            "as_of": inputs.as_of or at,
            "computed_at": at,
            "link_run": link_run,
            "inputs_hash": figures.inputs_hash,
            "content": figures.to_data(),
            "beside": beside.to_data(),
        },
    )
    return _computed(run)


def stored(run: UUID) -> Computed:
    """Return a run by its id; NotFound where there is none."""
    found = FigureRun.objects.filter(id=run).first()
    if found is None:
        raise NotFound("figure-run-unknown", run=str(run))
    return _computed(found)


def latest(operation: str, *, at: datetime | None = None) -> Computed:
    """Return the last run of ``operation`` computed by the instant ``at``; NotFound where there is none yet.

    A look back at what was believed at an earlier instant is a run too, but never what is believed now.
    """
    runs = FigureRun.objects.filter(operation=operation, as_of=F("computed_at"))
    if at is not None:
        runs = runs.filter(computed_at__lte=at)
    found = runs.order_by("-computed_at", "-as_of", "id").first()
    if found is None:
        raise NotFound("figure-run-none", operation=operation)
    return _computed(found)


def _computed(run: FigureRun) -> Computed:
    return Computed(run.id, run.link_run, run.computed_at, from_data(run.content), Beside.from_data(run.beside))
