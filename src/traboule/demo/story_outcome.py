"""Say what a demo came to: rows, figures beside the truth before and after judging, findings, files.

In: receipts, figures as the desk gives them, the truth. Out: a :class:`StoryOutcome`, plain values. Guaranteed: a
figure before judging stands beside what had been filed by then, not beside what comes out weeks later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from traboule.demo.findings.scores import Score


@dataclass
class StoryOutcome:
    """The result of a demo: rows over all returns, the figures with the truth, the documents of the release.

    ``preliminary`` are the figures before anything was judged, ``figures`` the final ones;
    ``marked`` are the workbooks sent back with their faults marked; ``open_links`` how many links are left to judge;
    ``record`` is the comparison with the published totals, for the demo of the public record.
    """

    filed: int = 0
    entered: int = 0
    held: int = 0
    refused: int = 0
    preliminary: dict[str, dict[str, Any]] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    findings: dict[str, Score] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    marked: list[str] = field(default_factory=list)
    open_links: int = 0
    record: dict[str, Any] | None = None

    def add(self, receipt: Any) -> None:
        """Add the counts of a receipt."""
        self.filed += receipt.filed
        self.entered += receipt.entered
        self.held += receipt.held
        self.refused += receipt.refused

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        counts = {name: getattr(self, name) for name in ("filed", "entered", "held", "refused")}
        plain: dict[str, Any] = {"returns": counts, "figures": self.figures, "release": {"files": self.files}}
        plain |= {name: getattr(self, name) for name in ("preliminary", "findings") if getattr(self, name)}
        return plain if self.record is None else {**plain, "public_record": self.record}


def beside(truth: Mapping[str, int], figures: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return each figure with its range and ``truth``: figure -> what it was in the world that was invented."""
    return {
        figure["id"]: {
            **{name: figure[name] for name in ("value", "low", "high", "interval")},
            "truth": truth[figure["id"]],
            "rows": figure["rows"],
        }
        for figure in figures
    }
