"""The demo holds what it promises: the truth in every range, the same bytes from the same seed, in any order."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.conftest import open_directory
from tests.examples import examples
from tests.terminal import Terminal

from traboule.app.desk import Desk
from traboule.core.language.messages import catalogue
from traboule.demo.filings import DemoOperation, Filing, generate
from traboule.demo.show import StoryPrinter
from traboule.demo.story import ADMINISTRATOR, ARRIVALS, ENGINE, FINAL, DemoStory, officer
from traboule.operation.operation import shipped

PROGRAM = (sys.executable, "-m", "traboule.cli.main")
# The world of the second demo: every state files it, in every language, and its links are certain, open and judged.
SECOND_SEED = 2
SECOND_SCALE = 0.05 * examples(1)  # Ten times the size in the long run.
COUNTED = ("arrests", "arrests_trafficking_or_smuggling", "potential_victims", "potential_victims_minors")
DEDUPLICATED = (*COUNTED, "irregular_migrants", "investigations")


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=3_600,
        env={**os.environ, "TRABOULE_LANGUAGE": "en"},
    )


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Where the demos of this module keep their database."""
    with open_directory() as made:
        yield made


@pytest.fixture(scope="module")
def told(data: Path) -> dict[str, Any]:
    """What the demo of the default seed says to a program, where the simulated judge never errs."""
    chosen = ("--seed", "1", "--judge-errors", "0", "--no-serve", "--json", "--data", str(data))
    finished = command("demo", "--out", str(data / "out"), *chosen)
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert len(lines) == 1
    plain: dict[str, Any] = json.loads(lines[0])
    return plain


def test_every_range_holds_the_truth(told: dict[str, Any]) -> None:
    outside = {
        name: figure
        for name, figure in told["figures"].items()
        if not figure["low"] <= figure["truth"] <= figure["high"]
    }
    assert outside == {}


def test_before_judging_figures_stand_beside_what_had_been_filed(told: dict[str, Any]) -> None:
    preliminary = told["preliminary"]
    assert set(preliminary) == set(told["figures"])
    outside = {
        name: figure for name, figure in preliminary.items() if not figure["low"] <= figure["truth"] <= figure["high"]
    }
    assert outside == {}
    for name in ("participants", "flights_monitored", "database_checks", "irregular_migrants", "investigations"):
        assert preliminary[name]["value"] == preliminary[name]["truth"] < told["figures"][name]["truth"], name


def test_the_truth_is_what_was_published(told: dict[str, Any]) -> None:
    truth = {name: figure["truth"] for name, figure in told["figures"].items()}
    assert truth["participants"] == 116
    assert truth["arrests"] == 2517
    assert truth["arrests_trafficking_or_smuggling"] == 850
    assert truth["potential_victims"] == 3222
    assert truth["irregular_migrants"] == 17793


def test_final_values_are_within_three_in_a_thousand(told: dict[str, Any]) -> None:
    for name, figure in told["figures"].items():
        assert abs(figure["value"] - figure["truth"]) <= 0.003 * figure["truth"], (name, figure)


def test_each_range_says_its_level_and_holds_the_value(told: dict[str, Any]) -> None:
    ranges = {name: figure["interval"] for name, figure in told["figures"].items() if figure["interval"]}
    assert {"arrests", "potential_victims", "potential_victims_minors"} <= set(ranges)
    assert {interval["level"] for interval in ranges.values()} == {0.9}
    for name, interval in ranges.items():
        assert interval["low"] <= told["figures"][name]["value"] <= interval["high"], (name, interval)


def test_the_links_show_what_was_planted(told: dict[str, Any]) -> None:
    """What the protection officer is shown of the links, against what the generator planted."""
    short = {
        kind: score
        for kind, score in told["findings"].items()
        if score["precision"] is None or score["precision"] < 0.9 or score["recall"] < 0.8
    }
    assert short == {}
    assert set(told["findings"]) == {"groups", "facilitators", "corridors", "convergence", "recurrence", "adverts"}


def test_rows_are_visibly_off(told: dict[str, Any]) -> None:
    for name in DEDUPLICATED:
        figure = told["figures"][name]
        assert figure["rows"] >= 1.05 * figure["truth"], (name, figure)


