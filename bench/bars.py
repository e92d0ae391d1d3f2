"""Bars of speed that single rooms keep, each on work of its own; ``make bars`` fails when one is missed.

    python bench/bars.py [--only name] [--json]

Run it on a quiet machine. Times are seconds of processor, the best of three, and of the wall clock where another
process works. *Times the work* says how many times longer a larger work takes. tests/counted_work.py counts the same
works in steps, which no busy machine disturbs; only here stand clocks.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.builders import full_statement
from tests.conftest import open_directory
from tests.failure.test_hostile_files import CORPUS
from tests.figures_world import crowd, one_more_return
from tests.figures_world import operation as counted_operation
from tests.linkage_population import population
from tests.returns_raw import about_one_person, large, operation
from tests.terminal import Terminal
from tests.unit.database.test_database_arrow import append_actions, read_actions
from tests.unit.linkage.test_linkage_cluster import clusters, groups_of_four
from tests.unit.linkage.test_linkage_names_learned import names_across_scripts
from tests.unit.linkage.test_linkage_resolve import inputs as link_inputs
from tests.unit.linkage.test_linkage_things import adverts
from tests.unit.returns.test_returns_marking import filed

from bench.children import ROOT
from bench.report import Measured, side_by_side
from traboule.app.start import start
from traboule.core.errors import Refused
from traboule.core.permissions import Actor, Role
from traboule.database import connections, databases, embedded
from traboule.database.context import acting
from traboule.demo.filings import generate
from traboule.factcheck import check_text
from traboule.figures.count import count_case, count_inputs
from traboule.figures.incremental.counted import RunningCount
from traboule.figures.influence import queue
from traboule.figures.intervals.leave_one_out import without_each
from traboule.figures.published import shipped_sheets
from traboule.figures.resolved.case import resolve as resolve_case
from traboule.linkage.names.log_odds import name_bits
from traboule.linkage.resolve import resolve
from traboule.linkage.stop_list import stop_list
from traboule.linkage.things.find import find_things
from traboule.linkage.weights.model import declared_model
from traboule.release.documents import documents
from traboule.returns.check import check
from traboule.returns.form import form
from traboule.returns.read import read
from traboule.returns.reading.marking import mark_apart

SECONDS, WALL, TIMES, A_SECOND = "s of processor", "s", "times the work", "a second"


@dataclass(frozen=True, slots=True)
class Bar:
    """What is measured, and its bar: at most that much, or at least where ``at_least``."""

    name: str
    measure: Callable[[], float]
    bar: float
    unit: str = SECONDS
    at_least: bool = False

    def is_missed(self, value: float) -> bool:
        """Tell whether ``value`` misses the bar."""
        return value < self.bar if self.at_least else value > self.bar


def processor(work: Callable[[], object], times: int = 3) -> float:
    """Return the processor seconds of this process for ``work``, the best of some times."""
    return _best(work, times, time.process_time)


def wall(work: Callable[[], object], times: int = 3) -> float:
    """Return the seconds of the wall clock for ``work``, the best of some times."""
    return _best(work, times, time.perf_counter)


def _best(work: Callable[[], object], times: int, clock: Callable[[], float]) -> float:
    seconds = []
    for _ in range(times):
        begun = clock()
        work()
        seconds.append(clock() - begun)
    return min(seconds)


def growth(work: Callable[[int], object], small: int, large_size: int) -> float:
    """Return how many times longer the larger work takes, at least five hundredths of a second for the smaller."""
    work(min(small, 50))
    return processor(lambda: work(large_size)) / max(processor(lambda: work(small)), 0.05)


def hostile_files() -> float:
    """Refuse every hostile file of the corpus: the slowest."""
    return max(wall(partial(_refused, make(), name), 1) for name, make, _ in CORPUS.values())


def _refused(content: bytes, name: str) -> None:
    try:
        read(content, file_name=name)
    except Refused:
        return
    raise AssertionError(f"{name} is read")


def database(work: Callable[[embedded.Embedded], float]) -> float:
    """Return what ``work`` measures on a database of its own, in a cluster that is removed."""
    with open_directory() as folder:
        running = embedded.start(folder, lasting=False)
        started = start(folder, database_name="bars")
        connections.use(started.app)
        try:
            return work(running)
        finally:
            connections.leave()
            started.stop()


def second_database(cluster: embedded.Embedded) -> float:
    """Create a database where another one was made before."""
    begun = time.perf_counter()
    databases.create(cluster.address, "second", cluster.keys)
    return time.perf_counter() - begun


def fifty_thousand_rows(_cluster: embedded.Embedded) -> float:
    """Read fifty thousand rows as arrow."""
    with acting(Actor("the bench", Role.NATIONAL, frozenset({"ML"}))):
        append_actions(50_000)
    return wall(read_actions)


def linkage_growth() -> float:
    """Link four times the persons, each as costly as before by this measure: seconds over seconds, by record."""
    seconds, records = [], []
    resolve(link_inputs(population(200, seed=77)), model=declared_model())
    for persons in (2_500, 10_000):
        made = link_inputs(population(persons, seed=77))
        begun = time.process_time()
        records.append(resolve(made, model=declared_model()).clusters.num_rows)
        seconds.append(time.process_time() - begun)
    return (seconds[1] / seconds[0]) / (records[1] / records[0])


def name_pairs() -> float:
    """Weigh 60,000 pairs of names across scripts."""
    table, left, right = names_across_scripts()
    return 60_000 / processor(lambda: name_bits(table, left, right))


def checked_text(text: str) -> None:
    """Check a text against the shipped sheets."""
    check_text(text, sheets=shipped_sheets(), language="en")


def strange_texts() -> float:
    """Check texts that are no text: the slowest."""
    checked_text("2,517 arrests")
    return max(processor(lambda text=text: checked_text(text)) for text in STRANGE)


def strange_growth() -> float:
    """Check ten times as many odd pieces: the worst growth of any."""
    return max(growth(partial(_repeated, piece), 5_000, 50_000) for piece in PIECES)


def _repeated(piece: str, length: int) -> None:
    checked_text((piece * length)[:length])


def text_growth() -> float:
    """Check a text of eight times as many sentences."""
    return growth(lambda count: checked_text(SENTENCE * count), 200, 1_600)


def command(*arguments: str) -> float:
    """Return the processor seconds of a command that answers at once, modules included."""
    before = os.times()
    program = "import sys; from traboule.cli.main import run; run(sys.argv[1:])"
    for _ in range(3):
        subprocess.run([sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, check=True)
    after = os.times()
    return (after.children_user - before.children_user + after.children_system - before.children_system) / 3


def checked_command() -> float:
    """Check a short text from the command line."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as text:
        text.write("Operation Liberterra II led to 2,517 arrests.")
        text.flush()
        return command("check", text.name, "--json")


