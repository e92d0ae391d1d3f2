"""Small tables, each possible one written down: what the audit proves, and what suppression hides without need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.disclosure_tables import table

from traboule.core.errors import Invalid
from traboule.figures.disclosure import suppress as search
from traboule.figures.disclosure.audit import Interval, audit
from traboule.figures.disclosure.cells import Cell, Edition, History, PublishedValue, Relation, exactly
from traboule.figures.disclosure.rules import Rules, protected
from traboule.figures.disclosure.suppress import suppress

RULES = Rules(threshold=3, minors_threshold=3, minimum_incidents=2)
SHAPE = (2, 3)


def random_table(seed: int) -> Edition:
    """Return a table of two rows and three columns with its margins, of which only the grand total is stated."""
    counts = np.random.default_rng(seed).multinomial(6, np.full(6, 1 / 6)).reshape(SHAPE)
    return table(counts, "1")


def possible(release: Edition) -> dict[str, np.ndarray]:
    """Return for each cell its value in every table that agrees with what is published, by trying all of them."""
    most = release.cell("all/all").value
    inner = np.indices((most + 1,) * 6).reshape(*SHAPE, -1)
    whole = np.concatenate([inner, inner.sum(0, keepdims=True)])
    whole = np.concatenate([whole, whole.sum(1, keepdims=True)], axis=1)
    rows, columns = ("0", "1", "all"), ("0", "1", "2", "all")
    values = {f"{row}/{column}": whole[r, c] for r, row in enumerate(rows) for c, column in enumerate(columns)}
    agreeing = np.ones(inner.shape[-1], dtype=bool)
    for key, published in release.published.items():
        agreeing &= values[key] >= published.low
        if published.high is not None:
            agreeing &= values[key] <= published.high
    return {key: value[agreeing] for key, value in values.items()}


def exposed(release: Edition) -> set[str]:
    """Return the protected cells whose possible values differ by less than the threshold."""
    values = possible(release)
    return {key for key in protected(release, RULES) if np.ptp(values[key]) < RULES.threshold}


def publishing(release: Edition, keys: set[str]) -> Edition:
    return replace(release, published={key: exactly(release.cell(key).value) for key in keys})


@pytest.mark.parametrize("seed", range(12))
def test_the_audit_finds_what_trying_every_table_finds(seed: int) -> None:
    draft = random_table(seed)
    shown = np.random.default_rng(seed + 100).random(len(draft.cells)) < 0.4
    keys = {cell.key for cell, is_shown in zip(draft.cells, shown, strict=True) if is_shown} | {"all/all"}
    release = publishing(draft, keys - set(protected(draft, RULES)))
    values, intervals = possible(release), audit(History((release,)), RULES).intervals
    assert {interval.target.key for interval in intervals} == set(protected(draft, RULES))
    for interval in intervals:
        least, most = int(values[interval.target.key].min()), int(values[interval.target.key].max())
        assert interval.safe is (most - least >= RULES.threshold)
        assert least <= interval.low <= draft.cell(interval.target.key).value <= interval.high <= most
        if not interval.safe:
            assert (interval.low, interval.high) == (least, most)


@pytest.mark.promise("no-protected-cell")
@pytest.mark.parametrize("seed", range(12))
def test_what_is_hidden_protects_and_nothing_is_hidden_without_need(seed: int) -> None:
    draft = random_table(seed)
    made = suppress(draft, History(), RULES)
    assert exposed(made.edition) == set()
    assert made.edition.published["all/all"] == exactly(6)
    for key in made.secondary:
        assert exposed(publishing(draft, {*made.edition.published, key})), key


def one_row(*cells: Cell, total: int, relations: tuple[Relation, ...] = ()) -> Edition:
    """Return a release of a stated total and its parts."""
    whole = Cell("all", total, people=False, stated=True)
    parts = tuple(cell.key for cell in cells if not cell.stated)
    return Edition("1", (whole, *cells), (Relation("all", parts), *relations))


def hidden(release: Edition, rules: Rules = RULES) -> set[str]:
    printed = suppress(release, History(), rules).printed()
    return {key for key, value in printed.items() if value is None}


def interval_of(release: Edition, key: str = "a") -> Interval:
    (interval,) = suppress(release, History(), RULES).audit.intervals
    assert interval.target.key == key
    return interval


@pytest.fixture
def without_publishing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide as in a table that is too large for the last step, which publishes again what need not be hidden."""
    monkeypatch.setattr(search, "_MOST_COMPLEMENTARY", 0)


def test_a_large_cell_moves_to_either_side_of_its_value(without_publishing_again: None) -> None:
    """Twenty persons of one action: three more or one less are enough, and the small partner alone allows that."""
    row = one_row(Cell("a", 20, incidents=1), Cell("b", 2, people=False), Cell("c", 50, people=False), total=72)
    assert hidden(row) == {"a", "b"}


def test_a_small_cell_moves_from_nought_to_its_width(without_publishing_again: None) -> None:
    row = one_row(Cell("a", 2), Cell("b", 1, people=False), Cell("c", 50, people=False), total=53)
    assert hidden(row) == {"a", "b"}


@pytest.mark.parametrize(("at_least", "is_safe"), [(4, True), (5, False)])
def test_a_cell_that_cannot_be_nought_is_protected_where_it_can_vary_enough(at_least: int, is_safe: bool) -> None:
    """Of eight, the partner is four or five to seven, so that the cell is one to four, or one to three only."""
    cells = (Cell("a", 2), Cell("b", 6, people=False))
    bounds = (Cell("most", 7, people=False, stated=True), Cell("least", at_least, people=False, stated=True))
    bounded = (Relation("most", ("b",), exact=False), Relation("b", ("least",), exact=False))
    row = one_row(*cells, *bounds, total=8, relations=bounded)
    if is_safe:
        assert hidden(row) == {"a", "b"}
        assert interval_of(row).low == 1
    else:
        with pytest.raises(Invalid) as refusal:
            suppress(row, History(), RULES)
        assert [finding.value for finding in refusal.value.findings] == ["a"]


def test_rounded_neighbours_are_hidden_only_where_their_rounding_is_not_enough(without_publishing_again: None) -> None:
    """Each partner can be two more or two less than printed: two of them let a cell of two be nought to four."""
    rules = Rules(threshold=3, minors_threshold=3, minimum_incidents=2, base=5)
    assert rules.published_value(Cell("b", 20)) == PublishedValue(20, 18, 22)
    row = one_row(Cell("a", 2), Cell("b", 20), total=22)
    assert hidden(row, rules) == {"a"}
    exact = one_row(Cell("a", 2), Cell("b", 20, people=False), total=22)
    assert hidden(exact, rules) == {"a", "b"}


def test_the_interval_that_is_proven_is_said() -> None:
    row = one_row(Cell("a", 2), Cell("b", 5, people=False), Cell("c", 50, people=False), total=57)
    interval = interval_of(row)
    assert (interval.low, interval.safe, interval.recovered) == (0, True, False)
    assert 3 <= interval.high <= 7
