"""Whether the room answers."""

from __future__ import annotations

from django.http import HttpResponse

from traboule.web.visit import Visit


def health(visit: Visit) -> HttpResponse:
    """Answer whoever watches that this process lives; nothing of the operation."""
    del visit
    return HttpResponse("ok\n", content_type="text/plain")
