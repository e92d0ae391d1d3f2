"""Rules 1 to 5: what a count must never lose."""

from __future__ import annotations

import pytest

from traboule.core.errors import Invalid
from traboule.figures.quantity import Precision, Qualifier, Quantity, residual, total

ABOUT, AT_LEAST, EXACT = Precision.ABOUT, Precision.AT_LEAST, Precision.EXACT


def persons(value: int, precision: Precision = EXACT, qualifier: Qualifier | None = None) -> Quantity:
    return Quantity(value, "person", qualifier, precision, "2024-10-04")


class TestRule1:
    def test_like_quantities_add(self) -> None:
        assert persons(3) + persons(4) == persons(7)

    def test_other_unit_is_an_error(self) -> None:
        with pytest.raises(Invalid) as raised:
            persons(3) + Quantity(4, "event")
        assert raised.value.code == "figure-unit-mismatch"
        assert "person" in str(raised.value)

    def test_as_of_is_the_later(self) -> None:
        assert (
            Quantity(1, "flight", as_of="2024-10-01") + Quantity(1, "flight", as_of="2024-10-03")
        ).as_of == "2024-10-03"

    def test_a_total_of_nothing_has_no_unit(self) -> None:
        with pytest.raises(ValueError, match="no unit"):
            total([])


class TestRule2:
    @pytest.mark.parametrize("qualifier", [None, Qualifier.IDENTIFIED, Qualifier.CONFIRMED])
    def test_other_qualifier_is_an_error(self, qualifier: Qualifier | None) -> None:
        with pytest.raises(Invalid) as raised:
            persons(3, qualifier=Qualifier.POTENTIAL) + persons(4, qualifier=qualifier)
        assert raised.value.code == "figure-qualifier-mismatch"


class TestRule4:
    def test_at_least_1800_plus_50_is_at_least_1850(self) -> None:
        assert persons(1800, AT_LEAST) + persons(50) == persons(1850, AT_LEAST)

    def test_about_plus_exact_is_about(self) -> None:
        assert (persons(8_000_000, ABOUT) + persons(1)).precision is ABOUT

    def test_about_outweighs_at_least(self) -> None:
        assert (persons(5, AT_LEAST) + persons(5, ABOUT)).precision is ABOUT


class TestRule5:
    def test_weka_ii_leaves_about_29(self) -> None:
        remainder = residual(persons(300), [persons(88), persons(83), persons(100, ABOUT)])
        assert (remainder.value, remainder.precision) == (29, ABOUT)

    def test_exact_parts_leave_an_exact_rest(self) -> None:
        assert residual(persons(59), [persons(14)]) == persons(45)

    def test_a_floor_leaves_a_floor(self) -> None:
        assert residual(persons(250, AT_LEAST), [persons(50)]) == persons(200, AT_LEAST)

    def test_parts_that_exceed_the_whole_are_an_error(self) -> None:
        with pytest.raises(Invalid) as raised:
            residual(persons(10), [persons(7), persons(4)])
        assert raised.value.code == "figure-parts-exceed-whole"

    def test_parts_of_another_unit_are_an_error(self) -> None:
        with pytest.raises(Invalid):
            residual(persons(10), [Quantity(1, "event")])
