"""File a return: choose a file, see its faults and what it would change, then file it or not.

Guaranteed: until somebody confirms, nothing is stored; what is filed is the very file that was previewed, and where the
register changed since, the new preview is shown first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpResponse

from traboule.app.dispatch import Progress
from traboule.core.errors import Invalid, NotFound, Refused, TrabouleError
from traboule.web.downloads import download
from traboule.web.forms import MOST_RETURN_BYTES, file_given
from traboule.web.screens.filing.returns import WORKBOOK, receipt_file
from traboule.web.visit import Visit

MOST_SHOWN = 200  # Faults on the page; the marked workbook has them all.
_CHANGES = ("new", "changed", "withdrawn", "unchanged", "superseded", "held")


@dataclass(frozen=True, slots=True)
class FileChecked:
    """A file that was checked and not filed: what the check found, and what filing it would change.

    ``changes`` are numbers of rows by kind, None where nothing of it can be entered. ``raw`` is the file as read, which
    takes a process of its own and is done once.
    """

    name: str
    content: bytes = field(repr=False)
    states: frozenset[str]
    plain: Mapping[str, Any]
    marked: bytes = field(repr=False)
    changes: Mapping[str, int] | None
    raw: Any = field(repr=False)
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class ReturnFiled:
    """A return that was received: the file's name, and the receipt with the ledger's proof."""

    name: str
    receipt: Mapping[str, Any]


def check(visit: Visit) -> HttpResponse:
    """Take in a file, check it and foresee what filing it would change."""
    given = file_given(visit.request, MOST_RETURN_BYTES)
    if given is None:
        raise Refused("upload-none")
    name, content = given
    return visit.begin("return.check", lambda progress: _checked(visit, name, content, progress), _previewed)


def commit(visit: Visit, work: str) -> HttpResponse:
    """File the file that was previewed as ``work``."""
    shown = _of(visit, work)
    changes = _foreseen(visit, shown)
    if changes != shown.changes:
        mine = visit.work(work)
        mine.result = replace(shown, changes=changes, is_stale=True)
        return visit.to("work", work)
    return visit.begin("return.receive", lambda progress: _received(visit, shown, progress), _receipt)


def marked(visit: Visit, work: str) -> HttpResponse:
    """Give the file back with its faults marked."""
    shown = _of(visit, work)
    stem = shown.name.rsplit(".", 1)[0]
    return download(shown.marked, f"{stem}.{visit.language}.marked.xlsx".replace('"', ""), WORKBOOK)


def proof(visit: Visit, work: str) -> HttpResponse:
    """Give the receipt of what was just filed as ``work``, with the ledger's proof, as a file."""
    result = visit.work(work).result
    if not isinstance(result, ReturnFiled):
        raise NotFound("work-unknown")
    return receipt_file(result.receipt)


def _checked(visit: Visit, name: str, content: bytes, progress: Progress) -> FileChecked:
    progress("read", 0, 1)
    states = _states(visit, name, content)
    outcome = visit.perform("return.check", states=states, name=name, content=content, language=visit.language)
    checked = FileChecked(name, content, states, outcome.to_json(), outcome.marked.content, None, outcome.raw)
    return replace(checked, changes=_foreseen(visit, checked))


def _states(visit: Visit, name: str, content: bytes) -> frozenset[str]:
    """Return the state on the file's cover; none where the cover is faulty: the check says why."""
    try:
        return frozenset({visit.perform("return.cover", name=name, content=content).state})
    except TrabouleError:
        return frozenset()


def _foreseen(visit: Visit, checked: FileChecked) -> Mapping[str, int] | None:
    try:
        plain = visit.perform(
            "return.preview", states=checked.states, name=checked.name, content=checked.content, raw=checked.raw
        ).to_json()
    except Invalid:
        return None
    return {kind: len(plain[kind]) for kind in _CHANGES}


def _previewed(visit: Visit, shown: FileChecked) -> HttpResponse:
    gravest = {"error": 0, "warning": 1, "finding": 2}
    findings = sorted(shown.plain["findings"], key=lambda finding: gravest.get(finding["severity"], 3))
    values = {
        "shown": shown,
        "plain": shown.plain,
        "findings": findings[:MOST_SHOWN],
        "more": sum(finding["count"] for finding in findings[MOST_SHOWN:]),
        "changes": [(f"rows-{kind}", count) for kind, count in (shown.changes or {}).items()],
        "number": visit.number,
    }
    return visit.page("filing/preview.html", values, status=200 if shown.changes is not None else 422)


def _received(visit: Visit, shown: FileChecked, progress: Progress) -> ReturnFiled:
    progress("receive", 0, 1)
    received = visit.perform(
        "return.receive", states=shown.states, name=shown.name, content=shown.content, raw=shown.raw
    )
    return ReturnFiled(shown.name, received.to_json())


def _receipt(visit: Visit, filed: ReturnFiled) -> HttpResponse:
    values = {"plain": filed.receipt, "file": filed.name, "number": visit.number}
    return visit.page("filing/receipt.html", values)


def _of(visit: Visit, work: str) -> FileChecked:
    """Return the file previewed as ``work``. Raises NotFound where it has been forgotten."""
    result = visit.work(work).result
    if not isinstance(result, FileChecked):
        raise NotFound("work-unknown")
    return result