def test_every_row_is_accounted_for(told: dict[str, Any]) -> None:
    returns = told["returns"]
    assert returns["filed"] == returns["entered"] + returns["held"] + returns["refused"]
    assert returns["held"] > 0.005 * returns["filed"]


def test_documents_are_there_in_four_languages(told: dict[str, Any]) -> None:
    names = {Path(file).name for file in told["release"]["files"]}
    assert {
        f"communique.{language}.{ending}" for language in ("en", "fr", "es", "ar") for ending in ("html", "pdf", "docx")
    } < names
    assert {"factsheet.json", "factsheet.schema.json", "factsheet.csv"} < names
    assert {f"factsheet.{language}.html" for language in ("en", "fr", "es", "ar")} < names
    assert all(Path(file).stat().st_size > 0 for file in told["release"]["files"])


@dataclass(frozen=True)
class Second:
    """A demo run in a terminal beside the first: its screen afterwards, and the libraries loaded at its first line."""

    lines: list[str]
    libraries: str
    out: Path

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture(scope="module")
def second(data: Path, told: dict[str, Any]) -> Second:
    del told  # It must be there before.
    size = ("--seed", str(SECOND_SEED), "--scale", str(SECOND_SCALE))
    arguments = ("demo", "--no-serve", "--out", "second", *size, "--data", ".")
    environment = {**os.environ, "TRABOULE_LANGUAGE": "en"}
    terminal = Terminal([*PROGRAM, *arguments], environment, columns=80, folder=data)
    terminal.read_until("Liberterra II")
    libraries = Path(f"/proc/{terminal.process.pid}/maps").read_text(encoding="utf-8")
    status = terminal.finish()
    lines = terminal.lines()
    assert status == 0, lines
    return Second(lines, libraries, data / "second")


def values(folder: Path) -> dict[str, int]:
    lines = json.loads((folder / "releases/2-final/factsheet.json").read_text(encoding="utf-8"))["lines"]
    return {line["figure"]: line["value"] for line in lines}


def test_a_second_demo_leaves_the_first_alone(data: Path, told: dict[str, Any], second: Second) -> None:
    """Another demo in the same place answers at once, gives its own figures, and the first keeps its own."""
    assert "psycopg" in second.libraries
    assert [name for name in ("llvmlite", "duckdb", "scipy", "pandas") if f"/{name}/" in second.libraries] == []
    assert values(data / "out") == {name: figure["value"] for name, figure in told["figures"].items()}
    assert values(second.out) != values(data / "out")


def test_a_terminal_keeps_every_heading_once_and_no_progress(second: Second) -> None:
    words = catalogue("traboule.demo", "words.yaml")
    another_story = {"chapter-public", "chapter-running"}
    headings = [
        entry["en"] for code, entry in words.items() if code.startswith("chapter-") and code not in another_story
    ]
    assert [[line[3:] for line in second.lines if line[3:] == heading] for heading in headings] == [
        [heading] for heading in headings
    ]
    assert sum("Liberterra II" in line for line in second.lines) == 1
    steps = [entry["en"] for code, entry in catalogue("traboule.cli", "words.yaml").items() if code.startswith("step-")]
    assert [line for line in second.lines if "━" in line or line.strip().startswith(tuple(steps))] == []


def test_a_terminal_keeps_every_final_figure_once(second: Second) -> None:
    start = next(number for number, line in enumerate(second.lines) if line[3:].startswith("Final figures"))
    end = next(number for number, line in enumerate(second.lines) if number > start and line.startswith("Audited"))
    rows = [re.split(r"\s{2,}", line.strip())[1] for line in second.lines[start + 2 : end] if re.search(r"\d", line)]
    assert rows == [f"{value:,}" for value in values(second.out).values()]


def test_it_ends_with_three_documents_that_are_there(data: Path, second: Second) -> None:
    paths = re.findall(r"^ +xdg-open (\S+)$", second.text, re.MULTILINE)
    assert [Path(path).name.partition(".")[0] for path in paths[:2]] == ["communique", "factsheet"]
    assert paths[2].endswith(".marked.xlsx")
    assert all((data / path).is_file() for path in paths)


def test_the_next_command_finds_its_database(data: Path, second: Second) -> None:
    finished = command("figures", "--data", str(data))
    assert finished.returncode == 0, finished.stderr
    database = re.search(r"demo_\w+", finished.stderr)
    assert database is not None
    assert database[0] in second.text
    for value in values(second.out).values():
        assert f"{value:,}" in finished.stdout


