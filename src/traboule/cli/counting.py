"""Commands about figures: count, explain, compare, estimate the unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from traboule.app.wording.breakdowns import cell_words
from traboule.cli.screen.breakdowns import Filters, between, print_breakdowns
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenOption, moment
from traboule.core.language.languages import in_language
from traboule.core.language.numbers import signed

INSTANT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.command(cls=SpokenCommand)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--at", type=INSTANT, cls=SpokenOption, help="at")
@click.option("--breakdowns", is_flag=True, cls=SpokenOption, help="breakdowns")
@click.option("--figure", "named", multiple=True, cls=SpokenOption, help="figure")
@click.option("--dimension", "dimensions", multiple=True, cls=SpokenOption, help="dimension")
@click.option("--state", "states", multiple=True, type=STATE, cls=SpokenOption, help="figure-state")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit")
@with_session
def figures(
    session: Session, operation: str | None, at: datetime | None, *, breakdowns: bool, limit: int, **chosen: Any
) -> None:
    """Count the figures."""
    instant = at.replace(tzinfo=UTC) if at else None
    result = session.perform("figures.compute", operation=operation, instant=instant)
    plain = result.to_json()
    filters = Filters(chosen["named"], chosen["dimensions"], chosen["states"])
    plain["figures"] = filters.filtered(plain["figures"])

    def show_result() -> None:
        session.out.print(_figures(session, plain["figures"]))
        audited = max((figure["interval"]["audited"] for figure in plain["figures"] if figure["interval"]), default=0)
        session.out.print(session.say("interval-audited" if audited else "interval-open", count=audited), style="dim")
        session.out.print(session.say("least-most"), style="dim")
        if breakdowns or filters.dimensions or filters.states:
            print_breakdowns(session, plain["figures"], limit)
            if any("below" in figure for figure in plain["figures"]):
                session.out.print(session.say("persons-withheld"))
        if plain["open_returns"]:
            session.out.print(session.say("returns-open", count=len(plain["open_returns"])))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("figure")
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--at", type=INSTANT, cls=SpokenOption, help="at")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit")
@with_session
def explain(session: Session, figure: str, operation: str | None, at: datetime | None, limit: int) -> None:
    """Explain one figure."""
    result = session.perform(
        "figures.explain",
        figure=figure,
        operation=operation,
        instant=at.replace(tzinfo=UTC) if at else None,
        limit=limit,
        language=session.language,
    )
    plain = result.to_json()

    def show_result() -> None:
        session.out.print(plain["definition"]["title"], style="bold")
        session.out.print(_headline(session, plain))
        session.out.print(session.say("explained-at", at=moment(plain["as_of"])))
        for caveat in plain["definition"]["caveats"]:
            session.out.print(f"· {caveat}")
        if "below" in plain:
            session.out.print(session.say("persons-withheld"))
            return
        table = Table(box=None)
        table.add_column(session.say("column-state"))
        table.add_column(session.say("column-figure-value"), justify="right")
        table.add_column(session.say("column-declared"), justify="right")
        table.add_column(session.say("column-without"), justify="right")
        declared = {declaration["state"]: session.number(declaration["value"]) for declaration in plain["declared"]}
        for state, cell in plain["by_state"].items():
            left = plain["without"].get(state, plain["value"])
            words = cell_words("state", state, session.language)
            table.add_row(words, session.number(cell[0]), declared.get(state, ""), session.number(left))
        session.out.print(table)
        entries = plain["contributing"]["entries"]
        total = plain["contributing"]["records"]
        session.out.print(session.say("explained-records", shown=len(entries), count=total))
        for entry in entries:
            session.out.print("  " + " = ".join(entry["rows"]), soft_wrap=True)

    session.give(plain, show_result)


def _headline(session: Session, plain: dict[str, Any]) -> str:
    """Return a figure's headline in words: with the rows behind it where they are shown."""
    if "below" not in plain:
        return session.say("explained", **plain)
    return _count(session, plain, "value") if plain["low"] is None else session.say("explained-headline", **plain)


