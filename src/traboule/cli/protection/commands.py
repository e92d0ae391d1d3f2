"""Commands about protected persons: who waits for screening or referral, and what is done for them."""

from __future__ import annotations

from typing import Any

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.core.record_names import unit_of

SCREENING = {"list": f"{__name__}:list_screenings", "record": f"{__name__}:record_screening"}
REFERRAL = {
    "list": f"{__name__}:list_referrals",
    **{name: f"{__name__}:{name}" for name in ("make", "own", "confirm")},
}
limit_option = click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(min=1), cls=SpokenOption, help="limit"
)
operation_option = click.option("--operation", cls=SpokenOption, help="operation")


@click.group(cls=SpokenGroup, places=SCREENING)
def screening() -> None:
    """Group; its help is in the catalogue."""


@click.group(cls=SpokenGroup, places=REFERRAL)
def referral() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand, name="list")
@operation_option
@limit_option
@with_session
def list_screenings(session: Session, operation: str | None, limit: int) -> None:
    """List who waits for screening."""
    _give(session, session.perform("screening.list", operation=operation, limit=limit).to_json(), "screening-next")


@click.command(cls=SpokenCommand, name="record")
@click.argument("record")
@click.argument("finding")
@operation_option
@with_session
def record_screening(session: Session, record: str, finding: str, operation: str | None) -> None:
    """Record what a screening found."""
    plain = session.perform("screening.record", record=record, finding=finding, operation=operation).to_json()
    session.give(plain, lambda: session.out.print(session.say(f"screened-{plain['done']}", record=record)))


@click.command(cls=SpokenCommand, name="list")
@operation_option
@limit_option
@with_session
def list_referrals(session: Session, operation: str | None, limit: int) -> None:
    """List who waits for a referral."""
    _give(session, session.perform("referral.list", operation=operation, limit=limit).to_json(), "referral-next")


@click.command(cls=SpokenCommand)
@click.argument("record")
@click.argument("service")
@operation_option
@with_session
def make(session: Session, record: str, service: str, operation: str | None) -> None:
    """Record a referral."""
    plain = session.perform("referral.make", record=record, service=service, operation=operation).to_json()
    session.give(plain, lambda: session.out.print(session.say("referred", record=record, service=plain["done"])))


@click.command(cls=SpokenCommand)
@click.option("--state", type=STATE, cls=SpokenOption, help="state")
@operation_option
@limit_option
@with_session
def own(session: Session, state: str | None, operation: str | None, limit: int) -> None:
    """List what is asked of one's own state."""
    states = frozenset(filter(None, [state]))
    plain = session.perform("referral.own", states, operation=operation, limit=limit).to_json()
    _give(session, plain, "referral-own-next")


@click.command(cls=SpokenCommand)
@click.argument("record")
@operation_option
@with_session
def confirm(session: Session, record: str, operation: str | None) -> None:
    """Confirm that the service has received the person."""
    states = frozenset({unit_of(record)})
    plain = session.perform("referral.confirm", states, record=record, operation=operation).to_json()
    session.give(plain, lambda: session.out.print(session.say("referral-received", record=record)))


def _give(session: Session, plain: dict[str, Any], following: str) -> None:
    """Show who waits, the youngest and the longest first, then how many there are and what comes next."""

    def show_result() -> None:
        for person in plain["persons"]:
            _show_person(session, person)
        if not plain["total"]:
            session.out.print(session.say("waiting-none"))
            return
        session.out.print(session.say("waiting-count", shown=len(plain["persons"]), **plain))
        session.out.print(session.say(following))

    session.give(plain, show_result)


def _show_person(session: Session, person: dict[str, Any]) -> None:
    session.out.print(person["record"], style="bold cyan", soft_wrap=True)
    marks = [session.say(f"needs-{person['needs']}", service=person["service"])]
    if person["minor"]:
        marks.insert(0, session.say("waiting-minor"))
    marks.append(session.say("waiting-since", at=moment(person["since"])))
    session.out.print("  " + session.say("list-separator").join(marks))
    if person["overdue"]:
        session.out.print("  " + session.say("waiting-overdue"), style="bold red")
    if person["found_in"]:
        states = session.say("list-separator").join(person["found_in"])
        session.out.print("  " + session.say("waiting-found-in", states=states))
