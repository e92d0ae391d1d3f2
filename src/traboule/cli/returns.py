"""Commands about returns: template, check, preview, receive, withdraw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from traboule.app.faults import own_headers, spoken
from traboule.cli.session import Session, with_session
from traboule.cli.spoken import STATE, SpokenCommand, SpokenGroup, SpokenOption, plain_json
from traboule.cli.terminal.regular_files import read_regular
from traboule.core.errors import Invalid, TrabouleError
from traboule.core.findings import count_faults

NAMES = ("template", "check", "preview", "receive", "withdraw")
PLACES = {name: f"{__name__}:{name}" for name in NAMES}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
COLOURS = {"error": "red", "warning": "yellow", "finding": "cyan"}
MOST_FINDINGS = 50
MOST_SUMS = 10


@click.group(cls=SpokenGroup, places=PLACES, name="return")
def returns() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@click.option("--state", required=True, type=STATE, cls=SpokenOption, help="state")
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--out", type=click.Path(path_type=Path), cls=SpokenOption, help="out")
@with_session
def template(session: Session, state: str, operation: str | None, out: Path | None) -> None:
    """Write a state's workbook."""
    written = session.perform("return.template", state=state, language=session.language, operation=operation)
    path = _place(out, written.name)
    session.write(path, written.content)
    session.give(
        {**written.to_json(), "path": str(path)},
        lambda: session.out.print(session.say("written", path=path), soft_wrap=True),
    )


@click.command(cls=SpokenCommand)
@click.argument("file", type=FILE)
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--out", type=click.Path(path_type=Path), cls=SpokenOption, help="out")
@with_session
def check(session: Session, file: Path, operation: str | None, out: Path | None) -> None:
    """Check a return; exit with status 6 where rows would be held or refused."""
    content = read_regular(file)
    checked = session.perform(
        "return.check", _units_if_readable(session, file, content), name=file.name, content=content,
        language=session.language, operation=operation,
    )  # fmt: skip
    plain = checked.to_json()
    path = _place(out, f"{file.stem}.{session.language}.marked.xlsx", file.parent)
    if plain["findings"]:
        session.write(path, checked.marked.content)
        plain["marked"] = str(path)

    def show_result() -> None:
        if "error" in plain:
            _refused(session, plain)
        else:
            _counts(session, plain)
            _headers_read(session, plain["headers_read"])
            _findings(session, plain["findings"])
        if plain["findings"]:
            kind = "marked" if plain["cells_marked"] else "marked-list"
            session.out.print(session.say(kind, path=path), soft_wrap=True)
        else:
            session.out.print(session.say("no-faults"))

    session.give(plain, show_result)
    if "error" in plain or plain["held"] or plain["refused"]:
        raise click.exceptions.Exit(Invalid.exit_code)


@click.command(cls=SpokenCommand)
@click.argument("file", type=FILE)
@click.option("--state", type=STATE, cls=SpokenOption, help="state")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def preview(session: Session, file: Path, state: str | None, operation: str | None) -> None:
    """Say what filing would change; exit with status 6 where nothing of the return could be entered."""
    content = read_regular(file)
    try:
        foreseen = session.perform(
            "return.preview", _units(session, file, content, state), name=file.name, content=content,
            operation=operation,
        )  # fmt: skip
    except Invalid as invalid:
        refusal = _refusal(session, invalid)
        session.give(refusal, lambda: _refused(session, refusal))
        raise click.exceptions.Exit(invalid.exit_code) from invalid
    plain = foreseen.to_json()

    def show_result() -> None:
        table = Table(box=None)
        for name in ("new", "changed", "withdrawn", "unchanged", "superseded", "held"):
            table.add_row(session.say(f"rows-{name}"), str(len(plain[name])))
        session.out.print(table)

    session.give(plain, show_result)


@click.command(cls=SpokenCommand)
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--state", type=STATE, cls=SpokenOption, help="state")
@click.option("--operation", cls=SpokenOption, help="operation")
@click.option("--receipt", "place", type=click.Path(path_type=Path), cls=SpokenOption, help="receipt")
@with_session
def receive(
    session: Session, files: tuple[Path, ...], state: str | None, operation: str | None, place: Path | None
) -> None:
    """File returns, each on its own: a refused one does not stop the others; exit with the status of the first
    refusal, or with status 6 where rows were held or refused.
    """
    outcomes: list[dict[str, Any]] = []
    status = 0
    for file in files:
        try:
            content = read_regular(file)
            units = _units(session, file, content, state)
            received = session.perform("return.receive", units, name=file.name, content=content, operation=operation)
            nameless = count_faults(finding for finding in received.checked.findings if finding.code == "R-NAME-NOBODY")
            remarks = spoken(
                (finding for finding in received.checked.findings if finding.table == "cover"), session.language
            )
            added = {"nameless": nameless, "remarks": remarks}
            added["headers_read"] = own_headers(received.raw, session.language)
            outcomes.append({"file": file.name, **added, **received.to_json()})
            if place is not None:
                path = place if len(files) == 1 and not place.is_dir() else place / f"{file.stem}.receipt.json"
                session.write(path, f"{plain_json(received.to_json())}\n".encode())
                outcomes[-1]["receipt_file"] = str(path)
        except TrabouleError as refusal:
            status = status or refusal.exit_code
            outcomes.append({"file": file.name, **_refusal(session, refusal)})
    incomplete = any(outcome.get("held") or outcome.get("refused") for outcome in outcomes)
    status = status or (Invalid.exit_code if incomplete else 0)

    session.give({"receipts": outcomes}, lambda: _outcomes(session, files, outcomes))
    if status:
        raise click.exceptions.Exit(status)


