"""Play a whole operation, from the first file to the final release, through the commands that everybody uses.

In: a desk, an invented operation, a folder. Out: a :class:`StoryOutcome`. Guaranteed: instants come from the
story, never from the clock, so that the same seed gives the same bytes; the truth is used for two things only: by the
simulated judge, and to be shown beside figures and findings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from traboule.app.desk import Desk
from traboule.app.forms import form
from traboule.app.operation_files import states_of
from traboule.core.errors import Invalid, Refused
from traboule.core.language.languages import in_language
from traboule.core.language.numbers import share
from traboule.core.permissions import Actor, Role
from traboule.demo.desks.in_force import InForce, filed_count
from traboule.demo.findings.scores import scores
from traboule.demo.show import StoryPrinter
from traboule.demo.simulated_judge import ERRORS, SimulatedJudge, case_records, simulated
from traboule.demo.story_outcome import StoryOutcome, beside
from traboule.demo.workbooks import messy_file

if TYPE_CHECKING:
    from traboule.demo.filings import DemoOperation, Filing
    from traboule.demo.world.places import Outline

Progress = Callable[[str, int, int], None]

OPERATION = "liberterra-ii"
# When things happen in the story: the first returns two days after the operation, the final release on day 33.
OPENED = datetime(2024, 9, 20, 8, tzinfo=UTC)
ARRIVALS = {
    "first": datetime(2024, 10, 6, 8, tzinfo=UTC),
    "correction": datetime(2024, 10, 13, 8, tzinfo=UTC),
    "withdrawal": datetime(2024, 10, 16, 8, tzinfo=UTC),
    "late": datetime(2024, 10, 20, 8, tzinfo=UTC),
}
PRELIMINARY = datetime(2024, 10, 9, 9, tzinfo=UTC)
JUDGING = datetime(2024, 10, 25, 9, tzinfo=UTC)
FINAL = datetime(2024, 11, 6, 9, tzinfo=UTC)

ENGINE = Actor("engine", Role.ENGINE)
DESK = Actor("desk officer", Role.DESK, account="desk", person="desk")
PRESS = Actor("press officer", Role.PRESS, account="press", person="press")
PROTECTION = Actor("protection officer", Role.PROTECTION, account="protection", person="protection")
AUDITOR = Actor("auditor", Role.AUDITOR, account="auditor", person="auditor")
ADMINISTRATOR = Actor("administrator", Role.ADMINISTRATOR, account="administrator", person="administrator")
STAFF = (DESK, PRESS, PROTECTION, AUDITOR, ADMINISTRATOR)

MOST_JUDGED = 150  # By each of the two desks.
READ_AT_ONCE = 64  # Files.
SENT_BACK = 6


class DemoStory:
    """One run of the demo. ``out`` receives the returns as sent, the workbooks sent back, and both releases."""

    def __init__(
        self,
        desk: Desk,
        invent: Callable[[Outline], DemoOperation],
        out: Path,
        printer: StoryPrinter,
        progress: Progress,
        judge_errors: float = ERRORS,
    ) -> None:
        self._judge_errors = judge_errors
        self._desk = desk
        self._invent = invent
        self._out = out
        self._printer = printer
        self._progress = progress
        self._outcome = StoryOutcome()

    def run(self) -> StoryOutcome:
        """Run the whole demo and return its result."""
        self._begin()
        self._judge()
        self._finish()
        return self._outcome

    def run_until_judging(self) -> StoryOutcome:
        """Run the demo until the open links are to be judged and the next release is to be drafted."""
        linked = self._begin()
        self._figures(JUDGING - timedelta(minutes=30), "chapter-running")
        self._outcome.open_links = linked["open"]
        self._printer.say("left-to-do", open=linked["open"])
        return self._outcome

    def _begin(self) -> dict[str, Any]:
        """Run the demo until the open links are to be judged, and return what linking found."""
        operation = self._open()
        self._progress("generate", 0, 1)
        self._world = self._invent(operation)
        self._progress("generate", 1, 1)
        self._returns("first", "chapter-returns", send_back=True)
        self._link(PRELIMINARY - timedelta(hours=1), "chapter-links")
        figures = self._figures(PRELIMINARY, "chapter-figures")
        filed = filed_count(self._world.truth.person_of, InForce().receive(self._world.sent_in("first")))
        self._outcome.preliminary = beside(filed.figures, figures)
        self._release("preliminary", PRELIMINARY, "chapter-preliminary")
        self._final_is_refused()
        return self._later()

    def _perform(self, verb: str, by: Actor, at: datetime, **arguments: Any) -> Any:
        return self._desk.perform(verb, by=by, at=at, progress=self._progress, **arguments)

    def _open(self) -> Outline:
        open_accounts(self._desk)
        opened = self._perform("operation.open", ADMINISTRATOR, OPENED, source=OPERATION)
        self._printer.heading(
            "title",
            title=opened.title(self._printer.language),
            start=opened.start.isoformat(),
            end=opened.end.isoformat(),
            participants=len(opened.states),
        )
        self._printer.say("invented")
        of: Outline = opened
        return of

    def _returns(self, round_: str, chapter: str = "", *, send_back: bool = False) -> None:
        if chapter:
            self._printer.chapter(chapter)
        before = (self._outcome.filed, self._outcome.entered, self._outcome.held, self._outcome.refused)
        sent = self._world.sent_in(round_)
        faulty: list[tuple[Filing, bytes]] = []
        for filing, content, received in self._receive(round_, sent):
            self._outcome.add(received.receipt)
            if received.receipt.held:
                faulty.append((filing, content))
        after = (self._outcome.filed, self._outcome.entered, self._outcome.held, self._outcome.refused)
        filed, entered, held_rows, refused = (new - old for new, old in zip(after, before, strict=True))
        self._printer.say(
            "returns",
            files=len(sent),
            states=len({filing.state for filing in sent}),
            filed=filed,
            entered=entered,
            held=held_rows,
            refused=refused,
        )
        if send_back:
            self._silent()
            self._send_back(faulty, ARRIVALS[round_])

    def _receive(self, round_: str, sent: Sequence[Filing]) -> Iterator[tuple[Filing, bytes, Any]]:
        """Write, read and receive the files of a round; each is received on its own, by an officer of its state.

        They are read a few at a time: a round of the largest demo, read whole, would not fit the memory of a desk.
        """
        folder = self._out / "returns" / round_
        folder.mkdir(parents=True, exist_ok=True)
        for begin in range(0, len(sent), READ_AT_ONCE):
            together = sent[begin : begin + READ_AT_ONCE]
            contents = []
            for done, filing in enumerate(together, start=begin):
                self._progress("write", done, len(sent))
                contents.append(self._file(filing))
                (folder / filing.file_name).write_bytes(contents[-1])
            files = [(filing.file_name, content) for filing, content in zip(together, contents, strict=True)]
            raws = self._perform("return.read", DESK, ARRIVALS[round_], files=files).raws
            for number, (filing, content, raw) in enumerate(zip(together, contents, raws, strict=True), start=begin):
                self._progress("receive", number, len(sent))
                received = self._perform(
                    "return.receive",
                    officer(filing.state),
                    ARRIVALS[round_] + timedelta(minutes=3 * number),
                    name=filing.file_name,
                    content=content,
                    raw=raw,
                )
                yield filing, content, received
        self._progress("write", len(sent), len(sent))
        self._progress("receive", len(sent), len(sent))

    def _file(self, filing: Filing) -> bytes:
        if filing.mess:
            return messy_file(filing, form())
        written = self._perform(
            "return.template",
            officer(filing.state),
            OPENED,
            state=filing.state,
            language=filing.language,
            cover=filing.cover,
            rows=filing.rows,
        )
        content: bytes = written.content
        return content

    def _silent(self) -> None:
        silent = self._perform("operation.show", DESK, PRELIMINARY).to_json()["silent"]
        self._printer.say("silent", states=", ".join(silent))

    def _send_back(self, faulty: Sequence[tuple[Filing, bytes]], at: datetime) -> None:
        """Send some faulty workbooks back, marked, one for each language first."""
        first = {filing.language: (filing, content) for filing, content in reversed(faulty)}
        chosen = [*first.values(), *(returned for returned in faulty if returned not in first.values())][:SENT_BACK]
        folder = self._out / "faults"
        folder.mkdir(parents=True, exist_ok=True)
        self._printer.say("faults")
        for filing, content in chosen:
            checked = self._perform(
                "return.check",
                officer(filing.state),
                at,
                name=filing.file_name,
                content=content,
                language=filing.language,
            )
            name = f"{Path(filing.file_name).stem}.marked.xlsx"
            (folder / name).write_bytes(checked.marked.content)
            self._outcome.marked.append(str(folder / name))
            wrong = next(finding for finding in checked.to_json()["findings"] if finding["severity"] == "error")
            self._printer.fault(
                f"{filing.state} · {wrong['sheet']} · {wrong['cell']}", wrong["message"], wrong["advice"]
            )

    def _link(self, at: datetime, chapter: str = "") -> dict[str, Any]:
        if chapter:
            self._printer.chapter(chapter)
        summary: dict[str, Any] = self._perform("link", ENGINE, at).to_json()
        if chapter:
            self._printer.say("links", **summary)
            sums = {name: sum(counts[name] for counts in summary["things"].values()) for name in ("automatic", "open")}
            self._printer.say("things", **sums)
        return summary

    def _figures(self, at: datetime, chapter: str, *, with_truth: bool = False) -> list[dict[str, Any]]:
        self._printer.chapter(chapter)
        figures: list[dict[str, Any]] = self._perform("figures.compute", ENGINE, at).to_json()["figures"]
        self._printer.figures(figures, self._world.truth.figures if with_truth else None)
        return figures

    def _release(self, kind: str, at: datetime, chapter: str = "") -> Any:
        if chapter:
            self._printer.chapter(chapter)
        self._draft("release.finalise" if kind == "final" else "release.draft", at)
        self._perform("release.sign", DESK, at + timedelta(minutes=20))
        drafted = self._perform("release.sign", PRESS, at + timedelta(minutes=40))
        self._printer.say("signed", names=", ".join(signed.name for signed in drafted.signatures))
        issued = self._perform("release.issue", PRESS, at + timedelta(hours=1))
        folder = self._out / "releases" / f"{issued.statement.number}-{kind}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in issued.files.items():
            (folder / name).write_bytes(content)
        self._outcome.files = [str(folder / name) for name in issued.files]
        self._printer.say("written", count=len(issued.files), folder=folder)
        return issued

    def _draft(self, verb: str, at: datetime) -> None:
        """Draft a release with every case that may be published; those that desk or audit refuse are left out."""
        texts = yaml.safe_load(files("traboule.demo").joinpath("release.yaml").read_text(encoding="utf-8"))
        records = case_records(self._world.filings)
        stories = [{**story, "action": records.get(story["action"], "")} for story in texts["stories"]]
        while refused := self._refused_stories(verb, at, {**texts, "stories": stories}):
            stories = [story for story in stories if story["id"] not in refused]

    def _refused_stories(self, verb: str, at: datetime, texts: Mapping[str, Any]) -> set[str]:
        """Draft with ``texts`` and ask for the audit; return the stories that keep the draft from being issued."""
        try:
            self._perform(verb, PRESS, at, texts=json.dumps(texts))  # What is JSON is YAML.
        except (Refused, Invalid) as refusal:
            refused = {
                story["id"]
                for story in texts["stories"]
                if story["id"] == refusal.values.get("story") or story["action"] == refusal.values.get("reference")
            }
            if not refused:
                raise
            self._printer.say("refused-case", reason=refusal.sentence(self._printer.language))
            return refused
        learnt = set()
        for finding in self._perform("release.verdict", PRESS, at).to_json()["verdict"]["findings"]:
            for story in texts["stories"]:
                if finding["cell"] == f"story/{story['id']}":
                    learnt.add(story["id"])
                    sentence = in_language(finding["sentences"], self._printer.language)
                    self._printer.say("refused-case", reason=sentence)
        return learnt

    def _final_is_refused(self) -> None:
        """Show that nothing can be called final while returns are open."""
        try:
            self._perform("release.finalise", PRESS, PRELIMINARY + timedelta(hours=2))
        except Refused as refusal:
            self._printer.say("refused-final", reason=refusal.sentence(self._printer.language))

    def _later(self) -> dict[str, Any]:
        self._printer.chapter("chapter-later")
        for round_ in ("correction", "withdrawal", "late"):
            self._returns(round_)
        return self._link(JUDGING - timedelta(hours=1), "chapter-links-again")

    def _judge(self) -> None:
        """Decide as the officers would, who have the files before them: a simulated judge stands in for them.

        What touches nobody protected is the desk's to judge; all other links are the protection officer's.
        """
        self._printer.chapter("chapter-judgements")
        judge = SimulatedJudge(self._world.truth, self._world.seed, self._judge_errors)
        counts = {"match": 0, "no_match": 0, "wrong": 0}
        for by in (DESK, PROTECTION):
            queue = self._perform("judge.queue", by, JUDGING, limit=MOST_JUDGED)
            for number, link in enumerate(queue.links):
                self._progress("judge", number, len(queue.links))
                verdict = "match" if judge.says_same(link.left, link.right) else "no_match"
                counts[verdict] += 1
                counts["wrong"] += judge.errs(link.left, link.right)
                self._perform(
                    "judge.decide",
                    simulated(by),
                    JUDGING + timedelta(minutes=number),
                    pair=(link.left, link.right),
                    verdict=verdict,
                    reason=self._printer.words("judge-same" if verdict == "match" else "judge-other"),
                )
            self._progress("judge", len(queue.links), len(queue.links))
        summary = self._link(FINAL - timedelta(hours=2))
        self._outcome.open_links = summary["open"]
        judged = counts["match"] + counts["no_match"]
        errors = share(self._judge_errors, self._printer.language)
        self._printer.say("judged", judged=judged, open=summary["open"], **counts)
        self._printer.say("judge-simulated", wrong=counts["wrong"], errors=errors)

    def _finish(self) -> None:
        figures = self._figures(FINAL - timedelta(hours=1), "chapter-final", with_truth=True)
        issued = self._release("final", FINAL)
        self._printer.say("changes")
        titles = {figure["id"]: figure["titles"] for figure in figures}
        self._printer.changes(issued.statement.to_json()["changes"], titles)
        self._outcome.figures = beside(self._world.truth.figures, figures)
        reported = self._perform("networks.findings", PROTECTION, FINAL + timedelta(hours=2)).to_json()
        self._outcome.findings = scores(reported, self._world.truth.planted, self._world.truth.person_of)


def officer(state: str) -> Actor:
    """Return an officer who speaks for ``state``."""
    account = f"officer.{state.lower()}"
    return Actor(f"officer of {state}", Role.NATIONAL, frozenset({state}), account, account)


def open_accounts(desk: Desk) -> None:
    """Make an account for everybody who plays a part: the staff of the desk, and an officer of each state.

    Raises Conflict where the database has accounts, before anything is opened in it.
    """
    actors = (*STAFF, *(officer(state) for state in sorted(states_of(OPERATION))))
    desk.perform("people.demo", by=ADMINISTRATOR, at=OPENED, actors=actors)
