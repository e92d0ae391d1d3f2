"""Commands about links: link, and judging them: queue, explain, decide, undo."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.core.numbers import share, signed
from traboule.core.permissions import Role

PLACES = {name: f"{__name__}:{name}" for name in ("queue", "explain", "decide", "undo", "built")}
PLACES["left-out"] = f"{__name__}:left_out"

UNDONE = "undone"
_NARROW = 12  # Signs of a column that takes no share of the width: its header breaks between words.

things_option = click.option("--things", is_flag=True, cls=SpokenOption, help="things")


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def link(session: Session, operation: str | None) -> None:
    """Link records."""
    found = session.perform("link", Role.DESK, operation=operation)
    plain = found.to_json()

    def tell() -> None:
        session.out.print(session.say("linked", **plain))
        sums = {name: sum(counts[name] for counts in plain["things"].values()) for name in ("automatic", "open")}
        session.out.print(session.say("linked-things", **sums))

    session.give(plain, tell)


@click.group(cls=SpokenGroup, places=PLACES)
def judge() -> None:
    """Group; its help stands in the catalogue."""


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit")
@things_option
@with_session
def queue(session: Session, operation: str | None, limit: int, *, things: bool) -> None:
    """List open links, those that matter most first."""
    found = session.perform(
        "judge.queue", Role.DESK, operation=operation, limit=limit, language=session.language, things=things
    )
    plain = found.to_json()

    def tell() -> None:
        table = Table(box=None, expand=True)
        columns = (("left", 2), ("right", 2), ("likely-same" if things else "probability", None), ("reasons", 5))
        for name, ratio in (("thing", None), *columns) if things else columns:
            most = None if ratio else _NARROW
            table.add_column(session.say(f"column-{name}"), overflow="fold", ratio=ratio, max_width=most)
        for one in plain["links"]:
            told = [f"{signed(bits, session.language, decimals=1)}  {text}" for text, bits in one["reasons"]]
            told += [session.say("against", what=what) for what in one["against"]]
            reasons = "\n".join([*told, session.say("looked-at")] if one["unsure"] else told)
            row = (one["left"], one["right"], share(one["probability"], session.language), reasons)
            table.add_row(*((one["thing"], *row) if things else row))
        session.out.print(table)
        session.out.print(session.say("queue-left", shown=len(plain["links"]), count=plain["open"]))
        if plain["waiting"]:
            session.out.print(session.say("queue-waiting", count=plain["waiting"]))

    session.give(plain, tell)


@click.command(cls=SpokenCommand)
@click.argument("left")
@click.argument("right")
@click.option("--operation", cls=SpokenOption, help="operation")
@things_option
@with_session
def explain(session: Session, left: str, right: str, operation: str | None, *, things: bool) -> None:
    """Say why two records are linked."""
    found = session.perform(
        "judge.explain", Role.DESK, pair=(left, right), operation=operation, things=things, language=session.language
    )
    plain = found.to_json()

    def tell() -> None:
        table = Table(box=None, expand=True)
        for name, ratio in (("field", 2), ("left", 2), ("right", 2), ("comparison", 3), ("bits", 1)):
            table.add_column(session.say(f"column-{name}"), overflow="fold", ratio=ratio)
        for line in plain["fields"]:
            bits = "" if line["verdict"] == "missing" else signed(line["bits"], session.language, decimals=1)
            table.add_row(line["field"], line["left"], line["right"], line["comparison"], bits)
        session.out.print(
            session.say(
                "pair-stands", **{**plain, "probability": share(plain["probability"], session.language, decimals=1)}
            )
        )
        if not plain["latest"]:
            session.out.print(session.say("pair-earlier", at=moment(plain["ran"])))
        for name in ("evidence", "against"):
            for what in plain[name]:
                session.out.print(session.say(name, what=what))
        session.out.print(table)
        for one in plain["judged"]:
            session.out.print(session.say("judged-once", **{**one, "at": moment(one["at"])}))
        if any(one["later"] for one in plain["judged"]):
            session.out.print(session.say("judged-later"))

    session.give(plain, tell)


@click.command(cls=SpokenCommand)
@click.argument("record")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def built(session: Session, record: str, operation: str | None) -> None:
    """Say how the person of a record was built."""
    found = session.perform("judge.built", Role.DESK, record=record, operation=operation, language=session.language)
    plain = found.to_json()

    def tell() -> None:
        session.out.print(session.say("built-of", count=len(plain["members"]), record=record))
        for step in plain["steps"]:
            session.out.print(session.say("built-step", **step))
            for what in step["evidence"]:
                session.out.print("  " + session.say("evidence", what=what))
        for left, right in plain["confirming"]:
            session.out.print(session.say("built-confirming", left=left, right=right))
        _tell_cut(session, plain["cut"])
        if plain["watched"]:
            session.out.print(session.say("built-watched"))
        if plain["steps"]:
            session.out.print(session.say("built-apart"))

    session.give(plain, tell)


@click.command(cls=SpokenCommand, name="left-out")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def left_out(session: Session, operation: str | None) -> None:
    """Say what linkage left out, and why."""
    plain = session.perform("judge.left-out", Role.DESK, operation=operation, language=session.language).to_json()

    def tell() -> None:
        table = Table(box=None, expand=True)
        for name, ratio in (("identifier", 2), ("why", 4), ("how-many", 1), ("records", 1)):
            table.add_column(session.say(f"column-{name}"), overflow="fold", ratio=ratio)
        for one in plain["stopped"]:
            table.add_row(
                one["kind"], one["reason"], session.number(one["identifiers"]), session.number(one["records"])
            )
        count = sum(one["identifiers"] for one in plain["stopped"])
        session.out.print(session.say("stopped-count", count=count))
        if plain["stopped"]:
            session.out.print(table)
        for shared, count in plain["skipped"].items():
            session.out.print(session.say("skipped-key", shared=shared, count=count))
        _tell_cut(session, plain["cut"])
        for cluster in plain["watched"]:
            session.out.print(session.say("watched-cluster", record=cluster))

    session.give(plain, tell)


def _tell_cut(session: Session, cut: list[list[str]]) -> None:
    for left, right, reason in cut:
        session.out.print(session.say("cut-link", left=left, right=right, reason=reason))


@click.command(cls=SpokenCommand)
@click.argument("left")
@click.argument("right")
@click.argument("verdict", type=click.Choice(("match", "no_match", "unsure")))
@click.option("--reason", required=True, cls=SpokenOption, help="reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@things_option
@with_session
def decide(
    session: Session, left: str, right: str, verdict: str, *, reason: str, operation: str | None, things: bool
) -> None:
    """Sign a judgement."""
    said = {"verdict": verdict, "reason": reason, "operation": operation, "things": things}
    _sign(session, "judge.decide", (left, right), said)


@click.command(cls=SpokenCommand)
@click.argument("left")
@click.argument("right")
@click.option("--reason", required=True, cls=SpokenOption, help="reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@things_option
@with_session
def undo(session: Session, left: str, right: str, *, reason: str, operation: str | None, things: bool) -> None:
    """Undo a judgement."""
    _sign(session, "judge.undo", (left, right), {"reason": reason, "operation": operation, "things": things})


def _sign(session: Session, verb: str, pair: tuple[str, str], said: dict[str, Any]) -> None:
    signed = session.perform(verb, Role.DESK, pair=pair, language=session.language, **said).to_json()
    session.give(signed, lambda: _tell_signed(session, signed))


def _tell_signed(session: Session, signed: dict[str, Any]) -> None:
    """Say what was signed, what stood before or stands again, and when it binds."""
    session.out.print(session.say("judged", **signed))
    if signed["before"] and signed["stands"] and signed["verdict"] != UNDONE:
        session.out.print(session.say("judged-before", **signed))
    if signed["verdict"] == UNDONE:
        session.out.print(session.say("judged-again" if signed["stands"] else "judged-none", **signed))
    session.out.print(session.say("judged-binds"))
