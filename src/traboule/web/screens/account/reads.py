"""Who was shown the records of the officer's states. A record is asked about in a form, never in an address."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.web.visit import Visit
from traboule.web.words import has_words

MOST = 200  # Reads of one page.


def show(visit: Visit) -> HttpResponse:
    """Show the latest reads, or those of one record."""
    record = visit.request.POST.get("record", "").strip()
    plain = visit.perform("reads.mine", record=record or None, limit=MOST).to_json()
    reads = [{**read, "purpose": _purpose(visit, read["verb"])} for read in plain["reads"]]
    return visit.page("account/reads.html", {"reads": reads, "total": plain["total"], "record": record})


def _purpose(visit: Visit, verb: str) -> str:
    """Return in words what a record was read for; the verb where it has none."""
    return visit.say(f"read-{verb}") if has_words(f"read-{verb}") else verb
