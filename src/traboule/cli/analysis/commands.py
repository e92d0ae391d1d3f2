"""Commands about what the links show: networks, convergence, recurrence, routes, offers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.table import Table

from traboule.app.forms import RECURRENT_KINDS
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.core.codes import vocabulary
from traboule.core.language.numbers import number as written
from traboule.core.language.numbers import share

operation_option = click.option("--operation", cls=SpokenOption, help="operation")
limit_option = click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit"
)


@click.command(cls=SpokenCommand)
@click.argument("number", required=False, type=click.IntRange(min=1))
@operation_option
@limit_option
@with_session
def networks(session: Session, operation: str | None, number: int | None, limit: int) -> None:
    """List groups, or show one."""
    if number is not None:
        sheet = session.perform("networks.show", number=number, operation=operation).to_json()
        session.give(sheet, lambda: _show_group(session, sheet, limit))
        return
    plain = session.perform("networks.list", operation=operation, limit=limit).to_json()

    def show_result() -> None:
        columns = ("number", "actions", "persons", "shared", "states", "crimes", "stability", "handling")
        session.out.print(_table(session, columns, (_group_cells(session, group) for group in plain["groups"])))
        words = {name: plain[name] for name in ("total", "stable", "seeds")}
        session.out.print(session.say("groups-count", **words, count=plain["total"]), soft_wrap=True)
        if plain["facilitators"]:
            session.out.print()
            ties = ((f["record"], str(f["group"]), str(f["parts"]), str(f["apart"])) for f in plain["facilitators"])
            session.out.print(_table(session, ("person", "group", "parts", "apart"), ties))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@operation_option
@limit_option
@with_session
def convergence(session: Session, operation: str | None, limit: int) -> None:
    """Show which crimes share more than chance explains."""
    plain = session.perform("convergence.show", operation=operation).to_json()

    def cells(pair: dict[str, Any]) -> Sequence[str]:
        crimes = (_label(session, "crime_types", pair[side]) for side in ("left", "right"))
        between = session.say("chance-between", low=pair["low"], high=pair["high"])
        chances = [written(pair[name], session.language) for name in ("expected", "q")]
        over = session.say(f"over-{pair['over']}")
        return (*crimes, over, str(pair["observed"]), chances[0], between, chances[1])

    def show_result() -> None:
        columns = ("crime", "crime", "over", "observed", "expected", "by-chance", "q")
        session.out.print(_table(session, columns, map(cells, plain["pairs"][:limit])))
        words = {name: plain[name] for name in ("tested", "significant")}
        session.out.print(session.say("convergence-count", **words), soft_wrap=True)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.option("--kind", type=click.Choice(RECURRENT_KINDS), default=None, cls=SpokenOption, help="recurrent-kind")
@operation_option
@limit_option
@with_session
def recurrence(session: Session, operation: str | None, kind: str | None, limit: int) -> None:
    """List what was seen in several actions."""
    plain = session.perform("recurrence.list", operation=operation, kind=kind, limit=limit).to_json()

    def cells(row: dict[str, Any]) -> Sequence[str]:
        kind_of = session.say(f"recurrent-{row['kind']}")
        label = _label(session, "identifier_kinds", row["detail"]) if row["kind"] == "thing" else kind_of
        return (
            row["record"],
            label,
            str(row["actions"]),
            str(row["persons"] or ""),
            " ".join(row["states"]),
            _crimes(session, row["crimes"]),
            row["handling"],
        )

    def show_result() -> None:
        columns = ("record", "kind", "actions", "persons", "states", "crimes", "handling")
        session.out.print(_table(session, columns, map(cells, plain["seen"])))
        session.out.print(session.say("recurrence-count", count=plain["total"]), soft_wrap=True)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@operation_option
@limit_option
@with_session
def routes(session: Session, operation: str | None, limit: int) -> None:
    """Show corridors."""
    plain = session.perform("routes.show", operation=operation, limit=limit).to_json()

    def cells(row: dict[str, Any]) -> Sequence[str]:
        ends = (_label(session, "countries", row[end]) for end in ("start", "end"))
        coded = (_label(session, "transport_modes", row["mode"]), _label(session, "leg_stages", row["stage"]))
        return (*ends, *coded, str(row["persons"]), str(row["legs"]), _crimes(session, row["crimes"]))

    def show_result() -> None:
        if plain["corridors"]:
            columns = ("from", "to", "mode", "stage", "persons", "legs", "crimes")
            session.out.print(_table(session, columns, map(cells, plain["corridors"])))
        session.out.print(session.say("routes-count", count=plain["total"]), soft_wrap=True)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@operation_option
@limit_option
@with_session
def offers(session: Session, operation: str | None, limit: int) -> None:
    """List recruitment offers."""
    plain = session.perform("offers.list", operation=operation, limit=limit).to_json()

    def cells(row: dict[str, Any]) -> Sequence[str]:
        counts = (len(row["adverts"]), row["wordings"], len(row["actions"]))
        shared = (len(row["agencies"]), len(row["telephones"]))
        signs = (
            f"{_label(session, 'deception_indicators', sign['code'])}: {', '.join(sign['words'])}"
            for sign in row["indicators"]
        )
        numbers = (str(row["number"]), *map(str, counts), " ".join(row["states"]), *map(str, shared))
        return (*numbers, "; ".join(signs), row["handling"])

    def show_result() -> None:
        columns = ("number", "adverts", "wordings", "actions", "states", "agencies", "telephones", "signs", "handling")
        session.out.print(_table(session, columns, map(cells, plain["offers"])))
        session.out.print(session.say("offers-count", count=plain["total"], adverts=plain["adverts"]), soft_wrap=True)

    session.give(plain, show_result)


def _show_group(session: Session, sheet: dict[str, Any], limit: int) -> None:
    """Show a group: its line, what is specific, its members, and what is uncertain."""
    session.out.print(_sentence(session, sheet), style="bold", soft_wrap=True)
    for name in ("actions", "things", "persons"):
        rows = (
            (node["name"], _detail(session, node), str(node["actions"] or ""), str(node["persons"] or ""), node["day"])
            for node in sheet[name][:limit]
        )
        session.out.print()
        session.out.print(_table(session, (f"{name}-of", "kind", "actions", "persons", "day"), rows))
    session.out.print()
    session.out.print(session.say("group-uncertain", count=sheet["open_links"]), soft_wrap=True)


def _sentence(session: Session, sheet: dict[str, Any]) -> str:
    firmness = share(sheet["stability"], session.language)
    code = "group-stable" if sheet["stable"] else "group-unstable"
    counts = {name: len(sheet[name]) for name in ("actions", "persons")}
    return session.say(code, number=sheet["number"], share=firmness, **counts)


def _detail(session: Session, node: dict[str, Any]) -> str:
    if node["kind"] == "action":
        return _crimes(session, node["crimes"])
    return _label(session, "identifier_kinds", node["detail"])


def _group_cells(session: Session, group: dict[str, Any]) -> Sequence[str]:
    counts = (str(group[name]) for name in ("number", "actions", "persons", "shared"))
    firmness = share(group["stability"], session.language)
    return (*counts, " ".join(group["states"]), _crimes(session, group["crimes"]), firmness, group["handling"])


def _crimes(session: Session, codes: Sequence[str]) -> str:
    return ", ".join(_label(session, "crime_types", code) for code in codes)


def _label(session: Session, name: str, code: str) -> str:
    return vocabulary(name).label(code, session.language) if code else ""


def _table(session: Session, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(session.say(f"column-{name}"), overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table
