"""Commands about releases: draft, verdict, sign, embargo, issue, withdraw, show, rebuild."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from traboule.cli.session import Session, with_session
from traboule.cli.spoken import SpokenCommand, SpokenGroup, SpokenOption, moment, zoned
from traboule.cli.terminal.regular_files import read_regular
from traboule.core.errors import Conflict, Invalid
from traboule.core.language.languages import in_language

COMMANDS = ("draft", "verdict", "sign", "embargo", "issue", "withdraw", "show", "rebuild")
PLACES = {name: f"{__name__}:{name}" for name in COMMANDS}
VERBS = {"preliminary": "release.draft", "revised": "release.revise", "final": "release.finalise"}
MOMENT = click.DateTime(["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M", "%Y-%m-%d"])

kind_option = click.option("--kind", type=click.Choice(tuple(VERBS)), cls=SpokenOption, help="kind")
operation_option = click.option("--operation", cls=SpokenOption, help="operation")
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
texts_option = click.option("--texts", type=click.File("rb"), cls=SpokenOption, help="texts")
out_option = click.option("--out", type=click.Path(path_type=Path), cls=SpokenOption, help="out")
number_option = click.option("--number", type=int, cls=SpokenOption, help="number")
signer_option = click.option("--signer", "signers", multiple=True, metavar="LOGIN", cls=SpokenOption, help="signer")
hash_option = click.option("--hash", "read", default="", cls=SpokenOption, help="hash")
why_option = click.option("--reason", default="", cls=SpokenOption, help="release-reason")


@click.group(cls=SpokenGroup, places=PLACES)
def release() -> None:
    """Group; its help is in the catalogue."""


@click.command(cls=SpokenCommand)
@click.option("--kind", type=click.Choice(tuple(VERBS)), required=True, cls=SpokenOption, help="kind")
@why_option
@texts_option
@click.option("--embargo", type=MOMENT, metavar="TIME", cls=SpokenOption, help="embargo")
@operation_option
@out_option
@with_session
def draft(session: Session, *, out: Path | None, operation: str | None, texts: Any, **wanted: Any) -> None:
    """Draft the next release and let the audit judge it."""
    added = {"texts": _text_of(texts), "embargo_until": wanted["embargo"]}
    drafted = _draft(session, wanted["kind"], wanted["reason"], operation, added)
    if out is not None:
        _write(session, out, session.perform("release.proof", operation=operation).files)
    _show_draft(session, drafted, out)


@click.command(cls=SpokenCommand)
@operation_option
@with_session
def verdict(session: Session, operation: str | None) -> None:
    """Let the disclosure audit judge the draft in hand."""
    _show_draft(session, session.perform("release.verdict", operation=operation))


@click.command(cls=SpokenCommand)
@signer_option
@hash_option
@operation_option
@with_session
def sign(session: Session, signers: tuple[str, ...], read: str, operation: str | None) -> None:
    """Sign the draft in hand, or let others sign it at this machine."""
    arguments = {"read": read, "operation": operation}
    if not signers:
        _show_draft(session, session.perform("release.sign", **arguments))
        return
    signed = [session.perform_by(signer, "release.sign", **arguments) for signer in signers]
    _show_draft(session, signed[-1])


@click.command(cls=SpokenCommand)
@click.option("--until", type=MOMENT, metavar="TIME", cls=SpokenOption, help="embargo")
@operation_option
@with_session
def embargo(session: Session, until: datetime | None, operation: str | None) -> None:
    """Set or lift the embargo of the draft in hand."""
    session.perform("release.embargo", until=until and zoned(until), operation=operation)
    _show_draft(session, session.perform("release.verdict", operation=operation))


@click.command(cls=SpokenCommand)
@kind_option
@why_option
@texts_option
@signer_option
@operation_option
@out_option
@with_session
def issue(session: Session, *, kind: str | None, signers: tuple[str, ...], texts: Any, **wanted: Any) -> None:
    """Issue the draft in hand; with a kind, draft it first; with signers, sign it and let these persons sign."""
    operation, out = wanted["operation"], wanted["out"]
    if kind is not None:
        _draft(session, kind, wanted["reason"], operation, {"texts": _text_of(texts)})
    elif texts:
        # The texts belong to a draft; the one in hand has its own.
        context = click.get_current_context()
        raise click.MissingParameter(ctx=context, param=next(p for p in context.command.params if p.name == "kind"))
    if signers:
        _sign_once(session, operation)
    for signer in signers:
        session.perform_by(signer, "release.sign", operation=operation)
    _give(session, session.perform("release.issue", operation=operation), out)


@click.command(cls=SpokenCommand)
@number_option
@why_option
@texts_option
@signer_option
@hash_option
@operation_option
@with_session
def withdraw(
    session: Session, *, number: int | None, reason: str, texts: Any, signers: tuple[str, ...], **wanted: Any
) -> None:
    """Propose to take a release back; without a reason, sign what another person proposed."""
    release = {"number": number, "operation": wanted["operation"]}
    if reason or texts:
        taken = session.perform("release.withdraw", reason=reason, texts=_text_of(texts), **release)
        for signer in signers:
            taken = session.perform_by(signer, "release.confirm-withdrawal", **release)
    else:
        taken = session.perform("release.confirm-withdrawal", read=wanted["read"], **release)
    _give(session, taken, None)


@click.command(cls=SpokenCommand)
@number_option
@operation_option
@out_option
@with_session
def show(session: Session, number: int | None, operation: str | None, out: Path | None) -> None:
    """Show a release; exit with status 1 where a document is not the one the ledger recorded."""
    shown = session.perform("release.show", number=number, operation=operation)
    _give(session, shown, out)
    if shown.altered:
        raise click.exceptions.Exit(1)


@click.command(cls=SpokenCommand)
@number_option
@click.option("--folder", type=FOLDER, cls=SpokenOption, help="rebuild-folder")
@operation_option
@with_session
def rebuild(session: Session, number: int | None, folder: Path | None, operation: str | None) -> None:
    """Make a release again; compare its documents, those in a folder, and its figures. Status 1: something differs."""
    release = {"number": number, "operation": operation}
    files = _files(session, folder, release) if folder is not None else None
    plain = session.perform("release.rebuild", files=files, **release).to_json()
    plain["recounted"] = session.perform("release.recount", **release).to_json()
    session.give(plain, lambda: _show_rebuilt(session, plain, folder))
    if not (plain["reproduces"] and plain["recounted"]["reproduces"]):
        raise click.exceptions.Exit(1)


def _files(session: Session, folder: Path, release: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the documents of a release that lie in ``folder``."""
    names = [file["name"] for file in session.perform("release.show", **release).to_json()["files"]]
    return {name: read_regular(folder / name) for name in names if (folder / name).is_file()}


