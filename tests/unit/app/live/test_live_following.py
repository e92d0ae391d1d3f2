"""What is linked and counted as returns arrive is what linking and counting everything anew gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from traboule.app.desk import Desk
from traboule.app.forms import form
from traboule.app.live.following import LiveCounts, OperationCount
from traboule.app.live.keeper import Keeper
from traboule.app.start import Started
from traboule.core.errors import NotFound, Refused
from traboule.demo.filings import DemoOperation, Filing, generate, scale_for
from traboule.demo.story import ADMINISTRATOR, DESK, ENGINE, OPENED, PROTECTION, officer
from traboule.demo.workbooks import messy_file

NOW = datetime(2024, 10, 9, 9, tzinfo=UTC)
CODE = "liberterra-ii"


class Arrivals:
    """An operation that files step by step, with what is kept of it in memory."""

    def __init__(self, desk: Desk, world: DemoOperation) -> None:
        self.desk, self.world, self.counts, self.minute = desk, world, LiveCounts(), 0

    def perform(self, verb: str, by: Any = ENGINE, **arguments: Any) -> Any:
        """Perform ``verb`` a minute after the last."""
        self.minute += 1
        return self.desk.perform(verb, by=by, at=NOW + timedelta(minutes=self.minute), **arguments)

    def file(self, filing: Filing) -> None:
        """File one return, as its state's officer."""
        content = messy_file(replace(filing, mess=("json",)), form())
        name = f"{filing.file_name.partition('.')[0]}.json"
        self.perform("return.receive", officer(filing.state), name=name, content=content)

    def look(self) -> tuple[str, ...]:
        """Take in what arrived; return the operations that changed."""
        changed: tuple[str, ...] = self.perform("live.look", counts=self.counts).changed
        return changed

    @property
    def live(self) -> OperationCount:
        """What is kept."""
        return self.counts.operations[CODE]

    def require_same(self) -> None:
        """Link and count everything anew, and require the same links, clusters and figures."""
        linked = self.perform("link").run.persons
        computed = self.perform("figures.compute").computed
        links = self.live.count.links
        anew = linked.links.select(links.column_names)
        assert links.drop_columns("probability").equals(anew.drop_columns("probability"))
        assert links["probability"].to_pylist() == pytest.approx(anew["probability"].to_pylist(), rel=1e-6)
        assert self.live.count.clusters.equals(linked.clusters)
        live, counted = (plain(figures.without_records().to_data()) for figures in (self.figures, computed.figures))
        assert live == counted

    @property
    def figures(self) -> Any:
        """The figures counted live."""
        return self.live.count.figures


def plain(data: dict[str, Any]) -> str:
    """Return figures as text, without what the live count leaves out and without their instant."""
    figures = {name: {**figure, "likely": None} for name, figure in data["figures"].items()}
    return json.dumps({**data, "figures": figures, "as_of": ""}, sort_keys=True)


@pytest.fixture(scope="module")
def world() -> DemoOperation:
    return generate(7, scale=scale_for(250), states=14)


