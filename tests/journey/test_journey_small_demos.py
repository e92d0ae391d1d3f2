"""The smallest demos end, from the first file to the final release; one goes into the database that is named for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from tests.conftest import open_directory
from tests.journey.test_journey_demo import command

from traboule.app.desk import Desk
from traboule.cli.terminal.current_database import CurrentDatabase
from traboule.core.errors import Conflict
from traboule.demo.filings import generate, scale_for
from traboule.demo.show import StoryPrinter
from traboule.demo.story import DemoStory


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Where the demos of this module keep their databases."""
    with open_directory() as made:
        yield made


def story(desk: Desk, persons: int, out: Path) -> DemoStory:
    printer = StoryPrinter(Console(), "en", quiet=True)
    scale = scale_for(persons)
    return DemoStory(desk, lambda of: generate(3, scale=scale, operation=of), out, printer, lambda *_: None)


def test_one_person_in_a_database_that_is_named(data: Path) -> None:
    arguments = ("--no-serve", "--json", "--data", str(data), "--database", "trial")
    finished = command("demo", "--persons", "1", "--out", str(data / "out"), *arguments)
    assert finished.returncode == 0, finished.stderr
    assert '"database": "trial"' in finished.stdout
    # A name that does not tell it from an operation is not remembered.
    assert CurrentDatabase(data).name() is None
    with_database = command("figures", "--data", str(data), "--database", "trial")
    assert with_database.returncode == 0, with_database.stderr


def test_five_persons_and_only_in_an_empty_database(data: Path) -> None:
    desk = Desk.start(data, database="five")
    try:
        outcome = story(desk, 5, data / "five").run()
        assert {name: figure["truth"] for name, figure in outcome.figures.items()}["potential_victims"] == 3
        for figure in outcome.figures.values():
            assert figure["low"] <= figure["truth"] <= figure["high"]
        with pytest.raises(Conflict, match="has accounts"):
            story(desk, 5, data / "again").run()
    finally:
        desk.stop()
