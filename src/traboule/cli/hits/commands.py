"""Commands about hits: list, verify, pass on, withhold for the desk; list, release, refuse for a unit."""

from __future__ import annotations

from typing import Any

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.core.codes import vocabulary

PLACES = {name: f"{__name__}:{name}" for name in ("verify", "withhold", "release", "refuse", "alarms", "thaw")}
PLACES |= {"list": f"{__name__}:list_", "pass-on": f"{__name__}:pass_on"}

operation_option = click.option("--operation", cls=SpokenOption, help="operation")
reason_option = click.option("--reason", required=True, cls=SpokenOption, help="hit-reason")


@click.group(cls=SpokenGroup, places=PLACES)
def hit() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand, name="list")
@click.option("--all", "everything", is_flag=True, cls=SpokenOption, help="hit-all")
@click.option("--mine", is_flag=True, cls=SpokenOption, help="hit-mine")
@operation_option
@with_session
def list_(session: Session, operation: str | None, *, everything: bool, mine: bool) -> None:
    """List hits, the overdue ones first: the desk's, or those of who is signed in as a unit's officer."""
    if mine or not session.may("hits.list"):
        plain = session.perform("hits.mine", operation=operation).to_json()
        session.give(plain, lambda: _show_own(session, plain["hits"]))
        return
    plain = session.perform("hits.list", operation=operation, everything=everything).to_json()

    def show_result() -> None:
        for entry in plain["hits"]:
            waits_on = entry["waits_on"]
            who = session.say(f"role-{waits_on}") if waits_on in ("desk", "protection") else waits_on
            _show_heading(session, entry, session.say("hit-waits", who=who, hours=entry["hours"]) if waits_on else "")
            for record in (entry["left"], entry["right"]):
                session.out.print(f"  {record}", style="cyan", soft_wrap=True)
            if overlap := entry["overlap"]:
                kind = entry["kind"] and vocabulary("identifier_kinds").label(entry["kind"], session.language)
                sentence = session.say(f"hit-overlap-{overlap}", kind=kind, town=entry["town"])
                session.out.print(f"  {sentence}", soft_wrap=True)
                for begins, ends in entry["windows"]:
                    window = session.say("action-window", begins=moment(begins), ends=moment(ends))
                    session.out.print(f"  {window}", soft_wrap=True)
        session.out.print(session.say("hit-count" if plain["waiting"] else "hit-none", count=plain["waiting"]))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("handle")
@reason_option
@click.option("--owner", type=STATE, cls=SpokenOption, help="hit-owner")
@operation_option
@with_session
def verify(session: Session, handle: str, reason: str, owner: str | None, operation: str | None) -> None:
    """Verify a hit and ask an owner for a contact."""
    signed = session.perform("hits.verify", handle=handle, reason=reason, owner=owner, operation=operation).to_json()
    session.give(signed, lambda: session.out.print(session.say("hit-verified", **signed), soft_wrap=True))


@click.command(cls=SpokenCommand, name="pass-on")
@click.argument("handle")
@operation_option
@with_session
def pass_on(session: Session, handle: str, operation: str | None) -> None:
    """Pass a released contact on."""
    _sign(session, "hits.pass-on", {"handle": handle, "operation": operation})


@click.command(cls=SpokenCommand)
@click.argument("handle")
@reason_option
@operation_option
@with_session
def withhold(session: Session, handle: str, reason: str, operation: str | None) -> None:
    """End a hit without a contact."""
    _sign(session, "hits.withhold", {"handle": handle, "reason": reason, "operation": operation})


@click.command(cls=SpokenCommand)
@operation_option
@with_session
def alarms(session: Session, operation: str | None) -> None:
    """List the alarms of budgets and decoys."""
    plain = session.perform("hits.alarms", operation=operation).to_json()

    def show_result() -> None:
        for alarm in plain["alarms"]:
            session.out.print(session.say(f"hit-alarm-{alarm['kind']}", **alarm), soft_wrap=True)
            if alarm["handles"]:
                session.out.print("  " + " ".join(alarm["handles"]), soft_wrap=True)
        if not plain["alarms"]:
            session.out.print(session.say("hit-alarms-none"))

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("handle")
@reason_option
@operation_option
@with_session
def thaw(session: Session, handle: str, reason: str, operation: str | None) -> None:
    """Let a frozen hit be verified."""
    signed = session.perform("hits.thaw", handle=handle, reason=reason, operation=operation).to_json()
    session.give(signed, lambda: session.out.print(session.say("hit-thawed", **signed), soft_wrap=True))


@click.command(cls=SpokenCommand)
@click.argument("handle")
@click.option("--contact", required=True, cls=SpokenOption, help="hit-contact")
@click.option("--handling", required=True, cls=SpokenOption, help="hit-handling")
@click.option("--evaluation", required=True, cls=SpokenOption, help="hit-evaluation")
@click.option("--restriction", default="", cls=SpokenOption, help="hit-restriction")
@operation_option
@with_session
def release(session: Session, handle: str, **statement: Any) -> None:
    """Release a contact."""
    _sign(session, "hits.release", {"handle": handle, **statement})


@click.command(cls=SpokenCommand)
@click.argument("handle")
@reason_option
@operation_option
@with_session
def refuse(session: Session, handle: str, reason: str, operation: str | None) -> None:
    """Refuse a contact."""
    _sign(session, "hits.refuse", {"handle": handle, "reason": reason, "operation": operation})


def _sign(session: Session, verb: str, statement: dict[str, Any]) -> None:
    signed = session.perform(verb, **statement).to_json()
    words = {"handle": signed["handle"], "stage": session.say(f"hit-stage-{signed['stage']}")}
    session.give(signed, lambda: session.out.print(session.say("hit-signed", **words), soft_wrap=True))


def _show_heading(session: Session, entry: dict[str, Any], waits: str) -> None:
    overdue = session.say("hit-overdue") if entry["overdue"] else ""
    frozen = session.say("hit-frozen") if entry.get("frozen") else ""
    stage = session.say(f"hit-stage-{entry['stage']}")
    heading = " · ".join(filter(None, (entry["handle"], frozen, overdue, stage, waits)))
    session.out.print(heading, style="bold red" if overdue else "bold", soft_wrap=True)


def _show_own(session: Session, hits: list[dict[str, Any]]) -> None:
    """Show the hits of a unit: what it is asked for, or the contact that it was passed."""
    for entry in hits:
        waits = session.say("hit-notified", at=moment(entry["since"]))
        _show_heading(session, entry, waits)
        session.out.print(f"  {entry['record']}", style="cyan", soft_wrap=True)
        if entry["fact"]:
            session.out.print("  " + session.say(f"hit-fact-{entry['fact']}"))
        if entry["contact"]:
            session.out.print("  " + session.say("hit-contact", contact=entry["contact"]), soft_wrap=True)
            conditions = (entry["handling"], entry["restriction"], entry["source"] + entry["information"])
            session.out.print("  " + " · ".join(filter(None, conditions)), soft_wrap=True)
        if entry["stage"] == "with_owner":
            request = "hit-request-overlap" if entry["overlap"] else "hit-request"
            session.out.print("  " + session.say(request, handle=entry["handle"]), soft_wrap=True)
    if not hits:
        session.out.print(session.say("hit-none"))
