"""What the audit refuses and proves, and what a history must say truly before it is audited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from traboule.core.errors import Invalid
from traboule.figures.disclosure.audit import FeasibleTables, attack, audit, findings, require_safe, targets
from traboule.figures.disclosure.cells import (
    Between,
    Cell,
    Edition,
    History,
    PublishedValue,
    Relation,
    Supposed,
    check,
    exactly,
)
from traboule.figures.disclosure.rounding import rounded
from traboule.figures.disclosure.rules import Rules
from traboule.figures.disclosure.system import system

RULES = Rules(threshold=5, minors_threshold=8, minimum_incidents=2)


def edition(small: int, *, partner: int = 16, shows_partner: bool) -> Edition:
    """Return a total of a small cell, which is hidden, and a partner."""
    cells = (Cell("all", small + partner, stated=True), Cell("a", small), Cell("b", partner))
    published = {"all": exactly(small + partner)} | ({"b": exactly(partner)} if shows_partner else {})
    return Edition("1", cells, (Relation("all", ("a", "b")),), published)


def test_a_history_that_gives_a_cell_away_is_refused_by_name() -> None:
    with pytest.raises(Invalid) as refusal:
        require_safe(History((edition(4, shows_partner=True),)), RULES)
    assert refusal.value.code == "disclosure-recovered"
    assert [(finding.code, finding.value) for finding in refusal.value.findings] == [("disclosure-cell-recovered", "a")]
    assert refusal.value.values["count"] == 1
    safe = require_safe(History((edition(4, shows_partner=False),)), RULES)
    assert [interval.safe for interval in safe.intervals] == [True]


def test_a_cell_is_safe_from_the_width_of_its_threshold_on() -> None:
    for whole, is_safe in ((4, False), (5, True)):
        cells = (Cell("all", whole, people=False), Cell("a", 1), Cell("b", whole - 1, people=False))
        release = Edition("1", cells, (Relation("all", ("a", "b")),), {"all": exactly(whole)})
        (interval,) = audit(History((release,)), RULES).intervals
        assert (interval.low, interval.high, interval.safe) == (0, whole, is_safe)


def test_every_table_that_was_found_widens_what_the_reader_cannot_tell_apart() -> None:
    joint = system(History((edition(4, shows_partner=False),)))
    place = joint.place["1", "a"], joint.place["1", "b"]
    tables = FeasibleTables(joint)
    assert [ends[place[0]] for ends in tables.spread(joint)] == [4, 4]
    moved = joint.value.copy()
    moved[place[0]], moved[place[1]] = 0, 20
    tables.add(moved)
    assert [ends[place[0]] for ends in tables.spread(joint)] == [0, 4]


def by_state(*hidden: str) -> History:
    """Return a release of what three states found, each of which knows its own number."""
    counts = {"ML": 2, "SN": 16, "TG": 18}
    parts = tuple(Cell(state, count, state=state, own={state: count}) for state, count in counts.items())
    whole = Cell("all", 36, stated=True, own=counts)
    published = {cell.key: exactly(cell.value) for cell in (whole, *parts) if cell.key not in hidden}
    return History((Edition("1", (whole, *parts), (Relation("all", tuple(counts)),), published),))


def test_a_finding_says_whether_a_cell_is_known_or_only_bounded() -> None:
    whole, part = Cell("all", 4, people=False), Cell("a", 1)
    bounded = Edition("1", (whole, part), (Relation("all", ("a",), exact=False),), {"all": exactly(4)})
    for history, code in (
        (History((bounded,)), "disclosure-cell-narrowed"),
        (by_state("ML"), "disclosure-cell-recovered"),
        (by_state("ML", "SN"), "disclosure-cell-recovered-inside"),
    ):
        assert [finding.code for finding in audit(history, RULES).findings()] == [code]


@pytest.mark.parametrize("how", [Supposed.GROWN, Supposed.SHRUNK])
def test_who_knows_more_is_told_no_less(how: Supposed) -> None:
    """A state whose own number fell while the sum grew still knows that the sum did not fall."""
    numbers = [(20, {"ML": 9, "SN": 11}), (24, {"ML": 7, "SN": 17})]
    if how is Supposed.SHRUNK:
        numbers.reverse()
    part, within = Cell("a", 3, own={"ML": 1, "SN": 2}), (Relation("all", ("a",), exact=False),)
    editions = tuple(
        Edition(name, (Cell("all", value, own=own), part), within)
        for name, (value, own) in zip("12", numbers, strict=True)
    )
    joint = system(History(editions, (Between("1", "2", how),)))
    for state in ("ML", "SN"):
        known = joint.known_to(state)
        assert (known.row_low >= joint.row_low).all()
        assert (known.row_high <= joint.row_high).all()
        assert (known.floor >= joint.floor).all()
        assert (known.ceiling <= joint.ceiling).all()
        assert ((known.matrix @ known.value >= known.row_low) & (known.matrix @ known.value <= known.row_high)).all()


def test_a_state_that_filed_nothing_knows_what_everybody_knows() -> None:
    cells = (Cell("all", 20, own={"ML": 20, "CI": 0}), Cell("a", 3, own={"ML": 3, "CI": 0}))
    joint = system(History((Edition("1", cells, (Relation("all", ("a",), exact=False),)),)))
    known = joint.known_to("CI")
    for name in ("low", "high", "floor", "ceiling", "row_low", "row_high"):
        assert (getattr(known, name) == getattr(joint, name)).all(), name


def test_a_state_that_knows_its_own_number_is_a_reader_of_its_own() -> None:
    """Its own number is no secret to it; what another found is, even where only its own number gives that away."""
    assert audit(by_state("ML", "SN", "TG"), RULES).leaks == ()
    leaks = audit(by_state("ML", "SN"), RULES).leaks
    assert [(leak.target.key, leak.target.insider, leak.low, leak.high) for leak in leaks] == [("ML", "SN", 2, 2)]
    everybody = audit(by_state("ML"), RULES).leaks
    assert [(leak.target.key, leak.target.insider) for leak in everybody] == [("ML", "")]


def test_a_state_knows_that_others_found_no_more_of_a_part_than_of_its_whole() -> None:
    """Of twenty it found sixteen and none of the part, so that the part is at most four."""
    cells = (Cell("all", 20, stated=True, own={"ML": 16, "SN": 4}), Cell("a", 3, own={"SN": 3}))
    release = Edition("1", cells, (Relation("all", ("a",), exact=False),), {"all": exactly(20)})
    leaks = audit(History((release,)), RULES).leaks
    assert [(leak.target.insider, leak.low, leak.high) for leak in leaks] == [("ML", 0, 4)]
    (finding,) = findings(leaks)
    assert (finding.code, finding.value, finding.values["state"]) == ("disclosure-cell-narrowed-inside", "a", "ML")
    wider = replace(release, cells=(replace(cells[0], own={"ML": 15, "SN": 5}), cells[1]))
    assert audit(History((wider,)), RULES).leaks == ()


@pytest.mark.parametrize(("exact", "is_safe"), [(True, False), (False, True)])
def test_a_headline_that_is_held_back_needs_no_more_than_the_one_it_is_part_of(exact: bool, is_safe: bool) -> None:
    """Of four, a part is nought to four whatever is hidden; in a table that adds up its partners could be more."""
    parts = (Cell("a", 1, total=True), *((Cell("b", 3, people=False),) if exact else ()))
    cells = (Cell("all", 4, people=False), *parts)
    relation = Relation("all", tuple(cell.key for cell in parts), exact)
    (interval,) = audit(History((Edition("1", cells, (relation,), {"all": exactly(4)}),)), RULES).intervals
    assert (interval.low, interval.high, interval.safe) == (0, 4, is_safe)


GOOD = edition(4, shows_partner=True)


@pytest.mark.parametrize(
    ("history", "codes"),
    [
        (History((GOOD,)), set()),
        (History((replace(GOOD, cells=(*GOOD.cells, Cell("b", 16))),)), {"disclosure-cell-twice"}),
        (History((GOOD, GOOD)), {"disclosure-edition-twice"}),
        (History((Edition("1", (Cell("a", -1),)),)), {"disclosure-cell-impossible"}),
        (History((Edition("1", (Cell("a", 1, impossible=True),)),)), {"disclosure-cell-impossible"}),
        (History((Edition("1", (Cell("a", 0), Cell("b", 0, impossible=True))),)), set()),
        (History((replace(GOOD, relations=(Relation("all", ("a", "c")),)),)), {"disclosure-cell-unknown"}),
        (History((replace(GOOD, relations=(Relation("all", ("a",)),)),)), {"disclosure-parts-differ"}),
        (History((replace(GOOD, relations=(Relation("all", ("a",), exact=False),)),)), set()),
        (History((replace(GOOD, relations=(Relation("a", ("b",), exact=False),)),)), {"disclosure-parts-differ"}),
        (History((replace(GOOD, published={"c": exactly(1)}),)), {"disclosure-cell-unknown"}),
        (History((replace(GOOD, published={"a": PublishedValue(5, 5, 9)}),)), {"disclosure-said-untrue"}),
        (History((replace(GOOD, published={"a": PublishedValue(1, 0, 3)}),)), {"disclosure-said-untrue"}),
        (History((replace(GOOD, published={"a": PublishedValue(4, 4, None)}),)), set()),
        (History((GOOD,), (Between("1", "2", Supposed.SAME),)), {"disclosure-edition-unknown"}),
    ],
)
def test_a_history_is_audited_only_where_everything_in_it_is_true(history: History, codes: set[str]) -> None:
    if not codes:
        return check(history)
    with pytest.raises(Invalid) as refusal:
        check(history)
    assert {finding.code for finding in refusal.value.findings} == codes
    assert refusal.value.code == "disclosure-cells-invalid"
    return None


@pytest.mark.parametrize(
    ("change", "true_of"),
    [
        (-1, {Supposed.SHRUNK}),
        (0, {Supposed.SAME, Supposed.GROWN, Supposed.SHRUNK}),
        (1, {Supposed.GROWN}),
    ],
)
def test_a_stated_change_must_be_true_of_every_shared_cell(change: int, true_of: set[Supposed]) -> None:
    earlier, later = (
        Edition("1", (Cell("a", 9), Cell("gone", 3))),
        Edition("2", (Cell("a", 9 + change), Cell("new", 7))),
    )
    for supposed in Supposed:
        history = History((earlier, later), (Between("1", "2", supposed),))
        if supposed in true_of:
            check(history)
        else:
            with pytest.raises(Invalid) as refusal:
                check(history)
            assert [finding.code for finding in refusal.value.findings] == ["disclosure-change-untrue"]


GROWN_BY_THREE = (Edition("1", (Cell("a", 20),)), Edition("2", (Cell("a", 23), Cell("late/1/a", 3))))


def test_what_arrived_is_known_by_subtracting_what_was_published() -> None:
    counted = Between("1", "2", Supposed.GROWN, frozenset({"a"}), "late/1/")
    published = [replace(of, published={"a": exactly(of.cell("a").value)}) for of in GROWN_BY_THREE]
    (leak,) = audit(History(tuple(published), (counted,)), RULES).leaks
    assert (leak.target.key, leak.low, leak.high) == ("late/1/a", 3, 3)
    assert audit(History((GROWN_BY_THREE[0], published[1]), (counted,)), RULES).leaks == ()


def test_a_state_leaves_its_own_part_of_the_whole_out_of_what_it_cannot_know() -> None:
    """Of ten it found seven, one of them in the part that is held back: others found nought to three of it."""
    cells = (
        Cell("all", 10, stated=True, own={"ML": 7, "SN": 3}),
        Cell("a", 2, total=True, own={"ML": 1, "SN": 1}),
    )
    release = Edition("1", cells, (Relation("all", ("a",), exact=False),), {"all": exactly(10)})
    assert audit(History((release,)), RULES).leaks == ()


@pytest.mark.parametrize(("arrived", "is_true"), [(2, True), (1, False), (None, False)])
def test_what_arrived_between_two_releases_is_their_difference(arrived: int | None, is_true: bool) -> None:
    counted = () if arrived is None else (Cell("late/1/a", arrived),)
    history = History(
        (Edition("1", (Cell("a", 9),)), Edition("2", (Cell("a", 11), *counted))),
        (Between("1", "2", Supposed.GROWN, frozenset({"a"}), "late/1/"),),
    )
    if is_true:
        return check(history)
    with pytest.raises(Invalid) as refusal:
        check(history)
    assert [finding.code for finding in refusal.value.findings] == ["disclosure-change-untrue"]
    return None


def multiples(draft: Edition, rules: Rules) -> dict[str, int | None]:
    """Return what is published of a draft that is rounded, and nothing was issued before."""
    return {key: value.value for key, value in rounded(draft, History(), rules).edition.published.items()}


def test_controlled_rounding_takes_the_nearest_multiple_and_halves_upwards() -> None:
    values = {"a": 11, "b": 12, "c": 13, "d": 30, "e": 58}
    draft = Edition("1", tuple(Cell(key, value) for key, value in values.items()))
    assert multiples(draft, Rules(5, 8, 2, base=5)) == {"a": 10, "b": 10, "c": 15, "d": 30, "e": 60}
    halves = Edition("1", (Cell("a", 10), Cell("b", 30)))
    assert multiples(halves, Rules(3, 3, 2, base=4)) == {"a": 12, "b": 32}


def test_a_part_of_a_total_is_rounded_by_itself() -> None:
    """What is only "of which" need not add up: it goes to its own nearest multiple."""
    draft = Edition("1", (Cell("all", 21), Cell("part", 11)), (Relation("all", ("part",), exact=False),))
    assert multiples(draft, Rules(5, 8, 2, base=5)) == {"all": 20, "part": 10}
    assert rounded(draft, History(), Rules(5, 8, 2, base=5)).declared == ()


def test_a_part_that_is_proven_safe_does_not_end_the_search_in_another() -> None:
    """Two tables that share no cell: one is proven by tables found before, the other has to be searched."""
    cells = tuple(
        Cell(f"{name}/{key}", value, stated=key == "all")
        for name in ("first", "second")
        for key, value in (("all", 20), ("a", 4), ("b", 16))
    )
    relations = tuple(Relation(f"{name}/all", (f"{name}/a", f"{name}/b")) for name in ("first", "second"))
    published = {cell.key: exactly(cell.value) for cell in cells if cell.stated}
    history = History((Edition("1", cells, relations, published),))
    joint = system(history)
    tables, aims = FeasibleTables(joint), targets(history, RULES, joint)
    before = attack(joint, [aim for aim in aims if aim.key == "first/a"], tables)
    assert [interval.safe for interval in before.intervals] == [True]
    both = attack(joint, aims, tables)
    assert {interval.target.key: interval.safe for interval in both.intervals} == {"first/a": True, "second/a": True}


@pytest.mark.parametrize("first", [False, True])
def test_an_attack_finds_every_leak_or_at_least_one(first: bool) -> None:
    cells = tuple(
        Cell(f"{name}/{key}", value, stated=key == "all")
        for name in ("first", "second")
        for key, value in (("all", 20), ("a", 4), ("b", 16))
    )
    relations = tuple(Relation(f"{name}/all", (f"{name}/a", f"{name}/b")) for name in ("first", "second"))
    published = {cell.key: exactly(cell.value) for cell in cells if not cell.key.endswith("/a")}
    history = History((Edition("1", cells, relations, published),))
    joint = system(history)
    leaks = attack(joint, targets(history, RULES, joint), FeasibleTables(joint), first=first).leaks
    assert {leak.target.key for leak in leaks} == {"first/a", "second/a"}
    assert {(leak.low, leak.high) for leak in leaks} == {(4, 4)}
