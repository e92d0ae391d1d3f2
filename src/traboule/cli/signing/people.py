"""Commands about people: list, add, end, role, unit, password, totp, sessions."""

from __future__ import annotations

from typing import Any

import click
from rich.table import Table

from traboule.app.desk import TERMINAL
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.cli.terminal.asking import hidden, new_password, visible
from traboule.core.permissions import PERSONAL_ROLES

PLACES = {"list": f"{__name__}:list_"}
PLACES |= {name: f"{__name__}:{name}" for name in ("add", "end", "role", "unit", "password", "totp", "sessions")}
PLACES |= {name: f"traboule.cli.signing.identities:{name}" for name in ("bind", "unbind", "identities")}
ROLE = click.Choice([role.value for role in PERSONAL_ROLES])
unit_option = click.option("--unit", default="", cls=SpokenOption, help="unit")


@click.group(cls=SpokenGroup, places=PLACES)
def people() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand, name="list")
@with_session
def list_(session: Session) -> None:
    """List the accounts."""
    plain = session.perform("people.list").to_json()

    def show_result() -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("column-login", "column-person", "column-roles", "column-ended"):
            table.add_column(session.say(name))
        for entry in plain["accounts"]:
            roles = session.say("list-separator").join(_roles(session, entry))
            ended = moment(entry["ended_at"]) if entry["ended_at"] else ""
            table.add_row(entry["login"], entry["name"], roles, ended)
        session.out.print(table)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("login")
@click.argument("roles", type=ROLE, nargs=-1)
@click.option("--name", default="", cls=SpokenOption, help="person-name")
@unit_option
@click.option("--of", default="", metavar="LOGIN", cls=SpokenOption, help="of")
@with_session
def add(session: Session, login: str, roles: tuple[str, ...], *, name: str, unit: str, of: str) -> None:
    """Add a person; who sits here may type the password, else one is made."""
    session.require("people.add")  # Before anybody types a password.
    password = new_password(session.say("ask-password-new", login=login), session.say("ask-password-again"))
    added = session.perform("people.add", login=login, name=name, roles=roles, unit=unit, of=of, password=password)
    _give(session, added)


@click.command(cls=SpokenCommand)
@click.argument("login")
@with_session
def end(session: Session, login: str) -> None:
    """End an account."""
    _give(session, session.perform("people.end", login=login))


@click.command(cls=SpokenCommand)
@click.argument("login")
@click.argument("role", type=ROLE)
@unit_option
@click.option("--remove", is_flag=True, cls=SpokenOption, help="remove")
@with_session
def role(session: Session, login: str, role: str, *, unit: str, remove: bool) -> None:
    """Grant a role, or take it back."""
    verb = "people.revoke" if remove else "people.grant"
    _give(session, session.perform(verb, login=login, role=role, unit=unit))


@click.command(cls=SpokenCommand)
@click.argument("code")
@click.option("--state", required=True, type=STATE, cls=SpokenOption, help="unit-state")
@click.option("--name", required=True, cls=SpokenOption, help="unit-name")
@click.option("--agency", "agencies", multiple=True, cls=SpokenOption, help="unit-agency")
@with_session
def unit(session: Session, code: str, *, state: str, name: str, agencies: tuple[str, ...]) -> None:
    """Add a unit of a state, or change it."""
    plain = session.perform("people.unit", code=code, state=state, name=name, agencies=agencies).to_json()
    session.give(plain, lambda: session.out.print(session.say("unit-set", **plain)))


@click.command(cls=SpokenCommand)
@click.argument("login", required=False)
@with_session
def password(session: Session, login: str | None) -> None:
    """Change one's own password; for another account, have one made."""
    if login is not None:
        _give(session, session.perform("people.password", login=login))
        return
    plain = session.perform("account.show").to_json()
    old = hidden(session.say("ask-password-old", **plain))
    session.change_password(
        old, new_password(session.say("ask-password-own", **plain), session.say("ask-password-again"))
    )
    session.give(plain, lambda: session.out.print(session.say("password-changed", **plain)))


@click.command(cls=SpokenCommand)
@click.argument("login", required=False)
@with_session
def totp(session: Session, login: str | None) -> None:
    """Begin one-time codes for oneself; for another account, remove them."""
    if login is not None:
        _give(session, session.perform("people.codes-remove", login=login))
        return
    secret = session.perform("account.codes")
    session.errors.print(session.say("codes-secret", secret=secret.secret, address=secret.address), soft_wrap=True)
    confirmed = session.perform("account.show").to_json()
    code, old = visible(session.say("ask-code")), hidden(session.say("ask-password-old", **confirmed))
    attempt = session.perform("account.codes-confirm", code=code, password=old, token=session.door().token)
    if attempt.refusal is not None:
        raise attempt.refusal
    session.give(confirmed, lambda: session.out.print(session.say("codes-confirmed", **confirmed)))


@click.command(cls=SpokenCommand)
@click.argument("login", required=False)
@click.option("--end-others", is_flag=True, cls=SpokenOption, help="end-others")
@with_session
def sessions(session: Session, login: str | None, *, end_others: bool) -> None:
    """List one's own sessions, or end all others; for another person, end all."""
    token = session.door().token
    if login is not None or end_others:
        verb, told = ("people.sessions-end", {"login": login}) if login else ("session.end-others", {"token": token})
        ended = session.perform(verb, **told).to_json()
        session.give(ended, lambda: session.out.print(session.say("sessions-ended", **ended)))
        return
    plain = session.perform("session.list", token=token).to_json()

    def show_result() -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("column-client", "column-since", "column-seen"):
            table.add_column(session.say(name))
        for entry in plain["sessions"]:
            program = session.say("client-terminal") if entry["client"] == TERMINAL else entry["client"]
            shown = (*map(moment, (entry["begun_at"], entry["seen_at"])),)
            table.add_row(program, *shown, session.say("session-present") if entry["is_present"] else "")
        session.out.print(table)

    session.give(plain, show_result)


def _roles(session: Session, plain: dict[str, Any]) -> list[str]:
    return [session.role(entry) for entry in plain["roles"]]


def _give(session: Session, entry: Any) -> None:
    """Show an account as it stands now, and the password made for it, once."""
    plain = entry.to_json()

    def show_result() -> None:
        code = "account-ended" if plain["ended_at"] else "account-stands"
        roles = session.say("list-separator").join(_roles(session, plain)) or session.say("roles-none")
        session.out.print(session.say(code, **{**plain, "roles": roles}))
        if entry.password:
            session.out.print(session.say("password-made", login=plain["login"], password=entry.password))

    session.give({**plain, "password": entry.password} if entry.password else plain, show_result)
