"""Commands about links: link, and judging them: queue, explain, decide, undo."""

from __future__ import annotations

from typing import Any, NamedTuple

import click
from rich.table import Table

from traboule.cli.screen.lines import hanging
from traboule.cli.screen.numbers import Numbered, is_number, link_of, number_links
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.core.language.numbers import share, signed, significant

PLACES = {name: f"{__name__}:{name}" for name in ("queue", "audit", "explain", "decide", "undo", "built")}
PLACES["left-out"] = f"{__name__}:left_out"

UNDONE = "undone"
VERDICTS = ("match", "no_match", "unsure")
VERDICT = click.Argument(["verdict"], type=click.Choice(VERDICTS))


class LinkReference(NamedTuple):
    """A link as a command names it; ``operation`` None is the only one open."""

    operation: str | None
    records: tuple[str, str]
    are_things: bool


things_option = click.option("--things", is_flag=True, cls=SpokenOption, help="things")


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--explain-model", is_flag=True, cls=SpokenOption, help="explain-model")
@with_session
def link(session: Session, operation: str | None, *, explain_model: bool) -> None:
    """Link records, or explain the model by which they were linked."""
    if explain_model:
        _explain_model(session, operation)
        return
    result = session.perform("link", operation=operation)
    plain = result.to_json()

    def show_result() -> None:
        session.out.print(session.say("linked", **plain))
        session.out.print(session.say("linked-without-protected"))
        sums = {name: sum(counts[name] for counts in plain["things"].values()) for name in ("automatic", "open")}
        session.out.print(session.say("linked-things", **sums))

    session.give(plain, show_result)


def _explain_model(session: Session, operation: str | None) -> None:
    """Show the model of the latest run: a table of comparisons and levels, between the prior and the hash."""
    plain = session.perform("link.model", operation=operation, language=session.language).to_json()
    prior, calibration = plain["prior"], plain["calibration"]

    def show_result() -> None:
        learned = "model-trained" if plain["records"] else "model-declared"
        session.out.print(session.say(learned, count=plain["records"]))
        values = {
            "probability": significant(prior["probability"], session.language),
            "bits": signed(prior["bits"], session.language, decimals=1),
            "source": session.say(f"model-source-{prior['source']}"),
        }
        session.out.print(session.say("model-prior", **values))
        session.out.print()
        session.out.print(_model_table(session, plain["levels"]))
        session.out.print()
        session.out.print(session.say("model-sources"))
        if any(line["varies"] for line in plain["levels"]):
            session.out.print(session.say("model-varies"))
        session.out.print(session.say("model-calibration", **{name: calibration[name] for name in ("slope", "offset")}))
        session.out.print(session.say("model-hash", hash=plain["hash"]), soft_wrap=True)

    session.give(plain, show_result)


def _model_table(session: Session, levels: list[dict[str, Any]]) -> Table:
    """Return the levels as a table; the name of a comparison stands at the first of its levels."""
    table = Table(box=None, expand=True, header_style="bold", pad_edge=False)
    for name, ratio in (("field", 4), ("level", 6), ("m", 3), ("u", 4), ("bits", 2), ("source", 4)):
        table.add_column(session.say(f"column-{name}"), overflow="fold", ratio=ratio)
    above = ""
    for line in levels:
        sources = dict.fromkeys(session.say(f"model-source-{line[name]}") for name in ("m_source", "u_source"))
        bits = signed(line["bits"], session.language, decimals=1) + ("*" if line["varies"] else "")
        shares = (significant(line[name], session.language) for name in ("m", "u"))
        table.add_row("" if line["field"] == above else line["field"], line["words"], *shares, bits, ", ".join(sources))
        above = line["field"]
    return table


@click.group(cls=SpokenGroup, places=PLACES)
def judge() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit")
@things_option
@with_session
def queue(session: Session, operation: str | None, limit: int, *, things: bool) -> None:
    """List open links, those that matter most first."""
    _show_queue(session, {"operation": operation, "limit": limit, "things": things})


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit")
@with_session
def audit(session: Session, operation: str | None, limit: int) -> None:
    """List the next links of the audit sample."""
    _show_queue(session, {"operation": operation, "limit": limit, "things": False, "audit": True})


