"""File and count what has been published of a real operation, like any return.

In: a desk, a folder. Out: an :class:`~traboule.demo.story_outcome.StoryOutcome` whose truth is the published totals.
Guaranteed: the same intake and the same figures as everywhere; nothing is invented and nothing published is corrected.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from traboule.app.desk import Desk
from traboule.core.language.languages import in_language
from traboule.core.language.numbers import number, share
from traboule.demo.public_record import public_record_filings
from traboule.demo.show import StoryPrinter
from traboule.demo.story import (
    ADMINISTRATOR,
    ENGINE,
    OPENED,
    OPERATION,
    PRESS,
    Progress,
    officer,
    open_accounts,
)
from traboule.demo.story_outcome import StoryOutcome

ARRIVED_AT = datetime(2024, 11, 7, 8, tzinfo=UTC)
COUNTED_AT = datetime(2024, 11, 7, 12, tzinfo=UTC)


class PublicStory:
    """One run of the public record."""

    def __init__(self, desk: Desk, out: Path, printer: StoryPrinter, progress: Progress) -> None:
        self._desk = desk
        self._out = out
        self._printer = printer
        self._progress = progress
        self._outcome = StoryOutcome()

    def run(self) -> StoryOutcome:
        """File the record, count it and compare it with the published totals."""
        open_accounts(self._desk)
        opened = self._desk.perform("operation.open", by=ADMINISTRATOR, at=OPENED, source=OPERATION)
        self._printer.chapter("chapter-public", title=opened.title(self._printer.language))
        rows = self._desk.perform("public-record.rows", by=PRESS, at=ARRIVED_AT).rows
        self._file(rows)
        figures = self._desk.perform("figures.compute", by=ENGINE, at=COUNTED_AT).to_json()["figures"]
        values = {figure["id"]: figure["value"] for figure in figures}
        record = self._desk.perform("public-record.compare", by=PRESS, at=COUNTED_AT, figures=values)
        plain = record.to_json(self._printer.language)
        self._show(plain, {figure["id"]: in_language(figure["titles"], self._printer.language) for figure in figures})
        totals = {total["figure"]: total["total"] for total in plain["totals"]}
        self._outcome.figures = {
            figure["id"]: {
                **{name: figure[name] for name in ("value", "low", "high")},
                "truth": totals[figure["id"]],
                "rows": figure["rows"],
            }
            for figure in figures
            if figure["id"] in totals
        }
        self._outcome.record = plain
        return self._outcome

    def _file(self, rows: Any) -> None:
        folder = self._out / "public-record"
        folder.mkdir(parents=True, exist_ok=True)
        sent = public_record_filings(rows)
        for place, filing in enumerate(sent):
            self._progress("receive", place, len(sent))
            by = officer(filing.state)
            written = self._desk.perform(
                "return.template",
                by=by,
                at=OPENED,
                state=filing.state,
                language=filing.language,
                cover=filing.cover,
                rows=filing.rows,
            )
            (folder / filing.file_name).write_bytes(written.content)
            received = self._desk.perform(
                "return.receive",
                by=by,
                at=ARRIVED_AT + timedelta(minutes=place),
                name=filing.file_name,
                content=written.content,
            )
            self._outcome.add(received.receipt)
        self._progress("receive", len(sent), len(sent))
        counts = self._outcome.to_json()["returns"]
        self._printer.say("returns", files=len(sent), states=len({filing.state for filing in sent}), **counts)

    def _show(self, plain: dict[str, Any], titles: dict[str, str]) -> None:
        language = self._printer.language
        marks = {"exact": "", "about": "~", "at_least": "≥", "at_most": "≤"}

        def amount(total: dict[str, Any], precision: str, value: str) -> str:
            return f"{marks[total[precision]]}{number(total[value], language)}"

        self._printer.explained(
            [
                (
                    titles[total["figure"]],
                    amount(total, "precision", "total"),
                    amount(total, "declared_precision", "declared")
                    + f" ({share(total['share'], language, decimals=1)})",
                    amount(total, "residual_precision", "unspecified"),
                )
                for total in plain["totals"]
            ]
        )
        self._printer.say("public-findings")
        for finding in plain["findings"]:
            self._printer.line(finding["message"])
