"""Primary suppression: which cells are sensitive, why, and how wide their feasibility intervals must stay.

In: a release's cells and the operation's policy. Out: key -> reason, and widths in counted units. Guaranteed: every
cell that the policy names is protected, whether or not it is published; pure. Source: Hundepool et al., Statistical
Disclosure Control (2012), chapter 4 (threshold rule, dominance).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.figures.disclosure.cells import RULE, Cell, Edition, PublishedValue, exactly, nearest
from traboule.operation.operation import ReleasePolicy


class ProtectionReason(StrEnum):
    """Why a cell is protected."""

    SMALL = "small"  # It counts fewer persons than the threshold.
    MINORS = "minors"  # It counts fewer minors than the threshold for minors.
    INCIDENTS = "incidents"  # Fewer actions contribute to it than the policy requires: it would reveal a case.
    DOMINATED = "dominated"  # Less the largest contributor, which knows its own part, it is below the threshold.
    ZERO = (
        "zero"  # It is zero and its total is small: publishing it would reveal an attribute of each of those persons.
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy's parameters for disclosure control. ``base``: what published cells are rounded to (1: not at all).

    ``width``: the least width of a protected cell's feasibility interval; None for the cell's own threshold, since a
    narrower interval discloses as much as a small cell. ``controlled``: controlled rounding instead of suppression; the
    interval of a protected cell is then as wide as the rounding leaves it.
    """

    threshold: int
    minors_threshold: int
    minimum_incidents: int
    base: int = 1
    width: int | None = None
    controlled: bool = False

    @classmethod
    def of(cls, policy: ReleasePolicy) -> Rules:
        """Return the rules of an operation's policy, which its file has been checked for."""
        base = max(1, policy.rounding)
        controlled = policy.protection == "rounding"
        thresholds = (policy.threshold, policy.minors_threshold, policy.minimum_incidents)
        return cls(*thresholds, base, width=base - 1 if controlled else None, controlled=controlled)

    def least(self, cell: Cell) -> int:
        """Return the smallest count of its kind that may be published."""
        return max(self.threshold, self.minors_threshold) if cell.minors else self.threshold

    def published_value(self, cell: Cell) -> PublishedValue:
        """Return the published value of a cell that is not suppressed, with what a reader who knows these rules infers.

        No count of persons below its threshold is published, so the true value of a rounded one is not below it, and a
        published zero is exact.
        """
        if cell.stated or cell.impossible or not cell.people or not cell.value:
            return exactly(cell.value)
        value = nearest(cell.value, self.base)
        return replace(value, low=max(value.low, min(cell.value, self.least(cell))))

    def needed(self, cell: Cell) -> int:
        """Return the least width of the feasibility interval of ``cell``.

        A rounded cell that is listed is not zero: that end of its rounding interval protects nothing.
        """
        return self.least(cell) if self.width is None else max(1, self.width - cell.floor)


def protected(edition: Edition, rules: Rules) -> dict[str, ProtectionReason]:
    """Return the sensitive cells of a release, in its order (primary suppression).

    A zero is published, since it describes nobody, unless the total is itself small: that none of four persons is a man
    reveals the sex of each. A structural zero is known anyway and never protected. A headline is a cell like any other:
    where few report, it is what one of them filed.
    """
    reasons = {cell.key: reason for cell in edition.cells if (reason := _own_reason(cell, rules)) is not None}
    small = {cell.key for cell in edition.cells if cell.people and 0 < cell.value < rules.least(cell)}
    parts_of_small = {key for relation in edition.relations if relation.total in small for key in relation.parts}
    for cell in edition.cells:
        if cell.people and not cell.value and not cell.impossible and cell.key in parts_of_small:
            reasons[cell.key] = ProtectionReason.ZERO
    return {cell.key: reasons[cell.key] for cell in edition.cells if cell.key in reasons}


def refuse_stated(edition: Edition, reasons: Mapping[str, ProtectionReason]) -> None:
    """Raise Invalid (``disclosure-stated-small``) where a total that is published exactly is itself protected."""
    small = [cell.key for cell in edition.cells if cell.stated and cell.key in reasons]
    findings = [
        Finding(
            "disclosure-cell-stated",
            Severity.ERROR,
            sheet=edition.name,
            value=key,
            rule=RULE,
            values={"release": edition.name, "cell": key, "reason": str(reasons[key])},
        )
        for key in small
    ]
    if findings:
        raise Invalid("disclosure-stated-small", findings, cells=", ".join(small), count=len(small))


def _own_reason(cell: Cell, rules: Rules) -> ProtectionReason | None:
    if not cell.people or cell.value <= 0:
        return None
    if cell.value < rules.threshold:
        return ProtectionReason.SMALL
    if cell.value < rules.least(cell):
        return ProtectionReason.MINORS
    if cell.incidents is not None and cell.incidents < rules.minimum_incidents:
        return ProtectionReason.INCIDENTS
    if cell.largest is not None and 0 < cell.value - cell.largest < rules.threshold:
        return ProtectionReason.DOMINATED
    return None
