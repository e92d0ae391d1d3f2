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

from traboule.core.permissions import Actor
from traboule.database.arrow import append
from traboule.database.keys.derived import KeyPurpose
from traboule.database.keys.process import process_key
from traboule.linkage.models import ClusterMember, Link, LinkRun, ThingLink
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.stop_list import stop_list
from traboule.linkage.store.runs import last_run
from traboule.linkage.things.find import ThingResult, find_things
from traboule.linkage.things.scoring import thing_weights
from traboule.linkage.verdicts import Judgements
from traboule.linkage.weights.model import LinkModel, read_model
from traboule.operation.operation import Operation

_LINK_COLUMNS = (
    "run_id",
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
_MEMBER_COLUMNS = ("run_id", "operation", "record", "unit", "cluster")


@dataclass(frozen=True)
class Personal:
    """The personal tables from the register: ``identities`` and ``identifiers``."""

    identities: pa.Table
    identifiers: pa.Table


@dataclass(frozen=True)
class LinkOutcome:
    """What a run found of persons, and of things."""

    persons: LinkResult
    things: ThingResult


def link(
    tables: Mapping[str, pa.Table],
    personal: Personal,
    *,
    judgements: Judgements,
    model: LinkModel | None,
    operation: Operation,
    by: Actor,
    at: datetime,
) -> LinkOutcome:
    """Resolve the records in force and store the run.

    ``tables``: as the register's history gives them (people and arrests are read). ``judgements``: as
    :func:`traboule.linkage.judge.judgements` gives them. ``model``: None to learn one from these records.
    """
    inputs = LinkInputs(
        people=tables["people"],
        identities=personal.identities,
        identifiers=personal.identifiers,
        on=operation.start,
        encounters=_encounters(tables["arrests"]),
    )
    stops = stop_list(
        {"kind": entry.kind, "value": entry.value, "reason": entry.reason} for entry in operation.stop_list
    )
    persons = resolve(inputs, judgements=judgements.persons, model=model, stops=stops, key=process_key(KeyPurpose.HASH))
    outcome = LinkOutcome(persons, find_things(personal.identifiers, stops, judgements.things))
    _store_run(outcome, operation.code, by, at)
    return outcome


def latest_model(operation: str) -> LinkModel | None:
    """Return the model of the latest run, so that a judgement does not change every weight; None before the first
    run."""
    run = last_run(operation)
    return read_model(run.model, key=process_key(KeyPurpose.HASH)) if run else None


def _encounters(arrests: pa.Table) -> pa.Table:
    """Return where and when persons were arrested."""
    return arrests.select(["person_record", "arresting_state", "at"]).rename_columns(["person_record", "state", "at"])


def _store_run(outcome: LinkOutcome, operation: str, by: Actor, at: datetime) -> None:
    result = outcome.persons
    run = LinkRun(
        run_id=_next_run_id(operation),
        operation=operation,
        at=at,
        by=by.name,
        model=result.model.to_json(),
        model_hash=result.model_hash,
        records=result.clusters.num_rows,
        clusters=len(result.clusters["cluster"].unique()),
        compared=result.compared,
        counts=dict(sorted(Counter(result.links["status"].to_pylist()).items())),
        stopped=_nameless(result.stopped),
        skipped=dict(result.skipped),
        cut=[list(cut_link) for cut_link in result.cut],
        watched=list(result.watched),
        things=_thing_summary(outcome.things),
    )
    run.save(force_insert=True)
    append(Link, _LINK_COLUMNS, _rows(run, result.links))
    for kind, links in sorted(outcome.things.links.items()):
        append(ThingLink, _THING_COLUMNS, ((*row, kind) for row in _rows(run, links)))
    members = zip(*(result.clusters[name].to_pylist() for name in ("record", "cluster")), strict=True)
    append(
        ClusterMember,
        _MEMBER_COLUMNS,
        ((run.run_id, operation, record, _unit(record), owner) for record, owner in members),
    )


def _rows(run: LinkRun, links: pa.Table) -> Iterable[Sequence[Any]]:
    columns = zip(*(links[name].to_pylist() for name in links.column_names), strict=True)
    for left, right, *values in columns:
        yield run.run_id, run.operation, left, right, _unit(left), _unit(right), *values


def _nameless(stopped: pa.Table) -> list[dict[str, Any]]:
    """Return what was stopped without any hash of it: telephones can be tried one by one, and some are shelters'."""
    return sorted(stopped.drop_columns(["value_hash"]).to_pylist(), key=lambda entry: tuple(map(str, entry.values())))


def _thing_summary(result: ThingResult) -> dict[str, Any]:
    """Return what a run stores of things besides their links: counts, and what was left out, with reasons."""
    return {
        "weights": thing_weights()[2],
        "counts": {
            kind: dict(sorted(Counter(links["status"].to_pylist()).items()))
            for kind, links in sorted(result.links.items())
        },
        "stopped": _nameless(result.stopped),
        "malformed": list(result.malformed),
        "skipped": dict(result.skipped),
    }


def _next_run_id(operation: str) -> uuid.UUID:
    """Return an identifier that sorts after those of earlier runs, and is the same when the same is done again."""
    ordinal = LinkRun.objects.filter(operation=operation).count() + 1
    ending = int.from_bytes(blake2b(operation.encode(), digest_size=8).digest(), "big")
    return uuid.UUID(int=ordinal << 80 | ending, version=5)


def _unit(record: str) -> str:
    """Return the state that owns a record."""
    return record.split("/", 1)[0]