def _show_queue(session: Session, arguments: dict[str, Any]) -> None:
    plain = session.perform("judge.queue", **arguments, language=session.language).to_json()
    things, is_audit = arguments["things"], "audit" in arguments
    entries = [Numbered(plain["operation"], link["left"], link["right"], things) for link in plain["links"]]
    numbers = number_links(session, entries)
    for link, number in zip(plain["links"], numbers, strict=True):
        link["number"] = int(number) if number else None

    def show_result() -> None:
        if is_audit:
            session.out.print(session.say("queue-audit"))
        for link, number in zip(plain["links"], numbers, strict=True):
            _show_queued(session, link, number)
        if plain["open"]:
            session.out.print(session.say("queue-left", shown=len(plain["links"]), count=plain["open"]))
        else:
            session.out.print(session.say("queue-none"))
        if plain["waiting"]:
            session.out.print(session.say("queue-waiting", count=plain["waiting"]))
        if any(numbers):
            session.out.print(session.say("queue-decide", number=next(filter(None, numbers))))

    session.give(plain, show_result)


def _show_queued(session: Session, link: dict[str, Any], number: str) -> None:
    """Show a link: its number, how likely, both records whole on lines of their own, and the reasons below."""
    probability = share(link["probability"], session.language)
    likely = session.say("queue-thing" if link["thing"] else "queue-person", share=probability)
    heading = " · ".join(filter(None, (link["thing"], likely)))
    session.out.print(f"{number:>4}  {heading}", style="bold")
    for record in (link["left"], link["right"]):
        session.out.print(f"      {record}", style="cyan", soft_wrap=True)
    reasons = [(signed(bits, session.language, decimals=1), text) for text, bits in link["reasons"]]
    reasons += [("", session.say("against", what=ground)) for ground in link["against"]]
    if link["unsure"]:
        reasons.append(("", session.say("looked-at")))
    session.out.print(hanging(reasons))
    session.out.print()


@click.command(cls=SpokenCommand)
@click.argument("left", metavar="LEFT|NUMBER")
@click.argument("right", required=False)
@click.option("--operation", cls=SpokenOption, help="operation")
@things_option
@with_session
def explain(session: Session, left: str, right: str | None, operation: str | None, *, things: bool) -> None:
    """Show why two records are linked."""
    link = _meant(session, left, right, operation, are_things=things)
    plain = session.perform("judge.explain", **_arguments(link), language=session.language).to_json()

    def show_result() -> None:
        values = {**plain, "probability": share(plain["probability"], session.language, decimals=1)}
        session.out.print(session.say("pair-stands", **values), soft_wrap=True)
        if not plain["latest"]:
            session.out.print(session.say("pair-earlier", at=moment(plain["ran"])))
        for name in ("evidence", "against"):
            for ground in plain[name]:
                session.out.print(session.say(name, what=ground))
        for side in plain["sides"]:
            _show_side(session, side)
        session.out.print()
        session.out.print(_side_by_side(session, plain["fields"]))
        for judgement in plain["judged"]:
            session.out.print(session.say("judged-once", **{**judgement, "at": moment(judgement["at"])}))
        if any(judgement["later"] for judgement in plain["judged"]):
            session.out.print(session.say("judged-later"))

    session.give(plain, show_result)


def _show_side(session: Session, side: dict[str, Any]) -> None:
    """Show a record as the reader may see it: where it comes from, and its coded fields."""
    session.out.print()
    session.out.print(side["record"], style="bold cyan", soft_wrap=True)
    for source in side["sources"]:
        code = "source-in-force" if source["in_force"] else "source-earlier"
        origin = session.say(code, **{**source, "received": moment(source["received"])})
        session.out.print(f"  {origin}", soft_wrap=True)
    session.out.print(hanging(side["facts"]))
    if not side["sources"]:
        session.out.print("  " + session.say("side-hidden"))


def _side_by_side(session: Session, fields: list[dict[str, Any]]) -> Table:
    table = Table(box=None, expand=True, header_style="bold", pad_edge=False)
    for name, ratio in (("field", 2), ("left", 2), ("right", 2), ("comparison", 3), ("bits", 1)):
        table.add_column(session.say(f"column-{name}"), overflow="fold", ratio=ratio)
    for line in fields:
        bits = "" if line["verdict"] == "missing" else signed(line["bits"], session.language, decimals=1)
        table.add_row(line["field"], line["left"], line["right"], line["comparison"], bits)
    return table


