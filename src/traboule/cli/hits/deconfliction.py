"""Commands about deconfliction: announce an action, list one's own, withdraw one."""

from __future__ import annotations

from datetime import datetime

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, moment, zoned

PLACES = {name: f"{__name__}:{name}" for name in ("announce", "mine", "withdraw")}

operation_option = click.option("--operation", cls=SpokenOption, help="operation")
_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M%z"])


@click.group(cls=SpokenGroup, places=PLACES)
def deconflict() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@click.option("--state", "owner_state", type=STATE, required=True, cls=SpokenOption, help="action-state")
@click.option("--agency", required=True, cls=SpokenOption, help="action-agency")
@click.option("--from", "begins", type=_MOMENT, required=True, cls=SpokenOption, help="action-from")
@click.option("--to", "ends", type=_MOMENT, required=True, cls=SpokenOption, help="action-to")
@click.option("--target", default="", cls=SpokenOption, help="action-target")
@click.option("--country", type=STATE, default=None, cls=SpokenOption, help="action-country")
@click.option("--town", default="", cls=SpokenOption, help="action-town")
@operation_option
@with_session
def announce(session: Session, operation: str | None, begins: datetime, ends: datetime, **action: str | None) -> None:
    """Announce an action."""
    kind, _, value = (action["target"] or "").partition(":")
    told = {
        "owner": (action["owner_state"], action["agency"]),
        "window": (zoned(begins), zoned(ends)),
        "target": (kind.strip(), value.strip()),
        "place": (action["country"] or "", action["town"] or ""),
    }
    signed = session.perform("deconflict.announce", **told, operation=operation).to_json()
    session.give(signed, lambda: session.out.print(session.say("action-announced", **signed), soft_wrap=True))


@click.command(cls=SpokenCommand)
@operation_option
@with_session
def mine(session: Session, operation: str | None) -> None:
    """List one's own actions."""
    plain = session.perform("deconflict.mine", operation=operation).to_json()

    def show_result() -> None:
        for action in plain["actions"]:
            window = session.say("action-window", begins=moment(action["begins"]), ends=moment(action["ends"]))
            withdrawn = "" if action["stands"] else session.say("action-withdrawn")
            heading = " · ".join(filter(None, (action["record"], withdrawn, window)))
            session.out.print(heading, style="bold", soft_wrap=True)
            for parts in ((action["kind"], action["target"]), (action["country"], action["town"])):
                if parts[0]:
                    session.out.print("  " + " ".join(parts), style="cyan", soft_wrap=True)
        if not plain["actions"]:
            session.out.print(session.say("actions-none"))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("record")
@operation_option
@with_session
def withdraw(session: Session, record: str, operation: str | None) -> None:
    """Withdraw an announced action."""
    signed = session.perform("deconflict.withdraw", record=record, operation=operation).to_json()
    session.give(signed, lambda: session.out.print(session.say("action-called-off", **signed), soft_wrap=True))
