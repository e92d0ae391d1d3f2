"""Look up linkage runs and their links.

The latest run is what counts. Two runs at the same instant are ordered by their identifiers. ``protected`` chooses
between the runs of all records and those of the desk, which know nothing of a protected record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from traboule.core.errors import NotFound
from traboule.core.language.spelling import nearest
from traboule.linkage.models import ClusterMember, Link, LinkRun, ThingLink
from traboule.linkage.verdicts import pair

_NONE: frozenset[tuple[str, str]] = frozenset()
# The large columns of a run, which few readers of it need; they are read when asked for.
_LARGE = ("model", "stopped", "cut", "things")


def last_run(operation: str, *, protected: bool = True, at: datetime | None = None) -> LinkRun | None:
    """Return the operation's latest run, by the instant ``at`` where there is one; None before the first."""
    runs = LinkRun.objects.filter(operation=operation, protected=protected).defer(*_LARGE)
    if at is not None:
        runs = runs.filter(at__lte=at)
    return runs.order_by("-at", "-run_id").first()


def latest_run(operation: str, *, protected: bool = True) -> LinkRun:
    """Return the operation's latest run. Raises NotFound where there is none."""
    run = last_run(operation, protected=protected)
    if run is None:
        raise NotFound("link-run-none", operation=operation)
    return run


def open_links(
    operation: str, *, things: bool = False, most: int = 200, protected: bool = True
) -> tuple[int, list[Link | ThingLink]]:
    """Return how many open links the latest run has, and ``most`` of them, the most probable first.

    How much a link matters to the figures is decided there; links between ``things`` matter to none.
    """
    run = latest_run(operation, protected=protected)
    links = (ThingLink if things else Link).objects.filter(run_id=run.run_id, status="open")
    return links.count(), list(links.order_by("-probability", "left", "right")[:most])


def open_pairs(operation: str, *, things: bool = False, protected: bool = True) -> frozenset[tuple[str, str]]:
    """Return the pairs of records whose links are open in the latest run; none before the first."""
    run = last_run(operation, protected=protected)
    table = ThingLink if things else Link
    return (
        frozenset(table.objects.filter(run_id=run.run_id, status="open").values_list("left", "right")) if run else _NONE
    )


def link_of(
    operation: str, records: tuple[str, str], *, things: bool = False, protected: bool = True
) -> tuple[Link | ThingLink, LinkRun]:
    """Return the link of two records in the latest run that has one, and that run.

    A link disappears when a record is withdrawn or its identifier is stopped, but its reasons and judgements can still
    be looked up. Raises NotFound where no run has one.
    """
    left, right = pair(*records)
    run_rows = LinkRun.objects.filter(operation=operation, protected=protected).order_by("at", "run_id")
    runs = {run.run_id: run for run in run_rows.only("run_id", "at")}
    table = ThingLink if things else Link
    links_by_run = {link.run_id: link for link in table.objects.filter(run_id__in=[*runs], left=left, right=right)}
    for run_id, run in reversed(runs.items()):
        if run_id in links_by_run:
            return links_by_run[run_id], run
    raise NotFound("link-pair-unknown", near=_near(runs, records, table))


def records_near(run: LinkRun, records: Iterable[str]) -> str:
    """Return the records of ``run`` that were probably meant by mistyped ones, empty where one is near nothing."""
    candidates = list(
        ClusterMember.objects.filter(run_id=run.run_id).order_by("record").values_list("record", flat=True)
    )
    meant = [record if record in candidates else nearest(record, candidates) for record in records]
    return " ".join(meant) if all(meant) else ""


def _near(runs: Mapping[UUID, LinkRun], records: tuple[str, str], table: type[Link | ThingLink]) -> str:
    """Return the two records that were probably meant, where the latest run links records of nearly these names."""
    latest = list(runs)[-1:]
    sides = table.objects.filter(run_id__in=latest).values_list("left", "right")
    candidates = sorted({record for both in sides for record in both})
    meant = [record if record in candidates else nearest(record, candidates) for record in records]
    return " ".join(meant) if all(meant) and meant != list(records) else ""
