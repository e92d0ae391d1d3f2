"""Run the verb ``link``: resolve the records in force and store the result as a run.

A run is written whole or not at all (the caller holds the transaction), and earlier runs stay. The operation's
judgements bind. The same register, judgements and model give the same links. Things are linked apart from persons and
neither join nor count them.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import pyarrow as pa
from django.db.models import Min

from traboule.core.permissions import Actor
from traboule.core.record_names import unit_of
from traboule.database.arrow import append
from traboule.database.keys.derived import KeyPurpose
from traboule.database.keys.process import process_key
from traboule.linkage.models import ClusterMember, Link, LinkRun, ThingLink
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.stop_list import stops_of
from traboule.linkage.store.runs import last_run
from traboule.linkage.store.sealed_reasons import seal_stopped
from traboule.linkage.things.find import ThingResult, find_things
from traboule.linkage.things.scoring import thing_weights
from traboule.linkage.verdicts import Judgements
from traboule.linkage.weights.model import LinkModel, read_model
from traboule.operation.operation import Operation

_LINK_COLUMNS = (
    "run_id",
    "protected",
    "operation",
    "left",
    "right",
    "left_unit",
    "right_unit",
    "weight",
    "probability",
    "tier",
    "status",
    "evidence",
)
_THING_COLUMNS = (*_LINK_COLUMNS, "thing")
_MEMBER_COLUMNS = ("run_id", "protected", "operation", "record", "unit", "cluster")


@dataclass(frozen=True)
class Personal:
    """The personal tables from the register: ``identities`` and ``identifiers``.

    ``protected``: whether they may hold protected persons; the run is then not for the desk.
    """

    identities: pa.Table
    identifiers: pa.Table
    protected: bool = True


@dataclass(frozen=True)
class LinkOutcome:
    """What a run found of persons, and of things."""

    persons: LinkResult
    things: ThingResult


def find(
    tables: Mapping[str, pa.Table],
    personal: Personal,
    *,
    judgements: Judgements,
    model: LinkModel | None,
    operation: Operation,
    key: bytes,
) -> LinkOutcome:
    """Resolve the records in force. The database is neither read nor written: two runs may go on at the same time.

    ``tables``: as the register's history gives them (people and arrests are read). ``judgements``: as
    :func:`traboule.linkage.judge.judgements` gives them. ``model``: None to learn one from these records. ``key``:
    :func:`hash_key`.
    """
    inputs, stops = link_inputs(tables, personal, operation), stops_of(operation)
    persons = resolve(inputs, judgements=judgements.persons, model=model, stops=stops, key=key)
    return LinkOutcome(persons, find_things(personal.identifiers, stops, judgements.things))


def link_inputs(tables: Mapping[str, pa.Table], personal: Personal, operation: Operation) -> LinkInputs:
    """Return what linkage reads of the register's tables."""
    return LinkInputs(
        people=tables["people"],
        identities=personal.identities,
        identifiers=personal.identifiers,
        on=operation.start,
        encounters=encounters(tables["arrests"]),
    )


def hash_key() -> bytes:
    """Return the key of the hashes in a model that is stored."""
    return process_key(KeyPurpose.HASH)


def latest_model(operation: str, *, protected: bool = True) -> LinkModel | None:
    """Return the model of the latest run of all records, or of the desk's, so that a judgement does not change every
    weight; None before the first run."""
    run = last_run(operation, protected=protected)
    return read_model(run.model, key=hash_key()) if run else None


def encounters(arrests: pa.Table) -> pa.Table:
    """Return where and when persons were arrested."""
    return arrests.select(["person_record", "arresting_state", "at"]).rename_columns(["person_record", "state", "at"])


def store(outcome: LinkOutcome, of: Operation, *, protected: bool, by: Actor, at: datetime) -> LinkRun:
    """Store and return a run: of all records (``protected``), or of those that touch nobody protected."""
    result, operation = outcome.persons, of.code
    run_id = _next_run_id(operation)
    run = LinkRun(
        run_id=run_id,
        protected=protected,
        operation=operation,
        at=at,
        by=by.name,
        model=result.model.to_json(),
        model_hash=result.model_hash,
        records=result.clusters.num_rows,
        clusters=len(result.clusters["cluster"].unique()),
        compared=result.compared,
        counts=dict(sorted(Counter(result.links["status"].to_pylist()).items())),
        stopped=seal_stopped(run_id, _nameless(result.stopped)),
        skipped=dict(result.skipped),
        cut=[list(cut_link) for cut_link in result.cut],
        watched=list(result.watched),
        things=_thing_summary(run_id, outcome.things),
    )
    run.save(force_insert=True)
    _append(run, Link, _LINK_COLUMNS, _rows(run, result.links))
    for kind, links in sorted(outcome.things.links.items()):
        _append(run, ThingLink, _THING_COLUMNS, ((*row, kind) for row in _rows(run, links)))
    members = zip(*(result.clusters[name].to_pylist() for name in ("record", "cluster")), strict=True)
    _append(
        run,
        ClusterMember,
        _MEMBER_COLUMNS,
        ((run.run_id, protected, operation, record, unit_of(record), owner) for record, owner in members),
    )
    return run


def _append(
    run: LinkRun,
    table: type[Link | ThingLink | ClusterMember],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Insert rows of a run. Protected ones are numbered downwards from -1: gaps between the numbers of the desk's rows
    would tell how many there are."""
    if not run.protected:
        append(table, columns, rows)
        return
    last = table.objects.filter(protected=True).aggregate(last=Min("id"))["last"] or 0
    append(table, ("id", *columns), ((last - place, *row) for place, row in enumerate(rows, start=1)))


def _rows(run: LinkRun, links: pa.Table) -> Iterable[Sequence[Any]]:
    columns = zip(*(links[name].to_pylist() for name in links.column_names), strict=True)
    for left, right, *values in columns:
        yield run.run_id, run.protected, run.operation, left, right, unit_of(left), unit_of(right), *values


def _nameless(stopped: pa.Table) -> list[dict[str, Any]]:
    """Return what was stopped without any hash of it: telephones can be tried one by one, and some are shelters'."""
    return sorted(stopped.drop_columns(["value_hash"]).to_pylist(), key=lambda entry: tuple(map(str, entry.values())))


def _thing_summary(run_id: uuid.UUID, result: ThingResult) -> dict[str, Any]:
    """Return what a run stores of things besides their links: counts, and what was left out, with reasons."""
    return {
        "weights": thing_weights()[2],
        "counts": {
            kind: dict(sorted(Counter(links["status"].to_pylist()).items()))
            for kind, links in sorted(result.links.items())
        },
        "stopped": seal_stopped(run_id, _nameless(result.stopped)),
        "malformed": list(result.malformed),
        "skipped": dict(result.skipped),
    }


def _next_run_id(operation: str) -> uuid.UUID:
    """Return an identifier that sorts after those of earlier runs, and is the same when the same is done again."""
    ordinal = LinkRun.objects.filter(operation=operation).count() + 1
    ending = int.from_bytes(blake2b(operation.encode(), digest_size=8).digest(), "big")
    return uuid.UUID(int=ordinal << 80 | ending, version=5)
