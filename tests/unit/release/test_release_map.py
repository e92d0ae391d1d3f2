"""The map says what its table says: shaded by class, hatched where withheld, by region while figures may change."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from tests.builders import STATES, full_statement

from traboule.core.language.languages import LANGUAGES
from traboule.operation.operation import shipped
from traboule.release import render
from traboule.release.communique import compose
from traboule.release.pictures.boundaries import build_outlines
from traboule.release.pictures.classes import natural_breaks
from traboule.release.pictures.map import (
    MAPPED,
    NONE,
    OUTSIDE,
    SHADES,
    WITHHELD,
    alternative,
    fills,
    mapped,
    specification,
)
from traboule.release.statement import BreakdownTable, Statement
from traboule.release.wording import wording

REGIONS = BreakdownTable(MAPPED, "region", "regions", (("002", 60), ("142", None), ("150", 240), ("other", 5)))


def with_tables(*tables: BreakdownTable) -> Statement:
    return replace(full_statement(), tables=tables)


def test_states_are_shaded_by_class_and_the_withheld_are_hatched() -> None:
    assert fills(with_tables(STATES)) == {
        "AE": SHADES[1],
        "MU": SHADES[2],
        "FR": SHADES[3],
        "ML": WITHHELD,
        "TG": NONE,
    }


def test_a_state_without_an_outline_is_a_dot_of_its_class() -> None:
    drawing = specification(with_tables(STATES), wording("en"))
    assert drawing is not None
    assert re.findall(r'<circle[^>]* r="3.2" fill="([^"]*)"', drawing) == [SHADES[2]]


def test_by_region_every_state_that_takes_part_has_its_regions_class_and_no_other() -> None:
    assert fills(with_tables(REGIONS)) == {
        "AE": WITHHELD,
        "FR": SHADES[3],
        "ML": SHADES[2],
        "MU": SHADES[2],
        "TG": SHADES[2],
    }


def test_a_map_by_state_is_preferred_and_without_a_table_there_is_none() -> None:
    assert mapped(with_tables(REGIONS, STATES)) == STATES
    assert specification(with_tables(), wording("en")) is None
    assert mapped(with_tables(replace(STATES, figure="arrests"))) is None


@pytest.mark.parametrize("most", [0, 5, 10, 19, 240, 5_000, 123_456])
def test_classes_follow_from_the_largest_count_and_every_count_has_one(most: int) -> None:
    statement = with_tables(replace(STATES, cells=(("AE", most), ("ML", min(most, 1)))))
    shades = fills(statement)
    assert (shades["AE"] == NONE) == (most == 0)
    assert set(shades.values()) <= {NONE, *SHADES}
    if most:
        assert shades["AE"] == SHADES[-1]


def test_counts_that_lie_close_are_told_apart() -> None:
    """Of a hundred states that found 10 to 45, nine in ten were of one shade."""
    states = sorted(shipped("liberterra-ii").states)[:80]
    counts = tuple((state, 10 + 5 * (number % 8)) for number, state in enumerate(states))
    shades = fills(replace(with_tables(replace(STATES, cells=counts)), participants=tuple(states)))
    shares = [list(shades.values()).count(shade) / len(shades) for shade in SHADES]
    assert max(shares) <= 0.5
    assert min(shares) > 0


def test_the_alternative_names_every_place_under_its_class() -> None:
    text = alternative(with_tables(STATES), wording("en"))
    assert "15 to 59: United Arab Emirates." in text
    table = replace(STATES, cells=(("FR", 60), ("ML", 25)))
    assert "1 to 19" not in str(specification(with_tables(table), wording("en")))
    assert "withheld: Mali." in text
    assert text.startswith("World map of potential victims")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_document_has_the_map_its_alternative_its_twin_and_the_disclaimer(language: str) -> None:
    communique = compose(full_statement(), language)
    map_block = next(block for block in communique.blocks if block.chart and "withheld" in block.chart)
    assert map_block.by == wording(language).label("boundaries")
    assert map_block.text == alternative(full_statement(), wording(language))
    twin = [
        block.rows for block in communique.blocks if block.kind == "table" and len(block.rows) == len(STATES.cells) + 1
    ]
    assert [row[1] for row in twin[0][1:]].count("–") == 1
    page = render.html(communique).decode()
    assert map_block.by in page
    assert page.count('<pattern id="withheld"') == 1
    assert 'fill="url(#withheld)"' in page


def test_the_drawing_is_the_same_each_time_whatever_was_drawn_before() -> None:
    drawing = specification(with_tables(REGIONS), wording("ar"))
    specification(with_tables(STATES), wording("en"))
    assert specification(with_tables(REGIONS), wording("ar")) == drawing


def test_withheld_none_and_not_taking_part_differ_without_colour() -> None:
    """The fills are two patterns and a plain grey: printed in grey they remain three."""
    drawing = specification(with_tables(STATES), wording("en"))
    assert drawing is not None
    assert {NONE, WITHHELD} <= set(re.findall(r'fill="(url[^"]*)"', drawing))
    assert len({NONE, WITHHELD, OUTSIDE, *SHADES}) == 3 + len(SHADES)
    red, green, blue = (int(OUTSIDE[place : place + 2], 16) for place in (1, 3, 5))
    assert max(red, green, blue) - min(red, green, blue) < 8


@pytest.mark.parametrize(
    ("states", "titles"),
    [
        ((), []),
        (("FR", "DE", "PL"), ["Europe"]),
        (("AW", "JM", "BB"), ["Caribbean"]),
        (("FR", "DE", "AW", "JM"), ["Europe", "Caribbean"]),
    ],
)
def test_crowded_regions_stand_again_larger_where_their_states_take_part(
    states: tuple[str, ...], titles: list[str]
) -> None:
    drawing = specification(replace(with_tables(STATES), participants=("ML", *states)), wording("en"))
    assert drawing is not None
    assert [title for title in ("Europe", "Caribbean") if f">{title}</text>" in drawing] == titles
    height = float(re.findall(r'viewBox="0 0 560 ([\d.]+)"', drawing)[0])
    assert all(float(y) <= height for y in re.findall(r'<(?:rect|text)[^>]* y="([\d.]+)"', drawing))


def test_no_outline_is_drawn_across_the_whole_map() -> None:
    """Russia and Fiji lie on both sides of the meridian where maps are cut."""
    drawing = specification(with_tables(STATES), wording("en"))
    assert drawing is not None
    for path in re.findall(r'<path d="([^"]*)"', drawing.partition("<g clip-path")[0]):
        for ring in path.split("Z"):
            across = [float(point.split()[0]) for point in ring.removeprefix("M").split("L") if point]
            assert max((abs(right - left) for left, right in pairwise(across)), default=0) < 60


@pytest.mark.parametrize(
    ("counts", "least"),
    [
        ([], ()),
        ([5], (5,)),
        ([3, 3, 3, 9], (3, 9)),
        ([1, 2, 3, 100, 101, 500, 1000, 1001], (1, 100, 500, 1000)),
        ([10, 11, 12, 40, 41, 42], (10, 40)),
    ],
)
def test_classes_begin_where_counts_lie_far_apart(counts: list[int], least: tuple[int, ...]) -> None:
    assert natural_breaks(counts, len(least) or 4) == least


def test_every_state_of_the_shipped_operation_can_be_drawn() -> None:
    world: dict[str, Any] = json.loads(
        (render.PACKAGE_FOLDER / "pictures" / "countries.json").read_text(encoding="utf-8")
    )
    codes = {outline["id"] for outline in world["objects"]["countries"]["geometries"]} | set(world["points"])
    assert shipped("liberterra-ii").states <= codes
    assert "Natural Earth" in world["credit"]


def topology(*countries: dict[str, Any]) -> dict[str, Any]:
    """A world of squares: arc 0 is shared, arc 1 closes the first country and arc 2 the second."""
    return {
        "transform": {"scale": [0.01, 0.01], "translate": [-180, -90]},
        "arcs": [
            [[18000, 9000], [0, 500]],
            [[18000, 9500], [500, 0], [0, -500], [-500, 0]],
            [[18000, 9500], [3, 2], [-503, -2], [500, -500]],
        ],
        "objects": {"countries": {"geometries": list(countries)}},
    }


def country(number: str, name: str, *arcs: int) -> dict[str, Any]:
    return {"type": "Polygon", "id": number, "properties": {"name": name}, "arcs": [list(arcs)]}


def test_outlines_keep_their_arcs_get_codes_and_small_states_become_points() -> None:
    mali, nobody = country("466", "Mali", 0, 1), country("010", "Antarctica", ~0, 2)
    outlines = build_outlines(topology(mali, nobody), topology(mali, nobody, country("480", "Mauritius", ~0, 2)))
    assert [(outline["id"], outline["arcs"]) for outline in outlines["objects"]["countries"]["geometries"]] == [
        ("ML", [[0, 1]])
    ]
    # In tenths of a degree, and without the arc that only Antarctica had.
    assert outlines["arcs"] == [[[0, 0], [0, 50]], [[0, 50], [50, 0], [0, -50], [-50, 0]]]
    assert list(outlines["points"]) == ["MU"]
    assert outlines["points"]["MU"] == [-2.5, 2.5]


def test_what_has_no_code_of_its_own_is_found_by_name() -> None:
    kosovo = {"type": "Polygon", "properties": {"name": "Kosovo"}, "arcs": [[0, 1]]}
    unknown = {"type": "Polygon", "properties": {"name": "Atlantis"}, "arcs": [[0, 1]]}
    outlines = build_outlines(topology(kosovo, unknown), topology())
    assert [outline["id"] for outline in outlines["objects"]["countries"]["geometries"]] == ["XK"]
    assert OUTSIDE not in SHADES