def _show_rebuilt(session: Session, plain: Mapping[str, Any], folder: Path | None) -> None:
    session.out.print(session.say("rebuilt-same" if plain["reproduces"] else "rebuilt-differs", **plain))
    for difference in plain["differences"]:
        session.out.print(f"  {session.say('rebuilt-' + difference['kind'], folder=folder, **difference)}")
    if not plain["same_statement"]:
        session.out.print(f"  {session.say('rebuilt-statement')}")
    if not plain["reproduces"] and not plain["same_makings"]:
        session.out.print(session.say("rebuilt-other-makings"))
    if folder is not None and not any(difference["kind"].startswith("file") for difference in plain["differences"]):
        session.out.print(session.say("rebuilt-files-same", folder=folder, **plain))
    _show_recounted(session, plain["recounted"])


def _show_recounted(session: Session, plain: Mapping[str, Any]) -> None:
    code = "recounted-same" if plain["reproduces"] else "recounted-differs"
    session.out.print(session.say(code, **plain))
    for difference in plain["differing"]:
        released, recounted = (" ".join(map(session.number, difference[name])) for name in ("released", "counted"))
        session.out.print(f"  {difference['figure']}: {released} ≠ {recounted}")


def _sign_once(session: Session, operation: str | None) -> None:
    """Sign, unless who is signed in has signed this draft already."""
    try:
        session.perform("release.sign", operation=operation)
    except Conflict as signed:
        if signed.code != "release-signed-already":
            raise


