"""Which cells are protected, why, and how uncertain a reader must remain about them.

Comes in: a release's cells and the operation's policy. Goes out: key -> reason, and widths in counted units. Promises:
nothing that the policy names is missed, whether or not the cell is shown; pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from traboule.core.errors import Invalid
from traboule.core.findings import Finding, Severity
from traboule.figures.disclosure.cells import RULE, Cell, Edition, Said, exactly, nearest
from traboule.operation.operation import ReleasePolicy


class Reason(StrEnum):
    """Why a cell is protected."""

    SMALL = "small"  # It counts fewer persons than the threshold.
    MINORS = "minors"  # It counts fewer minors than the threshold for minors.
    INCIDENTS = "incidents"  # It rests on fewer actions than the policy asks for: it would tell a case.
    DOMINATED = "dominated"  # Without the unit that filed most, which knows its own part, the rest is small.
    ZERO = "zero"  # It is zero beside a small whole: saying so would tell something about each of the few.


@dataclass(frozen=True, slots=True)
class Rules:
    """The policy as protection reads it. ``base``: what shown cells are rounded to (1: not at all).

    ``width``: how many units wide a reader's interval for a protected cell must be; None for the cell's own threshold:
    an interval narrower than the threshold tells as much as a small cell would. ``controlled``: cells are not hidden
    but rounded up or down, and a reader's interval for a protected one is as wide as that leaves open.
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
        """Return the smallest count of its kind that may be shown."""
        return max(self.threshold, self.minors_threshold) if cell.minors else self.threshold

    def shown(self, cell: Cell) -> Said:
        """Return what a release says of a cell it shows, and what a reader who knows these rules then knows.

        Nobody shows a count of persons below its threshold, so a rounded one is no smaller, and a zero is a zero.
        """
        if cell.stated or cell.impossible or not cell.people or not cell.value:
            return exactly(cell.value)
        said = nearest(cell.value, self.base)
        return replace(said, low=max(said.low, min(cell.value, self.least(cell))))

    def needed(self, cell: Cell) -> int:
        """Return how wide a reader's interval for ``cell`` must stay."""
        return self.least(cell) if self.width is None else self.width


def protected(edition: Edition, rules: Rules) -> dict[str, Reason]:
    """Return the protected cells of a release, in its order (primary protection).

    Zeros: a zero is shown, since "none found" names nobody, except beside a whole that is itself small: that none of
    four persons is a man says of each that she is not. A structural zero is known anyway and never protected.
    Totals over the whole operation are left exact by the policy: they name no state, no sex, no age.
    """
    found = {cell.key: reason for cell in edition.cells if (reason := _own(cell, rules)) is not None}
    small = {cell.key for cell in edition.cells if cell.people and 0 < cell.value < rules.least(cell)}
    beside = {key for relation in edition.relations if relation.whole in small for key in relation.parts}
    for cell in edition.cells:
        if cell.people and not cell.total and not cell.value and not cell.impossible and cell.key in beside:
            found[cell.key] = Reason.ZERO
    return {cell.key: found[cell.key] for cell in edition.cells if cell.key in found}


def refuse_stated(edition: Edition, reasons: Mapping[str, Reason]) -> None:
    """Raise Invalid (``disclosure-stated-small``) where a total that is stated exactly is itself protected."""
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


def _own(cell: Cell, rules: Rules) -> Reason | None:
    if not cell.people or cell.total or cell.value <= 0:
        return None
    if cell.value < rules.threshold:
        return Reason.SMALL
    if cell.value < rules.least(cell):
        return Reason.MINORS
    if cell.incidents is not None and cell.incidents < rules.minimum_incidents:
        return Reason.INCIDENTS
    if cell.largest is not None and 0 < cell.value - cell.largest < rules.threshold:
        return Reason.DOMINATED
    return None