def _count(session: Session, plain: dict[str, Any], name: str) -> str:
    """Return a count, or that it is below the threshold from which it is shown."""
    return session.say("withheld", count=plain["below"]) if plain[name] is None else session.number(plain[name])


def _why(session: Session, steps: list[dict[str, Any]]) -> str:
    """Return the reasons of a change, each with its part, and the state whose doing it is where that was asked."""
    reasons = [
        " ".join(
            filter(
                None, (session.say(f"reason-{step['reason']}"), step["state"], signed(step["change"], session.language))
            )
        )
        for step in steps
    ]
    return session.say("list-separator").join(reasons)


def _figures(session: Session, figures: list[dict[str, Any]]) -> Table:
    table = Table(box=None, header_style="bold")
    table.add_column(session.say("column-figure"))
    for name in ("value", "interval", "range", "rows"):
        table.add_column(session.say(f"column-figure-{name}"), justify="right")
    for figure in figures:
        interval = figure["interval"]
        title = Text(in_language(figure["titles"], session.language))
        table.add_row(
            Padding(title, (0, 0, 0, 2 if figure["of"] else 0)),
            _count(session, figure, "value"),
            "" if interval is None else between(session, interval["low"], interval["high"]),
            "" if figure["low"] is None else between(session, figure["low"], figure["high"]),
            "" if figure["rows"] is None else session.number(figure["rows"]),
        )
    return table


@click.command(cls=SpokenCommand)
@click.option("--from", "earlier", type=INSTANT, required=True, cls=SpokenOption, help="from")
@click.option("--to", "later", type=INSTANT, cls=SpokenOption, help="to")
@click.option("--by-state", is_flag=True, cls=SpokenOption, help="by-state")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def compare(
    session: Session, *, earlier: datetime, later: datetime | None, by_state: bool, operation: str | None
) -> None:
    """Show what changed in the figures from one instant to another, and why."""
    result = session.perform(
        "figures.compare",
        earlier=earlier.replace(tzinfo=UTC),
        later=later.replace(tzinfo=UTC) if later else None,
        by_state=by_state,
        operation=operation,
    )
    plain = result.to_json()

    def show_result() -> None:
        session.out.print(session.say("compared", start=moment(plain["from"]), end=moment(plain["to"])))
        table = Table(box=None, header_style="bold")
        for name in ("column-figure", "column-before", "column-now", "column-why"):
            table.add_column(session.say(name), justify="left" if name in ("column-figure", "column-why") else "right")
        for change in plain["figures"]:
            table.add_row(
                in_language(change["titles"], session.language),
                _count(session, change, "old"),
                _count(session, change, "new"),
                _why(session, change["steps"]),
            )
        session.out.print(table)
        if any("below" in change for change in plain["figures"]):
            session.out.print(session.say("reasons-withheld"))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("figure", default="potential_victims")
@click.option("--by-agency", is_flag=True, cls=SpokenOption, help="by-agency")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def unseen(session: Session, figure: str, *, by_agency: bool, operation: str | None) -> None:
    """Print every reason to doubt, then the estimate of those whom nobody filed."""
    result = session.perform(
        "figures.unseen",
        figure=figure,
        by_agency=by_agency,
        operation=operation,
        language=session.language,
    )
    plain = result.to_json()

    def show_result() -> None:
        # The doubts come first: a number read alone would be taken for a figure.
        session.out.print(session.say("unseen-no-figure"), style="bold")
        for warning in plain["warnings"]:
            session.out.print(f"· {warning['sentence']}")
        code = "unseen-none" if plain["unseen"] is None else "unseen-estimated"
        session.out.print(session.say("unseen-withheld" if plain["seen"] is None else code, **plain))

    session.give(plain, show_result)
