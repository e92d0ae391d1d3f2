"""Figures as a release: lines, tables, stories and stated changes, protected against everything said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from traboule.core.errors import Invalid
from traboule.figures.disclosure.editions.publication import Publication, StoryCount
from traboule.figures.disclosure.publication import attacked, headlines, tables
from traboule.figures.disclosure.rules import Rules
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED

RULES = Rules(threshold=10, minors_threshold=20, minimum_incidents=3)
COUNTS = {"male": 98, "female": 203, "transgender_female": 60, "transgender_male": 31, "unknown": 22, UNSPECIFIED: 40}
SEX = {"sex": "sexes"}
BOTH = {"sex": "sexes", "age_band": "age_bands"}


def figure(name: str, breakdowns: Mapping[str, Mapping[str, int]], value: int, of: str | None = None) -> Figure:
    cells = {dimension: {code: (n, n, n) for code, n in codes.items()} for dimension, codes in breakdowns.items()}
    return Figure(name, "person", "potential", value, value, value, value, value, 0, 0, "exact", of, cells)


def victims(inputs: str = "1", minors: int = 40, **sexes: int) -> FigureSet:
    total = sum(sexes.values())
    ages = {"0-8": 4, "9-17": minors - 5, "18-20": 60, "21-23": 50, UNSPECIFIED: total - minors - 109}
    total_figure = figure("potential_victims", {"sex": sexes, "age_band": ages}, total)
    part = figure("potential_victims_minors", {}, minors, of="potential_victims")
    return FigureSet("lantern", "2024-10-05", inputs, "d", {one.id: one for one in (total_figure, part)})


def publication_of(name: str, figures: FigureSet, **more: Any) -> Publication:
    lines = {line: figures.figures[line].value for line in figures.figures}
    return replace(Publication(name, figures, lines), **more)


def test_small_cell_and_one_partner_are_hidden_and_the_order_is_the_vocabularys() -> None:
    draft = publication_of("1", victims(male=98, female=203, transgender_male=45, non_conforming=3))
    assert tables(draft, SEX, (), RULES) == {
        ("potential_victims", "sex"): (
            ("female", 203),
            ("male", 98),
            ("transgender_male", None),
            ("non_conforming", None),
        )
    }


def test_rounded_neighbours_hide_a_small_cell_by_themselves() -> None:
    draft = publication_of("1", victims(**COUNTS, non_conforming=3))
    printed = dict(tables(draft, SEX, (), Rules(10, 20, 3, base=5))["potential_victims", "sex"])
    assert printed["non_conforming"] is None
    assert all(count is None or count % 5 == 0 for count in printed.values())
    assert [code for code, count in printed.items() if count is None] == ["non_conforming"]


def test_bands_of_minors_are_tied_to_the_figure_of_minors() -> None:
    """The bands under 18 are at most 39 of 40 minors: the attacker's system says so, and still learns nothing."""
    draft = publication_of("1", victims(male=98, female=203))
    printed = tables(draft, BOTH, (), RULES)
    bands = dict(printed["potential_victims", "age_band"])
    assert bands["0-8"] is None
    release = publication_of("1", draft.figures, tables=printed)
    assert attacked([release], RULES).leaks == ()


def test_a_table_that_would_show_a_single_cell_is_left_out() -> None:
    three = {"male": 300, "transgender_male": 20, "non_conforming": 4}
    assert tables(publication_of("1", victims(**three)), SEX, (), RULES) == {}
    shown = dict(tables(publication_of("1", victims(female=90, **three)), SEX, (), RULES)["potential_victims", "sex"])
    assert sorted(code for code, count in shown.items() if count is not None) == ["female", "male"]


def test_a_table_that_nothing_can_protect_is_left_out() -> None:
    draft = publication_of("1", victims(male=300, female=4))
    assert tables(draft, SEX, (), RULES) == {}


def test_a_small_headline_is_held_back_with_its_tables() -> None:
    draft = headlines(publication_of("1", victims(minors=6, male=3, female=4)), (), RULES)
    assert (draft.lines, set(draft.held_back)) == ({}, {"potential_victims", "potential_victims_minors"})
    assert tables(draft, SEX, (), RULES) == {}