@click.command(cls=SpokenCommand)
@click.argument("record")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def built(session: Session, record: str, operation: str | None) -> None:
    """Show how the person of a record was built."""
    result = session.perform("judge.built", record=record, operation=operation, language=session.language)
    plain = result.to_json()

    def show_result() -> None:
        session.out.print(session.say("built-of", count=len(plain["members"]), record=record), soft_wrap=True)
        for step in plain["steps"]:
            session.out.print(session.say("built-step", **step), soft_wrap=True)
            for ground in step["evidence"]:
                session.out.print("  " + session.say("evidence", what=ground))
        for left, right in plain["confirming"]:
            session.out.print(session.say("built-confirming", left=left, right=right), soft_wrap=True)
        _show_cut(session, plain["cut"])
        if plain["watched"]:
            session.out.print(session.say("built-watched"))
        if plain["steps"]:
            session.out.print(session.say("built-apart"))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand, name="left-out")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def left_out(session: Session, operation: str | None) -> None:
    """Show what linkage left out, and why."""
    plain = session.perform("judge.left-out", operation=operation, language=session.language).to_json()

    def show_result() -> None:
        table = Table(box=None, expand=True)
        for name, ratio in (("identifier", 2), ("why", 4), ("how-many", 1), ("records", 1)):
            table.add_column(session.say(f"column-{name}"), overflow="fold", ratio=ratio)
        for entry in plain["stopped"]:
            table.add_row(
                entry["kind"], entry["reason"], session.number(entry["identifiers"]), session.number(entry["records"])
            )
        count = sum(entry["identifiers"] for entry in plain["stopped"])
        session.out.print(session.say("stopped-count" if count else "stopped-none", count=count))
        if plain["stopped"]:
            session.out.print(table)
        for shared, count in plain["skipped"].items():
            session.out.print(session.say("skipped-key", shared=shared, count=count))
        _show_cut(session, plain["cut"])
        for cluster in plain["watched"]:
            session.out.print(session.say("watched-cluster", record=cluster), soft_wrap=True)

    session.give(plain, show_result)


def _show_cut(session: Session, cut: list[list[str]]) -> None:
    for left, right, reason in cut:
        session.out.print(session.say("cut-link", left=left, right=right, reason=reason), soft_wrap=True)


@click.command(cls=SpokenCommand)
@click.argument(
    "words", nargs=-1, required=True, metavar="LEFT RIGHT|NUMBER VERDICT",
    shell_complete=lambda _context, _argument, begun: [verdict for verdict in VERDICTS if verdict.startswith(begun)],
)  # fmt: skip
@click.option("--reason", required=True, cls=SpokenOption, help="reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@things_option
@with_session
def decide(session: Session, words: tuple[str, ...], *, reason: str, operation: str | None, things: bool) -> None:
    """Sign a judgement."""
    if len(words) not in (2, 3) or (len(words) == 2 and not is_number(words[0])):
        raise click.MissingParameter(ctx=click.get_current_context(), param=VERDICT)
    if words[-1] not in VERDICTS:
        raise click.BadParameter("", ctx=click.get_current_context(), param=VERDICT)
    link = _meant(session, words[0], words[1] if len(words) == 3 else None, operation, are_things=things)
    _sign(session, "judge.decide", link, {"verdict": words[-1], "reason": reason})


@click.command(cls=SpokenCommand)
@click.argument("left", metavar="LEFT|NUMBER")
@click.argument("right", required=False)
@click.option("--reason", required=True, cls=SpokenOption, help="reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@things_option
@with_session
def undo(session: Session, left: str, right: str | None, *, reason: str, operation: str | None, things: bool) -> None:
    """Undo a judgement."""
    _sign(session, "judge.undo", _meant(session, left, right, operation, are_things=things), {"reason": reason})


def _meant(session: Session, left: str, right: str | None, operation: str | None, *, are_things: bool) -> LinkReference:
    """Return the link that two records name, or the one shown under a number.

    Raises NotFound for a number that was not shown, UsageError for one record alone.
    """
    if right is not None:
        return LinkReference(operation, (left, right), are_things)
    if not is_number(left):
        context = click.get_current_context()
        raise click.MissingParameter(ctx=context, param=next(p for p in context.command.params if p.name == "right"))
    entry = link_of(session, left, operation)
    return LinkReference(entry.operation, (entry.left, entry.right), entry.are_things)


def _arguments(link: LinkReference) -> dict[str, Any]:
    return {"pair": link.records, "operation": link.operation, "things": link.are_things}


def _sign(session: Session, verb: str, link: LinkReference, statement: dict[str, Any]) -> None:
    signed = session.perform(verb, **_arguments(link), **statement, language=session.language).to_json()
    session.give(signed, lambda: _show_signed(session, signed))


def _show_signed(session: Session, signed: dict[str, Any]) -> None:
    """Show what was signed, what was or is again in force, and when it binds."""
    session.out.print(session.say("judged", **signed), soft_wrap=True)
    if signed["before"] and signed["stands"] and signed["verdict"] != UNDONE:
        session.out.print(session.say("judged-before", **signed), soft_wrap=True)
    if signed["verdict"] == UNDONE:
        session.out.print(session.say("judged-again" if signed["stands"] else "judged-none", **signed), soft_wrap=True)
    session.out.print(session.say("judged-binds"))
