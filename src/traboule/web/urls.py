"""Django's table of URLs, made of :mod:`traboule.web.routes`."""

from __future__ import annotations

from django.urls import path

from traboule.web.api import entry as api_entry
from traboule.web.api.routes import PATHS, PREFIX, at_path
from traboule.web.entry import enter
from traboule.web.routes import ROUTES

urlpatterns = [
    *(path(route.path, enter(route), name=route.name) for route in ROUTES),
    *(path(PREFIX + steps, api_entry.enter(at_path(steps))) for steps in PATHS),
    *(path(PREFIX + steps, api_entry.enter(())) for steps in ("", "<path:absent>")),
]
handler400 = "traboule.web.failures.bad"
handler404 = "traboule.web.failures.absent"
handler500 = "traboule.web.failures.broken"
