"""How far a piece of long work is; when it has ended, what came of it."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.web.visit import Visit

PATIENCE = 0.4  # Seconds in which work often ends, so that its page need not be shown.


def show(visit: Visit, work: str) -> HttpResponse:
    """Show the progress, and ask the browser to look again; at the end the page that the work makes."""
    mine = visit.work(work)
    if mine.ended.wait(PATIENCE):
        if mine.error is not None:
            raise mine.error
        visit.number = work
        answer: HttpResponse = mine.finish(visit, mine.result)
        return answer
    values = {"work": mine, "step": f"step-{mine.step}" if mine.step else "work-begins"}
    page = visit.page("room/work.html", values)
    page["Refresh"] = "1"
    return page
