"""The verdict on a draft: an attacker with every earlier release judges it, and what it refuses is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.builders import INCIDENTS, LINES, STORY, statement

from traboule.app.handlers.publications import (
    METHOD,
    protected_headlines,
    protected_tables,
    publication,
    safe_interval,
    verdict,
)
from traboule.core.errors import Invalid
from traboule.core.language.languages import LANGUAGES
from traboule.figures.compute import Computed, RunContext
from traboule.figures.figure import Figure, FigureSet
from traboule.figures.resolved.breakdown import UNSPECIFIED
from traboule.operation.operation import shipped
from traboule.release.communique import HIDDEN, compose
from traboule.release.statement import BreakdownTable, Kind, Line, ReleasedInterval, Statement

OPERATION = shipped("liberterra-ii")
SEXES = {"female": 2001, "male": 1101, "non_conforming": 4, UNSPECIFIED: 116}


def counted(inputs: str = "a", sexes: Mapping[str, int] = SEXES) -> Computed:
    """Return a run of the figures behind the statement of the builders, potential victims broken down by sex."""
    figures = {line.figure: figure(line) for line in LINES}
    cells = {code: (count, count, count) for code, count in sexes.items()}
    figures["potential_victims"] = replace(figures["potential_victims"], breakdowns={"sex": cells})
    return run_of(FigureSet(OPERATION.code, "2024-12-01", inputs, "d", figures))


def run_of(figures: FigureSet) -> Computed:
    return Computed(UUID(int=1), None, datetime(2024, 12, 1, tzinfo=UTC), figures, RunContext(incidents=INCIDENTS))


def figure(line: Line) -> Figure:
    known = (line.value, line.low, line.high)
    return Figure(
        line.figure, line.unit, line.qualifier, *known, line.value, line.value, 0, 0, line.precision, line.of, {}
    )


def drafted(number: int = 1) -> Statement:
    return replace(statement(Kind.FINAL, number), tables=(), changes=())


def test_tables_of_a_draft_pass_the_verdict_and_show_the_one_symbol() -> None:
    draft, figures = drafted(), counted()
    draft = replace(draft, tables=protected_tables(draft, figures, OPERATION, ()))
    output = dict(draft.tables[0].cells)
    assert output["non_conforming"] is None
    assert all(count is None or count % 5 == 0 for count in output.values())
    said = verdict(draft, figures, OPERATION, ())
    assert (said.passed, said.method) == (True, METHOD)
    assert Statement.from_json(draft.to_json()) == draft
    for language in LANGUAGES:
        cells = [row[-1] for block in compose(draft, language).blocks if block.kind == "table" for row in block.rows]
        assert HIDDEN in cells


def test_a_small_cell_printed_is_found_with_the_reason_in_four_languages() -> None:
    cells = (("female", 2000), ("male", 1100), ("non_conforming", 4), ("other", 115))
    draft = replace(drafted(), tables=(BreakdownTable("potential_victims", "sex", "sexes", cells),))
    said = verdict(draft, counted(), OPERATION, ())
    assert not said.passed
    finding = said.findings[0]
    assert (finding["cell"], finding["low"], finding["reason"]) == ("potential_victims/sex/non_conforming", 4, "small")
    assert set(finding["sentences"]) == set(LANGUAGES)


def test_two_releases_of_one_instant_are_judged_together() -> None:
    figures = counted()
    place = ("potential_victims", "sex", "sexes")
    first = replace(
        drafted(1),
        tables=(BreakdownTable(*place, (("female", 2001), ("male", None), ("non_conforming", None), ("other", 116))),),
    )
    second = replace(
        drafted(2),
        tables=(BreakdownTable(*place, (("female", None), ("male", 1101), ("non_conforming", None), ("other", 116))),),
    )
    assert verdict(first, figures, OPERATION, ()).passed
    assert verdict(second, figures, OPERATION, ()).passed
    said = verdict(second, figures, OPERATION, (publication(first, figures),))
    assert {(one["release"], one["cell"]) for one in said.findings} == {
        ("1", "potential_victims/sex/non_conforming"),
        ("2", "potential_victims/sex/non_conforming"),
    }


def test_a_story_of_few_is_refused_and_one_of_enough_is_not() -> None:
    assert verdict(replace(drafted(), stories=(STORY,)), counted(), OPERATION, ()).passed
    assert STORY.persons is not None
    few = replace(STORY, persons=replace(STORY.persons, value=6))
    said = verdict(replace(drafted(), stories=(few,)), counted(), OPERATION, ())
    assert [one["cell"] for one in said.findings] == [f"story/{STORY.id}"]


def test_a_story_told_more_finely_than_others_like_it_allow_is_refused() -> None:
    assert STORY.told is not None
    finer = replace(STORY, told=replace(STORY.told, when="2024-10-02"))
    for story in (finer, replace(STORY, told=None)):
        said = verdict(replace(drafted(), stories=(story,)), counted(), OPERATION, ())
        assert [one["code"] for one in said.findings] == ["disclosure-story-fine"]
    coarser = replace(STORY, told=replace(STORY.told, place="002", sex="", form=""))
    assert verdict(replace(drafted(), stories=(coarser,)), counted(), OPERATION, ()).passed


def test_a_draft_that_says_another_number_than_its_figures_is_refused() -> None:
    figures = counted().figures
    other = replace(figures, figures={**figures.figures, "arrests": figure(replace(LINES[1], value=9))})
    with pytest.raises(Invalid) as refusal:
        verdict(drafted(), run_of(other), OPERATION, ())
    assert refusal.value.code == "disclosure-cells-invalid"


@pytest.mark.parametrize(
    ("value", "low", "declared_only", "published"),
    [(612, 600, 0, True), (612, 600, None, False), (12, 9, 0, False), (612, 9, 0, False)],
)
def test_a_range_is_withheld_where_it_tells_more_than_its_figure(
    value: int, low: int, declared_only: int | None, *, published: bool
) -> None:
    """Its width tells of declared totals that are withheld; an end below the threshold is a small count."""
    interval = ReleasedInterval(0.9, low, value + 4)
    line = Line("arrests", value, low, value + 9, "exact", None, "person", "", declared_only, interval)
    assert safe_interval(line, OPERATION).interval == (interval if published else None)
    assert replace(safe_interval(line, OPERATION), interval=interval) == line


def test_headlines_of_a_draft_keep_the_ranges_that_are_safe() -> None:
    protected = protected_headlines(drafted(), counted(), OPERATION, ())
    ranges = {line.figure: line.interval for line in protected.lines}
    assert ranges["arrests"] == LINES[1].interval
    assert ranges["investigations"] is None
    assert Statement.from_json(protected.to_json()) == protected
