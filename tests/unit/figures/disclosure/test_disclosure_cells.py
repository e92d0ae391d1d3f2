"""What is protected and why; rounding instead of hiding; case stories as cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.disclosure_tables import Reader, table

from traboule.core.errors import Invalid
from traboule.figures.disclosure.cells import Cell, Edition, History, PublishedValue, Relation, adjacent, nearest
from traboule.figures.disclosure.rounding import rounded
from traboule.figures.disclosure.rules import ProtectionReason, Rules, protected
from traboule.figures.disclosure.story import Group, Incident, StoryDescription, StoryRequest, generalise
from traboule.figures.disclosure.suppress import suppress
from traboule.operation.operation import ReleasePolicy

RULES = Rules(threshold=10, minors_threshold=20, minimum_incidents=3)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (Cell("a", 9), ProtectionReason.SMALL),
        (Cell("a", 10), None),
        (Cell("a", 19, minors=True), ProtectionReason.MINORS),
        (Cell("a", 20, minors=True), None),
        (Cell("a", 80, incidents=2), ProtectionReason.INCIDENTS),
        (Cell("a", 80, incidents=3), None),
        (Cell("a", 80, largest=75), ProtectionReason.DOMINATED),
        (Cell("a", 80, largest=80), None),
        (Cell("a", 3, people=False), None),
        (Cell("a", 3, total=True), ProtectionReason.SMALL),
        (Cell("a", 0), None),
    ],
)
def test_a_cell_is_protected_for_the_reason_the_policy_gives(cell: Cell, reason: ProtectionReason | None) -> None:
    assert protected(Edition("1", (cell,)), RULES).get("a") is reason


@pytest.mark.parametrize(
    ("rounding", "protection", "rules"),
    [
        (0, "suppression", Rules(10, 20, 3, 1, None)),
        (5, "suppression", Rules(10, 20, 3, 5, None)),
        (5, "rounding", Rules(10, 20, 3, 5, 4, controlled=True)),
    ],
)
def test_the_rules_are_those_of_the_policy(rounding: int, protection: str, rules: Rules) -> None:
    policy = ReleasePolicy(threshold=10, rounding=rounding, minimum_incidents=3, minors_threshold=20, languages=("en",))
    assert Rules.of(replace(policy, protection=protection)) == rules


@pytest.mark.parametrize(("base", "listed", "width"), [(5, False, 4), (5, True, 3), (2, False, 1), (2, True, 1)])
def test_a_rounded_cell_ranges_over_its_rounding_less_the_nought_it_cannot_be(
    base: int, listed: bool, width: int
) -> None:
    rules = Rules(10, 20, 3, base=base, width=base - 1, controlled=True)
    assert rules.needed(Cell("a", 3, listed=listed)) == width


@pytest.mark.parametrize(("value", "listed", "floor"), [(0, True, 0), (1, True, 1), (7, True, 1), (7, False, 0)])
def test_a_listed_cell_is_known_to_hold_somebody(value: int, listed: bool, floor: int) -> None:
    assert Cell("a", value, listed=listed).floor == floor


def test_a_multiple_stands_for_all_counts_less_than_the_base_away() -> None:
    assert adjacent(10, 5) == PublishedValue(10, 6, 14)
    assert adjacent(0, 5) == PublishedValue(0, 0, 4)


def test_zeros_are_shown_but_beside_a_small_whole() -> None:
    parts = (Cell("women", 4), Cell("men", 0), Cell("boys", 0, impossible=True))
    small = Edition("1", (Cell("all", 4), *parts), (Relation("all", ("women", "men", "boys")),))
    assert protected(small, RULES) == {
        "all": ProtectionReason.SMALL,
        "women": ProtectionReason.SMALL,
        "men": ProtectionReason.ZERO,
    }
    large = Edition("1", (Cell("all", 40), Cell("women", 40), Cell("men", 0)), (Relation("all", ("women", "men")),))
    assert protected(large, RULES) == {}


def test_structural_zeros_hide_nothing() -> None:
    """The only partner that could vary is hidden; a cell that everybody knows to be zero would protect nobody."""
    cells = (Cell("all", 60, stated=True), Cell("a", 4), Cell("b", 0, impossible=True), Cell("c", 26), Cell("d", 30))
    safe = suppress(Edition("1", cells, (Relation("all", ("a", "b", "c", "d")),)), History(), RULES)
    assert safe.printed() == {"all": 60, "a": None, "b": 0, "c": None, "d": 30}


def test_a_stated_cell_that_is_itself_small_is_refused_by_name() -> None:
    draft = Edition("1", (Cell("story/ml", 4, stated=True), Cell("a", 40)))
    for protect in (lambda: suppress(draft, History(), RULES), lambda: rounded(draft, History(), Rules(10, 20, 3, 5))):
        with pytest.raises(Invalid) as refusal:
            protect()
        assert refusal.value.code == "disclosure-stated-small"
        assert "story/ml" in refusal.value.sentence("fr")


def test_a_case_story_counts_against_its_country() -> None:
    """Of 33 persons a story tells of 24: the other nine could be had by subtraction, so the country is not shown."""
    cells = (
        Cell("all", 933, stated=True, total=True),
        *(Cell(state, count) for state, count in (("ML", 33), ("SN", 500), ("BR", 400))),
        Cell("story", 24, stated=True),
        Cell("ML/others", 9),
    )
    relations = (Relation("all", ("ML", "SN", "BR")), Relation("ML", ("story", "ML/others")))
    printed = suppress(Edition("1", cells, relations), History(), RULES).printed()
    assert printed["ML"] is None
    assert printed["story"] == 24
    assert [printed["SN"], printed["BR"]].count(None) == 1


def test_rounding_to_the_nearest_keeps_the_truth_in_what_a_reader_knows() -> None:
    for base in (1, 3, 5, 10):
        for value in range(60):
            published = nearest(value, base)
            assert published.low <= value <= (published.high or 0)
            assert published.value is not None
            assert published.value % base == 0
            same = [candidate for candidate in range(80) if nearest(candidate, base).value == published.value]
            assert (same[0], same[-1]) == (published.low, published.high)


def test_who_knows_the_threshold_knows_that_a_shown_cell_is_no_smaller() -> None:
    rules = Rules(10, 20, 3, base=5)
    assert rules.published_value(Cell("a", 11)) == PublishedValue(10, 10, 12)
    assert rules.published_value(Cell("a", 23, minors=True)) == PublishedValue(25, 23, 27)
    assert rules.published_value(Cell("a", 21, minors=True)) == PublishedValue(20, 20, 22)
    assert rules.published_value(Cell("a", 0)) == PublishedValue(0, 0, 0)
    assert rules.published_value(Cell("flights", 3, people=False)) == PublishedValue(3, 3, 3)


def test_controlled_rounding_adds_up_and_stays_near() -> None:
    counts = np.random.default_rng(11).negative_binomial(0.5, 0.05, size=(8, 5))
    draft = table(counts, "1", stated=False)
    made = rounded(draft, History(), Rules(5, 8, 2, base=5))
    assert made.declared == ()
    for cell in draft.cells:
        published = made.edition.published[cell.key].value
        assert published is not None
        assert published % 5 == 0
        assert abs(published - cell.value) < 5
    reader = Reader(History((made.edition,)))
    for key in protected(draft, Rules(5, 8, 2)):
        low, high = reader.bounds("1", key)[0]
        assert high - low >= 4


def test_a_stated_total_is_declared_not_to_add_up() -> None:
    cells = (Cell("all", 63, stated=True, total=True), Cell("a", 22), Cell("b", 41))
    made = rounded(Edition("1", cells, (Relation("all", ("a", "b")),)), History(), Rules(5, 8, 2, base=5))
    assert made.edition.published["all"].value == 63
    assert [relation.total for relation in made.declared] == ["all"]


def test_rounding_to_one_protects_nothing() -> None:
    with pytest.raises(Invalid) as refusal:
        rounded(Edition("1", (Cell("a", 4),)), History(), RULES)
    assert refusal.value.code == "disclosure-rounding-base"


def incident(number: int, country: str, *groups: Group, day: int = 1, region: str = "Africa") -> Incident:
    return Incident(f"{country}-{number}", country, region, date(2024, 10, day), groups)


WOMEN = Group("female", "18-20", "ForcedCriminality.OnlineScam", 24)


def test_a_case_of_24_in_one_state_is_told_without_its_state() -> None:
    subject = incident(1, "ML", WOMEN)
    similar = [
        incident(n, state, Group("female", "18-20", WOMEN.form, 9), day=n)
        for n, state in enumerate(("SN", "CI", "BF"), 1)
    ]
    description = generalise(StoryRequest(subject, (WOMEN,)), [subject, *similar], RULES)
    assert description == StoryDescription("Africa", "2024-10", "female", "18-20", "", WOMEN.form, None, 51, 4)


def test_the_number_is_said_only_where_enough_incidents_reach_it() -> None:
    subject = incident(1, "ML", WOMEN)
    similar = [incident(n, state, WOMEN) for n, state in enumerate(("SN", "CI"), 1)]
    description = generalise(StoryRequest(subject, (WOMEN,)), [subject, *similar], RULES)
    assert description is not None
    assert (description.place, description.when, description.at_least) == ("Africa", "2024-10-01", 20)


def test_minors_need_more_around_them() -> None:
    girls = Group("female", "9-17", "SexualExploitation", 6)
    subject = incident(1, "ML", girls)
    three = [incident(n, "ML", girls) for n in (2, 3)]
    description = generalise(StoryRequest(subject, (girls,)), [subject, *three], RULES)
    assert description is None
    description = generalise(StoryRequest(subject, (girls,)), [subject, *three, incident(4, "ML", girls)], RULES)
    assert description is not None
    assert (description.place, description.age, description.persons) == ("ML", "9-17", 24)


def test_a_story_that_nothing_hides_is_not_told() -> None:
    lone = incident(1, "ML", Group("male", "48+", "ForcedLabour", 2))
    assert generalise(StoryRequest(lone, lone.groups), [lone], RULES) is None
    with pytest.raises(Invalid) as refusal:
        generalise(StoryRequest(lone, (WOMEN,)), [lone], RULES)
    assert refusal.value.code == "story-unknown"


def test_who_knows_the_largest_incident_learns_little_of_the_rest() -> None:
    large, small = (
        incident(1, "ML", Group("male", "21-23", "ForcedLabour", 90)),
        [incident(n, "ML", Group("male", "21-23", "ForcedLabour", 2)) for n in (2, 3, 4)],
    )
    assert generalise(StoryRequest(large, large.groups), [large, *small], RULES) is None