@pytest.fixture
def arrivals(database: Started, world: DemoOperation) -> Arrivals:
    """An operation for which half of the first returns were filed, linked and counted."""
    desk = Desk(database)
    desk.perform("operation.open", by=ADMINISTRATOR, at=OPENED, source=CODE)
    arrived = Arrivals(desk, world)
    first = world.sent_in("first")
    for filing in first[: len(first) // 2]:
        arrived.file(filing)
    arrived.perform("link")
    arrived.perform("figures.compute")
    return arrived


def test_every_return_that_arrives_gives_what_linking_and_counting_anew_gives(arrivals: Arrivals) -> None:
    assert arrivals.look() == ()  # Nothing that is not stored already.
    first = arrivals.world.sent_in("first")
    for filing in first[len(first) // 2 :]:
        arrivals.file(filing)
        assert arrivals.look() == (CODE,)
        arrivals.perform("live.store", counts=arrivals.counts)
        assert arrivals.look() == ()
    arrivals.require_same()
    for round_ in ("correction", "withdrawal", "late"):
        for filing in arrivals.world.sent_in(round_):
            arrivals.file(filing)
        arrivals.look()
    arrivals.require_same()


def test_judgements_and_their_undoing_count(arrivals: Arrivals) -> None:
    arrivals.look()
    for by in (DESK, PROTECTION):
        for link in arrivals.perform("judge.queue", by, limit=4).links:
            verdict = "match" if arrivals.world.truth.same(link.left, link.right) else "no_match"
            pair = (link.left, link.right)
            arrivals.perform("judge.decide", by, pair=pair, verdict=verdict, reason="one photograph")
    assert arrivals.look() == (CODE,)
    arrivals.require_same()
    arrivals.perform("judge.undo", by, pair=pair, reason="another face")
    assert arrivals.look() == (CODE,)
    arrivals.file(arrivals.world.sent_in("first")[-1])
    arrivals.look()
    arrivals.require_same()


def test_an_identifier_that_links_nothing_from_now_on(arrivals: Arrivals) -> None:
    arrivals.look()
    kept = arrivals.live
    arrivals.perform("stop.add", DESK, kind="phone", value="+22365001234", reason="a shelter’s")
    arrivals.file(arrivals.world.sent_in("first")[-1])
    assert arrivals.look() == (CODE,)
    assert arrivals.live is not kept  # Begun anew: an update cannot take links away from earlier records.
    arrivals.require_same()


def test_figures_counted_live_are_shown_but_no_release_rests_on_them(arrivals: Arrivals) -> None:
    counted = arrivals.perform("figures.show").to_json()
    arrivals.look()
    arrivals.file(arrivals.world.sent_in("first")[-1])
    arrivals.look()
    arrivals.perform("live.store", counts=arrivals.counts)
    shown = arrivals.perform("figures.show", PROTECTION).to_json()
    assert (counted["live"], shown["live"]) == (False, True)
    assert shown["inputs_hash"] == arrivals.figures.inputs_hash != counted["inputs_hash"]
    assert shown["link_run"] == counted["link_run"]
    assert all(not figure["contributing"] for figure in shown["figures"])
    before = arrivals.perform("figures.show", instant=datetime.fromisoformat(counted["computed_at"])).to_json()
    assert before == counted
    arrivals.require_same()
    assert arrivals.perform("figures.show").to_json()["live"] is False


def test_nothing_is_linked_live_before_the_first_run(database: Started, world: DemoOperation) -> None:
    desk = Desk(database)
    desk.perform("operation.open", by=ADMINISTRATOR, at=OPENED, source=CODE)
    arrived = Arrivals(desk, world)
    arrived.file(world.sent_in("first")[0])
    assert arrived.look() == ()
    assert arrived.counts.operations == {}
    with pytest.raises(NotFound):
        arrived.perform("figures.show")


def test_no_person_may_follow(arrivals: Arrivals) -> None:
    for verb in ("live.look", "live.store"):
        for by in (DESK, PROTECTION, ADMINISTRATOR):
            with pytest.raises(Refused):
                arrivals.perform(verb, by, counts=arrivals.counts)


PATIENCE = 60  # Seconds, on a busy machine.


@contextmanager
def keeping(arrivals: Arrivals, quiet: timedelta) -> Iterator[tuple[Keeper, Queue[str]]]:
    """Keep in a thread, by a clock that goes on between the verbs of ``arrivals``."""
    reports: Queue[str] = Queue()
    ticks = count(1)
    keeper = Keeper(
        arrivals.desk,
        lambda: NOW + timedelta(minutes=arrivals.minute, milliseconds=next(ticks)),
        reports.put,
        quiet=quiet,
    )
    thread = Thread(target=keeper.run)
    thread.start()
    try:
        assert reports.get(timeout=PATIENCE) == "live-kept"
        yield keeper, reports
    finally:
        keeper.ended.set()
        thread.join(PATIENCE)


def test_links_are_stored_when_nothing_has_arrived_for_a_while(arrivals: Arrivals) -> None:
    earlier = arrivals.perform("figures.show").to_json()["link_run"]
    with keeping(arrivals, timedelta(0)) as (_, reports):
        arrivals.file(arrivals.world.sent_in("first")[-1])
        assert reports.get(timeout=PATIENCE) == "live-counted"
        # What comes in while the rows are read is read twice, and counted twice.
        words = iter(partial(reports.get, timeout=PATIENCE), None)
        assert next(word for word in words if word != "live-counted") == "live-linked"
    plain = arrivals.perform("figures.show").to_json()
    assert plain["live"] is False
    assert plain["link_run"] != earlier


def test_a_live_count_that_differs_from_all_anew_is_begun_anew(arrivals: Arrivals) -> None:
    with keeping(arrivals, timedelta(hours=1)) as (keeper, reports):
        arrivals.file(arrivals.world.sent_in("first")[-1])
        assert reports.get(timeout=PATIENCE) == "live-counted"
        wrong = keeper._counts.operations[CODE]
        arrests = wrong.count.figures.figures["arrests"]
        figures = {**wrong.count.figures.figures, "arrests": replace(arrests, value=arrests.value + 1)}
        wrong.count.figures = replace(wrong.count.figures, figures=figures)
        keeper.quiet = timedelta(0)
        assert [reports.get(timeout=PATIENCE) for _ in range(2)] == ["live-differed", "live-linked"]
        assert keeper._counts.operations.get(CODE) is not wrong
    assert arrivals.perform("figures.show").to_json()["live"] is False