def _draft(session: Session, kind: str, reason: str, operation: str | None, added: Mapping[str, Any]) -> Any:
    if session.may("figures.compute"):  # Who may not drafts from the figures counted last.
        session.perform("figures.compute", operation=operation)
    arguments: dict[str, Any] = {"operation": operation, **added}
    if until := arguments.get("embargo_until"):
        arguments["embargo_until"] = zoned(until)
    if kind == "revised":
        arguments["reason"] = reason
    session.perform(VERBS[kind], **arguments)
    return session.perform("release.verdict", operation=operation)


def _text_of(texts: BinaryIO | None) -> str:
    """Return what a file of texts says, without its byte-order mark; without a file, nothing."""
    try:
        return texts.read().decode("utf-8-sig") if texts else ""
    except UnicodeDecodeError as wrong:
        raise Invalid("release-texts-unreadable", place="UTF-8") from wrong


def _show_draft(session: Session, drafted: Any, out: Path | None = None) -> None:
    plain = drafted.to_json()

    def show_result() -> None:
        session.out.print(session.say("release-drafted", **_with_kind(session, plain)))
        if plain["held_back"]:
            session.out.print(session.say("release-held-back", figures=", ".join(plain["held_back"])))
        if plain["embargo_until"]:
            session.out.print(session.say("release-embargo", until=moment(plain["embargo_until"])))
        if plain["verdict"]["passed"]:
            session.out.print(session.say("release-passed", **plain["verdict"]))
        else:
            session.out.print(session.say("release-not-passed", count=len(plain["verdict"]["findings"])))
            for finding in plain["verdict"]["findings"]:
                session.out.print(f"  {finding['cell']}: {in_language(finding['sentences'], session.language)}")
        _show_signatures(session, plain)
        session.out.print(session.say("release-signatures-missing", count=plain["signatures_missing"]))
        if plain["signatures_missing"]:
            session.out.print(session.say("release-hash", hash=plain["content_hash"][:12]))
        if out is not None:
            session.out.print(session.say("written", path=out))

    session.give(plain, show_result)


def _with_kind(session: Session, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a release with its kind in words."""
    return {**plain, "kind": session.say(f"kind-{plain['kind']}")}


def _show_signatures(session: Session, plain: Mapping[str, Any]) -> None:
    for signed in plain["signatures"]:
        words = {"role": session.say(f"role-{signed['role']}"), "at": moment(signed["at"])}
        session.out.print(session.say("release-signed", **{**signed, **words}))


def _with_reason(session: Session, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a withdrawal with its reason in the session's language, where it has it, and its moment."""
    reason = plain["reason"].get(session.language) or next(iter(plain["reason"].values()))
    return {**plain, "reason": reason, "at": moment(plain["at"])}


def _write(session: Session, out: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        session.write(out / name, content)


def _give(session: Session, issued: Any, out: Path | None) -> None:
    plain = issued.to_json()
    if out is not None:
        _write(session, out, issued.files)

    def show_result() -> None:
        session.out.print(session.say("release-issued", **_with_kind(session, plain)))
        if taken := plain["withdrawn"]:
            session.out.print(session.say("release-withdrawn", **_with_reason(session, taken)))
        if proposal := plain["withdrawal_proposed"]:
            values = {"number": plain["number"], **_with_reason(session, proposal), "hash": proposal["hash"][:12]}
            session.out.print(session.say("release-withdrawal-proposed", **values))
        _show_signatures(session, plain)
        for name in plain.get("altered", ()):
            session.out.print(session.say("rebuilt-ledger", name=name), style="red")
        for file in plain["files"]:
            place = str(out / file["name"]) if out is not None else file["name"]
            session.out.print(f"  {place}", soft_wrap=True)

    session.give(plain, show_result)