def first_line_of_the_demo() -> float:
    """Start a demo where another one was: the processor time until its first line, in a terminal."""
    with open_directory() as folder:
        embedded.start(folder, lasting=False)
        start(folder, database_name="before").stop()
        program = [sys.executable, "-m", "traboule.cli.main", "demo", "--data", ".", "--out", "out", "--scale", "0.05"]
        terminal = Terminal(program, {**os.environ, "TRABOULE_LANGUAGE": "en"}, columns=80, folder=folder)
        terminal.read_until("Liberterra II")
        figures = Path(f"/proc/{terminal.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        terminal.process.kill()
        terminal.process.wait()
        return sum(map(int, figures[11:13])) / os.sysconf("SC_CLK_TCK")


def states_left_out() -> float:
    """Count the figures of 100,000 persons without each of 116 states."""
    case = resolve_case(crowd(100_000), counted_operation())
    figures = count_case(case)
    return processor(lambda: without_each(case, figures))


def judgement_queue() -> float:
    """Order ten thousand open links by the effect of a judgement."""
    inputs = crowd(20_000, open_links=10_000)
    return processor(lambda: queue(inputs, counted_operation()))


def persons_counted() -> float:
    """Count the figures of 200,000 persons."""
    inputs = crowd(200_000)
    count_inputs(crowd(1_000, open_links=10), counted_operation())
    return processor(lambda: count_inputs(inputs, counted_operation()))


def further_return() -> float:
    """Count a further return of 300 rows after 100,000 persons."""
    inputs = crowd(100_000)
    running = RunningCount(inputs, counted_operation())
    return min(processor(lambda seed=seed: running.update(one_more_return(inputs, 300, seed)), 1) for seed in (1, 2, 3))


def marked() -> float:
    """Mark the faults of a normal workbook in the child that is there for it."""
    content, findings = filed("fr")
    mark_apart(content, findings.findings, "fr")
    return wall(lambda: mark_apart(content, findings.findings, "fr"), 5)


def rows_checked() -> float:
    """Check a return of 20,000 rows."""
    sent = large(20_000, 0)
    return 20_000 / processor(lambda: check(sent, form(), operation()))


STRANGE = ("1234567890" * 5_000, "(" * 9_000 + "2,517 arrests" + ")" * 9_000, "&" * 20_000, "a-\n" * 9_000)
PIECES = ("a ", "3-", "(1", ".", "a@", "وو", "between 3 and ", "Mali 3. ")
SENTENCE = "In all 12 people and 3,222 potential victims among 17 others in France "
BARS = (
    Bar("the slowest hostile file refused", hostile_files, 30, WALL),
    Bar("a second database", lambda: database(second_database), 2.0, WALL),
    Bar("50,000 rows read", lambda: database(fifty_thousand_rows), 1.0, WALL),
    Bar("four times the persons linked, a record", linkage_growth, 3.0, TIMES),
    Bar("clusters in a component of 20,000", lambda: processor(lambda: clusters(20_000, groups_of_four(20_000))), 5),
    Bar("10,000 adverts", lambda: processor(lambda: find_things(adverts(10_000), stop_list()), 1), 10),
    Bar("pairs of names across scripts", name_pairs, 100_000, A_SECOND, at_least=True),
    Bar("the slowest strange text checked", strange_texts, 2),
    Bar("ten times a strange text checked", strange_growth, 40, TIMES),
    Bar("eight times a text checked", text_growth, 24, TIMES),
    Bar("the command for help", lambda: command("--help"), 1.0),
    Bar("the command that checks a text", checked_command, 1.0),
    Bar("the first line of a demo", first_line_of_the_demo, 2.0),
    Bar("figures of 200,000 persons", persons_counted, 1.0),
    Bar("10,000 open links ordered", judgement_queue, 2.0),
    Bar("figures without each state", states_left_out, 1.0),
    Bar("a further return counted", further_return, 0.4),
    Bar("a release, all formats and languages", lambda: processor(lambda: documents(full_statement()), 1), 20),
    Bar("a workbook marked", marked, 0.5, WALL),
    Bar("rows of a return checked", rows_checked, 10_000, A_SECOND, at_least=True),
    Bar("four times the faulty rows", lambda: growth(_faulty_rows, 4_000, 16_000), 9, TIMES),
    Bar("four times the demonstration", lambda: growth(lambda size: generate(3, scale=size / 100), 20, 80), 10, TIMES),
)


def _faulty_rows(rows: int) -> None:
    check(about_one_person(rows), form(), operation())


def measure(name: str = "") -> Measured:
    """Return every measurement beside its bar; with a name only those whose names contain it."""
    results = {}
    for bar in BARS:
        if name in bar.name:
            value = bar.measure()
            missed = " MISSED" if bar.is_missed(value) else ""
            limit = f"{'≥' if bar.at_least else '≤'} {bar.bar:,}{missed}"
            results[f"ours: {bar.name}"] = {"measured": round(value, 3), "bar": limit, "unit": bar.unit}
    return results


def missed_bars(results: Measured) -> list[str]:
    """Return the names of the measurements that miss their bars."""
    return [name for name, result in results.items() if "MISSED" in str(result.get("bar", ""))]


def main() -> None:
    """Measure, print, and fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", help="a part of the names to measure")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    arguments = parser.parse_args()
    results = measure(arguments.only)
    print(json.dumps(results, ensure_ascii=False) if arguments.json else side_by_side(results))
    if missed_bars(results):
        sys.exit(1)


if __name__ == "__main__":
    main()
