"""Measure how much of an operation's world totals the public record explains, and find its errors.

In: the rows of the public record (one for each state and measure, and ``WORLD`` rows for the totals), and the figures
counted from the states' rows (identifier to value). Out: a :class:`PublicRecord`, plain data. Guaranteed: each total
equals what states declared plus an explicit unspecified residual (rule 5); "at least" and "about" are kept (rule 4);
measures of different meaning are never added (rules 1, 2, 8); a doubtful word is a finding, never a silent correction
(rules 3, 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.core.language.messages import catalogue, fill
from traboule.core.language.numbers import numbered

WORLD = "WORLD"

# Which declared measures are part of which total: arrests for smuggling are arrests, and they are arrests "for
# trafficking or smuggling". People found whose roles are undecided, people intercepted, and migrants moved are
# measures of their own and explain no total.
PARTS: Mapping[str, tuple[str, ...]] = {
    "participants": (),
    "arrests": ("arrests", "arrests_smuggling", "arrests_trafficking"),
    "arrests_trafficking_or_smuggling": ("arrests_smuggling", "arrests_trafficking"),
    "potential_victims": ("potential_victims",),
    "irregular_migrants": ("irregular_migrants",),
    "flights_monitored": ("flights_monitored",),
    "database_checks": ("database_checks",),
}
_VICTIM_WORDS = frozenset({"rescued", "safeguarded", "freed"})
_MIGRANT_MEASURES = frozenset({"irregular_migrants", "smuggled_migrants", "migrants_facilitated"})


@dataclass(frozen=True, slots=True)
class ExplainedTotal:
    """A world total and what states declared of it.

    ``unspecified`` = ``total`` - ``declared`` is the residual (rule 5); ``residual_precision`` is ``exact``,
    ``about`` (the total is about) or ``at_most`` (a state declared "at least"). ``share`` is ``declared / total``.
    ``counted`` is what the figures stage made of the same rows, None where it gave no such figure.
    """

    figure: str
    total: int
    precision: str
    declared: int
    declared_precision: str
    counted: int | None
    share: float
    unspecified: int
    residual_precision: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apart:
    """A declared number that is part of no total, because it measures something else."""

    state: str
    measure: str
    value: int | None
    precision: str


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """The comparison: totals explained, numbers that stand apart, findings on the sources' words."""

    totals: tuple[ExplainedTotal, ...]
    apart: tuple[Apart, ...]
    findings: tuple[Finding, ...]

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Return plain data; each finding comes with its sentence in ``language``."""
        return {
            "totals": [asdict(total) | {"states": list(total.states)} for total in self.totals],
            "apart": [asdict(entry) for entry in self.apart],
            "findings": [
                {
                    "code": finding.code,
                    "severity": finding.severity.value,
                    "rule": finding.rule,
                    "row": finding.row,
                    "state": finding.values["state"],
                    "message": sentence(finding, language),
                }
                for finding in self.findings
            ],
        }


def compare(rows: Sequence[Mapping[str, str]], figures: Mapping[str, int | None]) -> PublicRecord:
    """Compare ``rows`` (from :func:`traboule.figures.published.public_record`) with ``figures`` counted from them.

    ``figures`` may be empty; a figure that differs from the sum of its rows is a finding. Raises Invalid
    (``public-record-value``, with findings) when a value is neither empty nor a whole number.
    """
    _refuse_bad_values(rows)
    totals = {row["measure"]: row for row in rows if row["reporting_state"] == WORLD}
    states = [row for row in rows if row["reporting_state"] != WORLD]
    explained = tuple(_explain(row, states, figures.get(name)) for name, row in totals.items())
    used = {measure for parts in PARTS.values() for measure in parts}
    apart = tuple(
        Apart(row["reporting_state"], row["measure"], _value(row), row["precision"])
        for row in states
        if row["measure"] not in used
    )
    return PublicRecord(explained, apart, tuple(_findings(rows, explained)))


def sentence(finding: Finding, language: str) -> str:
    """Return the sentence of a finding of this file in ``language``."""
    return fill(
        catalogue("traboule.figures", "published/words.yaml")[finding.code],
        language,
        numbered(finding.values, language),
    )


def _explain(total_row: Mapping[str, str], states: Sequence[Mapping[str, str]], counted: int | None) -> ExplainedTotal:
    name = total_row["measure"]
    total = _value(total_row) or 0
    parts = [row for row in states if row["measure"] in PARTS.get(name, (name,)) and _value(row) is not None]
    if name == "participants":
        # A state that published anything took part: participation counts reporting entities (rule 25).
        naming = sorted({row["reporting_state"] for row in states})
        declared, declared_precision = len(naming), "at_least"
    else:
        naming = sorted({row["reporting_state"] for row in parts})
        declared = sum(_value(row) or 0 for row in parts)
        declared_precision = _weakest(row["precision"] for row in parts)
    return ExplainedTotal(
        figure=name,
        total=total,
        precision=total_row["precision"],
        declared=declared,
        declared_precision=declared_precision,
        counted=counted,
        share=declared / total if total else 0.0,
        unspecified=total - declared,
        residual_precision=_residual(total_row["precision"], declared_precision),
        states=tuple(naming),
    )


def _weakest(precisions: Iterable[str]) -> str:
    distinct = set(precisions)
    return next((name for name in ("about", "at_least") if name in distinct), "exact")


def _residual(total: str, declared: str) -> str:
    if "about" in (total, declared):
        return "about"
    return "at_most" if declared == "at_least" else "exact"


def _findings(rows: Sequence[Mapping[str, str]], explained: Sequence[ExplainedTotal]) -> Iterable[Finding]:
    # Row 1 of the file is its header.
    for number, row in enumerate(rows, start=2):
        yield from _words(number, row)
    for total in explained:
        if total.counted is not None and total.figure != "participants" and total.counted != total.declared:
            yield _finding(
                "public_record_gap",
                "6",
                0,
                {
                    "state": WORLD,
                    "figure": total.figure,
                    "declared": total.declared,
                    "counted": total.counted,
                },
            )


def _words(number: int, row: Mapping[str, str]) -> Iterable[Finding]:
    values: dict[str, object] = {
        "state": row["reporting_state"],
        "value": row["value"],
        "word": row.get("word_used", ""),
        "other": row.get("also_claimed_by", ""),
    }
    if row["measure"] in _MIGRANT_MEASURES and row.get("word_used") in _VICTIM_WORDS:
        yield _finding("public_record_verb", "3", number, values)
    if row.get("also_claimed_by"):
        yield _finding("public_record_two_claims", "7", number, values)
    if row.get("undecided") == "roles":
        yield _finding("public_record_roles", "2", number, values)
    if row.get("undecided") == "attribution":
        yield _finding("public_record_attribution", "8", number, values)
    if not row["value"]:
        yield _finding("public_record_no_value", "14", number, values)


def _finding(code: str, rule: str, number: int, values: Mapping[str, object]) -> Finding:
    return Finding(code=code, severity=Severity.FINDING, table="totals", row=number, rule=rule, values=values)


def _value(row: Mapping[str, str]) -> int | None:
    return int(row["value"]) if row["value"] else None


def _refuse_bad_values(rows: Sequence[Mapping[str, str]]) -> None:
    bad = [
        _finding("public_record_bad_value", "1", number, {"state": row["reporting_state"], "value": row["value"]})
        for number, row in enumerate(rows, start=2)
        if row["value"] and not row["value"].isdecimal()
    ]
    if bad:
        raise Invalid("public-record-value", bad, count=len(bad))
