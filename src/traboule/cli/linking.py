"""Commands about links: link, and judging them: queue, decide, undo."""

from __future__ import annotations

import click
from rich.table import Table

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption
from traboule.core.permissions import Role

PLACES = {name: f"{__name__}:{name}" for name in ("queue", "decide", "undo")}


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def link(session: Session, operation: str | None) -> None:
    """Link records."""
    found = session.perform("link", Role.ENGINE, operation=operation)
    plain = found.to_json()
    session.give(plain, lambda: session.out.print(session.say("linked", **plain)))


@click.group(cls=SpokenGroup, places=PLACES)
def judge() -> None:
    """Group; its help stands in the catalogue."""


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--limit", default=20, show_default=True, cls=SpokenOption, help="limit")
@with_session
def queue(session: Session, operation: str | None, limit: int) -> None:
    """List open links, those that matter most first."""
    found = session.perform("judge.queue", Role.ENGINE, operation=operation, limit=limit, language=session.language)
    plain = found.to_json()

    def tell() -> None:
        table = Table(box=None, expand=True)
        for name, ratio in (("left", 2), ("right", 2), ("probability", 1), ("reasons", 5)):
            table.add_column(session.say(f"column-{name}"), overflow="fold", ratio=ratio)
        for one in plain["links"]:
            reasons = "\n".join(f"{bits:+.1f}  {text}" for text, bits in one["reasons"])
            table.add_row(one["left"], one["right"], f"{one['probability']:.0%}", reasons)
        session.out.print(table)
        session.out.print(session.say("queue-left", shown=len(plain["links"]), count=plain["open"]))

    session.give(plain, tell)


@click.command(cls=SpokenCommand)
@click.argument("left")
@click.argument("right")
@click.argument("verdict", type=click.Choice(("match", "no_match", "unsure")))
@click.option("--reason", required=True, cls=SpokenOption, help="reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def decide(session: Session, left: str, right: str, verdict: str, reason: str, operation: str | None) -> None:
    """Sign a judgement."""
    signed = session.perform(
        "judge.decide",
        Role.DESK,
        pair=(left, right),
        verdict=verdict,
        reason=reason,
        operation=operation,
    )
    session.give(signed.to_json(), lambda: session.out.print(session.say("judged", **signed.to_json())))


@click.command(cls=SpokenCommand)
@click.argument("left")
@click.argument("right")
@click.option("--reason", required=True, cls=SpokenOption, help="reason")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def undo(session: Session, left: str, right: str, reason: str, operation: str | None) -> None:
    """Undo a judgement."""
    undone = session.perform("judge.undo", Role.DESK, pair=(left, right), reason=reason, operation=operation)
    session.give(undone.to_json(), lambda: session.out.print(session.say("judged", **undone.to_json())))