def with_part(name: str, whole: int, part: int, own: int, own_part: int) -> Publication:
    """Return a release of a count and its minors; Mali filed ``own`` and ``own_part`` of them, four states the rest."""
    counts = (figure("potential_victims", {}, whole), figure("potential_victims_minors", {}, part, "potential_victims"))
    figures = FigureSet("lantern", "2024-10-05", name, "d", {count.id: count for count in counts})
    contributors = {
        count.id: {"whole": {"whole": (20, 200, {"ML": own} | dict.fromkeys(("SN", "TG", "BJ", "CI"), rest // 4))}}
        for count, own, rest in zip(counts, (own, own_part), (whole - own, part - own_part), strict=True)
    }
    return publication_of(name, figures, contributors=contributors)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((28, 2, 18, 1), (17, 4, 15, 1)),
        ((21, 17, 20, 0), (19, 14, 19, 0)),
        ((35, 13, 25, 10), (26, 13, 20, 10)),
        ((23, 11, 15, 9), (26, 11, 8, 8)),
    ],
)
@pytest.mark.promise("no-protected-cell")
def test_a_whole_that_would_narrow_a_part_held_back_before_is_held_back_too(
    first: tuple[int, int, int, int], second: tuple[int, int, int, int]
) -> None:
    issued = headlines(with_part("1", *first), (), RULES)
    assert "potential_victims_minors" in issued.held_back
    draft = headlines(with_part("2", *second), (issued,), RULES)
    assert draft.lines == {}
    assert attacked([issued, draft], RULES).leaks_beside(attacked([issued], RULES)) == ()


def test_overlapping_cells_make_no_table() -> None:
    figures = FigureSet("l", "", "1", "d", {"arrests": figure("arrests", {"sex": {"male": 200, "female": 180}}, 300)})
    assert tables(publication_of("1", figures), SEX, (), RULES) == {}


def test_the_next_release_of_the_same_instant_gives_nothing_more_away() -> None:
    first = victims(male=98, female=203, transgender_male=45, non_conforming=3)
    printed = tables(publication_of("1", first), SEX, (), RULES)
    # With another partner each release is safe alone, and both together are not.
    codes = ("female", None), ("male", 98), ("transgender_male", 45), ("non_conforming", None)
    earlier = publication_of("1", first, tables=printed)
    later = publication_of("2", first, tables={("potential_victims", "sex"): codes})
    assert attacked([earlier], RULES).leaks == attacked([later], RULES).leaks == ()
    leaks = attacked([earlier, later], RULES).leaks
    assert [(leak.target.key, leak.low) for leak in leaks] == [("potential_victims/sex/non_conforming", 3)] * 2
    assert tables(publication_of("2", first), SEX, [earlier], RULES) == printed


def test_stated_growth_ties_the_tables_of_two_releases() -> None:
    sexes = {"male": 98, "female": 203, "transgender_male": 45}
    first, second = victims("1", **sexes, non_conforming=9), victims("2", **sexes, non_conforming=10)
    earlier = publication_of("1", first, tables=tables(publication_of("1", first), SEX, (), RULES))
    free = dict(tables(publication_of("2", second), SEX, (), RULES)["potential_victims", "sex"])
    assert free["non_conforming"] == 10
    # Ten may be shown, but ten after a correction that added one person would say that it was nine or ten.
    draft = publication_of("2", second, changes={"potential_victims": (("correction", 1),)})
    printed = dict(tables(draft, SEX, [earlier], RULES)["potential_victims", "sex"])
    assert printed["non_conforming"] is None


def test_a_story_is_a_cell() -> None:
    figures = victims(male=98, female=203)
    small = publication_of("1", figures, stories={"ml": StoryCount("potential_victims", 4)})
    assert [leak.target.key for leak in attacked([small], RULES).leaks] == ["story/ml"]
    with pytest.raises(Invalid) as refusal:
        tables(small, SEX, (), RULES)
    assert "story/ml" in refusal.value.sentence("es")
    minors = publication_of("1", figures, stories={"ml": StoryCount("potential_victims_minors", 12)})
    assert [str(leak.target.reason) for leak in attacked([minors], RULES).leaks] == ["minors"]
    large = publication_of("1", figures, stories={"ml": StoryCount("potential_victims", 30, at_least=True)})
    assert attacked([large], RULES).leaks == ()


def test_a_number_that_is_not_the_figures_is_refused() -> None:
    figures = victims(male=98, female=203)
    with pytest.raises(Invalid) as refusal:
        attacked([Publication("1", figures, {"potential_victims": 300})], RULES)
    assert refusal.value.code == "disclosure-cells-invalid"


def test_who_reads_a_final_release_after_a_preliminary_one_learns_no_cell() -> None:
    first, last = (
        victims("1", male=90, female=190, non_conforming=2),
        victims("2", male=98, female=203, non_conforming=3),
    )
    earlier = publication_of("1", first)
    draft = publication_of("2", last, changes={"potential_victims": (("late", 22),)})
    final = publication_of("2", last, tables=tables(draft, BOTH, [earlier], RULES), changes=draft.changes)
    assert attacked([earlier, final], RULES).leaks == ()