@pytest.fixture(scope="module")
def world() -> DemoOperation:
    """The world of the second demo, generated in this process."""
    return generate(SECOND_SEED, scale=SECOND_SCALE, operation=shipped("liberterra-ii"))


def paths_below(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_same_seed_same_bytes(data: Path, second: Second, world: DemoOperation) -> None:
    """The second demo once more in another process, whose hashes of text are seeded otherwise: each file is the same,
    the returns as sent, the workbooks sent back, and all documents of both releases."""
    again = data / "again"
    desk = Desk.start(data, database="again")
    try:
        DemoStory(desk, lambda _: world, again, StoryPrinter(Console(), "en", quiet=True), lambda *_: None).run()
    finally:
        desk.stop()
    files = paths_below(again)
    assert len([file for file in files if file.parts[0] == "releases"]) == 38
    assert len([file for file in files if file.parts[0] == "returns"]) == len(world.filings)
    assert paths_below(second.out) == files
    assert [file for file in files if (second.out / file).read_bytes() != (again / file).read_bytes()] == []


def test_the_second_demo_has_links_of_every_kind(second: Second) -> None:
    """What is compared between two runs of it would say little if nothing were linked, left open or judged."""
    judged = re.search(
        r"(\d+) judged: (\d+) the same person, (\d+) not; (\d+) remain open", " ".join(second.text.split())
    )
    assert judged is not None
    assert min(map(int, judged.groups()[:3])) > 0
    assert {path.suffix for path in (second.out / "faults").iterdir()} == {".xlsx"}


def figures(data: Path, name: str, sent: list[tuple[Filing, bytes]]) -> dict[str, Any]:
    """File ``sent`` in that order, link, and return the figures without what names the run."""
    desk = Desk.start(data, database=name)
    try:
        desk.perform("operation.open", by=ADMINISTRATOR, at=ARRIVALS["first"], source="liberterra-ii")
        for filing, content in sent:
            desk.perform(
                "return.receive", by=officer(filing.state), at=ARRIVALS["first"], name=filing.file_name, content=content
            )
        desk.perform("link", by=ENGINE, at=FINAL)
        counted: dict[str, Any] = desk.perform("figures.compute", by=ENGINE, at=FINAL).to_json()
    finally:
        desk.stop()
    return {figure["id"]: figure for figure in counted["figures"]}


def files(second: Second, world: DemoOperation) -> list[tuple[Filing, bytes]]:
    folder = second.out / "returns"
    return [(filing, (folder / filing.round / filing.file_name).read_bytes()) for filing in world.filings]


def test_files_in_any_order_give_the_same_figures(data: Path, second: Second, world: DemoOperation) -> None:
    seed = random.randrange(10_000)
    print(f"seed {seed}")
    sent = files(second, world)
    shuffled = random.Random(seed).sample(sent, len(sent))
    assert figures(data, "order_a", sent) == figures(data, "order_b", shuffled)


def test_one_return_split_in_two_gives_the_same_figures(data: Path, world: DemoOperation) -> None:
    """The largest return of the first round is filed as two, whose rows refer to each other, later part first."""
    whole = max(
        (one for one in world.sent_in("first") if not one.mess), key=lambda one: sum(map(len, one.rows.values()))
    )
    desk = Desk.start(data, database="split_writer")
    try:
        desk.perform("operation.open", by=ADMINISTRATOR, at=ARRIVALS["first"], source="liberterra-ii")
        parts = [
            {table: rows for table, rows in whole.rows.items() if (table in ("people", "actions")) is first}
            for first in (True, False)
        ]
        written = [
            desk.perform(
                "return.template", by=officer(whole.state), at=ARRIVALS["first"], state=whole.state,
                language=whole.language, cover=whole.cover, rows=rows,
            ).content
            for rows in (whole.rows, *parts)
        ]  # fmt: skip
    finally:
        desk.stop()
    together = figures(data, "split_a", [(whole, written[0])])
    apart = figures(data, "split_b", [(whole, written[2]), (whole, written[1])])
    for one in (together, apart):
        one["participants"].pop("rows")  # Two files are two returns of one state.
    assert together == apart
    assert together["participants"]["value"] == 1
