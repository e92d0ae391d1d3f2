"""Check other people's texts: paste one or choose a file; every number gets a verdict and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from traboule.core.errors import Refused
from traboule.web.forms import file_given
from traboule.web.visit import Visit

MOST_BYTES = 16 * 1024 * 1024
MOST_TYPED = 200_000
# How a verdict is shown besides its words.
MARKS = {"confirmed": "good", "consistent": "good", "wrong": "fault", "dropped_qualifier": "waiting"}
ORDER = ("wrong", "dropped_qualifier", "confirmed", "consistent", "not_ours")


@dataclass(frozen=True, slots=True)
class TextPart:
    """A stretch of the text; ``mark`` and ``words``, its verdict, are empty where it makes no claim."""

    text: str
    mark: str = ""
    words: str = ""


def show(visit: Visit) -> HttpResponse:
    """Show the form."""
    return visit.page("publishing/texts.html")


def check(visit: Visit) -> HttpResponse:
    """Check what was pasted, or the file that was chosen."""
    name, content = _given(visit)
    return visit.begin(
        "text.check",
        lambda progress: visit.perform("text.check", content=content, name=name, language=visit.language),
        _checked,
    )


def _given(visit: Visit) -> tuple[str, bytes]:
    if given := file_given(visit.request, MOST_BYTES):
        return given
    typed = visit.request.POST.get("text", "")[:MOST_TYPED]
    if not typed.strip():
        raise Refused("upload-none")
    return "text.txt", typed.encode()


def _checked(visit: Visit, checked: Any) -> HttpResponse:
    plain = checked.to_json()
    claims = [
        {**claim, "mark": MARKS.get(claim["verdict"], "plain"), "words": checked.verdict_in_words(claim["verdict"])}
        for claim in plain["claims"]
    ]
    claims.sort(key=lambda claim: ORDER.index(claim["verdict"]))
    values = {"plain": plain, "claims": claims, "parts": parts(checked.text, claims)}
    return visit.page("publishing/checked.html", values)


def parts(text: str, claims: list[dict[str, Any]]) -> list[TextPart]:
    """Return the text cut at its claims, in order; a claim inside another is left to the table."""
    cut, end = [], 0
    for claim in sorted(claims, key=lambda claim: (claim["start"], -claim["end"])):
        if claim["start"] < end:
            continue
        cut.append(TextPart(text[end : claim["start"]]))
        cut.append(TextPart(text[claim["start"] : claim["end"]], claim["mark"], claim["words"]))
        end = claim["end"]
    return [*cut, TextPart(text[end:])]
