"""Represent a count with its unit, qualifier, precision and as-of instant (rules 1 to 5).

In: numbers with these attributes. Out: quantities that can be added only to quantities of the same unit and qualifier.
Guaranteed: adding two units or two qualifiers raises; "at least" and "about" survive every addition.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from traboule.core.errors import Invalid


class Precision(StrEnum):
    """The precision of a number (rule 4): exact, a lower bound, or a rounded estimate."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"


class Qualifier(StrEnum):
    """The word a victim count may never lose (rule 2). Three qualifiers are three measures."""

    POTENTIAL = "potential"
    IDENTIFIED = "identified"
    CONFIRMED = "confirmed"


_WEAKNESS = {Precision.EXACT: 0, Precision.AT_LEAST: 1, Precision.ABOUT: 2}


def weakest(precisions: Iterable[Precision]) -> Precision:
    """Return the precision of a sum: the weakest of exact < at least < about; of no terms, exact.

    A lower bound plus an estimate is an estimate, so "about" outweighs "at least".
    """
    return max(precisions, key=_WEAKNESS.__getitem__, default=Precision.EXACT)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole number of ``unit`` under ``qualifier``, with ``precision``, known ``as_of`` (an ISO instant or day).

    ``as_of`` of a sum is the later of the two.
    """

    value: int
    unit: str
    qualifier: Qualifier | None = None
    precision: Precision = Precision.EXACT
    as_of: str = ""

    def __add__(self, other: Quantity) -> Quantity:
        """Add a like quantity. Raises Invalid where unit or qualifier differ (rules 1 and 2)."""
        self._refuse_unlike(other)
        return Quantity(
            self.value + other.value,
            self.unit,
            self.qualifier,
            weakest((self.precision, other.precision)),
            max(self.as_of, other.as_of),
        )

    def _refuse_unlike(self, other: Quantity) -> None:
        if self.unit != other.unit:
            raise Invalid("figure-unit-mismatch", first=self.unit, second=other.unit)
        if self.qualifier != other.qualifier:
            first, second = (str(quantity.qualifier or "-") for quantity in (self, other))
            raise Invalid("figure-qualifier-mismatch", first=first, second=second)


def total(quantities: Iterable[Quantity]) -> Quantity:
    """Add one or more like quantities; raises Invalid on unlike ones, ValueError on none."""
    several = list(quantities)
    if not several:
        raise ValueError("a total of nothing has no unit")
    return reduce(Quantity.__add__, several)


def residual(total_quantity: Quantity, parts: Iterable[Quantity]) -> Quantity:
    """Return what a declared total leaves unspecified, less its declared parts (rule 5).

    300 with 88, 83 and about 100 leaves about 29. A lower bound among the parts makes the remainder an
    estimate, since "at most" is not a precision here. Raises Invalid where the parts exceed the total, or differ from
    it in unit or qualifier.
    """
    like = [Quantity(0, total_quantity.unit, total_quantity.qualifier), *parts]
    summed = total(like)
    remainder = total_quantity.value - summed.value
    if remainder < 0 and total_quantity.precision is Precision.EXACT:
        raise Invalid("figure-parts-exceed-whole", whole=total_quantity.value, parts=summed.value)
    inexact = summed.precision is not Precision.EXACT
    precision = Precision.ABOUT if inexact else total_quantity.precision
    return Quantity(
        max(remainder, 0),
        total_quantity.unit,
        total_quantity.qualifier,
        precision,
        max(total_quantity.as_of, summed.as_of),
    )