def _outcomes(session: Session, files: tuple[Path, ...], outcomes: list[dict[str, Any]]) -> None:
    for file, outcome in zip(files, outcomes, strict=True):
        session.out.print(outcome["file"], style="bold")
        if "error" in outcome:
            _refused(session, outcome)
            continue
        session.out.print(session.say("receipt", **outcome))
        if "receipt_file" in outcome:
            session.out.print(session.say("written", path=outcome["receipt_file"]), soft_wrap=True)
        if outcome["superseded"]:
            session.out.print(session.say("receipt-superseded", **outcome))
        if outcome["again"]:
            session.out.print(session.say("receipt-again"))
        if outcome.get("withdrawn_since"):
            session.out.print(session.say("receipt-withdrawn-since"), style="yellow")
        if outcome["held"] or outcome["refused"]:
            session.out.print(session.say("receipt-held", path=file, **outcome), style="yellow")
        for remark in outcome["remarks"]:
            session.out.print(f"{remark['message']} {remark['advice']}", style="yellow")
        _headers_read(session, outcome["headers_read"])
        if outcome["nameless"]:
            session.out.print(session.say("receipt-nameless", **outcome))


@click.command(cls=SpokenCommand)
@click.option("--state", required=True, type=STATE, cls=SpokenOption, help="state")
@click.option("--agency", required=True, cls=SpokenOption, help="agency")
@click.option("--up-to", type=int, cls=SpokenOption, help="up-to")
@click.option("--operation", cls=SpokenOption, help="operation")
@with_session
def withdraw(session: Session, state: str, agency: str, up_to: int | None, operation: str | None) -> None:
    """Withdraw an agency's returns."""
    units = frozenset({state})
    receipt = session.perform("return.withdraw", units, state=state, agency=agency, up_to=up_to, operation=operation)
    session.give(receipt.to_json(), lambda: session.out.print(session.say("withdrawn", **receipt.to_json())))


def _units(session: Session, file: Path, content: bytes, state: str | None) -> frozenset[str]:
    """Return the state to act for: the one named, else the one on the file's cover."""
    if state is not None:
        return frozenset({state})
    cover = session.perform("return.cover", name=file.name, content=content)
    return frozenset({cover.state})


def _units_if_readable(session: Session, file: Path, content: bytes) -> frozenset[str]:
    """Return the state on the file's cover, none where the cover is faulty: the check itself says why."""
    try:
        return _units(session, file, content, None)
    except TrabouleError:
        return frozenset()


def _place(out: Path | None, name: str, default: Path = Path()) -> Path:
    if out is None:
        return default / name
    return out if out.suffix and not out.is_dir() else out / name


def _refusal(session: Session, error: TrabouleError) -> dict[str, Any]:
    """Return a refusal as plain values, with the faults behind it where there are any."""
    plain: dict[str, Any] = {"error": error.code, "message": error.sentence(session.language)}
    if isinstance(error, Invalid):
        plain["findings"] = spoken(error.findings, session.language)
    return plain


def _refused(session: Session, refusal: dict[str, Any]) -> None:
    """Show why nothing of a file was or could be entered."""
    session.out.print(f"{session.say('error')} {refusal['message']}", style="red")
    _findings(session, refusal.get("findings", []))


def _counts(session: Session, plain: dict[str, Any]) -> None:
    session.out.print(session.say("counts", **plain))


def _headers_read(session: Session, headers: list[dict[str, str]]) -> None:
    """Say how headers of the officer's own were read."""
    if headers:
        readings = (session.say("header-read", **header) for header in headers)
        session.out.print(session.say("headers-read", readings=session.say("list-separator").join(readings)))


def _cell(finding: dict[str, Any]) -> str:
    """Return the address of a finding; where a file has none, the field as it is called there, and the row."""
    return finding["cell"] or " ".join(str(part) for part in (finding["column"], finding["row"]) if part)


def _findings(session: Session, findings: list[dict[str, Any]]) -> None:
    """Show each fault on lines of its own, the gravest first: where, the value as filed, what is wrong, what to do."""
    gravest_first = sorted(findings, key=lambda finding: list(COLOURS).index(finding["severity"]))
    listed = [finding for finding in gravest_first if finding["count"] == 1][:MOST_FINDINGS]
    sums = [finding for finding in gravest_first if finding["count"] > 1][: MOST_FINDINGS - len(listed) + MOST_SUMS]
    for finding in listed + sums:
        where = f"{finding['sheet']} {_cell(finding)}".strip()
        heading = Text.assemble((finding["code"], COLOURS[finding["severity"]]), ("  ", ""), (where, "bold"))
        if finding["value"] and str(finding["value"]) not in finding["message"]:
            heading.append(f"  “{click.unstyle(str(finding['value']))}”")
        session.out.print(heading)
        for part, style in (("message", ""), ("advice", "dim")):
            session.out.print(Padding(Text(click.unstyle(finding[part]), style=style), (0, 0, 0, 4), expand=False))
    more = sum(finding["count"] for finding in findings) - sum(finding["count"] for finding in listed + sums)
    if more:
        session.out.print(session.say("more", count=more))
