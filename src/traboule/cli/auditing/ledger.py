"""Commands about the ledger: key, verify, witness, export, begin."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from traboule.app.desk import Desk
from traboule.app.wording.sentences import ledger_table
from traboule.cli.session import Session, user_name, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption, plain_json, say
from traboule.cli.terminal.regular_files import read_regular
from traboule.core.errors import Invalid, Refused

PLACES = {name: f"{__name__}:{name}" for name in ("key", "verify", "witness", "export", "begin")}
PLACES["reads"] = "traboule.cli.auditing.reads:reads"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

key_option = click.option("--key", "public_key", cls=SpokenOption, help="ledger-key")
bundle_option = click.option("--bundle", type=FILE, cls=SpokenOption, help="bundle")

_MOST_BUNDLE = 1_000_000_000  # Bytes.


@click.group(cls=SpokenGroup, places=PLACES)
def ledger() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@with_session
def key(session: Session) -> None:
    """Show the ledger's public key."""
    shown = session.perform("ledger.key").to_json()
    session.give(shown, lambda: session.out.print(shown["key"], soft_wrap=True))


@click.command(cls=SpokenCommand)
@bundle_option
@key_option
@click.option("--receipt", "receipts", type=FILE, multiple=True, cls=SpokenOption, help="receipt-check")
@with_session
def verify(session: Session, bundle: Path | None, public_key: str | None, receipts: tuple[Path, ...]) -> None:
    """Verify the ledger, or a bundle of it; exit with status 1 where anything differs."""
    files = [(path.name, _plain(path, "ledger-receipt-malformed")) for path in receipts]
    if bundle is not None:
        checked = _inspected(session, bundle, public_key, receipts=files)
    else:
        checked = session.perform("ledger.verify", receipts=files)
    plain = checked.to_json()

    def show_result() -> None:
        code = "ledger-intact" if plain["intact"] else "ledger-differs"
        session.out.print(session.say(code, **plain))
        for finding in plain["findings"]:
            values = {**finding, "table": ledger_table(finding["table"], session.language, say)}
            session.out.print(f"  {session.say('ledger-' + finding['kind'], **values)}", soft_wrap=True)

    session.give(plain, show_result)
    if not plain["intact"]:
        raise click.exceptions.Exit(1)


@click.command(cls=SpokenCommand)
@click.option(
    "--state", "place", type=click.Path(path_type=Path), required=True, cls=SpokenOption, help="witness-state"
)
@bundle_option
@key_option
@click.option("--name", cls=SpokenOption, help="witness-name")
@with_session
def witness(session: Session, place: Path, bundle: Path | None, public_key: str | None, name: str | None) -> None:
    """Cosign the ledger's checkpoint if it continues the last one; the state is then the new one."""
    state = _plain(place, "ledger-state-malformed") if place.exists() else None
    since = state.get("size", 0) if state else 0
    wanted = public_key or (state or {}).get("key")
    if bundle is not None:
        checked = _inspected(session, bundle, wanted, since=since)
        log_key, checkpoint, consistency = wanted, checked.checkpoint, checked.consistency
    else:
        head = session.perform("ledger.head", since=since)
        log_key, checkpoint, consistency = wanted or head.key, head.checkpoint, head.consistency
    cosigned = _offline(
        "ledger.cosign",
        state=state,
        key=log_key,
        checkpoint=checkpoint,
        consistency=consistency,
        key_file=place.with_name(f"{place.name}.key"),
        name=name or (state or {}).get("name") or f"witness/{'-'.join(user_name().split())}",
    ).to_json()
    session.write(place, f"{plain_json({**cosigned, 'name': cosigned['witness'].split('+')[0]})}\n".encode())
    session.give(cosigned, lambda: session.out.print(session.say("ledger-witnessed", place=place, **cosigned)))


@click.command(cls=SpokenCommand)
@click.option("--out", type=click.Path(path_type=Path), cls=SpokenOption, help="bundle-out")
@click.option("--tiles", type=click.Path(path_type=Path), cls=SpokenOption, help="tiles")
@click.option("--verifier", type=click.Path(path_type=Path), cls=SpokenOption, help="verifier")
@with_session
def export(session: Session, out: Path | None, tiles: Path | None, verifier: Path | None) -> None:
    """Write the ledger for checking elsewhere."""
    bundle = session.perform("ledger.export")
    written = []
    if out is not None or tiles is None:
        written.append(out or Path("ledger.json"))
        session.write(written[-1], f"{plain_json(bundle.bundle)}\n".encode())
    if tiles is not None:
        written.append(tiles)
        for name, content in bundle.tiles.items():
            session.write(tiles / name, content)
    if verifier is not None:
        written.append(verifier)
        session.write(verifier, bundle.verifier)

    def show_result() -> None:
        for path in written:
            session.out.print(session.say("written", path=path), soft_wrap=True)
        session.out.print(session.say("ledger-exported", **bundle.to_json()), soft_wrap=True)

    session.give({**bundle.to_json(), "written": [str(path) for path in written]}, show_result)


@click.command(cls=SpokenCommand)
@with_session
def begin(session: Session) -> None:
    """Record the rows of a database that is older than its ledger."""
    anchored, remaining = 0, 1
    while remaining:
        begun = session.perform("ledger.begin").to_json()
        anchored, remaining = anchored + begun["anchored"], begun["remaining"]
    session.give({"anchored": anchored}, lambda: session.out.print(session.say("ledger-begun", count=anchored)))


def _inspected(session: Session, bundle: Path, public_key: str | None, **arguments: Any) -> Any:
    """Return a bundle checked without a database. Raises Refused where the key to check it with is not named."""
    if public_key is None:
        raise Refused("ledger-key-wanted")
    return _offline("ledger.inspect", bundle=read_regular(bundle, most=_MOST_BUNDLE), key=public_key, **arguments)


def _offline(verb: str, **arguments: Any) -> Any:
    """Perform a verb that needs no database."""
    return Desk.plain().perform_for_anybody(verb, at=datetime.now(UTC), **arguments)


def _plain(path: Path, code: str) -> dict[str, Any]:
    """Return the object in a file of JSON. Raises Invalid with ``code`` where there is none."""
    try:
        plain = json.loads(read_regular(path))
    except ValueError as malformed:
        raise Invalid(code, name=path.name) from malformed
    if not isinstance(plain, dict):
        raise Invalid(code, name=path.name)
    return plain
