"""Two ways to count, one number: every shipped definition as SQL on the engine gives what the arrays give."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.examples import examples
from tests.figures_world import World, crowd, operation
from tests.oracles.engine_counts import count_by_engine
from tests.oracles.figure_queries import steps
from tests.property.test_property_figures import WHOLE, worlds

from traboule.engines.duckdb import DuckDBEngine
from traboule.figures.count import count_case
from traboule.figures.definition import dictionary
from traboule.figures.resolved.case import Case, resolve


def by_engine(case: Case) -> dict[str, int]:
    with DuckDBEngine() as engine:
        return dict(count_by_engine(case, engine))


def by_arrays(case: Case) -> dict[str, int]:
    return {name: figure.counted for name, figure in count_case(case, detail=False).figures.items()}


@given(worlds())
@settings(deadline=None, max_examples=examples(60))
def test_the_engine_counts_what_the_arrays_count(world: World) -> None:
    case = resolve(world.inputs(), WHOLE)
    assert by_engine(case) == by_arrays(case)


def test_and_so_it_does_of_a_crowd() -> None:
    case = resolve(crowd(20_000), operation())
    assert by_engine(case) == by_arrays(case)


@pytest.mark.parametrize("figure", sorted(dictionary()))
def test_each_definition_is_one_named_query(figure: str) -> None:
    (step,) = steps({figure: dictionary()[figure]})
    assert step.name == f"figure_{figure}"
    assert step.sql.startswith("SELECT ")
    assert ";" not in step.sql


def test_a_world_of_nothing_counts_nothing() -> None:
    case = resolve(World().inputs(), operation())
    assert set(by_engine(case).values()) == {0}


def test_tallies_filed_twice_and_checks_are_counted_alike() -> None:
    world = World()
    for agency, count in (("police", 9), ("border", 4)):
        world.add("migrants", f"IT/{agency}", reference="R", detected_on="2024-09-30", nationality="TN", count=count)
        world.add("investigations", f"IT/{agency}", reference="R", opened_on="2024-09-30")
        world.add("investigations", f"IT/{agency}", opened_on="2024-09-30")
        world.add("checks", f"IT/{agency}", kind="flight", count=count)
    case = resolve(world.inputs(), operation())
    counts = by_engine(case)
    assert counts == by_arrays(case)
    assert (counts["irregular_migrants"], counts["investigations"], counts["flights_monitored"]) == (9, 3, 13)
