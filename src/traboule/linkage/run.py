"""The verb ``link``: resolve the records in force and keep what was found as one run.

In come the register's tables and who asks; out goes a run in the database and its :class:`Found`. It promises: a run is
written whole or not at all (the door holds the transaction); earlier runs stay; the judgements of the operation bind;
the same register, judgements and model give the same links. Persons are found first and without any link between
things, which neither joins nor counts them.
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
from traboule.linkage.kept.runs import last_run
from traboule.linkage.models import ClusterMember, Link, LinkRun, ThingLink
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.stop_list import stop_list
from traboule.linkage.things.find import ThingResult, find_things
from traboule.linkage.things.weighed import weights
from traboule.linkage.verdicts import Judgements
from traboule.linkage.weights.model import Model, read_model
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
    """What the register's one door to personal fields gave: ``identities`` and ``identifiers``."""

    identities: pa.Table
    identifiers: pa.Table


@dataclass(frozen=True)
class Found:
    """What a run found of persons, and of the things besides them."""

    persons: LinkResult
    things: ThingResult


def link(
    tables: Mapping[str, pa.Table],
    personal: Personal,
    *,
    judgements: Judgements,
    model: Model | None,
    operation: Operation,
    by: Actor,
    at: datetime,
) -> Found:
    """Resolve the records in force and keep the run.

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
    listed = stop_list(
        {"kind": entry.kind, "value": entry.value, "reason": entry.reason} for entry in operation.stop_list
    )
    persons = resolve(inputs, judgements=judgements.persons, model=model, listed=listed)
    found = Found(persons, find_things(personal.identifiers, listed, judgements.things))
    _keep(found, operation.code, by, at)
    return found


def latest_model(operation: str) -> Model | None:
    """Return the model of the latest run, so that judging does not change every weight; None before the first run."""
    run = last_run(operation)
    return read_model(run.model) if run else None


def _encounters(arrests: pa.Table) -> pa.Table:
    """Return where and when persons were arrested."""
    return arrests.select(["person_record", "arresting_state", "at"]).rename_columns(["person_record", "state", "at"])


def _keep(found: Found, operation: str, by: Actor, at: datetime) -> None:
    result = found.persons
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
        stopped=result.stopped.to_pylist(),
        skipped=dict(result.skipped),
        cut=[list(each) for each in result.cut],
        watched=list(result.watched),
        things=_told(found.things),
    )
    run.save(force_insert=True)
    append(Link, _LINK_COLUMNS, _rows(run, result.links))
    for thing, links in sorted(found.things.links.items()):
        append(ThingLink, _THING_COLUMNS, ((*row, thing) for row in _rows(run, links)))
    members = zip(*(result.clusters[name].to_pylist() for name in ("record", "cluster")), strict=True)
    append(
        ClusterMember,
        _MEMBER_COLUMNS,
        ((run.run_id, operation, record, _unit(record), owner) for record, owner in members),
    )


def _rows(run: LinkRun, links: pa.Table) -> Iterable[Sequence[Any]]:
    columns = zip(*(links[name].to_pylist() for name in links.column_names), strict=True)
    for left, right, *rest in columns:
        yield run.run_id, run.operation, left, right, _unit(left), _unit(right), *rest


def _told(things: ThingResult) -> dict[str, Any]:
    """Return what a run keeps of things besides their links: counts, and whatever was left out, with its reason."""
    return {
        "weights": weights()[2],
        "counts": {
            thing: dict(sorted(Counter(links["status"].to_pylist()).items()))
            for thing, links in sorted(things.links.items())
        },
        "stopped": things.stopped.to_pylist(),
        "malformed": list(things.malformed),
        "skipped": dict(things.skipped),
    }


def _next_run_id(operation: str) -> uuid.UUID:
    """Return an identifier that sorts after those of earlier runs, and is the same whenever the same is done again."""
    ordinal = LinkRun.objects.filter(operation=operation).count() + 1
    ending = int.from_bytes(blake2b(operation.encode(), digest_size=8).digest(), "big")
    return uuid.UUID(int=ordinal << 80 | ending, version=5)


def _unit(record: str) -> str:
    """Return the state that owns a record."""
    return record.split("/", 1)[0]
