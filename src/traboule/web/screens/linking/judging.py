"""Judge links: the queue, by effect on the figures or in the order of the audit, then one link after the other.

Guaranteed: no address holds the name of a record. A queue is a piece of work of one session, and a link is known by its
place in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from traboule.core.errors import NotFound, Refused
from traboule.web.visit import Visit

MOST = 200  # Links of one queue.
# Verdicts, each with the key that signs it.
VERDICTS = (("match", "s"), ("no_match", "d"), ("unsure", "u"))
REASONS = ("side-by-side", "photograph", "document", "state-asked")


@dataclass(frozen=True, slots=True)
class LinkQueue:
    """A queue as it was shown. ``pairs`` are the two records of each link, in its order."""

    plain: Mapping[str, Any]
    pairs: Sequence[tuple[str, str]]
    is_audit: bool = False


def queue(visit: Visit) -> HttpResponse:
    """Fetch the queue of open links."""
    is_audit = visit.request.GET.get("by", "") == "audit"
    return visit.begin("judge.queue", lambda progress: _queue(visit, is_audit=is_audit), _queued)


def link(visit: Visit, work: str, place: int) -> HttpResponse:
    """Show two records side by side, with what speaks for and against their being the same."""
    queue_shown = _of(visit, work)
    pair = _pair(queue_shown, place)
    plain = visit.perform("judge.explain", pair=pair, language=visit.language).to_json()
    values = {
        "plain": plain,
        "work": work,
        "place": place,
        "shown": place + 1,
        "count": len(queue_shown.pairs),
        "verdicts": VERDICTS,
        "reasons": REASONS,
        "before": place - 1,
    }
    return visit.page("linking/link.html", values)


def decide(visit: Visit, work: str, place: int) -> HttpResponse:
    """Sign a judgement, and go to the next link of the queue."""
    queue_shown = _of(visit, work)
    form = visit.request.POST
    reason = form.get("words", "").strip() or _reason(visit, form.get("reason", ""))
    visit.perform(
        "judge.decide",
        pair=_pair(queue_shown, place),
        verdict=form.get("verdict", ""),
        reason=reason,
        language=visit.language,
    )
    if place + 1 >= len(queue_shown.pairs):
        return visit.to("links-ended", work, str(place), done="judged")
    return visit.to("link", work, str(place + 1), done="judged")


def undo(visit: Visit, work: str, place: int) -> HttpResponse:
    """Take back the judgement on a link, and show it again."""
    pair = _pair(_of(visit, work), place)
    visit.perform("judge.undo", pair=pair, reason=visit.say("reason-undone"), language=visit.language)
    return visit.to("link", work, str(place), done="undone")


def ended(visit: Visit, work: str, place: int) -> HttpResponse:
    """Show that the queue has ended, with the last judgement to take back."""
    _pair(_of(visit, work), place)
    return visit.page("linking/ended.html", {"work": work, "place": place})


def run(visit: Visit) -> HttpResponse:
    """Link all records anew, bound by what was judged."""
    return visit.begin(
        "link",
        lambda progress: visit.perform("link", progress=progress),
        lambda now, result: now.page("linking/linked.html", {"plain": result.to_json()}),
    )


def _queue(visit: Visit, *, is_audit: bool) -> LinkQueue:
    plain = visit.perform("judge.queue", limit=MOST, language=visit.language, audit=is_audit).to_json()
    return LinkQueue(plain, tuple((entry["left"], entry["right"]) for entry in plain["links"]), is_audit)


def _queued(visit: Visit, shown: LinkQueue) -> HttpResponse:
    return visit.page("linking/queue.html", {"plain": shown.plain, "work": visit.number, "is_audit": shown.is_audit})


def _reason(visit: Visit, code: str) -> str:
    if code not in REASONS:
        raise Refused("judgement-reason-none")
    return visit.say(f"reason-{code}")


def _of(visit: Visit, work: str) -> LinkQueue:
    """Return the queue that was shown as ``work``. Raises NotFound where it has been forgotten."""
    result = visit.work(work).result
    if not isinstance(result, LinkQueue):
        raise NotFound("work-unknown")
    return result


def _pair(shown: LinkQueue, place: int) -> tuple[str, str]:
    if not 0 <= place < len(shown.pairs):
        raise NotFound("work-unknown")
    return shown.pairs[place]
