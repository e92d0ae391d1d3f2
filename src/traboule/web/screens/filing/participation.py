"""Who has filed: every state that takes part, what it filed last, and a reminder for those that are silent."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.core.language.languages import LANGUAGES, how_written
from traboule.web.looking_back import instants_of
from traboule.web.visit import Visit
from traboule.web.words import say, titled


def show(visit: Visit) -> HttpResponse:
    """Show the states in the order of their names, or those of one kind."""
    operation = visit.perform("operation.show", instant=visit.as_of).to_json()
    kind = visit.request.GET.get("kind", "")
    states = sorted((visit.state(code), code, filed) for code, filed in operation["states"].items())
    shown = [entry for entry in states if kind in ("", entry[2])]
    kinds = sorted({filed for _, _, filed in states})
    values = {
        "operation": operation,
        "states": shown,
        "kinds": kinds,
        "kind": kind,
        "reminder": _reminder(operation),
        "instants": instants_of(operation, None, visit.now),
    }
    return visit.page("filing/participation.html", values)


def _reminder(operation: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return the text of a mail to the silent, in each language: its code, name and text."""
    texts = {
        code: say("reminder", code, operation=titled(operation["titles"], code), end=operation["end"])
        for code in LANGUAGES
    }
    return [(code, how_written(code).name, text) for code, text in texts.items()]
