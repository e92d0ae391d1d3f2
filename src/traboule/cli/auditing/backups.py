"""Commands that keep a database safe: backup and restore, the database in one file and its keys in another."""

from __future__ import annotations

import importlib
import json
from datetime import UTC, datetime
from pathlib import Path

import click

from traboule.app.desk import DATABASE, Desk
from traboule.app.dispatch import LEDGER_KEY
from traboule.cli.auditing.root_key import asked_shares
from traboule.cli.databases import administered_location
from traboule.cli.session import Session, keys_folder, ledger_key_file, server_url, user_name, with_session
from traboule.cli.spoken import SpokenCommand, SpokenOption
from traboule.core.errors import Refused

_FILE = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command(cls=SpokenCommand)
@click.argument("file", type=_FILE)
@click.option("--keys", "keys_file", required=True, type=_FILE, cls=SpokenOption, help="backup-keys")
@with_session
def backup(session: Session, file: Path, keys_file: Path) -> None:
    """Write the database into one file and its keys into another."""
    if file.resolve().parent == keys_file.resolve().parent:
        raise Refused("backup-together")
    name = session.database or session.current.name() or DATABASE
    ledger = ledger_key_file() or session.data / LEDGER_KEY
    ledger_key = ledger.read_text(encoding="ascii").strip() if ledger.exists() else ""
    start = importlib.import_module("traboule.app.start")
    keys = start.backup(administered_location(session), name, file, ledger_key)
    session.write(keys_file, f"{json.dumps(keys, sort_keys=True)}\n".encode())
    plain = {"database": name, "file": str(file), "keys": str(keys_file)}
    session.give(plain, lambda: session.out.print(session.say("backup-made", **plain), soft_wrap=True))


@click.command(cls=SpokenCommand)
@click.argument("file", type=_THERE)
@click.option("--keys", "keys_file", required=True, type=_THERE, cls=SpokenOption, help="restore-keys")
@click.option("--share", "shares", multiple=True, type=_THERE, cls=SpokenOption, help="keys-share")
@with_session
def restore(session: Session, file: Path, keys_file: Path, shares: tuple[Path, ...]) -> None:
    """Make a database from a backup, and erase again whom it brought back."""
    name = session.database or session.current.name() or DATABASE
    start = importlib.import_module("traboule.app.start")
    backed_up = keys_file.read_text(encoding="utf-8")
    from_keepers = asked_shares(session, shares) if start.lacks_root_key(backed_up) else ()
    ledger_key = start.restore(administered_location(session), name, file, backed_up, from_keepers)
    ledger = ledger_key_file() or session.data / LEDGER_KEY
    if ledger_key and not ledger.exists():
        session.write(ledger, f"{ledger_key}\n".encode())
    keys = keys_folder(session.data)
    desk = Desk.start(session.data, server_url(), name, create=False, keys=keys, ledger_key=ledger_key_file())
    try:
        erased = desk.erase_again(user_name(), at=datetime.now(UTC))
    finally:
        desk.stop()
    plain = {"database": name, "erased": erased}
    session.give(plain, lambda: session.out.print(session.say("restore-done", **plain), soft_wrap=True))
