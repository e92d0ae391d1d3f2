"""Commands about the root key: keys status, rotate, split, unlock, lock."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from traboule.cli.databases import location_of
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption
from traboule.cli.terminal.asking import hidden
from traboule.cli.terminal.regular_files import read_regular
from traboule.core.errors import Refused

PLACES = {name: f"{__name__}:{name}" for name in ("status", "rotate", "split", "unlock", "lock")}
NEEDED = 2
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group(cls=SpokenGroup, places=PLACES)
def keys() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@with_session
def status(session: Session) -> None:
    """Say where the root key is."""
    place = _start().root_key_place(location_of(session))
    session.give({"root": place}, lambda: session.out.print(session.say(f"keys-{place}"), soft_wrap=True))


@click.command(cls=SpokenCommand)
@with_session
def rotate(session: Session) -> None:
    """Let a new root key wrap the keys of all units."""
    plain = session.perform("keys.rotate").to_json()
    session.give(plain, lambda: session.out.print(session.say("keys-rotated", **plain), soft_wrap=True))


@click.command(cls=SpokenCommand)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), cls=SpokenOption, help="keys-out")
@click.option("--keep-file", is_flag=True, cls=SpokenOption, help="keys-keep-file")
@with_session
def split(session: Session, out: Path | None, *, keep_file: bool) -> None:
    """Give three keepers a share each of a new root key."""
    if out is None and (session.as_json or not sys.stdin.isatty() or not session.out.is_terminal):
        raise Refused("keys-split-nowhere")
    files: list[str] = []

    def hand_out(shares: tuple[str, ...]) -> None:
        for number, words in enumerate(shares, start=1):
            if out is None:
                _show_once(session, number, words)
            else:
                file = out / f"keeper-{number}.txt"
                session.write(file, f"{words}\n".encode())
                files.append(str(file))

    plain: dict[str, Any] = session.perform("keys.rotate", hand_out=hand_out, keep_file=keep_file).to_json()
    plain |= {"files": files, "root": _start().root_key_place(location_of(session))}

    def show_result() -> None:
        for file in files:
            session.out.print(file, soft_wrap=True)
        session.out.print(session.say("keys-split", **plain), soft_wrap=True)
        session.out.print(session.say(f"keys-{plain['root']}"), soft_wrap=True)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.option("--share", "files", multiple=True, type=_THERE, cls=SpokenOption, help="keys-share")
@with_session
def unlock(session: Session, files: tuple[Path, ...]) -> None:
    """Put the root key into this machine's memory, with the shares of two keepers."""
    if not files and _start().root_key_place(location_of(session)) == "locked":
        unlock_here(session)
    else:
        _start().unlock(location_of(session), asked_shares(session, files))
    session.give({"root": "memory"}, lambda: session.out.print(session.say("keys-memory"), soft_wrap=True))


@click.command(cls=SpokenCommand)
@with_session
def lock(session: Session) -> None:
    """Take the root key away from this machine."""
    _start().lock(location_of(session))
    session.give({"root": "locked"}, lambda: session.out.print(session.say("keys-locked"), soft_wrap=True))


def asked_shares(session: Session, files: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the shares in ``files``; where none is named ask two keepers for theirs."""
    if files:
        return tuple(read_regular(file).decode("utf-8", "replace") for file in files)
    return tuple(hidden(session.say("ask-share", number=number)) for number in range(1, NEEDED + 1))


def unlock_here(session: Session) -> None:
    """Ask two keepers for their shares and unlock the root key, where it is locked."""
    location = location_of(session)
    if _start().root_key_place(location) == "locked":
        _start().unlock(location, asked_shares(session, ()))


def _show_once(session: Session, number: int, words: str) -> None:
    """Show a share to its keeper alone, and clear the screen before the next one comes."""
    session.out.print(session.say("keys-share-of", number=number), soft_wrap=True)
    session.out.print(f"\n{words}\n")
    click.pause(session.say("keys-share-copied"), err=True)
    click.clear()


def _start() -> Any:
    return importlib.import_module("traboule.app.start")
