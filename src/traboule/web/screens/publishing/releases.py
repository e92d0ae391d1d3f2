"""Releases as issued: their signatures and documents in each language, and taking one back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.core.errors import NotFound
from traboule.web.screens.publishing.documents import document_answer, lines_of, side_by_side
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Show the last release, or the one whose number is asked for."""
    asked = visit.request.GET.get("number", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else None
    try:
        plain = visit.perform("release.show", number=number).to_json()
    except NotFound as none:
        if number is not None:
            raise
        return visit.page("publishing/releases.html", {"plain": None, "none": none.sentence(visit.language)})
    return visit.page("publishing/releases.html", values_of(visit, plain))


def values_of(visit: Visit, plain: dict[str, Any]) -> dict[str, Any]:
    """Return what the page of a release shows, and which deeds it offers."""
    return {
        "plain": plain,
        "documents": lines_of(plain["files"]),
        "pages": side_by_side(visit.language, [file["name"] for file in plain["files"]]),
        "earlier": range(1, plain["number"]),
        "may_withdraw": visit.may("release.withdraw") and not plain["withdrawn"] and not plain["withdrawal_proposed"],
        "may_confirm": visit.may("release.confirm-withdrawal") and plain["withdrawal_proposed"],
    }


def document(visit: Visit, number: int, name: str) -> HttpResponse:
    """Give one document of a release. Raises NotFound for a name that is none of its documents."""
    return document_answer(visit.perform("release.show", number=number).files, name)


def withdraw(visit: Visit, number: int) -> HttpResponse:
    """Propose to take a release back, with a reason in each language of the operation."""
    form = visit.request.POST
    visit.perform("release.withdraw", number=number, reason=form.get("reason", ""), texts=form.get("texts", ""))
    return visit.to("releases", done="withdrawal-proposed")


def confirm_withdrawal(visit: Visit, number: int) -> HttpResponse:
    """Take a release back as another person proposed; the form carries the hash of what was read."""
    visit.perform("release.confirm-withdrawal", number=number, read=visit.request.POST.get("read", ""))
    return visit.to("releases", done="release-withdrawn")
