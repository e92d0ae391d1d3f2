"""Releases: draft, audit, have signed by two persons, issue, show, withdraw, rebuild.

In: a kind, an operation, what the desk adds. Out: the current draft, or an issued release with all its documents.
Guaranteed: what is issued is what was audited and signed, from one stored run of figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from traboule.app.dispatch import Call
from traboule.app.handlers import publications
from traboule.app.handlers.auditing import altered_documents
from traboule.app.handlers.counting import open_now
from traboule.app.handlers.opening import the_code, the_operation
from traboule.app.handlers.stating import Added, state
from traboule.app.handlers.stories import DraftTexts, prepare_stories, texts_of
from traboule.core import moments
from traboule.core.errors import Invalid, NotFound, Refused
from traboule.figures import compute as computing
from traboule.figures.disclosure.rules import Rules
from traboule.operation.operation import Operation
from traboule.release import desk, drafts
from traboule.release.desk import DocumentDifference, Issued, Rebuilt, ReleaseSummary
from traboule.release.documents import documents
from traboule.release.drafts import Drafted
from traboule.release.statement import Kind, Quotation
from traboule.release.texts import BrokenRule, broken_rules, check_reason, faults_of, read, uncleared

SPOKEN = tuple(f"press.spokesperson.{key}" for key in ("quotation", "name", "function"))
FACT_SHEET = "factsheet"  # How the names of a fact sheet's documents begin.


@dataclass(frozen=True, slots=True)
class Proof:
    """The documents of a draft, marked as such: what a signer reads before signing."""

    drafted: Drafted
    files: Mapping[str, bytes] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the draft and the names of its documents."""
        return {**self.drafted.to_json(), "files": [{"name": name} for name in self.files]}


@dataclass(frozen=True, slots=True)
class ReleaseShown:
    """A release as stored; ``altered`` are its documents that the ledger did not record so when it was issued."""

    issued: Issued
    altered: tuple[str, ...]

    @property
    def files(self) -> Mapping[str, bytes]:
        """The documents by name."""
        return self.issued.files

    def to_json(self) -> dict[str, Any]:
        """Return the release without the bytes of its documents."""
        return {**self.issued.to_json(), "altered": list(self.altered)}


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """Releases without their documents."""

    releases: tuple[ReleaseSummary, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"releases": [entry.to_json() for entry in self.releases]}


@dataclass(frozen=True, slots=True)
class PublishedReleases:
    """Releases that anybody may read; ``files`` is the fact sheet by name where one release was asked for."""

    releases: tuple[ReleaseSummary, ...]
    files: Mapping[str, bytes] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"releases": [entry.to_json() for entry in self.releases], "files": list(self.files)}


