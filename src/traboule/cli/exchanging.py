"""Commands that export in the formats of the field, list what was exported, and check a recipient's copy."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from traboule.app.forms import EXPORT_FORMATS
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption, moment
from traboule.cli.terminal.regular_files import read_regular
from traboule.core.codes import vocabulary

PLACES = {
    **{name: f"{__name__}:export_{name}" for name in EXPORT_FORMATS},
    "list": f"{__name__}:list_exports",
    "check": f"{__name__}:check",
}
operation_option = click.option("--operation", cls=SpokenOption, help="operation")


@click.group(cls=SpokenGroup, places=PLACES)
def export() -> None:
    """Group; its help is in the catalogue."""


def _command_of(format_name: str) -> click.Command:
    """Return the command that exports in one format."""

    @click.command(cls=SpokenCommand, name=format_name)
    @click.option("--to", "recipient", required=True, cls=SpokenOption, help="recipient")
    @click.option("--purpose", required=True, cls=SpokenOption, help="purpose")
    @operation_option
    @click.option("--out", type=click.Path(path_type=Path), required=True, cls=SpokenOption, help="out")
    @with_session
    def command(session: Session, *, out: Path, **wanted: Any) -> None:
        """Export in one format, and write the files beside their loss report."""
        verb = "exchange.export" if session.may("exchange.export") else "exchange.export-desk"
        result = session.perform(verb, format=format_name, language=session.language, **wanted)
        _write(session, result, out)

    return command


export_csv, export_parquet, export_stix, export_graphml = map(_command_of, EXPORT_FORMATS[:4])
export_geojson, export_ftm, export_misp, export_htcds, export_unodc = map(_command_of, EXPORT_FORMATS[4:])


def _write(session: Session, result: Any, out: Path) -> None:
    for name, content in result.contents.items():
        session.write(out / name, content)
    plain = result.to_json()
    plain["files"] = [{**file, "path": str(out / file["name"])} for file in plain["files"]]
    del plain["shown"]

    def show() -> None:
        counts = {name: plain["losses"]["outcomes"].get(name, 0) for name in ("kept", "generalised", "dropped")}
        session.out.print(session.say("exported", rows=plain["rows"], recipient=plain["recipient"]))
        session.out.print(session.say("exported-fields", **counts))
        faulty = len(plain["losses"]["faulty"])
        if faulty:
            session.out.print(session.say("exported-faulty", count=faulty))
        for name in result.contents:
            session.out.print(f"  {out / name}", soft_wrap=True)

    session.give(plain, show)


@click.command(cls=SpokenCommand, name="list")
@operation_option
@with_session
def list_exports(session: Session, operation: str | None) -> None:
    """List what was exported."""
    _give(session, session.perform("exchange.list", operation=operation).to_json())


@click.command(cls=SpokenCommand, name="check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@operation_option
@with_session
def check(session: Session, file: Path, operation: str | None) -> None:
    """Say which export a file was made by."""
    digest = hashlib.sha256(read_regular(file)).hexdigest()
    _give(session, session.perform("exchange.check", sha256=digest, operation=operation).to_json())


def _give(session: Session, plain: dict[str, Any]) -> None:
    def show() -> None:
        for entry in plain["exports"]:
            purpose = vocabulary("export_purposes").label(entry["purpose"], session.language)
            arguments = {"at": moment(entry["at"]), "purpose": purpose}
            session.out.print(session.say("export-line", **{**entry, **arguments}), soft_wrap=True)
            for file in entry["files"]:
                session.out.print(f"  {file['sha256']}  {file['name']}", soft_wrap=True)
        if not plain["exports"]:
            session.out.print(session.say("export-none"))

    session.give(plain, show)
