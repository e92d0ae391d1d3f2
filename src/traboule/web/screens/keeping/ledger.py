"""The ledger: its present checkpoint to keep or give to a witness, and its verification."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from traboule.app.wording.sentences import ledger_table
from traboule.web.visit import Visit
from traboule.web.words import say


def show(visit: Visit) -> HttpResponse:
    """Show the checkpoint, signed by the ledger's key."""
    plain = visit.perform("ledger.head").to_json()
    entries = plain["checkpoint"].split("\n")[1]
    values = {"plain": plain, "entries": int(entries), "may_verify": visit.may("ledger.verify")}
    return visit.page("keeping/ledger.html", values)


def verify(visit: Visit) -> HttpResponse:
    """Compare every entry, the tree and all that was recorded with what is stored."""
    return visit.begin("ledger.verify", lambda progress: visit.perform("ledger.verify", progress=progress), _verified)


def _verified(visit: Visit, checked: Any) -> HttpResponse:
    plain = checked.to_json()
    findings = [_sentence(visit, finding) for finding in plain["findings"]]
    return visit.page("keeping/verified.html", {"plain": plain, "findings": findings})


def _sentence(visit: Visit, finding: dict[str, Any]) -> str:
    values = {**finding, "table": ledger_table(finding["table"], visit.language, say)}
    return visit.say(f"ledger-{finding['kind']}", **values)
