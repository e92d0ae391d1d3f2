"""Explain the model of an operation: what each agreement and each difference weighs, and why so much.

In: an operation. Out: the model of its latest run, level by level, with the source of every number and its hash.
Guaranteed: a reader who may not see protected records is shown the desk's model, which was learned without them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers.opening import the_operation
from traboule.linkage.explain import word
from traboule.linkage.run import hash_key
from traboule.linkage.store.runs import latest_run
from traboule.linkage.weights.model import read_model
from traboule.linkage.weights.model_report import GIVEN, LevelReport, level_reports, prior_bits, prior_source


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One level of one comparison; ``field`` and ``words`` are in the reader's language, sources in codes."""

    comparison: str
    level: int
    field: str
    words: str
    m: float
    u: float
    bits: float
    m_source: str
    u_source: str
    varies: bool


@dataclass(frozen=True, slots=True)
class ModelShown:
    """The model of the run of instant ``ran``. ``records``: how many it was learned from, none where it is declared.

    ``prior``: the probability that two random records match, its bits and its source. ``calibration``: slope and
    offset from bits to log2 odds, and their source. ``relatives``: pairs of relatives for each pair of one person.
    """

    operation: str
    ran: str
    hash: str
    by: str
    records: int
    prior: Mapping[str, float | str]
    calibration: Mapping[str, float | str]
    relatives: float
    levels: Sequence[ModelLine]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def explain_model(call: Call, *, operation: str | None = None, language: str = "en") -> ModelShown:
    """Return the model of the latest run, level by level. Raises NotFound before the first run."""
    chosen = the_operation(operation)
    run = latest_run(chosen.code, protected=call.by.sees_protected)
    fitted = read_model(run.model, key=hash_key())
    slope, offset = fitted.calibration
    return ModelShown(
        operation=chosen.code,
        ran=run.at.isoformat(),
        hash=fitted.hash,
        by=str(fitted.trained.get("by", "")),
        records=int(fitted.trained.get("records", 0)),
        prior={"probability": fitted.prior, "bits": round(prior_bits(fitted), 4), "source": prior_source(fitted)},
        calibration={"slope": slope, "offset": offset, "source": GIVEN},
        relatives=fitted.relatives.per_match,
        levels=[_line(report, language) for report in level_reports(fitted)],
    )


def _line(report: LevelReport, language: str) -> ModelLine:
    return ModelLine(
        comparison=report.comparison,
        level=report.level,
        field=word("fields", report.comparison, language),
        words=word("levels", report.label, language),
        m=report.m,
        u=report.u,
        bits=round(report.bits, 4),
        m_source=report.m_source,
        u_source=report.u_source,
        varies=report.varies,
    )
