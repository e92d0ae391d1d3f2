"""The release desk: read the draft in every language, see the audit's verdict, sign, set an embargo, issue.

Guaranteed: a signature carries the hash of the draft that was on the screen; another draft in hand refuses it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.app.dispatch import Progress
from traboule.core.errors import NotFound
from traboule.web.forms import instant_typed
from traboule.web.screens.publishing.differences import differences
from traboule.web.screens.publishing.documents import document_answer, lines_of, side_by_side
from traboule.web.visit import Visit


def show(visit: Visit) -> HttpResponse:
    """Make the documents of the draft in hand and show them."""
    return visit.begin("release.proof", lambda progress: _proof(visit, progress), _shown)


def sign(visit: Visit) -> HttpResponse:
    """Sign the draft that was read."""
    visit.perform("release.sign", read=visit.request.POST.get("read", ""))
    return visit.to("release-desk", done="signed")


def embargo(visit: Visit) -> HttpResponse:
    """Set or lift the moment before which the draft may not be issued; it is judged anew."""
    until = instant_typed(visit.request.POST.get("embargo", ""))

    def perform(progress: Progress) -> None:
        visit.perform("release.embargo", until=until)
        visit.perform("release.verdict", progress=progress)

    return visit.begin("release.embargo", perform, lambda now, _: now.to("release-desk"))


def issue(visit: Visit) -> HttpResponse:
    """Issue the draft in hand."""
    return visit.begin(
        "release.issue",
        lambda progress: visit.perform("release.issue", progress=progress),
        lambda now, _: now.to("releases", done="issued"),
    )


def document(visit: Visit, work: str, name: str) -> HttpResponse:
    """Give one document of the draft as it was shown. Raises NotFound for one that was not."""
    return document_answer(getattr(visit.work(work).result, "files", {}), name)


def _proof(visit: Visit, progress: Progress) -> Any:
    """Return the draft in hand with its documents; None where there is none."""
    try:
        return visit.perform("release.proof", progress=progress)
    except NotFound as none:
        if none.code != "release-draft-none":
            raise
        return None


def _shown(visit: Visit, proof: Any) -> HttpResponse:
    values: dict[str, Any] = {"plain": None, "work": visit.number}
    values["may_draft"] = visit.may("release.draft")
    if proof is not None:
        plain = proof.to_json()
        verdict = plain["verdict"] or {}
        last, changed, same = differences(proof.drafted.statement)
        signed = {entry["account"] for entry in plain["signatures"]}
        values |= {
            "plain": plain,
            "last": last,
            "changed": changed,
            "same": same,
            "verdict": verdict,
            "documents": lines_of(plain["files"]),
            "pages": side_by_side(visit.language, proof.files),
            "may_sign": verdict.get("passed", False)
            and plain["signatures_missing"] > 0
            and (visit.person is None or visit.person.login not in signed),
            "may_issue": visit.may("release.issue") and not plain["signatures_missing"],
        }
    return visit.page("publishing/desk.html", values)
