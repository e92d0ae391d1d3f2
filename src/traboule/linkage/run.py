"""The verb ``link``: resolve the records in force and keep what was found as one run.

In come the register's tables and who asks; out goes a run in the database and its :class:`LinkResult`. It promises: a
run is written whole or not at all (the door holds the transaction); earlier runs stay; the judgements of the operation
bind; the same register, judgements and model give the same links.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import pyarrow as pa

from traboule.core.permissions import Actor
from traboule.database.arrow import append
from traboule.linkage.kept.runs import last_run
from traboule.linkage.models import ClusterMember, Link, LinkRun
from traboule.linkage.resolve import LinkInputs, LinkResult, resolve
from traboule.linkage.stop_list import stop_list
from traboule.linkage.verdicts import Judged
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
_MEMBER_COLUMNS = ("run_id", "operation", "record", "unit", "cluster")


@dataclass(frozen=True)
class Personal:
    """What the register's one door to personal fields gave: ``identities`` and ``identifiers``."""

    identities: pa.Table
    identifiers: pa.Table


def link(
    tables: Mapping[str, pa.Table],
    personal: Personal,
    *,
    judgements: Iterable[Judged],
    model: Model | None,
    operation: Operation,
    by: Actor,
    at: datetime,
) -> LinkResult:
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
    result = resolve(inputs, judgements=judgements, model=model, listed=listed)
    _keep(result, operation.code, by, at)
    return result


def latest_model(operation: str) -> Model | None:
    """Return the model of the latest run, so that judging does not change every weight; None before the first run."""
    run = last_run(operation)
    return read_model(run.model) if run else None


def _encounters(arrests: pa.Table) -> pa.Table:
    """Return where and when persons were arrested."""
    return arrests.select(["person_record", "arresting_state", "at"]).rename_columns(["person_record", "state", "at"])


def _keep(result: LinkResult, operation: str, by: Actor, at: datetime) -> None:
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
    )
    run.save(force_insert=True)
    links = zip(*(result.links[name].to_pylist() for name in result.links.column_names), strict=True)
    append(
        Link,
        _LINK_COLUMNS,
        ((run.run_id, operation, left, right, _unit(left), _unit(right), *rest) for left, right, *rest in links),
    )
    members = zip(*(result.clusters[name].to_pylist() for name in ("record", "cluster")), strict=True)
    append(
        ClusterMember,
        _MEMBER_COLUMNS,
        ((run.run_id, operation, record, _unit(record), owner) for record, owner in members),
    )


def _next_run_id(operation: str) -> uuid.UUID:
    """Return an identifier that sorts after those of earlier runs, and is the same whenever the same is done again."""
    ordinal = LinkRun.objects.filter(operation=operation).count() + 1
    ending = int.from_bytes(blake2b(operation.encode(), digest_size=8).digest(), "big")
    return uuid.UUID(int=ordinal << 80 | ending, version=5)


def _unit(record: str) -> str:
    """Return the state that owns a record."""
    return record.split("/", 1)[0]
