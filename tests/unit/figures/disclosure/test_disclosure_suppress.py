"""Small tables, each possible one written down: what the audit proves, and what suppression hides without need."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.disclosure_tables import table

from traboule.core.errors import Invalid
from traboule.figures.disclosure import suppress as search
from traboule.figures.disclosure.audit import Interval, audit
from traboule.figures.disclosure.cells import (
    Between,
    Cell,
    Edition,
    History,
    PublishedValue,
    Relation,
    Supposed,
    exactly,
)
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


def by_state_and_sex(counts: np.ndarray, hidden: np.ndarray, sexes: range) -> Edition:
    """Return what three states found, by state and by sex; each state knows its own part of every cell.

    With one sex alone, it is only known to be no more than the total.
    """
    states = range(3)
    whole = Cell("all", int(counts.sum()), stated=True, own={f"S{s}": int(counts[s].sum()) for s in states})
    by_state = [Cell(f"S{s}", n := int(counts[s].sum()), state=f"S{s}", own={f"S{s}": n}) for s in states]
    by_sex = [Cell(f"x{x}", int(counts[:, x].sum()), own={f"S{s}": int(counts[s, x]) for s in states}) for x in sexes]
    relations = (
        Relation("all", tuple(cell.key for cell in by_state)),
        Relation("all", tuple(cell.key for cell in by_sex), exact=len(sexes) == 2),
    )
    parts = zip([*by_state, *by_sex], hidden, strict=False)
    published = {cell.key: exactly(cell.value) for cell, is_hidden in parts if not is_hidden}
    return Edition("1", (whole, *by_state, *by_sex), relations, {**published, "all": exactly(whole.value)})


@pytest.mark.promise("no-protected-cell")
@pytest.mark.parametrize("sexes", [range(2), range(1)])
@pytest.mark.parametrize("seed", range(16))
def test_each_state_computes_what_trying_every_table_gives_it_and_no_more(seed: int, sexes: range) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(6, np.full(6, 1 / 6)).reshape(3, 2)
    release = by_state_and_sex(counts, rng.random(5) < 0.7, sexes)
    release = publishing(release, set(release.published) - set(protected(release, RULES)))
    leaks = audit(History((release,)), RULES).leaks
    assert {(leak.target.key, leak.target.insider) for leak in leaks} == computed(release, counts, sexes)


@pytest.mark.promise("no-protected-cell")
@pytest.mark.parametrize("seed", range(16))
def test_what_is_hidden_protects_from_every_state_too(seed: int) -> None:
    counts = np.random.default_rng(seed).multinomial(6, np.full(6, 1 / 6)).reshape(3, 2)
    draft = by_state_and_sex(counts, np.zeros(5, dtype=bool), range(2))
    unavoidable = computed(publishing(draft, {"all"}), counts, range(2))
    if unavoidable:
        with pytest.raises(Invalid) as refusal:
            suppress(draft, History(), RULES)
        assert {finding.value for finding in refusal.value.findings} == {key for key, _ in unavoidable}
    else:
        made = suppress(draft, History(), RULES)
        assert computed(made.edition, counts, range(2)) == set()
        for key in made.secondary:
            assert computed(publishing(draft, {*made.edition.published, key}), counts, range(2)), key


def computed(release: Edition, counts: np.ndarray, sexes: range) -> set[tuple[str, str]]:
    """Return the protected cells that somebody can compute, and who: everybody, or a state that another found it of."""
    matrices = np.indices((7,) * 6).reshape(3, 2, -1)
    values = {f"S{state}": matrices[state].sum(0) for state in range(3)}
    values |= {f"x{sex}": matrices[:, sex].sum(0) for sex in sexes}
    agreeing = matrices.sum((0, 1)) == 6
    for key in release.published.keys() - {"all"}:
        agreeing &= values[key] == release.cell(key).value
    expected = set()
    for key in protected(release, RULES):
        if np.ptp(values[key][agreeing]) < RULES.threshold:
            expected.add((key, ""))
            continue
        for state in range(3):
            known = agreeing & (matrices[state] == counts[state][:, None]).all(0)
            is_own = release.cell(key).value == release.cell(key).own.get(f"S{state}", 0)
            if not is_own and np.ptp(values[key][known]) < RULES.threshold:
                expected.add((key, f"S{state}"))
    return expected


CHANGES = {None: (0, 2, -1), Supposed.SAME: (0, 0, 0), Supposed.GROWN: (1, 0, 0), Supposed.SHRUNK: (0, -1, 0)}


@pytest.mark.promise("no-protected-cell")
@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("seed", range(4))
def test_two_releases_give_away_what_trying_every_pair_of_tables_does(how: Supposed | None, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = np.array([1, 2, 2]) + rng.multinomial(2, np.full(3, 1 / 3))
    counts = {"1": first, "2": first + CHANGES[how]}
    between = (Between("1", "2", how),) if how else ()
    tables = np.indices((9,) * 6).reshape(2, 3, -1)
    values, editions = {}, []
    agreeing = np.ones(tables.shape[-1], dtype=bool)
    for (name, numbers), of_release in zip(counts.items(), tables, strict=True):
        whole = Cell("all", int(numbers.sum()), people=False)
        parts = tuple(Cell(key, int(number)) for key, number in zip("abc", numbers, strict=True))
        draft = Edition(name, (whole, *parts), (Relation("all", ("a", "b", "c")),))
        shown = {key for key in "abc" if rng.random() < 0.4} - set(protected(draft, RULES))
        editions.append(publishing(draft, shown | {"all"}))
        agreeing &= of_release.sum(0) == whole.value
        for place, key in enumerate("abc"):
            values[name, key] = of_release[place]
            agreeing &= (of_release[place] == numbers[place]) | (key not in shown)
    growth = np.vstack([tables[1] - tables[0], tables[1].sum(0) - tables[0].sum(0)])
    if how:
        is_so = {Supposed.SAME: growth == 0, Supposed.GROWN: growth >= 0, Supposed.SHRUNK: growth <= 0}
        agreeing &= is_so[how].all(0)
    expected = {
        (edition.name, key)
        for edition in editions
        for key in protected(edition, RULES)
        if np.ptp(values[edition.name, key][agreeing]) < RULES.threshold
    }
    leaks = audit(History(tuple(editions), between), RULES).leaks
    assert {(leak.target.release, leak.target.key) for leak in leaks} == expected


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


def test_partners_that_move_one_way_only_are_hidden_for_either_end() -> None:
    """Of one partner there may be one more, of another two fewer: the cell is one to four, and both are needed."""
    cells = (Cell("a", 2), Cell("b", 8, people=False), Cell("c", 10, people=False))
    limits = {"b": (8, 9), "c": (8, 10)}
    bounds = [
        (Cell(f"{end} {key}", value, people=False, stated=True), (key, f"{end} {key}")[:: 1 if end == "least" else -1])
        for key, ends in limits.items()
        for end, value in zip(("least", "most"), ends, strict=True)
    ]
    bounded = tuple(Relation(whole, (part,), exact=False) for _, (whole, part) in bounds)
    row = one_row(*cells, *(cell for cell, _ in bounds), total=20, relations=bounded)
    assert hidden(row) == {"a", "b", "c"}
    assert interval_of(row).low == 1


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
