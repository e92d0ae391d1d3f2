"""The runs of linkage that are kept, and the links of the latest.

In comes an operation; out come its latest run and the links that wait for a judgement. It promises: what is believed
now is the latest run; two runs of one instant are told apart by their order.
"""

from __future__ import annotations

from traboule.core.errors import NotFound
from traboule.linkage.models import Link, LinkRun


def last_run(operation: str) -> LinkRun | None:
    """Return the operation's latest run; None before the first."""
    return LinkRun.objects.filter(operation=operation).order_by("-at", "-run_id").first()


def latest_run(operation: str) -> LinkRun:
    """Return the operation's latest run. Raises NotFound where there is none yet."""
    run = last_run(operation)
    if run is None:
        raise NotFound("link-run-none", operation=operation)
    return run


def open_links(operation: str, *, most: int = 200) -> list[Link]:
    """Return the open links of the latest run, the most probable first.

    Which of them matter most to the figures is for figures to say.
    """
    run = latest_run(operation)
    found = Link.objects.filter(run_id=run.run_id, status="open")
    return list(found.order_by("-probability", "left", "right")[:most])