@dataclass(frozen=True, slots=True)
class CheckedReleaseTexts:
    """The rules that the texts of a release break."""

    rules: tuple[BrokenRule, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {"rules": [rule.to_json() for rule in self.rules]}


def draft(
    call: Call,
    *,
    operation: str | None = None,
    texts: str = "",
    embargo_until: datetime | None = None,
) -> Drafted:
    """Draft the operation's next preliminary release from the figures last counted.

    ``texts`` is YAML: ``quotation`` and ``stories``; see :mod:`traboule.release.texts`. Raises NotFound before any
    figures were counted, Refused where a revised or final release went before, or a story is not cleared by a state it
    concerns or tells too much, Invalid where a text holds a digit, drops a qualifier or types a state's name.
    """
    return _draft(call, operation, Kind.PRELIMINARY, texts=texts, embargo_until=embargo_until)


def revise(
    call: Call,
    *,
    reason: str = "",
    operation: str | None = None,
    texts: str = "",
    embargo_until: datetime | None = None,
) -> Drafted:
    """Draft the next release as a revision; see :func:`draft`.

    Its reason stands in ``texts`` in each language of the operation; ``reason`` is enough where it has one alone.
    Raises Refused where a language is missing.
    """
    return _draft(call, operation, Kind.REVISED, texts=texts, embargo_until=embargo_until, reason=reason)


def finalise(
    call: Call,
    *,
    operation: str | None = None,
    texts: str = "",
    embargo_until: datetime | None = None,
) -> Drafted:
    """Draft the final release. Raises Refused while a required return is open (rule 25); see :func:`draft`."""
    return _draft(call, operation, Kind.FINAL, texts=texts, embargo_until=embargo_until)


def check_texts(call: Call, *, texts: str = "", operation: str | None = None) -> CheckedReleaseTexts:
    """Return every rule that ``texts`` break by themselves, with the sentence that breaks it; nothing is drafted.

    Which stories are too small to be told, only a draft finds out. Raises Invalid for texts of another form.
    """
    operation_ = the_operation(operation)
    rules = broken_rules(read(texts), operation_.policy.languages, operation_.figures)
    return CheckedReleaseTexts(tuple(rules))


def show_texts(call: Call, *, operation: str | None = None) -> DraftTexts:
    """Return the languages that the texts of a release need, and the texts of the draft in hand, none without one."""
    operation_ = the_operation(operation)
    try:
        statement = drafts.current(operation_.code).statement
    except NotFound:
        return DraftTexts(operation_.policy.languages, {})
    return DraftTexts(operation_.policy.languages, texts_of(statement, operation_.press.texts))


def embargo(call: Call, *, until: datetime | None, operation: str | None = None) -> Drafted:
    """Set the moment before which the draft in hand may not be published, or lift it. This makes a new draft, to be
    audited and signed anew."""
    drafted = drafts.current(the_operation(operation).code)
    statement = replace(drafted.statement, embargo_until=_aware(until))
    return drafts.draft(
        statement, figures_run=drafted.figures_run, open_returns=drafted.open_returns, by=call.by, at=call.at
    )


def verdict(call: Call, *, operation: str | None = None) -> Drafted:
    """Let the disclosure audit judge the current draft against everything issued before, and store its verdict."""
    drafted = drafts.current(the_operation(operation).code)
    operation_ = the_operation(drafted.statement.operation)
    computed = computing.stored(drafted.figures_run)
    audited = publications.verdict(drafted.statement, computed, operation_, publications.issued(operation_.code))
    return drafts.store_verdict(drafted, audited, by=call.by, at=call.at)


def proof(call: Call, *, operation: str | None = None) -> Proof:
    """Return the draft in hand with its documents, marked as a draft."""
    drafted = drafts.current(the_operation(operation).code)
    return Proof(drafted, documents(drafted.statement, call.progress))


def sign(call: Call, *, read: str = "", operation: str | None = None) -> Drafted:
    """Sign the draft in hand; ``read`` is the hash of the draft that was read, or its beginning.

    Raises Refused before its audit has passed and for an actor without an account, Conflict where another draft is in
    hand than the one read, and for a person who has signed it already.
    """
    return drafts.sign(drafts.current(the_operation(operation).code), read=read, by=call.by, at=call.at)


def issue(call: Call, *, operation: str | None = None) -> Issued:
    """Issue the draft in hand. Raises Refused without a passed verdict, without two signatures, before the embargo,
    and for a final release while a required return is open, when drafted or now."""
    drafted = drafts.current(the_operation(operation).code)
    moments.check_order(call.at, [signature.at for signature in drafted.signatures])
    # What was withdrawn or put back since the draft is seen by no count before: the register itself is asked.
    still_open = sorted({*drafted.open_returns, *open_now(call, the_operation(drafted.statement.operation))})
    return desk.issue(drafted, open_returns=still_open, by=call.by, at=call.at, progress=call.progress)


def withdraw(
    call: Call, *, reason: str = "", number: int | None = None, operation: str | None = None, texts: str = ""
) -> Issued:
    """Propose to take release ``number``, or the last, back. It is in force until another person signs the proposal;
    nothing is ever deleted.

    Its reason stands in ``texts`` in each language of the operation; ``reason`` is enough where it has one alone.
    Raises Refused where a language is missing.
    """
    operation_ = the_operation(operation)
    reasons = _reasons(reason, read(texts).reason, operation_.policy.languages)
    return desk.propose_withdrawal(operation_.code, number, reason=reasons, by=call.by, at=call.at)


def confirm_withdrawal(
    call: Call, *, read: str = "", number: int | None = None, operation: str | None = None
) -> Issued:
    """Take release ``number``, or the last, back as another person proposed. ``read`` is the hash of that proposal."""
    return desk.withdraw(the_operation(operation).code, number, read=read, by=call.by, at=call.at)


def show(call: Call, *, number: int | None = None, operation: str | None = None) -> ReleaseShown:
    """Return release ``number``, or the last, with the documents that are not those the ledger recorded at issue."""
    code = the_operation(operation).code
    return ReleaseShown(desk.issued(code, number), altered_documents(*desk.document_hashes(code, number)))


def list_releases(call: Call, *, operation: str | None = None) -> ReleaseList:
    """Return every release that was issued, the last first, withdrawn ones too."""
    return ReleaseList(desk.summaries(the_operation(operation).code))


def published(call: Call, *, number: int | None = None, operation: str | None = None) -> PublishedReleases:
    """Return the releases in force, the last first; with ``number`` that one alone, with its fact sheet.

    A withdrawn release, one whose embargo has not ended and a document that the ledger did not record so are not
    there. Raises NotFound for a ``number`` that is not there.
    """
    code = the_code(operation)
    in_force = [entry for entry in desk.summaries(code) if entry.is_public(call.at) and number in (None, entry.number)]
    if number is None:
        return PublishedReleases(tuple(in_force), {})
    if not in_force:
        raise NotFound("release-unknown", operation=code, number=number)
    altered = altered_documents(*desk.document_hashes(code, number))
    sheets = {
        name: content
        for name, content in desk.issued(code, number).files.items()
        if name.startswith(FACT_SHEET) and name not in altered
    }
    return PublishedReleases(tuple(in_force), sheets)


def rebuild(
    call: Call,
    *,
    number: int | None = None,
    operation: str | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Rebuilt:
    """Make the documents of release ``number``, or the last, again and compare them bit for bit (rule 24).

    ``files`` are documents by name as they lie in a folder: they are compared with those issued too. So are the stored
    documents with the hashes that the ledger recorded at issue.
    """
    code = the_operation(operation).code
    rebuilt = desk.rebuild(code, number, files=files, progress=call.progress)
    altered = altered_documents(*desk.document_hashes(code, number))
    differences = (*rebuilt.differences, *(DocumentDifference(name, "ledger") for name in altered))
    return replace(
        rebuilt, differences=tuple(sorted(differences, key=lambda difference: (difference.name, difference.kind)))
    )


def _draft(
    call: Call, code: str | None, kind: Kind, *, texts: str, embargo_until: datetime | None, reason: str = ""
) -> Drafted:
    operation = the_operation(code)
    computed = computing.latest(operation.code)
    moments.check_order(call.at, [computed.computed_at])
    written = read(texts)
    _check_press(operation, written.quotation)
    rules = Rules.of(operation.policy)
    stories = prepare_stories(written.stories, computed.context.incidents, rules, desk.statements(operation.code))
    reasons = _reasons(reason, written.reason, operation.policy.languages) if kind is Kind.REVISED else {}
    next_release = None if kind is Kind.FINAL else written.next_release
    added = Added(kind, reasons, _aware(embargo_until), stories, written.quotation, next_release)
    statement = state(operation, computed, added, past=desk.history(operation.code), today=call.at.date())
    # What may not be drafted whatever its numbers is refused before these are protected, which takes long.
    drafts.check_draft(statement, computed.context.open_returns, at=call.at)
    earlier = publications.issued(operation.code)
    statement = publications.protected_headlines(statement, computed, operation, earlier)
    if missing := uncleared(statement):
        story, states = missing[0]
        raise Refused("release-story-uncleared", story=story, states=", ".join(states))
    if faults := faults_of(statement):
        raise Invalid("release-texts-faulty", findings=faults, count=len(faults))
    tables = publications.protected_tables(statement, computed, operation, earlier)
    statement = replace(statement, tables=tables)
    return drafts.draft(
        statement, figures_run=computed.run, open_returns=computed.context.open_returns, by=call.by, at=call.at
    )


def _reasons(typed: str, written: Mapping[str, str], languages: Sequence[str]) -> Mapping[str, str]:
    """Return the reason of a revision or withdrawal by language: as ``written``, or as ``typed`` for the only one.

    Raises Refused where it is not there in each of ``languages``.
    """
    if typed.strip() and len(languages) == 1:
        return dict.fromkeys(languages, typed.strip())
    if typed.strip() and not written:
        raise Refused("release-reason-languages", languages=", ".join(languages))
    check_reason(written, languages)
    return {language: written[language] for language in languages}


def _check_press(operation: Operation, quotation: Quotation | None) -> None:
    """Raise Refused where the operation file lacks a text that this release needs; one that brings a quotation of its
    own needs none of the spokesperson's."""
    provided = () if quotation is None else SPOKEN if quotation.speaker else SPOKEN[:1]
    gaps = operation.press.missing(operation.policy.languages)
    if lacking := [(key, languages) for key, languages in gaps if key not in provided]:
        raise Refused("release-press-missing", operation=operation.code, fields=listed_fields(lacking))


def listed_fields(lacking: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return keys of an operation file with the languages they are missing in, as one text."""
    return "; ".join(f"{key} ({', '.join(languages)})" if languages else key for key, languages in lacking)


def _aware(moment: datetime | None) -> datetime | None:
    """Return a moment with its zone; one without is meant in UTC."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
