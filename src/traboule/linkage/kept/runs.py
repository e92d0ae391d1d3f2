"""The runs of linkage that are kept, and the links of the latest.

In comes an operation; out come its latest run, the links that wait for a judgement, and the link of two records as it
was found last. It promises: what is believed now is the latest run; two runs of one instant are told apart by their
order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from traboule.core.errors import NotFound
from traboule.core.spelling import nearest
from traboule.linkage.models import ClusterMember, Link, LinkRun, ThingLink
from traboule.linkage.verdicts import pair


def last_run(operation: str) -> LinkRun | None:
    """Return the operation's latest run; None before the first."""
    return LinkRun.objects.filter(operation=operation).order_by("-at", "-run_id").first()


def latest_run(operation: str) -> LinkRun:
    """Return the operation's latest run. Raises NotFound where there is none yet."""
    run = last_run(operation)
    if run is None:
        raise NotFound("link-run-none", operation=operation)
    return run


def open_links(operation: str, *, things: bool = False, most: int = 200) -> tuple[int, list[Link | ThingLink]]:
    """Return how many open links the latest run has, and ``most`` of them, the most probable first.

    Which of them matter most to the figures is for figures to say; links between ``things`` matter to none.
    """
    run = latest_run(operation)
    found = (ThingLink if things else Link).objects.filter(run_id=run.run_id, status="open")
    return found.count(), list(found.order_by("-probability", "left", "right")[:most])


def link_of(operation: str, records: tuple[str, str], *, things: bool = False) -> tuple[Link | ThingLink, LinkRun]:
    """Return the link of two records in the latest run that holds one, and that run.

    A link falls when a record is withdrawn or what it hung on is stopped; why it was made, and judged, is asked later.
    Raises NotFound where no run holds one.
    """
    left, right = pair(*records)
    kept = LinkRun.objects.filter(operation=operation).only("run_id", "at").order_by("at", "run_id")
    runs = {run.run_id: run for run in kept}
    table = ThingLink if things else Link
    held = {link.run_id: link for link in table.objects.filter(run_id__in=[*runs], left=left, right=right)}
    for run_id, run in reversed(runs.items()):
        if run_id in held:
            return held[run_id], run
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
